"""Excel workbooks of the old kind (.xls): the reader, which is xlrd behind our own rules for cells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import xlrd
from xlrd.biffh import XLRDError, error_text_from_code
from xlrd.sheet import Rowinfo, Sheet

from importer.errors import SourceError
from importer.sheets.reading import Reading
from importer.sheets.source_file import SourceFile
from importer.sheets.table import CellError
from importer.sheets.workbooks.areas import Area
from importer.sheets.workbooks.book import Doubt, Doubtful, Line, LineCell, SheetName, damaged, encrypted, stored
from importer.sheets.workbooks.formats.text_runs import is_struck
from importer.sheets.workbooks.formats.xls.xlrd_book import CellsBook, load
from importer.sheets.workbooks.serials import NumberKind, code_of_id, from_serial, kind_of_format, kind_of_id
from importer.sheets.workbooks.text_formats import shows_text

_TEXT: Final = xlrd.XL_CELL_TEXT
_NUMBERS: Final = frozenset({xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_DATE})
_ENCRYPTED: Final = "encrypted"


class XlsBook:
    """A workbook of Excel before 2007.

    Args:
        file: The file.
        reading: Says how text is encoded in a workbook that does not say so.

    Raises:
        SourceError: It is damaged, or protected with a password.
        OSError: It cannot be read.
    """

    format: Final = "xls"

    def __init__(self, file: SourceFile, reading: Reading) -> None:
        self._book = _open(file, reading)
        self._since_1904 = bool(self._book.datemode)
        codes = {key: number_format.format_str for key, number_format in self._book.format_map.items()}
        self._kinds = [
            kind_of_format(code) if (code := codes.get(xf.format_key)) else kind_of_id(xf.format_key)
            for xf in self._book.xf_list
        ]
        self._codes = [codes.get(xf.format_key) or code_of_id(xf.format_key) for xf in self._book.xf_list]
        struck = {at for at, font in enumerate(self._book.font_list) if font.struck_out}
        self._struck_fonts = struck
        self._doubts = {
            at: Doubt.STRUCK if xf.font_index in struck else Doubt.FORMATTED
            for at, xf in enumerate(self._book.xf_list)
            if xf.font_index in struck or not shows_text(codes.get(xf.format_key) or "")
        }
        self._sheets = self._book.sheets()
        self._areas: Sequence[Area] = ()
        self.notes: Final[Sequence[str]] = tuple(_notes(self._book))

    @property
    def sheets(self) -> Sequence[SheetName]:
        """The sheets with cells, in their order."""
        return [SheetName(sheet.name, sheet.visibility == 0) for sheet in self._sheets]

    def lines(self, at: int) -> Iterator[Line]:
        """Yield the lines of a sheet."""
        sheet, stale = self._sheets[at], self._book.stale.get(at)
        for row in range(sheet.nrows):
            kinds = sheet.row_types(row)
            values = sheet.row_values(row)
            cells = [
                value or None if kind == _TEXT else self._other(sheet, row, column, kind, value)
                for column, (kind, value) in enumerate(zip(kinds, values, strict=True))
            ]
            if stale:
                cells = [self._computed(cell, (row, column) in stale) for column, cell in enumerate(cells)]
            if self._struck_fonts or self._doubts:
                cells = [self._seen(sheet, row, column, cell) for column, cell in enumerate(cells)]
            looks = sheet.rowinfo_map.get(row)
            yield Line(row + 1, cells, looks is not None and _is_hidden(looks))
        self._areas = [
            Area(top + 1, left, bottom, right - 1)
            for top, bottom, left, right in sheet.merged_cells
            if bottom - top > 1 or right - left > 1
        ]

    def part(self, at: int) -> str:  # noqa: ARG002 - the signature of the port
        """Return nothing: such a workbook is not written."""
        return ""

    def totals(self, at: int) -> Sequence[Area]:  # noqa: ARG002 - the signature of the port
        """Return nothing: what says so is not read."""
        return ()

    def merged(self) -> Sequence[Area]:
        """Return the merged areas of the sheet that was read last."""
        return self._areas

    def _other(self, sheet: Sheet, row: int, column: int, kind: int, value: object) -> LineCell:
        if kind in _NUMBERS and isinstance(value, int | float):
            return from_serial(
                float(value),
                self._kind(sheet, row, column, kind),
                since_1904=self._since_1904,
                number_format=self._code(sheet, row, column),
            )
        if kind == xlrd.XL_CELL_BOOLEAN:
            return bool(value)
        if kind == xlrd.XL_CELL_ERROR and isinstance(value, int):
            return CellError(error_text_from_code.get(value, "#N/A"))
        return None

    def _computed(self, cell: LineCell, is_stale: bool) -> LineCell:  # noqa: FBT001 - of each cell
        return Doubtful(stored(cell), Doubt.STALE) if is_stale and not isinstance(cell, CellError) else cell

    def _seen(self, sheet: Sheet, row: int, column: int, cell: LineCell) -> LineCell:
        """Return a cell, in doubt where it is text that is not simply seen."""
        if not isinstance(cell, str) or not self._book.formatting_info:
            return cell
        why = self._doubts.get(sheet.cell_xf_index(row, column))
        runs = sheet.rich_text_runlist_map.get((row, column), ())
        if why is None and is_struck(cell, runs, self._struck_fonts):
            why = Doubt.STRUCK
        return cell if why is None else Doubtful(cell, why)

    def _kind(self, sheet: Sheet, row: int, column: int, kind: int) -> NumberKind:
        if not self._book.formatting_info:
            return NumberKind.DATE if kind == xlrd.XL_CELL_DATE else NumberKind.NUMBER
        index = sheet.cell_xf_index(row, column)
        return self._kinds[index] if 0 <= index < len(self._kinds) else NumberKind.NUMBER

    def _code(self, sheet: Sheet, row: int, column: int) -> str:
        index = sheet.cell_xf_index(row, column) if self._book.formatting_info else -1
        return self._codes[index] if 0 <= index < len(self._codes) else ""


_LOST: Final = (
    "The file's table of texts ends early: {} of its texts are missing, and rows that have one of them cannot be sent."
)
_NO_LOOKS: Final = "How the sheet is formatted cannot be read, and so not which rows are hidden or cells merged."


def _notes(book: CellsBook) -> Iterator[str]:
    """Yield what a person should know of how a workbook is read."""
    if not book.formatting_info:
        yield _NO_LOOKS
    if book.lost_texts:
        yield _LOST.format(f"{book.lost_texts:,}")


def _is_hidden(looks: Rowinfo) -> bool:
    """Return whether nobody sees a row: a height of nothing counts only where it is not said to be the usual one."""
    return bool(looks.hidden) or (looks.height == 0 and not looks.has_default_height)


def _open(file: SourceFile, reading: Reading) -> CellsBook:
    """Return the workbook as xlrd reads it, without its formats where they are what is damaged."""
    book = _formatted(file)
    if book is not None:
        return book
    book = _unformatted(file, reading.fallback)
    if reading.visible_only:
        raise SourceError(
            f"Which rows of {file.name} are hidden cannot be read, since what says so is damaged.",
            code="hidden_rows_unknown",
            hint="Open it in a spreadsheet program and save it again as an Excel workbook (.xlsx), or leave "
            "--visible-only out.",
        )
    return book


def _formatted(file: SourceFile) -> CellsBook | None:
    try:
        return load(file.path, formatted=True)
    except XLRDError as error:
        if _ENCRYPTED in str(error):
            raise encrypted(file.name) from None
        return None
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - xlrd raises whatever it runs into; a second try follows
        return None


def _unformatted(file: SourceFile, encoding: str) -> CellsBook:
    try:
        try:
            return load(file.path, formatted=False)
        except UnicodeDecodeError:
            return load(file.path, formatted=False, encoding=encoding)
    except (MemoryError, OSError):
        raise
    except Exception as error:  # the same, and no more tries
        why = "it is damaged, or our reader of such files does not understand it; Excel and LibreOffice may still"
        raise damaged(file.name, why) from error
