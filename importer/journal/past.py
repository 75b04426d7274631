"""Runs as the journal remembers them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from importer.journal.origins import origin_runs
from importer.lock import holder_of
from importer.model.modes import Mode
from importer.model.run import PastRun, Target
from importer.model.source import Detected, Skip, SourceInfo
from importer.model.statuses import Status
from importer.model.stop_reasons import StopReason
from importer.times import seconds

_COLUMNS: Final = (
    "number, run_id, mode, version, started_at, checked_at, finished_at, exit_code, stop_reason, source_path,"
    " source_sheet, source_sha256, source_rows, source_skipped, source_found, base_url, group_id, linked_account_id,"
    " output, settings, asked, (SELECT other.run_id FROM runs AS other WHERE other.number = runs.retry_of) AS retried,"
    " seconds, statuses, attempts, forgotten_at, taken_up_at, overdue_at, folders,"
    " started_by, fix_of"
)


def past_runs(connection: sqlite3.Connection, folder: Path, *, begins_with: str = "") -> Sequence[PastRun]:
    """Return the runs whose id begins so, the newest first; `folder` is the state directory.

    Raises:
        sqlite3.Error: The journal cannot be read.
    """
    found = connection.execute(
        f"SELECT {_COLUMNS} FROM runs WHERE substr(run_id, 1, length(?)) = ? ORDER BY number DESC",
        (begins_with, begins_with),
    )
    names = [column[0] for column in found.description]
    return [_past_run(connection, dict(zip(names, row, strict=True)), folder) for row in found.fetchall()]


def maybe_at_work(connection: sqlite3.Connection, since: str) -> frozenset[str]:
    """Return the ids of the runs that have not ended and were begun, or taken up again, at `since` or later."""
    found = connection.execute(
        "SELECT run_id FROM runs WHERE exit_code IS NULL AND forgotten_at IS NULL"
        " AND max(started_at, coalesce(taken_up_at, '')) >= ?",
        (since,),
    )
    return frozenset(run_id for (run_id,) in found)


def _past_run(connection: sqlite3.Connection, known: dict[str, Any], folder: Path) -> PastRun:
    if known["statuses"] is None:
        statuses, left, attempts = counted(connection, known["number"])
    else:
        statuses, left, attempts = json.loads(known["statuses"]), 0, known["attempts"]
    forgotten = known["forgotten_at"] is not None
    return PastRun(
        number=known["number"],
        run_id=known["run_id"],
        mode=Mode(known["mode"]),
        version=known["version"],
        started_at=known["started_at"],
        finished_at=known["finished_at"],
        exit_code=known["exit_code"],
        stop_reason=StopReason(known["stop_reason"]) if known["stop_reason"] else None,
        checked=known["checked_at"] is not None,
        kept=not forgotten and (folder / "runs" / known["run_id"] / "source").exists(),
        at_work=known["exit_code"] is None and not forgotten and holder_of(folder, known["run_id"]) is not None,
        seconds=known["seconds"] + _of_a_dead_process(connection, known),
        source=SourceInfo(
            known["source_path"],
            known["source_sheet"],
            known["source_sha256"],
            known["source_rows"] or 0,
            *_found(known["source_found"], known["source_skipped"] or 0),
        ),
        target=Target(known["base_url"], known["group_id"], known["linked_account_id"]),
        output=Path(known["output"]),
        folders=tuple(map(Path, json.loads(known["folders"] or "null") or [known["output"]])),
        settings=json.loads(known["settings"]),
        asked=json.loads(known["asked"]),
        retry_of=known["retried"],
        statuses={status: statuses.get(status, 0) for status in Status},
        left=left,
        attempts=attempts,
        overdue_at=known["overdue_at"],
        started_by=known["started_by"],
        fix_of=origin_runs(connection, known["number"]) if known["fix_of"] is None else json.loads(known["fix_of"]),
    )


def _of_a_dead_process(connection: sqlite3.Connection, known: dict[str, Any]) -> float:
    """Return how long a process worked, in seconds, that did not come to the end: until its last request, at least."""
    if known["exit_code"] is not None:
        return 0.0
    (last,) = connection.execute("SELECT max(sent_at) FROM rows WHERE run = ?", (known["number"],)).fetchone()
    return max(0.0, round((last or 0.0) - seconds(known["taken_up_at"] or known["started_at"]), 3))


def counted(connection: sqlite3.Connection, number: int) -> tuple[dict[str, int], int, int]:
    """Return how many rows of a run have each status that there is, how many have none, and the attempts of all."""
    found = connection.execute(
        "SELECT status, count(*), sum(attempts) FROM rows WHERE run = ? GROUP BY status", (number,)
    ).fetchall()
    statuses = {status: count for status, count, _ in found if status is not None}
    left = sum(count for status, count, _ in found if status is None)
    return statuses, left, sum(attempts for _, _, attempts in found)


def found_as_json(source: SourceInfo) -> str:
    """Return what was found out about a source as the journal holds it."""
    detected = asdict(source.detected) if source.detected else None
    return json.dumps({"skips": dict(source.skips), "detected": detected})


def _found(saved: str, skipped: int) -> tuple[dict[Skip, int], Detected | None]:
    """Return what `found_as_json` has saved; an older version has counted blank records only."""
    found = json.loads(saved)
    skips = {Skip(name): count for name, count in found.get("skips", {Skip.BLANK: skipped}).items()}
    detected = found.get("detected")
    return skips, Detected(**{**detected, "notes": tuple(detected["notes"])}) if detected else None
