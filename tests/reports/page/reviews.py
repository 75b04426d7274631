"""Reviews of runs that never were, with rows as a run would hand them to its page."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from importer.model.modes import Mode
from importer.model.rows import Cause, Outcome
from importer.model.run import Changes, Summary, Target
from importer.model.source import Detected, Field, Skip, SourceInfo
from importer.model.statuses import Status
from importer.model.stop_reasons import StopReason
from importer.reports.page.page_rows import PageRows
from importer.reports.page.run_page import write_page
from importer.reports.saying.review import Bar, NextStep, Pause, Review, Span, Timing
from importer.sheets.table import Column, Record, RecordKind

COLUMNS: Mapping[Field, Column] = {
    Field.CUSTOMER_ID: Column(0, "Customer ID"),
    Field.FIRST_NAME: Column(1, "First name"),
    Field.LAST_NAME: Column(2, "Last name"),
    Field.EMAIL: Column(3, "E-mail"),
}
FIRST_SENT_AT = 1_764_280_994.25
_FIRST = ("Ana", "José", "Zoë", "Łukasz", "Mary Ann", "Søren", "Amélie", "Bo")
_LAST = ("Torres", "García Márquez", "van der Berg", "Nowak", "O'Neill", "Kierkegaard", "Dupont", "Li")
_SLOW = "The API did not answer within 30 s; the change may have been applied."
_GONE = "The API refused the row: “customer not found in this group”."
_BLANK = "The last name is blank."
_ADDRESS = "This is no e-mail address: there is no @ in it."


@dataclass(frozen=True)
class Play:
    """A run with its rows, ready to be written as a page."""

    review: Review
    rows: Sequence[tuple[Record, Outcome]]

    def page(self, **limits: int) -> PageRows:
        """Return the rows of its page."""
        found = PageRows(COLUMNS, **limits)
        for record, outcome in self.rows:
            found.take(record, outcome)
        return found

    def write(self, path: Path, **limits: int) -> Path:
        """Write its page and return where it is."""
        write_page(self.review, self.page(**limits), path)
        return path

    def told(self, change: Callable[[Summary], Summary]) -> Play:
        """Return the same run with another summary."""
        return replace(self, review=replace(self.review, summary=change(self.review.summary)))


def outcome(row: int) -> Outcome:
    """Return an invented outcome: most rows are confirmed, each of the others needs something."""
    sent_at, latency_s = FIRST_SENT_AT + row * 0.031, 0.08 + (row * 37 % 101) / 400
    match row % 60:
        case 7:
            return Outcome(row, Status.INVALID, "blank_last_name", _BLANK)
        case 19:
            return Outcome(row, Status.INVALID, "bad_email", _ADDRESS)
        case 23:
            return Outcome(row, Status.REJECTED, "not_found", _GONE, 404, 1, sent_at=sent_at, latency_s=latency_s)
        case 31:
            return Outcome(row, Status.UNCONFIRMED, "timeout", _SLOW, attempts=5, sent_at=sent_at)
        case 41:
            return Outcome(row, Status.DUPLICATE, "", f"The same change as row {row - 1}")
    return Outcome(
        row,
        Status.UPDATED,
        "",
        "Confirmed at attempt 2" if row % 9 == 0 else "",
        200,
        1 + (row % 9 == 0),
        f"2025-11-27T22:{row // 60 % 60:02}:{row % 60:02}.834028Z",
        warnings=("mangled_text",) if row % 50 == 3 else (),
        sent_at=sent_at,
        latency_s=latency_s,
        changed=((Field.EMAIL,) if row % 3 else ()) if row % 4 else None,
    )


def record(row: int) -> Record:
    """Return an invented row of a source."""
    customer = uuid.UUID(int=(row * 0x9E3779B97F4A7C15 % 2**64) << 64 | row, version=4)
    first, last = _FIRST[row % len(_FIRST)], _LAST[row // 3 % len(_LAST)]
    return Record(row, RecordKind.ROW, [str(customer), first, last, f"person{row}@example.com", "note"])


def timing(spans: int = 32) -> Timing:
    """Return the timing of a run with a burst of 429s, a pause after it, and one outage."""

    def span(place: int) -> Span:
        if 14 <= place < 18:
            return Span(0, 0, 0, 0, None)
        throttled = 14 if 10 <= place < 14 else 0
        faulty = 5 if 23 <= place < 25 else 0
        requests = 62 + place * 7 % 13
        slow = 1 + (0.8 if faulty else place % 5 / 10)
        return Span(requests - throttled - faulty, requests, throttled, faulty, (0.11 * slow, 0.24 * slow, 0.38 * slow))

    heights = (3, 40, 260, 610, 900, 740, 480, 190, 22, 1)
    return Timing(
        first_sent_at=FIRST_SENT_AT,
        span_s=5.0,
        spans=[span(place) for place in range(spans)],
        starts_s=[place * 5.0 for place in range(spans)],
        pauses=[Pause(70.0, 89.5)],
        cuts=[],
        replies=sum(heights),
        percentiles_s={50: 0.118, 90: 0.22, 95: 0.262, 99: 0.41, 100: 0.79},
        latencies=[Bar(0.025 * 2 ** (at / 2), 0.025 * 2 ** ((at + 1) / 2), count) for at, count in enumerate(heights)],
    )


def play(rows: int, of: Callable[[int], Outcome] = outcome, mode: Mode = Mode.RUN) -> Play:
    """Return a run of so many rows, from row 2 on."""
    pairs = [(record(row), of(row)) for row in range(2, rows + 2)]
    statuses = {status: sum(one.status is status for _, one in pairs) for status in Status}
    causes = list(_causes([one for _, one in pairs]))
    summary = Summary(
        run_id="r7k2m9qd",
        version="1.0",
        mode=mode,
        exit_code=1 if causes else 0,
        stop_reason=None,
        started_at="2025-11-27T22:03:14.000000Z",
        finished_at="2025-11-27T22:05:59.500000Z",
        seconds=165.5,
        source=_source(rows),
        target=Target("https://api.example.com", "0f8fad5b-d9cb-469f-a165-70867728950e", "main-account"),
        statuses=statuses,
        attempts=rows if mode is Mode.RUN else 0,
        causes=causes,
        reports={"annotated": "/reports/annotated.xlsx"},
        started_by="ops-anna",
        changes=Changes(
            compared=rows // 2, same=rows // 4, fields={Field.FIRST_NAME: 3, Field.LAST_NAME: 0, Field.EMAIL: 7}
        ),
    )
    good = statuses[Status.UPDATED] + statuses[Status.DUPLICATE]
    verdict = f"{good:,} of {rows:,} rows are confirmed. {rows - good:,} need attention."
    steps = [
        NextStep("Fix the rows in to_fix.xlsx, and give the file back as it is.", "importer run to_fix.xlsx"),
        NextStep("Try again the rows that another try may help.", "importer retry r7k2m9qd"),
    ]
    return Play(
        Review(summary=summary, verdict=verdict, steps=steps, timing=timing() if mode is Mode.RUN else None), pairs
    )


def _source(rows: int) -> SourceInfo:
    columns = {one.value: column.header for one, column in COLUMNS.items()}
    note = "The encoding is only assumed to be Windows-1252: look at names with accents."
    found = Detected(
        format="csv", encoding="cp1252", delimiter=";", quote='"', header_row=1, columns=columns, notes=[note]
    )
    return SourceInfo(
        "/data/exports/customer_changes.csv", None, "3f5c9a" * 10 + "beef", rows, {Skip.BLANK: 2, Skip.TOTAL: 1}, found
    )


_MAX_SENTENCES = 200
_TO_DO = {
    Status.INVALID: "Fix the data in to_fix.xlsx.",
    Status.REJECTED: "Fix the data in to_fix.xlsx.",
    Status.UNCONFIRMED: "Try again: sending it twice is safe.",
}


def _causes(outcomes: Sequence[Outcome]) -> Iterator[Cause]:
    sentences = {one.message for one in outcomes if one.status in _TO_DO}
    found: dict[tuple[str, str, Status], list[int]] = {}
    for one in outcomes:
        if one.status in _TO_DO:
            found.setdefault(
                (one.code, one.message if len(sentences) <= _MAX_SENTENCES else "", one.status), []
            ).append(one.row)
    for (code, message, status), rows in sorted(found.items(), key=lambda item: -len(item[1])):
        column = "Last name" if "last" in code else "E-mail" if "email" in code else ""
        yield Cause(
            warning=False,
            code=code,
            column=column,
            message=message,
            rows=len(rows),
            first_rows=rows[:5],
            status=status,
            to_do=_TO_DO[status],
        )
    warned = [one.row for one in outcomes if one.warnings and one.status is not Status.INVALID]
    if warned:
        message = "The name looks as if it had been saved in the wrong encoding."
        yield Cause(
            warning=True,
            code="mangled_text",
            column="First name",
            message=message,
            rows=len(warned),
            first_rows=warned[:5],
            to_do="Compare it with the customer's own spelling.",
        )


def cut_off(summary: Summary) -> Summary:
    """Return the summary of the run as it is when its process has died."""
    return replace(summary, exit_code=None, finished_at=None)


def stopped(summary: Summary) -> Summary:
    """Return the summary of the run as it is when it has stopped early."""
    return replace(summary, exit_code=4, stop_reason=StopReason.API_DOWN)
