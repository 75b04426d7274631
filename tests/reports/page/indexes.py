"""Runs of an index that never were."""

from __future__ import annotations

from pathlib import Path

from importer.model.modes import Mode
from importer.model.statuses import Status
from importer.reports.page.index_page import IndexedRun

_VERDICTS = (
    "All 1,204 rows are confirmed.",
    "1,180 of 1,204 rows are confirmed. 19 need fixing, 5 need another try.",
    "1,090 of 1,204 rows are confirmed. 4 need fixing, 110 need another try.",
)


def indexed(number: int, *, unfinished: bool = False) -> IndexedRun:
    """Return the run of that number, counted from the oldest on."""
    short = number % 3
    mode = Mode.CHECK if number % 7 == 6 else Mode.RUN
    statuses = dict.fromkeys(Status, 0) | {
        Status.UPDATED if mode is Mode.RUN else Status.VALID: (1204, 1180, 1090)[short],
        Status.INVALID: (0, 15, 4)[short],
        Status.REJECTED: (0, 4, 0)[short],
        Status.NOT_SENT: (0, 5, 110)[short],
    }
    return IndexedRun(
        run_id=f"run{number:05}",
        mode=mode,
        state="unfinished" if unfinished else "ended",
        unfinished=unfinished,
        verdict=_VERDICTS[short],
        started_at=f"2025-{1 + number // 28 % 12:02}-{1 + number % 28:02}T04:00:{number % 60:02}.000000Z",
        seconds=60 + number * 37 % 90,
        statuses=statuses,
        source="customer_changes.xlsx",
        report=Path(f"customer_changes-20250721T040000Z-run{number:05}/report.html") if number % 5 else None,
        next_command=f"importer resume run{number:05}" if unfinished else "",
        retry_of=f"run{number - 1:05}" if number % 4 == 1 else None,
    )
