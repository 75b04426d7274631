"""Workbooks in Excel's XML of 2003 (SpreadsheetML): the reader."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Mapping
from typing import Final

from importer.sheets.source_file import SourceFile
from importer.sheets.table import CellError
from importer.sheets.workbooks.areas import MAX_COLUMNS, MAX_ROWS, Area
from importer.sheets.workbooks.book import (
    ERRORS,
    UNNAMED_ERROR,
    Doubt,
    Doubtful,
    Line,
    LineCell,
    SheetName,
    Uncomputed,
    damaged,
)
from importer.sheets.workbooks.formats.control_characters import without_controls
from importer.sheets.workbooks.formats.known_results import KnownResults
from importer.sheets.workbooks.formats.parsed_book import ParsedBook, ParsedSheet
from importer.sheets.workbooks.formats.written_values import date_or_moment, finite_number, naive_moment
from importer.sheets.workbooks.formats.xml2003_looks import Xml2003Looks
from importer.sheets.workbooks.merged_cells import MergedCells
from importer.sheets.workbooks.package.xml_reading import Damage, feed, is_true, local_name, new_parser
from importer.sheets.workbooks.packed_lines import PackedLines

_BLOCK_BYTES: Final = 1024 * 1024
_PART: Final = "Workbook"
_SEEN: Final = "SheetVisible"
_STRIKING: Final = frozenset({"S", "Strike", "Del"})
_TRUTHS: Final = {"1": True, "0": False}
_NO_DAYS: Final = frozenset({dt.date(1899, 12, 31), dt.date(1904, 1, 1)})


def open_xml(file: SourceFile) -> ParsedBook:
    """Open a workbook in Excel's XML of 2003.

    Raises:
        SourceError: It is damaged.
        OSError: It cannot be read.
    """
    parser = _Parser(functools.partial(damaged, file.name))
    with file.path.open("rb") as opened:
        for block in without_controls(iter(lambda: opened.read(_BLOCK_BYTES), b"")):
            parser.feed(block)
    return ParsedBook("xml", parser.close())


class _Parser:
    def __init__(self, damage: Damage) -> None:
        self._damage = damage
        self._parser = new_parser(damage)
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._add
        self._sheets: list[ParsedSheet] = []
        self._name = ""
        self._visible = True
        self._lines = PackedLines()
        self._merged = MergedCells()
        self._areas: list[Area] = []
        self._row = 0
        self._rows_spanned = 0
        """How many rows without cells the element of the row stands for as well."""
        self._hidden = False
        self._cells: list[LineCell] = []
        self._column = 0
        self._spans: dict[int, int] = {}
        self._looks = Xml2003Looks()
        self._results = KnownResults.FILLED
        """Unless it says which version of Excel wrote it."""
        self._row_style = self._cell_style = ""
        self._strikes = 0
        """How deep inside of text that is struck through."""
        self._has_struck = False
        self._kind = ""
        self._formula = False
        self._comments = 0
        self._text: list[str] | None = None
        self._value: LineCell = None

    def feed(self, data: bytes) -> None:
        feed(self._parser, data, self._damage, _PART)

    def close(self) -> list[ParsedSheet]:
        feed(self._parser, b"", self._damage, _PART, last=True)
        return self._sheets

    def _start(self, name: str, given: dict[str, str]) -> None:
        local = local_name(name)
        attributes = {local_name(key): value for key, value in given.items()}
        if self._text is None:
            self._looks.start(local, attributes)
        elif local in _STRIKING:
            self._strikes += 1
        match local:
            case "Version" if self._text is None and not self._sheets:
                self._results = KnownResults.ALL
            case "Worksheet":
                self._name, self._visible = attributes.get("Name", ""), True
                self._lines, self._row, self._rows_spanned, self._spans = PackedLines(), 0, 0, {}
                self._merged = MergedCells()
            case "Row":
                self._start_row(attributes)
            case "Cell":
                self._start_cell(attributes)
            case "Comment":
                self._comments += 1
            case "Data" if not self._comments:
                self._kind, self._text = attributes.get("Type", "String"), []
                self._strikes, self._has_struck = 0, False
            case "Visible":
                self._text = []

    def _end(self, name: str) -> None:
        if self._text is not None and local_name(name) in _STRIKING:
            self._strikes -= 1
        match local_name(name):
            case "Worksheet":
                self._sheets.append(ParsedSheet(SheetName(self._name, self._visible), self._lines))
            case "Row":
                self._lines.append(self._merged.shown(Line(self._row, self._cells, self._hidden), self._areas))
                self._spans = {at: rows - 1 for at, rows in self._spans.items() if rows > 1}
            case "Cell":
                self._end_cell()
            case "Comment":
                self._comments -= 1
            case "Data" if not self._comments:
                self._value, self._text = self._seen(self._typed("".join(self._text or []))), None
            case "Visible":
                self._visible, self._text = "".join(self._text or [_SEEN]).strip() == _SEEN, None

    def _add(self, text: str) -> None:
        if self._text is not None and not self._comments:
            self._text.append(text)
            self._has_struck = self._has_struck or (self._strikes > 0 and bool(text.strip()))

    def _start_row(self, attributes: Mapping[str, str]) -> None:
        row = self._row + self._rows_spanned + 1
        if "Index" in attributes:
            row = self._count(attributes["Index"], MAX_ROWS + 1)
        if passed := row - self._row - 1:
            self._spans = {at: rows - passed for at, rows in self._spans.items() if rows > passed}
        if not self._row < row <= MAX_ROWS:
            raise self._damage("its rows are not in order, or more than a sheet can have")
        self._row = row
        self._rows_spanned = self._count(attributes.get("Span", "0"), MAX_ROWS)
        self._hidden = is_true(attributes.get("Hidden")) or not attributes.get("Height", "1").strip("0.")
        self._cells, self._areas, self._column = [], [], 0
        self._row_style = attributes.get("StyleID", "")

    def _start_cell(self, attributes: Mapping[str, str]) -> None:
        while self._column in self._spans:
            self._column += 1
        if "Index" in attributes:
            self._column = self._count(attributes["Index"], MAX_COLUMNS + 1) - 1
        if not len(self._cells) <= self._column < MAX_COLUMNS:
            raise self._damage("it has a cell outside of what a sheet can have")
        self._cells += [None] * (self._column - len(self._cells))
        self._formula = "Formula" in attributes
        self._value = None
        self._cell_style = attributes.get("StyleID", "")
        across = self._count(attributes.get("MergeAcross", "0"), MAX_COLUMNS - 1 - self._column)
        down = self._count(attributes.get("MergeDown", "0"), MAX_ROWS)
        if down:
            self._spans.update(dict.fromkeys(range(self._column, self._column + across + 1), down + 1))
        if across or down:
            self._areas.append(Area(self._row, self._column, self._row + down, self._column + across))
        self._across = across

    def _end_cell(self) -> None:
        value = self._value
        if self._formula:
            is_missing = value is None and self._kind != "String"
            value = Uncomputed.FORMULA if is_missing else self._results.seen(value)
        self._cells.append(value)
        self._cells += [None] * self._across
        self._column += 1 + self._across
        self._kind = ""

    def _seen(self, value: LineCell) -> LineCell:
        """Return a value, in doubt where it is text that is not simply seen."""
        if not isinstance(value, str):
            return value
        why = self._looks.doubt(self._cell_style, self._row_style, self._column)
        why = Doubt.STRUCK if self._has_struck else why
        return value if why is None else Doubtful(value, why)

    def _count(self, text: str, most: int) -> int:
        return min(int(text), most) if text.isdecimal() and len(text) < len("100000000") else most

    def _typed(self, text: str) -> LineCell:
        try:
            match self._kind:
                case "Number":
                    return finite_number(text)
                case "Boolean":
                    return _TRUTHS[text.strip()]
                case "DateTime":
                    return _moment(text.strip())
                case "Error":
                    return CellError(text.strip() if text.strip() in ERRORS else UNNAMED_ERROR)
        except (KeyError, ValueError):
            return text or None
        return text or None


def _moment(text: str) -> LineCell:
    """Return a date or, where it is on the day before the first one, a time."""
    moment = naive_moment(text)
    return moment.time() if moment.date() in _NO_DAYS else date_or_moment(moment)
