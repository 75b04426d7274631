"""Whether an API turns attempts away for being too many, without saying so: by its failures among confirmations.

Limiters of requests and caps on connections often answer a plain 503, or close the connection. One such failure tells
nothing: it may be the row's fault, bad luck, or the beginning of an outage. What tells is when they come: quickly,
among answers that show life, and only where much is asked at once (a cap) or in short time (a limiter of requests).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from http import HTTPStatus
from typing import Final

from importer.delivery.pace.crowding import Crowding
from importer.delivery.pace.in_flight import Window
from importer.delivery.pace.rate_limit import Throttle
from importer.delivery.pace.throughput import Throughput
from importer.delivery.replies.row_history import DeliveryRow
from importer.delivery.wire.attempts import Fault, Reply

_CROWDED: Final = frozenset({500, 502, 503, Fault.CONNECTION_LOST, Fault.CONNECTION_REFUSED, Fault.UNREACHABLE})
"""What caps on connections come to: also one that is reset while it is made, which has not reached anybody. Limiters of
requests answer 503, where they do not answer 429."""

_LOOKED_AT: Final = 10
"""So many of the last answers say whether attempts are turned away now"""
_MANY: Final = 4
"""where so many of them were."""
_LONG_LOOKED_AT: Final = 50
_LONG_MANY: Final = 12
"""Or so many of these."""
_MORE: Final = 2
"""So many times as many, once that was wrong."""
_AT_LEAST: Final = 2
"""No cap on connections is lower; what looks like one is a limiter of requests."""
_TOGETHER_S: Final = 0.05
_PART: Final = 0.25
"""Attempts that left within so long, at least so many of those that are answered meanwhile, and hang, are no chance."""
_QUICK: Final = 2.0
"""Who turns away does not work on it: it takes at most so many times as long as an answer usually does,"""
_QUICK_S: Final = 0.1
"""or so long."""
_SLOW: Final = 2.0
"""An answer that takes so many times as long as usual, over a connection that was used before, was worked on."""
_SEARCHED: Final = 8
_SEARCHED_SHARE: Final = 0.01
"""Finding the limit takes so many refusals, and this share of all: with more, it is not the pace."""
_KEPT: Final = 0.5
"""What was let through for seconds can be no more than a limit allows; such a share of it stays allowed in any case"""
_FEW: Final = 10
_FEW_S: Final = 1.0
"""(so many in so long after the first refusal are no burst that was saved up, and tell the limit as well),"""
_BADLY: Final = 0.3
"""unless so many of the last ones are turned away that the limit must be a new one."""


class Shedding:
    """Takes in what came of attempts, and tells the throttle and the window what that says of them.

    Times are seconds of one monotonic clock.
    """

    def __init__(self, throttle: Throttle, window: Window) -> None:
        self._throttle = throttle
        self._window = window
        self._crowding = Crowding()
        self._throughput = Throughput()
        self._usual_s = 0.0
        self._alive = False
        self._turned: deque[bool] = deque(maxlen=_LONG_LOOKED_AT)
        self._by_rate = False
        self._paced = 0
        self._refusals = 0
        self._refused_at = self._paced_from = float("-inf")
        self._times_wrong = 0
        self._looked_at = float("-inf")
        self._kept_waiting = False
        self._works_slowly = False

    def learn(self, row: DeliveryRow, reply: Reply, in_flight: int, now: float) -> bool:
        """Take in what came of a row's attempt; return whether everything should slow down as after a 429.

        Args:
            row: Whose attempt it was.
            reply: What came of it: no 429, nothing that the importer itself did to it.
            in_flight: How many others are still out.
            now: The time.
        """
        before, row.turned_away = row.turned_away, 0
        if reply.fault is Fault.TIMED_OUT or reply.http_status == HTTPStatus.SERVICE_UNAVAILABLE:
            self._window.congested(row.left_at, now)
        if reply.http_status is not None and reply.http_status < HTTPStatus.INTERNAL_SERVER_ERROR:
            slow = reply.elapsed_s > self._slow_s
            self._works_slowly |= self._alive and slow and reply.idle_s is not None
            self._window.learn(reply.elapsed_s, full=row.full)
            self._passed(row, reply.elapsed_s, now)
            return False
        quick = reply.elapsed_s <= max(_QUICK_S, _QUICK * self._usual_s)
        if not self._alive or not quick or (reply.http_status or reply.fault) not in _CROWDED:
            return False
        row.turned_away = before + 1
        return self._turned_away(row, reply, in_flight, now)

    def _passed(self, row: DeliveryRow, took_s: float, now: float) -> None:
        self._alive = True
        self._usual_s += (took_s - self._usual_s) / 8 if self._usual_s else took_s
        self._crowding.passed(row.left_at, row.level, now)
        self._throughput.note(now)
        self._window.feel(now)
        self._note(now, turned=False)

    def _turned_away(self, row: DeliveryRow, reply: Reply, in_flight: int, now: float) -> bool:
        fitting = None
        if self._window.adaptive and not self._by_rate:
            fitting = self._crowding.turned_away(row.left_at, row.level, in_flight)
            if fitting is not None and fitting >= _AT_LEAST:
                self._window.cap(fitting, row.left_at, now)
        if reply.http_status != HTTPStatus.SERVICE_UNAVAILABLE or row.turned_away > 1 + self._by_rate:
            return False  # If that happens to a row again and again, it may be the row's fault.
        self._by_rate &= self._throttle.rate is not None or self._refusals <= 1
        if self._by_rate and row.left_at > self._refused_at:
            self._refusals += 1
            self._refused_at = now
            passed, lasted_s = self._paced - self._refusals, now - self._paced_from
            if passed >= _FEW and lasted_s >= _FEW_S:
                self._throttle.floor = max(self._throttle.floor, _KEPT * passed / lasted_s)
        self._note(now, turned=True)
        if (
            not self._by_rate
            and (fitting or 0) < _AT_LEAST
            and (self._is_many() or (fitting and not self._times_wrong))
        ):
            self._by_rate, self._paced, self._refusals = True, 0, 1
            self._refused_at = self._paced_from = now
            self._window.uncap()
            self._throttle.floor = max(self._throttle.floor, _KEPT * (self._throughput.rate(now) or 0.0))
        return self._by_rate

    @property
    def _slow_s(self) -> float:
        """An answer that takes longer is slow."""
        return max(_QUICK_S, _SLOW * self._usual_s)

    @property
    def kept_waiting(self) -> bool:
        """Whether attempts hang that wait for a place of another connection."""
        return self._kept_waiting

    def is_calm(self, longest_s: float) -> bool:
        """Return whether no attempt is out for so long that it hangs or is slow, and take that in if it is so.

        Args:
            longest_s: For how long the one has been out that left first.
        """
        if self._window.adaptive and longest_s >= min(self._slow_s, self._window.patience_s):
            return False
        self._kept_waiting = False
        self._window.hold(False)
        return True

    def look_after(self, in_flight: Sequence[tuple[float, int]], now: float) -> None:
        """Look for attempts that hang together while others are answered: the API takes no more connections.

        Args:
            in_flight: Of each attempt that is out, when it left and how many were out then.
            now: When another was answered.
        """
        since = now - self._window.patience_s
        hang = sum(left_at <= since for left_at, _ in in_flight)
        self._kept_waiting &= hang > 0
        if not self._window.adaptive:
            return
        slow_from = now - self._slow_s
        slow = sum(since < left_at <= slow_from for left_at, _ in in_flight)
        self._window.hold(not self._works_slowly and slow >= max(_AT_LEAST, _PART * (len(in_flight) - hang)))
        hanging = [left_at for left_at, level in in_flight if self._looked_at < left_at <= since and level > _AT_LEAST]
        if not hanging:
            return
        self._looked_at = max(hanging)
        live = len(in_flight) - hang + 1
        together = sum(left_at >= max(hanging) - _TOGETHER_S for left_at in hanging)
        few = 1 if self._window.raised else _AT_LEAST
        if together >= max(few, _PART * live * (not self._window.raised)) and live >= _AT_LEAST:
            self._window.cap(live, max(hanging), now, certain=True)
            self._kept_waiting = True

    def gone(self) -> None:
        """Take in that the API shows no life at all: what failed lately tells nothing of its limits."""
        self._alive = False
        self._turned.clear()
        self._crowding = Crowding()
        self._window.uncap()

    def _note(self, now: float, *, turned: bool) -> None:
        self._turned.append(turned)
        self._paced += self._by_rate
        if self._by_rate and self._refusals > _SEARCHED * (1 + self._times_wrong) + _SEARCHED_SHARE * self._paced:
            self._doubt(now)

    def _doubt(self, now: float) -> None:
        """Take it for something else than the pace, or for a limit that is lower than seemed possible."""
        if sum(self._turned) >= _BADLY * len(self._turned) and self._throttle.lift_floor():
            self._paced, self._refusals = 0, 0
            return
        self._by_rate = False
        self._turned.clear()
        self._throttle.forget(now)
        self._times_wrong += 1

    def _is_many(self) -> bool:
        """Return whether so many are turned away that it is no chance."""
        more = _MORE if self._times_wrong else 1
        lately = list(self._turned)[-_LOOKED_AT:]
        return sum(lately) >= more * _MANY or sum(self._turned) >= more * _LONG_MANY
