"""Excel workbooks (.xlsx, .xlsm): the reader."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from typing import Final

from importer.sheets.extra_sheet import MARK
from importer.sheets.limits import Limits
from importer.sheets.source_file import SourceFile
from importer.sheets.workbooks.areas import Area
from importer.sheets.workbooks.book import Line, SheetName
from importer.sheets.workbooks.formats.xlsx.shared_strings import read_shared_strings
from importer.sheets.workbooks.formats.xlsx.sheet_rows import SheetRows
from importer.sheets.workbooks.formats.xlsx.xlsx_values import CellValues
from importer.sheets.workbooks.package.archive import Archive
from importer.sheets.workbooks.package.relations import (
    MACROS_NOTE,
    SheetPart,
    has_macros,
    is_macro_enabled,
    parts_of_kind,
    relations,
    workbook_part,
)
from importer.sheets.workbooks.package.xml_reading import elements, feed, is_true, local_name, new_parser
from importer.sheets.workbooks.serials import NumberKind, kind_of_format, kind_of_id

_USUAL_PART: Final = "xl/workbook.xml"
_HIDDEN_STATES: Final = frozenset({"hidden", "veryhidden"})
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
        self._archive = Archive(file, limits)
        self._part = workbook_part(self._archive, _USUAL_PART)
        self._relations = relations(self._archive, self._part)
        self._since_1904 = False
        self._sheets = list(self._find_sheets())
        self._areas: Sequence[Area] = ()
        self.format: Final = "xlsm" if is_macro_enabled(self._archive, self._part) else "xlsx"
        self.notes: Final[Sequence[str]] = (MACROS_NOTE,) if has_macros(self._archive, self._relations) else ()

    @property
    def sheets(self) -> Sequence[SheetName]:
        """The sheets with cells, in their order."""
        return [sheet.name for sheet in self._sheets]

    def lines(self, at: int) -> Iterator[Line]:
        """Yield the lines of a sheet; raise `SourceError` where it is damaged."""
        rows = SheetRows(self._archive, self._sheets[at].part, self._values)
        yield from rows.lines()
        self._areas = rows.areas

    def part(self, at: int) -> str:
        """Return which part of the package a sheet is."""
        return self._sheets[at].part

    def merged(self) -> Sequence[Area]:
        """Return the merged areas of the sheet that was read last."""
        return self._areas

    @functools.cached_property
    def _values(self) -> CellValues:
        strings = [
            string
            for part in list(parts_of_kind(self._relations, self._archive, "sharedStrings"))[:1]
            for string in read_shared_strings(self._archive, part)
        ]
        styles = next(parts_of_kind(self._relations, self._archive, "styles"), "")
        kinds = _read_kinds(self._archive, styles) if styles else []
        return CellValues(strings, kinds, self._since_1904, self._archive.damaged)

    def _find_sheets(self) -> Iterator[SheetPart]:
        names: set[str] = set()
        listed_elements = elements(self._archive, self._part)
        reports = {
            at.get("localSheetId") for name, at in listed_elements if name == "definedName" and at.get("name") == MARK
        }
        position = -1
        for element, attributes in listed_elements:
            position += element == "sheet"
            if element == "workbookPr":
                self._since_1904 = is_true(attributes.get("date1904"))
            if element != "sheet" or "name" not in attributes or attributes.get("id") == _NO_PART:
                continue
            name = attributes["name"]
            if name in names:
                raise self._archive.damaged("it has two sheets of one name")
            names.add(name)
            relation = self._relations.get(attributes.get("id", ""))
            visible = attributes.get("state", "").lower() not in _HIDDEN_STATES
            if relation is None or relation.kind in _SHEET_KINDS:
                is_report = str(position) in reports
                yield SheetPart(SheetName(name, visible, is_report), relation.part if relation else "")


def _read_kinds(archive: Archive, part: str) -> list[NumberKind]:
    """Return what each cell format makes of a number, by the position by which cells name it."""
    codes: dict[str, str] = {}
    ids: list[str] = []
    inside = [""]

    def start(name: str, attributes: dict[str, str]) -> None:
        match local_name(name):
            case "numFmts" | "cellXfs" as local:
                inside[0] = local
            case "numFmt" if inside[0] == "numFmts" and "numFmtId" in attributes:
                codes.setdefault(attributes["numFmtId"], attributes.get("formatCode", ""))
            case "xf" if inside[0] == "cellXfs":
                ids.append(attributes.get("numFmtId", "0"))

    def end(name: str) -> None:
        if local_name(name) == inside[0]:
            inside[0] = ""

    parser = new_parser(archive.damaged)
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    for block in archive.blocks(part):
        feed(parser, block, archive.damaged, part)
    feed(parser, b"", archive.damaged, part, last=True)
    return [_kind(id_, codes) for id_ in ids]


def _kind(format_id: str, codes: dict[str, str]) -> NumberKind:
    if format_id in codes:
        return kind_of_format(codes[format_id])
    return kind_of_id(int(format_id)) if format_id.isdecimal() and len(format_id) < len("10000") else NumberKind.NUMBER
