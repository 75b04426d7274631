"""A newer version of the importer finds an older journal, and an older version a newer one."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from importer.cli.chosen_runs import migration_note
from importer.journal.database import MIGRATIONS, connect
from tests.cli.conftest import Api, Importer, Stopped, person
from tests.journal.rows import older_journal, seen

NOTE = "is from an older version. It is brought up to date once, now"
NEWEST = len([script for script in MIGRATIONS.iterdir() if script.name.endswith(".sql")])
RUN = (
    "INSERT INTO runs (run_id, mode, version, started_at, source_path, source_sha256, base_url, output, settings,"
    " asked, source_rows) VALUES ('abcdefgh', 'check', '0.0.1', '2026-11-29T04:10:03.632535Z', '/x', '', '', '/o',"
    " '{}', '{}', ?)"
)


@pytest.fixture
def older(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that makes a journal of an older version, with one run of so many rows."""

    def make(rows: int = 3) -> Path:
        path = tmp_path / "state" / "journal.sqlite"
        path.parent.mkdir(mode=0o700)
        with older_journal(path, "0018") as connection:
            connection.execute(RUN, (rows,))
        return path

    return make


@pytest.mark.parametrize("arguments", [("history",), ("history", "--json"), ("show",), ("check", "SHEET"), ("prune",)])
def test_the_first_command_says_that_it_brings_the_journal_up_to_date(
    importer: Importer, older: Callable[..., Path], sheet: Callable[..., Path], arguments: tuple[str, ...]
) -> None:
    """One line beside the answer, with the file; the next command has nothing to say of it."""
    path, source = older(), str(sheet(person(1)))
    words = [source if word == "SHEET" else word for word in arguments]
    said = importer(*words)
    assert said.code == 0
    assert [line for line in said.err.splitlines() if NOTE in line] == [f"Note: The journal {path} {NOTE}."]
    assert "older version" not in said.out
    assert seen(path, "PRAGMA user_version") == [(NEWEST,)]
    assert NOTE not in importer(*words).err


def test_how_long_it_may_take_is_said_of_a_large_journal() -> None:
    """Twenty seconds a million rows at most: nobody stops a command of which that is known."""
    assert migration_note(Path("/j"), 40_000) == f"Note: The journal /j {NOTE}."
    assert migration_note(Path("/j"), 30_000_000).endswith("now, which may take 10 min 0 s.")


def test_a_new_journal_is_nothing_to_be_told(importer: Importer) -> None:
    """There was none before."""
    assert importer("history").err == ""


def test_cron_is_not_told(
    importer: Importer, older: Callable[..., Path], sheet: Callable[..., Path], tmp_path: Path
) -> None:
    """With -q it is in the log alone: nothing is wrong, and nobody has to do anything."""
    older(rows=7)
    log = tmp_path / "log.jsonl"
    said = importer("check", sheet(person(1)), "-q", "--log-file", log)
    assert (said.code, said.err) == (0, "")
    events = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
    assert [event["rows"] for event in events if event["event"] == "migrating"] == [7]


def test_a_backup_that_is_made_quietly_is_quiet(importer: Importer, older: Callable[..., Path], tmp_path: Path) -> None:
    """The same of a command that looks at past runs."""
    older()
    assert importer("backup", tmp_path / "backup", "-q").err == ""


@pytest.mark.parametrize(
    "arguments", [("history",), ("show",), ("resume",), ("check", "SHEET"), ("run", "SHEET", "--sandbox"), ("prune",)]
)
def test_an_older_version_leaves_a_newer_journal_alone(
    importer: Importer, sheet: Callable[..., Path], tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    """Exit 5, which version to use, and not a byte of it changed."""
    source = str(sheet(person(1)))
    assert importer("check", source).code == 0
    path = tmp_path / "state" / "journal.sqlite"
    with closing(connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {NEWEST + 1}")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before = path.read_bytes()
    said = importer(*[source if word == "SHEET" else word for word in arguments])
    assert said.code == 5
    assert said.err.splitlines()[-2:] == [
        f"Error: The journal {path} was written by a newer version of the importer.",
        "  Use that version, or name another state directory with --state.",
    ]
    assert path.read_bytes() == before


def test_settings_of_an_older_run_that_are_none_any_more_are_left_out(
    importer: Importer, api: Api, sheet: Callable[..., Path], tmp_path: Path, stopped: Stopped
) -> None:
    """A run that an older version has begun is gone on with: what it has kept and nobody knows is of no matter."""
    run_id = stopped(sheet(person(1)))["run_id"]
    with closing(connect(tmp_path / "state" / "journal.sqlite")) as connection:
        connection.execute(
            "UPDATE runs SET version = '0.0.1', settings = json_set(settings, '$.of_old', 1, '$.keep_runs_days', NULL)"
        )
        connection.execute("UPDATE runs SET settings = json_remove(settings, '$.keep_runs_days', '$.canary')")
    said = importer("resume", run_id, "--json")
    assert said.code == 0
    assert said.json["statuses"]["updated"] == 1
    assert len(api.requests()) == 2
