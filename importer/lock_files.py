"""Files that are locks: taken by one process alone or by several together, and beside each who says to hold it."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, Protocol

from filelock import FileLock, Timeout

from importer.errors import JournalError
from importer.processes import is_stopped, way_on
from importer.times import local

_POLL_S: Final = 0.2
_INTRODUCTION_S: Final = 0.6
"""So long whoever has just taken the lock may need to say who it is, and whoever only looks at it to let go."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who is at work: its process, when it started (RFC 3339), what it reads, and its run."""

    pid: int
    started_at: str
    source: str
    run_id: str

    @property
    def way_on(self) -> str:
        """What a person may do where its process is stopped; "" where it is not."""
        return way_on(self.pid) if is_stopped(self.pid) else ""

    def __str__(self) -> str:
        stopped = ", which is stopped" if is_stopped(self.pid) else ""
        return f"process {self.pid}{stopped}, started {local(self.started_at)}, source {self.source}, run {self.run_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How to wait for another run.

    Attributes:
        wait_s: How long.
        clock: Returns seconds that never go back.
        sleep: Lets seconds pass.
        given_up: Whether to wait no longer; what it raises ends the waiting too.
    """

    wait_s: float
    clock: Callable[[], float]
    sleep: Callable[[float], None]
    given_up: Callable[[], bool]


class Lock(Protocol):
    """What one can try to take; `Timeout` says that somebody else has it."""

    def acquire(self) -> object:
        """Take it."""
        ...

    def release(self) -> None:
        """Let it go."""
        ...


def alone(path: Path) -> FileLock:
    """Return the lock of whoever keeps all others out."""
    # Of this place in the program only: two of one process exclude each other as those of two processes do.
    return FileLock(path, timeout=0, mode=0o600, thread_local=False)


class Together:
    """The lock of those who keep out nobody but who takes the same file's alone (flock(2), as `FileLock` has it)."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor = -1

    def acquire(self) -> None:
        """Take it, or raise `Timeout` where somebody has it alone."""
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError as error:
            os.close(descriptor)
            if error.errno in (errno.EACCES, errno.EAGAIN):
                raise Timeout(str(self._path)) from error
            raise
        self._descriptor = descriptor

    def release(self) -> None:
        """Let it go."""
        os.close(self._descriptor)


def lock_path(folder: Path, name: str) -> Path:
    """Return the file of the lock of this name in a state directory."""
    return folder / "locks" / f"{hashlib.sha256(os.fsencode(name)).hexdigest()[:16]}.lock"


def card(path: Path) -> Path:
    """Return the file that says who holds a lock."""
    return path.with_suffix(".json")


def waited_for(lock: Lock, folder: Path, patience: Patience, others: Callable[[], Sequence[Holder]]) -> bool:
    """Take a lock as soon as it is free, and return whether that was in time.

    Where nobody says who holds it, it is tried once more a little later: somebody may only have looked at it.

    Args:
        lock: The lock.
        folder: The state directory.
        patience: How to wait.
        others: Returns who says to hold it.
    """
    ends_at = patience.clock() + patience.wait_s
    while not taken(lock, folder):
        left_s = ends_at - patience.clock()
        if left_s <= 0 or patience.given_up():
            if others():
                return False
            patience.sleep(_INTRODUCTION_S)
            return taken(lock, folder)
        patience.sleep(min(_POLL_S, left_s))
    return True


def taken(lock: Lock, folder: Path) -> bool:
    """Take a lock, and return whether that was possible.

    Raises:
        JournalError: The state directory cannot be written.
    """
    try:
        (folder / "locks").mkdir(mode=0o700, parents=True, exist_ok=True)
        lock.acquire()
    except Timeout:
        return False
    except OSError as error:
        raise _unusable(Path(error.filename or folder / "locks"), error) from error
    return True


def introduce(path: Path, holder: Holder) -> None:
    """Write down who holds a lock, whole or not at all.

    Raises:
        JournalError: The state directory cannot be written.
    """
    draft = path.with_suffix(f".{os.getpid()}.tmp")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="surrogateescape") as file:
            json.dump(asdict(holder), file)
        draft.replace(card(path))
    except OSError as error:
        raise _unusable(path, error) from error


def remove(path: Path) -> None:
    """Remove a file, where that can be done."""
    with suppress(OSError):
        path.unlink()


def holders_said(*paths: Path) -> Sequence[Holder]:
    """Return who says to hold these locks, as far as these processes are still alive."""
    return [holder for path in paths if (holder := holder_said(card(path)))]


def holder_said(of_card: Path) -> Holder | None:
    """Return who says in such a file to hold its lock, if that process is still alive."""
    try:
        holder = Holder(**json.loads(of_card.read_text("utf-8")))
        with suppress(PermissionError):  # it lives, and is somebody else's
            os.kill(holder.pid, 0)
    except (OSError, ValueError, TypeError, OverflowError):
        return None
    return holder


def _unusable(path: Path, error: OSError) -> JournalError:
    return JournalError(
        f"The lock {path} cannot be used: {error.strerror or error}.",
        code="journal_unusable",
        hint="See that the disk has room and that you may write there, or name another state directory with --state.",
    )
