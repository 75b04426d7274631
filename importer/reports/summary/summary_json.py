"""The summary of a run, as others build on it: `summary.json` and `--json`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Final

from importer.disk import Access
from importer.errors import ReportError
from importer.model.run import Changes, Resting, Summary
from importer.model.source import SourceInfo
from importer.model.statuses import Status
from importer.reports.files import write_text
from importer.reports.saying.words import in_common

SCHEMA_VERSION: Final = 2
"""Counts up when a key goes, or means something else; keys may be added without that. See `summary.schema.json`."""


def as_json(summary: Summary, *, one_line: bool = False) -> str:
    """Return the summary as one JSON object; its keys are an interface.

    A byte of a path that is no UTF-8 becomes a JSON escape, from which Python's own reader gets the path back. On
    `one_line`, so does every letter beyond ASCII: for a stream whose encoding nobody knows.
    """
    text = json.dumps(
        {
            "schema_version": SCHEMA_VERSION,
            "run_id": summary.run_id,
            "version": summary.version,
            "mode": summary.mode,
            "exit_code": summary.exit_code,
            "stop_reason": summary.stop_reason,
            "started_at": summary.started_at,
            "finished_at": summary.finished_at,
            "seconds": summary.seconds,
            "started_by": summary.started_by,
            "retry_of": summary.retry_of,
            "fix_of": list(summary.fix_of),
            "redacted": summary.redacted,
            "source": source_object(summary.source, (*summary.left_out, *summary.asides)),
            "target": {
                "base_url": summary.target.base_url,
                "group_id": summary.target.group_id,
                "linked_account_id": summary.target.linked_account_id,
            },
            "statuses": {status: summary.statuses.get(status, 0) for status in Status},
            "balanced": summary.balanced,
            "would_be_sent": summary.would_be_sent,
            "skip_unchanged": resting_object(summary.resting),
            "attempts": summary.attempts,
            "causes": [asdict(replace(cause, message=in_common(cause))) for cause in summary.causes],
            "changes": _changes_object(summary.changes),
            "reports": dict(summary.reports),
        },
        ensure_ascii=one_line,
        indent=None if one_line else 2,
    )
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def resting_object(resting: Resting | None) -> dict[str, object] | None:
    """Return as JSON which rows rest on confirmations; null where nobody has asked for that, or it cannot be known."""
    return None if resting is None else {"rows": resting.rows, "oldest_confirmation": resting.since or None}


def _changes_object(changes: Changes | None) -> dict[str, object] | None:
    if changes is None:
        return None
    return {"compared": changes.compared, "same": changes.same, **{f.value: n for f, n in changes.fields.items()}}


def source_object(source: SourceInfo, left_out: Sequence[str] = ()) -> dict[str, object]:
    """Return a source as JSON shows it: where it is, how much is in it, and what was found out about it.

    Args:
        source: What was read.
        left_out: What of it did not come along into the annotated sheet, in sentences.
    """
    detected = source.detected
    document: dict[str, object] = {
        "path": source.path,
        "sheet": source.sheet,
        "sha256": source.sha256,
        "rows": source.rows,
        "skipped": source.skipped,
        "skips": {skip.value: count for skip, count in source.skips.items() if count},
    }
    if detected is not None:
        document |= {
            "format": detected.format,
            "container": detected.container,
            "encoding": detected.encoding,
            "delimiter": detected.delimiter,
            "quote": detected.quote,
            "escape": detected.escape,
            "header_row": detected.header_row,
            "mapping": dict(detected.columns),
            "notes": [*detected.notes, *left_out],
        }
    return document


def check_balance(summary: Summary) -> None:
    """Raise `ReportError` where the statuses do not sum to the rows: such a report would not be true."""
    if not summary.balanced:
        raise ReportError(
            f"{sum(summary.statuses.values())} rows have an outcome, but the source has {summary.source.rows}."
            " This is a defect of the importer.",
            code="report_untrue",
            hint="What is known is in the journal. Keep the file and the journal, and report this.",
        )


def write_summary(summary: Summary, path: Path, access: Access = "owner") -> None:
    """Write `summary.json`, whole or not at all; raise `ReportError` where that fails."""
    write_text(path, as_json(summary) + "\n", access)
