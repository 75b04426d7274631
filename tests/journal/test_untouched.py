"""A journal is opened without a change, and what is seen of it is of one moment, whoever begins with it meanwhile."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from importer.errors import JournalError
from importer.journal import FILE_NAME
from importer.journal.journal import Journal
from importer.journal.lasting.newest_runs import newest_runs
from importer.journal.lasting.seen_runs import seen_runs
from importer.journal.lasting.untouched import LogAloneError, untouched
from tests.unchanged import unchanged

_COUNT = "SELECT count(*) FROM names"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a journal that nobody has open."""
    with Journal(tmp_path / "ñ ?#", wall=lambda: 1.0):
        pass
    return tmp_path / "ñ ?#" / FILE_NAME


def _write(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("INSERT INTO names (name) VALUES ('meanwhile' || (SELECT count(*) FROM names))")


def test_it_is_looked_at_again_where_somebody_has_changed_it_meanwhile(path: Path) -> None:
    """Also where they are gone by the end of the look, with their log."""
    seen: list[int] = []

    def look(connection: sqlite3.Connection) -> int:
        (number,) = connection.execute(_COUNT).fetchone()
        if not seen:
            _write(path)
        seen.append(number)
        return int(number)

    assert untouched(path, look, patience_s=1) == 1
    assert seen == [0, 1]


def test_who_is_never_left_alone_with_it_says_that_it_is_held(path: Path) -> None:
    """It is not tried for ever."""
    with pytest.raises(sqlite3.OperationalError) as caught:
        untouched(path, lambda _: _write(path), patience_s=1)
    assert caught.value.sqlite_errorcode == sqlite3.SQLITE_BUSY


def test_nobody_writes_by_it(path: Path) -> None:
    """Neither alone, nor beside others."""
    insert = "INSERT INTO names (name) VALUES ('a')"
    with unchanged(path.parent), pytest.raises(sqlite3.OperationalError):
        untouched(path, lambda connection: connection.execute(insert), patience_s=1)
    with Journal(path.parent, wall=lambda: 1.0), unchanged(path.parent), pytest.raises(sqlite3.OperationalError):
        untouched(path, lambda connection: connection.execute(insert), patience_s=1)


def test_a_log_without_its_index_is_told_by_who_lists_runs(path: Path) -> None:
    """It says what takes the log in; whoever completes a line offers nothing."""
    path.with_name(f"{FILE_NAME}-wal").write_bytes(b"log")
    with unchanged(path.parent):
        with pytest.raises(JournalError) as caught:
            newest_runs(path.parent)
        with pytest.raises(LogAloneError):
            list(seen_runs(path.parent))
    assert caught.value.code == "journal_log_alone"
    assert "importer history" in caught.value.hint
