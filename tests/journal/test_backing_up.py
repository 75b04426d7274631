"""Backups of the journal: whole, at one moment, made while others write, and known as what they are."""

from __future__ import annotations

import os
import sqlite3
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread

import pytest

from importer.errors import JournalError, SettingsError
from importer.journal.database import BUSY_S, connect
from importer.journal.journal import Journal
from importer.journal.lasting.backing_up import Backup
from importer.model.run import NewRun
from tests.journal.rows import seen, update

NOW = "2026-01-01T00:00:00.000000Z"
ROWS = 3_000


@pytest.fixture
def backup(journal: Journal, new_run: Callable[..., NewRun], tmp_path: Path) -> Backup:
    """Return the backup of a journal with one run in it."""
    journal.begin(new_run()).add([update(row) for row in range(2, ROWS + 2)], [])
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    return Backup(journal.path, journal.path.with_name("digests.key"), elsewhere / "backup.sqlite")


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_backup_is_one_file_and_the_key_another(backup: Backup) -> None:
    """Both their owner's only, whatever the umask; nothing else is left, and the journal is as it was."""
    before = seen(backup.journal, "SELECT * FROM rows ORDER BY row")
    mask = os.umask(0)
    try:
        assert backup.make(NOW) == backup.file.stat().st_size
    finally:
        os.umask(mask)
    assert sorted(path.name for path in backup.file.parent.iterdir()) == ["backup.sqlite", "backup.sqlite.key"]
    assert (_mode(backup.file), _mode(backup.key_file)) == (0o600, 0o600)
    assert backup.key_file.read_bytes() == backup.digest_key.read_bytes()
    assert seen(backup.file, "SELECT * FROM rows ORDER BY row") == before
    assert seen(backup.file, "PRAGMA user_version") == seen(backup.journal, "PRAGMA user_version")
    assert seen(backup.file, "PRAGMA journal_mode") == [("delete",)]
    assert seen(backup.journal, "SELECT * FROM gaps") == []


def test_a_backup_knows_that_it_is_one(backup: Backup) -> None:
    """What comes after it is not in it: nothing that it knows is relied on, wherever it is put back."""
    backup.make(NOW)
    assert seen(backup.file, "SELECT * FROM gaps") == [(1, NOW)]


def test_a_backup_of_an_empty_journal_is_one(journal: Journal, tmp_path: Path) -> None:
    """There may be no run yet."""
    backup = Backup(journal.path, journal.path.with_name("digests.key"), tmp_path / "backup.sqlite")
    backup.make(NOW)
    assert seen(backup.file, "SELECT * FROM gaps") == [(0, NOW)]


def test_the_key_can_be_left_out(backup: Backup) -> None:
    """Where others may read the backup."""
    without = replace(backup, with_key=False)
    without.make(NOW)
    assert [path.name for path in without.file.parent.iterdir()] == ["backup.sqlite"]


@contextmanager
def _writing(path: Path) -> Iterator[list[float]]:
    """Commit all the time, as a run that sends does; yield how long each commit took, in seconds."""
    took: list[float] = []
    enough = Event()

    def write() -> None:
        with closing(connect(path)) as connection:
            while not enough.is_set():
                begun = time.monotonic()
                connection.execute("BEGIN IMMEDIATE")
                connection.execute("UPDATE rows SET attempts = attempts + 1 WHERE row = 2")
                connection.execute("UPDATE rows SET attempts = attempts + 1 WHERE row = ?", (ROWS + 1,))
                connection.execute("COMMIT")
                took.append(time.monotonic() - begun)

    thread = Thread(target=write)
    thread.start()
    try:
        while not took:
            time.sleep(0.001)
        yield took
    finally:
        enough.set()
        thread.join()


def test_a_backup_is_of_one_moment_while_somebody_writes(backup: Backup) -> None:
    """Commits neither wait for it nor let it begin again: it has all of each that it has, and comes to its end."""
    remaining: list[int] = []

    def step(left: int) -> None:
        remaining.append(left)
        assert len(remaining) < 1_000
        time.sleep(0.005)

    backup = replace(backup, pages=4, after_step=step)
    with _writing(backup.journal) as took:
        before = len(took)
        backup.make(NOW)
        during = took[before:]
    assert len(remaining) > 20
    assert remaining == sorted(remaining, reverse=True)
    assert len(during) > 20
    assert max(during) < BUSY_S / 3
    attempts = dict(seen(backup.file, "SELECT row, attempts FROM rows"))
    first, last = attempts[2], attempts[ROWS + 1]
    assert first == last >= before
    assert first < len(took)


def test_a_file_that_is_there_is_refused_but_where_it_is_to_be_replaced(backup: Backup) -> None:
    """The same key may be there: it is the one that the journal has always had."""
    backup.make(NOW)
    with pytest.raises(SettingsError, match=f"There is a file {backup.file} already") as caught:
        backup.expect_room(force=False)
    assert caught.value.code == "backup_exists"
    backup.expect_room(force=True)
    backup.file.unlink()
    backup.expect_room(force=False)
    backup.key_file.write_bytes(b"another")
    with pytest.raises(SettingsError, match=f"There is a file {backup.key_file} already"):
        backup.expect_room(force=False)


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        ("missing/backup.sqlite", "there is no such folder"),
        ("elsewhere", "that is a folder"),
        ("state/journal.sqlite", "that is in the state directory itself"),
        ("elsewhere/../state/digests.key", "that is in the state directory itself"),
    ],
)
def test_what_is_no_place_for_a_backup_is_refused(file: str, reason: str, backup: Backup, tmp_path: Path) -> None:
    """The journal itself is least of all one, replaced or not."""
    for force in (False, True):
        with pytest.raises(SettingsError, match=reason):
            replace(backup, file=tmp_path / file).expect_room(force=force)


def test_a_damaged_journal_is_told_and_the_older_backup_stays(backup: Backup, journal: Journal) -> None:
    """A backup that is not sound replaces none that is."""
    backup.make(NOW)
    older = backup.file.read_bytes()
    with closing(sqlite3.connect(journal.path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with journal.path.open("r+b") as file:
        file.seek(20 * 4096)
        file.write(b"\xff" * 40 * 4096)
    with pytest.raises(JournalError) as caught:
        backup.make(NOW)
    assert caught.value.code == "journal_damaged"
    assert backup.file.read_bytes() == older
    assert len(list(backup.file.parent.iterdir())) == 2


def test_what_keeps_it_from_being_written_is_told(backup: Backup) -> None:
    """Nothing is left of it."""

    def full(_: int) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    with pytest.raises(JournalError, match="cannot be written: database or disk is full") as caught:
        replace(backup, after_step=full).make(NOW)
    assert caught.value.code == "backup_unwritable"
    assert list(backup.file.parent.iterdir()) == []


def test_what_a_backup_that_was_killed_has_left_goes_after_an_hour(backup: Backup) -> None:
    """A younger one may still be written."""
    folder = backup.file.parent
    old, young = folder / ".backup.sqlite.1.tmp-journal", folder / ".backup.sqlite.2.tmp"
    for path in (old, young):
        path.touch()
    os.utime(old, (time.time() - 7200, time.time() - 7200))
    backup.make(NOW)
    assert sorted(path.name for path in folder.iterdir()) == [young.name, "backup.sqlite", "backup.sqlite.key"]
