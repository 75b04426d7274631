"""`importer last`: what the last runs of each profile have ended with, on one screen."""

from __future__ import annotations

import json
import re
import shlex
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from importer.cli.ops.last_as_json import SCHEMA_VERSION
from importer.model.exit_codes import WORST_FIRST
from importer.model.statuses import Status
from importer.sandbox import Sandbox, SandboxOptions
from importer.times import rfc3339, seconds
from tests.cli.conftest import ACCOUNT, GROUP, Api, Importer, Said, customer, person
from tests.cli.last_schema import last_schema
from tests.forking.process import Forked

Run = Callable[..., Said]
Sheet = Callable[..., Path]
_DAY_AND_A_BIT = "26h"


@pytest.fixture
def settings(tmp_path: Path, api: Api, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write the settings file of three profiles, of which two name a state directory; it is where it is looked for."""
    monkeypatch.setenv("IMPORTER_API_KEY", "good-key")
    monkeypatch.delenv("IMPORTER_STATE_DIR")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "my ñ settings"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "my ñ states"))
    folder = tmp_path / "my ñ settings" / "importer"
    folder.mkdir(parents=True)
    (folder / "importer.toml").write_text(
        f'base_url = "{api.base_url}"\ngroup_id = "{GROUP}"\nlinked_account_id = "{ACCOUNT}"\nbackoff = 0.05\n'
        '[profiles.the-north]\nstate = "the north"\n[profiles.south]\nstate = "south"\n[profiles.west]\n',
        "utf-8",
    )
    (folder / "importer.toml").chmod(0o600)
    return folder


@pytest.fixture
def run(importer: Importer, settings: Path, tmp_path: Path) -> Run:
    """Return a function that runs a sheet with a profile; its reports go to a folder of their own."""
    numbers = iter(range(100))

    def begin(source: Path, profile: str | None, *options: object, command: str = "run") -> Said:
        named = () if profile is None else ("--profile", profile)
        return importer(command, source, *named, *options, "--output", tmp_path / "out" / str(next(numbers)))

    assert settings.is_dir()
    return begin


def _runs(said: Said) -> Mapping[str | None, Sequence[Mapping[str, Any]]]:
    return {one["profile"]: one["runs"] for one in said.json["profiles"]}


def _profile(said: Said, name: str | None) -> Mapping[str, Any]:
    (found,) = (one for one in said.json["profiles"] if one["profile"] == name)
    return dict(found)


def _age(state: Path, days: int) -> None:
    """Let all runs of a journal have been that long ago."""
    with closing(sqlite3.connect(state / "journal.sqlite", isolation_level=None)) as connection:
        connection.create_function("before", 1, lambda text: text and rfc3339(seconds(text) - days * 86_400))
        connection.execute("UPDATE runs SET started_at = before(started_at), finished_at = before(finished_at)")


def _tree(folder: Path) -> dict[str, tuple[int, int, bytes]]:
    """Return all that is in a folder, with when it was changed and its content."""
    return {
        str(path.relative_to(folder)): (
            path.lstat().st_mode,
            path.lstat().st_mtime_ns,
            path.read_bytes() if path.is_file() else b"",
        )
        for path in sorted(folder.rglob("*"))
    }


def test_a_line_a_profile_says_what_became_of_its_newest_run(importer: Importer, run: Run, sheet: Sheet) -> None:
    """When, of what file, in words and numbers; which never ran; and the command that something needs, to be typed."""
    assert run(sheet(person(1), person(2)), "the-north").code == 0
    assert run(sheet(person(1, "nobody")), "the-north").code == 1
    assert run(sheet(person(1), person(2)), "the-north").code == 0
    assert run(sheet(person(3), person(4, "sandbox+400@example.com"), person(5, "nobody")), "south").code == 1
    said = importer("last")
    assert said.code == 0
    header, north, south, west, _, way_on = said.out.splitlines()
    assert " ".join(re.sub(r" \([^)]*\)", "", header).split()) == "profile run started file took what came of it"
    assert north.startswith("the-north  ")
    assert north.endswith("well (0): 2 updated")
    assert "  changes.csv  " in north
    assert south.endswith("needs attention (1): 1 updated, 1 invalid, 1 rejected")
    assert west.split() == ["west", "never", "run"]
    assert way_on.startswith("What to do about run ")
    command = way_on.partition(": ")[2]
    assert command.endswith(" --profile south")
    shown = importer(*shlex.split(command)[1:])
    assert "1 of 3 rows is confirmed" in shown.out

    answer = importer("last", "--exit-code", "--json")
    assert answer.code == answer.json["worst_exit_code"] == 1
    assert {name: len(runs) for name, runs in _runs(answer).items()} == {"the-north": 1, "south": 1, "west": 0}
    (of_south,) = _runs(answer)["south"]
    assert of_south["next_command"] == command
    assert of_south["statuses"]["rejected"] == of_south["counts_as"] == 1
    assert importer("last", "--exit-code", "--profile", "the-north").code == 0


def test_only_what_sends_to_a_place_outside_counts(importer: Importer, run: Run, sheet: Sheet) -> None:
    """A trial in the morning does not hide the night; with --all, all kinds are told, each by its newest."""
    assert run(sheet(person(1, "sandbox+400@example.com")), "west").code == 1
    good = sheet(person(1))
    assert run(good, "west", "--sandbox").code == 0
    assert run(good, "west", "--dry-run").code == 0
    assert run(good, "west", command="check").code == 0
    assert [one["mode"] for one in _runs(importer("last", "--json"))["west"]] == ["run"]
    found = _runs(importer("last", "--json", "--all"))["west"]
    assert [(one["mode"], one["sandbox"]) for one in found] == [
        ("check", False), ("dry_run", False), ("run", True), ("run", False),
    ]  # fmt: skip
    told = importer("last", "--all").out
    assert "check, well (0): 1 valid" in told
    assert "dry run, well (0): 1 valid" in told
    assert "run (sandbox), well (0): 1 updated" in told


def test_since_has_every_run_and_says_who_has_none(importer: Importer, run: Run, sheet: Sheet, settings: Path) -> None:
    """A night that has not come about is what a monitor is for; who was last seen when is said, too."""
    good = sheet(person(1))
    assert run(good, "the-north").code == run(good, "south").code == 0
    _age(settings / "south", 3)
    assert run(good, "the-north").code == 0
    said = importer("last", "--since", _DAY_AND_A_BIT, "--exit-code")
    assert said.code == 1
    (south,) = (line for line in said.out.splitlines() if line.startswith("south"))
    assert "no run since " in south
    assert "; the last one began " in south
    (west,) = (line for line in said.out.splitlines() if line.startswith("west"))
    assert west.endswith(", and none before")
    assert sum(line.startswith("the-north") for line in said.out.splitlines()) == 2
    answer = importer("last", "--since", _DAY_AND_A_BIT, "--json")
    assert [_profile(answer, name)["missing"] for name in ("the-north", "south", "west")] == [False, True, True]
    assert importer("last", "--since", "5d", "--exit-code", "--profile", "south").code == 0
    assert importer("last", "--exit-code").code == 0, "nobody has said by when"
    failed = importer("last", "--since", _DAY_AND_A_BIT, "--failed")
    assert "the-north" not in failed.out
    assert [line.split()[0] for line in failed.out.splitlines()[1:]] == ["south", "west"]
    assert importer("last", "--since", "never").code == 2


def test_failed_leaves_out_what_is_well_and_counts_it_all_the_same(importer: Importer, run: Run, sheet: Sheet) -> None:
    """Where nothing is left, that is said, and JSON is an object all the same."""
    assert run(sheet(person(1)), "the-north").code == 0
    said = importer("last", "--failed")
    assert (said.code, said.out) == (0, "Nothing needs attention.\n")
    assert importer("last", "--failed", "--json").json["profiles"] == []
    assert run(sheet(person(1, "nobody")), "south").code == 1
    assert list(_runs(importer("last", "--failed", "--json"))) == ["south"]


def test_runs_of_no_profile_and_of_one_that_is_gone_have_lines_of_their_own(
    importer: Importer, run: Run, sheet: Sheet, settings: Path
) -> None:
    """Behind the others, wherever their journal is; nobody misses them."""
    good = sheet(person(1))
    assert run(good, None).code == run(good, "west").code == 0
    settings = settings / "importer.toml"
    settings.write_text(settings.read_text("utf-8").replace("[profiles.west]", "[profiles.east]"), "utf-8")
    answer = importer("last", "--json")
    assert list(_runs(answer)) == ["the-north", "south", "east", "west", None]
    assert [one["expected"] for one in answer.json["profiles"]] == [True, True, True, False, False]
    said = importer("last")
    assert "west (no more)  " in said.out
    assert "(no profile)  " in said.out
    assert "(no profile)" not in importer("last", "--profile", "south").out


def test_without_a_settings_file_it_is_about_runs_without_a_profile(
    importer: Importer, api: Api, sheet: Sheet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Never run, well, and missing: a monitor can ask there, too. Nothing is made for having been asked."""
    monkeypatch.setenv("IMPORTER_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("IMPORTER_API_KEY", "good-key")
    said = importer("last", "--since", _DAY_AND_A_BIT, "--exit-code")
    assert said.code == 1
    assert "(no profile)" in said.out
    assert importer("last").out.split()[-2:] == ["never", "run"]
    assert not (tmp_path / "state").exists()
    assert importer("run", sheet(person(1)), *api.options, "--output", tmp_path / "o").code == 0
    assert importer("last", "--since", _DAY_AND_A_BIT, "--exit-code").code == 0
    _age(tmp_path / "state", 2)
    assert importer("last", "--since", _DAY_AND_A_BIT, "--exit-code").code == 1


def test_looking_changes_nothing(importer: Importer, run: Run, sheet: Sheet, tmp_path: Path, settings: Path) -> None:
    """No file is made, none is touched, none stays: not in a journal that is there, nor where there is none."""
    assert run(sheet(person(1)), "the-north").code == run(sheet(person(1, "x")), "south").code - 1 == 0
    before = _tree(tmp_path)
    assert importer("last", "--all").code == importer("last", "--json", "--since", "7d").code == 0
    assert _tree(tmp_path) == before
    assert not (tmp_path / "my ñ states").exists()
    assert settings.is_dir()


@pytest.mark.parametrize(
    ("damage", "code", "told"),
    [
        ("no database", 5, "cannot be used"),
        ("PRAGMA user_version = 9999", 5, "newer version"),
        ("PRAGMA user_version = 3", 5, "older version"),
    ],
)
def test_a_journal_that_cannot_be_read_hides_no_other_one(
    importer: Importer, run: Run, sheet: Sheet, settings: Path, damage: str, code: int, told: str
) -> None:
    """Its line says why, and that nobody knows is an exit code, whether that is asked for or not."""
    good = sheet(person(1))
    assert run(good, "the-north").code == run(good, "south").code == 0
    path = settings / "south" / "journal.sqlite"
    if damage.startswith("PRAGMA"):
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute(damage)
    else:
        path.write_text(damage * 1000)
    for options in ((), ("--exit-code",), ("--failed",)):
        said = importer("last", *options)
        assert said.code == code
        assert told in said.out
        assert ("well (0)" in said.out) == ("--failed" not in options)
    assert _profile(importer("last", "--json"), "south")["error"]["code"].startswith("journal_")


def test_a_profile_that_cannot_be_used_hides_no_other_one(
    importer: Importer, run: Run, sheet: Sheet, settings: Path
) -> None:
    """It will not run tonight: exit code 2, with the line where that is."""
    assert run(sheet(person(1)), "the-north").code == 0
    settings = settings / "importer.toml"
    settings.write_text(settings.read_text("utf-8") + "timeout = -1\n", "utf-8")
    said = importer("last")
    assert said.code == 2
    assert "well (0): 1 updated" in said.out
    assert f"not known: timeout in {settings}, line" in said.out
    assert importer("last", "--profile", "nobody").code == 2


def _until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, "it did not come to that"
        time.sleep(0.02)


@pytest.fixture
def slow_run(tmp_path: Path, settings: Path, sheet: Sheet) -> Iterator[subprocess.Popen[str]]:
    """Yield a run that takes its time, of the profile south."""
    with Sandbox(SandboxOptions(any_customer=True, latency_s=0.05)) as sandbox:
        source = sheet(*(person(row) for row in range(1, 400)))
        words = ["run", str(source), "--profile", "south", "--base-url", sandbox.base_url, "--rate", "20", "--yes"]
        pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        process = Forked(["importer", *words, "--output", str(tmp_path / "slow")], **pipes)
        yield process
        process.kill()
        process.communicate()
    assert settings.is_dir()


@pytest.mark.slow
def test_a_run_at_work_is_to_be_asked_for_again_and_a_killed_one_has_failed(
    importer: Importer, slow_run: subprocess.Popen[str], settings: Path, api: Api
) -> None:
    """A process that was killed has told nobody why; the command that goes on with it can be typed as it stands."""
    _until(lambda: [run for run in _runs(importer("last", "--json"))["south"] if run["attempts"]])
    said = importer("last", "--exit-code")
    assert said.code == 75
    assert "at work: " in said.out
    assert "importer resume" not in said.out
    assert "south" not in importer("last", "--failed").out
    slow_run.send_signal(signal.SIGKILL)
    slow_run.wait()
    before = _tree(settings / "south" / "runs")
    said = importer("last", "--exit-code")
    assert said.code == 5
    assert "cut off: " in said.out
    assert _tree(settings / "south" / "runs") == before
    way_on = said.out.splitlines()[-1]
    assert " of south is unfinished, with " in way_on
    assert api.base_url
    gone_on = importer(*shlex.split(way_on.partition(": ")[2])[1:], "--rate", "500")
    assert gone_on.code == 0, "it was found, and has gone on to where it was sent"


def test_a_table_that_is_too_wide_is_lines_that_are_not(
    importer: Importer, run: Run, sheet: Sheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a terminal of 80 columns: two lines a run, none of them broken."""
    assert run(sheet(person(1), person(2, "nobody")), "the-north").code == 1
    monkeypatch.setattr("importer.cli.ops.last.terminal_width", lambda: 60)
    said = importer("last")
    lines = said.out.splitlines()
    assert lines[0].startswith("the-north  ")
    assert ", changes.csv, run " in lines[0]
    assert lines[1] == "           needs attention (1): 1 updated, 1 invalid"
    assert lines[2] == "south  never run"


def test_nothing_of_the_people_is_told(importer: Importer, run: Run, sheet: Sheet) -> None:
    """Neither names nor addresses, nor whom rows are about."""
    assert run(sheet(("x", "Canaria", "Pájaro", "canary@example.com"), person(7)), "west").code == 1
    said = importer("last", "--all"), importer("last", "--json", "--since", "7d")
    for text in (one.out + one.err for one in said):
        assert not [word for word in ("Canaria", "Pájaro", "canary@", customer(7), "good-key") if word in text]


def test_the_schema_is_sound_and_names_every_word() -> None:
    """Each key that is told, and no other; the order of exit codes is the one that help gives."""
    schema = last_schema()
    Draft202012Validator.check_schema(schema)
    assert schema["properties"]["schema_version"]["const"] == SCHEMA_VERSION
    assert schema["$defs"]["exit_code"]["enum"] == list(WORST_FIRST)
    assert list(schema["$defs"]["run"]["properties"]["statuses"]["properties"]) == list(Status)
    for part in (schema, schema["properties"]["profiles"]["items"], schema["$defs"]["run"]):
        assert sorted(part["required"]) == sorted(part["properties"])
    assert json.dumps(schema)
