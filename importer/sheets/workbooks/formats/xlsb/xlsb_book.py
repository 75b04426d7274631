"""Binary Excel workbooks (.xlsb): the reader.

Source: [MS-XLSB]; the records' numbers are in 2.3.1.
"""

from __future__ import annotations

import functools
import struct
from collections.abc import Iterator, Mapping, Sequence
from enum import IntEnum
from typing import Final

from importer.sheets.limits import Limits
from importer.sheets.source_file import SourceFile
from importer.sheets.table import CellError
from importer.sheets.workbooks.areas import MAX_COLUMNS, MAX_ROWS, Area
from importer.sheets.workbooks.book import Doubt, Doubtful, Line, LineCell, SheetName, put, stored
from importer.sheets.workbooks.formats.known_results import KnownResults, results_of
from importer.sheets.workbooks.formats.text_runs import is_struck
from importer.sheets.workbooks.formats.xlsb.biff12 import Fields, records
from importer.sheets.workbooks.formats.xlsb.binary_looks import BinaryLooks, read_binary_looks
from importer.sheets.workbooks.formats.xlsb.binary_tables import binary_areas_with_totals
from importer.sheets.workbooks.package.archive import Archive
from importer.sheets.workbooks.package.relations import (
    MACROS_NOTE,
    SheetPart,
    has_macros,
    parts_of_kind,
    program_of,
    relations,
    workbook_part,
)
from importer.sheets.workbooks.serials import NumberKind, from_serial

_USUAL_PART: Final = "xl/workbook.bin"
_MAX_AREAS: Final = 200_000
_ROW_HIDDEN: Final = 0x10
_FORMAT_BITS: Final = 0xFFFFFF
_ERRORS: Final = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A",
    0x2B: "#GETTING_DATA",
}  # fmt: skip


class _Biff12Record(IntEnum):
    ROW = 0
    BLANK = 1
    RK = 2
    ERROR = 3
    BOOL = 4
    REAL = 5
    TEXT = 6
    SHARED = 7
    FORMULA_TEXT = 8
    FORMULA_REAL = 9
    FORMULA_BOOL = 10
    FORMULA_ERROR = 11
    SHORT_BLANK = 12
    SHORT_RK = 13
    SHORT_ERROR = 14
    SHORT_BOOL = 15
    SHORT_REAL = 16
    SHORT_TEXT = 17
    SHORT_SHARED = 18
    STRING = 19
    OTHERWISE = 37
    OTHERWISE_END = 38
    CELL_METADATA = 49
    VALUE_METADATA = 50
    RICH_TEXT = 62
    WORKBOOK_PROPERTIES = 153
    ROWS = 145
    CALCULATION = 157
    ROWS_END = 146
    SHEET = 156
    MERGED = 176
    ARRAY_FORMULA = 426
    SHARED_FORMULA = 427
    DATA_TABLE = 428
    ROW_DESCENT = 1024


_SHORT: Final[Mapping[int, int]] = {
    _Biff12Record.SHORT_BLANK: _Biff12Record.BLANK,
    _Biff12Record.SHORT_RK: _Biff12Record.RK,
    _Biff12Record.SHORT_ERROR: _Biff12Record.ERROR,
    _Biff12Record.SHORT_BOOL: _Biff12Record.BOOL,
    _Biff12Record.SHORT_REAL: _Biff12Record.REAL,
    _Biff12Record.SHORT_TEXT: _Biff12Record.TEXT,
    _Biff12Record.SHORT_SHARED: _Biff12Record.SHARED,
}
"""Records without a column of their own, which follow the cell before them, and what they are else."""
_CELLS: Final = frozenset(
    {*range(_Biff12Record.BLANK, _Biff12Record.FORMULA_ERROR + 1), *_SHORT, _Biff12Record.RICH_TEXT}
)
_NO_CELLS: Final = frozenset(
    {
        _Biff12Record.ROWS,
        _Biff12Record.OTHERWISE,
        _Biff12Record.OTHERWISE_END,
        _Biff12Record.CELL_METADATA,
        _Biff12Record.VALUE_METADATA,
        _Biff12Record.ARRAY_FORMULA,
        _Biff12Record.SHARED_FORMULA,
        _Biff12Record.DATA_TABLE,
        _Biff12Record.ROW_DESCENT,
    }
)
"""What may stand among the cells and holds no value (the rule CELLTABLE): any other may be a cell that nobody knows."""

_FORMULAS: Final = frozenset(range(_Biff12Record.FORMULA_TEXT, _Biff12Record.FORMULA_ERROR + 1))
_CALCULATION_FLAGS_AT: Final = 24
_NOT_CALCULATED: Final = 0x11
"""In the flags: the workbook is to be calculated when it is opened, or was not when it was saved (2.4.315)."""


class XlsbBook:
    """A binary workbook of Excel since 2007.

    Args:
        file: The file.
        limits: What it is held to.

    Raises:
        SourceError: It is damaged, protected or over a limit.
        OSError: It cannot be read.
    """

    format: Final = "xlsb"

    def __init__(self, file: SourceFile, limits: Limits) -> None:
        self._archive = Archive(file, limits)
        self._part = workbook_part(self._archive, _USUAL_PART)
        self._relations = relations(self._archive, self._part)
        self._since_1904 = False
        self._results = results_of(program_of(self._archive))
        self._sheets = list(self._find_sheets())
        self._areas: list[Area] = []
        self.notes: Final[Sequence[str]] = (MACROS_NOTE,) if has_macros(self._archive, self._relations) else ()

    @property
    def sheets(self) -> Sequence[SheetName]:
        """The sheets with cells, in their order."""
        return [sheet.name for sheet in self._sheets]

    def part(self, at: int) -> str:  # noqa: ARG002 - the signature of the port
        """Return nothing: such a workbook is not written."""
        return ""

    def totals(self, at: int) -> Sequence[Area]:
        """Return the areas of a sheet's table objects that have a row of totals."""
        return list(binary_areas_with_totals(self._archive, self._sheets[at].part))

    def merged(self) -> Sequence[Area]:
        """Return the merged areas of the sheet that was read last."""
        return self._areas

    def lines(self, at: int) -> Iterator[Line]:
        """Yield the lines of a sheet; raise `SourceError` where it is damaged."""
        self._areas = []
        line: Line | None = None
        cells: list[LineCell] = []
        begun = ended = False
        column = -1
        for kind, data in records(self._archive, self._sheets[at].part):
            if kind in _CELLS and not ended:
                column = self._put(kind, data, cells, line, column + 1)
            elif kind == _Biff12Record.ROWS_END:
                ended = True
            elif kind == _Biff12Record.ROW and not ended:
                if line is not None:
                    yield line
                cells, column = [], -1
                line = self._row(data, cells, line)
            elif kind == _Biff12Record.MERGED:
                self._merge(data)
            elif begun and not ended and kind not in _NO_CELLS:
                raise self._archive.damaged(f"among its cells is a record of kind {kind}, which is none that is known")
            begun = begun or kind == _Biff12Record.ROWS
        if line is not None:
            yield line

    def _row(self, data: bytes, cells: list[LineCell], last: Line | None) -> Line:
        fields = Fields(data, self._archive.damaged)
        number = fields.number(4) + 1
        fields.skip(7)
        if number > MAX_ROWS or (last is not None and number <= last.number):
            raise self._archive.damaged("its rows are not in order, or more than a sheet can have")
        return Line(number, cells, bool(fields.number(1) & _ROW_HIDDEN))

    def _put(self, kind: int, data: bytes, cells: list[LineCell], line: Line | None, follows: int) -> int:
        """Put a cell into its place and return its column, which is `follows` where the record has none of its own."""
        fields = Fields(data, self._archive.damaged)
        column = follows if kind in _SHORT else fields.number(4)
        style = fields.number(4) & _FORMAT_BITS
        if column >= MAX_COLUMNS or line is None:
            raise self._archive.damaged("it has a cell outside of what a sheet can have")
        value = self._seen(self._value(_SHORT.get(kind, kind), style, fields), style)
        if kind in _FORMULAS:
            value = self._results.seen(value)
        put(cells, column, value, row=line.number, damage=self._archive.damaged)
        return column

    def _value(self, kind: int, style: int, fields: Fields) -> LineCell:
        value: LineCell = None
        match kind:
            case _Biff12Record.SHARED:
                value = self._shared(fields.number(4))
            case _Biff12Record.TEXT | _Biff12Record.FORMULA_TEXT:
                value = fields.text() or None
            case _Biff12Record.RICH_TEXT:
                value = self._rich(fields) or None
            case _Biff12Record.RK:
                value = self._number(_rk(fields.number(4)), style)
            case _Biff12Record.REAL | _Biff12Record.FORMULA_REAL:
                value = self._number(fields.double(), style)
            case _Biff12Record.BOOL | _Biff12Record.FORMULA_BOOL:
                value = bool(fields.number(1))
            case _Biff12Record.ERROR | _Biff12Record.FORMULA_ERROR:
                value = CellError(_ERRORS.get(fields.number(1), "#N/A"))
        return value

    def _seen(self, cell: LineCell, style: int) -> LineCell:
        """Return a cell, in doubt where it is text that its cell format does not simply show."""
        why = self._looks.doubts.get(style) if isinstance(cell, str) else None
        return cell if why is None else Doubtful(stored(cell), why)

    def _rich(self, fields: Fields) -> str | Doubtful:
        """Return text that may be in several looks ([MS-XLSB] 2.5.121): in doubt where some of it is struck through."""
        in_runs, text = fields.number(1) & 1, fields.text()
        if not (in_runs and text and self._looks.struck_fonts):
            return text
        runs = [(fields.number(2), fields.number(2)) for _ in range(fields.number(4))]
        return Doubtful(text, Doubt.STRUCK) if is_struck(text, runs, self._looks.struck_fonts) else text

    def _shared(self, index: int) -> str | Doubtful | None:
        if index >= len(self._strings):
            raise self._archive.damaged("a cell refers to a text that is not there")
        return self._strings[index] or None

    def _number(self, number: float, style: int) -> LineCell:
        kinds = self._looks.kinds
        kind = kinds[style] if style < len(kinds) else NumberKind.NUMBER
        if kind is NumberKind.NUMBER:
            return number
        return from_serial(number, kind, since_1904=self._since_1904, number_format=self._looks.codes[style])

    def _merge(self, data: bytes) -> None:
        fields = Fields(data, self._archive.damaged)
        top, bottom, left, right = (fields.number(4) for _ in range(4))
        if len(self._areas) == _MAX_AREAS:
            raise self._archive.damaged(f"it has more than {_MAX_AREAS:,} merged areas")
        self._areas.append(Area(top + 1, left, bottom + 1, right))

    @functools.cached_property
    def _strings(self) -> list[str | Doubtful]:
        strings: list[str | Doubtful] = []
        for part in list(parts_of_kind(self._relations, self._archive, "sharedStrings"))[:1]:
            for kind, data in records(self._archive, part):
                if kind == _Biff12Record.STRING:
                    strings.append(self._rich(Fields(data, self._archive.damaged)))
        return strings

    @functools.cached_property
    def _looks(self) -> BinaryLooks:
        part = next(parts_of_kind(self._relations, self._archive, "styles"), "")
        return read_binary_looks(self._archive, part) if part else BinaryLooks()

    def _find_sheets(self) -> Iterator[SheetPart]:
        for kind, data in records(self._archive, self._part):
            fields = Fields(data, self._archive.damaged)
            if kind == _Biff12Record.WORKBOOK_PROPERTIES:
                self._since_1904 = bool(fields.number(4) & 1)
            elif kind == _Biff12Record.CALCULATION and len(data) > _CALCULATION_FLAGS_AT + 1:
                fields.skip(_CALCULATION_FLAGS_AT)
                if fields.number(2) & _NOT_CALCULATED:
                    self._results = KnownResults.NONE
            elif kind == _Biff12Record.SHEET:
                visible = fields.number(4) == 0
                fields.skip(4)
                relation = self._relations.get(fields.text())
                name = fields.text()
                if relation is not None and relation.kind == "worksheet":
                    yield SheetPart(SheetName(name, visible), relation.part)


def _rk(raw: int) -> float:
    """Return a number that is stored in 30 bits ([MS-XLSB] 2.5.122)."""
    if raw & 2:
        value: float = float((raw >> 2) - (1 << 30 if raw & 0x80000000 else 0))
    else:
        (value,) = struct.unpack("<d", bytes(4) + (raw & ~3).to_bytes(4, "little"))
    return value / 100 if raw & 1 else value
