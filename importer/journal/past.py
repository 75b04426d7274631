"""Runs as the journal remembers them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from importer.journal.origins import origin_runs
from importer.lock import holder_of
from importer.model.modes import Mode
from importer.model.run import PastRun, Resting, Target
from importer.model.source import Detected, Skip, SourceInfo
from importer.model.statuses import Status
from importer.model.stop_reasons import StopReason
from importer.times import seconds

_COLUMNS: Final = (
    "number, run_id, mode, version, started_at, checked_at, finished_at, exit_code, stop_reason, source_path,"
    " source_sheet, source_sha256, source_rows, source_skipped, source_found, base_url, group_id, linked_account_id,"
    " output, settings, asked, (SELECT other.run_id FROM runs AS other WHERE other.number = runs.retry_of) AS retried,"
    " seconds, statuses, attempts, forgotten_at, taken_up_at, overdue_at, folders,"
    " started_by, fix_of, agreed, idle, pruned_at, would_be_sent, resting, rests_since,"
    " (SELECT count(*) FROM kept WHERE kept.run = runs.number) AS kept_rows"
)

_LEFT_OPEN: Final = (
    "SELECT EXISTS (SELECT 1 FROM rows WHERE run = :run AND customer IS NOT NULL AND repeats IS NULL"
    " AND (status IS NULL OR status IN ('unconfirmed', 'failed', 'not_sent'))"
    " AND code NOT IN ('superseded', 'hidden_row', 'over_limit')"
    " AND (group_number, customer) NOT IN (SELECT later.group_number, later.customer FROM rows AS later"
    " JOIN runs AS other ON other.number = later.run JOIN runs AS mine ON mine.number = :run"
    " WHERE later.run > :run AND later.customer IS NOT NULL AND later.group_number IS NOT NULL"
    " AND (later.status IN ('updated', 'duplicate') OR (later.status = 'unchanged' AND other.checked_at IS NOT NULL))"
    " AND other.mode = 'run' AND other.base_url = mine.base_url))"
)
"""Whether a run has rows that another try may help, and whose customers no later run has confirmed anything of."""


def past_runs(
    connection: sqlite3.Connection,
    folder: Path,
    *,
    begins_with: str = "",
    besides: str = "",
    numbers: Collection[int] | None = None,
) -> Sequence[PastRun]:
    """Return runs, the newest first.

    Args:
        connection: To the journal.
        folder: The state directory.
        begins_with: Of their ids.
        besides: The id of one that is left out.
        numbers: Their own; None for any.

    Raises:
        sqlite3.Error: The journal cannot be read.
    """
    cursor = connection.execute(
        f"SELECT {_COLUMNS} FROM runs WHERE substr(run_id, 1, length(:id)) = :id AND run_id <> :besides"
        " AND (:numbers IS NULL OR number IN (SELECT value FROM json_each(:numbers))) ORDER BY number DESC",
        {
            "id": begins_with,
            "besides": besides,
            "numbers": None if numbers is None else json.dumps(list(numbers)),
        },
    )
    names = [column[0] for column in cursor.description]
    return [_past_run(connection, dict(zip(names, row, strict=True)), folder) for row in cursor.fetchall()]


def maybe_at_work(connection: sqlite3.Connection, since: str) -> frozenset[str]:
    """Return the ids of the runs that have not ended and were begun, or taken up again, at `since` or later."""
    run_ids = connection.execute(
        "SELECT run_id FROM runs WHERE exit_code IS NULL AND forgotten_at IS NULL"
        " AND max(started_at, coalesce(taken_up_at, '')) >= ?",
        (since,),
    )
    return frozenset(run_id for (run_id,) in run_ids)


def is_news(connection: sqlite3.Connection, past: PastRun) -> bool:
    """Return whether an unfinished run is worth a word where its source is run again.

    It is not where that was said since it was last at work, nor where later runs have confirmed something for every
    customer that it has left open.

    Raises:
        sqlite3.Error: The journal cannot be read.
    """
    (told,) = connection.execute(
        "SELECT coalesce(told_at >= coalesce(taken_up_at, started_at), 0) FROM runs WHERE number = ?", (past.number,)
    ).fetchone()
    if told:
        return False
    if not past.checked:
        return True
    (left_open,) = connection.execute(_LEFT_OPEN, {"run": past.number}).fetchone()
    return bool(left_open)


def _past_run(connection: sqlite3.Connection, columns: dict[str, Any], folder: Path) -> PastRun:
    if columns["statuses"] is None:
        statuses, left, attempts = counted(connection, columns["number"])
        if columns["checked_at"] is None:  # what rests already may turn out to be one of two that contradict each other
            left += statuses.pop(Status.UNCHANGED, 0)
    else:
        statuses, left, attempts = json.loads(columns["statuses"]), 0, columns["attempts"]
    forgotten = columns["forgotten_at"] is not None
    asked = json.loads(columns["asked"])
    return PastRun(
        number=columns["number"],
        run_id=columns["run_id"],
        mode=Mode(columns["mode"]),
        version=columns["version"],
        started_at=columns["started_at"],
        finished_at=columns["finished_at"],
        exit_code=columns["exit_code"],
        stop_reason=StopReason(columns["stop_reason"]) if columns["stop_reason"] else None,
        checked=columns["checked_at"] is not None,
        kept=not forgotten and _can_go_on(folder / "runs" / columns["run_id"], asked),
        at_work=columns["exit_code"] is None and not forgotten and holder_of(folder, columns["run_id"]) is not None,
        seconds=columns["seconds"] + _of_a_dead_process(connection, columns),
        source=SourceInfo(
            columns["source_path"],
            columns["source_sheet"],
            columns["source_sha256"],
            columns["source_rows"] or 0,
            *_found(columns["source_found"], columns["source_skipped"] or 0),
        ),
        target=Target(columns["base_url"], columns["group_id"], columns["linked_account_id"]),
        output=Path(columns["output"]),
        folders=tuple(map(Path, [columns["output"]] if columns["folders"] is None else json.loads(columns["folders"]))),
        settings=json.loads(columns["settings"]),
        asked=asked,
        retry_of=columns["retried"],
        statuses={status: statuses.get(status, 0) for status in Status},
        left=left,
        attempts=attempts,
        overdue_at=columns["overdue_at"],
        started_by=columns["started_by"],
        agreed=bool(columns["agreed"]),
        fix_of=origin_runs(connection, columns["number"])
        if columns["fix_of"] is None
        else json.loads(columns["fix_of"]),
        would_be_sent=columns["would_be_sent"] if columns["checked_at"] else None,
        kept_rows=columns["kept_rows"],
        pruned_at=columns["pruned_at"],
        resting=None
        if columns["resting"] is None or not columns["checked_at"]
        else Resting(columns["resting"], columns["rests_since"] or ""),
    )


def _can_go_on(folder: Path, asked: Mapping[str, object]) -> bool:
    """Return whether a run's private folder has what it takes to go on with it."""
    return (folder / ("values.sqlite" if asked.get("from_kept") else "source")).exists()


def _of_a_dead_process(connection: sqlite3.Connection, columns: dict[str, Any]) -> float:
    """Return how long a process worked, in seconds, that did not come to the end: until its last request, at least.

    For how long it waited for a person, or for another run, is no part of that.
    """
    if columns["exit_code"] is not None:
        return 0.0
    (last,) = connection.execute("SELECT max(sent_at) FROM rows WHERE run = ?", (columns["number"],)).fetchone()
    begun_at = seconds(columns["taken_up_at"] or columns["started_at"])
    worked_s: float = (last or 0.0) - begun_at - columns["idle"]
    return max(0.0, round(worked_s, 3))


def counted(connection: sqlite3.Connection, number: int) -> tuple[dict[str, int], int, int]:
    """Return how many rows of a run have each status that there is, how many have none, and the attempts of all."""
    counts = connection.execute(
        "SELECT status, count(*), sum(attempts) FROM rows WHERE run = ? GROUP BY status", (number,)
    ).fetchall()
    statuses = {status: count for status, count, _ in counts if status is not None}
    left = sum(count for status, count, _ in counts if status is None)
    return statuses, left, sum(attempts for _, _, attempts in counts)


def found_as_json(source: SourceInfo) -> str:
    """Return what was found out about a source as the journal holds it."""
    detected = asdict(source.detected) if source.detected else None
    return json.dumps({"skips": dict(source.skips), "detected": detected})


def _found(saved: str, skipped: int) -> tuple[dict[Skip, int], Detected | None]:
    """Return what `found_as_json` has saved; an older version has counted blank records only."""
    document = json.loads(saved)
    skips = {Skip(name): count for name, count in document.get("skips", {Skip.BLANK: skipped}).items()}
    detected = document.get("detected")
    return skips, Detected(**{**detected, "notes": tuple(detected["notes"])}) if detected else None
