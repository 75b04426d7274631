"""Two groups of one base URL at once: two real processes in front of one embedded API."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pytest

from importer.lock import holder_of, holders_at
from importer.sandbox import Sandbox, SandboxOptions
from tests.cli.conftest import Api, Importer, customer
from tests.forking.process import Forked

_GROUPS: Final = {name: f"{number}1111111-2222-4333-8444-555555555555" for number, name in enumerate("abc")}
_ROWS: Final = 120
_RATE: Final = 40

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Api]:
    """Yield an API that takes a while for each answer."""
    log = tmp_path / "requests.jsonl"
    with Sandbox(SandboxOptions(any_customer=True, request_log=log, latency_s=0.05)) as sandbox:
        yield Api(sandbox.base_url, log)


@pytest.fixture
def profiles(tmp_path: Path, api: Api, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write the settings file of three groups that share, of one more profile of the first, and of one that does not.

    It lies in a folder with blanks and letters beyond ASCII in its path.
    """
    monkeypatch.delenv("IMPORTER_STATE_DIR")
    folder = tmp_path / "a home with ñ"
    folder.mkdir(mode=0o700)
    tables = {name: {"group_id": group, "shares_base_url": True} for name, group in _GROUPS.items()}
    tables["a-again"] = {"group_id": _GROUPS["a"].upper(), "shares_base_url": True}
    tables["alone"] = {"group_id": "99999999-2222-4333-8444-555555555555"}
    tables["nowhere"] = {"shares_base_url": True}
    tables["one"] = {"group_id": _GROUPS["a"], "shares_base_url": True, "concurrency": 1}
    lines = [f'base_url = "{api.base_url}"', 'linked_account_id = "acct-1"', 'state = "the state"', f"rate = {_RATE}"]
    for name, values in tables.items():
        lines += [f"[profiles.{name}]", *(f"{key} = {json.dumps(value)}" for key, value in values.items())]
    path = folder / "importer.toml"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    path.chmod(0o600)
    return path


@pytest.fixture
def sheets(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes a sheet of customers of its own, or the first rows of one."""

    def write(name: str, rows: int = _ROWS, more: Sequence[Sequence[str]] = ()) -> Path:
        path = tmp_path / f"{name}.csv"
        header = "Customer ID,First Name,Last Name,Email" + (",Group ID" if more else "")
        first = (1 + sorted([*_GROUPS, "alone"]).index(name)) * 1000
        lines = [f"{customer(first + row)},Ana,Ruiz,a{first + row}@example.com" for row in range(rows)]
        lines = [f"{line}," for line in lines] if more else lines
        path.write_text("\n".join([header, *lines, *map(",".join, more)]) + "\n", "utf-8")
        return path

    return write


@pytest.fixture
def start(profiles: Path) -> Iterator[Start]:
    """Return a function that starts the run of a sheet with a profile; whatever still runs at the end is killed."""
    started: list[subprocess.Popen[str]] = []

    def begin(profile: str, source: Path, *options: str) -> subprocess.Popen[str]:
        words = ["--config", str(profiles), "run", str(source), "--profile", profile, "--yes", "--json", *options]
        pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        started.append(Forked(["importer", *words], **pipes))
        return started[-1]

    yield begin
    for process in started:
        process.kill()
        process.communicate()


def _until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, "it did not come to that"
        time.sleep(0.01)


def _groups(api: Api) -> list[str]:
    """Return the groups of all requests so far, in order."""
    return [request["group_id"] for request in api.requests()]


def _names(api: Api) -> list[str]:
    """Return the profiles whose groups these are."""
    names = {group: name for name, group in _GROUPS.items()}
    return [names[group] for group in _groups(api)]


def _ended(process: subprocess.Popen[str]) -> Mapping[str, Any]:
    """Wait for the end of a run, and return its summary."""
    out, err = process.communicate(timeout=120)
    assert out, err
    summary: Mapping[str, Any] = json.loads(out)
    return summary


def _run(importer: Importer, profiles: Path, profile: str, source: Path, *options: str) -> Mapping[str, Any]:
    said = importer("--config", profiles, "run", source, "--profile", profile, "--yes", "--json", *options)
    answer: Mapping[str, Any] = json.loads(said.out)
    return answer


@pytest.mark.slow
def test_two_groups_are_sent_at_once_and_a_third_is_kept_out(
    importer: Importer, api: Api, profiles: Path, sheets: Callable[..., Path], start: Start
) -> None:
    """So is the same group again, whatever its capitals, and who shares with nobody; each is told of whom it is."""
    state = profiles.parent / "the state"
    first = start("a", sheets("a"))
    _until(lambda: _GROUPS["a"] in _groups(api))
    assert [holder.pid for holder in holders_at(state, api.base_url)] == [first.pid]

    same = _run(importer, profiles, "a-again", sheets("a"))
    assert same["exit_code"] == 75
    assert "Another run is sending to the same group at" in same["error"]["message"]
    assert f"process {first.pid}," in same["error"]["message"]
    alone = _run(importer, profiles, "alone", sheets("alone", 2))
    assert alone["exit_code"] == 75
    assert f"Another run is sending to {api.base_url}: process {first.pid}," in alone["error"]["message"]

    second = start("b", sheets("b"))
    _until(lambda: _GROUPS["b"] in _groups(api))
    assert {holder.pid for holder in holders_at(state, api.base_url)} == {first.pid, second.pid}
    assert holder_of(state, api.base_url) in holders_at(state, api.base_url)
    third = _run(importer, profiles, "c", sheets("c", 2))
    assert third["exit_code"] == 75
    assert f"2 runs share {api.base_url} already: process" in third["error"]["message"]
    assert all(f"process {process.pid}," in third["error"]["message"] for process in (first, second))
    assert "the end of one of them" in third["error"]["hint"]
    assert first.poll() is second.poll() is None

    for process in (first, second):
        summary = _ended(process)
        assert summary["statuses"]["updated"] == _ROWS
        assert summary["seconds"] > 0.9 * _ROWS / (_RATE / 2), "at half of the rate"
    groups = _groups(api)
    assert sorted(set(groups)) == sorted([_GROUPS["a"], _GROUPS["b"]])
    assert groups.index(_GROUPS["b"]) < len(groups) - 1 - groups[::-1].index(_GROUPS["a"]), "they were at it at once"
    assert holders_at(state, api.base_url) == []
    assert _run(importer, profiles, "alone", sheets("alone", 2))["exit_code"] == 0


@pytest.mark.slow
def test_who_shares_with_nobody_keeps_out_who_would_share(
    importer: Importer, api: Api, profiles: Path, sheets: Callable[..., Path], start: Start
) -> None:
    """Whoever came first: a profile that does not say so is alone, as before; with --wait, the other waits for it."""
    first = start("alone", sheets("alone"))
    _until(lambda: _groups(api))
    refused = _run(importer, profiles, "a", sheets("a", 2))
    assert refused["exit_code"] == 75
    told = f"Another run, which shares it with nobody, is sending to {api.base_url}: process {first.pid},"
    assert told in refused["error"]["message"]
    assert _run(importer, profiles, "a", sheets("a", 2), "--wait", "60")["exit_code"] == 0
    assert first.poll() is not None or _ended(first)["exit_code"] == 0
    groups = _groups(api)
    assert groups == sorted(groups, reverse=True), "one after the other"


@pytest.mark.slow
def test_a_killed_run_leaves_its_seat_and_its_group(
    importer: Importer, api: Api, profiles: Path, sheets: Callable[..., Path], start: Start
) -> None:
    """At once: the next one gets them, and the killed run is gone on with beside another group."""
    first, second = start("a", sheets("a")), start("b", sheets("b"))
    _until(lambda: set(_groups(api)) == {_GROUPS["a"], _GROUPS["b"]})
    first.send_signal(signal.SIGKILL)
    first.wait()
    assert [holder.pid for holder in holders_at(profiles.parent / "the state", api.base_url)] == [second.pid]
    assert _run(importer, profiles, "c", sheets("c", 2))["exit_code"] == 0
    resumed = importer("--config", profiles, "resume", "--profile", "a", "--yes", "--json")
    assert resumed.json["statuses"]["updated"] == _ROWS
    assert _ended(second)["statuses"]["updated"] == _ROWS
    since = "".join(_names(api)).partition("c")[2]
    assert since.index("a") < since.rindex("b"), "it was gone on with beside the other one"


@pytest.mark.slow
def test_who_waits_for_a_seat_gets_the_first_that_is_free(api: Api, sheets: Callable[..., Path], start: Start) -> None:
    """Even where the two before it are of other groups than its own."""
    first, second = start("a", sheets("a", 40)), start("b", sheets("b"))
    _until(lambda: set(_groups(api)) == {_GROUPS["a"], _GROUPS["b"]})
    third = start("c", sheets("c", 2), "--wait", "60")
    assert [_ended(process)["exit_code"] for process in (first, second, third)] == [0, 0, 0]
    names = "".join(_names(api))
    assert names.rindex("a") < names.index("c") < names.rindex("b")


def test_rows_of_another_group_are_invalid(
    importer: Importer, api: Api, profiles: Path, sheets: Callable[..., Path]
) -> None:
    """Of whoever sends to one group, and of its checks; a run that is alone sends them, as always."""
    other = [customer(7), "Bo", "Li", "bo@example.com", _GROUPS["b"]]
    own = [customer(8), "Ed", "Ox", "ed@example.com", _GROUPS["a"].upper()]
    source = sheets("a", 1, [other, own])
    for command in ("check", "run"):
        said = importer(
            "--config", profiles, command, source, "--profile", "a", "--json", *["--yes"] * (command == "run")
        )
        summary = said.json
        assert said.code == 1
        assert summary["statuses"]["invalid"] == 1
        (cause,) = [cause for cause in summary["causes"] if cause["code"] == "other_group_id"]
        assert '"Group ID" names another group than the one that this run alone sends to' in cause["message"]
    assert set(_groups(api)) == {_GROUPS["a"]}
    assert _run(importer, profiles, "alone", source)["statuses"]["updated"] == 3
    assert _run(importer, profiles, "a", source, "--sandbox")["statuses"]["updated"] == 3, "it is its own"


def test_sharing_takes_a_group_and_something_to_share(
    importer: Importer, profiles: Path, sheets: Callable[..., Path]
) -> None:
    """Both are said before anything is read, with what to do."""
    refused = _run(importer, profiles, "one", sheets("a", 2))
    assert refused["exit_code"] == 2
    assert "One request in flight" in refused["error"]["message"]
    said = importer("--config", profiles, "check", sheets("a", 2), "--profile", "nowhere")
    assert said.code == 2
    assert "shares_base_url asks for one group" in said.err
    assert "Put group_id into the profile" in said.err
