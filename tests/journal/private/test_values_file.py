"""The values of a run that is resumed: found again whole, or it is said that they are not."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from importer.errors import JournalError
from importer.journal.journal import Journal
from importer.model.run import NewRun
from importer.model.source import SourceInfo
from tests.journal.rows import begun, issue, seen, update

OpenJournal = Callable[[], Journal]
NewRunOf = Callable[..., NewRun]
ROWS = range(2, 502)


@pytest.fixture
def values(open_journal: OpenJournal, new_run: NewRunOf) -> Path:
    """Leave a run behind that died with row 2 in flight, and return the file of its values."""
    with open_journal() as journal:
        run = journal.begin(new_run())
        run.add([update(row, first_name="x" * 100) for row in ROWS], [])
        run.checked(SourceInfo("/data/changes.csv", None, run.sha256, len(ROWS)))
        run.record(begun(2), [], [])
        return run.private.values


def _no_database(path: Path) -> None:
    path.write_bytes(b"customer_id,first_name\n" * 999)


def _emptied(path: Path) -> None:
    path.write_bytes(b"")


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20_000])


def _overwritten(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[20_000:40_000] = b"\xa5" * 20_000
    path.write_bytes(content)


def _one_row_lost(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DELETE FROM updates WHERE row = 77")


@pytest.mark.parametrize("damage", [_no_database, _emptied, _cut, _overwritten, _one_row_lost])
def test_damaged_values_are_found_before_anything_is_sent(
    damage: Callable[[Path], None], values: Path, open_journal: OpenJournal
) -> None:
    """The message names the file, and not the journal, which nobody must move away for it; the run is as it was."""
    damage(values)
    with open_journal() as journal:
        before = seen(journal.path, "SELECT * FROM rows"), seen(journal.path, "SELECT * FROM runs")
        with pytest.raises(JournalError) as caught:
            journal.resume(journal.find("run-1"))
        assert (seen(journal.path, "SELECT * FROM rows"), seen(journal.path, "SELECT * FROM runs")) == before
    assert caught.value.code == "journal_damaged"
    assert str(values) in caught.value.message
    assert "journal.sqlite" not in caught.value.message
    assert caught.value.hint.endswith("importer forget run-1 && importer retry run-1")


def test_the_journal_goes_on_after_damaged_values(values: Path, open_journal: OpenJournal, new_run: NewRunOf) -> None:
    """The way out that the hint names is open in the same journal: forget the run, and send its rows in another."""
    _no_database(values)
    with open_journal() as journal:
        with pytest.raises(JournalError):
            journal.resume(journal.find("run-1"))
        journal.forget(journal.find("run-1"))
        chosen = list(journal.rows_to_retry(journal.find("run-1")))
        assert chosen == [(2, True), *((row, False) for row in ROWS[1:])]
        assert journal.begin(new_run("again")).to_send() == 0


def test_values_that_a_run_does_not_need_any_more_may_be_lost(values: Path, open_journal: OpenJournal) -> None:
    """Only rows that are to be sent need theirs."""
    with open_journal() as journal:
        journal.resume(journal.find("run-1")).selection.leave_out(code="over_limit", message="Left out")
    _one_row_lost(values)
    with open_journal() as journal:
        assert journal.resume(journal.find("run-1")).to_send() == 0


def test_damaged_values_of_half_a_source_are_made_anew(open_journal: OpenJournal, new_run: NewRunOf) -> None:
    """Where the source is checked again anyway, nothing depends on what was kept of its values."""
    with open_journal() as journal:
        run = journal.begin(new_run())
        run.add([update(2)], [issue(3)])
    _no_database(run.private.values)
    with open_journal() as journal:
        run = journal.resume(journal.find("run-1"))
        run.add([update(2)], [issue(3)])
        assert [row.update for row in run.pending(0, 9)] == [update(2)]
