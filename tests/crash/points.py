"""Where processes are killed: `CRASH_POINTS=2000` in the environment makes it so many.

Points are drawn within what a run reaches, which is measured first. A point that a run does not come to after all is
no kill, and is drawn again: every test kills a process.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Final

HOW_MANY: Final = int(os.environ.get("CRASH_POINTS", "110"))
_FIRST_SEED: Final = int(os.environ.get("CRASH_SEED", "1")) * 1_000_000
CALLS: Final = ("fdatasync", "pwrite64", "fsync", "rename", "sendto", "unlink", "openat", "mkdir", "futex")
_EARLY: Final = 0.1
"""So many of the points may come before the journal is there, when there is nothing to lose."""
_ENTERED: Final = re.compile(r"(\d+) +(\w+)\(")


@dataclass(frozen=True)
class Point:
    """The n-th call of a kind that any one thread makes."""

    call: str
    number: int

    def __str__(self) -> str:
        return f"{self.call}-{self.number}"


@dataclass(frozen=True)
class Reach:
    """How often one thread makes a call, in a run that nobody disturbs.

    Attributes:
        early: So often before the journal is there.
        all: So often up to the end.
    """

    early: int
    all: int


def reach_of(trace: Iterable[str]) -> Mapping[str, Reach]:
    """Return what a trace of all threads shows: strace counts the calls of each thread for itself."""
    made: Counter[tuple[str, str]] = Counter()
    early: Mapping[tuple[str, str], int] | None = None
    for line in trace:
        if found := _ENTERED.match(line):
            made[found[1], found[2]] += 1
        if early is None and "journal.sqlite" in line:
            early = dict(made)
    assert early is not None, "the trace shows no journal"
    return {call: Reach(_most(early, call), _most(made, call)) for call in CALLS}


def _most(made: Mapping[tuple[str, str], int], call: str) -> int:
    return max((count for (_, name), count in made.items() if name == call), default=0)


def draw(random: Random, reach: Mapping[str, Reach]) -> Point:
    """Return a point that a run most likely comes to; calls that are made more often are drawn more often."""
    call = random.choices(CALLS, [(reach[call].all - reach[call].early) ** 0.5 for call in CALLS])[0]
    first = 1 if random.random() < _EARLY else reach[call].early + 1
    return Point(call, random.randint(min(first, reach[call].all), reach[call].all))


CERTAIN: Final = [
    *(Point("fdatasync", number) for number in range(1, 13)),
    *(Point("rename", number) for number in (1, 2)),
    *(Point("sendto", number) for number in (1, 2, 3)),
]
"""Points that every run comes to."""
_DRAWN: Final = max(0, HOW_MANY * 2 // 3 - len(CERTAIN))
POINT_SEEDS: Final = range(_FIRST_SEED, _FIRST_SEED + _DRAWN)
MOMENT_SEEDS: Final = range(_FIRST_SEED, _FIRST_SEED + HOW_MANY - len(CERTAIN) - _DRAWN)
