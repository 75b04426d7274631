"""How many connections the system lets this process have open at once."""

from __future__ import annotations

import resource
from pathlib import Path
from typing import Final

_FOR_THE_REST: Final = 16
"""The journal's files, looking up a host, and what else a run opens while it sends."""
_OPEN_FILES: Final = Path("/dev/fd")
_USUALLY_OPEN: Final = 16
"""So many files are open before that, about, where nobody tells how many."""


def open_files_at_most() -> int | None:
    """Return how many files and sockets this process may have open at once (`ulimit -n`); None for any number."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return None if soft == resource.RLIM_INFINITY else soft


def connections_at_most(asked: int, *, files_each: int) -> int:
    """Return how many connections there can be of those that are asked for: all, or fewer, but at least 1.

    Args:
        asked: So many would be of use.
        files_each: So many files and sockets are open for a connection.
    """
    most = open_files_at_most()
    if most is None:
        return asked
    left = most - _open_files() - _FOR_THE_REST
    return max(1, min(asked, left // files_each))


def _open_files() -> int:
    """Return how many files and sockets this process has open; about as many as usual where that is not told.

    A minimal container or a chroot may lack the folder that tells, and to list it takes one more file.
    """
    try:
        return sum(1 for _ in _OPEN_FILES.iterdir())
    except OSError:
        return _USUALLY_OPEN
