"""What others may do with a run while a real process is at it, and after that process was killed."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from importer.sandbox import Sandbox, SandboxOptions
from tests.cli.conftest import GROUP, Api, Importer, person
from tests.forking.process import Forked
from tests.scene import unasked

pytestmark = pytest.mark.proof

Sheet = Callable[..., Path]
_IGNORING = """
import os, signal, sys
signal.signal(int(sys.argv[1]), signal.SIG_IGN)
os.execv(sys.argv[2], sys.argv[2:])
"""
Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Api]:
    """Yield an API that answers after a while."""
    log = tmp_path / "requests.jsonl"
    with Sandbox(SandboxOptions(any_customer=True, request_log=log, latency_s=0.05)) as sandbox:
        yield Api(sandbox.base_url, log)


@pytest.fixture
def start() -> Iterator[Start]:
    """Return a function that starts a command; whatever still runs at the end is killed."""
    started: list[subprocess.Popen[str]] = []

    def begin(*arguments: object, ignoring: signal.Signals | None = None) -> subprocess.Popen[str]:
        pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        process: subprocess.Popen[str]
        words = unasked(list(map(str, arguments)))
        if ignoring is None:
            process = Forked(["importer", *words], **pipes)
        else:
            command = [sys.executable, "-m", "importer", *words]
            process = subprocess.Popen([sys.executable, "-c", _IGNORING, str(int(ignoring)), *command], **pipes)
        started.append(process)
        return process

    yield begin
    for process in started:
        process.kill()
        process.communicate()


def _wait_for(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, "it did not come to that"
        time.sleep(0.02)


def _kill(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait()


def _at_work(importer: Importer) -> str:
    """Return the id of the run that is at work, as soon as it has sent something, or is at its checks."""
    _wait_for(lambda: [run["state"] for run in importer("history", "--json").json][:1] == ["running"])
    return str(importer("history", "--json").json[0]["run_id"])


def test_a_run_of_the_embedded_api_is_the_only_one_at_its_rows(importer: Importer, sheet: Sheet, start: Start) -> None:
    """Nobody goes on with it or forgets it while it is at work; once it is killed, both can be done."""
    source = sheet(*(person(row) for row in range(1, 401)))
    process = start("run", source, "--sandbox", "--rate", "20")
    run = _at_work(importer)
    _wait_for(lambda: importer("show", run, "--json").json["attempts"])
    for command in (["resume"], ["resume", run], ["forget", run], ["retry", run]):
        assert importer(*command).code == 75, command
    assert str(process.pid) in importer("resume", "--json").json["error"]["message"]
    assert "It is at work" in importer("show", run).out
    assert "of the same source is unfinished" not in importer("run", source, "--sandbox", "--limit", "1").err
    _kill(process)
    assert importer("show", run, "--json").json["state"] == "unfinished"
    assert importer("forget", run).code == 0


@pytest.mark.parametrize("command", [("check",), ("run", "--dry-run", "--group-id", GROUP, "--linked-account-id", "a")])
def test_a_check_at_work_is_at_work_and_a_killed_one_was_cut_off(
    command: tuple[str, ...],
    importer: Importer,
    sheet: Sheet,
    start: Start,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is not called ended, cannot be forgotten under its process, and leaves neither folder nor data behind."""
    monkeypatch.setenv("IMPORTER_CHUNK_ROWS", "50")
    output = tmp_path / "o"
    source = sheet(*(person(row) for row in range(1, 20_001)))
    process = start(*command, source, "--output", output)
    run = _at_work(importer)
    process.send_signal(signal.SIGSTOP)
    assert importer("forget", run).code == 75
    assert importer("show", run, "--json").json["state"] == "running"
    _kill(process)
    assert importer("history", "--json").json[0]["state"] == "cut_off"
    assert "was cut off" in importer("show", run).out
    assert "only a" in importer("resume", run).err
    assert not (tmp_path / "state" / "runs" / run).exists()
    assert not output.exists() or list(output.iterdir()) == []
    assert "keeps nothing" in importer("forget", run).out


def test_a_second_resume_names_the_run_at_work_or_waits_for_it(
    importer: Importer, api: Api, sheet: Sheet, start: Start
) -> None:
    """Without a name it does not say that there is nothing to resume: it ends with 75, or waits as it is told."""
    process = start("run", sheet(*(person(row) for row in range(1, 61))), *api.options, "--concurrency", "1")
    run = _at_work(importer)
    _wait_for(api.requests)
    said = importer("resume", "--json")
    assert (said.code, said.json["error"]["code"]) == (75, "locked")
    assert run in said.json["error"]["message"]
    assert str(process.pid) in said.json["error"]["message"]
    waited = importer("resume", "--wait", "60", "--json")
    assert (waited.code, waited.json["error"]["code"]) == (0, "nothing_to_resume")
    assert process.wait(timeout=30) == 0


def test_whoever_waits_for_a_run_that_dies_goes_on_with_it(
    importer: Importer, api: Api, sheet: Sheet, start: Start
) -> None:
    """The lock dies with its process."""
    process = start("run", sheet(*(person(row) for row in range(1, 101))), *api.options, "--concurrency", "1")
    run = _at_work(importer)
    _wait_for(api.requests)
    second = start("resume", "--wait", "60", "--json")
    time.sleep(1.5)  # nothing tells that it waits
    assert second.poll() is None
    _kill(process)
    out, _ = second.communicate(timeout=60)
    assert (second.returncode, json.loads(out)["run_id"]) == (0, run)


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGINT])
def test_a_signal_that_was_ignored_from_the_start_stays_so(
    number: signal.Signals, api: Api, sheet: Sheet, start: Start
) -> None:
    """With `nohup`, or in the background of a script, it does not stop a run; others still do."""
    process = start(
        "run",
        sheet(*(person(row) for row in range(1, 201))),
        *api.options,
        "--json",
        "--concurrency",
        "1",
        ignoring=number,
    )
    _wait_for(lambda: len(api.requests()) > 2)
    process.send_signal(number)
    sent = len(api.requests())
    _wait_for(lambda: len(api.requests()) > sent + 5)
    process.send_signal(signal.SIGTERM)
    out, _ = process.communicate(timeout=30)
    assert (process.returncode, json.loads(out)["stop_reason"]) == (143, "terminated")


def test_a_killed_runs_claim_goes_when_its_reports_go_elsewhere(
    importer: Importer, api: Api, sheet: Sheet, start: Start, tmp_path: Path
) -> None:
    """The folder that it had claimed first is free for another run."""
    source, first = sheet(*(person(row) for row in range(1, 101))), tmp_path / "o1"
    process = start("run", source, *api.options, "--output", first, "--concurrency", "1")
    _wait_for(api.requests)
    _kill(process)
    assert [entry.name for entry in first.iterdir()] == [".run"]
    assert importer("resume", "--output", tmp_path / "o2").code == 0
    assert importer("check", source, "--output", first).code == 0


def test_a_killed_runs_claim_goes_when_it_is_kept_no_longer(
    importer: Importer, api: Api, sheet: Sheet, start: Start, tmp_path: Path
) -> None:
    """What erases an old run's data gives its folder up too."""
    source, output = sheet(*(person(row) for row in range(1, 101))), tmp_path / "o1"
    process = start("run", source, *api.options, "--output", output, "--concurrency", "1")
    _wait_for(api.requests)
    _kill(process)
    with closing(sqlite3.connect(tmp_path / "state" / "journal.sqlite")) as journal, journal:
        journal.execute("UPDATE runs SET started_at = ?, overdue_at = ?", ("2020-01-01T00:00:00.000000Z",) * 2)
    assert importer("history", "--json").json[0]["state"] == "forgotten"
    assert importer("check", source, "--output", output).code == 0


def test_a_run_that_was_killed_at_its_checks_is_begun_anew_not_retried(
    importer: Importer, api: Api, sheet: Sheet, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once it is forgotten, nobody knows its rows: that is no success, and it does not read as if all were done."""
    monkeypatch.setenv("IMPORTER_CHUNK_ROWS", "50")
    process = start("run", sheet(*(person(row) for row in range(1, 20_001))), *api.options)
    run = _at_work(importer)
    _kill(process)
    assert importer("show", run, "--json").json["state"] == "unfinished"
    assert importer("forget", run).code == 0
    said = importer("retry", run, "--json")
    assert (said.code, said.json["error"]["code"]) == (2, "not_checked")
    assert "importer run" in said.json["error"]["hint"]
    assert "was not checked to the end" in importer("show", run).out
    assert api.requests() == []
