"""What earlier runs have left: a lock that somebody holds, what is unfinished, and how the newest one ended."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from importer.errors import LockedError
from importer.lock import Holder
from importer.model.modes import Mode
from importer.model.run import PastRun
from importer.ops.doctor.finding import Finding, fine, warning, wrong
from importer.reports.saying.figures import counted, duration
from importer.times import local, seconds

_LONG_S: Final = 12 * 3600.0
"""A run that has been at work for longer may still be so tonight."""
_MOST_NAMED: Final = 3
_SEEN_AFTER: Final = "not looked at: the journal comes first"


def about_lock(base_url: str, holder: Holder | None, held: LockedError | None, *, now: float) -> Finding:
    """Return what is to be said of the lock of the place that runs send to.

    Args:
        base_url: The place.
        holder: Who is sending there; None for nobody.
        held: What is to be said of a process that is stopped and holds the journal; None for none.
        now: In seconds since the epoch.
    """
    pid, run = (holder.pid, holder.run_id) if holder else (None, None)
    values = {"pid": pid, "run_id": run, "started_at": holder.started_at if holder else None}
    if holder is not None and holder.way_on:
        return wrong("lock", f"held by {holder}", holder.way_on, **values)
    if held is not None:
        return wrong("lock", held.message.removesuffix("."), held.hint, **values)
    if holder is None:
        return fine("lock", f"free: nobody is sending to {base_url}", **values)
    worked_s = now - seconds(holder.started_at)
    if worked_s > _LONG_S:
        return warning(
            "lock",
            f"held by {holder}, for {duration(worked_s)}",
            "See whether it still gets on: a run that begins meanwhile ends with exit code 75.",
            **values,
        )
    return fine("lock", f"a run is at work: {holder}", **values)


def about_unfinished(runs: Sequence[PastRun] | None) -> Finding:
    """Return what is to be said of unfinished runs; None where the journal could not be read."""
    if runs is None:
        return warning("unfinished", _SEEN_AFTER, runs=None)
    unfinished = [past for past in runs if not past.ended and past.kept and not past.at_work and past.mode is Mode.RUN]
    ids = [past.run_id for past in unfinished]
    if not unfinished:
        return fine("unfinished", "no run", runs=[])
    newest = unfinished[0]
    named = "; ".join(_told(past) for past in unfinished[:_MOST_NAMED])
    further = f"; and {len(unfinished) - _MOST_NAMED:,} more" if len(unfinished) > _MOST_NAMED else ""
    to_do = f"Go on with it: importer resume {newest.run_id}\nOr let it be: importer forget {newest.run_id}"
    return warning("unfinished", f"{counted(len(unfinished), 'run')}: {named}{further}", to_do, runs=ids)


def _told(past: PastRun) -> str:
    """Return which run it is, in a few words."""
    left = f", {counted(past.left, 'row')} left" if past.checked and past.left else ""
    return f"{past.run_id} of {local(past.started_at, to='minutes')}, {Path(past.source.path).name}{left}"


def about_last_run(runs: Sequence[PastRun] | None, profile: str | None) -> Finding:
    """Return what is to be said of the newest run that has sent something somewhere.

    Args:
        runs: All of them, the newest first; None where the journal could not be read.
        profile: Only those of this one count; None for all.
    """
    if runs is None:
        return warning("last run", _SEEN_AFTER, run_id=None, started_at=None, exit_code=None)
    sending = (past for past in runs if past.mode is Mode.RUN and not past.asked.get("sandbox"))
    last = next((past for past in sending if profile is None or past.settings.get("profile") == profile), None)
    if last is None:
        whose = f" with profile {profile}" if profile else ""
        return fine("last run", f"none{whose} is in this journal", run_id=None, started_at=None, exit_code=None)
    state = "at work" if last.at_work else "cut off" if last.exit_code is None else f"exit code {last.exit_code}"
    return fine(
        "last run",
        f"{last.run_id} of {local(last.started_at, to='minutes')}, {Path(last.source.path).name}:"
        f" {counted(last.source.rows, 'row')}, {state}",
        run_id=last.run_id,
        started_at=last.started_at,
        exit_code=last.exit_code,
    )
