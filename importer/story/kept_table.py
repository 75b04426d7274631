"""The table of a retry that has no source: the rows that the retried run kept, under their numbers in its source."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from importer.journal.journal import Journal
from importer.journal.private.keeping import KeptRow
from importer.model.run import PastRun
from importer.model.source import Detected, Field, Origin, Skip
from importer.sheets.cells import cell_text
from importer.sheets.table import AtEnd, Chunk, Column, Format, Record, RecordKind, Table

_FIELDS: Final = (
    Field.CUSTOMER_ID,
    Field.FIRST_NAME,
    Field.LAST_NAME,
    Field.EMAIL,
    Field.GROUP_ID,
    Field.LINKED_ACCOUNT_ID,
)
"""The columns, in their order."""


class KeptTable:
    """A table (`importer.sheets.table.Table`) of rows without a file: all its columns are fields that are sent.

    Args:
        retried: The run whose rows they are.
        rows: Gives them, in row order, as often as it is called.
    """

    def __init__(self, retried: PastRun, rows: Callable[[], Iterator[KeptRow]]) -> None:
        self.retried = retried
        self._rows = rows
        self._was = retried.source.detected or Detected(format="csv")
        self.sheet: str | None = None
        self.prefix = ""
        self.has_origins = True
        self.columns: Mapping[Field, Column] = {field: Column(at, field.value) for at, field in enumerate(_FIELDS)}
        self.at_end = AtEnd()
        self.skips: Mapping[Skip, int] = self.at_end.skips
        self.last = self.at_end.last
        self.cut_off = self.at_end.cut_off
        self.lone_addresses = self.at_end.lone_addresses

    @property
    def format(self) -> Format:
        """The form of the reports of the run whose rows they are, where nobody has said another."""
        return "csv" if self._was.format == "csv" else "xlsx"

    @property
    def detected(self) -> Detected:
        """What was found out: that there is no file."""
        note = (
            f"The file that run {self.retried.run_id} has read is not where it was: these are the rows that it kept,"
            " by their numbers in that file."
        )
        return Detected(format=self._was.format, columns={field.value: field.value for field in _FIELDS}, notes=(note,))

    def reads_otherwise(self, text: str) -> str:  # noqa: ARG002 - the signature of the port
        """Return nothing: what is kept is Unicode."""
        return ""

    def broken_cells(self) -> Iterator[tuple[int, str]]:
        """Yield nothing: it was looked at when the file was read."""
        yield from ()

    def chunks(self, size: int) -> Iterator[Chunk]:  # noqa: ARG002 - the signature of the port
        """Yield nothing: the rows are checked already."""
        yield from ()

    def records(self) -> Iterator[Record]:
        """Yield the header, and a record for each row."""
        yield Record(1, RecordKind.HEADER, [field.value for field in _FIELDS])
        for row in self._rows():
            cells = [getattr(row, field.value) or None for field in _FIELDS]
            yield Record(row.row, RecordKind.ROW, cells, origin=Origin(row.row, row.row, self.retried.run_id))

    def width(self) -> int:
        """Return how many columns there are."""
        return len(_FIELDS)

    def appended_names(self, columns: Sequence[str]) -> Sequence[str]:
        """Return the headers of columns to append, as they are."""
        return tuple(columns)


def kept_table(journal: Journal, run_id: str) -> KeptTable:
    """Return the table of a run that goes on from what another one kept, as long as it has the values itself."""
    past = journal.find(run_id)
    return KeptTable(_retried(journal, past), lambda: journal.kept_rows(past))


def table_of_sheet(journal: Journal, past: PastRun, sheet: Table) -> KeptTable:
    """Return the same from the annotated sheet that was written of it."""
    return KeptTable(_retried(journal, past), lambda: _rows_of(sheet))


def _retried(journal: Journal, past: PastRun) -> PastRun:
    return journal.find(past.retry_of or past.run_id)


def _rows_of(sheet: Table) -> Iterator[KeptRow]:
    """Yield the rows of such a sheet, by the numbers that it says they had."""
    for record in sheet.records():
        if record.kind is RecordKind.ROW and record.origin is not None:
            at = [sheet.columns[field].position for field in _FIELDS]
            texts = [cell_text(record.cells[position]) if position < len(record.cells) else "" for position in at]
            customer_id, first_name, last_name, email, group_id, account = texts
            yield KeptRow(record.origin.of_row, customer_id, first_name, last_name, email, group_id, account)
