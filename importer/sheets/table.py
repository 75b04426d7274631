"""What a table is, whatever file it came from: the port that every reader and writer fits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from types import TracebackType
from typing import TYPE_CHECKING, Literal, Protocol, Self, runtime_checkable

if TYPE_CHECKING:
    import pandas as pd

from importer.model.rows import Issue
from importer.model.source import Detected, Field, Origin, Skip
from importer.sheets.extra_sheet import ExtraSheet

Format = Literal["csv", "xlsx"]
"""What a sheet can be written as."""


@dataclass(frozen=True, slots=True)
class CellError:
    """An error cell of a workbook, such as `#N/A`."""

    code: str


CellValue = str | int | float | bool | dt.datetime | dt.date | dt.time | dt.timedelta | CellError | None
"""What a cell holds. A CSV file has only text; None is a cell with nothing in it."""


class RecordKind(Enum):
    """What a record of the table is to the job."""

    HEADER = auto()
    ROW = auto()
    SKIPPED = auto()
    """No row of the job, but part of the sheet (`Skip` says what): it stays, with empty appended columns."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record of the table as it stands in the file, without the importer's own columns of an earlier run.

    Attributes:
        number: As a person counts: the line in a workbook; in CSV the record, blank ones counted.
        kind: What it is to the job.
        cells: The record's cells, left to right, as many as it has.
        raw: CSV only: for each cell its text in the file, quotes included; None elsewhere. Joined by the delimiter and
            encoded as the file is, it is the record's bytes again.
        line_end: CSV only: what ends the record in the file, empty at the end of a file that does not end in one.
        origin: Of a row of a sheet of rows to fix: where it comes from, as far as it says so.
    """

    number: int
    kind: RecordKind
    cells: Sequence[CellValue]
    raw: Sequence[str] | None = None
    line_end: str = ""
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class PlainRecords:
    """Records of a file of text that follow each other, each of them one line, whose quotes open and close cells.

    Attributes:
        first: The number of the first one; the others have those that follow.
        kind: What they are: rows, or none.
        cells: The text of the cells of each record; all have as many, where they are rows.
        raw: Those of each record as they stand in the file: joined by the delimiter, they are its line without its end.
        lines: Each record as it stands in the file, with its line end.
        line_end: That of each.
    """

    first: int
    kind: RecordKind
    cells: Sequence[Sequence[str]]
    raw: Sequence[Sequence[str]]
    lines: Sequence[str]
    line_end: str

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.lines)

    def part(self, start: int, stop: int) -> PlainRecords:
        """Return those from one place to another, counted from 0."""
        part = slice(start, stop)
        return PlainRecords(
            self.first + start, self.kind, self.cells[part], self.raw[part], self.lines[part], self.line_end
        )

    def record(self, at: int) -> Record:
        """Return one of them, counted from 0."""
        return Record(self.first + at, self.kind, tuple(self.cells[at]), tuple(self.raw[at]), self.line_end)

    def records(self) -> Iterator[Record]:
        """Yield them one by one."""
        return map(self.record, range(len(self)))


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the source that holds a field.

    Attributes:
        position: From 0, among the cells of a record.
        header: The header's text as it stands in the file.
    """

    position: int
    header: str


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some rows of a table, in their order.

    Attributes:
        frame: A column for each field that the table has (named by `Field`), of text without missing values (a
            cell with nothing in it is ""), uncleaned; the index holds the row numbers, unique, named "row".
        issues: What only a reader can see: a cell of a sent field that holds a number, a date, a boolean or an
            error; a row with more or fewer cells than the header.
        hidden: The numbers of the rows that a person does not see in the sheet, since a filter or somebody hides them.
        origins: Where rows of a sheet of rows to fix come from, in row order; of rows that say it.
    """

    frame: pd.DataFrame
    issues: Sequence[Issue]
    hidden: Sequence[int] = ()
    origins: Sequence[Origin] = ()


@dataclass(frozen=True, slots=True)
class AtEnd:
    """What is known of a table only once its rows have been read to the end; `Table` says what each of it is.

    Attributes:
        width: How many cells the widest record has; None where that does not take reading.
    """

    skips: Mapping[Skip, int] = field(default_factory=dict)
    last: int = 0
    cut_off: int | None = None
    lone_addresses: Sequence[int] = ()
    broken_cells: Sequence[tuple[int, str]] = ()
    width: int | None = None


class Table(Protocol):
    """One table of a source, opened and its header understood. Reading it again gives the same again."""

    at_end: AtEnd
    """What is known once `chunks` has been read to its end. Who has that from another process may put it here."""

    @property
    def format(self) -> Format:
        """What an annotated sheet in the source's own format would be."""
        ...

    @property
    def sheet(self) -> str | None:
        """The name of the sheet; None where the format has no sheets."""
        ...

    @property
    def columns(self) -> Mapping[Field, Column]:
        """The columns that hold a field, found by their names."""
        ...

    @property
    def prefix(self) -> str:
        """`import_` where one of the source's own columns has the name of an appended one, otherwise ""."""
        ...

    @property
    def has_origins(self) -> bool:
        """Whether it is a sheet of rows to fix: it has columns that say where its rows come from."""
        ...

    @property
    def detected(self) -> Detected:
        """What was found out about the file."""
        ...

    @property
    def skips(self) -> Mapping[Skip, int]:
        """How many records are no rows, by what they are; known once `chunks` has been read to its end."""
        ...

    @property
    def last(self) -> int:
        """The number of the last record: so many are there; known once `chunks` has been read to its end."""
        ...

    @property
    def cut_off(self) -> int | None:
        """The number of the last record, where its line is not ended as all others are; None for no such record.

        Known once `chunks` has been read to its end.
        """
        ...

    @property
    def lone_addresses(self) -> Sequence[int]:
        """The numbers of the lines above and below the table that have an address in them, and so are no customers.

        Known once `chunks` has been read to its end.
        """
        ...

    def reads_otherwise(self, text: str) -> str:
        """Return the encoding that would make other words of a text, where the file's own is only assumed; else ""."""
        ...

    def broken_cells(self) -> Iterator[tuple[int, str]]:
        """Yield the numbers of records whose first or last cell may go on in a record beside them, with its header.

        Those that can be sent are sent with half of a cell, if so. Known once `chunks` has been read to its end.
        """
        ...

    def chunks(self, size: int) -> Iterator[Chunk]:
        """Yield the rows, at most `size` at a time; raise `SourceError` where the file cannot be read further."""
        ...

    def records(self) -> Iterator[Record]:
        """Yield every record of the table from the first on, with all its cells."""
        ...

    def width(self) -> int:
        """Return how many cells the widest record has, without the importer's own columns of an earlier run."""
        ...

    def appended_names(self, columns: Sequence[str]) -> Sequence[str]:
        """Return the headers of columns to append: all prefixed where one of the source's own has such a name."""
        ...


@runtime_checkable
class BlockTable(Protocol):
    """A table that can yield many of its records at a time."""

    def blocks(self) -> Iterator[Record | PlainRecords]:
        """Yield what `records` yields, plain ones many at a time."""
        ...


@dataclass(frozen=True, slots=True)
class SheetSize:
    """A sheet of a workbook: whether a person sees it, the number of its last line with anything in it, its columns."""

    name: str
    visible: bool
    lines: int
    columns: int


class RawTable(Protocol):
    """A table as it is: nothing is cleaned, dropped or padded, and no header is needed."""

    @property
    def detected(self) -> Detected:
        """What was found out about the file."""
        ...

    @property
    def sheet(self) -> str | None:
        """The name of the sheet; None where the format has no sheets."""
        ...

    def records(self) -> Iterator[tuple[int, Sequence[str]]]:
        """Yield every record from the first on: its number, and the text of its cells; a blank one may have none."""
        ...


@dataclass(frozen=True, slots=True)
class Mark:
    """A cell of a written row that a person has to look at.

    Attributes:
        position: From 0, among the cells as they are written, the appended ones too.
        reason: Why, in sentences.
    """

    position: int
    reason: str


ToBeSeen = Callable[[], Iterable[int]]
"""Returns the numbers of the rows that a sheet is about, so that none of them is to be hidden in it."""


class TableWriter(Protocol):
    """Writes a table's records with appended cells into a new file; used as a context manager."""

    @property
    def notes(self) -> Sequence[str]:
        """What a person should know of what does not come along into the file, each in a sentence."""
        ...

    @property
    def asides(self) -> Sequence[str]:
        """What else is not in it as it was, each in a sentence, for who looks closely."""
        ...

    @property
    def hidden(self) -> Collection[int]:
        """The numbers of the records that nobody sees in the file."""
        ...

    def __enter__(self) -> Self:
        """Open the file."""
        ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None, /
    ) -> None:
        """Finish the file and flush it to disk; on an error only close it."""
        ...

    def write(
        self, record: Record, appended: Sequence[str | int | None], *, tone: str = "", marks: Sequence[Mark] = ()
    ) -> None:
        """Write one record, padded to the table's width, and then the appended cells.

        Args:
            record: A record of the table that the writer was made for, in the table's order.
            appended: As many cells for every record; None is an empty cell.
            tone: A word for the look of the row where the format can show one: a status, or "".
            marks: The cells to look at, where the format can show it: coloured, with the reason as a comment.
        """
        ...

    def write_sheet(self, sheet: ExtraSheet) -> None:
        """Write a sheet beside the table, if the format has sheets; `notes` say where that cannot be done.

        It is called at most once, before the first record: what it adds to the whole workbook goes before the table.
        """
        ...


@runtime_checkable
class BlockWriter(Protocol):
    """A table writer that can write many records at a time."""

    def write_many(self, records: PlainRecords, appended: Sequence[Sequence[str | int | None]]) -> None:
        """Write records as `write` does, each with its appended cells.

        Args:
            records: Of the table that the writer was made for, in the table's order.
            appended: The columns of the appended cells, each with a cell for every record.
        """
        ...
