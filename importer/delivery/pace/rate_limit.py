"""How fast attempts may leave where the API refuses some for being too many: nearly as fast as it allows.

The limit is looked for between a rate that was let through and one that was refused, and then kept to from below. A
refusal costs a pause as well as a request, so once the limit is known, going beyond it has to be rare.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, replace
from typing import Final

from importer.delivery.pace.cycles import Cycle, Cycles
from importer.delivery.pace.leap import Leap

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
_NOT_SHARP: Final = 4
_CLEARLY: Final = 1.1
"""Who refuses only after so many at a rate that is so many times one that was let through allows bursts."""
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
_CALM_S: Final = 30.0
"""The pause after the refusal before weighs too much in what was let through since, where that is less."""
_DROP: Final = 0.99
"""To this share, a rare refusal lowers the rate."""
_FALL: Final = 0.95
"""To this share at most, an early one does."""
_FAR: Final = 0.9
"""At this share of a rate that was refused although less had been too, the search goes on."""
_UNLUCKY: Final = 10
"""Where no bursts are allowed, one after so many others was only late, on a busy machine: that is none of these."""
_LOST: Final = 3
"""So many early ones, one after the other, begin the search anew."""
_DOUBTED: Final = 0.7
"""As many at first sight, in the search, let this share of what was let through be believed: something was late."""

_CYCLES: Final = 1.2
"""A rate is tried for so many times the time of a limit of so many requests in a time."""
_LEAP_AFTER: Final = 150
_AFTERMATH_S: Final = 1.5
"""What is refused so soon after that is owed to it, and tells nothing of the rate."""
_LEAP_AFTER_S: Final = 50.0
"""After so many requests and so long without a refusal it is looked whether the limit is there at all."""


@dataclass(frozen=True, slots=True)
class _Search:
    """How a limiter is felt out.

    Attributes:
        climb: On the way up to the first refusal, the next rate is so many times the last,
        part: later so far from the one that was let through towards the one that was refused;
        glanced: after so many requests
        glanced_s: and so many seconds.
        tried: After so many requests
        tried_s: and so many seconds, a rate between one that was let through and one that was refused counts as let
            through.
    """

    climb: float
    part: float
    glanced: int
    glanced_s: float
    tried: int
    tried_s: float


_SHARP: Final = _Search(climb=1.2, part=0.25, glanced=2, glanced_s=0.1, tried=10, tried_s=0.6)
"""A limiter that allows no bursts refuses at once where a rate is too high: a trial is soon over, a refusal is dear."""
_CHEAP_CLIMB: Final = 2.0
"""But so many times where the API asks for no wait."""
_BURSTY: Final = _Search(climb=1.5, part=0.5, glanced=4, glanced_s=0.8, tried=50, tried_s=4.0)
"""Another lets a rate through for a while that is too high."""


class Throttle:
    """Finds the rate that a limiter of requests allows, from what it lets through and what it refuses.

    Times are seconds of one monotonic clock.

    Attributes:
        rate: Attempts per second that may leave; None for any number.
        floor: No lower rate is chosen.
        pause_s: How long everything should wait after the last refusal; None where that is not known.
    """

    def __init__(self) -> None:
        self.rate: float | None = None
        self.floor = _SLOWEST
        self._burst: deque[float] = deque()
        self._manner = _BURSTY
        self._low, self._high = 0.0, math.inf
        self._limit_known = False
        self._refused_at = -math.inf
        self._passed = 0
        self._since_lowered, self._lowered_at = 0, -math.inf
        self._early = 0
        self._times_lowered = 0
        self._excused = False
        self._asked = False
        self.pause_s: float | None = None
        self._cycles = Cycles()
        self._has_cycles = False
        self._leap: Leap | None = None
        self._leapt_from = self._leapt_until = -math.inf
        self._trial_at = -math.inf
        self._tried_from = -math.inf
        self._tried = 0

    @property
    def sharp(self) -> bool:
        """Whether the limiter seems to allow no bursts, so that a request that comes too soon is refused at once."""
        return self._manner is _SHARP

    def next_rate(self, now: float) -> float | None:
        """Return the rate at which the attempt behind the one that is begun now may leave; None for at once."""
        return self.rate if self._leap is None or self.rate is None else self._leap.next_rate(self.rate, now)

    def leapt(self, begun_at: float) -> bool:
        """Return whether an attempt that was begun then left faster than the known limit allows, to look for it."""
        if self._leap is not None:
            return self._leap.goes_beyond(begun_at)
        return self._leapt_from <= begun_at <= self._leapt_until

    def only_late(self, at_rate: float) -> bool:
        """Return whether a refusal tells nothing but that an attempt came behind another as soon as at such a rate.

        Of two such refusals with hardly anything let through between them, the second may tell more.
        """
        if not self.sharp or self.rate is None or (self._excused and self._passed < _UNLUCKY):
            return False
        return at_rate >= max(self.rate * _CLEARLY, 0.0 if self._limit_known else self._high)

    def passed(self, begun_at: float, now: float) -> None:
        """Take in that the limiter let through an attempt that was begun then."""
        if self.rate is None:
            self._cycles.passed(begun_at, now)
            self._burst.append(now)
            while self._burst[0] < now - _BURST_S:
                self._burst.popleft()
            return
        self._passed += 1
        if self._cycles.passed(begun_at, now) and not self._has_cycles:
            self.rate = None  # As fast as at first, the limit is used up as soon: that tells how long its time is.
            self._burst.clear()
            return
        if self._leap is not None:
            self._go_on(self._leap, begun_at, now)
            return
        if self._passed >= _LEAP_AFTER and now - self._refused_at >= _LEAP_AFTER_S and self._may_leap:
            self._leap = Leap(self.rate, now, sharp=self.sharp)
            return
        if begun_at <= self._trial_at:
            return
        self._tried_from = self._tried_from if self._tried else begun_at
        self._tried += 1
        self._since_lowered += 1
        if self._limit_known:
            self.rate *= 1 + self._creep(begun_at) / max(self.rate, 10.0)
        elif self._is_tried(self.rate, begun_at):
            self._go_up(self.rate, now)

    def refused(self, begun_at: float, now: float, *, asks_to_wait: bool = False, at_rate: float = 0.0) -> bool:
        """Take in that the limiter refused an attempt that was begun then; return whether that tells anything new.

        Of a burst, only the first does: the others were begun before the rate was lowered. Where the API `asks_to_wait`
        for some time, nobody has to find out how long it refuses. Where it came behind another as soon as at a higher
        rate, since that was late, it tells of that rate: `at_rate`.
        """
        if begun_at <= self._refused_at:
            return False
        self._asked = asks_to_wait
        cycle = None if asks_to_wait else self._cycles.refused(now)
        self.pause_s = None
        if cycle is not None:
            self._keep_to(cycle, now)
        elif self.rate is None:
            self._begin(now)
        elif (self._leap is not None and self._leap.goes_beyond(begun_at)) or now < self._leapt_until + _AFTERMATH_S:
            if self._leap is not None:
                self._end_leap(self._leap, now)
        elif self._tried:  # Otherwise only the pause was too short.
            self._come_down(self.rate, max(self.rate, at_rate), now)
        self._refused_at, self._passed = now, 0
        self._begin_trial(now)
        return True

    @property
    def _may_leap(self) -> bool:
        """Whether it costs little to look whether a limit is there: one that is soon over, once it is used up."""
        return math.isfinite(self._high) and not self._has_cycles

    def _keep_to(self, cycle: Cycle, now: float) -> None:
        """Keep to what a limiter lets through that is shut until its time is over, and wait for that."""
        self._low, self._high = max(self.floor, cycle.rate), max(self.floor, cycle.fastest)
        self._leap, self._has_cycles, self._limit_known = None, True, False
        self._manner = replace(_BURSTY, tried_s=_CYCLES * cycle.lasted_s)
        self.rate = self._low * _BELOW
        self.pause_s = max(0.0, cycle.opened_at + cycle.lasted_s - now)

    def _go_on(self, leap: Leap, begun_at: float, now: float) -> None:
        """Go on with a leap after an attempt that was let through."""
        rate = leap.passed(begun_at, now)
        if rate is None:
            self.forget(now)
        else:
            self.rate = rate

    def _end_leap(self, leap: Leap, now: float) -> None:
        """Come back from a leap that was refused; where it went far before that, the limit is another one now."""
        refused_at_rate, self._leap = self.rate, None
        self._leapt_from, self._leapt_until = leap.beyond_from, now
        self.rate = leap.kept
        if refused_at_rate is not None and leap.went_far:
            self._limit_known, self._early, self._times_lowered = False, 0, 0
            self._low, self._high = leap.kept, refused_at_rate
            self._choose()

    def lift_floor(self) -> bool:
        """Allow any rate to be chosen; return whether that was not so before."""
        lifted, self.floor = self.floor > _SLOWEST, _SLOWEST
        return lifted

    def forget(self, now: float) -> None:
        """Let everything through again: there is no limit, what was begun before `now` tells nothing of one."""
        self.rate, self.floor = None, _SLOWEST
        self._burst.clear()
        self._low, self._high = 0.0, math.inf
        self._limit_known = False
        self._early, self._times_lowered = 0, 0
        self._leap, self._has_cycles, self._cycles = None, False, Cycles()
        self._refused_at, self._passed = now, 0

    def _begin(self, now: float) -> None:
        """Take what was let through so far for what the limit may be in a second, with the burst that it allows."""
        lasted = now - self._burst[0] if self._burst else 0.0
        self._manner = _SHARP if len(self._burst) <= 1 else _BURSTY
        self.rate = max(_FIRST, self.floor, len(self._burst) / (_BURST_S + lasted))
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
        self._low, self._early = max(self._low, rate), 0
        if math.isinf(self._high):
            self.rate = rate * (_CHEAP_CLIMB if self.sharp and not self._asked else self._manner.climb)
        else:
            self._choose()
        self._begin_trial(now)

    def _come_down(self, rate: float, at_rate: float, now: float) -> None:
        """Take the present rate for too high, or where no bursts are allowed that at which it came."""
        if self.only_late(at_rate):
            self._excused = True
            return
        self._excused = False
        if not self._limit_known:
            self._early += self.sharp and self._tried <= 1
        elif self._give_way(rate, now):
            return
        if self._tried <= 1 and not self._has_cycles:
            self._manner = _SHARP
        elif self._manner is _SHARP and self._tried >= _NOT_SHARP and rate > self._low * _CLEARLY:
            self._manner, self._low = _BURSTY, 0.0  # What passed was part of a burst.
        measured = self._measured(now)
        if measured is not None:
            self._low = min(measured, rate)
        elif self._low >= rate:
            self._low = rate * _FAR
        elif self._early >= _LOST:
            self._low, self._early = self._low * _DOUBTED, 0
        self._high = at_rate if self.sharp and at_rate < self._high else rate
        self._choose()

    def _give_way(self, rate: float, now: float) -> bool:
        """Keep to a lower rate from now on; return False where refusals come so often that the limit is another one."""
        rare = self._since_lowered >= _RARE and now - self._lowered_at >= _RARE_S
        self._since_lowered, self._lowered_at = 0, now
        unlucky = self._manner is _SHARP and self._tried >= _UNLUCKY
        self._early = 0 if rare else self._early + (not unlucky)
        self._times_lowered += 1
        if self._early >= _LOST:
            self._limit_known, self._early, self._times_lowered, self._low = False, 0, 0, 0.0
            self._manner = _BURSTY
            return False
        share = self._passed_share(rate, now, rare=rare)
        self.rate = max(self.floor, rate * _DROP * min(1.0, max(_FALL, share)))
        return True

    def _passed_share(self, rate: float, now: float, *, rare: bool) -> float:
        """Return which share of a known limit was most likely let through: between what was and what was tried."""
        measured = self._measured(now)
        if self._manner is _SHARP or (rare and (measured is None or now - self._refused_at < _CALM_S)):
            return 1.0
        return math.sqrt((measured or 0.0) / rate)

    def _choose(self) -> None:
        """Choose the next rate to be tried between the two, or the one to keep to where they are close."""
        if not self._low:
            self.rate = max(self.floor, self._high / 2)
        elif self._high <= self._low * _NARROW:
            self._limit_known, self._early = True, 0
            self._since_lowered, self._lowered_at = 0, self._refused_at
            self.rate = max(self.floor, self._low * _BELOW)
        else:
            self.rate = max(self.floor, self._low * (self._high / self._low) ** self._manner.part)

    def _measured(self, now: float) -> float | None:
        """Return how many requests a second were let through since the last refusal; None where that does not tell.

        A limiter without bursts does not let through later what it could have let through during a pause.
        """
        lasted = now - self._refused_at
        if self._manner is _SHARP or self._passed < _MEASURED or lasted < max(_MEASURED_S, self._manner.tried_s / 4):
            return None
        return self._passed / lasted

    def _begin_trial(self, now: float) -> None:
        self._trial_at, self._tried = now, 0
