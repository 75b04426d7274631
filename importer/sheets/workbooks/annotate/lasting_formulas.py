"""Formulas of the user's own sheet that have never been calculated: which of them can stay what they are.

A formula whose result nobody knows is worth more than an empty cell, but only where it will come to what it would have
come to in the source: where it stands in a column that is not sent, and everything that it refers to stays.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from importer.errors import SourceError
from importer.sheets.extra_sheet import MARK
from importer.sheets.workbooks.annotate.appended_area import AppendedArea
from importer.sheets.workbooks.annotate.formula_reach import Reach, Span, TableColumns
from importer.sheets.workbooks.areas import Area
from importer.sheets.workbooks.package.edited_package import Package, Relations
from importer.sheets.workbooks.package.parts import Parts
from importer.sheets.workbooks.package.xml_edits import Part, UnfitWorkbookError
from importer.sheets.workbooks.package.xml_reading import is_true, unescaped

_MOST_KINDS: Final = 10_000
_PROPERTIES: Final = "docProps/app.xml"
_SHARED: Final = "shared"
_NORMAL: Final = "normal"


class LastingFormulas:
    """Takes in the formulas of a sheet one after the other, and says at the end which of them stay.

    What is kept in memory is a number for each of them, and the columns that each kind of formula refers to.

    Args:
        reach: Tells what a formula refers to; None where no formula stays.
        appended: Where the appended columns go, and which are sent.
        zeros_are_nothing: A result of 0 may be what a program has stored that cannot calculate: the workbook asks to be
            calculated anew when it is opened, or names no program that wrote it.
    """

    def __init__(
        self,
        reach: Reach | None = None,
        appended: AppendedArea | None = None,
        *,
        zeros_are_nothing: bool = False,
    ) -> None:
        self.zeros_are_nothing: Final = zeros_are_nothing
        """Whether a result of 0 is like none."""
        self._reach, self._appended = reach, appended
        self._kinds: dict[tuple[int, frozenset[Span]], int] = {}
        self._shared: dict[str, tuple[int, int]] = {}
        """The column and the kind of each formula that is shared, by its index."""
        self._emptied: set[int] = set()

    def kind(self, column: int, attributes: Mapping[str, str], formula: str) -> int:
        """Return the number of a formula's kind, from 1; 0 for one that does not stay.

        Args:
            column: Where it stands.
            attributes: Of its element.
            formula: Its text.
        """
        kind = self._kind(column, attributes, formula)
        if not kind:
            self._emptied.add(column)
        return kind

    def lasting(self) -> frozenset[int]:
        """Return the kinds that stay: they refer to no cell whose formula does not."""
        emptied, left = set(self._emptied), dict(self._kinds)
        while gone := [key for key in left if any(first <= at <= last for at in emptied for first, last in key[1])]:
            emptied.update(column for column, _ in gone)
            for key in gone:
                del left[key]
        return frozenset(left.values())

    def _kind(self, column: int, attributes: Mapping[str, str], formula: str) -> int:
        reach, appended = self._reach, self._appended
        if reach is None or appended is None or column in (appended.sent or ()):
            return 0
        form, index = attributes.get("t", _NORMAL), attributes.get("si", "")
        if form == _SHARED and not formula:
            first_column, kind = self._shared.get(index, (-1, 0))
            return kind if first_column == column else 0
        columns = reach.columns(formula) if form in {_NORMAL, _SHARED} else None
        if columns is None or any(first <= appended.last and appended.first <= last for first, last in columns):
            return 0
        if (column, columns) not in self._kinds and len(self._kinds) >= _MOST_KINDS:
            return 0
        kind = self._kinds.setdefault((column, columns), len(self._kinds) + 1)
        if form == _SHARED:
            self._shared[index] = column, kind
        return kind


def lasting_formulas(archive: Parts, package: Package, part: str, appended: AppendedArea) -> LastingFormulas:
    """Return what decides on the formulas of a sheet.

    No formula stays where the workbook has macros, which do not come along, nor where nobody says what is sent.
    """
    if appended.sent is None or package.leaves_macros:
        return LastingFormulas()
    workbook = Part(archive, package.workbook)
    try:
        reach = _reach(archive, package, workbook, part)
        zeros = not _is_named(archive) or any(
            is_true(element.attributes.get("fullCalcOnLoad")) for element in workbook.of("calcPr", 1)
        )
    except (SourceError, UnfitWorkbookError):  # a part on which nothing else depends
        return LastingFormulas()
    return LastingFormulas(reach, appended, zeros_are_nothing=zeros)


def _is_named(archive: Parts) -> bool:
    """Return whether the workbook says which program wrote it."""
    names = Part(archive, _PROPERTIES).of("Application") if _PROPERTIES in archive else ()
    return any(element.inner < element.inner_end for element in names)


def _reach(archive: Parts, package: Package, workbook: Part, part: str) -> Reach | None:
    """Return what tells what the formulas of a sheet refer to; None where it is not among the sheets."""
    parts = {relation.id: relation.part for relation in Relations(archive, package.workbook)}
    sheets = [
        (sheet.attributes.get("name", ""), next((parts[id_] for id_ in sheet.attributes.values() if id_ in parts), ""))
        for sheet in workbook.of("sheet", 2)
    ]
    own = [name for name, sheet_part in sheets if sheet_part.lower() == part.lower()]
    if len(own) != 1:
        return None
    names: dict[str, list[str]] = {}
    reports: set[str] = set()
    for element in workbook.of("definedName", 2):
        name, position = element.attributes.get("name", ""), element.attributes.get("localSheetId", "")
        text = workbook.data[element.inner : element.inner_end].decode()
        names.setdefault(name.casefold(), []).append(unescaped(text, archive.damaged))
        if name == MARK and position.isdecimal() and int(position) < len(sheets):
            reports.add(sheets[int(position)][0])
    others = [name for name, _ in sheets if name != own[0] and name not in reports]
    return Reach(own[0], others, _tables(archive, [sheet_part for _, sheet_part in sheets], part), names)


def _tables(archive: Parts, sheets: Collection[str], part: str) -> Mapping[str, TableColumns]:
    tables: dict[str, TableColumns] = {}
    for sheet in sheets:
        for relation in Relations(archive, sheet) if sheet else ():
            if relation.kind == "table" and relation.part in archive:
                table = Part(archive, relation.part)
                root = table.elements[0].attributes
                area = Area.of(root.get("ref", "")) if sheet.lower() == part.lower() else None
                columns = [column.attributes.get("name", "") for column in table.of("tableColumn", 2)]
                name = root.get("displayName", root.get("name", ""))
                tables[name.casefold()] = TableColumns(area, columns)
    return tables
