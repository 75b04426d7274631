"""APIs that allow so many requests a second, and refuse the others in the ways that limiters do."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable
from dataclasses import replace
from random import Random

from importer.delivery.replies.rate_headers import Quota
from importer.delivery.wire.attempts import Reply
from importer.model.rows import Attempt
from tests.delivery.samples import http, ok

Limiter = Callable[[float], bool]
"""From a time to whether a request is allowed then; one that is refused uses nothing up."""


def bucket(rate: float, burst: float) -> Limiter:
    """Allow what flows into a bucket of this size; with a size of 1, requests must be evenly spaced."""
    tokens, filled_at = burst, 0.0

    def allow(now: float) -> bool:
        nonlocal tokens, filled_at
        tokens, filled_at = min(burst, tokens + (now - filled_at) * rate), now
        if tokens < 1 - 1e-9:
            return False
        tokens -= 1
        return True

    return allow


def fixed_window(rate: int) -> Limiter:
    """Allow so many in each second of the clock."""
    counted = (0, 0)

    def allow(now: float) -> bool:
        nonlocal counted
        second, count = counted if counted[0] == int(now) else (int(now), 0)
        counted = (second, min(rate, count + 1))
        return count < rate

    return allow


def long_window(count: int, period_s: float, *, from_first: bool) -> Limiter:
    """Allow so many in each such time, which begins by the clock, or with the first request after the one before."""
    begun_at, used = 0.0, 0

    def allow(now: float) -> bool:
        nonlocal begun_at, used
        if now >= begun_at + period_s:
            begun_at, used = now if from_first else now // period_s * period_s, 0
        used += 1
        return used <= count

    return allow


def sliding_window(rate: int) -> Limiter:
    """Allow so many in any second."""
    allowed: deque[float] = deque()

    def allow(now: float) -> bool:
        while allowed and allowed[0] <= now - 1 + 1e-9:
            allowed.popleft()
        if len(allowed) >= rate:
            return False
        allowed.append(now)
        return True

    return allow


class LimitedApi:
    """An API behind a limiter; what it let through and refused is noted with the time.

    Args:
        latency_s: From a request's departure to its answer, at least.
        jitter_s: By up to so much later a request arrives, and so much later its answer is back.
        work_s: Up to so much longer it takes to answer a request that was let through.
        status: What it answers to one too many.
    """

    def __init__(
        self,
        limiter: Limiter,
        *,
        latency_s: float,
        retry_after_s: float | None,
        jitter_s: float = 0.0,
        work_s: float = 0.0,
        seed: int = 0,
        status: int = 429,
    ) -> None:
        self._limiter = limiter
        self._latency_s = latency_s
        self._retry_after_s = retry_after_s
        self._jitter_s = jitter_s
        self._work_s = work_s
        self._random = Random(seed)  # noqa: S311 - a simulation
        self._arrived_at = 0.0
        self._status = status
        self.allowed: list[float] = []
        self.refused: list[float] = []

    def __call__(self, attempt: Attempt, now: float) -> tuple[float, Reply]:
        """Confirm, or say that there are too many."""
        arrived_at = max(self._arrived_at, now + self._random.uniform(0, self._jitter_s))
        self._arrived_at = arrived_at
        latency_s = arrived_at - now + self._latency_s + self._random.uniform(0, self._jitter_s)
        if self._limiter(arrived_at):
            self.allowed.append(arrived_at)
            return latency_s + self._random.uniform(0, self._work_s), ok(attempt.update)
        self.refused.append(arrived_at)
        return latency_s, http(attempt.update, self._status, retry_after_s=self._retry_after_s)

    @property
    def share_refused(self) -> float:
        """Which share of all requests was refused."""
        return len(self.refused) / (len(self.allowed) + len(self.refused))

    def settled(self, after_s: float) -> tuple[float, float]:
        """Return how many a second were let through and which share was refused, from so long after the first on."""
        start, end = self.allowed[0] + after_s, self.allowed[-1]
        allowed = sum(when >= start for when in self.allowed)
        refused = sum(when >= start for when in self.refused)
        return allowed / (end - start), refused / (allowed + refused)


class Announced:
    """An API that allows so many in each time, and says in every answer how many are left until when.

    Args:
        count: So many
        period_s: in so long, by the clock.
        says: Makes what it says of what is true: how many are left, and in how many seconds there are more.
    """

    def __init__(self, count: int, period_s: float, says: Callable[[int, float], Quota | None] = Quota) -> None:
        self._count = count
        self._period_s = period_s
        self._says = says
        self._used: Counter[float] = Counter()
        self.allowed: list[float] = []
        self.refused: list[float] = []

    def __call__(self, attempt: Attempt, now: float) -> tuple[float, Reply]:
        """Confirm, or say that there are too many."""
        window = now // self._period_s
        self._used[window] += 1
        left = self._count - self._used[window]
        quota = self._says(max(0, left), (window + 1) * self._period_s - now)
        (self.refused if left < 0 else self.allowed).append(now)
        reply = http(attempt.update, 429) if left < 0 else ok(attempt.update)
        return 0.02, replace(reply, quota=quota)
