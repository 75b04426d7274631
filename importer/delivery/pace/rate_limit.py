"""How fast attempts may leave where the API refuses some for being too many: nearly as fast as it allows.

The limit is looked for between a rate that was let through and one that was refused, and then kept to from below. A
refusal costs a pause as well as a request, so once the limit is known, going beyond it has to be rare.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from typing import Final

_SLOWEST: Final = 1 / 30
"""A rate is never lower than that; pauses see to the rest."""
_FIRST: Final = 3.0
"""The first rate to be tried at least; what was let through before the first refusal may speak for more."""
_BURST_S: Final = 1.0
"""So much of the time before the first refusal is looked at."""
_NARROW: Final = 1.03
"""The limit is known when the rate that was refused is at most so many times the one that was let through."""
_BELOW: Final = 0.985
"""This share of a rate that was let through is kept to."""
_USED: Final = 0.8
"""A rate was tried only where at least this share of it left."""
_MEASURED: Final = 10
_MEASURED_S: Final = 1.0
"""So many requests in so long between two refusals tell how many are let through."""
_CREEP: Final = 2e-4
"""By this share in a second, a known limit is felt for; where less than ten requests leave in it, accordingly less."""
_PATIENCE: Final = 200
_PATIENCE_S: Final = 20.0
"""Twice as fast after each so many requests and so long without a refusal."""
_CALMER: Final = 0.5
_MOST_CALM: Final = 4
"""With each refusal at a known limit, up to so many, it is felt for half as fast at first, and by this share more
patiently: it has been found where it was expected."""
_FASTEST_CREEP: Final = 0.1
"""But never faster than by this share in a second."""
_RARE: Final = 100
_RARE_S: Final = 10.0
"""A refusal after so many requests and so long at a known limit may be an unlucky moment."""
_DROP: Final = 0.99
"""To this share, a rare refusal lowers the rate."""
_FALL: Final = 0.95
"""To this share at most, an early one does."""
_FAR: Final = 0.9
"""At this share of a rate that was refused although less had been too, the search goes on."""
_LOST: Final = 3
"""So many early ones, one after the other, begin the search anew."""


@dataclass(frozen=True, slots=True)
class _Search:
    """How a limiter is felt out.

    Attributes:
        climb: On the way up to the first refusal, the next rate is so many times the last,
        glanced: after so many requests
        glanced_s: and so many seconds.
        tried: After so many requests
        tried_s: and so many seconds, a rate between one that was let through and one that was refused counts as let
            through.
    """

    climb: float
    glanced: int
    glanced_s: float
    tried: int
    tried_s: float


_SHARP: Final = _Search(climb=2.0, glanced=2, glanced_s=0.1, tried=10, tried_s=0.6)
"""A limiter that allows no bursts refuses at once where a rate is too high."""
_BURSTY: Final = _Search(climb=1.5, glanced=4, glanced_s=0.8, tried=50, tried_s=4.0)
"""Another lets a rate through for a while that is too high."""


class Throttle:
    """Finds the rate that a limiter of requests allows, from what it lets through and what it refuses.

    Times are seconds of one monotonic clock.
    """

    def __init__(self) -> None:
        self.rate: float | None = None
        self._burst: deque[float] = deque()
        self._manner = _BURSTY
        self._low, self._high = 0.0, math.inf
        self._limit_known = False
        self._refused_at = -math.inf
        self._passed = 0
        self._early = 0
        self._times_lowered = 0
        self._trial_at = -math.inf
        self._tried_from = -math.inf
        self._tried = 0

    @property
    def sharp(self) -> bool:
        """Whether the limiter seems to allow no bursts, so that a request that comes too soon is refused at once."""
        return self._manner is _SHARP

    def passed(self, begun_at: float, now: float) -> None:
        """Take in that the limiter let through an attempt that was begun then."""
        if self.rate is None:
            self._burst.append(now)
            while self._burst[0] < now - _BURST_S:
                self._burst.popleft()
            return
        self._passed += 1
        if begun_at <= self._trial_at:
            return
        self._tried_from = self._tried_from if self._tried else begun_at
        self._tried += 1
        if self._limit_known:
            self.rate *= 1 + self._creep(begun_at) / max(self.rate, 10.0)
        elif self._is_tried(self.rate, begun_at):
            self._go_up(self.rate, now)

    def refused(self, begun_at: float, now: float) -> bool:
        """Take in that the limiter refused an attempt that was begun then; return whether that tells anything new.

        Of a burst, only the first does: the others were begun before the rate was lowered.
        """
        if begun_at <= self._refused_at:
            return False
        if self.rate is None:
            self._begin(now)
        elif self._tried:  # Otherwise only the pause was too short.
            self._come_down(self.rate, now)
        self._refused_at, self._passed = now, 0
        self._begin_trial(now)
        return True

    def _begin(self, now: float) -> None:
        """Take what was let through so far for what the limit may be in a second, with the burst that it allows."""
        lasted = now - self._burst[0] if self._burst else 0.0
        self._manner = _SHARP if len(self._burst) <= 1 else _BURSTY
        self.rate = max(_FIRST, len(self._burst) / (_BURST_S + lasted))
        self._burst.clear()

    def _is_tried(self, rate: float, begun_at: float) -> bool:
        """Return whether the present rate has been tried for long enough."""
        lasted = begun_at - self._tried_from
        enough, enough_s = (
            (self._manner.glanced, self._manner.glanced_s)
            if math.isinf(self._high)
            else (self._manner.tried, self._manner.tried_s)
        )
        return self._tried >= enough and lasted >= enough_s and self._tried >= _USED * rate * lasted - 1

    def _creep(self, begun_at: float) -> float:
        """Return by which share in a second a known limit is felt for."""
        lasted = begun_at - self._tried_from
        calm = min(self._times_lowered, _MOST_CALM)
        doubled = min(self._tried / _PATIENCE, lasted / _PATIENCE_S) / (1 + _CALMER * calm)
        return min(_FASTEST_CREEP, _CREEP * 2.0 ** (min(int(doubled), 32) - calm))

    def _go_up(self, rate: float, now: float) -> None:
        self._low = max(self._low, rate)
        if math.isinf(self._high):
            self.rate = rate * self._manner.climb
        else:
            self._choose()
        self._begin_trial(now)

    def _come_down(self, rate: float, now: float) -> None:
        """Take the present rate for too high."""
        if self._limit_known and self._give_way(rate, now):
            return
        if self._tried <= 1:
            self._manner = _SHARP
        measured = self._measured(now)
        if measured is not None:
            self._low = min(measured, rate)
        elif self._low >= rate:
            self._low = rate * _FAR
        self._high = rate
        self._choose()

    def _give_way(self, rate: float, now: float) -> bool:
        """Keep to a lower rate from now on; return False where refusals come so often that the limit is another one."""
        rare = self._tried >= _RARE and now - self._tried_from >= _RARE_S
        self._early = 0 if rare else self._early + 1
        self._times_lowered += 1
        if self._early >= _LOST:
            self._limit_known, self._early, self._times_lowered, self._low = False, 0, 0, 0.0
            self._manner = _BURSTY
            return False
        share = self._passed_share(rate, now, rare=rare)
        self.rate = max(_SLOWEST, rate * _DROP * min(1.0, max(_FALL, share)))
        return True

    def _passed_share(self, rate: float, now: float, *, rare: bool) -> float:
        """Return which share of a known limit was most likely let through: between what was and what was tried."""
        measured = self._measured(now)
        if self._manner is _SHARP or (rare and measured is None):
            return 1.0
        return math.sqrt((measured or 0.0) / rate)

    def _choose(self) -> None:
        """Choose the next rate to be tried between the two, or the one to keep to where they are close."""
        if not self._low:
            self.rate = max(_SLOWEST, self._high / 2)
        elif self._high <= self._low * _NARROW:
            self._limit_known = True
            self.rate = max(_SLOWEST, self._low * _BELOW)
        else:
            self.rate = math.sqrt(self._low * self._high)

    def _measured(self, now: float) -> float | None:
        """Return how many requests a second were let through since the last refusal; None where that does not tell.

        A limiter without bursts does not let through later what it could have let through during a pause.
        """
        lasted = now - self._refused_at
        if self._manner is _SHARP or self._passed < _MEASURED or lasted < _MEASURED_S:
            return None
        return self._passed / lasted

    def _begin_trial(self, now: float) -> None:
        self._trial_at, self._tried = now, 0
