"""How everything slows down after a "slow down": a pause, and a lower rate from then on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from importer.delivery.pace.backoff import backoff_s
from importer.delivery.pace.quotas import Quotas
from importer.delivery.pace.rate_limit import Throttle
from importer.delivery.pace.spacing import Pacing
from importer.delivery.wire.attempts import Reply

_SURELY_S: Final = 0.01
"""So much later than the API asks for, everything goes on: its clock and ours need not agree to the millisecond."""
_ROUNDED_S: Final = 1.0
"""Or so much, once it was asked for too little: whole seconds may be rounded down, to 0 in the last one."""
_LATE: Final = 0.5
_SHORT_S: Final = 1.0
"""The end of a time of refusals is noticed at most this part of it too late, or so long."""


@dataclass(slots=True)
class Brake:
    """Pauses and slows down all attempts together. Times are seconds of one monotonic clock.

    Args:
        throttle: Learns of refusals.
        pacing: Is paused.
        backoff_s: The longest wait after the first of several refusals; it doubles with each.
        max_backoff_s: The longest after any.
        uniform: Returns random numbers from 0 to below 1.
        quotas: What the API says is left.
    """

    throttle: Throttle
    pacing: Pacing
    backoff_s: float
    max_backoff_s: float
    uniform: Callable[[], float]
    quotas: Quotas
    _told_s: float | None = None
    _in_a_row: int = 0
    _since: float = 0.0
    _left_at: float = 0.0
    _surely_s: float = _SURELY_S
    _was_asked: bool = False
    _limited_since: float | None = None

    def heed(self, reply: Reply, left_at: float, in_flight: int, now: float, *, limited: bool) -> None:
        """Take in what an answer says is left, before `slow_down` where it is a refusal.

        Args:
            reply: The answer.
            left_at: When its attempt left.
            in_flight: How many others are still out.
            now: The time.
            limited: Whether it is a refusal for there being too many.
        """
        self._left_at = left_at
        if limited:
            self._told_s = self.quotas.refused(reply.quota, now)
        elif self.quotas.passed(reply.quota, left_at, in_flight, now):
            self.throttle.forget(now)
        self._wait_for_more(now)

    def begun(self, now: float) -> None:
        """Take note that another attempt leaves."""
        self.quotas.begun(now)
        self._wait_for_more(now)

    def _wait_for_more(self, now: float) -> None:
        wait_s = self.quotas.wait_s(now)
        if wait_s is not None:
            self.pacing.pause(now + wait_s)

    def slow_down(self, begun_at: float, now: float, *, asked_s: float | None = None) -> float:
        """Let everything wait after a refusal of an attempt that was begun then, and go on more slowly than before.

        What only looked whether a limit is still there waits alone: the others keep to that limit.

        Returns:
            When the row may go again.
        """
        told_s, self._told_s = self._told_s, None
        if told_s is not None and asked_s is None:
            self.pacing.pause(now + told_s)
            return now
        leapt = self.throttle.leapt(begun_at)
        fastest = self.pacing.fastest(self._left_at, now)
        if self.throttle.only_late(fastest):
            self.pacing.too_soon()
        if self.throttle.refused(begun_at, now, asks_to_wait=asked_s is not None, at_rate=fastest):
            self._in_a_row += not leapt
            self._since = now if self._in_a_row <= 1 else self._since
            if asked_s is not None and self._was_asked and self._in_a_row > 1:
                self._surely_s = _ROUNDED_S
            self._was_asked = asked_s is not None
        elif asked_s is None and not leapt:
            return now
        until = now + (self._backoff_s(now) if asked_s is None else asked_s + self._surely_s)
        if leapt:
            return until
        if asked_s is None and self.throttle.pause_s is not None:
            until = now + self.throttle.pause_s
        self.pacing.pause(until)
        return now

    def _backoff_s(self, now: float) -> float:
        """Return how long to wait where the API does not say: so that its end is noticed soon, measured by the wait."""
        return min(self.wait_s(max(1, self._in_a_row)), max(_SHORT_S, (now - self._since) * _LATE))

    def release(self) -> None:
        """Take note that something else than a refusal came."""
        self._in_a_row, self._limited_since = 0, None

    def limited_s(self, now: float) -> float:
        """Take note that a refusal came; return for how long nothing else has come."""
        self._limited_since = now if self._limited_since is None else self._limited_since
        return now - self._limited_since

    def wait_s(self, tries: int, *, asked_s: float | None = None) -> float:
        """Return how long a row waits after so many tries: what the API asks for and a little more, else a backoff."""
        if asked_s is not None:
            return asked_s + self.uniform() * self.backoff_s
        return backoff_s(tries=tries, base_s=self.backoff_s, cap_s=self.max_backoff_s, uniform=self.uniform())
