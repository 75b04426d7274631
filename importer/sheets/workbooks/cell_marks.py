"""What the workbook reader does not tell: which cells hold an error, and which a formula without a stored value.

calamine gives both as cells with nothing in them, so that an optional cell with `#N/A` in it would count as blank. The
sheet's XML is therefore looked at beside it: first in a quick way that finds out whether there can be any such cell
(0.15 s for a million cells that have none), and only then with a parser, a row at a time.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

from importer.sheets.phrases import column_letter
from importer.sheets.table import CellError
from importer.sheets.workbooks.archive import Archive
from importer.sheets.workbooks.xml_parts import feed, local_name, new_parser

MAX_ROWS: Final = 1_048_576
MAX_COLUMNS: Final = 16_384
_LETTERS: Final = bytes(range(ord("A"), ord("Z") + 1))
_DIGITS: Final = b"0123456789"
_CELL: Final = re.compile(rb'<c(?=[\s/>])(?: r="([A-Z]{1,3}[1-9][0-9]{0,6})"(?: [a-z]+="[A-Za-z0-9]*")* ?/?>)?')
"""A cell's tag; the group is empty where the tag is not written in the way of nearly all programs."""
_VALUELESS: Final = re.compile(rb"(?:</f>|<f[^>]*/>)(?!<v>[^<])")
_NEEDS_PARSER: Final = (b' t="e"', b"<!", b":sheetData")
"""An error cell; a comment, CDATA or document type; elements with a prefix."""
_REFERENCE: Final = re.compile(r"([A-Za-z]{1,3})([1-9][0-9]{0,6})")
_LONGEST_CELL: Final = 16 * 1024**2
_ENOUGH: Final = 64
"""Characters of a value: all that an error's code can have, and more than it takes to know that there is a value."""
_READABLE_ERRORS: Final = frozenset({"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", ""})
"""The only codes that calamine does not refuse a whole sheet for."""


class Uncomputed(Enum):
    """A formula whose value was never stored: the program that wrote the file did not compute it."""

    FORMULA = "formula"


Mark = CellError | Uncomputed
Marks = tuple[int, Mapping[int, Mark]]
"""The number of a row, from 1, and its marked cells by position from 0."""


@dataclass(frozen=True, slots=True)
class Survey:
    """What a sheet's XML says of it as a whole.

    Attributes:
        area: Cells of the rectangle around all cells that hold something; the quick look counts empty ones too.
        marked: Whether any cell has a mark.
        width: How many cells there are up to the last marked one.
    """

    area: int
    marked: bool
    width: int


def survey(archive: Archive, part: str, *, max_area: int) -> Survey:
    """Look at a sheet as a whole, in flat memory.

    Raises:
        SourceError: The part is damaged, or has cells that no sheet can have or that the reader cannot read.
    """
    area = _quick_area(archive.blocks(part))
    if area is not None and area <= max_area:
        return Survey(area, marked=False, width=0)
    sheet = _Sheet(archive, part)
    width = 0
    for _, cells in sheet.marks():
        width = max(width, max(cells, default=-1) + 1)
    return Survey(sheet.area, marked=width > 0, width=width)


def marks(archive: Archive, part: str) -> Iterator[Marks]:
    """Yield the rows that have marked cells, in order; raise as `survey` does."""
    return _Sheet(archive, part).marks()


def _quick_area(blocks: Iterable[bytes]) -> int | None:
    """Return the area, or None where there may be a marked cell or anything else that needs the parser."""
    columns: set[bytes] = set()
    rows = [0]
    rest = b""
    for block in blocks:
        data = rest + block
        cut = data.rfind(b"<c")
        cut = cut if cut > 0 else max(data.rfind(b"<"), 0)
        head, rest = data[:cut], data[cut:]
        if len(rest) > _LONGEST_CELL or not _note(head, columns, rows):
            return None
    if not _note(rest, columns, rows):
        return None
    width = max((_column(name.decode("ascii")) for name in columns), default=0)
    return rows[0] * width if rows[0] <= MAX_ROWS and width <= MAX_COLUMNS else None


def _note(data: bytes, columns: set[bytes], rows: list[int]) -> bool:
    """Note which columns and rows the cells are in; return whether all was as nearly all programs write it."""
    found = _CELL.findall(data)
    if b"" in found or _VALUELESS.search(data) or any(sign in data for sign in _NEEDS_PARSER):
        return False
    references = b" ".join(found)
    columns.update(references.translate(None, _DIGITS).split())
    rows[0] = max(rows[0], *map(int, references.translate(None, _LETTERS).split()), 0)
    return True


def _column(letters: str) -> int:
    """Return the number of a column, from 1."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


class _Sheet:
    """A sheet's XML, gone through with a parser.

    Positions are counted as calamine counts them: a cell's own reference wins over its row's.
    """

    def __init__(self, archive: Archive, part: str) -> None:
        self._archive = archive
        self._part = part
        self._parser = new_parser(archive)
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._row = 0
        self._column = 0
        self._kind = ""
        self._has_formula = False
        self._has_value = False
        self._in_value = False
        self._value = ""
        self._found: dict[int, dict[int, Mark]] = {}
        self._last_row = self._first_row = self._last_column = self._first_column = 0

    @property
    def area(self) -> int:
        """Cells of the rectangle around those that held something, as far as the sheet was gone through."""
        return (self._last_row - self._first_row + 1) * (self._last_column - self._first_column + 1)

    def marks(self) -> Iterator[Marks]:
        """Yield the rows that have marked cells; raise where they are not in order."""
        last = 0
        for block in self._archive.blocks(self._part):
            feed(self._parser, block, self._archive, self._part)
            # The row that is being read may get more cells; all before it are whole.
            for row in [row for row in self._found if row != self._row]:
                last = self._in_order(last, row)
                yield row, self._found.pop(row)
        for row, cells in self._found.items():
            last = self._in_order(last, row)
            yield row, cells

    def _in_order(self, last: int, row: int) -> int:
        if row <= last:
            raise self._archive.damaged("its rows are not in order")
        return row

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        match local_name(name):
            case "row":
                self._row = self._number(attributes.get("r")) or self._row + 1
                self._column = 0
            case "c":
                self._place(attributes.get("r"))
                self._kind = attributes.get("t", "n")
                self._has_formula = self._has_value = False
                self._value = ""
            case "f":
                self._has_formula = True
            case "is":
                self._has_value = True
            case "v":
                self._in_value = True

    def _end(self, name: str) -> None:
        match local_name(name):
            case "v":
                self._in_value = False
            case "c":
                self._finish()
                self._column += 1

    def _text(self, text: str) -> None:
        if self._in_value and len(self._value) < _ENOUGH:
            self._value += text

    def _finish(self) -> None:
        mark: Mark | None = None
        if self._kind == "e":
            if self._value not in _READABLE_ERRORS:
                at = f"{column_letter(self._column)}{self._row}"
                raise self._archive.damaged(f"cell {at} holds an error of a kind that cannot be read")
            mark = CellError(self._value or "#N/A")
        elif self._has_formula and not self._value and self._kind != "str":
            mark = Uncomputed.FORMULA
        if mark is not None:
            self._found.setdefault(self._row, {})[self._column] = mark
        elif self._row in self._found:
            self._found[self._row].pop(self._column, None)
        if mark is not None or self._value or self._has_value:
            self._widen()

    def _widen(self) -> None:
        if not self._last_row:
            self._first_row, self._first_column = self._row, self._column
        self._first_row, self._last_row = min(self._first_row, self._row), max(self._last_row, self._row)
        self._first_column = min(self._first_column, self._column)
        self._last_column = max(self._last_column, self._column)

    def _place(self, reference: str | None) -> None:
        if reference is None:
            return
        match = _REFERENCE.fullmatch(reference)
        row, column = (int(match[2]), _column(match[1])) if match else (0, 0)
        if not (0 < row <= MAX_ROWS and 0 < column <= MAX_COLUMNS):
            raise self._archive.damaged("it has a cell outside of what a sheet can have")
        self._row, self._column = row, column - 1

    def _number(self, row: str | None) -> int:
        if row is None:
            return 0
        if not row.isdecimal() or len(row) > len(str(MAX_ROWS)) or not 0 < int(row) <= MAX_ROWS:
            raise self._archive.damaged("it has a row outside of what a sheet can have")
        return int(row)
