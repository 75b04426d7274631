"""Past runs, as the commands about them show them."""

from __future__ import annotations

from importer.model.modes import Mode
from importer.model.run import PastRun
from importer.model.statuses import CONFIRMED, Status
from importer.reports.summary.summary_json import resting_object, source_object
from importer.times import local


def kind(past: PastRun) -> str:
    """Return what a run is for, as words: a retry names the run that it tries again, and a fix those that it mends."""
    if past.mode is Mode.RUN and past.retry_of:
        return f"retry of {past.retry_of}"
    if past.mode is Mode.RUN and past.fix_of:
        return f"fix of {', '.join(past.fix_of)}"
    return past.mode.replace("_", " ")


def confirmed(past: PastRun) -> int:
    """Return how many rows are confirmed."""
    return sum(count for status, count in past.statuses.items() if status in CONFIRMED)


def local_time(text: str) -> str:
    """Return an RFC 3339 time as a person here writes it, to the minute, with its zone."""
    return local(text, to="minutes")


def as_object(past: PastRun) -> dict[str, object]:
    """Return a run as JSON shows it: the keys of the summary, and what only the journal knows."""
    return {
        "run_id": past.run_id,
        "state": past.state,
        "version": past.version,
        "mode": past.mode,
        "exit_code": past.exit_code,
        "stop_reason": past.stop_reason,
        "started_at": past.started_at,
        "finished_at": past.finished_at,
        "seconds": past.seconds,
        "source": source_object(past.source),
        "target": {
            "base_url": past.target.base_url,
            "group_id": past.target.group_id,
            "linked_account_id": past.target.linked_account_id,
        },
        "statuses": {status: past.statuses[status] for status in Status},
        "left": past.left,
        "would_be_sent": past.would_be_sent,
        "skip_unchanged": resting_object(past.resting),
        "attempts": past.attempts,
        "output": str(past.output) if past.folders else None,
        "retry_of": past.retry_of,
        "fix_of": list(past.fix_of),
        "pruned_at": past.pruned_at,
    }
