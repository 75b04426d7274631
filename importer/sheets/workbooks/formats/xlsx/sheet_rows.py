"""The lines of a sheet of an Excel workbook, in flat memory; by regular expressions, for speed.

Speed is their only reason: whatever they read, the parser (`sheet_xml.py`) reads as well, in four times their time
(`python -m bench.sheet_rows`: 0.37 s for 50,000 rows, and 1.54 s). Without them nothing but the time would change.
So it is with columns (`row_shapes.py`), which take 0.20 s.

Nearly all programs write rows and cells in one way, which a regular expression takes apart. A row that is written
otherwise is given to the parser on its own, and a sheet that does anything unusual between its rows (comments, CDATA,
prefixes, other encodings) is given to the parser from there on. A test holds both to the same lines.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator
from typing import Final, TypeVar

from importer.sheets.workbooks.areas import MAX_COLUMNS, Area, column_position
from importer.sheets.workbooks.book import Line, LineCell, LineColumns, put
from importer.sheets.workbooks.formats.xlsx.row_shapes import ATTRIBUTE, ROWS_A_PIECE, RowShapes
from importer.sheets.workbooks.formats.xlsx.sheet_xml import SheetParser, checked_row, is_hidden
from importer.sheets.workbooks.formats.xlsx.xlsx_values import CellValues, plain_text
from importer.sheets.workbooks.package.archive import Archive
from importer.sheets.workbooks.package.xml_reading import unescaped

_BEGIN: Final = b"<sheetData>"
_ROW_END: Final = b"</row>"
_END: Final = b"</sheetData"
_LONGEST_ROW: Final = 16 * 1024**2
_ROW: Final = re.compile(
    r'\s*(?:<row(?: [A-Za-z0-9:]+="[^"<>&]*")* ?/>\s*)*<row r="([1-9][0-9]{0,6})"((?: [A-Za-z0-9:]+="[^"<>&]*")*) ?>'
)
_CELL: Final = re.compile(
    r'<c r="([A-Z]{1,3})([0-9]+)"(?: s="(0|[1-9][0-9]{0,5})")?(?: t="([A-Za-z]+)")?'
    r"(?: ?/>|>(<f>[^<]*</f>|<f [^<>]*>[^<]*</f>|<f [^<>]*/>)?"
    r'(?:<v>([^<]*)</v>|<v ?/>|<is><t(?: xml:space="preserve")?>([^<]*)</t></is>)?</c>)'
    r"|(.)",
    re.DOTALL,
)
"""Column, row, format, type, formula, value, inline text; or else anything, which makes the row an unusual one."""

_CONTROLS: Final = bytes([*range(9), 11, 12, *range(14, 32)])
_NO_CHARACTERS: Final = ("\ufffe".encode(), "\uffff".encode())

_OF_NUMBERS: Final = ("", "n")
"""The types of a cell that holds a number: the first is not written."""

_PieceT = TypeVar("_PieceT", bound=Line | LineColumns)

_position = functools.lru_cache(maxsize=MAX_COLUMNS)(column_position)


class SheetRows:
    """The rows of one sheet, in one reading.

    Args:
        archive: The workbook.
        part: The sheet's part in it.
        values: Makes values of what is written in cells.
        fewest: How many rows must follow each other at an average, so that columns are made of them.
    """

    def __init__(self, archive: Archive, part: str, values: CellValues, fewest: int = ROWS_A_PIECE) -> None:
        self._archive = archive
        self._part = part
        self._values = values
        self._parser = SheetParser(values, part)
        self._shapes = RowShapes(values, self._plain, fewest)
        self._row = 0
        doubts = values.looks.doubts
        self._odd = frozenset([*map(str, doubts), *([""] if 0 in doubts else [])])
        """The cell formats in which text is not simply seen, as cells name them."""

    @property
    def areas(self) -> list[Area]:
        """The merged areas, known once all lines were read."""
        return self._parser.areas

    def lines(self) -> Iterator[Line]:
        """Yield the rows in their order; raise `SourceError` where the sheet is not sound."""
        return self._read(self._quick_lines)

    def pieces(self) -> Iterator[Line | LineColumns]:
        """Yield the rows as `lines` does, those that are written alike column by column."""
        return self._read(self._quick_pieces)

    def _read(self, quickly: Callable[[str], Iterator[_PieceT]]) -> Iterator[Line | _PieceT]:
        """Yield what is made of the text of rows, and what the parser makes of the rest."""
        pending, quick, begun = b"", True, False
        for block in self._archive.blocks(self._part):
            pending += block
            if quick and not begun:
                pending, quick = self._begin(pending)
                begun = True
            if quick:
                end = pending.rfind(_ROW_END) + len(_ROW_END)
                text = usual_text(pending[:end]) if end >= len(_ROW_END) else ""
                if text is not None:
                    yield from quickly(text)
                    pending = pending[end:] if text else pending
                    quick = _END not in pending and len(pending) < _LONGEST_ROW
                else:
                    quick = False
            if not quick:
                self._parser.row = max(self._parser.row, self._row)
                yield from self._parser.feed(pending)
                pending = b""
        self._parser.row = max(self._parser.row, self._row)
        yield from self._parser.feed(pending, last=True)

    def _begin(self, data: bytes) -> tuple[bytes, bool]:
        """Give what comes before the rows to the parser; return the rest, and whether it may be read quickly."""
        at = data.find(_BEGIN) + len(_BEGIN)
        if at < len(_BEGIN):
            return data, False
        head = data[:at]
        for _ in self._parser.feed(head):
            pass
        return data[at:], self._parser.is_utf8 and b"<!" not in head

    def _quick_lines(self, text: str) -> Iterator[Line]:
        for piece in text.split("</row>")[:-1]:
            match = _ROW.match(piece)
            cells = self._cells(piece[match.end() :], match[1]) if match else None
            if match is None or cells is None:
                yield self._unusual(piece)
                continue
            self._row = checked_row(int(match[1]), self._row, self._values)
            yield Line(self._row, cells, bool(match[2]) and is_hidden(dict(ATTRIBUTE.findall(match[2]))))

    def _quick_pieces(self, text: str) -> Iterator[Line | LineColumns]:
        pieces = self._shapes.taken_apart(text)
        for piece in [text] if pieces is None else pieces:
            if isinstance(piece, str):
                yield from self._quick_lines(piece)
            else:
                checked_row(piece.first, self._row, self._values)
                self._row = checked_row(piece.last, self._row, self._values)
                yield piece

    def _cells(self, text: str, row: str) -> list[LineCell] | None:
        """Return the cells of a row; None where one of them is written in an unusual way."""
        cells: list[LineCell] = []
        strings, number_of, odd = self._values.strings, self._values.number, self._odd
        for letters, number, style, kind, formula, value, inline, other in _CELL.findall(text):
            if other or number != row or (inline and kind != "inlineStr"):
                return None
            position = _position(letters)
            cell: LineCell
            if kind == "s" and not formula and value.isdecimal() and len(value) < 9 and int(value) < len(strings):  # noqa: PLR2004
                cell = strings[int(value)] or None
            elif inline and kind == "inlineStr":
                cell = self._plain(inline) or None
            elif not value and not formula and not kind:
                cell = None
            elif value and not formula and kind in _OF_NUMBERS and "&" not in value:
                cell = number_of(value, int(style or 0), row=int(row), column=position)
            else:
                cell = self._other(kind, style, value, formula, (int(row), position))
            if style in odd:
                cell = self._values.seen(cell, int(style or 0))
            if position == len(cells):
                cells.append(cell)
            elif len(cells) < position < MAX_COLUMNS:
                put(cells, position, cell, row=int(row), damage=self._values.damage)
            else:
                return None
        return cells

    def _other(self, kind: str, style: str, text: str, formula: str, at: tuple[int, int]) -> LineCell:
        if kind == "inlineStr":
            cell: LineCell = self._plain(text) or None
        else:
            raw = unescaped(text, self._values.damage) if "&" in text else text
            cell = self._values.value(kind, int(style or 0), raw, row=at[0], column=at[1])
        return self._values.computed(cell, kind) if formula else cell

    def _plain(self, text: str) -> str:
        return plain_text(unescaped(text, self._values.damage) if "&" in text else text)

    def _unusual(self, piece: str) -> Line:
        """Return the row of a piece that is not written as usual."""
        parser = SheetParser(self._values, self._part, self._row)
        [*_, line] = parser.feed(f"<x>{piece}</row></x>".encode(), last=True)
        self._row = parser.row
        return line


def usual_text(data: bytes) -> str | None:
    """Return the text of some rows, its line ends as XML has them; None where a parser must see them."""
    # One sign is found much faster than two, and these are rare.
    if (b"!" in data and b"<!" in data) or (b"?" in data and b"<?" in data):
        return None
    if len(data.translate(None, _CONTROLS)) < len(data) or any(sign in data for sign in _NO_CHARACTERS):
        return None
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
