"""What each row report is told: every record of the source, with what is true of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from importer.errors import ReportError
from importer.model.rows import Outcome, QuietOutcomes
from importer.sheets.table import BlockTable, PlainRecords, Record, RecordKind, Table


class RowReport(Protocol):
    """A report that has something of each row."""

    def take(self, record: Record, outcome: Outcome | None) -> None:
        """Take the next record of the source.

        Args:
            record: In the source's order, from the first on, the header and what is no row too.
            outcome: What is true of it; None where it is no row, or no row that the run has taken up.
        """
        ...

    def take_many(self, records: PlainRecords, outcomes: QuietOutcomes | None) -> None:
        """Take the next records of the source, as if each had been taken by itself.

        Args:
            records: The records.
            outcomes: Just theirs; None where they are no rows.
        """
        ...


def tell(reports: Sequence[RowReport], table: Table, outcomes: Iterator[Outcome | QuietOutcomes]) -> None:
    """Tell every report of every record of the source, many at a time where there is nothing to say of them.

    They are joined as `joined` does it.

    Args:
        reports: Who is told.
        table: The source.
        outcomes: Of all its rows, in row order.

    Raises:
        ReportError: A report of it would not be true.
        SourceError: The source cannot be read any more.
    """
    untold = _Untold(outcomes)
    for block in table.blocks() if isinstance(table, BlockTable) else table.records():
        if isinstance(block, Record):
            _tell_of_one(reports, block, untold)
        elif block.kind is RecordKind.ROW:
            _tell_of_rows(reports, block, untold)
        else:
            for report in reports:
                report.take_many(block, None)
    untold.expect_end()


def _tell_of_one(reports: Sequence[RowReport], record: Record, untold: _Untold) -> None:
    outcome = untold.of_row(record.number) if record.kind is RecordKind.ROW else None
    for report in reports:
        report.take(record, outcome)


def _tell_of_rows(reports: Sequence[RowReport], rows: PlainRecords, untold: _Untold) -> None:
    at = 0
    while at < len(rows):
        quiet = untold.of_rows(rows.first + at, len(rows) - at)
        if quiet is None:
            _tell_of_one(reports, rows.record(at), untold)
            at += 1
            continue
        part = rows.part(at, at + len(quiet))
        for report in reports:
            report.take_many(part, quiet)
        at += len(quiet)


class _Untold:
    """The outcomes that nobody has been told of yet, in row order."""

    def __init__(self, blocks: Iterator[Outcome | QuietOutcomes]) -> None:
        self._blocks = blocks
        self._block = next(blocks, None)
        self._at = 0
        """How many of a block of quiet ones were told already."""

    def of_row(self, row: int) -> Outcome:
        """Return the outcome that comes next, which must be that of the row."""
        block, at = self._block, self._at
        outcome = block.outcome(at) if isinstance(block, QuietOutcomes) else block
        self._pass(1)
        return _of_row(outcome, row)

    def of_rows(self, first: int, most: int) -> QuietOutcomes | None:
        """Return the outcomes that come next, as far as they are quiet; None where the first is not, or of another row.

        Args:
            first: The row that the first one must be of.
            most: How many there are at most.
        """
        block, at = self._block, self._at
        if not isinstance(block, QuietOutcomes) or block.first + at != first:
            return None
        quiet = block.part(at, at + most)
        self._pass(len(quiet))
        return quiet

    def expect_end(self) -> None:
        """Raise `ReportError` where there is one more."""
        block, at = self._block, self._at
        if block is not None:
            raise _untrue(_no_row(block.outcome(at) if isinstance(block, QuietOutcomes) else block))

    def _pass(self, count: int) -> None:
        self._at += count
        if not isinstance(self._block, QuietOutcomes) or self._at >= len(self._block):
            self._block, self._at = next(self._blocks, None), 0


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
