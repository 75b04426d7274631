"""How many attempts may be in flight: as many as the API works on at once, and hardly more."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from math import inf
from statistics import median
from typing import Final

_FEWEST: Final = 4
"""A round has at least so many replies: fewer say little about how long an answer takes."""
_QUIET: Final = 7
"""The baseline is the middle of so many rounds in which nobody waited in a queue. The least of them would be too little
where times differ much, and the window would shrink to nothing."""
_DIP_EVERY: Final = 10
"""So often one round has half the window, to see how long an answer takes then."""
_CLEAR: Final = 1.3
"""While answers take at most so many times the baseline, the window may double."""
_ROOM: Final = 1.2
"""So many times what the API works on at once are in flight, so that it never waits for us."""

_OWN_S: Final = 0.001
"""So much longer an exchange may take because of this machine itself, whose threads take turns."""

_QUIET_S: Final = 2.0
"""After so long without a refusal one more is tried than the API seems to take at once; twice as long where it refuses
that, at most"""
_LONGEST_QUIET_S: Final = 240.0
_MORE: Final = 4
"""What was let through grows by this part of it, at least by one."""

_SHORTEST_PATIENCE_S: Final = 1.0
_PATIENCE: Final = 4.0
"""An answer that takes so many times the baseline hangs, and is not being worked on."""


class Window:
    """Finds the number of attempts in flight that an API with a fixed capacity works on at once.

    By Little's law, that is its throughput times the time of an answer in an empty queue: the present window times the
    baseline divided by the present time. More in flight would only wait in the API's queue. Times are those of the
    exchange alone: what waits for this machine's disk is not in anybody's queue.

    Args:
        ceiling: Attempts in flight at most.
        start: Where to begin.
        adaptive: Whether to look for the right number; it stays as it is otherwise.

    Attributes:
        patience_s: How long an attempt keeps its place in the window: one that hangs does not hold up the others. It
            still counts towards the ceiling.
    """

    def __init__(self, ceiling: int, *, start: int, adaptive: bool) -> None:
        self._ceiling = ceiling
        self._limit = float(start)
        self.adaptive = adaptive
        self._starting = True
        self._times: list[float] = []
        self._quiet: deque[float] = deque(maxlen=_QUIET)
        self._full = 0
        self._rounds = 0
        self._before_dip: float | None = None
        self._stale = 0
        self._halved_at = float("-inf")
        self._cap: int | None = None
        self._capped_at = float("-inf")
        self._raised = False
        self._held = False
        self._quiet_s = _QUIET_S
        self.patience_s = _SHORTEST_PATIENCE_S if adaptive else inf

    @property
    def _most(self) -> int:
        return self._ceiling if self._cap is None else self._cap

    @property
    def size(self) -> int:
        """Attempts in flight at most, from 1 to the ceiling."""
        return max(1, min(self._most, int(self._limit)))

    def is_full(self, left_at: Sequence[float], now: float) -> bool:
        """Return whether the attempts in flight that left at these times fill the window: those that do not hang."""
        return len(left_at) >= self._ceiling or sum(then > now - self.patience_s for then in left_at) >= self.size

    def learn(self, took_s: float, *, full: bool) -> None:
        """Take in how long the exchange of an attempt took, and whether the window was full when it left."""
        if not self.adaptive:
            return
        if self._stale:
            self._stale -= 1  # It left before the window changed, and tells of how it was.
            return
        self._times.append(took_s)
        self._full += full
        if len(self._times) >= max(_FEWEST, self.size):
            self._end_round(median(self._times), full=self._full * 2 > len(self._times))
            self._times.clear()
            self._full = 0

    def congested(self, left_at: float, now: float) -> None:
        """Take in that the API is short of breath: the window is halved, once for all that was in flight then."""
        if self.adaptive and left_at >= self._halved_at:
            self._halved_at = now
            self._limit = max(1.0, self._limit / 2)
            self._starting = False

    def cap(self, fitting: int, left_at: float, now: float, *, certain: bool = False) -> None:
        """Take in that the API turned one away, and takes so many at once, as of an attempt that left then.

        It is `certain` that this is no limit of so many requests in a time.
        """
        if left_at < self._capped_at:  # Of the same burst.
            self._cap = fitting if self._cap is None else min(self._cap, fitting)
            return
        if self._cap is None and not certain:
            self._limit = 1.0  # A limiter of requests refuses that one as well.
        else:
            self._limit = float(fitting)
            self._quiet_s = min(_LONGEST_QUIET_S, 2 * self._quiet_s)
        self._cap, self._capped_at, self._raised, self._starting = fitting, now, False, False

    @property
    def raised(self) -> bool:
        """Whether more is being tried than was known to be taken at once."""
        return self._cap is not None and self._raised

    def hold(self, held: bool) -> None:  # noqa: FBT001 - it is the only argument
        """Take in whether attempts have no answer yet that tell whether the API takes so many at once."""
        self._held = held

    def uncap(self) -> None:
        """Take back what `cap` said: it was something else."""
        self._cap, self._quiet_s = None, _QUIET_S

    def feel(self, now: float) -> None:
        """Let one more be tried than was let through, where that has not been refused for long enough."""
        if self._cap is not None and self._limit >= self._cap and now - self._capped_at >= self._quiet_s:
            self._quiet_s = _QUIET_S if self._raised else self._quiet_s
            self._cap, self._capped_at, self._raised = (
                min(self._ceiling, self._cap + max(1, self._cap // _MORE)),
                now,
                True,
            )

    def _end_round(self, typical_s: float, *, full: bool) -> None:
        self._rounds += 1
        before = self.size
        if not self._quiet or self._before_dip is not None:
            self._is_quiet(typical_s)
        quiet_s = median(self._quiet)
        share = quiet_s / max(quiet_s, typical_s - _OWN_S)
        if self._before_dip is not None:
            self._limit, self._before_dip = self._before_dip, None
        elif not self._starting and self._rounds % _DIP_EVERY == 0:
            self._before_dip, self._limit = self._limit, max(1.0, self._limit / 2)
        elif self._starting and share >= 1 / _CLEAR:
            self._is_quiet(typical_s)
            self._limit = min(self._most, self._limit * 2) if full and not self._held else self._limit
        else:
            self._starting = False
            fitting = self._limit * share * _ROOM + 1
            self._limit = min(float(self._most), max(fitting, self._limit / 2) if full else min(fitting, self._limit))
        if self.size != before:
            self._stale = before

    def _is_quiet(self, typical_s: float) -> None:
        """Take in how long answers took in a round in which nobody waited in a queue."""
        self._quiet.append(typical_s)
        self.patience_s = max(_SHORTEST_PATIENCE_S, _PATIENCE * median(self._quiet))
