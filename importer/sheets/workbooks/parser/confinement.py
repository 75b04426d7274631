"""What the process that parses a workbook may take: memory and time, and no longer a life than its parent's."""

from __future__ import annotations

import os
import resource
import signal
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

from importer.processes import end_with

_USUAL_START_S: Final = 0.1
"""Twice what a machine of 2024 takes."""
_SLOWEST: Final = 5.0
_PAGES: Final = Path("/proc/self/statm")


def confine(*, memory_bytes: int, seconds: float, parent: int) -> None:
    """Put this process under limits; where the system has none of a kind, it does without.

    Args:
        memory_bytes: What it may take beside what it has taken already; more is a MemoryError.
        seconds: How long a usual processor may work on it from now on; longer, and SIGPROF ends it.
        parent: The process that started it, with which it ends.
    """
    end_with(parent)
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(OSError, ValueError):
        most = _taken() + memory_bytes
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        if hard == resource.RLIM_INFINITY or most < hard:
            resource.setrlimit(resource.RLIMIT_AS, (most, most))
    signal.setitimer(signal.ITIMER_PROF, seconds * _slowness())


def _slowness() -> float:
    """Return how much slower this machine is than a usual one, by how long the start of this process took it."""
    return min(max(time.process_time() / _USUAL_START_S, 1.0), _SLOWEST)


def _taken() -> int:
    """Return the address space that this process has taken, in bytes."""
    return int(_PAGES.read_text("ascii").split()[0]) * os.sysconf("SC_PAGE_SIZE")
