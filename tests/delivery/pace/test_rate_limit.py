"""How fast attempts leave where the API refuses some: nearly as fast as it allows, and hardly one too many."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

import pytest

from importer.delivery.pace.rate_limit import Throttle
from importer.delivery.wire.attempts import Reply
from importer.model.rows import Attempt
from importer.model.statuses import Status
from tests.delivery.pace.limiters import LimitedApi, Limiter, bucket, fixed_window, long_window, sliding_window
from tests.delivery.pace.test_in_flight import Busy
from tests.delivery.samples import http, ok, pending
from tests.delivery.simulation import Delivery, World, policy

TEN: dict[str, Callable[[], Limiter]] = {
    "evenly spaced": lambda: bucket(10, 1),
    "bursts of five": lambda: bucket(10, 5),
    "bursts of ten": lambda: bucket(10, 10),
    "fixed window": lambda: fixed_window(10),
    "sliding window": lambda: sliding_window(10),
}


def run(
    limiter: Limiter,
    *,
    rows: int,
    latency_s: float = 0.05,
    retry_after_s: float | None = None,
    jitter_s: float = 0.0,
    work_s: float = 0.0,
) -> LimitedApi:
    """Send so many rows to a limited API, with the defaults of a run."""
    api = LimitedApi(limiter, latency_s=latency_s, retry_after_s=retry_after_s, jitter_s=jitter_s, work_s=work_s)
    ran = Delivery(pending(rows), api, policy(concurrency=64, adaptive=True)).run()
    assert ran.reason is None
    assert ran.counts() == {Status.UPDATED: rows}
    return api


@pytest.mark.alike
@pytest.mark.parametrize("jitter_s", [0.0, *(pytest.param(s, marks=pytest.mark.proof) for s in (0.001, 0.003))])
@pytest.mark.parametrize("retry_after_s", [None, 1.0])
@pytest.mark.parametrize("latency_s", [0.05, *(pytest.param(s, marks=pytest.mark.proof) for s in (0.005, 0.2))])
@pytest.mark.parametrize("kind", list(TEN))
def test_a_limit_of_ten_a_second_is_used_and_kept_to(
    kind: str, latency_s: float, retry_after_s: float | None, jitter_s: float
) -> None:
    """From ten seconds on, at least 95 % of what it allows is let through, and less than 1 % is refused.

    Requests arrive up to 3 ms later than they might, and so do their answers.
    """
    api = run(TEN[kind](), rows=3000, latency_s=latency_s, retry_after_s=retry_after_s, jitter_s=jitter_s)
    rate, refused = api.settled(10.0)
    assert rate >= 0.95 * 10
    assert refused < 0.01


@pytest.mark.slow
@pytest.mark.parametrize("kind", list(TEN))
def test_answers_that_take_unlike_times_cost_no_throughput(kind: str) -> None:
    """Work of up to 40 ms behind the limiter is not taken for requests that were late."""
    rate, refused = run(TEN[kind](), rows=3000, retry_after_s=1.0, jitter_s=0.001, work_s=0.04).settled(10.0)
    assert rate >= 0.95 * 10
    assert refused < 0.01


@pytest.mark.slow
@pytest.mark.parametrize("retry_after_s", [None, 1.0])
def test_requests_that_are_very_late_cost_as_little_as_they_must(retry_after_s: float | None) -> None:
    """With up to 10 ms of jitter, 110 ms apart is what is never refused: at least 95 % of 9.1 a second is reached."""
    rate, refused = run(bucket(10, 1), rows=3000, latency_s=0.005, retry_after_s=retry_after_s, jitter_s=0.01).settled(
        10.0
    )
    assert rate >= 0.95 / 0.11
    assert refused < 0.01


@pytest.mark.proof
@pytest.mark.parametrize("retry_after_s", [None, 1.0])
@pytest.mark.parametrize(("limit", "burst"), [(0.5, 1), (2, 1), (30, 3), (100, 10), (300, 300)])
def test_other_limits_are_found_too(limit: float, burst: float, retry_after_s: float | None) -> None:
    """From one in two seconds to hundreds a second: most of it is used, and refusals are rare."""
    api = run(bucket(limit, burst), rows=int(180 * max(limit, 2)), retry_after_s=retry_after_s)
    rate, refused = api.settled(30.0)
    assert rate >= 0.9 * limit
    assert refused < 0.02


@pytest.mark.slow
def test_a_limit_that_rises_is_followed() -> None:
    """Three times as much is allowed from some time on: it is found again within minutes."""
    slow, fast = bucket(10, 1), bucket(30, 3)
    api = run(lambda now: slow(now) if now < 1060 else fast(now), rows=12_000)
    late = sum(when >= api.allowed[-1] - 60 for when in api.allowed)
    assert late >= 0.85 * 30 * 60


@pytest.mark.slow
def test_a_limit_that_falls_is_followed() -> None:
    """A third of it is allowed from some time on: few are refused until that is found."""
    fast, slow = bucket(30, 3), bucket(10, 1)
    api = run(lambda now: fast(now) if now < 1060 else slow(now), rows=3000)
    late = sum(when >= api.allowed[-1] - 60 for when in api.allowed)
    assert late >= 0.9 * 10 * 60
    assert sum(when >= 1060 for when in api.refused) <= 30


@pytest.mark.slow
@pytest.mark.parametrize("from_first", [False, True])
@pytest.mark.parametrize(("count", "period_s", "rows"), [(100, 60.0, 600), (60, 10.0, 600), (20, 10.0, 200)])
def test_the_time_of_a_limit_is_learned(count: int, period_s: float, rows: int, *, from_first: bool) -> None:
    """So many in a time, and no word of it (koa-ratelimit, slowapi): of the second half, 3 to 18 % were refused.

    Now less than 2 % are, and the run takes at most half as long again as it must.
    """
    api = run(long_window(count, period_s, from_first=from_first), rows=rows, latency_s=0.02)
    middle = api.allowed[rows // 2]
    refused = sum(when >= middle for when in api.refused)
    assert refused < 0.02 * (rows // 2)
    assert api.allowed[-1] - api.allowed[0] <= 1.5 * rows / count * period_s


@pytest.mark.parametrize("burst", [1, 10])
@pytest.mark.parametrize("concurrency", [None, 8])
@pytest.mark.parametrize("lifted_s", [75.0, 104.0])
@pytest.mark.slow
def test_a_limit_that_is_lifted_is_noticed_within_a_minute(
    lifted_s: float, concurrency: int | None, burst: int
) -> None:
    """A limiter of ten a second goes away where 350 are possible: it was kept to for minutes."""
    limiter, worker, done = bucket(10, burst), Busy(7, 0.02), []

    def api(attempt: Attempt, now: float) -> tuple[float, Reply]:
        if now < 1000 + lifted_s and not limiter(now):
            return 0.005, http(attempt.update, 429, retry_after_s=1.0)
        latency_s, reply = worker(attempt, now)
        done.append(now + latency_s)
        return latency_s, reply

    numbers = policy(concurrency=64, adaptive=True) if concurrency is None else policy(concurrency=concurrency)
    ran = Delivery(pending(8000), api, numbers).run()
    assert ran.counts() == {Status.UPDATED: 8000}
    assert (
        sum(1000 + lifted_s + 60 <= when < 1000 + lifted_s + 65 for when in done) >= 5 * 350 / 2
        or done[-1] <= 1000 + lifted_s + 65
    )


@pytest.mark.parametrize("seed", range(6))
def test_the_limit_is_found_with_three_refusals(seed: int) -> None:
    """Ten a second with `Retry-After: 1`, 300 rows: less than 1 % is refused."""
    api = LimitedApi(bucket(10, 1), latency_s=0.004, retry_after_s=1.0, jitter_s=0.002, seed=seed)
    ran = Delivery(pending(300), api, policy(concurrency=64, adaptive=True)).run()
    assert ran.counts() == {Status.UPDATED: 300}
    assert api.share_refused < 0.01
    assert ran.world.now - 1000.0 <= 38


@pytest.mark.parametrize("seed", range(6))
def test_what_a_busy_machine_makes_late_is_not_taken_for_a_lower_limit(seed: int) -> None:
    """One in twenty requests, answers and wake-ups is late by 50 ms: 400 rows took up to 120 s."""
    random = Random(seed)  # noqa: S311 - a simulation
    api = LimitedApi(bucket(10, 1), latency_s=0.004, retry_after_s=1.0, jitter_s=0.002, seed=seed)

    def late_s() -> float:
        return random.expovariate(20.0) if random.random() < 0.05 else 0.0

    class Busied(World):
        def poll(self, timeout_s: float) -> Sequence[Reply]:
            found = super().poll(timeout_s)
            self.now += late_s()
            return found

    def delayed(attempt: Attempt, now: float) -> tuple[float, Reply]:
        before_s = late_s()
        took_s, reply = api(attempt, now + before_s)
        return before_s + took_s + late_s(), reply

    ran = Delivery(pending(400), delayed, policy(concurrency=64, adaptive=True), make_world=Busied).run()
    assert ran.counts() == {Status.UPDATED: 400}
    assert ran.world.now - 1000.0 <= 75


def test_a_wait_that_is_rounded_down_is_soon_seen_through() -> None:
    """Sixty in ten seconds, `Retry-After` in whole seconds and 0 in the last (koa-ratelimit): 18 % were refused."""
    limiter, begun_at, refused = long_window(60, 10.0, from_first=True), 0.0, list[float]()

    def api(attempt: Attempt, now: float) -> tuple[float, Reply]:
        nonlocal begun_at
        begun_at = now if now >= begun_at + 10.0 else begun_at
        if limiter(now):
            return 0.02, ok(attempt.update)
        refused.append(now)
        return 0.02, http(attempt.update, 429, retry_after_s=float(int(begun_at + 10.0 - now)))

    ran = Delivery(pending(600), api, policy(concurrency=64, adaptive=True)).run()
    assert ran.counts() == {Status.UPDATED: 600}
    assert ran.world.now - 1000.0 <= 110
    assert sum(when >= 1050.0 for when in refused) <= 0.02 * 300


@pytest.mark.slow
def test_looking_for_a_limit_costs_little_where_it_stays() -> None:
    """The limiter of the contract, ten a second with `Retry-After`: of 1,000 requests less than 1 % are refused."""
    for seed in range(5):
        api = LimitedApi(bucket(10, 1), latency_s=0.01, retry_after_s=1.0, jitter_s=0.003, seed=seed)
        ran = Delivery(pending(1000), api, policy(concurrency=64, adaptive=True)).run()
        assert ran.counts() == {Status.UPDATED: 1000}
        assert api.share_refused < 0.01


def test_without_a_refusal_there_is_no_rate() -> None:
    """An API that refuses nothing is not throttled."""
    throttle = Throttle()
    for number in range(1000):
        throttle.passed(number / 1000, number / 1000)
    assert throttle.rate is None


def test_of_a_burst_only_the_first_refusal_counts() -> None:
    """The others left before the rate was lowered, and tell nothing new."""
    throttle = Throttle()
    assert throttle.refused(1.0, 1.1)
    rate = throttle.rate
    assert not any(throttle.refused(1.0 + number / 1000, 1.2) for number in range(20))
    assert throttle.rate == rate
    assert throttle.refused(1.3, 1.4)


def test_an_api_that_only_refuses_does_not_stop_the_rate_for_ever() -> None:
    """However many refusals in a row: the first request that is let through is followed by others."""

    def api(attempt: Attempt, now: float) -> tuple[float, Reply]:
        return 0.05, http(attempt.update, 429) if now < 1200 else ok(attempt.update)

    ran = Delivery(pending(300), api, policy(concurrency=64, adaptive=True)).run()
    assert ran.counts() == {Status.UPDATED: 300}
    assert ran.times()[-1] < 330
