"""The requests of a run, one by one, and how long each took."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from importer.journal.journal import Journal
from importer.journal.run_journal import RunJournal
from importer.model.rows import Waiting
from importer.model.run import NewRun, PastAttempt
from importer.model.source import SourceInfo
from importer.model.statuses import Status
from importer.model.stop_reasons import StopReason
from tests.journal.conftest import NOON
from tests.journal.rows import begun, outcome, seen, update

RunOf = Callable[[int], RunJournal]


def _requests(run: RunJournal) -> list[PastAttempt]:
    return sorted(run.results.requests(), key=lambda one: (one.latency_s or 0.0, one.confirmed))


def test_every_attempt_of_a_row_is_a_request_of_its_own(run_of: RunOf) -> None:
    """The tries before the last one are kept, each with how long it took and what came of it."""
    run = run_of(2)
    run.record(begun(2, 3), [], [])
    run.record([], [Waiting(2, 1, maybe=False, latency_s=0.1, http_status=429, code="http_429")], [])
    run.record(begun(2, number=2), [], [outcome(3, latency_s=0.2)])
    run.record([], [], [outcome(2, attempts=2, latency_s=0.3)])
    assert _requests(run) == [
        PastAttempt(NOON, 0.1, 429, confirmed=False),
        PastAttempt(NOON, 0.2, 200, confirmed=True),
        PastAttempt(NOON, 0.3, 200, confirmed=True),
    ]
    assert run.results.duration() == (NOON, NOON + 0.3, 3)
    assert [(found.latency_s, found.sent_at) for found in run.outcomes()] == [(0.3, NOON), (0.2, NOON)]
    assert seen(run.path, "SELECT row, number, code FROM tries") == [(2, 1, "http_429")]


def test_an_attempt_whose_row_was_held_back_counts_once(run_of: RunOf) -> None:
    """A row that waits for what other replies tell, and then gets its outcome without another try, is one request."""
    run = run_of(1)
    run.record(begun(2), [], [])
    run.record([], [Waiting(2, 1, maybe=False, latency_s=0.1, http_status=403, code="forbidden")], [])
    run.record([], [], [outcome(2, Status.REJECTED, http_status=403, latency_s=0.1)])
    assert _requests(run) == [PastAttempt(NOON, 0.1, 403, confirmed=False)]


def test_what_came_of_the_attempt_of_a_row_that_waits_is_told(run_of: RunOf) -> None:
    """It is told while the row waits, and where the row ends without another attempt."""
    run = run_of(1)
    run.record(begun(2), [], [])
    run.record([], [Waiting(2, 1, maybe=False, latency_s=0.1, http_status=429, code="http_429")], [])
    asked_to_wait = PastAttempt(NOON, 0.1, 429, confirmed=False)
    assert _requests(run) == [asked_to_wait]
    assert run.results.duration() == (NOON, NOON + 0.1, 1)
    run.settle(StopReason.INTERRUPTED, "It stopped")
    assert _requests(run) == [asked_to_wait]


def test_a_reply_that_says_nothing_of_the_customer_is_useless(run_of: RunOf) -> None:
    """A 200 is, unless it is the customer, with the values that were sent or with others; a refusal says enough."""
    run = run_of(5)
    run.record(begun(*range(2, 7)), [], [])
    page = Waiting(6, 1, maybe=True, latency_s=0.5, http_status=200, code="not_the_customer_object")
    ended = [
        outcome(2, latency_s=0.1),
        outcome(3, Status.MISMATCH, latency_s=0.2),
        outcome(4, Status.UNCONFIRMED, code="another_customer", latency_s=0.3),
        outcome(5, Status.REJECTED, http_status=400, code="http_400", latency_s=0.4),
    ]
    run.record([], [page], ended)
    assert [one.useless for one in _requests(run)] == [False, False, True, False, True]
    run.record(begun(6, number=2), [], [])
    run.record([], [], [outcome(6, attempts=2, latency_s=0.6)])
    assert [one.useless for one in _requests(run)] == [False, False, True, False, True, False]


def test_what_was_in_flight_when_a_process_died_is_a_request_that_was_cut_off(
    run_of: RunOf, open_journal: Callable[[], Journal]
) -> None:
    """Its time is not known; the attempts of rows that ended and are taken up again stay as they were."""
    run = run_of(3)
    run.checked(SourceInfo("/data/changes.csv", None, run.sha256, 3))
    run.record(begun(2, 3), [], [])
    run.record([], [], [outcome(3, Status.FAILED, http_status=503, code="http_503", latency_s=0.5)])
    with open_journal() as journal:
        run = journal.resume(journal.find("run-1"))
        assert _requests(run) == [
            PastAttempt(NOON, None, None, confirmed=False),
            PastAttempt(NOON, 0.5, 503, confirmed=False),
        ]
        run.record(begun(2, 3, number=2), [], [])
        run.record([], [], [outcome(row, attempts=2, latency_s=1.0) for row in (2, 3)])
        assert _requests(run) == [
            PastAttempt(NOON, None, None, confirmed=False),
            PastAttempt(NOON, 0.5, 503, confirmed=False),
            PastAttempt(NOON, 1.0, 200, confirmed=True),
            PastAttempt(NOON, 1.0, 200, confirmed=True),
        ]
        assert run.attempts() == 4


def test_a_run_that_sent_nothing_has_no_requests(run_of: RunOf) -> None:
    """Neither has it a duration."""
    run = run_of(1)
    run.settle(StopReason.API_DOWN, "It stopped")
    assert _requests(run) == []
    assert run.results.duration() is None


def test_nothing_of_the_requests_stays_of_a_discarded_run(
    journal: Journal, new_run: Callable[..., NewRun], run_of: RunOf
) -> None:
    """What came to nothing leaves no try behind."""
    run = run_of(1)
    run.record(begun(2), [], [])
    run.record([], [Waiting(2, 1, maybe=False, latency_s=0.1)], [])
    run.discard()
    assert seen(journal.path, "SELECT count(*) FROM tries") == [(0,)]
    again = journal.begin(replace(new_run("run-2")))
    again.add([update(2)], [])
    assert list(again.results.requests()) == []
