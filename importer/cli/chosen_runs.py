"""Past runs that a command is about: found in the journal, and held to what the command needs of them."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import click

from importer.cli.meant_runs import run_meant
from importer.cli.screen.console import tell
from importer.cli.screen.past_runs import kind
from importer.errors import NothingToDoError, SettingsError, SourceError
from importer.journal.journal import Journal
from importer.lock import NO_PATIENCE, Holder, holder_of, run_at_work, run_lock
from importer.model.modes import Mode
from importer.model.run import PastRun
from importer.model.stop_reasons import StopReason
from importer.reports.saying.figures import duration
from importer.reports.saying.next_steps import CORRECTED, to_correct
from importer.settings import Settings
from importer.story.housekeeping import sweep
from importer.times import rfc3339

_MIGRATION_S_EACH: Final = 20e-6
"""So long one row takes at most, on a machine that has other things to do, too; else it is a quarter to a half."""
_WORTH_TELLING_S: Final = 1.0


@contextmanager
def opened(settings: Settings) -> Iterator[Journal]:
    """Open the journal that the settings name; what is kept without need is erased on the way."""
    with Journal(settings.state_folder(), wall=time.time, migrating=_tell_migration) as journal:
        sweep(journal, settings)
        yield journal


def migration_note(path: Path, rows: int) -> str:
    """Return what to say before a journal of an older version is brought up to date.

    Args:
        path: The journal's.
        rows: So many has it had at most.
    """
    most_s = rows * _MIGRATION_S_EACH
    how_long = f", which may take {duration(most_s)}" if most_s >= _WORTH_TELLING_S else ""
    return f"Note: The journal {path} is from an older version. It is brought up to date once, now{how_long}."


def _tell_migration(path: Path, rows: int) -> None:
    if not click.get_current_context().params.get("quiet"):
        tell(migration_note(path, rows))


@contextmanager
def locked(past: PastRun, settings: Settings) -> Iterator[None]:
    """Keep every process from a run.

    Raises:
        LockedError: One is at it.
    """
    holder = Holder(os.getpid(), rfc3339(time.time()), past.source.path, past.run_id)
    with run_lock(settings.state_folder(), holder, NO_PATIENCE):
        yield


def unfinished(journal: Journal, run_id: str | None) -> PastRun:
    """Return the run that is to be resumed: the named one, or the newest unfinished one that was agreed to.

    Where every unfinished run is at work, that is the newest of them: its lock says by whom, or lets this one wait.

    Raises:
        SettingsError: There is no such run.
        NothingToDoError: It has ended, or there is none.
    """
    if run_id is None:
        resumable = sorted(journal.unfinished(), key=lambda past: past.at_work)
        agreed = [past for past in resumable if past.agreed or past.at_work]
        if agreed:
            return agreed[0]
        hint = "`importer history` lists the runs."
        if resumable:
            other = resumable[0].run_id
            hint = f"Run {other} was stopped before anybody had agreed to send it: importer resume {other}"
        raise NothingToDoError(
            f"There is no unfinished run{' that was begun' if resumable else ''}: nothing to resume.",
            code="nothing_to_resume",
            hint=hint,
        )
    past = run_meant(journal, run_id, "resume")
    if past.mode is not Mode.RUN:
        raise NothingToDoError(
            f"Run {past.run_id} is only a {kind(past)}: there is nothing to resume.", code="nothing_to_resume"
        )
    if past.ended:
        raise NothingToDoError(
            f"Run {past.run_id} has ended: there is nothing to resume.",
            code="nothing_to_resume",
            hint=advice(past, journal),
        )
    return past


def retryable(journal: Journal, run_id: str, settings: Settings, *, has_source: bool) -> tuple[PastRun, bool]:
    """Return the named run, whose rows can be sent again, and whether from the values that it kept.

    Args:
        journal: Knows it.
        run_id: Its id, or the beginning of it.
        settings: Say where the journal lives.
        has_source: It is said where its source is now.

    Raises:
        SettingsError: There is no such run, or it is none that can be retried.
        SourceError: Neither its source nor what it kept is there.
        LockedError: It is at work.
        NothingToDoError: Another try helps none of its rows.
    """
    past = run_meant(journal, run_id, "retry")
    if past.mode is not Mode.RUN:
        raise SettingsError(
            f"Run {past.run_id} was only a {kind(past)}: it sent nothing.",
            code="not_retried",
            hint="Send the sheet with `importer run`.",
        )
    if past.at_work:
        raise run_at_work(past.run_id, holder_of(settings.state_folder(), past.run_id))
    if not past.ended and past.kept:
        raise SettingsError(
            f"Run {past.run_id} is unfinished.",
            code="not_ended",
            hint=f"Go on with it: importer resume {past.run_id}",
        )
    if not past.checked:
        raise SettingsError(
            f"Run {past.run_id} was cut off before its source was checked to the end: nothing of it was sent.",
            code="not_checked",
            hint="Begin anew, with `importer run`.",
        )
    if next(journal.rows_to_retry(past), None) is None:
        raise NothingToDoError(
            f"Run {past.run_id} has no row to try again that is not confirmed by now.", code="nothing_to_retry"
        )
    source = journal.source_of(past)
    from_kept = not has_source and not source.is_at_hand()
    if from_kept and not past.kept_rows:
        raise SourceError(
            f"Run {past.run_id} cannot be retried: {source.why_gone()}, and the values of its rows are not kept any"
            " more.",
            code=source.code_of_gone,
            hint=f"They are kept for {settings.keep_days:g} days, until they are confirmed or `importer forget` erases"
            " them. Name the file that it has read, unchanged, with --source.",
        )
    return past, from_kept


def advice(past: PastRun, journal: Journal) -> str:
    """Return what a person may do about a run that is not gone on with; "" for nothing."""
    if past.mode is not Mode.RUN:
        return ""
    if not past.checked:
        return "Its source was not checked to the end, and nothing was sent: begin anew, with `importer run`."
    wrong = to_correct(past.mode, past.statuses, past.stop_reason)
    if wrong is StopReason.TARGET_REFUSED:  # a retry has the same target
        return f"{CORRECTED[wrong]}, with `importer run`."
    if next(journal.rows_to_retry(past, superseded=False), None):
        return f"`importer retry {past.run_id}` sends what another try may help."
    return ""
