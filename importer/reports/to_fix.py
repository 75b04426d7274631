"""The sheet of rows to fix: the rows that a person must change, with the reason beside the cell that is wrong.

It is given back to `importer run` as it is: its last columns say which row of which run each row is, and take a mark
where a row needs nothing any more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from importer.disk import Access
from importer.model.rows import Issue, Outcome, QuietOutcomes
from importer.model.run import Summary
from importer.model.source import (
    APPENDED_COLUMNS,
    FIELDS,
    SETTLED_COLUMN,
    TO_FIX_COLUMNS,
    VALUE_FIELDS,
    Field,
    Origin,
)
from importer.model.statuses import TO_FIX, Status
from importer.reports.appended import MESSAGE_AT, Appended
from importer.reports.files import replacing
from importer.reports.folder import keep_mended
from importer.reports.saying.words import told_difference
from importer.sheets.open import open_plain_writer
from importer.sheets.table import Format, Mark, PlainRecords, Record, RecordKind, Table, TableWriter

COLUMNS: Final = (*APPENDED_COLUMNS, *TO_FIX_COLUMNS)
_UNKNOWN_CUSTOMER: Final = "http_404"
_OTHER_VALUES: Final = "different_values"
_ANOTHER, _AND, _THAN_SENT = "holds another ", " and ", " than was sent"
"""What stands around the fields in the message of a mismatch; they were called as in the API once."""
_HOW: Final = (
    "Put an x here where a row needs nothing any more: it is not sent, and counts as done. A row that is deleted stays"
    " open."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixing:
    """What a sheet of rows to fix is made from.

    Attributes:
        table: The source.
        run_id: Of the run whose rows they are.
        form: Of the file.
        issues: Each row that has issues, in row order, with these.
        access: Who may read the file.
    """

    table: Table
    run_id: str
    form: Format
    issues: Iterator[tuple[int, Sequence[Issue]]]
    access: Access = "owner"


class ToFix:
    """Writes the sheet of rows to fix; a row report. There is no file before the first of them.

    Args:
        path: Where to.
        fixing: What it is made from.
        open_file: Ends what is begun here.
    """

    def __init__(self, path: Path, fixing: Fixing, open_file: ExitStack) -> None:
        self._path, self._fixing, self._open_file = path, fixing, open_file
        self._appended = Appended(fixing.table, fixing.form, COLUMNS)
        self._marking = _Marking(fixing.table)
        self._following = next(fixing.issues, None)
        self._header: Record | None = None
        self._writer: TableWriter | None = None
        self.rows = 0
        """How many are in it."""

    @property
    def notes(self) -> Sequence[str]:
        """What a person should know of what is not in it, in sentences."""
        return self._writer.notes if self._writer else ()

    @property
    def asides(self) -> Sequence[str]:
        """What else is not in it as it was, in sentences."""
        return self._writer.asides if self._writer else ()

    def take(self, record: Record, outcome: Outcome | None) -> None:
        """Write a record that is a row to fix."""
        if record.kind is RecordKind.HEADER:
            self._header = record
        if outcome is None or outcome.status not in TO_FIX:
            return
        # A mark that was not simply taken for one stands: without it the row would be sent as if nobody had set it.
        mark = record.origin.settled if record.origin else ""
        origin = Origin(record.number, record.number, self._fixing.run_id, mark)
        cells = self._appended.of(outcome, record, origin)
        marks = self._marking.of(outcome, self._issues(record.number), str(cells[MESSAGE_AT] or ""))
        self._opened().write(record, cells, tone=outcome.status, marks=marks)
        self.rows += 1

    def take_many(self, records: PlainRecords, outcomes: QuietOutcomes | None) -> None:
        """Write nothing: none of them is a row to fix."""

    def _issues(self, row: int) -> Sequence[Issue]:
        """Return the issues of a row, which comes after those asked for before."""
        while self._following is not None and self._following[0] < row:
            self._following = next(self._fixing.issues, None)
        return self._following[1] if self._following is not None and self._following[0] == row else ()

    def _opened(self) -> TableWriter:
        if self._writer is None:
            draft = self._open_file.enter_context(replacing(self._path, self._fixing.access))
            writer = open_plain_writer(draft, self._fixing.table, format=self._fixing.form, message_at=MESSAGE_AT)
            self._writer = self._open_file.enter_context(writer)
            if self._header is not None:
                self._writer.write(self._header, self._appended.names, marks=[Mark(self._marking.settled_at, _HOW)])
        return self._writer


def has_rows_to_fix(summary: Summary) -> bool:
    """Return whether a run has rows that a person must change."""
    return any(summary.statuses.get(status, 0) for status in TO_FIX)


@contextmanager
def writing_to_fix(path: Path, fixing: Fixing) -> Iterator[ToFix]:
    """Yield the sheet of rows to fix, which is there whole when the block succeeds, or not at all.

    Where there is no row to fix, there is no file; one of an earlier writing is removed, unless somebody has changed
    it since: that one is kept under another name.

    Raises:
        ReportError: It cannot be written.
    """
    keep_mended(path)
    with ExitStack() as open_file:
        report = ToFix(path, fixing, open_file)
        yield report
    if not report.rows:
        path.unlink(missing_ok=True)


class _Marking:
    """Says which cells of a row are wrong, and why."""

    def __init__(self, table: Table) -> None:
        self._columns = table.columns
        self._at = {column.header: column.position for column in table.columns.values()}
        self._message = table.width() + MESSAGE_AT
        self.settled_at = table.width() + COLUMNS.index(SETTLED_COLUMN)
        self._at.setdefault(SETTLED_COLUMN, self.settled_at)

    def of(self, outcome: Outcome, issues: Sequence[Issue], message: str) -> Sequence[Mark]:
        """Return the marks of a row: on the cells that its issues or the API name, else on its message."""
        reasons: dict[int, list[str]] = {}
        for issue in issues if outcome.status is Status.INVALID else ():
            reasons.setdefault(self._at.get(issue.column, self._message), []).append(issue.message)
        if not reasons:
            blamed = {self._columns[field].position: field for field in _blamed(outcome) if field in self._columns}
            values = {one.field: told_difference(one) for one in outcome.differences}
            reasons = {at: [message, *filter(None, [values.get(field)])] for at, field in blamed.items()}
            reasons = reasons or {self._message: [message, *values.values()]}
        return [Mark(position, " ".join(messages)) for position, messages in sorted(reasons.items())]


def _blamed(outcome: Outcome) -> Sequence[Field]:
    """Return the fields that the API says are wrong, as far as it can be known."""
    if outcome.status is Status.REJECTED and outcome.code == _UNKNOWN_CUSTOMER:
        return [Field.CUSTOMER_ID]
    if outcome.status is Status.MISMATCH and outcome.code == _OTHER_VALUES:
        named_fields = outcome.message.partition(_THAN_SENT)[0].partition(_ANOTHER)[2].split(_AND)
        return [field for field in VALUE_FIELDS if {field.value, FIELDS[field]} & set(named_fields)]
    return ()
