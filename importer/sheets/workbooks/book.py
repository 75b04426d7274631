"""What every reader of a workbook gives: sheets, and their lines of typed cells."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import Enum
from typing import Final, NamedTuple, Protocol, runtime_checkable

from importer.errors import SourceError
from importer.sheets.cells import cell_text
from importer.sheets.header.layout import (
    BROKEN_CELL,
    CUT_OFF,
    FORMATTED_TEXT,
    HIDDEN_TEXT,
    SHORTENED_CELL,
    STALE_FORMULA,
    STRUCK_TEXT,
    UNALIGNED_ROW,
    UNDECODABLE_BYTES,
)
from importer.sheets.table import CellValue
from importer.sheets.workbooks.areas import Area, cell_name

_ERROR_WORDS: Final = (
    "DIV/0! N/A NAME? NULL! NUM! REF! VALUE! GETTING_DATA SPILL! CALC! FIELD! BLOCKED! CONNECT! UNKNOWN! BUSY! "
    "PYTHON! EXTERNAL! TIMEOUT!"
)
ERRORS: Final = frozenset(f"#{word}" for word in _ERROR_WORDS.split())
"""The codes of error cells in all files, whatever the language of the program."""
UNNAMED_ERROR: Final = "#N/A"
"""Stands for an error whose code is not known: what stands there may be anything, and messages quote codes."""


class Uncomputed(Enum):
    """A formula whose value was never stored: the program that wrote the file did not compute it."""

    FORMULA = "formula"


class Doubt(Enum):
    """Why what is stored in a cell is not simply what a person sees there: the code of the issue."""

    STRUCK = STRUCK_TEXT
    FORMATTED = FORMATTED_TEXT
    STALE = STALE_FORMULA
    HIDDEN = HIDDEN_TEXT
    SHORTENED = SHORTENED_CELL
    BROKEN = BROKEN_CELL
    UNALIGNED = UNALIGNED_ROW
    UNDECODABLE = UNDECODABLE_BYTES
    CUT_OFF = CUT_OFF


class Doubtful(NamedTuple):
    """A cell of which a person does not simply see what is stored.

    Attributes:
        value: What is stored.
        why: Why that is not what is seen.
    """

    value: CellValue
    why: Doubt


LineCell = CellValue | Uncomputed | Doubtful
TEXTS: Final = frozenset({str, type(None)})
"""The types of cells that hold text, or nothing."""


class Merge(NamedTuple):
    """What an area of merged cells, in which something is seen, is in one of its lines.

    Attributes:
        row: The line that it begins in.
        first: Its first column, from 0: what is seen in the area is the value of this cell, in each of its lines.
        last: Its last column.
    """

    row: int
    first: int
    last: int


class Line(NamedTuple):
    """A line of a sheet.

    Attributes:
        number: As a person sees it, from 1.
        cells: From column A on, without those at the end that hold nothing. Text that is empty is no text: None.
        hidden: Whether a filter or a person hides it.
        is_text: Whether no cell holds anything but text.
        merged: The merged areas that it is in.
    """

    number: int
    cells: Sequence[LineCell]
    hidden: bool = False
    is_text: bool = False
    merged: Sequence[Merge] = ()

    def without_merged(self, before: int) -> Sequence[LineCell]:
        """Return the cells without what is there only since it is merged with one of a line before a certain one."""
        brought = [merge.first for merge in self.merged if merge.row < min(before, self.number)]
        if not brought:
            return self.cells
        cells = list(self.cells)
        for at in brought:
            cells[at] = None
        while cells and cells[-1] is None:
            cells.pop()
        return cells


class LineColumns(NamedTuple):
    """Lines without a gap between them, column by column.

    Attributes:
        first: The number of the first one.
        columns: From column A on, each with a cell for every line; in every line one of them holds something.
        hidden: The numbers of the lines that a filter or a person hides.
    """

    first: int
    columns: Sequence[Sequence[LineCell]]
    hidden: Sequence[int] = ()

    @property
    def last(self) -> int:
        """The number of the last line."""
        return self.first + len(self.columns[0]) - 1

    def lines(self) -> Iterator[Line]:
        """Yield the lines one by one."""
        hidden = frozenset(self.hidden)
        for number, cells in enumerate(zip(*self.columns, strict=True), self.first):
            yield Line(number, without_end(cells), number in hidden, TEXTS.issuperset(map(type, cells)))


class SheetName(NamedTuple):
    """A sheet's name, whether a person sees the sheet, and whether it is a report of ours on another one."""

    name: str
    visible: bool = True
    is_report: bool = False


class Book(Protocol):
    """An open workbook."""

    @property
    def format(self) -> str:
        """What the file is, as `Detected.format` calls it."""
        ...

    @property
    def notes(self) -> Sequence[str]:
        """What a person should know of how it is read, in sentences."""
        ...

    @property
    def sheets(self) -> Sequence[SheetName]:
        """Its sheets with cells, in their order."""
        ...

    def lines(self, at: int) -> Iterator[Line]:
        """Yield the lines of a sheet that hold something, in their order; their cells may end in None.

        Args:
            at: Which of `sheets`.

        Raises:
            SourceError: The sheet cannot be read further.
        """
        ...

    def part(self, at: int) -> str:
        """Return which part of its package a sheet is, where it is one that can be written; "" elsewhere."""
        ...

    def totals(self, at: int) -> Iterable[Area]:
        """Return the areas of a sheet's table objects of which the last line holds totals, as the file itself says."""
        ...

    def merged(self) -> Iterable[Area]:
        """Return the merged areas of the sheet whose lines were read to their end last, where its lines lack them."""
        ...


@runtime_checkable
class BookByColumns(Protocol):
    """A workbook of which many lines at a time can be read."""

    def pieces(self, at: int) -> Iterator[Line | LineColumns]:
        """Yield the lines of a sheet as `Book.lines` does, those that are written alike column by column."""
        ...


def lines_of(pieces: Iterable[Line | LineColumns]) -> Iterator[Line]:
    """Yield lines one by one, also those that are column by column."""
    for piece in pieces:
        yield from [piece] if isinstance(piece, Line) else piece.lines()


def with_blanks(lines: Iterable[Line], expected: int = 1) -> Iterator[Line]:
    """Yield lines with the blank ones that are missing between them, from line 1 on or from another one."""
    for line in lines:
        while expected < line.number:
            yield Line(expected, (), is_text=True)
            expected += 1
        yield line
        expected = line.number + 1


def without_end(cells: tuple[LineCell, ...]) -> tuple[LineCell, ...]:
    """Return the cells of a line without those at its end that hold nothing."""
    end = len(cells)
    while end and cells[end - 1] is None:
        end -= 1
    return cells[:end]


def stored(cell: LineCell) -> CellValue:
    """Return what is stored in a cell."""
    if isinstance(cell, Doubtful):
        return cell.value
    return None if isinstance(cell, Uncomputed) else cell


def is_uncalculated(cell: LineCell) -> bool:
    """Return whether it is a formula for which a program that did not calculate it has stored nothing."""
    return isinstance(cell, Doubtful) and cell.value is None


def texts(cells: Iterable[LineCell]) -> list[str]:
    """Return the cells' text; a formula without a value is shown as a sign, so that its line is not blank."""
    return ["=" if isinstance(cell, Uncomputed) else cell_text(stored(cell)) for cell in cells]


def put(
    cells: list[LineCell], position: int, value: LineCell, *, row: int, damage: Callable[[str], SourceError]
) -> None:
    """Put a value into its place in a row; raise `SourceError` where there is one: programs show different ones."""
    if position >= len(cells):
        if value is None:
            return
        cells += [None] * (position - len(cells))
        cells.append(value)
    elif cells[position] is None:
        cells[position] = value
    else:
        raise damage(f"cell {cell_name(row, position)} is in it twice")


def damaged(name: str, why: str) -> SourceError:
    """Return the error for a workbook that is not as a workbook should be; `why` is a part of a sentence."""
    return SourceError(
        f"{name} cannot be read as a workbook: {why}.",
        code="damaged_workbook",
        hint="Open it in a spreadsheet program and save it again as an Excel workbook (.xlsx).",
    )


def too_large(name: str, why: str, setting: str = "") -> SourceError:
    """Return the error for a workbook that asks for too much.

    Args:
        name: What messages call the file.
        why: A part of a sentence.
        setting: The setting that allows more, if there is one.
    """
    advice = f", or raise the limit with {setting} if you trust the file" if setting else ""
    return SourceError(
        f"{name} is not opened, since {why}.",
        code="workbook_too_large",
        hint=f"Copy the rows into a new workbook, or save the sheet as CSV{advice}.",
    )


def protected(name: str) -> SourceError:
    """Return the error for a workbook that only a password opens."""
    return SourceError(
        f"{name} is protected with a password.",
        code="password_protected",
        hint="Open it, remove the password and save it again.",
    )


def encrypted(name: str) -> SourceError:
    """Return the error for a workbook that is encrypted as a whole, with a password that somebody has set or not.

    Excel encrypts what is "read-only recommended", or whose structure is protected, with a password of its own, and
    asks nobody for it.
    """
    return SourceError(
        f"{name} is encrypted, with a password or with the one that Excel uses by itself.",
        code="password_protected",
        hint="Open it in Excel and save it again without: remove the password, the protection of the workbook and"
        ' "read-only recommended" (Save As, Tools, General Options).',
    )
