"""An API that is down: it is looked after, waited for, and given up, without multiplying its load."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from random import Random

import pytest

from importer.delivery.pace.outage import NoLife, Outage
from importer.delivery.policy import Policy
from importer.delivery.wire.attempts import Fault, Reply
from importer.model.rows import Attempt
from importer.model.statuses import Status
from importer.model.stop_reasons import StopReason
from tests.delivery.samples import fault, http, ok, pending
from tests.delivery.simulation import Api, Delivery, Ran, always, policy

SEEDS = 5
"""So many for each case: several hundred in all."""


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


CONCURRENCIES = [1, 2, 3, 5, 16, "auto"]
LATENCIES: dict[str, Callable[[Random], float]] = {
    "at once": lambda _: 0.001,
    "even": lambda _: 0.1,
    "exponential": lambda random: random.expovariate(10),
    "lognormal": lambda random: 0.2 * math.exp(random.gauss(0, 1)),
    "hanging": lambda _: 30.0,
    "some hang": lambda random: random.choice((0.01, 0.01, 0.01, 30.0)),
}


def dead(answer: Callable[[Attempt], Reply], latency_s: Callable[[Random], float], random: Random) -> Api:
    """Return an API that gives one kind of answer, after times that differ."""
    return lambda attempt, _: (latency_s(random), answer(attempt))


def numbers_of(concurrency: int | str, *, max_attempts: int = 5) -> Policy:
    """Return the numbers of a run with so many in flight, or with as many as it finds out to be of use."""
    ceiling = concurrency if isinstance(concurrency, int) else 64
    return policy(concurrency=ceiling, adaptive=concurrency == "auto", max_attempts=max_attempts)


@pytest.mark.alike
@pytest.mark.parametrize("kind", list(LATENCIES))
@pytest.mark.parametrize("rows", [5, 8, 40, 1000])
@pytest.mark.parametrize("concurrency", CONCURRENCIES)
def test_a_dead_api_costs_few_requests_and_a_bounded_time(concurrency: int | str, rows: int, kind: str) -> None:
    """At most 20 requests and 1.1 a row that was tried, whatever the jitter, and then the run stops."""
    for seed in range(SEEDS):
        random = Random(seed)  # noqa: S311 - a simulation
        api = dead(random.choice((failing, refusing)), LATENCIES[kind], random)
        ran = Delivery(pending(rows), api, numbers_of(concurrency), uniform=random.random).run()
        assert ran.reason is StopReason.API_DOWN
        assert len(ran.sent) <= 20 + 1.1 * tried(ran), f"seed {seed}"
        hangs = kind in ("hanging", "some hang")
        assert ran.world.now - 1000.0 <= (400 if hangs else 80), f"seed {seed}"
        assert not set(ran.counts()) - {Status.UNCONFIRMED, Status.NOT_SENT}
        assert all(outcome.code in ("http_500", "api_down") for outcome in ran.outcomes.values())


@pytest.mark.alike
@pytest.mark.parametrize("spent", [0, 5, 20])
@pytest.mark.parametrize("concurrency", CONCURRENCIES)
def test_an_outage_in_the_middle_costs_as_few(concurrency: int | str, spent: int) -> None:
    """Whatever of the budget was used up before: of the requests that leave in an outage, the same holds."""
    for seed in range(SEEDS):
        random = Random(seed)  # noqa: S311 - a simulation
        unlucky = set(random.sample(range(2, 100), spent))

        def api(attempt: Attempt, now: float, unlucky: set[int] = unlucky) -> tuple[float, Reply]:
            bad = now >= 1010 or (attempt.number == 1 and attempt.update.row in unlucky)
            return 0.2, failing(attempt) if bad else ok(attempt.update)

        ran = Delivery(pending(5000), api, numbers_of(concurrency), uniform=random.random).run()
        assert ran.reason is StopReason.API_DOWN
        late = [attempt for when, attempt in ran.sent if when >= 1010]
        assert len(late) <= 20 + 1.1 * len({attempt.update.row for attempt in late}), f"seed {seed}"


def test_rows_that_certainly_did_not_arrive_are_not_sent() -> None:
    """When the run stops over connections that were refused, no row is in doubt, and none has failed for good."""
    ran = Delivery(pending(100), always(refusing), policy(concurrency=8)).run()
    assert set(ran.counts()) == {Status.NOT_SENT}


@pytest.mark.alike
@pytest.mark.parametrize("length_s", [1.0, 10.0, 30.0, 55.0, 59.9])
@pytest.mark.parametrize("rows", [5, 8, 200])
@pytest.mark.parametrize("concurrency", CONCURRENCIES)
def test_an_outage_shorter_than_the_bound_is_waited_through(concurrency: int | str, rows: int, length_s: float) -> None:
    """Every row is confirmed, however many are in flight and however the probes fall, from five rows on."""
    for seed in range(SEEDS):
        random = Random(seed)  # noqa: S311 - a simulation
        begins_s = random.choice((0.0, 0.3, 1.0)) if rows > 8 else 0.0
        ran = Delivery(
            pending(rows),
            down((begins_s, begins_s + length_s), latency_s=random.choice((0.001, 0.1, 0.4))),
            numbers_of(concurrency, max_attempts=3),
            uniform=random.random,
        ).run()
        assert ran.reason is None, f"seed {seed}"
        assert ran.counts() == {Status.UPDATED: rows}, f"seed {seed}"


@pytest.mark.slow
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


@pytest.mark.parametrize("concurrency", [2, 8, 64])
def test_retries_beyond_the_budget_never_go_in_parallel(concurrency: int) -> None:
    """Where every row fails once, 20 and a tenth of the rows are tried again at full speed, the others one by one."""
    under_way: list[float] = []
    together = 0

    def flaky(attempt: Attempt, now: float) -> tuple[float, Reply]:
        nonlocal together
        if attempt.number == 1:
            return 0.1, failing(attempt)
        under_way[:] = [end for end in under_way if end > now]
        together += bool(under_way)
        under_way.append(now + 0.1)
        return 0.1, ok(attempt.update)

    ran = Delivery(pending(300), flaky, policy(concurrency=concurrency)).run()
    assert ran.counts() == {Status.UPDATED: 300}
    assert together <= 20 + 0.1 * 300


def test_rows_that_are_put_off_for_ever_end_although_the_budget_is_empty() -> None:
    """A probe that finds life is a try: what is told to come back later to the end of its tries has failed."""
    ran = Delivery(pending(60), always(lambda attempt: http(attempt.update, 408)), policy(max_attempts=3)).run()
    assert ran.reason is None
    assert ran.counts() == {Status.UNCONFIRMED: 60}


def test_without_any_backoff_a_dead_api_is_spared_all_the_same() -> None:
    """The first probe is waited for at least a little, and the next ones longer: never 20 + 1.1 requests a row."""
    ran = Delivery(
        pending(500),
        down((0.0, math.inf), latency_s=0.001),
        replace(policy(max_attempts=2, concurrency=8), backoff_s=0.0, max_outage_s=3.0),
    ).run()
    assert ran.reason is StopReason.API_DOWN
    tried = len({attempt.update.row for _, attempt in ran.sent})
    assert len(ran.sent) <= 20 + 1.1 * tried
    assert tried < 50


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


def told(outage: Outage, row: int, now: float, *, alive: bool) -> NoLife | None:
    """Return what is said of the silence after an attempt."""
    outage.learn(row, now, alive=alive, why="" if alive else "It is not there")
    return outage.silence


def test_a_first_attempt_without_life_is_said_before_it_is_known_what_it_means() -> None:
    """An address may be misspelt; after life was seen, one bad attempt is nobody's concern."""
    outage = Outage(60.0, 0.5, lambda: 0.5)
    assert outage.silence is None
    assert told(outage, 1, 0.0, alive=False) == NoLife("It is not there")
    assert told(outage, 2, 0.1, alive=True) is None
    assert told(outage, 3, 0.2, alive=False) is None


def test_an_outage_says_when_it_is_given_up_until_there_is_life() -> None:
    """The bound counts from the attempt that made it one, whatever the probes say."""
    outage = Outage(60.0, 0.5, lambda: 0.5)
    told(outage, 0, 0.0, alive=True)
    said = [told(outage, row, float(row), alive=False) for row in range(1, 11)]
    assert said == [*[None] * 9, NoLife("It is not there", 70.0)]
    outage.probing(11, 20.0)
    assert told(outage, 11, 21.0, alive=False) == NoLife("It is not there", 70.0)
    outage.probing(12, 30.0)
    assert told(outage, 12, 31.0, alive=True) is None


def test_an_outage_that_asks_to_wait_beyond_its_bound_is_given_up_then() -> None:
    """The last look is taken when it was asked for."""
    outage = Outage(60.0, 0.5, lambda: 0.5)
    for row in range(10):
        told(outage, row, 0.0, alive=False)
    outage.probing(10, 5.0)
    outage.learn(10, 6.0, alive=False, retry_after_s=100.0, why="It is not there")
    assert outage.silence == NoLife("It is not there", 106.0)


def test_a_pause_for_want_of_retries_is_no_silence_before_two_probes_found_none() -> None:
    """The API answers other rows meanwhile."""
    outage = Outage(60.0, 0.5, lambda: 0.5)
    told(outage, 0, 0.0, alive=True)
    outage.pause(10.0, wait=False)
    assert outage.silence is None
    for row, expected in ((1, None), (2, NoLife("It is not there", 70.0))):
        outage.probing(row, 10.0 + row)
        assert told(outage, row, 11.0 + row, alive=False) == expected


def nameless(attempt: Attempt) -> Reply:
    """Find no address of the host."""
    return fault(attempt.update, Fault.NAME_NOT_RESOLVED)


def test_a_host_without_an_address_is_not_waited_for_where_a_person_can_correct_it() -> None:
    """After the first request it is over, no row is in doubt or has failed, and it is said why."""
    numbers = replace(policy(concurrency=1), waits_for_name=False)
    ran = Delivery(pending(100), always(nameless), numbers).run()
    assert (ran.reason, len(ran.sent)) == (StopReason.API_DOWN, 1)
    assert set(ran.statuses()) == {Status.NOT_SENT}
    ran = Delivery(pending(100), always(nameless), policy(concurrency=1)).run()
    assert (ran.reason, len(ran.sent) > 10, ran.times()[-1] >= 60) == (StopReason.API_DOWN, True, True)


def losing_its_name(first: Callable[[Attempt], Reply]) -> Api:
    """Return an API that gives one answer, then has no address for 20 seconds, and is there again."""
    begins: list[float] = []

    def api(attempt: Attempt, now: float) -> tuple[float, Reply]:
        begins.append(now)
        if now == begins[0]:
            return 0.1, first(attempt)
        return 0.1, ok(attempt.update) if now - begins[0] > 20 else nameless(attempt)

    return api


def test_a_host_that_loses_its_address_later_is_waited_for() -> None:
    """It had one: a resolver that fails for a moment is nothing to correct; nor is what failed otherwise at first."""
    numbers = replace(policy(concurrency=1), waits_for_name=False)
    for first in (lambda attempt: ok(attempt.update), refusing):
        ran = Delivery(pending(30), losing_its_name(first), numbers).run()
        assert (ran.reason, set(ran.statuses())) == (None, {Status.UPDATED})


def test_that_it_is_not_waited_for_is_said_once_and_stays() -> None:
    """Whoever asks after the end is told why."""
    outage = Outage(60.0, 0.5, lambda: 0.5, waits_for_name=False)
    outage.learn(1, 0.0, alive=False, why="It has no address", nameless=True)
    assert outage.over
    assert outage.silence == NoLife("It has no address", is_waited_for=False)
