"""Past runs, as the commands about them show them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Final

from importer.errors import NothingToDoError
from importer.journal.journal import Journal
from importer.lock import holder_of
from importer.model import CONFIRMED, Mode, PastRun, Status
from importer.settings import Settings


class State(StrEnum):
    """How far a run is."""

    RUNNING = "running"
    UNFINISHED = "unfinished"
    ENDED = "ended"
    FORGOTTEN = "forgotten"


RETRIED: Final = (Status.UNCONFIRMED, Status.FAILED, Status.NOT_SENT)
"""What another try may help."""


@contextmanager
def opened(settings: Settings) -> Iterator[Journal]:
    """Open the journal that the settings name; what is kept without need is erased on the way."""
    with Journal(settings.state_folder(), wall=time.time) as journal:
        journal.sweep(settings.keep_s)
        yield journal


def state_of(past: PastRun, folder: Path) -> State:
    """Return how far a run is; `folder` is the state directory."""
    if past.ended:
        return State.ENDED
    if past.exit_code is None and past.kept:
        holder = holder_of(folder, past.target.base_url)
        if holder is not None and holder.run_id == past.run_id:
            return State.RUNNING
    return State.UNFINISHED if past.kept else State.FORGOTTEN


def unfinished(journal: Journal, run_id: str | None, folder: Path) -> PastRun:
    """Return the run that is to be resumed: the named one, or the newest unfinished one.

    Raises:
        SettingsError: There is no such run.
        NothingToDoError: It has ended, or there is none.
    """
    if run_id is None:
        for past in journal.unfinished():
            if state_of(past, folder) is State.UNFINISHED:
                return past
        raise NothingToDoError(
            "There is no unfinished run: nothing to resume.",
            code="nothing_to_resume",
            hint="`importer history` lists the runs.",
        )
    past = journal.find(run_id)
    if past.ended:
        raise NothingToDoError(
            f"Run {past.run_id} has ended: there is nothing to resume.", code="nothing_to_resume", hint=advice(past)
        )
    return past


def advice(past: PastRun) -> str:
    """Return what a person may do about a run that has ended; "" for nothing."""
    if past.mode is Mode.RUN and any(past.statuses[status] for status in RETRIED):
        return f"`importer retry {past.run_id}` sends what another try may help."
    return ""


def confirmed(past: PastRun) -> int:
    """Return how many rows are confirmed."""
    return sum(count for status, count in past.statuses.items() if status in CONFIRMED)


def local_time(text: str) -> str:
    """Return an RFC 3339 time as a person here writes it, to the minute."""
    return datetime.fromisoformat(text).astimezone().strftime("%Y-%m-%d %H:%M")


def as_object(past: PastRun, state: State) -> dict[str, object]:
    """Return a run as JSON shows it: the keys of the summary, and what only the journal knows."""
    return {
        "run_id": past.run_id,
        "state": state,
        "version": past.version,
        "mode": past.mode,
        "exit_code": past.exit_code,
        "stop_reason": past.stop_reason,
        "started_at": past.started_at,
        "finished_at": past.finished_at,
        "seconds": past.seconds,
        "source": {
            "path": past.source.path,
            "sheet": past.source.sheet,
            "sha256": past.source.sha256,
            "rows": past.source.rows,
            "skipped": past.source.skipped,
        },
        "target": {
            "base_url": past.target.base_url,
            "group_id": past.target.group_id,
            "linked_account_id": past.target.linked_account_id,
        },
        "statuses": {status: past.statuses[status] for status in Status},
        "left": past.left,
        "attempts": past.attempts,
        "output": str(past.output),
        "retry_of": past.retry_of,
    }
