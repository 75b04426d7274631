"""The Summary sheet of an annotated workbook: what a reviewer wants to know of a run before looking at its rows."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from itertools import accumulate, chain, repeat, zip_longest
from typing import Final

from importer.model.rows import Cause
from importer.model.run import Summary
from importer.model.source import FIELDS
from importer.model.statuses import CALM, Status
from importer.phrases import column_letter
from importer.reports.saying.review import Review, Timing
from importer.reports.saying.words import (
    columns_read,
    details,
    facts_of_run,
    facts_of_source,
    meaning,
    notes,
    told_cause,
)
from importer.sheets.extra_sheet import Chart, ExtraCell, ExtraSheet, Look
from importer.sheets.tones import STRONG_TONES

TITLE: Final = "Summary"
MAX_CAUSES: Final = 200
_A, _B, _C, _D, _E, _F, _G = range(7)
_DATA: Final = 8
"""The column, from 0, in which the numbers behind the line begin: beside what is printed."""
_WIDTHS: Final = (14.0, 9.0, 24.0, 20.0, 18.0, 46.0, 44.0, 3.0, 12.0, 12.0)
_PRINTED: Final = 7
_CHART_LINES: Final = 14
"""How many lines the charts cover."""
_MINUTES_FROM_S: Final = 300.0
_DIGEST: Final = "SHA-256"
_SAFE_SHARE: Final = 0.75
"""Of a column's width: so many letters fit into a line, whatever the typeface."""
_LONGEST_TEXT: Final = 2_000
"""More than anybody reads in a cell of a summary."""

_Line = Sequence[ExtraCell]


def summary_sheet(review: Review, left_out: Sequence[str] = (), *, hidden: Collection[int] = ()) -> ExtraSheet:
    """Return the sheet of a run.

    Args:
        review: The run.
        left_out: What of the source does not come along into the workbook, in sentences; the review need not have
            them yet.
        hidden: The numbers of the rows that nobody sees in the workbook: no link leads to them.
    """
    if left_out:
        review = replace(review, summary=replace(review.summary, left_out=left_out))
    lines = [*_top(review), *_steps(review)]
    statuses = len(lines) + len(_STATUS_HEAD) + 1
    lines += [*_statuses(review.summary, statuses), *_causes(review.summary.causes, hidden)]
    charts_from = len(lines) + 1
    lines += [_heading("In charts"), *([] for _ in range(_CHART_LINES + 1))]
    lines += [*_facts(review.summary), *_notes(review.summary), *_changes(review.summary)]
    charts = [_status_chart(statuses, charts_from + 1)]
    if review.timing is not None and review.timing.spans:
        points = list(_points(review.timing))
        unit = "minutes" if _in_minutes(review.timing) else "seconds"
        lines = _with_points(lines, points, unit, charts_from)
        cut = ", without long pauses" if review.timing.cuts else ""
        axis = f"{unit} since the first request{cut}"
        charts.append(_time_chart(len(points), axis, charts_from + 1, charts_from + 2))
    return ExtraSheet(title=TITLE, widths=_WIDTHS, lines=lines, printed=_PRINTED, charts=charts, page_from=charts_from)


def _top(review: Review) -> Iterator[_Line]:
    yield [ExtraCell(_A, TITLE, Look.TITLE)]
    yield [ExtraCell(_A, _shortened(review.verdict), Look.LEAD, across=_PRINTED)]
    yield []


_STATUS_HEAD: Final[Sequence[_Line]] = (
    [ExtraCell(_A, "What became of the rows", Look.HEADING)],
    [
        ExtraCell(_A, "Status", Look.HEADER),
        ExtraCell(_B, "Rows", Look.NUMBER_HEADER),
        ExtraCell(_C, "What it means", Look.HEADER),
        ExtraCell(_D, "", Look.HEADER),
    ],
)


def _statuses(summary: Summary, first: int) -> Iterator[_Line]:
    """Yield how many rows ended as what, from the line `first` on, and the reconciliation."""
    yield from _STATUS_HEAD
    for status in Status:
        yield [
            ExtraCell(_A, status.value, Look.TEXT, tone=status),
            ExtraCell(_B, summary.statuses.get(status, 0), Look.NUMBER),
            ExtraCell(_C, meaning(status, summary), Look.TEXT),
        ]
    total, rows, last = sum(summary.statuses.values()), summary.source.rows, first + len(Status) - 1
    sum_at, rows_at = f"B{last + 1}", f"B{last + 2}"
    yield [
        ExtraCell(_A, "Sum", Look.TOTAL),
        ExtraCell(_B, total, Look.TOTAL_NUMBER, formula=f"SUM(B{first}:B{last})"),
    ]
    agree, differ = "agrees with the sum: no row is lost", "differs from the sum: do not trust this report"
    yield [
        ExtraCell(_A, "Source rows", Look.TOTAL),
        ExtraCell(_B, rows, Look.TOTAL_NUMBER),
        ExtraCell(
            _C,
            agree if total == rows else differ,
            Look.TEXT,
            formula=f'IF({sum_at}={rows_at},"{agree}","{differ}")',
        ),
    ]
    yield []


def _facts(summary: Summary) -> Iterator[_Line]:
    """Yield the facts of the run, and beside them those of its source."""
    yield [ExtraCell(_A, "The run", Look.HEADING), ExtraCell(_E, "The source", Look.HEADING)]
    source = summary.source
    columns = zip(chain(["Columns"], repeat("")), columns_read(source), strict=False)
    of_source = list(facts_of_source(source))
    facts = [*(fact for fact in of_source if fact[0] != _DIGEST), *details(source), *columns]
    facts += [fact for fact in of_source if fact[0] == _DIGEST]
    for of_run, other in zip_longest(facts_of_run(summary), facts, fillvalue=("", "")):
        yield [*_fact(_A, *of_run, across=_E - _B), *_fact(_E, *other, across=_PRINTED - _F)]
    yield []


def _notes(summary: Summary) -> Iterator[_Line]:
    sentences = notes(summary)
    if sentences:
        yield _heading("Notes")
        yield from (
            [ExtraCell(_A, _sentences(note, _A, across=_PRINTED), Look.WRAPPED, across=_PRINTED)] for note in sentences
        )
        yield []


def _steps(review: Review) -> Iterator[_Line]:
    yield _heading("What to do next")
    if not review.steps:
        well = all(status in CALM for status, count in review.summary.statuses.items() if count)
        yield [ExtraCell(_A, "Nothing." if well else "What each cause below says.")]
    for number, step in enumerate(review.steps, start=1):
        yield [
            ExtraCell(_A, f"{number}.", Look.LABEL),
            ExtraCell(_B, _sentences(step.text, _B, across=_PRINTED - 1), Look.WRAPPED, across=_PRINTED - 1),
        ]
        if step.command:
            yield [ExtraCell(_B, _shortened(step.command), Look.COMMAND, across=_PRINTED - 1)]
    yield []


def _changes(summary: Summary) -> Iterator[_Line]:
    changes = summary.changes
    if changes is None:
        return
    yield _heading("What differs from what was last confirmed")
    yield [
        ExtraCell(_A, "Compared", Look.LABEL),
        ExtraCell(_B, changes.compared, Look.NUMBER),
        ExtraCell(_C, "rows of customers of whom an earlier run has confirmed something"),
    ]
    yield [
        ExtraCell(_A, "Nothing", Look.LABEL),
        ExtraCell(_B, changes.same, Look.NUMBER),
        ExtraCell(_C, "of them have the same values as then"),
    ]
    for field, rows in changes.fields.items():
        yield [
            ExtraCell(_A, FIELDS[field].capitalize(), Look.LABEL),
            ExtraCell(_B, rows, Look.NUMBER),
            ExtraCell(_C, "of them have another value there"),
        ]
    yield []


def _causes(causes: Sequence[Cause], hidden: Collection[int]) -> Iterator[_Line]:
    """Yield the causes, those first whose rows need a person."""
    if not causes:
        return
    yield _heading("Causes")
    headers = ("Status", "Rows", "Code", "Column", "First rows", "What it is", "What to do")
    looks = {_B: Look.NUMBER_HEADER, _G: Look.ASIDE_HEADER}
    yield [ExtraCell(at, header, looks.get(at, Look.HEADER)) for at, header in enumerate(headers)]
    ordered = sorted(causes, key=lambda cause: cause.warning)
    yield from (_cause(cause, hidden) for cause in ordered[:MAX_CAUSES])
    beyond_most = ordered[MAX_CAUSES:]
    if beyond_most:
        were = "1 more cause is" if len(beyond_most) == 1 else f"{len(beyond_most):,} more causes are"
        rows = f"in the rows themselves ({sum(cause.rows for cause in beyond_most):,} rows in all)"
        yield [ExtraCell(_A, f"{were} not listed here, but {rows}.", Look.LABEL)]
    yield []


def _cause(cause: Cause, hidden: Collection[int]) -> _Line:
    status = cause.status or ("warning" if cause.warning else "")
    cells = [
        ExtraCell(_A, status, Look.TEXT, tone=cause.status or ""),
        ExtraCell(_B, cause.rows, Look.NUMBER),
        ExtraCell(_C, _shortened(cause.code), Look.WRAPPED),
        ExtraCell(_D, _shortened(cause.column), Look.WRAPPED),
        ExtraCell(_F, _sentences(told_cause(cause), _F), Look.WRAPPED),
        ExtraCell(_G, _sentences(cause.to_do, _G), Look.ASIDE),
    ]
    if cause.first_rows:
        cells.insert(_E, _first_rows(cause, hidden))
    return [cell for cell in cells if cell.value != ""]


def _first_rows(cause: Cause, hidden: Collection[int]) -> ExtraCell:
    """Return the cell that leads to the first row that is seen, or nowhere where none is.

    One number stays a number, which no program then complains of.
    """
    row = next((number for number in cause.first_rows if number not in hidden), None)
    look = Look.WRAPPED if row is None else Look.LINK
    if cause.rows == 1:
        return ExtraCell(_E, cause.first_rows[0], look, row=row)
    numbers = ", ".join(map(str, cause.first_rows))
    return ExtraCell(_E, f"{numbers}{', …' if cause.rows > len(cause.first_rows) else ''}", look, row=row)


def _heading(text: str) -> _Line:
    return [ExtraCell(_A, text, Look.HEADING)]


def _fact(column: int, name: str, value: str, *, across: int) -> _Line:
    cells = [
        ExtraCell(column, name, Look.LABEL),
        ExtraCell(column + 1, _shortened(value), Look.WRAPPED, across=across),
    ]
    return [cell for cell in cells if cell.value]


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST_TEXT else f"{text[: _LONGEST_TEXT - 1]}…"


def _sentences(text: str, column: int, *, across: int = 1) -> str:
    """Return a text in which no option stands where a line may end: it begins a line there.

    LibreOffice ends lines at hyphens, and a hyphen that it does not end them at is none to whoever copies the option.
    """
    safe = sum(_WIDTHS[column : column + across]) * _SAFE_SHARE
    told, *pieces = re.split(r" (?=--[a-z])", _shortened(text))
    for piece in pieces:
        line, option = told.rpartition("\n")[2], piece.partition(" ")[0]
        told += (" " if len(line) + 1 + len(option) <= safe else "\n") + piece
    return told


def _status_chart(first: int, top: int) -> Chart:
    """Return the chart of the statuses, the first of which is in the line `first`; it begins in the line `top`."""
    last = first + len(Status) - 1
    return Chart(
        kind="bar",
        title="Rows by status",
        area=f"A{top}:E{top + _CHART_LINES - 1}",
        categories=f"A{first}:A{last}",
        values=f"B{first}:B{last}",
        colours={at: STRONG_TONES[status] for at, status in enumerate(Status)},
    )


def _time_chart(points: int, axis: str, top: int, first: int) -> Chart:
    """Return the chart over time, whose numbers begin in the line `first`; it begins in the line `top`."""
    last = first + points - 1
    times, rows = column_letter(_DATA), column_letter(_DATA + 1)
    return Chart(
        kind="line",
        title="Confirmed rows over time",
        area=f"F{top}:G{top + _CHART_LINES - 1}",
        categories=f"{times}{first}:{times}{last}",
        values=f"{rows}{first}:{rows}{last}",
        axis=axis,
        colours={0: STRONG_TONES[Status.UPDATED]},
    )


def _in_minutes(timing: Timing) -> bool:
    return timing.span_s * len(timing.spans) > _MINUTES_FROM_S


def _points(timing: Timing) -> Iterator[tuple[float, int]]:
    """Yield how many rows were confirmed by the end of each span, and none at the beginning."""
    unit_s = 60.0 if _in_minutes(timing) else 1.0
    confirmed = accumulate((span.confirmed for span in timing.spans), initial=0)
    for number, rows in enumerate(confirmed):
        yield round(number * timing.span_s / unit_s, 3), rows


def _with_points(lines: Sequence[_Line], points: Sequence[tuple[float, int]], unit: str, top: int) -> list[_Line]:
    """Return the lines with the numbers behind the line chart beside them, from the line `top` on."""
    beside: dict[int, _Line] = {
        top: [ExtraCell(_DATA, "Behind the chart", Look.FAINT)],
        top + 1: [
            ExtraCell(_DATA, unit.capitalize(), Look.NUMBER_HEADER),
            ExtraCell(_DATA + 1, "Confirmed", Look.NUMBER_HEADER),
        ],
    }
    for at, (time, rows) in enumerate(points, start=top + 2):
        beside[at] = [ExtraCell(_DATA, time, Look.FAINT_NUMBER), ExtraCell(_DATA + 1, rows, Look.FAINT_NUMBER)]
    last = max(len(lines), *beside)
    return [[*(lines[at - 1] if at <= len(lines) else ()), *beside.get(at, ())] for at in range(1, last + 1)]
