"""Runs as reviewers are told of them, and their workbooks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from importer.model.modes import Mode
from importer.model.rows import Cause, Outcome
from importer.model.run import Changes, Summary, Target
from importer.model.source import Detected, Field, SourceInfo
from importer.model.statuses import Status
from importer.model.stop_reasons import StopReason
from importer.reports.saying.review import NextStep, Review, Span, Timing
from importer.reports.summary.summary_sheet import summary_sheet
from importer.reports.writing import Wish, writing_annotated
from importer.sheets.open import open_table
from importer.sheets.table import RecordKind

CAUSE = Cause(
    warning=False,
    code="blank_last_name",
    column="Last Name",
    message="The last name is blank.",
    rows=2,
    first_rows=(3, 5),
    status=Status.INVALID,
    to_do="Fill it in.",
)
TIMING = Timing(
    first_sent_at=1_753_101_794.0,
    span_s=0.5,
    spans=[Span(2, 3, 0, 0, (0.1, 0.2, 0.3)), Span(0, 1, 1, 0, None), Span(3, 3, 0, 0, (0.1, 0.2, 0.3))],
    starts_s=[0.0, 0.5, 1.0],
    pauses=[],
    cuts=[],
    replies=7,
    percentiles_s={50: 0.1, 90: 0.2, 95: 0.2, 99: 0.3, 100: 0.3},
    latencies=[],
)


def review(
    statuses: Mapping[Status, int] | None = None,
    *,
    causes: Sequence[Cause] = (CAUSE,),
    timing: Timing | None = TIMING,
    mode: Mode = Mode.RUN,
    stop_reason: StopReason | None = None,
    text: str = "",
) -> Review:
    """Return a run; `text` stands in every place that a file, a person or the API may fill."""
    counts = {Status.UPDATED: 5, Status.INVALID: 2} if statuses is None else statuses
    summary = Summary(
        run_id="20250721-a3f9c1",
        version="1.0",
        mode=mode,
        exit_code=1,
        stop_reason=stop_reason,
        started_at="2025-07-21T12:43:14Z",
        finished_at="2025-07-21T12:44:02Z",
        seconds=48.25,
        source=SourceInfo(
            text or "/exports/July.xlsx",
            text or "Customers",
            "9f86d081" * 8,
            rows=sum(counts.values()),
            detected=Detected(
                format="xlsx", header_row=1, columns={"email": text or "E-mail"}, notes=[text or "Note."]
            ),
        ),
        target=Target("https://api.example.com/v1", text or "g-1", text or "a-1"),
        statuses={status: counts.get(status, 0) for status in Status},
        attempts=7,
        causes=causes,
        started_by=text or "maria",
        changes=Changes(compared=4, same=1, fields={Field.FIRST_NAME: 0, Field.LAST_NAME: 1, Field.EMAIL: 2}),
    )
    steps = [NextStep("Mend the rows, and run them.", text or "importer run to_fix.xlsx")]
    return Review(summary=summary, verdict=text or "5 of 7 rows are confirmed.", steps=steps, timing=timing)


def annotate(source: Path, target: Path, told: Review, *, own: bool) -> Sequence[str]:
    """Write the annotated workbook of a run that updated every row, and return its notes."""
    table = open_table(source)
    with writing_annotated(target, table, Wish(form="xlsx", own_workbook=own)) as (annotated, writer):
        writer.write_sheet(summary_sheet(told, (*writer.notes, *writer.asides)))
        for record in table.records():
            is_row = record.kind is RecordKind.ROW
            annotated.take(record, Outcome(record.number, Status.UPDATED, attempts=1) if is_row else None)
        return (*writer.notes, *writer.asides)
