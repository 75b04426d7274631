"""One sending run at a time: two that send to the same place would overtake each other."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from importer.errors import JournalError, LockedError

_POLL_S: Final = 0.2
_INTRODUCTION_S: Final = 0.6
"""So long whoever has just taken the lock may need to say who it is."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who sends: its process, when it started (RFC 3339), what it reads, and its run."""

    pid: int
    started_at: str
    source: str
    run_id: str


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


@contextmanager
def sending_lock(folder: Path, base_url: str, holder: Holder, patience: Patience) -> Iterator[None]:
    """Keep every other run with the same state directory from sending to `base_url`, for as long as the block runs.

    The lock is the operating system's: that of a process which was killed is gone with it.

    Args:
        folder: The state directory.
        base_url: As settings have normalised it.
        holder: Who this is.
        patience: How to wait for another.

    Raises:
        LockedError: Another run has it; the message names that.
        JournalError: The state directory cannot be written.
    """
    path = _path(folder, base_url)
    lock = _lock(path)
    ends_at = patience.clock() + patience.wait_s
    while not _taken(lock):
        left_s = ends_at - patience.clock()
        if left_s <= 0 or patience.given_up():
            raise _refusal(path, base_url, patience.sleep)
        patience.sleep(min(_POLL_S, left_s))
    try:
        _introduce(path, holder)
        yield
    finally:
        with suppress(OSError):
            _card(path).unlink()
        lock.release()


def holder_of(folder: Path, base_url: str) -> Holder | None:
    """Return who is sending to `base_url` right now; None where nobody is, or nobody says who."""
    path = _path(folder, base_url)
    if not path.exists():
        return None
    lock = _lock(path)
    if _taken(lock):
        lock.release()
        return None
    return _read(path)


def _path(folder: Path, base_url: str) -> Path:
    return folder / "locks" / f"{hashlib.sha256(base_url.encode()).hexdigest()[:16]}.lock"


def _card(path: Path) -> Path:
    """Return the file that says who holds a lock."""
    return path.with_suffix(".json")


def _lock(path: Path) -> FileLock:
    # Of this place in the program only: two of one process exclude each other as those of two processes do.
    return FileLock(path, timeout=0, mode=0o600, thread_local=False)


def _taken(lock: FileLock) -> bool:
    try:
        Path(lock.lock_file).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock.acquire()
    except Timeout:
        return False
    except OSError as error:
        raise _unusable(Path(lock.lock_file), error) from error
    return True


def _introduce(path: Path, holder: Holder) -> None:
    """Write down who holds a lock, whole or not at all."""
    draft = path.with_suffix(f".{os.getpid()}.tmp")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="surrogateescape") as file:
            json.dump(asdict(holder), file)
        draft.replace(_card(path))
    except OSError as error:
        raise _unusable(path, error) from error


def _read(path: Path) -> Holder | None:
    """Return who says to hold a lock, if that process is still alive."""
    try:
        found = Holder(**json.loads(_card(path).read_text("utf-8")))
        with suppress(PermissionError):  # it lives, and is somebody else's
            os.kill(found.pid, 0)
    except (OSError, ValueError, TypeError, OverflowError):
        return None
    return found


def _refusal(path: Path, base_url: str, sleep: Callable[[float], None]) -> LockedError:
    """Return the refusal, which names whoever holds the lock."""
    holder = _read(path)
    if holder is None:
        sleep(_INTRODUCTION_S)
        holder = _read(path)
    told = (
        f"process {holder.pid}, started {holder.started_at}, source {holder.source}, run {holder.run_id}"
        if holder
        else "a process that has just begun or just ended"
    )
    return LockedError(
        f"Another run is sending to {base_url}: {told}.",
        code="locked",
        hint="Wait for its end, or let this one wait for it with --wait SECONDS.",
    )


def _unusable(path: Path, error: OSError) -> JournalError:
    return JournalError(
        f"The lock {path} cannot be used: {error.strerror or error}.",
        code="journal_unusable",
        hint="See that the disk has room and that you may write there, or name another state directory with --state.",
    )
