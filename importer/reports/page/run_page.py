"""`report.html`: a run as its reviewers see it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC
from pathlib import Path
from typing import Final

from importer.disk import Access
from importer.model.rows import Cause
from importer.model.run import Changes, Summary
from importer.model.source import FIELDS
from importer.model.statuses import CALM, Status
from importer.reports.page.document import Document
from importer.reports.page.island import island
from importer.reports.page.page_rows import PageRows
from importer.reports.saying.figures import clock, duration, latency
from importer.reports.saying.review import Review, Timing
from importer.reports.saying.words import (
    columns_read,
    facts_of_run,
    facts_of_source,
    meaning,
    notes,
    read_as,
    told_cause,
    told_changes,
    told_latency,
)

REPORT_NAME: Final = "report.html"
MAX_CAUSES: Final = 100
"""How many causes, and how many warnings, are shown at most: nobody reads more, and a browser has to lay them out."""
_FOLDED: Final = frozenset({"SHA-256"})
_STYLES: Final = ("vendor/tabulator.min.css", "assets/page.css")
_SCRIPTS: Final = ("vendor/chart.umd.min.js", "vendor/tabulator.min.js", "assets/page.js")


def write_page(review: Review, rows: PageRows, path: Path, access: Access = "owner") -> None:
    """Write the page of a run, whole or not at all.

    Args:
        review: The run as a whole.
        rows: Has taken in the run's rows.
        path: Where to; what was there is replaced.
        access: Who may read it.

    Raises:
        ReportError: It cannot be written.
    """
    Document(
        template="assets/report.html.j2",
        styles=_STYLES,
        scripts=_SCRIPTS,
        values=_values(review, rows),
        islands={"review": [island(_data(review))], "rows": rows.pieces()},
    ).write(path, access)


def _values(review: Review, rows: PageRows) -> Mapping[str, object]:
    summary, timing = review.summary, review.timing
    annotated = Path(summary.reports.get("annotated", "annotated.xlsx")).name
    changes = summary.changes
    return {
        "verdict": review.verdict,
        "steps": review.steps,
        "run_id": summary.run_id,
        "source": Path(summary.source.path).name or summary.source.path,
        "facts": list(_facts(summary)),
        "notes": notes(summary),
        "rows": summary.source.rows,
        "statuses": _statuses(summary),
        "balanced": summary.balanced,
        "timing": timing,
        "spans": _spans(timing) if timing else (),
        "bars": _bars(timing) if timing else (),
        "cut_out": duration(sum(cut.end_s - cut.start_s for cut in timing.cuts)) if timing and timing.cuts else "",
        "span_length": duration(timing.span_s) if timing else "",
        "latency_told": told_latency(timing) if timing else "",
        "changes": told_changes(changes, summary.source.rows) if changes else (),
        "changed": _changed(changes) if changes and changes.compared else (),
        "max_causes": MAX_CAUSES,
        "causes": _numbered(summary.causes, warning=False),
        "warnings": _numbered(summary.causes, warning=True),
        "needing_attention": rows.needing_attention,
        "left_out": rows.left_out(annotated),
    }


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that is known of a run.

    Attributes:
        name: What it is.
        value: As it is said.
        moment: The same as RFC 3339, where it is a time, which the page says in the reader's own zone; "" elsewhere.
        folded: Nobody reads it, but may look for it.
    """

    name: str
    value: str
    moment: str = ""
    folded: bool = False


def _facts(summary: Summary) -> Iterator[Fact]:
    """Yield what identifies a run and its source."""
    source = summary.source
    moments = {"Started": summary.started_at, "Finished": summary.finished_at or ""}
    readings = (("Read as", read_as(source)), ("Columns", "; ".join(columns_read(source))))
    for name, value in (*facts_of_run(summary), *facts_of_source(source), *readings):
        if value:
            yield Fact(name, value, moments.get(name, ""), folded=name in _FOLDED)


def _data(review: Review) -> dict[str, object]:
    """Return what the page's script is told of the run as a whole."""
    summary = review.summary
    return {
        "statuses": [[status, summary.statuses.get(status, 0)] for status in Status],
        "calm": sorted(CALM),
        "causes": [
            {
                "warning": cause.warning,
                "code": cause.code,
                "message": cause.message,
                "told": told_cause(cause),
                "status": cause.status,
            }
            for cause in summary.causes
        ],
        "timing": asdict(review.timing) if review.timing else None,
    }


def _statuses(summary: Summary) -> Sequence[tuple[Status, int, str, str]]:
    """Return each status with its count, its share of the rows and its meaning."""
    rows = []
    for status in Status:
        count = summary.statuses.get(status, 0)
        share = f"{100 * count / summary.source.rows:.1f}%" if count and summary.source.rows else ""
        rows.append((status, count, share, meaning(status, summary)))
    return rows


def _numbered(causes: Sequence[Cause], *, warning: bool) -> Sequence[tuple[int, Cause]]:
    """Return the causes that are warnings, or that are none, in sentences, each with its number among all, from 0."""
    return [
        (number, replace(cause, message=told_cause(cause)))
        for number, cause in enumerate(causes)
        if cause.warning is warning
    ]


def _changed(changes: Changes) -> Sequence[tuple[str, int]]:
    """Return in how many rows each value differs: "e-mail changed", 12."""
    return [(f"{FIELDS[field]} changed", rows) for field, rows in changes.fields.items()]


def _spans(timing: Timing) -> Sequence[tuple[str, Sequence[str]]]:
    """Return what the charts over time show, as the cells of a table: when each span begins, and its numbers."""
    return [
        (
            clock(timing.first_sent_at + start_s, UTC),
            [
                f"{span.requests:,}",
                f"{span.confirmed:,}",
                f"{span.throttled:,}",
                f"{span.faulty:,}",
                *((latency(percentile_s) for percentile_s in span.latency_s) if span.latency_s else ("", "", "")),
            ],
        )
        for start_s, span in zip(timing.starts_s, timing.spans, strict=True)
    ]


def _bars(timing: Timing) -> Sequence[tuple[str, str]]:
    """Return the distribution of the latency, as the cells of a table."""
    return [(f"{latency(bar.from_s)} to {latency(bar.to_s)}", f"{bar.replies:,}") for bar in timing.latencies]
