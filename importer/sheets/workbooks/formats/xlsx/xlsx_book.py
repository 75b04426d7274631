"""Excel workbooks (.xlsx, .xlsm): the reader."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from typing import Final

from importer.sheets.extra_sheet import MARK
from importer.sheets.limits import Limits
from importer.sheets.source_file import SourceFile
from importer.sheets.workbooks.areas import Area
from importer.sheets.workbooks.book import Line, LineColumns, SheetName
from importer.sheets.workbooks.formats.known_results import KnownResults, results_of
from importer.sheets.workbooks.formats.xlsx.cell_looks import CellLooks, read_looks
from importer.sheets.workbooks.formats.xlsx.row_shapes import ROWS_A_PIECE
from importer.sheets.workbooks.formats.xlsx.shared_strings import read_shared_strings
from importer.sheets.workbooks.formats.xlsx.sheet_rows import SheetRows
from importer.sheets.workbooks.formats.xlsx.table_totals import areas_with_totals
from importer.sheets.workbooks.formats.xlsx.xlsx_values import CellValues
from importer.sheets.workbooks.package.archive import Archive
from importer.sheets.workbooks.package.relations import (
    MACROS_NOTE,
    SheetPart,
    has_macros,
    is_macro_enabled,
    parts_of_kind,
    program_of,
    relations,
    workbook_part,
)
from importer.sheets.workbooks.package.xml_reading import elements, is_hidden_sheet, is_true

_USUAL_PART: Final = "xl/workbook.xml"
_NO_PART: Final = ""
"""What a sheet of macros of Excel 5 refers to."""
_SHEET_KINDS: Final = frozenset({"worksheet", ""})


class XlsxBook:
    """A workbook of Excel since 2007.

    Args:
        file: The file.
        limits: What it is held to.

    Raises:
        SourceError: It is damaged, protected or over a limit.
        OSError: It cannot be read.
    """

    def __init__(self, file: SourceFile, limits: Limits) -> None:
        with ExitStack() as undo:  # of one that is damaged, nobody closes the file
            self._archive = undo.enter_context(Archive(file, limits))
            self._part = workbook_part(self._archive, _USUAL_PART)
            self._relations = relations(self._archive, self._part)
            self._since_1904 = False
            self._results = results_of(program_of(self._archive))
            self._sheets = list(self._find_sheets())
            self._areas: Sequence[Area] = ()
            self.format: Final = "xlsm" if is_macro_enabled(self._archive, self._part) else "xlsx"
            self.notes: Final[Sequence[str]] = (MACROS_NOTE,) if has_macros(self._archive, self._relations) else ()
            undo.pop_all()

    def close(self) -> None:
        """Close the file: nothing more can be read of it."""
        self._archive.close()

    @property
    def sheets(self) -> Sequence[SheetName]:
        """The sheets with cells, in their order."""
        return [sheet.name for sheet in self._sheets]

    def lines(self, at: int) -> Iterator[Line]:
        """Yield the lines of a sheet; raise `SourceError` where it is damaged."""
        rows = self._rows(at)
        yield from rows.lines()
        self._areas = rows.areas

    def pieces(self, at: int, fewest: int = ROWS_A_PIECE) -> Iterator[Line | LineColumns]:
        """Yield the lines of a sheet as `lines` does, those that are written alike column by column.

        Args:
            at: Which of `sheets`.
            fewest: How many of them must follow each other at an average.
        """
        rows = self._rows(at, fewest)
        yield from rows.pieces()
        self._areas = rows.areas

    def part(self, at: int) -> str:
        """Return which part of the package a sheet is."""
        return self._sheets[at].part

    def totals(self, at: int) -> Sequence[Area]:
        """Return the areas of a sheet's table objects that have a row of totals."""
        return list(areas_with_totals(self._archive, self._sheets[at].part))

    def merged(self) -> Sequence[Area]:
        """Return the merged areas of the sheet that was read last."""
        return self._areas

    def _rows(self, at: int, fewest: int = ROWS_A_PIECE) -> SheetRows:
        return SheetRows(self._archive, self._sheets[at].part, self._values, fewest)

    @functools.cached_property
    def _values(self) -> CellValues:
        strings = [
            string
            for part in list(parts_of_kind(self._relations, self._archive, "sharedStrings"))[:1]
            for string in read_shared_strings(self._archive, part)
        ]
        styles = next(parts_of_kind(self._relations, self._archive, "styles"), "")
        looks = read_looks(self._archive, styles) if styles else CellLooks()
        return CellValues(strings, looks, self._since_1904, self._archive.damaged, self._results)

    def _find_sheets(self) -> Iterator[SheetPart]:
        names: set[str] = set()
        listed_elements = elements(self._archive, self._part)
        reports = {
            at.get("localSheetId") for name, at in listed_elements if name == "definedName" and at.get("name") == MARK
        }
        position = -1
        for element, attributes in listed_elements:
            position += element == "sheet"
            if element == "calcPr" and _is_uncalculated(attributes):
                self._results = KnownResults.NONE
            if element == "workbookPr":
                self._since_1904 = is_true(attributes.get("date1904"))
            if element != "sheet" or "name" not in attributes or attributes.get("id") == _NO_PART:
                continue
            name = attributes["name"]
            if name in names:
                raise self._archive.damaged("it has two sheets of one name")
            names.add(name)
            relation = self._relations.get(attributes.get("id", ""))
            visible = not is_hidden_sheet(attributes)
            if relation is None or relation.kind in _SHEET_KINDS:
                is_report = str(position) in reports
                yield SheetPart(SheetName(name, visible, is_report), relation.part if relation else "")


def _is_uncalculated(attributes: Mapping[str, str]) -> bool:
    """Return whether a workbook asks to be calculated anew, or says that it was not when it was saved."""
    return is_true(attributes.get("fullCalcOnLoad")) or not is_true(attributes.get("calcCompleted", "1"))
