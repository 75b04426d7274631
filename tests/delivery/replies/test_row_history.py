"""How what the attempts of a row have shown becomes its one outcome."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from importer.delivery.replies.reply_meaning import Meaning, Next
from importer.delivery.replies.row_history import DeliveryRow, settle
from importer.delivery.wire.attempts import Fault
from importer.model.rows import Difference, Earlier, Outcome, Pending
from importer.model.source import Field
from importer.model.statuses import Status
from importer.model.stop_reasons import StopReason
from tests.delivery.samples import page, pending, update
from tests.delivery.simulation import Delivery, policy, scripted

DOUBTS = [
    pytest.param(500, "http_500", 500, id="500"),
    pytest.param(503, "http_503", 503, id="503"),
    pytest.param((503, 1.0), "http_503", 503, id="503 with Retry-After"),
    pytest.param(408, "http_408", 408, id="408"),
    pytest.param(200, "not_the_customer_object", 200, id="not the object"),
    pytest.param(Fault.TIMED_OUT, "timed_out", None, id="timed out"),
    pytest.param(Fault.CONNECTION_LOST, "connection_lost", None, id="connection lost"),
]
IN_FRONT = pytest.param(page(404), "answered_in_front", 404, id="answered in front")
CERTAINTIES = [400, 404, 422, 302, 425, Fault.CONNECTION_REFUSED, Fault.TLS_FAILED]


def end(*answers: object, maybe: bool = False, attempts: int = 0) -> Outcome:
    """Return the outcome of one row whose attempts get these answers, three tries at most."""
    row = replace(pending(1)[0], maybe=maybe, attempts=attempts)
    ran = Delivery([row], scripted({2: [*[None] * attempts, *answers]}), policy(max_attempts=3)).run()
    return ran.outcomes[2]


@pytest.mark.parametrize(("doubt", "code", "http_status"), [*DOUBTS, IN_FRONT])
@pytest.mark.parametrize("later", CERTAINTIES, ids=str)
def test_maybe_sticks(doubt: object, code: str, http_status: int | None, later: object) -> None:
    """Once an attempt may have been applied, no later refusal makes the row `rejected` or `failed`."""
    found = end(doubt, later, later)
    assert (found.status, found.code, found.http_status) == (Status.UNCONFIRMED, code, http_status)
    assert found.attempts in (2, 3)
    assert f"The last of {found.attempts} attempts:" in found.message


@pytest.mark.parametrize(("doubt", "code", "http_status"), DOUBTS)
def test_a_later_confirmation_wins(doubt: object, code: str, http_status: int | None) -> None:
    """What was in doubt is `updated` when the API confirms it, and the message says at which attempt."""
    found = end(doubt, doubt)
    assert (found.status, found.code, found.http_status, found.attempts) == (Status.UPDATED, "", 200, 3)
    assert found.message == "Confirmed at attempt 3"
    assert found.updated_at == "2025-07-21T12:43:14.834028Z"
    assert code
    assert http_status != 201


def test_a_later_mismatch_is_an_answer_too() -> None:
    """The API has applied something for this customer: that is what a person has to look at."""
    found = end(500, "other")
    assert (found.status, found.attempts) == (Status.MISMATCH, 2)
    assert "Answered at attempt 2" in found.message


@pytest.mark.parametrize("later", [*CERTAINTIES, 401, "stopped"], ids=str)
def test_doubt_of_an_earlier_process_sticks_too(later: object) -> None:
    """A row that was in flight when another process died is in doubt from the start."""
    answers = [Fault.DEFECT] if later == "stopped" else [later] * 3
    found = end(*answers, maybe=True, attempts=2)
    assert found.status is Status.UNCONFIRMED
    assert found.attempts > 2
    assert later == "stopped" or found.code == "interrupted"


@pytest.mark.parametrize(
    ("answers", "status"),
    [
        ((400,), Status.REJECTED),
        ((425, 400), Status.REJECTED),
        (((503, 1.0), 400), Status.UNCONFIRMED),
        ((408, 400), Status.UNCONFIRMED),
        ((page(404), 400), Status.UNCONFIRMED),
        ((page(404), page(404)), Status.UNCONFIRMED),
        ((Fault.CONNECTION_REFUSED,) * 3, Status.FAILED),
        ((425, Fault.TLS_FAILED, 425), Status.FAILED),
        ((500, 500, 500), Status.UNCONFIRMED),
        ((201,), Status.UNCONFIRMED),
        ((408, 500, (503, 1.0)), Status.UNCONFIRMED),
    ],
    ids=str,
)
def test_without_doubt_the_last_answer_counts(answers: tuple[object, ...], status: Status) -> None:
    """What is certain is said as it is, with the number of tries."""
    found = end(*answers)
    assert (found.status, found.attempts) == (status, len(answers))
    assert len(answers) == 1 or f"{len(answers)} " in found.message


@pytest.mark.slow
def test_no_history_ends_in_a_lie() -> None:
    """For every two answers and a third: `rejected` and `failed` only where none may have been applied."""
    answers = [500, Fault.TIMED_OUT, 429, (503, 1.0), page(404), Fault.UNREACHABLE, 404, "ok", "other"]
    doubtful = {500, Fault.TIMED_OUT, (503, 1.0), page(404)}
    for history in product(answers, repeat=3):
        found = end(*history)
        seen = history[: found.attempts]
        if found.status in (Status.REJECTED, Status.FAILED, Status.NOT_SENT):
            assert not doubtful.intersection(seen)
        if found.status is Status.UNCONFIRMED:
            assert doubtful.intersection(seen)


def test_a_row_of_another_process_that_is_dropped_says_so() -> None:
    """A row in doubt from before, put off by a 429 and then stopped, ends in doubt."""
    row = replace(pending(1)[0], maybe=True, attempts=1)
    ran = Delivery([row], scripted({2: [None, (429, 60.0)]}), presses=[(1.0, StopReason.INTERRUPTED)]).run()
    found = ran.outcomes[2]
    assert (found.status, found.code, found.http_status) == (Status.UNCONFIRMED, "interrupted", None)
    assert found.message == (
        "An earlier attempt may or may not have been applied. The run stopped before it was tried again"
    )


def test_a_quotation_that_ends_a_sentence_gets_no_second_full_stop() -> None:
    """Messages read as sentences, whatever the API's own words end with."""
    row = DeliveryRow(update(), attempts=2)
    for words, told in (("“Gone.”", "It said: “Gone.” Tried 2 times"), ("“Gone”", "It said: “Gone”. Tried 2 times")):
        found = settle(row, Meaning(Next.FINISH, Status.REJECTED, "http_400", f"It said: {words}"))
        assert found.message == told


def test_a_row_of_another_process_says_what_that_one_knew() -> None:
    """A row in doubt from before keeps the reason of its doubt, whatever comes then; nothing is said twice."""
    earlier = Earlier("http_500", "It said 500. Tried 2 times", 500)
    row = replace(pending(1)[0], maybe=True, attempts=2, earlier=earlier)
    found = Delivery([row], scripted({2: [None, None, 401]})).run().outcomes[2]
    assert (found.status, found.code, found.http_status, found.attempts) == (Status.UNCONFIRMED, "http_500", 500, 3)
    assert found.message.startswith("It said 500. Tried 2 times. Then the run stopped: ")
    again = replace(row, attempts=3, earlier=replace(earlier, message=found.message))
    assert Delivery([again], scripted({2: [None, None, None, 401]})).run().outcomes[2].message == found.message
    confirmed = Delivery([row], scripted({2: [None, None, None]})).run().outcomes[2]
    assert (confirmed.status, confirmed.message) == (Status.UPDATED, "Confirmed at attempt 3")


def test_a_row_begins_with_what_the_journal_knows() -> None:
    """Also that somebody else has left it in doubt, which no answer of this process takes back."""
    earlier = Earlier("http_503", "The API failed (HTTP 503)", 503)
    known = Pending(update(7), attempts=2, maybe=True, interrupted=True, earlier=earlier)
    row = DeliveryRow.of(known, canary=True)
    assert (row.attempts, row.maybe, row.doubted_otherwise, row.interrupted, row.canary) == (2, True, True, True, True)
    assert (row.update, row.earlier) == (known.update, earlier)
    fresh = DeliveryRow.of(Pending(update(8)), canary=False)
    assert (fresh.attempts, fresh.maybe, fresh.doubted_otherwise, fresh.interrupted, fresh.canary) == (0, *[False] * 4)


def test_an_outcome_holds_what_is_different() -> None:
    """What was sent and what the API holds goes with a mismatch, at whichever attempt."""
    held = [Difference(Field.EMAIL, "ana@example.com", "other@example.com")]
    for attempts in (1, 2):
        row = DeliveryRow.of(Pending(update(7), attempts=attempts), canary=False)
        meaning = Meaning(Next.FINISH, Status.MISMATCH, "different_values", "Look", differences=held)
        assert settle(row, meaning).differences == held
