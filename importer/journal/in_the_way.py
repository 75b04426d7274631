"""Which process that is stopped keeps others from writing to the journal."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from importer.errors import LockedError
from importer.lock import Holder, holders
from importer.processes import is_stopped, way_on, writers

JOURNAL_HELD: Final = "journal_held"
"""The code of the error that says so."""
_WRITE_LOCK: Final = 120
_SWITCH: Final = 128
"""On these bytes of SQLite's shared memory, writing is locked, and making that memory (sqlite.org/walformat.html)."""


def stopped_writer(path: Path) -> LockedError | None:
    """Return what to say of a process that is stopped and holds the journal; None where it is another one, or none.

    Linux tells who holds it. Elsewhere it is whoever says to be at work with a run and is stopped: runs are what
    writes.

    Args:
        path: The journal's.
    """
    cards = {holder.pid: holder for holder in holders(path.parent)}
    pids = writers(path) | writers(path.with_name(f"{path.name}-shm"), (_WRITE_LOCK, _SWITCH))
    stopped = [pid for pid in sorted(pids or cards) if is_stopped(pid)]
    return _held(path, stopped[0], cards.get(stopped[0])) if stopped else None


def _held(path: Path, pid: int, card: Holder | None) -> LockedError:
    return LockedError(
        f"The journal {path} is held by {card or f'process {pid}, which is stopped'}.",
        code=JOURNAL_HELD,
        hint=way_on(pid),
    )
