"""Where processes are killed: `CRASH_POINTS=2000` in the environment makes it so many."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from random import Random
from typing import Final

_HOW_MANY: Final = int(os.environ.get("CRASH_POINTS", "110"))
_FIRST_SEED: Final = int(os.environ.get("CRASH_SEED", "1"))
_CALLS: Final = {
    "fdatasync": 40,
    "pwrite64": 160,
    "fsync": 8,
    "rename": 2,
    "sendto": 10,
    "unlink": 3,
    "openat": 1500,
    "mkdir": 5,
    "futex": 60,
}
"""Calls of the system, and about how many of them a run makes."""


@dataclass(frozen=True)
class Moment:
    """A random moment; `again` is how likely the next process is killed too."""

    seed: int
    again: float = 0.3

    def __str__(self) -> str:
        return f"seed-{self.seed}"


@dataclass(frozen=True)
class Point:
    """The n-th call of a kind; `certain` where every run comes so far."""

    call: str
    number: int
    certain: bool = field(default=False, compare=False)

    def __str__(self) -> str:
        return f"{self.call}-{self.number}"


def _points() -> list[Point]:
    """Return chosen points, and random ones up to two thirds of all."""
    chosen = [Point("fdatasync", number, certain=True) for number in range(1, 13)]
    chosen += [Point("rename", number, certain=True) for number in (1, 2)]
    chosen += [Point("sendto", number, certain=True) for number in (1, 2, 3)]
    random = Random(_FIRST_SEED)  # noqa: S311 - places, not secrets
    drawn: dict[Point, None] = dict.fromkeys(chosen)
    while len(drawn) < _HOW_MANY * 2 // 3:
        call = random.choice(list(_CALLS))
        drawn[Point(call, random.randint(1, _CALLS[call] * (1 if _HOW_MANY < 1000 else 20)))] = None
    return list(drawn)


MOMENTS: Final = [Moment(_FIRST_SEED * 1_000_000 + number) for number in range(_HOW_MANY - _HOW_MANY * 2 // 3)]
POINTS: Final = _points()
