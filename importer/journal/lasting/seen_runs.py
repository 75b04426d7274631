"""The ids of runs, seen by who only completes a command line: nothing is made, written, locked or waited for."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from importer.journal import FILE_NAME
from importer.journal.lasting.untouched import untouched
from importer.model.exit_codes import has_ended
from importer.model.modes import Mode
from importer.model.stop_reasons import StopReason
from importer.times import local

_PATIENCE_S: Final = 0.1
_QUERY: Final = (
    "SELECT run_id, mode, exit_code, stop_reason, started_at, source_path FROM runs"
    " WHERE substr(run_id, 1, length(:begins)) = :begins ORDER BY number DESC"
)


@dataclass(frozen=True, slots=True)
class SeenRun:
    """A run as it is offered.

    Attributes:
        told: When it began, and of what file.
        sends: It is no check and no dry run.
        ended: It came to its end: it may be retried, and cannot be resumed.
    """

    run_id: str
    told: str
    sends: bool
    ended: bool


def seen_runs(folder: Path, *, begins_with: str = "") -> Iterator[SeenRun]:
    """Yield the runs of a state directory whose id begins so, the newest first.

    Raises:
        sqlite3.Error: There is no journal, or it cannot be read without a change.
    """

    def rows(connection: sqlite3.Connection) -> list[tuple[Any, ...]]:
        return connection.execute(_QUERY, {"begins": begins_with}).fetchall()

    found = untouched(folder.absolute() / FILE_NAME, rows, patience_s=_PATIENCE_S)
    for run_id, mode, code, reason, started_at, source in found:
        name = "".join(each if each.isprintable() else "?" for each in Path(source).name)
        yield SeenRun(
            run_id,
            f"{local(started_at, to='minutes')}, {name}",
            sends=mode == Mode.RUN,
            ended=has_ended(Mode(mode), code, StopReason(reason) if reason else None),
        )
