"""One sending run at a time to a place, since two would overtake each other; and one process at a time at a run."""

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
from importer.processes import is_locked, is_stopped, way_on
from importer.times import local

_POLL_S: Final = 0.2
_INDEX_S: Final = 5.0
"""Whoever writes a list of runs for longer is stuck: a list that lacks a run is mended by the next."""
_INTRODUCTION_S: Final = 0.6
"""So long whoever has just taken the lock may need to say who it is, and whoever only looks at it to let go."""
_UNKNOWN: Final = "a process that has just begun or just ended"


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


NO_PATIENCE: Final = Patience(wait_s=0.0, clock=lambda: 0.0, sleep=lambda _: None, given_up=lambda: True)


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
    with _locked(path, holder, patience) as (is_free, other):
        if not is_free:
            raise LockedError(
                f"Another run is sending to {base_url}: {other or _UNKNOWN}.",
                code="locked",
                hint=_way_on(other) or "Wait for its end, or let this one wait for it with --wait SECONDS.",
            )
        yield


@contextmanager
def index_lock(folder: Path) -> Iterator[None]:
    """Let one process at a time write a list of runs, from reading the journal on; none waits for long.

    Raises:
        JournalError: The state directory cannot be written.
    """
    lock = _lock(_path(folder, "index"))
    lock.timeout = _INDEX_S
    taken = _taken(lock)
    try:
        yield
    finally:
        if taken:
            lock.release()


@contextmanager
def run_lock(folder: Path, holder: Holder, patience: Patience) -> Iterator[None]:
    """Keep every other process from the run of `holder`, for as long as the block runs: it is at work.

    Raises:
        LockedError: Another process is at work with it; the message names that.
        JournalError: The state directory cannot be written.
    """
    path = _path(folder, holder.run_id)
    with _locked(path, holder, patience, tidy=True) as (is_free, other):
        if not is_free:
            raise run_at_work(holder.run_id, other)
        yield


def run_at_work(run_id: str, other: Holder | None) -> LockedError:
    """Return the error of whoever wants a run at which another process is; `other` is None where nobody says which."""
    return LockedError(
        f"Run {run_id} is at work: {other or _UNKNOWN}.",
        code="locked",
        hint=_way_on(other) or "Wait for its end, or stop it.",
    )


def holder_of(folder: Path, url_or_run_id: str) -> Holder | None:
    """Return who is sending to a base URL right now, or is at work with a run, by its id.

    None where nobody is, or nobody says who. Nothing is changed. The lock itself is left alone unless there is reason
    to believe that somebody holds it: whoever takes it in this moment would be refused.
    """
    path = _path(folder, url_or_run_id)
    holder = _read(path)
    return holder if holder is not None and is_locked(path) else None


def holders(folder: Path) -> Iterator[Holder]:
    """Yield every living process that says to be sending, or at work with a run."""
    for card in (folder / "locks").glob("*.json"):
        holder = _read(card)
        if holder is not None:
            yield holder


def _way_on(other: Holder | None) -> str:
    return other.way_on if other else ""


def _path(folder: Path, url_or_run_id: str) -> Path:
    return folder / "locks" / f"{hashlib.sha256(os.fsencode(url_or_run_id)).hexdigest()[:16]}.lock"


def _card(path: Path) -> Path:
    """Return the file that says who holds a lock."""
    return path.with_suffix(".json")


def _lock(path: Path) -> FileLock:
    # Of this place in the program only: two of one process exclude each other as those of two processes do.
    return FileLock(path, timeout=0, mode=0o600, thread_local=False)


@contextmanager
def _locked(
    path: Path, holder: Holder, patience: Patience, *, tidy: bool = False
) -> Iterator[tuple[bool, Holder | None]]:
    """Hold a lock; yield whether that was possible, and where it was not, who holds it, if anybody says it.

    With `tidy`, the lock's file goes with it, while it is held: whoever has opened it meanwhile notices that.
    """
    lock = _lock(path)
    if not _waited_for(lock, path, patience):
        yield False, _read(path)
        return
    try:
        _introduce(path, holder)
        yield True, None
    finally:
        for file in (_card(path), path) if tidy else (_card(path),):
            with suppress(OSError):
                file.unlink()
        lock.release()


def _waited_for(lock: FileLock, path: Path, patience: Patience) -> bool:
    """Take a lock as soon as it is free, and return whether that was in time.

    Where nobody says who holds it, it is tried once more a little later: somebody may only have looked at it.
    """
    ends_at = patience.clock() + patience.wait_s
    while not _taken(lock):
        left_s = ends_at - patience.clock()
        if left_s <= 0 or patience.given_up():
            if _read(path) is not None:
                return False
            patience.sleep(_INTRODUCTION_S)
            return _taken(lock)
        patience.sleep(min(_POLL_S, left_s))
    return True


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
        holder = Holder(**json.loads(_card(path).read_text("utf-8")))
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
