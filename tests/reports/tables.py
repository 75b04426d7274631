"""A table in memory, and outcomes for its rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from importer.errors import SourceError
from importer.model.rows import Outcome
from importer.model.source import Detected, Field, Skip
from importer.model.statuses import Status
from importer.reports.row_reports import joined
from importer.reports.writing import Wish, writing_annotated
from importer.sheets.table import AtEnd, Chunk, Column, Format, Record, RecordKind, Table


@dataclass
class MemoryTable:
    """A table of given records; with `breaks`, it cannot be read to its end."""

    lines: Sequence[Record]
    prefix: str = ""
    breaks: Exception | None = None
    format: Format = "csv"
    sheet: str | None = None
    skips: Mapping[Skip, int] = field(default_factory=dict)
    last: int = 0
    cut_off: int | None = None
    lone_addresses: Sequence[int] = ()
    detected: Detected = field(default_factory=lambda: Detected(format="csv"))
    at_end: AtEnd = field(default_factory=AtEnd)

    @property
    def columns(self) -> Mapping[Field, Column]:
        """No column that a report needs."""
        return {}

    @property
    def has_origins(self) -> bool:
        """No."""
        return False

    def reads_otherwise(self, text: str) -> str:  # noqa: ARG002 - the signature of the port
        """Return nothing."""
        return ""

    def broken_cells(self) -> Iterator[tuple[int, str]]:
        """Yield nothing."""
        yield from ()

    def appended_names(self, columns: Sequence[str]) -> Sequence[str]:
        """Return the names with the table's prefix."""
        return [self.prefix + name for name in columns]

    def chunks(self, size: int) -> Iterator[Chunk]:  # noqa: ARG002 - the signature of the port
        """Yield nothing: a report reads records."""
        yield from ()

    def records(self) -> Iterator[Record]:
        """Yield the given records, and then break if that is wanted."""
        yield from self.lines
        if self.breaks is not None:
            raise self.breaks

    def width(self) -> int:
        """Return the widest record's width."""
        return max(len(record.cells) for record in self.lines)


def record(number: int, *cells: str, kind: RecordKind = RecordKind.ROW) -> Record:
    """Return a record of a table."""
    return Record(number, kind, cells)


def table(*rows: int, prefix: str = "", breaks: Exception | None = None) -> MemoryTable:
    """Return a table with a header and these rows."""
    header = record(1, "id", "name", kind=RecordKind.HEADER)
    return MemoryTable([header, *(record(row, f"c{row}", "Ana") for row in rows)], prefix=prefix, breaks=breaks)


def updated(*rows: int) -> Iterator[Outcome]:
    """Yield the outcomes of rows that were confirmed at once."""
    return (
        Outcome(row, Status.UPDATED, http_status=200, attempts=1, updated_at="2025-07-21T12:43:14Z") for row in rows
    )


def write_annotated(table: Table, outcomes: Iterator[Outcome], path: Path, wish: Wish) -> Sequence[str]:
    """Write the annotated sheet of a table alone, and return what did not come along."""
    with writing_annotated(path, table, wish) as (annotated, writer):
        for one, outcome in joined(table, outcomes, partial=wish.partial):
            annotated.take(one, outcome)
        return writer.notes


UNREADABLE = SourceError("changes.csv cannot be read.", code="source_unreadable", hint="Look at the file.")
