"""APIs that turn attempts away for being too many, and do not say so: they are sent fewer, and nothing else is."""

from __future__ import annotations

from functools import partial
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.delivery.pace.in_flight import Window
from importer.delivery.pace.rate_limit import Throttle
from importer.delivery.pace.shedding import Shedding
from importer.delivery.wire.attempts import Fault, Reply
from importer.model.rows import Attempt
from importer.model.statuses import Status
from importer.model.stop_reasons import StopReason
from tests.delivery.pace.fronts import Accepting, Capped, Flaky
from tests.delivery.pace.limiters import LimitedApi, bucket
from tests.delivery.samples import http, ok, pending
from tests.delivery.simulation import Api, Delivery, Ran, always, policy

UNSAID = [503, Fault.CONNECTION_LOST, Fault.CONNECTION_REFUSED, Fault.UNREACHABLE]


def run(api: Api, rows: int, *, concurrency: int | None = None) -> Ran:
    """Send so many rows, with the defaults of a run or with so many in flight."""
    numbers = policy(concurrency=64, adaptive=True) if concurrency is None else policy(concurrency=concurrency)
    ran = Delivery(pending(rows), api, numbers).run()
    assert ran.reason is None
    assert ran.counts() == {Status.UPDATED: rows}
    return ran


@pytest.mark.parametrize("latency_s", [0.005, 0.05, 0.2])
@pytest.mark.parametrize("concurrency", [None, 8])
def test_a_503_that_goes_when_the_pace_drops_is_a_limiter(concurrency: int | None, latency_s: float) -> None:
    """Nginx's `limit_req` of 10 a second as it comes: 250 rows took 185 s, and 67 % of the requests were refused."""
    api = LimitedApi(bucket(10, 1), latency_s=latency_s, retry_after_s=None, status=503)
    ran = run(api, 250, concurrency=concurrency)
    assert ran.times()[-1] <= 35
    assert api.share_refused <= 0.05


@pytest.mark.parametrize("latency_s", [0.005, 0.05])
def test_a_limiter_that_answers_503_after_a_burst_is_one_too(latency_s: float) -> None:
    """The same with `burst=20 nodelay`: 45 % were refused."""
    api = LimitedApi(bucket(10, 21), latency_s=latency_s, retry_after_s=None, status=503)
    ran = run(api, 250)
    assert ran.times()[-1] <= 25
    assert api.share_refused <= 0.05


@pytest.mark.parametrize("latency_s", [0.05, 0.2])
def test_a_limiter_that_answers_503_is_kept_to_as_one_that_answers_429(latency_s: float) -> None:
    """Once it is known, less than 1 % is refused, and most of what it allows is used, even if it is taken for a cap."""
    api = LimitedApi(bucket(10, 5), latency_s=latency_s, retry_after_s=None, status=503)
    run(api, 2000)
    rate, refused = api.settled(10.0)
    assert rate >= 0.9 * 10
    assert refused < 0.01


@pytest.mark.parametrize("answer", UNSAID)
@pytest.mark.parametrize("cap", [3, 4, 8])
def test_a_cap_on_connections_is_learned(cap: int, answer: int | Fault) -> None:
    """120 rows of 50 ms take at most twice the time of three in flight, and few are turned away."""
    api = Capped(cap, answer)
    ran = run(api, 120)
    assert ran.world.now - 1000.0 <= 2 * 120 / 3 * 0.05
    assert len(api.turned_away) <= 2 * cap


@pytest.mark.parametrize("answer", UNSAID)
def test_a_cap_is_felt_for_more_and_more_seldom(answer: int | Fault) -> None:
    """In 3,000 rows, less than 1 % are turned away, and the cap is used."""
    api = Capped(4, answer)
    ran = run(api, 3000)
    assert len(api.turned_away) < 30
    assert ran.world.now - 1000.0 <= 1.15 * 3000 / 4 * 0.05


@pytest.mark.parametrize("work_s", [0.01, 0.05, 0.2])
@pytest.mark.parametrize(("accepts", "rows"), [(3, 120), (4, 120), (8, 120), (4, 1000)])
def test_a_server_that_accepts_so_many_connections_keeps_none_waiting(accepts: int, rows: int, work_s: float) -> None:
    """Others hang unseen (granian, waitress): no attempt until its time is up, nor does the end of the run."""
    api, numbers = always(lambda attempt: ok(attempt.update), latency_s=work_s), policy(concurrency=64, adaptive=True)
    ran = Delivery(pending(rows), api, numbers, make_world=partial(Accepting, accepts=accepts)).run()
    assert ran.counts() == {Status.UPDATED: rows}
    assert len(ran.sent) == rows
    assert ran.world.now - 1000.0 <= 2 * rows / 3 * work_s
    assert isinstance(ran.world, Accepting)
    assert ran.world.longest_s <= 5


@pytest.mark.slow
def test_a_cap_that_is_lifted_is_noticed() -> None:
    """Sixteen at once are allowed from some time on: most of that is used within a minute."""
    api = Capped(4, 503)

    def lifted(attempt: Attempt, now: float) -> tuple[float, Reply]:
        api.cap = 4 if now < 1060 else 16
        return api(attempt, now)

    ran = run(lifted, 20_000)
    minute = sum(1060 + 60 <= when < 1060 + 70 for when, _ in ran.sent)
    assert minute >= 0.8 * 10 * 16 / 0.05


def test_failures_that_come_whatever_the_pace_lower_nothing() -> None:
    """Of 3,000 rows 3 % fail at any pace: they take hardly longer than with failures that no limiter gives."""
    took_s = [run(Flaky(0.03, status), 3000, concurrency=8).world.now - 1000.0 for status in (503, 500)]
    assert took_s[0] <= 1.3 * took_s[1]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.slow
def test_it_is_soon_noticed_that_the_pace_was_not_the_reason(seed: int) -> None:
    """Where a tenth fails, some fail in a row by chance: the pace is lowered in vain for half a minute at most."""
    took_s = [
        Delivery(pending(3000), Flaky(0.1, status, seed=seed), policy(concurrency=8)).run().times()[-1]
        for status in (503, 500)
    ]
    assert took_s[0] <= took_s[1] + 40


def test_hopeless_rows_lower_nothing() -> None:
    """Rows that always get a quick 503, one in ten, do not slow down the others."""
    random = Random(3)  # noqa: S311 - a simulation
    hopeless = set(random.sample(range(2, 1002), 30))

    def api(attempt: Attempt, _: float) -> tuple[float, Reply]:
        bad = attempt.update.row in hopeless
        return (0.01, http(attempt.update, 503)) if bad else (0.05, ok(attempt.update))

    ran = Delivery(pending(1000), api, policy(concurrency=8)).run()
    assert ran.reason is None
    assert ran.counts() == {Status.UPDATED: 970, Status.UNCONFIRMED: 30}
    healthy = [when for when, attempt in ran.sent if attempt.update.row not in hopeless]
    assert healthy[-1] - 1000.0 <= 1.5 * 1000 / 8 * 0.05


def test_an_outage_of_503_is_none_of_many_too_many() -> None:
    """The API is gone in the middle, with quick 503s: the run stops after the time that an outage has."""
    ran = Delivery(
        pending(3000),
        lambda attempt, now: (0.05, ok(attempt.update) if now < 1003 else http(attempt.update, 503)),
        policy(concurrency=8),
    ).run()
    assert ran.reason is StopReason.API_DOWN
    assert 60 <= ran.world.now - 1003.0 <= 75


@pytest.mark.parametrize("answer", UNSAID)
@pytest.mark.slow
def test_after_an_outage_the_window_is_as_it_was(answer: int | Fault) -> None:
    """Ten seconds without life say nothing of how many the API takes at once."""
    api = Capped(64, answer)

    def down(attempt: Attempt, now: float) -> tuple[float, Reply]:
        api.cap = 0 if 1003 <= now < 1013 else 64
        return api(attempt, now)

    ran = run(down, 20_000)
    assert ran.world.now - 1000.0 <= 20_000 / 64 * 0.05 + 30


def watched(size: int, *, adaptive: bool = True) -> tuple[Shedding, Window]:
    """Return a window of this size, and what looks after it; answers take a twentieth of a second."""
    window = Window(64, start=size, adaptive=adaptive)
    for _ in range(4 * size):
        window.learn(0.05, full=False)
    return Shedding(Throttle(), window), window


def test_attempts_that_hang_together_are_connections_too_many() -> None:
    """Eight of sixteen that left together get no answer while the others do: eight connections are taken (waitress)."""
    shedding, window = watched(16)
    hanging = [(100.0, 16)] * 8
    shedding.look_after([*hanging, *[(100.6, 16)] * 7], 100.9)
    assert window.size == 16
    shedding.look_after([*hanging, *[(101.2, 16)] * 7], 101.3)
    for _ in range(100):
        window.learn(0.05, full=True)
    assert window.size == 8


@pytest.mark.parametrize(
    "in_flight",
    [
        pytest.param([(100.0, 16), *[(101.2, 16)] * 14], id="one"),
        pytest.param([(100.0, 16), (100.1, 16), (100.2, 16), (100.3, 16), *[(101.2, 16)] * 11], id="at other times"),
        pytest.param([(100.0, 2), (100.0, 2), *[(101.2, 4)] * 3], id="where few were out"),
        pytest.param([(100.0, 16)] * 15, id="all others too"),
    ],
)
def test_attempts_that_hang_otherwise_are_not(in_flight: list[tuple[float, int]]) -> None:
    """Rows that hang by themselves, or an API that does, say nothing of connections."""
    shedding, window = watched(16)
    shedding.look_after(in_flight, 101.3)
    assert window.size == 16


OUT = st.lists(st.tuples(st.floats(0, 3), st.floats(0, 0.03), st.integers(1, 16)), max_size=20)
"""Attempts that are out: how long ago each was begun, how much later it left, how many were out then."""


@given(looks=st.lists(OUT, min_size=1, max_size=4), adaptive=st.booleans())
def test_a_glance_at_the_oldest_attempt_tells_what_a_look_at_all_does(
    *, looks: list[list[tuple[float, float, int]]], adaptive: bool
) -> None:
    """Where none has been out for long, nothing hangs and nothing is slow."""
    glancing, looking = (watched(16, adaptive=adaptive) for _ in range(2))
    for at, out in enumerate(looks):
        now = 100.0 + at
        in_flight = [(now - age_s + late_s, level) for age_s, late_s, level in out]
        looking[0].look_after(in_flight, now)
        if not glancing[0].is_calm(max((age_s for age_s, _, _ in out), default=0.0)):
            glancing[0].look_after(in_flight, now)
        assert glancing[0].kept_waiting == looking[0].kept_waiting
        assert vars(glancing[1]) == vars(looking[1])


@given(ages_s=st.lists(st.floats(0, 0.99), min_size=16, max_size=40), size=st.integers(1, 16), adaptive=st.booleans())
def test_a_window_is_full_where_no_attempt_has_been_out_for_long(
    *, ages_s: list[float], size: int, adaptive: bool
) -> None:
    """Those that may hang are counted only where one may."""
    _, window = watched(size, adaptive=adaptive)
    assert max(ages_s) < window.patience_s
    assert window.is_full([100.0 - age_s for age_s in ages_s], 100.0)
