"""What is offered: looked up quickly and quietly, and nothing is made, changed or waited for."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from importer.cli.completing import ASKED
from importer.cli.completing.shells import offer
from importer.cli.given import _NAMED_CHARACTERS
from importer.cli.main import group
from importer.journal.journal import Journal
from importer.sheets.reading import CODES
from tests.cli.conftest import Importer, Stopped, person

Asked = Callable[[str], Sequence[str]]
"""Returns what is offered for the end of a line."""


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Asked:
    """Return a function that asks what can stand next; whatever happens, nothing is said beside that."""

    def ask(line: str) -> Sequence[str]:
        with monkeypatch.context() as meanwhile:
            meanwhile.setenv(ASKED, "zsh")
            meanwhile.setenv("_IMPORTER_LINE", f"importer {line}")
            capfd.readouterr()
            offer(group)
        out, err = capfd.readouterr()
        assert err == ""
        kinds = [offered.split("\t") for offered in out.splitlines()]
        return [words[1] if words[0] == "word" else f"<{words[0]}>" for words in kinds]

    return ask


def _files(folder: Path) -> dict[str, tuple[int, int, int]]:
    return {str(path): (path.stat().st_size, path.stat().st_mtime_ns, path.stat().st_ino) for path in folder.rglob("*")}


def test_commands_and_options_are_offered(asked: Asked) -> None:
    """Each in the order of the help; an option that was given is not offered again."""
    assert asked("re") == ["resume", "retry", "report"]
    assert asked("") == list(group.commands)
    assert asked("run x --skip-unchanged-") == ["--skip-unchanged-days"]
    assert asked("--") == ["--config", "--version", "--help"]
    assert "--rate" not in asked("run --rate 5 --")


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("run x --format ", ["xlsx", "csv"]),
        ("run x --format=c", ["--format=csv"]),
        ("run x --columns ", ["sent_at", "latency_ms", "changed", "all"]),
        ("run x --columns changed,", ["changed,sent_at", "changed,latency_ms"]),
        ("run x --map Mail=e", ["Mail=email"]),
        ("run x --map a=b=gr", ["a=b=group_id"]),
        ("run x --map Mail", []),
        ("run x --map =e", []),
        ("run x --concurrency ", ["auto"]),
        ("run x --escape ", ["backslash", "codes", "none"]),
        ("run ", ["<files>"]),
        ("run x --api-key-file ", ["<files>"]),
        ("run x --output ", ["<folders>"]),
        ("history --state ", ["<folders>"]),
        ("--config ", ["<files>"]),
        ("completion ", ["bash", "zsh", "fish"]),
        ("find ", []),
        ("run x --rate ", []),
        ("run 'x", ["<files>"]),
    ],
)
def test_values_are_offered(asked: Asked, line: str, offered: Sequence[str]) -> None:
    """Choices, fields, columns, words with a meaning, files and folders; nothing where nobody knows."""
    assert asked(line) == offered


def test_words_with_a_meaning_are_taken(asked: Asked) -> None:
    """Each of those that is offered for a sign is one that the option knows."""
    for option in ("--delimiter", "--quote", "--escape"):
        assert set(asked(f"run x {option} ")) <= {*_NAMED_CHARACTERS, CODES}


def test_runs_are_offered_to_whom_they_suit(
    asked: Asked, importer: Importer, stopped: Stopped, sheet: Callable[..., Path], tmp_path: Path
) -> None:
    """The newest first: unfinished ones to `resume`, ended ones to `retry`, all to the others."""
    source = sheet(person(1))
    ended = importer("run", source, "--sandbox", "--json").json["run_id"]
    check = importer("check", source, "--json").json["run_id"]
    unfinished = stopped(source)["run_id"]
    before = _files(tmp_path / "state")
    assert asked("show ") == [unfinished, check, ended]
    assert asked(f"forget {ended[:3].upper()}") == [ended]
    assert asked("resume ") == [unfinished]
    assert asked("retry ") == [ended]
    assert asked("report zzzzzzzz") == []
    assert asked(f"show {ended} ") == []
    assert _files(tmp_path / "state") == before


def test_runs_are_found_in_the_state_directory_that_holds(
    asked: Asked, importer: Importer, sheet: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That of the option, of the variable, of the profile, of the file, or the user's own: as for a command."""
    run_ids = {}
    for name in ("option", "variable", "profile", "file", ".local/state/importer"):
        state = tmp_path / "home" / name
        run_ids[name] = importer("check", sheet(person(1)), "--state", state, "--json").json["run_id"]
    assert asked("show --state ~/option ") == [run_ids["option"]]
    assert asked('show --state="$HOME/option" ') == [run_ids["option"]]
    monkeypatch.setenv("IMPORTER_STATE_DIR", str(tmp_path / "home" / "variable"))
    assert asked("show ") == [run_ids["variable"]]
    monkeypatch.delenv("IMPORTER_STATE_DIR")
    assert asked("show ") == [run_ids[".local/state/importer"]]
    settings = tmp_path / "home" / "s.toml"
    settings.write_text('state = "file"\n[profiles.north]\nstate = "profile"\n', "utf-8")
    assert asked("--config ~/s.toml show ") == [run_ids["file"]]
    assert asked("--config ~/s.toml show --profile north ") == [run_ids["profile"]]
    assert asked("--config ~/s.toml show --profile south ") == []
    assert asked("--config ~/s.toml run x --profile ") == ["north"]
    assert asked("--config ~/none.toml run x --profile ") == []


def test_runs_are_seen_while_one_is_at_work(
    asked: Asked, importer: Importer, sheet: Callable[..., Path], tmp_path: Path
) -> None:
    """What another process has written and not yet put into the file is seen; a lock of its is nobody's hindrance."""
    first = importer("check", sheet(person(1)), "--json").json["run_id"]
    with Journal(tmp_path / "state", wall=time.time):
        second = importer("check", sheet(person(1)), "--json").json["run_id"]
        other = sqlite3.connect(tmp_path / "state" / "journal.sqlite", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        assert asked("show ") == [second, first]
        other.execute("ROLLBACK")
        other.close()
    assert asked("show ") == [second, first]


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\x00" + b"\xff" * 500])
def test_what_cannot_be_read_offers_nothing(asked: Asked, tmp_path: Path, content: bytes) -> None:
    """A journal that is none, and a folder without one: no word, no file, no folder."""
    assert asked("show ") == []
    assert not (tmp_path / "state").exists()
    state = tmp_path / "state"
    state.mkdir()
    (state / "journal.sqlite").write_bytes(content)
    assert asked("show ") == []
    assert [path.name for path in state.iterdir()] == ["journal.sqlite"]


def test_a_name_that_no_terminal_shows_is_not_offered(asked: Asked, tmp_path: Path) -> None:
    """What would write on the terminal by itself stays away from it: a settings file that has it cannot be used."""
    settings = tmp_path / "importer.toml"
    for name in ("a\\u001b[2Jb", "a\\nb"):
        settings.write_text(f'[profiles."{name}"]\n[profiles.ab]\n', "utf-8")
        assert asked(f"--config {settings} run x --profile a") == []
    settings.write_text("[profiles.ab]\n", "utf-8")
    assert asked(f"--config {settings} run x --profile a") == ["ab"]


def test_neither_key_nor_people_are_offered(asked: Asked, importer: Importer, sheet: Callable[..., Path]) -> None:
    """An id of a customer, an address and a key are in nothing that is offered."""
    importer("run", sheet(person(1)), "--sandbox")
    lines = [f"{name} {option}" for name in group.commands for option in ("", "--", "x --profile ")]
    offered = "\n".join(word for line in lines for word in asked(line))
    assert offered
    for canary in ("good-key", "person1@", "Family1", "00000001-0000"):
        assert canary not in offered


def test_completing_imports_nothing_heavy() -> None:
    """A shell waits for it while somebody types."""
    script = """
import json, sys
from importer.cli.completing.shells import offer
from importer.cli.main import group
offer(group)
print(json.dumps(sorted(sys.modules)), file=sys.stderr)
"""
    lines = {"show ": {"sqlite3"}, "run x --profile ": {"tomllib"}, "ru": set()}
    for line, may_load in lines.items():
        variables = os.environ | {ASKED: "bash", "_IMPORTER_LINE": f"importer {line}"}
        variables.pop("COVERAGE_PROCESS_CONFIG", None)
        found = subprocess.run(
            [sys.executable, "-c", script], env=variables, capture_output=True, text=True, check=True
        )
        heavy = {"pandas", "pydantic", "requests", "rich", "structlog", "openpyxl", "sqlite3", "tomllib", "filelock"}
        assert heavy & set(json.loads(found.stderr)) <= may_load
