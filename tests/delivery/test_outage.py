"""An API that is down: it is looked after, waited for, and given up, without multiplying its load."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from random import Random

import pytest

from importer.delivery.attempts import Fault, Reply
from importer.delivery.outage import Outage
from importer.model import Attempt, Status, StopReason
from tests.delivery.samples import fault, http, ok, pending
from tests.delivery.simulation import Api, Delivery, Ran, always, policy


def failing(attempt: Attempt) -> Reply:
    """Answer that it failed."""
    return http(attempt.update, 500)


def refusing(attempt: Attempt) -> Reply:
    """Refuse the connection."""
    return fault(attempt.update, Fault.CONNECTION_REFUSED)


def down(*outages: tuple[float, float], latency_s: float = 0.1) -> Api:
    """Return an API that is there but for these times, in seconds from the first request."""
    started: list[float] = []

    def api(attempt: Attempt, now: float) -> tuple[float, Reply]:
        started.append(now)
        passed = now - started[0]
        dead = any(begin <= passed < end for begin, end in outages)
        return latency_s, failing(attempt) if dead else ok(attempt.update)

    return api


def tried(ran: Ran) -> int:
    """Return how many rows were sent at all."""
    return len({attempt.update.row for _, attempt in ran.sent})


@pytest.mark.parametrize("answer", [failing, refusing])
@pytest.mark.parametrize("rows", [5, 6, 12, 500])
@pytest.mark.parametrize("seed", range(5))
def test_a_dead_api_costs_few_requests_and_a_bounded_time(answer: object, rows: int, seed: int) -> None:
    """At most 20 requests and 1.1 a row that was tried, whatever the jitter, and then the run stops."""
    assert callable(answer)
    random = Random(seed)  # noqa: S311 - a simulation
    ran = Delivery(pending(rows), always(answer), policy(concurrency=16), uniform=random.random).run()
    assert ran.reason is StopReason.API_DOWN
    assert len(ran.sent) <= 20 + 1.1 * tried(ran)
    assert ran.times()[-1] <= 60 + 40
    assert not set(ran.counts()) - {Status.UNCONFIRMED, Status.NOT_SENT}
    assert all(outcome.code in ("http_500", "api_down") for outcome in ran.outcomes.values())


def test_rows_that_certainly_did_not_arrive_are_not_sent() -> None:
    """When the run stops over connections that were refused, no row is in doubt, and none has failed for good."""
    ran = Delivery(pending(100), always(refusing), policy(concurrency=8)).run()
    assert set(ran.counts()) == {Status.NOT_SENT}


@pytest.mark.parametrize("length_s", [1.0, 10.0, 30.0, 55.0, 59.9])
@pytest.mark.parametrize("seed", range(5))
def test_an_outage_shorter_than_the_bound_is_waited_through(length_s: float, seed: int) -> None:
    """Every row is confirmed, however the probes fall."""
    random = Random(seed)  # noqa: S311 - a simulation
    ran = Delivery(
        pending(200), down((1.0, 1.0 + length_s)), policy(concurrency=8, max_attempts=3), uniform=random.random
    ).run()
    assert ran.reason is None
    assert ran.counts() == {Status.UPDATED: 200}


def test_several_outages_are_waited_through() -> None:
    """Life in between makes the next outage a new one."""
    ran = Delivery(pending(4000), down((1.0, 40.0), (60.0, 100.0), (120.0, 170.0)), policy(concurrency=8)).run()
    assert ran.counts() == {Status.UPDATED: 4000}


def test_during_a_pause_one_probe_at_a_time_leaves_further_and_further_apart() -> None:
    """Once the pause has begun, there is never more than one attempt out, and waits grow."""
    ran = Delivery(pending(50), always(failing), policy(concurrency=5)).run()
    probes = ran.times()[-6:]
    waits = [later - earlier for earlier, later in pairwise(probes)]
    assert all(wait >= 0.5 for wait in waits)
    assert max(waits) <= 15.2
    assert 60.0 <= probes[-1] <= 62.0


def test_probes_use_up_no_tries() -> None:
    """A row that was a probe many times still has the tries it had."""
    ran = Delivery(pending(5), down((0.0, 50.0)), policy(concurrency=5, max_attempts=3)).run()
    assert ran.counts() == {Status.UPDATED: 5}
    assert max(outcome.attempts for outcome in ran.outcomes.values()) >= 3


def test_few_rows_are_no_outage() -> None:
    """Four rows that fail have their tries and end; nobody waits a minute for them."""
    ran = Delivery(pending(4), always(failing)).run()
    assert ran.reason is None
    assert ran.counts() == {Status.UNCONFIRMED: 4}
    assert len(ran.sent) == 20


def test_any_reply_but_a_5xx_is_life() -> None:
    """Refused rows between failing ones mean that the API is there: nothing pauses, and nothing stops."""
    mixed = always(lambda attempt: http(attempt.update, 400 if attempt.update.row % 2 else 500))
    ran = Delivery(pending(60), mixed, policy(max_attempts=1)).run()
    assert ran.reason is None
    assert ran.counts() == {Status.REJECTED: 30, Status.UNCONFIRMED: 30}
    assert ran.times()[-1] < 2.0


def test_a_probe_waits_as_long_as_the_api_asks() -> None:
    """A 503 that says when to come back is kept to by the probes too."""
    ran = Delivery(
        pending(30), always(lambda attempt: http(attempt.update, 503, retry_after_s=20.0)), policy(concurrency=5)
    ).run()
    assert ran.reason is StopReason.API_DOWN
    gaps = [later - earlier for earlier, later in pairwise(ran.times()[10:])]
    assert min(gaps) >= 20.0


def test_a_budget_that_is_empty_slows_down_but_ends() -> None:
    """Where every row fails once, the retries beyond the budget go one at a time, and all are confirmed."""
    first: set[int] = set()

    def flaky(attempt: Attempt, _: float) -> tuple[float, Reply]:
        again = attempt.update.row in first
        first.add(attempt.update.row)
        return 0.1, ok(attempt.update) if again else failing(attempt)

    ran = Delivery(pending(300), flaky, policy(concurrency=8)).run()
    assert ran.counts() == {Status.UPDATED: 300}
    assert len(ran.sent) == 600


def test_rows_that_are_put_off_for_ever_end_although_the_budget_is_empty() -> None:
    """A probe that finds life is a try: what is told to come back later to the end of its tries has failed."""
    ran = Delivery(pending(60), always(lambda attempt: http(attempt.update, 408)), policy(max_attempts=3)).run()
    assert ran.reason is None
    assert ran.counts() == {Status.FAILED: 60}


def steps(*events: tuple[int, float, bool]) -> Outage:
    """Return an outage's watch that has seen these: row, time, alive."""
    watch = Outage(60.0, 0.5, lambda: 0.5)
    for row, now, alive in events:
        watch.learn(row, now, alive=alive)
    return watch


@pytest.mark.parametrize(
    ("rows", "paused"),
    [
        pytest.param([1, 2, 3, 4, 5] * 2, True, id="ten on five rows"),
        pytest.param([1, 2, 3, 4, 5, 1, 2, 3, 4], False, id="nine"),
        pytest.param([1, 2, 3, 4] * 5, False, id="twenty on four rows"),
        pytest.param(list(range(10)), True, id="ten rows"),
    ],
)
def test_ten_attempts_on_five_rows_are_an_outage(rows: Sequence[int], paused: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """It takes ten attempts without life, on five rows or more."""
    assert steps(*((row, 0.0, False) for row in rows)).paused is paused


def test_life_in_between_starts_the_count_again() -> None:
    """Nine, life, and nine more are no outage."""
    nine = [(row, 0.0, False) for row in range(9)]
    assert not steps(*nine, (99, 0.0, True), *nine).paused
