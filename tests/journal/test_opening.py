"""Opening the journal: its schema, and everything that can be wrong with its file."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from importer.errors import JournalError
from importer.journal.database import MIGRATIONS, atomic, connect, explained, migrate
from importer.journal.journal import Journal
from importer.model.run import NewRun
from importer.model.statuses import Status
from tests.journal.rows import begun, issue, older_journal, outcome, seen, update

Open = Callable[[], Journal]


def _version(path: Path) -> int:
    return int(seen(path, "PRAGMA user_version")[0][0])


def test_a_new_journal_has_the_newest_schema(journal: Journal) -> None:
    """The version of a new journal is the number of steps that the importer has."""
    assert _version(journal.path) == len(list(MIGRATIONS.iterdir()))
    assert [name for (name,) in seen(journal.path, "SELECT name FROM sqlite_schema WHERE name IN ('runs', 'rows')")]


def test_a_journal_is_found_again(open_journal: Open, new_run: Callable[..., NewRun]) -> None:
    """Opening a journal that is current changes nothing in it."""
    with open_journal() as journal:
        run = journal.begin(new_run())
        run.add([], [issue(2)])
        run.ended(1, unfinished=False)
    with open_journal() as journal:
        assert seen(journal.path, "SELECT run_id, exit_code FROM runs") == [("run-1", 1)]


def test_a_newer_journal_is_refused(open_journal: Open) -> None:
    """A journal of a newer importer is not touched; the message names it and the way out."""
    with open_journal() as journal:
        path = journal.path
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(JournalError, match="newer version") as caught:
        open_journal()
    assert caught.value.code == "journal_too_new"
    assert str(path) in caught.value.message
    assert "--state" in caught.value.hint
    assert _version(path) == 99


@pytest.fixture
def steps(tmp_path: Path) -> Callable[..., Path]:
    """Make a folder of migrations, each of so many lines."""

    def make(*scripts: str) -> Path:
        folder = tmp_path / "steps"
        folder.mkdir(exist_ok=True)
        for number, script in enumerate(scripts, start=1):
            (folder / f"{number:04}.sql").write_text(script)
        (folder / "notes.txt").write_text("no step")
        return folder

    return make


def test_steps_are_taken_in_their_order_and_once(tmp_path: Path, steps: Callable[..., Path]) -> None:
    """Only the steps behind a journal's version are taken, one after the other."""
    path = tmp_path / "a.sqlite"
    first, second = (
        "CREATE TABLE a (x);\n",
        "-- a comment; of two parts\nALTER TABLE a\n ADD y;\nINSERT INTO a VALUES (1, 2)",
    )
    with closing(connect(path)) as connection:
        migrate(connection, path, steps(first))
        assert _version(path) == 1
        migrate(connection, path, steps(first, second))
        migrate(connection, path, steps(first, second))
    assert (_version(path), seen(path, "SELECT * FROM a")) == (2, [(1, 2)])


@pytest.mark.parametrize("broken", ["CREATE TABLE b (x);\nNONSENSE;\n", "CREATE TABLE b (x);\nINSERT INTO"])
def test_a_step_that_fails_leaves_the_journal_as_it_was(
    broken: str, tmp_path: Path, steps: Callable[..., Path]
) -> None:
    """Where a statement fails, the version and the tables are those from before, earlier steps included."""
    path = tmp_path / "a.sqlite"
    with closing(connect(path)) as connection:
        migrate(connection, path, steps("CREATE TABLE a (x);"))
        with pytest.raises(sqlite3.Error):
            migrate(connection, path, steps("CREATE TABLE a (x);", "CREATE TABLE c (x);", broken))
    assert _version(path) == 1
    assert seen(path, "SELECT name FROM sqlite_schema") == [("a",)]


def test_a_transaction_whose_commit_fails_is_rolled_back(tmp_path: Path) -> None:
    """A COMMIT that is refused leaves the connection usable and the file as it was."""
    path = tmp_path / "a.sqlite"
    with closing(connect(path)) as connection:
        connection.execute("CREATE TABLE a (x INTEGER PRIMARY KEY)")
        connection.execute("CREATE TABLE b (x REFERENCES a DEFERRABLE INITIALLY DEFERRED)")
        with pytest.raises(sqlite3.IntegrityError), atomic(connection):
            connection.execute("INSERT INTO b VALUES (7)")
        assert not connection.in_transaction
        assert seen(path, "SELECT * FROM b") == []


@pytest.mark.parametrize("content", [b"customer_id,first_name\n" * 99, b"SQLite format 3\0" + b"\xff" * 5000], ids=len)
def test_a_file_that_is_no_journal_is_refused(content: bytes, state: Path, open_journal: Open) -> None:
    """A damaged file is left as it is; the message names it, and the hint says to move it away."""
    state.mkdir()
    (state / "journal.sqlite").write_bytes(content)
    with pytest.raises(JournalError, match=r"journal\.sqlite") as caught:
        open_journal()
    assert caught.value.code == "journal_damaged"
    assert "Move the file away" in caught.value.hint
    assert (state / "journal.sqlite").read_bytes() == content


def test_a_journal_that_is_damaged_inside_is_explained(open_journal: Open, new_run: Callable[..., NewRun]) -> None:
    """Damage that shows only when rows are read is a JournalError too, with what to do."""
    with open_journal() as journal:
        run = journal.begin(new_run())
        run.add([], [issue(row, message="x" * 500) for row in range(2, 2000)])
        run.ended(1, unfinished=True)
    pages = bytearray(journal.path.read_bytes())
    pages[200_000 : len(pages) - 4096] = b"\xa5" * (len(pages) - 204_096)
    journal.path.write_bytes(pages)
    with open_journal() as journal:
        damaged = replace(run, connection=journal.begin(new_run("other")).connection)
        with pytest.raises(JournalError, match="malformed") as caught:
            list(damaged.outcomes())
    assert caught.value.code == "journal_damaged"


def test_a_sqlite_that_is_too_old_is_named(open_journal: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where SQLite does not know strict tables, the message says so instead of quoting a statement."""
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 36, 9))
    with pytest.raises(JournalError, match="too old") as caught:
        open_journal()
    assert caught.value.code == "sqlite_too_old"
    assert "3.37.0" in caught.value.hint
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 37, 0))
    with open_journal() as journal:
        assert _version(journal.path) > 0


def test_a_journal_of_the_first_schema_keeps_what_it_knows(state: Path, open_journal: Open) -> None:
    """Its runs are found with their rows counted, and what it left in flight can be retried as being in doubt."""
    state.mkdir()
    with older_journal(state / "journal.sqlite", "0002") as connection:
        connection.execute(
            "INSERT INTO runs (run_id, mode, version, started_at, checked_at, exit_code, source_path, source_sha256,"
            " source_rows, base_url, output, settings)"
            " VALUES ('old', 'run', '1.0', '2025-01-01T00:00:00Z', 'then', 1, '/x.csv', 'abc', 3, 'https://a', '/o',"
            " '{}')"
        )
        connection.execute(
            "INSERT INTO rows (run, row, phase, attempts, status) VALUES"
            " (1, 2, 2, 1, 'updated'), (1, 3, 2, 2, 'unconfirmed'), (1, 4, 2, 1, 'failed')"
        )
    with open_journal() as journal:
        past = journal.find("old")
        assert (past.ended, past.kept, past.left, past.attempts, past.asked) == (True, False, 0, 4, {})
        assert [past.statuses[status] for status in (Status.UPDATED, Status.UNCONFIRMED, Status.FAILED)] == [1, 1, 1]
        assert list(journal.rows_to_retry(past)) == [(3, True), (4, False)]


def test_a_folder_in_the_place_of_the_file_is_refused(state: Path, open_journal: Open) -> None:
    """A folder of the journal's name is a JournalError that names it."""
    (state / "journal.sqlite").mkdir(parents=True)
    with pytest.raises(JournalError, match=r"journal\.sqlite cannot be used: Is a directory") as caught:
        open_journal()
    assert "--state" in caught.value.hint


def test_a_file_in_the_place_of_the_state_directory_is_refused(state: Path, open_journal: Open) -> None:
    """A file where the state directory should be is a JournalError that names it."""
    state.write_text("")
    with pytest.raises(JournalError, match="File exists"):
        open_journal()


def test_a_state_directory_that_cannot_be_written_is_refused(state: Path, open_journal: Open) -> None:
    """Without the right to write, the message names the place and says what to do."""
    state.mkdir(mode=0o500)
    if os.access(state, os.W_OK):
        pytest.skip("whoever runs this may write everywhere")
    with pytest.raises(JournalError, match="Permission denied") as caught:
        open_journal()
    assert "--state" in caught.value.hint


def test_a_journal_that_another_holds_for_too_long_is_explained(journal: Journal) -> None:
    """A journal that stays locked is a JournalError that says to wait."""
    with (
        closing(sqlite3.connect(journal.path, timeout=0, isolation_level=None)) as here,
        closing(sqlite3.connect(journal.path, isolation_level=None)) as there,
    ):
        there.execute("BEGIN IMMEDIATE")
        with pytest.raises(JournalError, match="locked") as caught, explained(journal.path):
            here.execute("BEGIN IMMEDIATE")
    assert caught.value.code == "journal_busy"
    assert "wait" in caught.value.hint


def test_two_journals_of_one_folder_work_side_by_side(open_journal: Open, new_run: Callable[..., NewRun]) -> None:
    """Runs of two processes' journals go on at once, and each knows only its own rows."""
    with open_journal() as here, open_journal() as there:
        first, second = here.begin(new_run("first")), there.begin(new_run("second"))
        first.add([update(2), update(3)], [])
        second.add([update(2)], [issue(3)])
        first.record(begun(2), [], [])
        second.record(begun(2), [], [])
        second.record([], [], [outcome(2, Status.REJECTED)])
        first.record([], [], [outcome(2)])
        assert (first.statuses()[Status.UPDATED], first.to_send()) == (1, 1)
        assert (second.statuses()[Status.REJECTED], second.statuses()[Status.INVALID]) == (1, 1)
        second.ended(1, unfinished=False)
        assert first.pending(0, 9)[0].update == update(3)


@pytest.mark.slow
def test_many_processes_can_open_a_new_journal_at_once(state: Path) -> None:
    """Whoever comes first makes the journal and the key; all others use them."""
    script = (
        "import sys, time; from pathlib import Path; from importer.journal.journal import Journal\n"
        "from importer.journal.private.digests import Digester\n"
        "with Journal(Path(sys.argv[1]), wall=time.time): pass\n"
        "print(Digester.open(Path(sys.argv[1]) / 'digests.key').digest('x').hex())"
    )
    command = [sys.executable, "-c", script, str(state)]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(8)]
    answers = {process.communicate(timeout=30)[0] for process in running}
    assert [process.returncode for process in running] == [0] * 8
    assert len(answers) == 1
    assert sorted(path.name for path in state.iterdir()) == ["digests.key", "journal.sqlite"]


@pytest.mark.parametrize("version", [0, 1, 3])
def test_another_applications_database_is_not_touched(version: int, state: Path, open_journal: Open) -> None:
    """Whatever version it says, nothing of it is changed, not even the way in which it logs."""
    state.mkdir()
    path = state / "journal.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(f"CREATE TABLE songs (title); PRAGMA user_version = {version}")
    before = path.read_bytes()
    with pytest.raises(JournalError, match="another application") as caught:
        open_journal()
    assert caught.value.code == "journal_foreign"
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("https://api.example.com:443", "https://api.example.com"),
        ("https://api.example.com:443/v2", "https://api.example.com/v2"),
        ("http://127.0.0.1:80", "http://127.0.0.1"),
        ("http://[::1]:80/a:80", "http://[::1]/a:80"),
        ("https://api.example.com:8443", "https://api.example.com:8443"),
        ("https://api.example.com:80/v:443", "https://api.example.com:80/v:443"),
        ("http://localhost:443", "http://localhost:443"),
        ("", ""),
    ],
)
def test_places_of_older_journals_get_their_one_spelling(old: str, new: str, tmp_path: Path) -> None:
    """What an earlier version sent to a default port was sent to the same place."""
    path = tmp_path / "journal.sqlite"
    with older_journal(path, "0005") as connection:
        connection.execute(
            "INSERT INTO runs (run_id, mode, version, started_at, source_path, source_sha256, base_url, output,"
            " settings) VALUES ('a', 'run', '1', '', '', '', ?, '', '{}')",
            (old,),
        )
        migrate(connection, path)
        assert connection.execute("SELECT base_url FROM runs").fetchall() == [(new,)]


_OPEN_TWICE = """
import os, sys
from contextlib import closing
from pathlib import Path
from importer.journal.database import connect
path = Path(sys.argv[1])
with closing(connect(path)) as first:
    first.execute("SELECT * FROM runs").fetchall()
    connect(path).close()
    print("there", flush=True)
    sys.stdin.readline()
    first.execute("INSERT INTO runs (run_id, mode, version, started_at, source_path, source_sha256, base_url, output,"
        " settings) VALUES ('x', 'check', '1', '', '', '', '', '', '{}')")
    os._exit(0)
"""


def test_opening_a_journal_again_gives_up_no_lock_on_it(open_journal: Open) -> None:
    """To open and close the file itself would: others then took the log away, and what was committed later was lost."""
    with open_journal() as journal:
        path = journal.path
    command = [sys.executable, "-c", _OPEN_TWICE, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "there\n"
        with closing(sqlite3.connect(path)) as other:
            other.execute("SELECT * FROM runs").fetchall()
        process.communicate("\n")
    assert process.returncode == 0
    assert seen(path, "SELECT run_id FROM runs") == [("x",)]
