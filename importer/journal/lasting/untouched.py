"""A journal that is looked at and left as it is: not a byte of it, and not a file beside it, is another after that."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Final, TypeVar

_AGAIN: Final = 3

FoundT = TypeVar("FoundT")
_Stamp = tuple[int, int, int]


class LogAloneError(sqlite3.OperationalError):
    """A journal has a log without its index, as after a power cut: to read it, SQLite would have to write."""


def untouched(path: Path, look: Callable[[sqlite3.Connection], FoundT], *, patience_s: float) -> FoundT:
    """Return what is found in a journal that is there.

    Where nobody has it open there is no log, and SQLite would make one: then it is read as it lies on the disk, and
    once more where that was not the same all the while. Beside whoever has it open, or has died over it, SQLite reads
    what is there, and keeps what it makes of it in its own memory.

    Args:
        path: Its file, absolute.
        look: What finds it, of a connection that cannot write; it may be asked several times.
        patience_s: So long another process may keep it from being read.

    Raises:
        LogAloneError: It cannot be read without a change.
        sqlite3.Error: It cannot be read, or somebody else begins with it again and again (`SQLITE_BUSY`).
        OSError: It cannot be found.
    """
    for _ in range(_AGAIN):
        log, index = (_stamp(path.with_name(f"{path.name}{end}")) for end in ("-wal", "-shm"))
        if log and not index and log[1]:
            raise LogAloneError("its log has no index")
        is_alone = not (log and index)
        before = _stamp(path)
        try:
            found = _found(path, look, "immutable=1" if is_alone else "readonly_shm=1", patience_s)
        except sqlite3.Error:
            if is_alone and _is_begun(path, before):
                continue
            raise
        if not (is_alone and _is_begun(path, before)):
            return found
    error = sqlite3.OperationalError("others begin with it again and again")
    error.sqlite_errorcode = sqlite3.SQLITE_BUSY
    raise error


def _found(path: Path, look: Callable[[sqlite3.Connection], FoundT], how: str, patience_s: float) -> FoundT:
    with closing(
        sqlite3.connect(
            f"{path.as_uri()}?mode=ro&{how}",
            uri=True,
            isolation_level=None,
            timeout=patience_s,
            check_same_thread=False,  # whoever ends it in time is in another
        )
    ) as connection:
        return look(connection)


def _is_begun(path: Path, before: _Stamp | None) -> bool:
    """Return whether somebody has begun with a journal meanwhile, or has changed it and is done."""
    return _stamp(path) != before or all(_stamp(path.with_name(f"{path.name}{end}")) for end in ("-wal", "-shm"))


def _stamp(path: Path) -> _Stamp | None:
    """Return what tells a file from what it was: its number, its size, and when it was written; None for none."""
    try:
        found = os.lstat(path)
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns
