"""How much later than others an attempt reached the API, as far as the time of its answer tells."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from math import inf
from typing import Final

_LOOKED_AT: Final = 32
"""So many of the last answers say what is usual."""
_MOST: Final = 0.75
"""What so many of them take is work: only what took longer may have been late."""


@dataclass(slots=True)
class Lateness:
    """Tells from the time of an answer by how much the request may have been late.

    Nobody sees when a request arrives, only that it was before its answer. Where answers take nearly the same time, one
    that took longer than the fastest was late by the difference at most. Where they differ much anyway, most of that is
    work, and taking it all for lateness would cost more than it is worth.

    Args:
        _took_s: How long the last answers took.
        _left: When the last attempts left, in this order, and when the last answer to one of that time came.
    """

    _took_s: deque[float] = field(default_factory=lambda: deque(maxlen=_LOOKED_AT))
    _left: dict[float, float] = field(default_factory=dict)

    def left(self, left_at: float) -> None:
        """Take in that an attempt leaves then, behind all others."""
        self._left[left_at] = inf
        if len(self._left) > _LOOKED_AT:
            del self._left[next(iter(self._left))]

    def answered(self, left_at: float, now: float) -> None:
        """Take in that the attempt that left then has its answer now."""
        self._took_s.append(now - left_at)
        if left_at in self._left:
            self._left[left_at] = now

    def least_space_s(self, left_at: float, now: float) -> float:
        """Return how soon behind the one before it the attempt that left then may have reached the API.

        Before `now` that one has, if it has its answer; negative where it may have come later.
        """
        before = [(then, answered_at) for then, answered_at in self._left.items() if then < left_at]
        if not before or not self._took_s:
            return inf
        then, answered_at = before[-1]
        ordered = sorted(self._took_s)
        late_s = min(answered_at, now) - then - ordered[int(_MOST * (len(ordered) - 1))]
        return left_at - then - max(0.0, late_s)

    def usual_s(self, spare_s: float) -> float:
        """Return after how long an answer counts as late; inf where nothing is known.

        That is the time t for which mean(max(0, took - t)) is `spare_s`, or the fastest of all where even that is less.

        Example: `Lateness(deque([0.5, 0.5, 2.0])).usual_s(0.25)` is `1.25`.
        """
        ordered, together_s = sorted(self._took_s, reverse=True), 0.0
        for late, took_s in enumerate(ordered, start=1):
            together_s += took_s
            usual_s = (together_s - spare_s * len(ordered)) / late
            if late == len(ordered) or usual_s >= ordered[late]:
                return max(usual_s, ordered[-1])
        return inf
