"""How many attempts are in flight: enough to keep the API busy, and too few to wait in its queue."""

from __future__ import annotations

import math
from collections.abc import Callable
from heapq import heappop, heappush
from random import Random
from statistics import median

import pytest

from importer.delivery.pace.in_flight import Window
from importer.delivery.wire.attempts import Fault, Reply
from importer.model.rows import Attempt
from importer.model.statuses import Status
from tests.delivery.samples import fault, http, ok, pending
from tests.delivery.simulation import Delivery, policy

Service = Callable[[Random, float], float]


def even(_: Random, service_s: float) -> float:
    """Take the same time for each request."""
    return service_s


def uneven(random: Random, service_s: float) -> float:
    """Take times that differ by a third, as on a real network."""
    return service_s * math.exp(random.gauss(-0.045, 0.3))


class Busy:
    """An API with so many workers, each of which takes so long for a request; the rest waits in a queue."""

    def __init__(self, workers: int, service_s: float, *, service: Service = even) -> None:
        self._free = [0.0] * workers
        self._service_s = service_s
        self._service = service
        self._random = Random(7)  # noqa: S311 - a simulation
        self.latencies: list[float] = []
        self.finished: list[float] = []

    def __call__(self, attempt: Attempt, now: float) -> tuple[float, Reply]:
        """Answer as soon as a worker has done it."""
        begun = max(now, heappop(self._free))
        done = begun + self._service(self._random, self._service_s)
        heappush(self._free, done)
        self.latencies.append(done - now)
        self.finished.append(done)
        return done - now, ok(attempt.update)


@pytest.mark.alike
@pytest.mark.parametrize("service", [even, uneven])
@pytest.mark.parametrize("service_s", [0.01, 0.05, 0.2])
@pytest.mark.parametrize("workers", [1, 2, 4, 8, 16, 32, 60])
def test_the_capacity_of_an_api_is_used_without_queues(workers: int, service_s: float, service: Service) -> None:
    """Once settled: at least 90 % of workers ÷ latency, and at most twice the latency of an idle API."""
    api = Busy(workers, service_s, service=service)
    rows = max(600, 60 * workers)
    ran = Delivery(pending(rows), api, policy(concurrency=64, adaptive=True)).run()
    assert ran.counts() == {Status.UPDATED: rows}
    settled = sorted(api.finished)[rows // 3 :]
    throughput = len(settled) / (settled[-1] - settled[0])
    assert throughput >= 0.9 * workers / service_s
    assert median(api.latencies[rows // 3 :]) <= 2.0 * service_s + 1e-9


def test_an_api_that_becomes_slower_gets_no_fewer_for_ever() -> None:
    """A service that takes ten times as long from now on is no queue: the window comes back."""
    window = Window(64, start=1, adaptive=True)
    for slot_s in (0.05, 0.5):
        for _ in range(6000):
            window.learn(slot_s, full=True)
    assert window.size == 64


def test_a_window_that_is_not_used_does_not_grow() -> None:
    """Where something else limits the attempts, the window learns nothing about more of them."""
    window = Window(64, start=1, adaptive=True)
    for _ in range(500):
        window.learn(0.05, full=False)
    assert window.size == 1


def test_a_number_that_is_given_is_kept() -> None:
    """Without looking for a better one, nothing changes the window."""
    window = Window(8, start=8, adaptive=False)
    for slot_s in (0.1, 5.0):
        for _ in range(100):
            window.learn(slot_s, full=True)
        window.congested(0.0, 1.0)
    assert window.size == 8


def test_many_signs_of_one_congestion_halve_the_window_once() -> None:
    """Time-outs of requests that left before the window was halved tell nothing new."""
    window = Window(64, start=32, adaptive=True)
    for _ in range(20):
        window.congested(1.0, 2.0)
    assert window.size == 16
    window.congested(2.5, 3.0)
    assert window.size == 8


@pytest.mark.parametrize("strained", [503, Fault.TIMED_OUT])
def test_an_api_that_is_short_of_breath_gets_fewer(strained: int | Fault) -> None:
    """With more than eight in flight it fails: it is left with fewer, and nearly all rows are confirmed at once."""
    busy: list[float] = []

    def api(attempt: Attempt, now: float) -> tuple[float, Reply]:
        busy[:] = [end for end in busy if end > now]
        busy.append(now + 0.1)
        if len(busy) <= 8:
            return 0.1, ok(attempt.update)
        update = attempt.update
        return 0.1, fault(update, strained) if isinstance(strained, Fault) else http(update, strained)

    ran = Delivery(pending(1000), api, policy(concurrency=64, adaptive=True)).run()
    assert ran.counts()[Status.UPDATED] >= 990
    assert len(ran.sent) <= 1300


def test_requests_that_hang_do_not_hold_up_the_others() -> None:
    """The first rows get no answer before the time is up; all others are done long before that."""

    def api(attempt: Attempt, _: float) -> tuple[float, Reply]:
        if attempt.update.row <= 4 and attempt.number == 1:
            return 30.0, fault(attempt.update, Fault.TIMED_OUT)
        return 0.1, ok(attempt.update)

    ran = Delivery(pending(300), api, policy(concurrency=64, adaptive=True)).run()
    assert ran.counts() == {Status.UPDATED: 300}
    assert max(when for row in range(6, 302) for when in ran.times(row)) < 15.0
