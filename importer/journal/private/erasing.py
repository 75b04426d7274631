"""What runs have left behind in their private folders: it goes when nobody needs it any more, and never before."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from importer.errors import LockedError
from importer.journal.database import JOURNAL_HELD, atomic, explained
from importer.journal.generations import Generations
from importer.journal.lasting.two_looks import are_apart
from importer.journal.past import counted, maybe_at_work, past_runs
from importer.journal.private.keeping import Keeping
from importer.journal.private.private_folder import PrivateFolder
from importer.journal.settling import DROP_ROWS, DROP_RUN, FORGET, SETTLE_REPEATS
from importer.lock import NO_PATIENCE, Holder, run_lock
from importer.model.modes import Mode
from importer.model.run import PastRun, State
from importer.times import rfc3339, seconds

_AT_WORK_S: Final = 86_400.0
"""So long a run may be at work without a word."""
_BEGINNING_S: Final = 3600.0
"""So long a process may take to copy a source before the journal knows its run."""

LetGo = Callable[[Path, str], None]
"""Gives up a folder that a run, by its id, may have claimed for its reports."""


Highest = Callable[[Iterable[Path]], int]
"""Returns the highest generation of the journal that is told outside of it, beside these folders of reports too."""


def keep_claims(folder: Path, run_id: str) -> None:
    """Give up no folder."""


def nowhere(folders: Iterable[Path]) -> int:
    """Return what is told of generations where nothing is."""
    del folders
    return 0


@dataclass(frozen=True, slots=True)
class _Sweep:
    """What one look through all that is kept goes by.

    Attributes:
        older_than_s: What runs keep is kept for so long.
        let_go: Gives up folders of reports.
        is_older: The journal does not know all runs that there were.
    """

    older_than_s: float
    let_go: LetGo
    is_older: bool


@dataclass(frozen=True, slots=True)
class Leftovers:
    """What the runs of one state directory keep.

    A run is let go only under its own lock, so that no process takes it up meanwhile; and its folders are given up
    before the journal says that it is over, so that no claim outlives it.
    """

    connection: sqlite3.Connection
    folder: Path
    path: Path
    wall: Callable[[], float]
    generations: Generations

    def forget(self, run_id: str, let_go: LetGo) -> bool:
        """Erase what a run keeps, which ends with that, and return whether there was anything to forget.

        Raises:
            LockedError: A process is at work with it.
        """
        with self._alone_with(run_id):
            past = self._runs()[run_id]
            if not past.kept and not past.left and not past.kept_rows:
                return False
            if past.kept or past.left:
                self._give_up(past, let_go)
                self._let_end(past)
            with explained(self.path):
                PrivateFolder(self.folder / "runs" / run_id).remove()
            self._keeping.let_go(past.number)
        return True

    def sweep(self, older_than_s: float, let_go: LetGo, highest: Highest) -> None:
        """Erase what is kept without need, if nobody who is stopped holds the journal; see `Journal.sweep`."""
        try:
            self._keeping.erase_overdue()
        except LockedError:
            return
        by_id, folders = self._runs(), self._kept_folders()
        is_older = False
        if any(_is_strange(folder, by_id.get(folder.name)) for folder in folders):
            known = highest(report for past in by_id.values() for report in past.folders)
            is_older = known > self.generations.current()
        terms = _Sweep(older_than_s, let_go, is_older)
        for folder in folders:
            try:
                self._sweep(folder, by_id.get(folder.name), terms)
            except LockedError as error:
                if error.code == JOURNAL_HELD:
                    return

    def _sweep(self, folder: Path, past: PastRun | None, terms: _Sweep) -> None:
        """Erase a private folder, if nobody needs it.

        Raises:
            LockedError: A process is at work with its run, or one that is stopped holds the journal.
        """
        if PrivateFolder(folder).is_discarded or (past is not None and past.awaits_a_yes and not past.at_work):
            self._drop(folder, terms.let_go)
            return
        if (past is not None and past.at_work) or not self._is_needless(folder, past, terms):
            return
        with self._alone_with(folder.name):
            past = self._runs().get(folder.name)  # somebody may have been at it meanwhile
            if self._is_needless(folder, past, terms):
                self._erase(folder, past, terms.let_go)

    def _drop(self, folder: Path, let_go: LetGo) -> None:
        """Let a run go that was found to be none, or that nobody has agreed to, with its folder."""
        with self._alone_with(folder.name):
            past = self._runs().get(folder.name)
            if past is not None:
                if not (past.awaits_a_yes or PrivateFolder(folder).is_discarded):
                    return  # somebody was at it meanwhile
                self._give_up(past, let_go)
                with explained(self.path), atomic(self.connection):
                    for statement in DROP_RUN:
                        self.connection.execute(statement, {"run": past.number})
            with suppress(OSError):
                PrivateFolder(folder).remove()

    @property
    def _keeping(self) -> Keeping:
        return Keeping(self.connection, self.path)

    def _runs(self) -> dict[str, PastRun]:
        with explained(self.path):
            return {past.run_id: past for past in past_runs(self.connection, self.folder)}

    def _is_needless(self, folder: Path, past: PastRun | None, terms: _Sweep) -> bool:
        """Return whether nobody needs what is in the private folder of a run, or of none."""
        now = self.wall()
        if past is None:
            return self._is_nobodys(folder, terms, now)
        if past.mode is not Mode.RUN and past.exit_code is None:  # nobody goes on with a check that has died
            return True
        too_old = self._is_too_old(past, terms.older_than_s, now)
        with explained(self.path):
            at_work = maybe_at_work(self.connection, rfc3339(now - _AT_WORK_S))
        if past.run_id in at_work:
            return False
        if past.ended and past.kept_rows:
            return too_old or PrivateFolder(folder).has_more_than_kept
        if _is_strange(folder, past) and (terms.is_older or self.generations.is_lost_since(past.number)):
            return too_old
        return too_old or past.ended or not past.kept

    def _is_nobodys(self, folder: Path, terms: _Sweep, now: float) -> bool:
        """Return whether nobody needs what is in a private folder of no run."""
        if _is_empty(folder):  # a process that is about to put something there has its lock
            return True
        made_at = _modified(folder)
        # A run that a later state of the journal knows needs it, should that be put back.
        is_lost = now - made_at > _BEGINNING_S and (terms.is_older or self.generations.is_lost_after(rfc3339(made_at)))
        return now - made_at > (max(terms.older_than_s, _BEGINNING_S) if is_lost else _BEGINNING_S)

    def _is_too_old(self, past: PastRun, older_than_s: float, now: float) -> bool:
        """Return whether a run was kept for too long, by this look and by an earlier one."""
        if now - seconds(past.started_at) <= older_than_s:
            if past.overdue_at is not None:
                self._set_overdue(past, None)
            return False
        if past.overdue_at is None:
            self._set_overdue(past, rfc3339(now))
        first = now if past.overdue_at is None else seconds(past.overdue_at)
        return are_apart(first, now, older_than_s)

    def _set_overdue(self, past: PastRun, when: str | None) -> None:
        with explained(self.path), atomic(self.connection):
            self.connection.execute("UPDATE runs SET overdue_at = ? WHERE number = ?", (when, past.number))

    def _erase(self, folder: Path, past: PastRun | None, let_go: LetGo) -> None:
        """Erase what is not needed in a private folder, and let the run end that it belongs to."""
        private = PrivateFolder(folder)
        if past is not None and past.ended and past.kept_rows and private.has_more_than_kept:
            with suppress(OSError):  # its process was killed when it had ended
                private.remove_all_but_kept()
            return
        if past is not None:
            self._give_up(past, let_go)
            if past.kept and (not past.ended or past.state is State.CUT_OFF):
                self._let_end(past)
        with suppress(OSError):
            private.remove()

    def _give_up(self, past: PastRun, let_go: LetGo) -> None:
        for folder in past.folders:
            let_go(folder, past.run_id)

    def _let_end(self, past: PastRun) -> None:
        """Let the rows of a run end that can not be resumed from now on."""
        run = {"run": past.number, "now": rfc3339(self.wall())}
        with explained(self.path), atomic(self.connection):
            for statement in (FORGET, SETTLE_REPEATS) if past.checked else DROP_ROWS:
                self.connection.execute(statement, run)
            statuses, _, attempts = counted(self.connection, past.number)
            self.connection.execute(
                "UPDATE runs SET forgotten_at = :now, statuses = :statuses, attempts = :attempts WHERE number = :run",
                {**run, "statuses": json.dumps(statuses), "attempts": attempts},
            )

    def _alone_with(self, run_id: str) -> AbstractContextManager[None]:
        """Return what keeps every other process from a run, as long as none is at it."""
        return run_lock(self.folder, Holder(os.getpid(), rfc3339(self.wall()), "", run_id), NO_PATIENCE)

    def _kept_folders(self) -> list[Path]:
        try:
            return list((self.folder / "runs").iterdir())
        except OSError:
            return []


def _is_strange(folder: Path, past: PastRun | None) -> bool:
    """Return whether the journal does not know of what is in a private folder: it may be an older state of itself."""
    return past is None or (not past.ended and not past.kept and PrivateFolder(folder).kept.path.exists())


def _is_empty(folder: Path) -> bool:
    """Return whether nothing is in a folder; of what is none, or cannot be read, that is not said."""
    with suppress(OSError):
        return not any(folder.iterdir())
    return False


def _modified(folder: Path) -> float:
    """Return when a folder was made, about; what is gone was made just now."""
    try:
        return folder.stat().st_mtime
    except OSError:
        return float("inf")
