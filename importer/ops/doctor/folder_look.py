"""The folder of the journal as the machine has it: its room, its owner, its file system, and what a commit costs there.

Nothing is changed, and nothing is made that has a name.
"""

from __future__ import annotations

import os
import re
import stat
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

_MOUNTS: Final = Path("/proc/self/mountinfo")
_OCTAL: Final = re.compile(r"\\([0-7]{3})")
_FRAME: Final = b"\0" * (4096 + 24)
"""A page of SQLite's log, with what stands before it."""
_TIMES: Final = 5
_LONG_ENOUGH_S: Final = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderLook:
    """What was seen of a folder, or, where it is not there yet, of the nearest one above it that is.

    Attributes:
        path: Of the folder itself.
        is_there: Whether it is there.
        near: What was looked at.
        is_folder: Whether that is a folder.
        is_writable: Whether this user may write and enter it.
        is_read_only: Whether its file system is.
        mode: Its permissions.
        owner: Its owner's number.
        free_bytes: What this user may still write there.
        is_out_of_names: Whether no more files can be made there.
        kind: Of its file system, as Linux calls it; "" where nobody says it.
        flush_s: How long one page took to be on the disk, and not only in memory; None where that was not tried.
        flush_fault: What went wrong with it; "" for nothing.
    """

    path: Path
    is_there: bool
    near: Path
    is_folder: bool
    is_writable: bool
    is_read_only: bool
    mode: int
    owner: int
    free_bytes: int
    is_out_of_names: bool
    kind: str
    flush_s: float | None
    flush_fault: str


def folder_seen(path: Path) -> FolderLook:
    """Look at a folder.

    Raises:
        OSError: It cannot be looked at.
    """
    near = next(above for above in (path, *path.parents) if os.path.lexists(above))
    status, room = near.stat(), os.statvfs(near)
    is_folder = stat.S_ISDIR(status.st_mode)
    is_read_only = bool(room.f_flag & os.ST_RDONLY)
    is_writable = is_folder and os.access(near, os.W_OK | os.X_OK)
    flush_s, fault = _flushed(near) if is_writable and not is_read_only else (None, "")
    return FolderLook(
        path=path,
        is_there=near == path,
        near=near,
        is_folder=is_folder,
        is_writable=is_writable,
        is_read_only=is_read_only,
        mode=stat.S_IMODE(status.st_mode),
        owner=status.st_uid,
        free_bytes=room.f_bavail * room.f_frsize,
        is_out_of_names=room.f_files > 0 and room.f_favail == 0,
        kind=kind_of_mount(near, _mounts()),
        flush_s=flush_s,
        flush_fault=fault,
    )


def _flushed(folder: Path) -> tuple[float | None, str]:
    """Return how long a flushed page takes, in the middle of some, and what went wrong.

    It is appended to a file that never has a name, and is flushed as SQLite does with its log. That is what a commit
    waits for.
    """
    unnamed = getattr(os, "O_TMPFILE", None)
    if unnamed is None:
        return None, ""
    try:
        descriptor = os.open(folder, unnamed | os.O_WRONLY | os.O_CLOEXEC, 0o600)
    except OSError:  # this file system has none
        return None, ""
    took: list[float] = []
    began = time.monotonic()
    try:
        for _ in range(_TIMES):
            start = time.monotonic()
            os.write(descriptor, _FRAME)
            os.fdatasync(descriptor)
            took.append(time.monotonic() - start)
            if time.monotonic() - began > _LONG_ENOUGH_S:
                break
    except OSError as error:
        return None, error.strerror or "unknown error"
    finally:
        os.close(descriptor)
    return median(took), ""


def _mounts() -> str:
    with suppress(OSError):
        return _MOUNTS.read_text("utf-8", "surrogateescape")
    return ""


def kind_of_mount(path: Path, mounts: str) -> str:
    """Return the kind of the file system that a path is on.

    Args:
        path: Absolute.
        mounts: As proc_pid_mountinfo(5) has them; the last of those at the same place is the one that is seen.
    """
    best, kind = -1, ""
    real = Path(os.path.realpath(path))
    for line in mounts.splitlines():
        before, _, after = line.partition(" - ")
        fields = before.split(" ")
        if len(fields) > _PLACE and after:
            place = Path(_OCTAL.sub(lambda found: chr(int(found[1], 8)), fields[_PLACE]))
            if real.is_relative_to(place) and len(place.parts) >= best:
                best, kind = len(place.parts), after.split(" ")[0]
    return kind


_PLACE: Final = 4
"""The fifth field is where it is mounted."""
