"""What each row report is told: every record of the source, with what is true of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from importer.errors import ReportError
from importer.model.rows import Outcome
from importer.sheets.table import Record, RecordKind, Table


class RowReport(Protocol):
    """A report that has something of each row."""

    def take(self, record: Record, outcome: Outcome | None) -> None:
        """Take the next record of the source.

        Args:
            record: In the source's order, from the first on, the header and what is no row too.
            outcome: What is true of it; None where it is no row, or no row that the run has taken up.
        """
        ...


def joined(table: Table, outcomes: Iterator[Outcome], *, partial: bool) -> Iterator[tuple[Record, Outcome | None]]:
    """Yield every record of the source with its outcome, None where it has none.

    Outcomes are joined to rows by number, never by position: a row without its outcome, or an outcome without its
    row, is a defect that is said instead of a report.

    Args:
        table: The source.
        outcomes: In row order.
        partial: The run took up some rows only.

    Raises:
        ReportError: A report of it would not be true.
        SourceError: The source cannot be read any more.
    """
    following = next(outcomes, None)
    for record in table.records():
        if record.kind is not RecordKind.ROW or (partial and (following is None or following.row > record.number)):
            yield record, None
        else:
            yield record, _of_row(following, record.number)
            following = next(outcomes, None)
    if following is not None:
        raise _untrue(_no_row(following))


def _of_row(outcome: Outcome | None, row: int) -> Outcome:
    """Return the outcome that comes next, which must be that of the row."""
    if outcome is None or outcome.row > row:
        raise _untrue(f"row {row} of the source has no outcome")
    if outcome.row < row:
        raise _untrue(_no_row(outcome))
    return outcome


def _no_row(outcome: Outcome) -> str:
    return f"the journal has an outcome of row {outcome.row}, which the source does not have there"


def _untrue(why: str) -> ReportError:
    return ReportError(
        f"The annotated sheet would not be true: {why}. This is a defect of the importer.",
        code="report_untrue",
        hint="Every outcome is in the journal. Keep the file and the journal, and report this.",
    )
