"""One sending run at a time to a place, since two would overtake each other; and one process at a time at a run.

Runs of two groups may share a place where both say so. Those hold the lock of the place together that any other run
takes alone, so that the two kinds keep each other out, whoever came first and whatever version it is; beside that, each
of them holds its group's lock and one of the place's seats.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Final

from filelock import Timeout

from importer.errors import LockedError
from importer.lock_files import (
    Holder,
    Lock,
    Patience,
    Together,
    alone,
    card,
    holder_said,
    holders_said,
    introduce,
    lock_path,
    remove,
    taken,
    waited_for,
)
from importer.processes import is_locked

__all__ = [
    "NO_PATIENCE",
    "SEATS",
    "Holder",
    "Patience",
    "holder_of",
    "holders",
    "holders_at",
    "index_lock",
    "run_at_work",
    "run_lock",
    "sending_lock",
]

SEATS: Final = 2
"""So many runs may share a place; each takes no more than this part of what a run alone would."""
_INDEX_S: Final = 5.0
"""Whoever writes a list of runs for longer is stuck: a list that lacks a run is mended by the next."""
_UNKNOWN: Final = "a process that has just begun or just ended"

NO_PATIENCE: Final = Patience(wait_s=0.0, clock=lambda: 0.0, sleep=lambda _: None, given_up=lambda: True)


@contextmanager
def sending_lock(
    folder: Path, base_url: str, holder: Holder, patience: Patience, *, group: str | None = None
) -> Iterator[None]:
    """Keep other runs with the same state directory from sending to `base_url`, for as long as the block runs.

    The locks are the operating system's: those of a process which was killed are gone with it.

    Args:
        folder: The state directory.
        base_url: As settings have normalised it.
        holder: Who this is.
        patience: How to wait for others.
        group: The only group that this run sends to, as ids are compared, where a run that has said so of another group
            may send beside it; None to keep every other run out.

    Raises:
        LockedError: Others have it; the message names them.
        JournalError: The state directory cannot be written.
    """
    place = _Place(folder, base_url) if group is None else _SharedPlace(folder, base_url, group)
    if not waited_for(place, folder, patience, place.others):
        raise _kept_out(place.sentence, place.others(), place.what_to_do)
    try:
        for path in place.held:
            introduce(path, holder)
        yield
    finally:
        for path in place.held:
            remove(card(path))
        place.release()


class _Place:
    """The lock of whoever sends to a place alone.

    Attributes:
        held: The locks beside which it says who holds them.
        sentence: What keeps this run out, where something does.
        what_to_do: The same.
    """

    def __init__(self, folder: Path, base_url: str) -> None:
        self._path, self._seats = lock_path(folder, base_url), _seats(folder, base_url)
        self._lock = alone(self._path)
        self.held: Sequence[Path] = (self._path,)
        self.sentence = f"Another run is sending to {base_url}"
        self.what_to_do = "Wait for its end"

    def acquire(self) -> None:
        """Take it, or raise `Timeout`."""
        self._lock.acquire()

    def release(self) -> None:
        """Let it go."""
        self._lock.release()

    def others(self) -> Sequence[Holder]:
        """Return who says to be in the way."""
        return holders_said(self._path, *self._seats)


class _SharedPlace:
    """All locks of a run that shares a place, taken at once or not at all; the attributes are those of a `_Place`.

    The group's comes before a seat: whoever is kept out by that takes no seat from anybody, not for a moment.
    """

    def __init__(self, folder: Path, base_url: str, group: str) -> None:
        self._base_url = base_url
        self._path, self._seats = lock_path(folder, base_url), _seats(folder, base_url)
        self._group = lock_path(folder, f"{base_url} group {group}")
        self._locks = ExitStack()
        self._in_the_way: Sequence[Path] = ()
        self.held: Sequence[Path] = ()
        self.sentence = self.what_to_do = ""

    def acquire(self) -> None:
        """Take them, or raise `Timeout`, once it is noted which of them others have."""
        with ExitStack() as locks:
            self._next(f"Another run, which shares it with nobody, is sending to {self._base_url}", self._path)
            _take(Together(self._path), locks)
            self._next(f"Another run is sending to the same group at {self._base_url}", self._group)
            _take(alone(self._group), locks)
            self._next(f"{SEATS} runs share {self._base_url} already", *self._seats)
            self.held = (self._group, self._take_seat(locks))
            self._locks = locks.pop_all()

    def release(self) -> None:
        """Let them go."""
        self._locks.close()

    def others(self) -> Sequence[Holder]:
        """Return who says to be in the way."""
        return holders_said(*self._in_the_way)

    def _next(self, sentence: str, *paths: Path) -> None:
        self._in_the_way, self.sentence = paths, sentence
        self.what_to_do = "Wait for its end" if len(paths) == 1 else "Wait for the end of one of them"

    def _take_seat(self, locks: ExitStack) -> Path:
        for path in self._seats:
            with suppress(Timeout):
                _take(alone(path), locks)
                return path
        raise Timeout(str(self._path))


def _take(lock: Lock, locks: ExitStack) -> None:
    lock.acquire()
    locks.callback(lock.release)


def _seats(folder: Path, base_url: str) -> Sequence[Path]:
    """Return the locks of a place's seats: no base URL has a blank in it."""
    return [lock_path(folder, f"{base_url} seat {number}") for number in range(SEATS)]


@contextmanager
def index_lock(folder: Path) -> Iterator[None]:
    """Let one process at a time write a list of runs, from reading the journal on; none waits for long.

    Raises:
        JournalError: The state directory cannot be written.
    """
    lock = alone(lock_path(folder, "index"))
    lock.timeout = _INDEX_S
    is_taken = taken(lock, folder)
    try:
        yield
    finally:
        if is_taken:
            lock.release()


@contextmanager
def run_lock(folder: Path, holder: Holder, patience: Patience) -> Iterator[None]:
    """Keep every other process from the run of `holder`, for as long as the block runs: it is at work.

    The lock's file goes with it, while it is held: whoever has opened it meanwhile notices that.

    Raises:
        LockedError: Another process is at work with it; the message names that.
        JournalError: The state directory cannot be written.
    """
    path = lock_path(folder, holder.run_id)
    lock = alone(path)
    if not waited_for(lock, folder, patience, lambda: holders_said(path)):
        raise run_at_work(holder.run_id, next(iter(holders_said(path)), None))
    try:
        introduce(path, holder)
        yield
    finally:
        for file in (card(path), path):
            remove(file)
        lock.release()


def run_at_work(run_id: str, other: Holder | None) -> LockedError:
    """Return the error of whoever wants a run at which another process is; `other` is None where nobody says which."""
    return LockedError(
        f"Run {run_id} is at work: {other or _UNKNOWN}.",
        code="locked",
        hint=(other.way_on if other else "") or "Wait for its end, or stop it.",
    )


def holder_of(folder: Path, url_or_run_id: str) -> Holder | None:
    """Return who is sending to a base URL right now, or is at work with a run, by its id; of several, one.

    None where nobody is, or nobody says who. Nothing is changed. The lock itself is left alone unless there is reason
    to believe that somebody holds it: whoever takes it in this moment would be refused.
    """
    return next(iter(holders_at(folder, url_or_run_id)), None)


def holders_at(folder: Path, url_or_run_id: str) -> Sequence[Holder]:
    """Return all of them: two runs may share a base URL."""
    paths = (lock_path(folder, url_or_run_id), *_seats(folder, url_or_run_id))
    return [holder for path in paths for holder in holders_said(path) if is_locked(path)]


def holders(folder: Path) -> Iterator[Holder]:
    """Yield every living process that says to be sending, or at work with a run; once for each lock."""
    for said in (folder / "locks").glob("*.json"):
        holder = holder_said(said)
        if holder is not None:
            yield holder


def _kept_out(sentence: str, others: Sequence[Holder], what_to_do: str) -> LockedError:
    """Return the error of whoever is kept out by others; there are none where nobody says who they are."""
    ways_on = [other.way_on for other in others if other.way_on]
    return LockedError(
        f"{sentence}: {'; '.join(map(str, others)) or _UNKNOWN}.",
        code="locked",
        hint=" ".join(ways_on) or f"{what_to_do}, or let this one wait for it with --wait SECONDS.",
    )
