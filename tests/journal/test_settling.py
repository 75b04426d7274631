"""The end of delivery: what is true of the rows that nothing was decided of, and of the repeats of others."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from importer.errors import JournalError
from importer.journal.journal import Journal
from importer.journal.run_journal import RunJournal
from importer.model.rows import Outcome
from importer.model.source import SourceInfo
from importer.model.statuses import Status
from importer.model.stop_reasons import StopReason
from tests.journal.rows import begun, issue, outcome, seen, told, untimed, update, waiting

RunOf = Callable[[int], RunJournal]


def test_rows_that_were_left_are_not_sent_for_the_reason_of_the_stop(run_of: RunOf) -> None:
    """A row that was never sent ends `not_sent`, with the stop's code and sentence and no attempt."""
    run = run_of(2)
    run.settle(StopReason.API_DOWN, "The run stopped: the API is down")
    assert list(run.outcomes()) == [
        Outcome(row, Status.NOT_SENT, "api_down", "The run stopped: the API is down") for row in (2, 3)
    ]


def test_rows_that_were_left_in_doubt_are_unconfirmed(run_of: RunOf) -> None:
    """A row that waits, of which an attempt may have been applied, ends `unconfirmed`, attempts counted; others not."""
    run = run_of(2)
    run.record(begun(2, 3), [], [])
    run.record([], [waiting(2, maybe=True), waiting(3)], [])
    run.settle(StopReason.TERMINATED, "The run stopped")
    assert list(untimed(run.outcomes())) == [
        Outcome(
            2,
            Status.UNCONFIRMED,
            "interrupted",
            "An earlier attempt may or may not have been applied. The run stopped",
            attempts=1,
        ),
        Outcome(3, Status.NOT_SENT, "terminated", "The run stopped", attempts=1),
    ]


def test_rows_that_were_left_for_no_reason_are_a_defect(run_of: RunOf) -> None:
    """A run that came to its end has decided on every row: anything else is said, and not settled."""
    run = run_of(3)
    run.record(begun(2), [], [])
    run.record([], [], [outcome(2)])
    with pytest.raises(JournalError, match="2 rows were neither sent nor left out"):
        run.settle(None, "")
    assert seen(run.path, "SELECT finished_at FROM runs") == [(None,)]
    assert seen(run.path) == [(2, 2, "updated"), (3, 0, None), (4, 0, None)]


def test_rows_that_are_still_in_flight_are_not_decided_on(run_of: RunOf) -> None:
    """Nobody can settle a row that is in flight, nor its repeats: the statuses do not sum, and reports refuse that."""
    run = run_of(2)
    run.selection.resolve([(3, 2)])
    run.record(begun(2), [], [])
    run.settle(StopReason.INTERRUPTED, "The run stopped")
    assert sum(run.statuses().values()) == 0
    with pytest.raises(JournalError, match="Row 2 has no outcome") as caught:
        list(run.outcomes())
    assert caught.value.code == "no_outcome"


def test_a_repeat_of_an_updated_row_is_a_duplicate(run_of: RunOf) -> None:
    """A duplicate names the row it repeats, and has its `updated_at`, no HTTP status and no attempt."""
    run = run_of(2)
    run.selection.resolve([(3, 2)])
    run.record(begun(2), [], [])
    run.record([], [], [outcome(2, updated_at="2025-07-21T12:43:14.834028Z", message="Confirmed at attempt 2")])
    run.settle(None, "")
    assert list(run.outcomes())[1] == Outcome(
        3,
        Status.DUPLICATE,
        message="The same change as row 2, sent once with it",
        updated_at="2025-07-21T12:43:14.834028Z",
    )


@pytest.mark.parametrize(
    "first",
    [
        outcome(2, Status.REJECTED, code="http_400", message="The API said no", http_status=400),
        outcome(2, Status.MISMATCH, code="values_differ", updated_at="2025-07-21T12:43:14.834028Z"),
        outcome(2, Status.UNCONFIRMED, code="timed_out", http_status=None, attempts=5),
        outcome(2, Status.FAILED, code="connection_refused", http_status=None, attempts=5),
        outcome(2, Status.NOT_SENT, code="key_refused", http_status=401),
    ],
    ids=lambda first: first.status.value,
)
def test_a_repeat_of_a_row_that_is_not_confirmed_shares_its_status(first: Outcome, run_of: RunOf) -> None:
    """A repeat takes the status and code of its row, names it, and has no attempt and no HTTP status of its own."""
    run = run_of(2)
    run.selection.resolve([(3, 2)])
    run.record(begun(2), [], [])
    run.record([], [], [first])
    run.settle(None, "")
    assert list(run.outcomes())[1] == Outcome(
        3, first.status, first.code, "The same change as row 2: see there", updated_at=first.updated_at
    )


def test_a_repeat_of_a_row_that_was_left_shares_that(run_of: RunOf) -> None:
    """Rows are settled before their repeats: those of a row that was not sent are not sent either."""
    run = run_of(4)
    run.selection.resolve([(4, 3), (5, 3)])
    run.settle(StopReason.KEY_REFUSED, "The API refused the key")
    assert told(run.outcomes()) == dict.fromkeys(range(2, 6), (Status.NOT_SENT, "key_refused"))


def test_a_repeat_says_what_was_cleaned(run: RunJournal) -> None:
    """The note of a repeat follows the name of its row."""
    run.add([update(2, customer="a"), update(3, customer="a", note="White space was removed.")], [])
    run.selection.resolve([(3, 2)])
    run.selection.end_valid()
    run.settle(None, "")
    assert [found.message for found in run.outcomes()] == [
        "",
        "The same change as row 2, and would be sent once with it. White space was removed.",
    ]


def test_where_nothing_is_to_be_sent_rows_end_valid(journal: Journal, run: RunJournal) -> None:
    """Their repeats too; what is invalid, hidden or over a limit is not, and only rows of their own are counted."""
    run.add([update(row) for row in (3, 4, 5, 7)], [issue(2)], (), [6])
    run.selection.resolve([(4, 3)])
    run.selection.leave_out(code="over_limit", message="Left out", first=2)
    run.selection.end_valid()
    run.settle(None, "")
    assert told(run.outcomes()) == {
        2: (Status.INVALID, "blank_email"),
        3: (Status.VALID, ""),
        4: (Status.VALID, ""),
        5: (Status.VALID, ""),
        6: (Status.NOT_SENT, "hidden_row"),
        7: (Status.NOT_SENT, "over_limit"),
    }
    assert (run.to_send(), journal.find("run-1").would_be_sent) == (0, None)
    run.checked(SourceInfo("a.csv", None, "0" * 64, rows=6))
    assert journal.find("run-1").would_be_sent == 2


@pytest.mark.parametrize(("first", "left"), [(0, 5), (2, 3), (5, 0), (9, 0), (10**30, 0)])
def test_all_but_the_first_rows_are_left_out(first: int, left: int, run_of: RunOf) -> None:
    """`leave_out` lets the first rows that are to be sent stay, and all others end `not_sent`."""
    run = run_of(5)
    run.selection.leave_out(code="over_limit", message="Left out", first=first)
    assert run.to_send() == 5 - left
    assert run.statuses()[Status.NOT_SENT] == left
    assert [pending.update.row for pending in run.pending(0, 9)] == list(range(2, 7 - left))


def test_only_rows_that_are_to_be_sent_count_and_are_left_out(run: RunJournal) -> None:
    """Neither invalid rows nor repeats use up the limit, and the repeats share what becomes of their rows."""
    run.add([update(row) for row in (3, 4, 6, 7)], [issue(2)])
    run.selection.resolve([(4, 3), (7, 6)])
    run.selection.leave_out(code="over_limit", message="Left out", first=1)
    run.record(begun(3), [], [])
    run.record([], [], [outcome(3)])
    run.settle(None, "")
    assert told(run.outcomes()) == {
        2: (Status.INVALID, "blank_email"),
        3: (Status.UPDATED, ""),
        4: (Status.DUPLICATE, ""),
        6: (Status.NOT_SENT, "over_limit"),
        7: (Status.NOT_SENT, "over_limit"),
    }
