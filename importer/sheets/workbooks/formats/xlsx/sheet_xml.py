"""A sheet's XML, gone through with a parser: right for whatever way it is written in, and slow.

`sheet_rows.py` decides which rows come here: those that it cannot take apart itself, which is only faster.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from importer.sheets.workbooks.areas import MAX_COLUMNS, MAX_ROWS, Area, column_position
from importer.sheets.workbooks.book import Doubt, Doubtful, Line, LineCell, put, stored
from importer.sheets.workbooks.formats.xlsx.cell_looks import is_struck
from importer.sheets.workbooks.formats.xlsx.xlsx_values import CellValues, plain_text
from importer.sheets.workbooks.package.xml_reading import EXTENSIONS, feed, is_true, local_name, new_parser, says_utf8

_REFERENCE: Final = re.compile(r"\$?([A-Za-z]{1,3})\$?([1-9][0-9]{0,6})")
_NO_HEIGHT: Final = re.compile(r"0+(?:\.0*)?")
_MAX_AREAS: Final = 200_000
_OF_A_CELL: Final = frozenset({"v", "f", "is"})


def is_hidden(attributes: dict[str, str]) -> bool:
    """Return whether the attributes of a row hide it, be it by a height of nothing."""
    return is_true(attributes.get("hidden")) or _NO_HEIGHT.fullmatch(attributes.get("ht", "")) is not None


class SheetParser:
    """Parses a sheet bit by bit.

    Args:
        values: Makes values of what is written in cells.
        part: The sheet's part, for messages.
        row: The number of the last row before what is parsed.
    """

    def __init__(self, values: CellValues, part: str, row: int = 0) -> None:
        self._values = values
        self._part = part
        self._parser = new_parser(values.damage)
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._parser.XmlDeclHandler = self._declared
        self._lines: list[Line] = []
        self._cells: list[LineCell] = []
        self._hidden = False
        self._column = -1
        self._kind = self._style = ""
        self._has_formula = False
        self._collecting: list[str] | None = None
        self._value: list[str] = []
        self._inline: list[str] = []
        self._spoken = 0
        self._struck = self._has_struck = False
        """Whether the run of text is struck through, and whether something in the cell is."""
        self._depth = 0
        """How deep inside a cell, which is 1 itself."""
        self._prefix = ""
        self._foreign = 0
        """How deep inside what is no part of a cell, such as an extension."""
        self.row = row
        self.areas: list[Area] = []
        self.is_utf8 = True

    def feed(self, data: bytes, *, last: bool = False) -> Iterator[Line]:
        """Yield the rows that end in some more bytes; raise `SourceError` where they are not sound."""
        feed(self._parser, data, self._values.damage, self._part, last=last)
        lines, self._lines = self._lines, []
        yield from lines

    def _declared(self, _version: str, encoding: str | None, _alone: int) -> None:
        self.is_utf8 = says_utf8(encoding)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        local = local_name(name)
        if self._foreign or local == EXTENSIONS or (self._depth == 1 and self._is_foreign(name, attributes)):
            self._foreign += 1
            return
        if local == "c" and not self._depth:
            self._prefix = name.rpartition(":")[0]
        if self._depth or local == "c":
            self._depth += 1
        self._start_own(local, attributes)

    def _start_own(self, local: str, attributes: dict[str, str]) -> None:
        match local:
            case "c":
                self._start_cell(attributes)
            case "v":
                self._collecting = self._value
            case "t" if not self._spoken:
                self._collecting = self._inline
            case "row":
                self._start_row(attributes)
            case "f":
                self._has_formula = True
            case "rPh":
                self._spoken += 1
            case "r" if self._depth:
                self._struck = False
            case "strike" if self._depth:
                self._struck = is_struck(attributes)
            case "mergeCell":
                self._merge(attributes.get("ref", ""))

    def _end(self, name: str) -> None:
        if self._foreign:
            self._foreign -= 1
            return
        if self._depth:
            self._depth -= 1
        match local_name(name):
            case "v" | "t":
                self._collecting = None
            case "c":
                self._end_cell()
            case "row":
                self._lines.append(Line(self.row, self._cells, self._hidden))
                self._cells = []
            case "rPh":
                self._spoken -= 1

    def _is_foreign(self, name: str, attributes: dict[str, str]) -> bool:
        """Return whether an element right inside a cell is none of a cell's own: those are in the cell's namespace."""
        prefix, _, local = name.rpartition(":")
        return local not in _OF_A_CELL or prefix != self._prefix or any(key.startswith("xmlns") for key in attributes)

    def _text(self, text: str) -> None:
        if self._collecting is not None:
            self._collecting.append(text)
            self._has_struck = self._has_struck or (self._struck and bool(text.strip()))

    def _start_row(self, attributes: dict[str, str]) -> None:
        number = attributes.get("r")
        row = self.row + 1 if number is None else int(number) if re.fullmatch("[0-9]{1,7}", number) else 0
        self.row = checked_row(row, self.row, self._values)
        self._hidden = is_hidden(attributes)
        self._column = -1

    def _start_cell(self, attributes: dict[str, str]) -> None:
        reference = attributes.get("r")
        self._column = self._column + 1 if reference is None else self._position(reference)
        if self._column >= MAX_COLUMNS:
            raise self._values.damage("it has a cell outside of what a sheet can have")
        self._kind = attributes.get("t", "")
        self._style = attributes.get("s", "0")
        self._has_formula = self._struck = self._has_struck = False
        self._value, self._inline = [], []

    def _position(self, reference: str) -> int:
        match = _REFERENCE.fullmatch(reference)
        if match is None or int(match[2]) > MAX_ROWS:
            return MAX_COLUMNS
        if int(match[2]) != self.row:
            raise self._values.damage(f"cell {reference} is in its row {self.row}")
        return column_position(match[1])

    def _end_cell(self) -> None:
        text = "".join(self._value)
        style = int(self._style) if self._style.isdecimal() and len(self._style) < len("1000000") else 0
        if self._kind == "inlineStr":
            value: LineCell = plain_text("".join(self._inline)) or plain_text(text) or None
            value = Doubtful(stored(value), Doubt.STRUCK) if value and self._has_struck else value
        else:
            value = self._values.value(self._kind, style, text, row=self.row, column=self._column)
        value = self._values.computed(value, self._kind) if self._has_formula else value
        value = self._values.seen(value, style)
        put(self._cells, self._column, value, row=self.row, damage=self._values.damage)

    def _merge(self, reference: str) -> None:
        first, _, last = reference.partition(":")
        start, end = _REFERENCE.fullmatch(first), _REFERENCE.fullmatch(last)
        if start is None or end is None:
            return
        if len(self.areas) == _MAX_AREAS:
            raise self._values.damage(f"it has more than {_MAX_AREAS:,} merged areas")
        first_row, last_row = sorted((int(start[2]), int(end[2])))
        first_column, last_column = sorted((column_position(start[1]), column_position(end[1])))
        self.areas.append(Area(first_row, first_column, last_row, last_column))


def checked_row(row: int, last: int, values: CellValues) -> int:
    """Return the number of a row; raise `SourceError` where it is none, or not after the last one."""
    if not 0 < row <= MAX_ROWS:
        raise values.damage("it has a row outside of what a sheet can have")
    if row <= last:
        raise values.damage("its rows are not in order")
    return row
