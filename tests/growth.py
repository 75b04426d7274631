"""Whether work grows with what it is done on, and not with its square."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

_TIMES: Final = 4


def grows_with_size(work: Callable[[int], object], size: int) -> bool:
    """Return whether four times as much takes the processor far less than sixteen times as long.

    Args:
        work: What is done on something of a size.
        size: The smaller one.
    """
    few, many = (_seconds_of(work, each) for each in (size, _TIMES * size))
    return many < 10 * few + 0.5


def _seconds_of(work: Callable[[int], object], size: int) -> float:
    start = time.process_time()
    work(size)
    return time.process_time() - start
