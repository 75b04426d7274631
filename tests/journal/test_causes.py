"""Why rows need a person: what the delivery has shown, beside what the checks have found."""

from __future__ import annotations

from collections.abc import Callable

from importer.journal.run_journal import RunJournal
from importer.model.rows import RowWarning
from importer.model.statuses import Status
from importer.model.stop_reasons import StopReason
from tests.journal.rows import begun, issue, outcome, update

Told = tuple[Status | None, str, str, int, tuple[int, ...]]


def _warning(row: int) -> RowWarning:
    return RowWarning(row, "domain_slip", "E-mail", "Is it meant?")


def _causes(run: RunJournal) -> list[Told]:
    found = run.results.causes()
    return [(one.status, one.code, one.message, one.rows, tuple(one.first_rows)) for one in found]


def test_what_ended_otherwise_than_confirmed_has_a_cause(run: RunJournal) -> None:
    """Each status, code and sentence once; a repeat counts with the row that it repeats."""
    run.add([update(row) for row in range(2, 9)], [issue(9)])
    run.selection.resolve([(8, 3)])
    run.record(begun(2, 3, 4, 5, 6), [], [])
    refused = {"code": "http_400", "http_status": 400}
    ended = [
        outcome(2),
        outcome(3, Status.REJECTED, message="The API refused this row (HTTP 400): “no”", **refused),
        outcome(4, Status.REJECTED, message="The API refused this row (HTTP 400): “no”", **refused),
        outcome(5, Status.REJECTED, message="The API refused this row (HTTP 400): “never”", **refused),
        outcome(6, Status.UNCONFIRMED, code="timed_out", message="It did not answer"),
    ]
    run.record([], [], ended)
    run.settle(StopReason.API_DOWN, "The run stopped")
    assert _causes(run) == [
        (Status.REJECTED, "http_400", "The API refused this row (HTTP 400): “no”", 3, (3, 4, 8)),
        (Status.REJECTED, "http_400", "The API refused this row (HTTP 400): “never”", 1, (5,)),
        (Status.UNCONFIRMED, "timed_out", "It did not answer", 1, (6,)),
        (Status.NOT_SENT, "api_down", "The run stopped", 1, (7,)),
        (Status.INVALID, "blank_email", "The e-mail is blank.", 1, (9,)),
    ]


def test_sentences_that_differ_in_how_often_a_row_was_tried_are_one_cause(run_of: Callable[[int], RunJournal]) -> None:
    """What they have in common is what the API said."""
    run = run_of(8)
    run.record(begun(*range(2, 10)), [], [])
    run.record(
        [],
        [],
        [outcome(row, Status.FAILED, code="http_503", message=f"Later. Tried {row} times") for row in range(2, 10)],
    )
    run.settle(None, "")
    assert _causes(run) == [(Status.FAILED, "http_503", "Later.", 8, (2, 3, 4, 5, 6))]


def test_rows_that_name_each_other_are_one_cause(run_of: Callable[[int], RunJournal]) -> None:
    """However many customers it is about; what says something else is another one."""
    run = run_of(1)
    also = [
        issue(row, code="conflicting_rows", message=f"Also in row {row ^ 1}, so none. Keep one.")
        for row in range(4, 204)
    ]
    run.add([], [*also, issue(204, code="conflicting_rows", message="Also elsewhere.")])
    assert _causes(run) == [
        (Status.INVALID, "conflicting_rows", "Also in …, so none. Keep one.", 200, (4, 5, 6, 7, 8)),
        (Status.INVALID, "conflicting_rows", "Also elsewhere.", 1, (204,)),
    ]


def test_rows_that_a_check_would_send_need_nobody(run_of: Callable[[int], RunJournal]) -> None:
    """Nothing is wrong with them: they have no cause."""
    run = run_of(2)
    run.selection.end_valid()
    assert _causes(run) == []


def test_warnings_count_of_rows_that_may_be_sent(run: RunJournal) -> None:
    """They are no reason not to send these rows, so what is not sent anyway is none of them."""
    run.add([update(2), update(3)], [issue(4)], [_warning(row) for row in (2, 4)])
    assert [told for told in _causes(run) if told[0] is None] == [(None, "domain_slip", "Is it meant?", 1, (2,))]
