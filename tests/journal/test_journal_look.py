"""A journal is looked at, whoever is at work with it or has died over it, and nothing is another after that."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from importer.journal import FILE_NAME, database
from importer.journal.journal import Journal
from importer.journal.lasting.journal_look import JournalLook, Soundness, looked_at
from tests.disks import make_read_only, small_disk
from tests.journal.holding import holding
from tests.unchanged import unchanged

_KNOWN = len([entry for entry in database.MIGRATIONS.iterdir() if entry.name.endswith(".sql")])
_WRITE = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("INSERT INTO names (name) VALUES ('at work')")
print("there", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """Return a state directory in a path with signs of all kinds, with a journal that nobody has open."""
    folder = tmp_path / "año 1% ?#"
    with Journal(folder, wall=lambda: 1.0):
        pass
    return folder


def look(state: Path, longest_s: float = 10.0) -> JournalLook:
    """Look at a journal, and hold that to leaving everything as it is."""
    with unchanged(state):
        return looked_at(state / FILE_NAME, longest_s=longest_s)


@contextmanager
def at_work(state: Path) -> Iterator[subprocess.Popen[str]]:
    """Let another process have the journal open, after it has written to it."""
    command = [sys.executable, "-c", _WRITE, str(state / FILE_NAME)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "there\n"
        yield process
    finally:
        process.kill()
        process.communicate()


def test_a_journal_that_nobody_has_open_is_sound(state: Path) -> None:
    """All is known of it."""
    found = look(state)
    assert (found.soundness, found.schema, found.known) == (Soundness.SOUND, _KNOWN, _KNOWN)
    assert (found.runs, found.newest_key) == ([], None)


def test_a_journal_that_somebody_has_open_is_sound(state: Path) -> None:
    """What is in its log only is seen, too."""
    with at_work(state):
        assert (state / f"{FILE_NAME}-wal").stat().st_size
        assert look(state).soundness is Soundness.SOUND


def test_a_journal_over_which_somebody_died_is_sound(state: Path) -> None:
    """The log is taken in by whoever writes next, and not by who looks."""
    with at_work(state) as process:
        process.kill()
        process.wait()
        assert look(state).soundness is Soundness.SOUND
    assert (state / f"{FILE_NAME}-wal").exists()


def test_a_log_without_its_index_is_left_alone(state: Path) -> None:
    """To read it, SQLite would have to write."""
    with at_work(state) as process:
        process.kill()
        process.wait()
    (state / f"{FILE_NAME}-shm").unlink()
    assert look(state).soundness is Soundness.LOG_ALONE


def test_an_empty_log_is_no_log(state: Path) -> None:
    """Programs that only read leave one behind."""
    (state / f"{FILE_NAME}-wal").touch()
    assert look(state).soundness is Soundness.SOUND


def test_a_process_that_is_stopped_in_the_middle_of_writing_is_in_nobodys_way(state: Path) -> None:
    """Readers wait for no writer."""
    with holding(state, "journal"):
        assert look(state).soundness is Soundness.SOUND


def test_a_journal_of_a_newer_version_is_known_as_that(state: Path) -> None:
    """Its runs are not read: what stands where, nobody here knows."""
    with closing(sqlite3.connect(state / FILE_NAME)) as connection:
        connection.execute(f"PRAGMA user_version = {_KNOWN + 1}")
    found = look(state)
    assert (found.schema, found.runs, found.soundness) == (_KNOWN + 1, None, Soundness.SOUND)


def test_a_journal_of_an_older_version_is_not_brought_up_to_date(state: Path) -> None:
    """That is for who writes."""
    with closing(sqlite3.connect(state / FILE_NAME)) as connection:
        connection.execute(f"PRAGMA user_version = {_KNOWN - 1}")
    found = look(state)
    assert (found.schema, found.known, found.runs) == (_KNOWN - 1, _KNOWN, None)


@pytest.mark.parametrize(
    ("damage", "soundness"),
    [
        pytest.param(lambda _: b"names and addresses" * 500, Soundness.DAMAGED, id="no database"),
        pytest.param(lambda data: data[: len(data) // 2], Soundness.DAMAGED, id="cut off"),
        pytest.param(lambda data: data[:4096] + b"\xff" * (len(data) - 4096), Soundness.DAMAGED, id="overwritten"),
        pytest.param(lambda _: b"", Soundness.SOUND, id="empty"),
    ],
)
def test_a_damaged_journal_is_known_as_that(
    damage: Callable[[bytes], bytes], soundness: Soundness, state: Path
) -> None:
    """Whatever is damaged; nothing is raised."""
    path = state / FILE_NAME
    path.write_bytes(damage(path.read_bytes()))
    assert look(state).soundness is soundness


def test_a_database_of_another_application_is_known_as_that(tmp_path: Path) -> None:
    """Somebody has named a wrong folder."""
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as connection:
        connection.execute("CREATE TABLE songs (name)")
    assert look(tmp_path).soundness is Soundness.FOREIGN


def test_a_folder_in_its_place_is_unreadable(tmp_path: Path) -> None:
    """SQLite's own words say why."""
    (tmp_path / FILE_NAME).mkdir()
    found = look(tmp_path)
    assert (found.soundness, bool(found.reason)) == (Soundness.UNREADABLE, True)


def test_a_huge_journal_is_checked_as_far_as_the_time_allows(state: Path) -> None:
    """What was seen by then was sound."""
    path = state / FILE_NAME
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(
            "INSERT INTO names (name) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000)"
            " SELECT 'name ' || i FROM n"
        )
    assert looked_at(path, longest_s=0.001).soundness is Soundness.SOUND_SO_FAR
    assert looked_at(path, longest_s=60).soundness is Soundness.SOUND


@pytest.mark.parametrize("is_left_over", [False, True])
def test_a_journal_on_a_file_system_that_is_read_only_is_sound(
    *, is_left_over: bool, state: Path, tmp_path: Path
) -> None:
    """Also with a log that a killed process has left."""
    disk = tmp_path / "disk"
    with small_disk(disk):
        with at_work(state) as process:
            process.kill()
            process.wait()
        for path in state.iterdir():
            if path.name == FILE_NAME or (is_left_over and path.is_file()):
                (disk / path.name).write_bytes(path.read_bytes())
        make_read_only(disk)
        assert look(disk).soundness is Soundness.SOUND
