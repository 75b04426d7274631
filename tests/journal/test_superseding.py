"""A row is sent again only while nothing newer was sent to its customer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from importer.journal.journal import Journal
from importer.journal.run_journal import RunJournal
from importer.model.run import NewRun, PastRun, Target
from importer.model.source import SourceInfo
from importer.model.statuses import Status
from importer.model.stop_reasons import StopReason
from tests.journal.rows import GROUP, begun, outcome, seen, told, update

Sent = Callable[..., PastRun]


@pytest.fixture
def sent(journal: Journal, new_run: Callable[..., NewRun]) -> Sent:
    """Make a run that has tried some of its rows, did not confirm one of them, and stopped."""

    def make(run_id: str, rows: Sequence[int], *, tried: Sequence[int], retry_of: str = "", at: str = "") -> PastRun:
        new = replace(new_run(run_id), retry_of=journal.find(retry_of) if retry_of else None)
        run = journal.begin(replace(new, target=Target(at, GROUP)) if at else new)
        run.add([update(row) for row in rows], [])
        run.checked(SourceInfo("/data/changes.csv", None, run.sha256, len(rows)))
        run.record(begun(*tried), [], [])
        run.record([], [], [outcome(row, Status.FAILED) for row in tried])
        run.settle(StopReason.API_DOWN, "It stopped")
        run.ended(4, unfinished=True)
        return journal.find(run_id)

    return make


def _superseded(run: RunJournal) -> dict[int, str]:
    """Return the rows of a run that were superseded, each with its message."""
    found = seen(run.path, "SELECT run, row, message FROM rows WHERE code = 'superseded'")
    return {row: message for number, row, message in found if number == run.number}


def test_the_newest_of_several_later_runs_is_named(sent: Sent, journal: Journal) -> None:
    """A row is superseded once, however many runs have sent to its customer since."""
    first = sent("first", [2, 3], tried=[2])
    sent("second", [2], tried=[2])
    sent("third", [2], tried=[2])
    run = journal.resume(first)
    assert run.selection.supersede() == 1
    assert list(_superseded(run)) == [2]
    assert "Run third has sent to this customer since" in _superseded(run)[2]
    assert [row.update.row for row in run.pending(0, 9)] == [3]


def test_only_what_a_later_run_has_sent_counts(sent: Sent, journal: Journal) -> None:
    """Not what it only meant to send, nor what it sent somewhere else, nor what an earlier run sent."""
    sent("before", [2], tried=[2])
    first = sent("first", [2, 3, 4], tried=[])
    sent("never-came-so-far", [3], tried=[])
    sent("elsewhere", [4], tried=[4], at="https://other.example.com")
    assert journal.resume(first).selection.supersede() == 0


def test_a_retry_is_as_old_as_the_run_that_it_retries(sent: Sent, journal: Journal) -> None:
    """A run between the two supersedes the retry; a retry of a retry is as old as the first; none its own kin."""
    first = sent("first", [2, 3], tried=[2, 3])
    sent("between", [3], tried=[3])
    sent("again", [2, 3], tried=[2], retry_of="first")
    third = sent("and-again", [2, 3], tried=[2], retry_of="again")
    for past in (first, third):
        run = journal.resume(past)
        assert run.selection.supersede() == 1
        assert "Run between" in _superseded(run)[3]
        run.settle(StopReason.API_DOWN, "It stopped")
        run.ended(4, unfinished=True)


def test_a_superseded_row_takes_its_repeats_along_and_is_not_taken_up_again(
    journal: Journal, new_run: Callable[..., NewRun], sent: Sent
) -> None:
    """It stays so when the run is resumed once more; what may have been applied stays in doubt."""
    run = journal.begin(new_run())
    run.add([update(2), update(3), update(4, customer="customer-2"), update(5)], [])
    run.selection.resolve([(4, 2)])
    run.checked(SourceInfo("/data/changes.csv", None, run.sha256, 4))
    run.record(begun(2), [], [])
    run.record([], [], [outcome(2, Status.UNCONFIRMED)])
    run.settle(StopReason.API_DOWN, "It stopped")
    run.ended(4, unfinished=True)
    sent("later", [2, 3], tried=[2, 3])
    for superseded in (2, 0):
        run = journal.resume(journal.find("run-1"))
        assert run.selection.supersede() == superseded
        assert [row.update.row for row in run.pending(0, 9)] == [5]
        run.settle(StopReason.API_DOWN, "It stopped")
        run.ended(4, unfinished=True)
    run = journal.resume(journal.find("run-1"))
    run.record(begun(5), [], [])
    run.record([], [], [outcome(5)])
    run.settle(None, "")
    assert told(run.outcomes()) == {
        2: (Status.UNCONFIRMED, "superseded"),
        3: (Status.NOT_SENT, "superseded"),
        4: (Status.UNCONFIRMED, "superseded"),
        5: (Status.UPDATED, ""),
    }


def test_writing_rows_costs_no_index(journal: Journal) -> None:
    """Looking for later runs must not make every run slower: rows have no index but their key."""
    assert (
        seen(
            journal.path,
            "SELECT name FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'rows' AND sql IS NOT NULL",
        )
        == []
    )


def test_a_retry_of_an_older_run_supersedes_nothing_of_a_newer_one(sent: Sent, journal: Journal) -> None:
    """However late it was sent, it has sent what is older."""
    sent("first", [2], tried=[2])
    newer = sent("newer", [2], tried=[])
    sent("again", [2], tried=[2], retry_of="first")
    assert journal.resume(newer).selection.supersede() == 0
