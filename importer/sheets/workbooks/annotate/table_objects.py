"""Table objects and the filter of the user's own sheet, stretched over the appended columns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from importer.sheets.workbooks.annotate.appended_area import AppendedArea
from importer.sheets.workbooks.areas import Area
from importer.sheets.workbooks.package.prefixes import with_prefix
from importer.sheets.workbooks.package.xml_edits import Edit, Element, Part, UnfitWorkbookError, attribute

_FILTER_NAME: Final = "_xlnm._FilterDatabase"
_ABSOLUTE: Final = re.compile(rb"[^<]*!(\$[A-Z]{1,3}\$[0-9]{1,7}:\$[A-Z]{1,3}\$[0-9]{1,7})(?=<)")


def widened_table(part: Part, appended: AppendedArea) -> Sequence[Edit]:
    """Return what gives a table object the appended columns; nothing where it stays as it is.

    It gets them where it ends beside them, has its header in the same row, is not filled by a query or a map, and has
    no column of one of their names. Everything else is beside it.

    Raises:
        UnfitWorkbookError: It is under the appended columns and not theirs.
    """
    table = part.elements[0]
    area = Area.of(table.attributes.get("ref", ""))
    columns = part.of("tableColumn", 2)
    if area is None or table.name != "table":
        raise UnfitWorkbookError("a table object of its sheet is not complete")
    if area.meets(appended.rows(area.last_row)) and area.last_row >= appended.header_row:
        _check_replaced(area, columns, appended)
        return ()
    if not _may_grow(part, area, appended):
        return ()
    wider = area.widened(appended.last)
    edits = [part.tag_edit(table, {"ref": str(wider)}), *_more_columns(part, columns, appended)]
    for inner in part.of("autoFilter", 1):
        filtered = Area.of(inner.attributes.get("ref", ""))
        if filtered is not None and filtered.last_column == area.last_column:
            edits.append(part.tag_edit(inner, {"ref": str(filtered.widened(appended.last))}))
    return edits


def _check_replaced(area: Area, columns: Iterable[Element], appended: AppendedArea) -> None:
    """Raise where the columns of a table under the appended ones have other names than these."""
    names = [column.attributes.get("name", "") for column in columns]
    under = (
        names[appended.first - area.first_column :][: len(appended.names)]
        if appended.first >= area.first_column
        else []
    )
    if area.first_row != appended.header_row or under != list(appended.names):
        raise UnfitWorkbookError("a table object of its sheet lies where the appended columns go")


def _may_grow(part: Part, area: Area, appended: AppendedArea) -> bool:
    table, columns = part.elements[0], part.of("tableColumn", 2)
    names = {column.attributes.get("name", "").casefold() for column in columns}
    return (
        (area.first_row, area.last_column + 1) == (appended.header_row, appended.first)
        and not appended.replaces
        and table.attributes.get("headerRowCount", "1") == "1"
        and table.attributes.get("totalsRowCount", "0") == "0"
        and table.attributes.get("tableType", "worksheet") == "worksheet"
        and len(names) == area.last_column - area.first_column + 1
        and len(part.of("tableColumns", 1)) == 1
        and all(column.attributes.get("id", "").isdecimal() for column in columns)
        and names.isdisjoint(name.casefold() for name in appended.names)
    )


def _more_columns(part: Part, columns: list[Element], appended: AppendedArea) -> list[Edit]:
    column_list = part.of("tableColumns", 1)[0]
    largest_id = max(int(column.attributes["id"]) for column in columns)
    added = b"".join(
        b"<tableColumn" + attribute("id", str(number)) + attribute("name", name) + b"/>"
        for number, name in enumerate(appended.names, start=largest_id + 1)
    )
    count = str(len(columns) + len(appended.names))
    at = column_list.inner_end
    return [part.tag_edit(column_list, {"count": count}), Edit(at, at, with_prefix(column_list.prefix, added))]


@dataclass(frozen=True, slots=True)
class WiderFilter:
    """A sheet's filter that stretches over the appended columns.

    Attributes:
        area: Its new area.
        names: What changes the workbook's own part, which may repeat the area.
    """

    area: Area
    names: Sequence[Edit]


def widened_filter(area: Area | None, appended: AppendedArea, workbook: Part, sheet: int) -> WiderFilter | None:
    """Return the filter of a sheet with the appended columns; None where it stays as it is.

    It gets them where it begins in the row of the header and ends beside them, and a hidden name of the workbook,
    if there is one, says the same of it.

    Args:
        area: The filter's.
        appended: Where the appended columns go.
        workbook: The workbook's own part.
        sheet: The position of the sheet, from 0.
    """
    if (
        area is None
        or appended.replaces
        or (area.first_row, area.last_column + 1) != (appended.header_row, appended.first)
    ):
        return None
    wider = area.widened(appended.last)
    edits: list[Edit] = []
    for name in _filter_names(workbook, sheet):
        match = _ABSOLUTE.match(workbook.data, name.inner)
        if match is None or match[1].decode() != area.absolute():
            return None
        edits.append(Edit(match.start(1), match.end(1), wider.absolute().encode()))
    return WiderFilter(wider, edits)


def filter_areas(workbook: Part, sheet: int) -> Iterator[Area]:
    """Yield the area that a hidden name of the workbook says of the filter of a sheet, if there is one."""
    for name in _filter_names(workbook, sheet):
        match = _ABSOLUTE.match(workbook.data, name.inner)
        if match is not None and (area := Area.of(match[1].decode())) is not None:
            yield area


def _filter_names(workbook: Part, sheet: int) -> Iterator[Element]:
    for name in workbook.of("definedName"):
        if name.attributes.get("name") == _FILTER_NAME and name.attributes.get("localSheetId") == str(sheet):
            yield name
