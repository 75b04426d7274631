"""What is sent when, in simulated time."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from importer.delivery.dispatcher import Dispatcher
from importer.delivery.policy import Policy
from importer.delivery.wire.attempts import Fault, Reply
from importer.model.rows import Attempt, Pending, Update
from importer.model.statuses import Status
from importer.model.stop_reasons import StopReason
from tests.delivery.samples import http, ok, pending, unmasked, update
from tests.delivery.simulation import Delivery, Ran, always, policy, scripted

CUSTOMER = "aaaaaaaa-52a8-4f0e-9d57-0f1f6a3c9e11"


def confirm(attempt: Attempt) -> Reply:
    """Answer as documented."""
    return ok(attempt.update)


def deliver_one(*answers: object, numbers: Policy | None = None) -> Ran:
    """Deliver one row whose attempts get these answers, and then a confirmation."""
    return Delivery(pending(1), scripted({2: answers}), numbers or policy()).run()


def test_every_row_is_sent_once_and_confirmed() -> None:
    """With an API that works, there is one attempt a row, in row order, and nothing to stop over."""
    ran = Delivery(pending(50), always(confirm)).run()
    assert ran.reason is None
    assert ran.counts() == {Status.UPDATED: 50}
    assert [attempt.update.row for _, attempt in ran.sent] == list(range(2, 52))


def test_no_rows_are_no_work() -> None:
    """A delivery without rows ends at once."""
    ran = Delivery([], always(confirm)).run()
    assert (ran.reason, ran.sent, ran.outcomes) == (None, [], {})


@pytest.mark.parametrize("concurrency", [1, 3, 64])
def test_the_ceiling_is_reached_and_never_passed(concurrency: int) -> None:
    """As many attempts are out as the ceiling allows, and the rows take the time that this makes."""
    ran = Delivery(pending(192), always(confirm), policy(concurrency=concurrency)).run()
    assert ran.world.most_in_flight == concurrency
    assert ran.world.now - ran.sent[0][0] == pytest.approx(192 / concurrency * 0.1, rel=0.01)


def test_a_rate_spaces_the_attempts() -> None:
    """At five a second an attempt leaves every 200 ms, retries included."""
    ran = Delivery(pending(20), scripted({4: [500], 9: [500]}), policy(rate=5.0)).run()
    assert ran.counts() == {Status.UPDATED: 20}
    assert len(ran.sent) == 22
    assert all(later - earlier >= 0.2 - 1e-6 for earlier, later in pairwise(ran.times()))
    assert ran.times()[-1] == pytest.approx(21 * 0.2)


def test_a_row_is_tried_again_after_a_backoff_that_doubles() -> None:
    """Full jitter at its middle: 0.25, 0.5, 1 and 2 seconds after each answer, from half a second on."""
    ran = deliver_one(500, 500, 500, 500)
    assert ran.times() == pytest.approx([0.0, 0.35, 0.95, 2.05, 4.15])
    assert ran.outcomes[2].status is Status.UPDATED
    assert ran.outcomes[2].attempts == 5


def test_retry_after_decides_the_wait_of_a_row_and_only_of_that() -> None:
    """A 503 that says when to come back is asked again then, and a little later; other rows go on."""
    ran = Delivery(pending(40), scripted({2: [(503, 7.0)]})).run()
    assert ran.times(2) == pytest.approx([0.0, 0.1 + 7.0 + 0.25])
    assert max(ran.times(3)) < 1.0


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (500, Status.UNCONFIRMED),
        ((503, 0.0), Status.UNCONFIRMED),
        (425, Status.FAILED),
        (Fault.CONNECTION_REFUSED, Status.FAILED),
    ],
)
def test_a_row_has_so_many_tries(answer: object, status: Status) -> None:
    """After the last try the row has the status that its answers amount to."""
    ran = deliver_one(*[answer] * 9, numbers=policy(max_attempts=3))
    assert ran.reason is None
    assert len(ran.sent) == 3
    assert (ran.outcomes[2].status, ran.outcomes[2].attempts) == (status, 3)
    assert "Tried 3 times" in ran.outcomes[2].message


def test_being_told_to_slow_down_is_no_try() -> None:
    """A row that got a 429 before each of its two tries still has both, and all attempts are counted."""
    ran = deliver_one(429, 500, 429, 429, 500, numbers=policy(max_attempts=2))
    assert (ran.outcomes[2].status, ran.outcomes[2].attempts) == (Status.UNCONFIRMED, 5)


def test_tries_of_an_earlier_process_do_not_count_but_its_attempts_do() -> None:
    """A row that is resumed has all its tries, and its attempts are numbered on."""
    resumed = [replace(pending(1)[0], attempts=7)]
    ran = Delivery(resumed, scripted({2: [*[None] * 7, 500, 500]}), policy(max_attempts=3)).run()
    assert [attempt.number for _, attempt in ran.sent] == [8, 9, 10]
    assert ran.outcomes[2].attempts == 10


def test_a_429_without_retry_after_holds_everything() -> None:
    """After a 429 nothing leaves for the backoff, neither that row nor any other."""
    ran = Delivery(pending(9), scripted({2: [429]}), policy(concurrency=1)).run()
    assert ran.times()[:2] == pytest.approx([0.0, 0.1 + 0.25])
    assert [attempt.update.row for _, attempt in ran.sent[:3]] == [2, 2, 3]
    assert ran.counts() == {Status.UPDATED: 9}


def test_a_429_with_retry_after_holds_everything_for_as_long() -> None:
    """What the API asks for is kept to by all rows, with a little added."""
    ran = Delivery(pending(9), scripted({2: [(429, 20.0)]})).run()
    assert min(ran.times()[4:]) == pytest.approx(0.1 + 20.0 + 0.01)
    assert ran.counts() == {Status.UPDATED: 9}


def test_the_longest_retry_after_of_a_burst_counts() -> None:
    """Of several that were in flight together, the one that asks for most is kept to."""
    ran = Delivery(pending(9), scripted({2: [429], 3: [(429, 5.0)], 4: [(429, 9.0)], 5: [429]})).run()
    assert ran.times()[4] == pytest.approx(0.1 + 9.0 + 0.01)


def test_a_burst_of_429_is_one_backoff() -> None:
    """Sixty-four in flight that all get a 429 tell one thing: the wait is that of the first, not of the 64th."""
    burst = {row: [429] for row in range(2, 66)}
    ran = Delivery(pending(64), scripted(burst), policy(concurrency=64), uniform=lambda: 0.999).run()
    assert ran.counts() == {Status.UPDATED: 64}
    assert ran.times()[64] == pytest.approx(0.1 + 0.4995)


def test_a_burst_that_is_spread_out_is_one_backoff_too() -> None:
    """Answers to requests that left before the pause was called do not make it longer, even if jitter ended it."""
    spread = {row: 0.05 * row for row in range(2, 34)}
    first = dict.fromkeys(spread, True)

    def api(attempt: Attempt, _: float) -> tuple[float, Reply]:
        if first.pop(attempt.update.row, False):
            return spread[attempt.update.row], http(attempt.update, 429)
        return 0.01, ok(attempt.update)

    ran = Delivery(pending(32), api, policy(concurrency=32), uniform=lambda: 0.0).run()
    assert ran.counts() == {Status.UPDATED: 32}
    assert ran.world.now - ran.sent[0][0] < 3.0


def test_429s_in_a_row_wait_longer_and_longer() -> None:
    """Each 429 that answers a request after the pause doubles the next pause."""
    ran = deliver_one(429, 429, 429)
    assert ran.times() == pytest.approx([0.0, 0.35, 0.95, 2.05])


def test_any_other_reply_ends_the_row_of_429s() -> None:
    """After a reply that is no 429, the next one is the first again."""
    ran = deliver_one(429, 429, 500, 429)
    assert ran.times() == pytest.approx([0.0, 0.35, 0.95, 0.95 + 0.1 + 0.25, 0.95 + 0.1 + 0.25 + 0.35])


def together(rows: int, customers: int) -> list[Pending]:
    """Return rows of which several are of one customer."""
    return [
        Pending(update(row, customer_id=f"7b0c2f6e-52a8-4f0e-9d57-{row % customers:012x}"))
        for row in range(2, 2 + rows)
    ]


def test_rows_of_one_customer_go_in_row_order_one_after_the_other() -> None:
    """A row waits until the one before it has its outcome, retries included; those of others go on."""
    ran = Delivery(together(12, 3), scripted({3: [500, 500]}), policy(concurrency=12)).run()
    assert ran.counts() == {Status.UPDATED: 12}
    for customer in range(3):
        rows = [attempt.update.row for _, attempt in ran.sent if attempt.update.row % 3 == customer]
        assert rows == sorted(rows)
    assert min(ran.times(6)) == pytest.approx(ran.times(3)[-1] + 0.1)
    assert max(ran.times(4)) < max(ran.times(3))


def test_the_same_id_in_another_group_is_another_customer() -> None:
    """Only the group and the id together name a customer."""
    rows = [Pending(update(row, group_id=f"group-{row}", customer_id=CUSTOMER)) for row in range(2, 6)]
    ran = Delivery(rows, always(confirm)).run()
    assert ran.times() == [0.0] * 4


@pytest.mark.parametrize("customers", [1, 7, 10_000])
def test_memory_does_not_grow_with_the_rows(customers: int) -> None:
    """However many rows there are and whosever they are, only a few times the ceiling is in memory."""
    ran = Delivery(together(2000, customers), always(confirm), policy(concurrency=8)).run()
    assert ran.counts() == {Status.UPDATED: 2000}
    assert ran.books.most_in_memory <= 4 * 8 + 8


@pytest.mark.slow
def test_memory_does_not_grow_while_rows_wait_for_another_try() -> None:
    """Rows that the API puts off fill the window, and then no new ones are begun."""
    ran = Delivery(pending(500), always(lambda attempt: http(attempt.update, 408, retry_after_s=100.0))).run()
    assert ran.counts() == {Status.UNCONFIRMED: 500}
    assert ran.books.most_in_memory <= 4 * 4 + 4


def test_rows_held_by_a_rule_do_not_block_the_rest() -> None:
    """Nine 404 that wait for the tenth reply do not fill the window of a run with one slot."""
    ran = Delivery(pending(40), scripted({row: [404] for row in range(2, 11)}), policy(concurrency=1)).run()
    assert ran.counts() == {Status.REJECTED: 9, Status.UPDATED: 31}


def test_rows_behind_a_held_one_do_not_wait_for_ever() -> None:
    """Where all rows left are of the customer whose refusal is held, that refusal is decided on."""
    ran = Delivery(together(60, 1), scripted({2: [404]}), policy(concurrency=2)).run()
    assert ran.counts() == {Status.REJECTED: 1, Status.UPDATED: 59}


def test_it_says_how_long_nothing_will_happen() -> None:
    """The wait is none while rows can be fed, open-ended while slots are full, else up to what is due first."""
    dispatcher = Dispatcher(policy(concurrency=2), uniform=lambda: 0.5, redact=unmasked)
    assert dispatcher.wait_s(0.0) == 0.0
    dispatcher.feed(pending(3), last=True)
    dispatcher.step(0.0)
    assert dispatcher.wait_s(0.0) is None
    assert sorted(dispatcher.in_flight) == [2, 3]
    for row in (2, 3):
        dispatcher.receive(http(update(row), 500), 1.0)
    dispatcher.step(1.0)
    dispatcher.receive(ok(update(4)), 1.1)
    dispatcher.step(1.1)
    assert dispatcher.wait_s(1.1) == pytest.approx(0.15)
    dispatcher.stop(StopReason.INTERRUPTED)
    assert dispatcher.wait_s(1.1) is None


def test_it_says_how_many_connections_are_of_use() -> None:
    """No more than there are rows at the end, those in flight included."""
    dispatcher = Dispatcher(policy(concurrency=4), uniform=lambda: 0.5, redact=unmasked)
    assert dispatcher.connections is None
    dispatcher.feed(pending(5), last=True)
    dispatcher.step(0.0)
    used: list[int | None] = []
    for row in (2, 3, 4, 5, 6):
        dispatcher.receive(ok(update(row)), 1.0)
        dispatcher.step(1.0)
        used.append(dispatcher.connections)
    assert used == [4, 3, 2, 1, 1]


def test_a_run_that_stops_takes_in_no_more_rows() -> None:
    """There is room for rows until the run stops."""
    dispatcher = Dispatcher(policy(concurrency=2), uniform=lambda: 0.5, redact=unmasked)
    assert dispatcher.room() == 8
    dispatcher.stop(StopReason.INTERRUPTED)
    assert dispatcher.room() == 0


ANSWERS = st.sampled_from(
    [
        *["ok"] * 6,
        "other",
        *(200, 201, 302, 400, 401, 403, 403, 403, 404, 404, 405, 408, 409, 429, 429, 500, 503),
        *((429, 0.0), (429, 3.0), (429, 121.0), (503, 2.0), (503, 500.0)),
        *Fault,
    ]
)


@pytest.mark.slow
@settings(max_examples=300)
@given(
    answers=st.lists(st.lists(ANSWERS, max_size=7), max_size=45),
    customers=st.integers(1, 60),
    concurrency=st.integers(1, 9),
    latencies=st.integers(0, 10_000),
    presses=st.lists(st.floats(0, 20), max_size=2),
    rate=st.none() | st.floats(1, 100),
)
def test_whatever_is_answered_every_begun_row_has_one_outcome(
    answers: list[list[object]],
    customers: int,
    concurrency: int,
    latencies: int,
    presses: list[float],
    rate: float | None,
) -> None:
    """For any replies in any order, any stops, any ceilings: it ends, and the outcomes are those of the promise.

    The ledger and the engine of the simulation refuse a second outcome, a second attempt of one customer in flight, a
    request that was not recorded, and more rows about to be sent than the ceiling.
    """
    random = Random(latencies)  # noqa: S311 - a simulation
    script = scripted(dict(enumerate(answers, start=2)))
    ran = Delivery(
        together(len(answers), customers),
        lambda attempt, now: (random.expovariate(5.0), script(attempt, now)[1]),
        policy(concurrency=concurrency, rate=rate, max_attempts=3),
        uniform=random.random,
        presses=[(when, StopReason.INTERRUPTED) for when in sorted(presses)],
    ).run()
    attempts = Counter(attempt.update.row for _, attempt in ran.sent)
    assert set(attempts) == set(ran.outcomes)
    assert ran.reason is not None or len(ran.outcomes) == len(answers)
    for row, outcome in ran.outcomes.items():
        seen = answers[row - 2][: attempts[row]] + ["ok"] * (attempts[row] - len(answers[row - 2]))
        assert outcome.attempts == attempts[row]
        assert outcome.message or outcome.status is Status.UPDATED
        _check_truth(outcome.status, seen, given_up=len(presses) > 1)


def _check_truth(status: Status, seen: list[object], *, given_up: bool) -> None:
    """Hold a status to what the API answered."""
    statuses = [answer[0] if isinstance(answer, tuple) else answer for answer in seen]
    doubtful = any(
        status in (200, 201, 408, 500, 503) or (isinstance(status, Fault) and status not in NEVER_LEFT)
        for status in statuses
    )
    match status:
        case Status.UPDATED:
            assert seen[-1] == "ok"
        case Status.MISMATCH:
            assert seen[-1] == "other"
        case Status.UNCONFIRMED:
            assert doubtful or given_up
        case _:
            assert not doubtful
            assert status in (Status.REJECTED, Status.FAILED, Status.NOT_SENT)


NEVER_LEFT = {
    Fault.NAME_NOT_RESOLVED,
    Fault.CONNECTION_REFUSED,
    Fault.UNREACHABLE,
    Fault.CONNECT_TIMED_OUT,
    Fault.TLS_FAILED,
    Fault.PROXY_FAILED,
}


def test_an_update_is_sent_as_it_was_given() -> None:
    """What leaves is the row's update, unchanged."""
    row: Update = update(7)
    ran = Delivery([Pending(row)], always(confirm)).run()
    assert [(attempt.update, attempt.number) for _, attempt in ran.sent] == [(row, 1)]
