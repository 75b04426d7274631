"""An extra sheet becomes part of a package: its parts, and what the parts that list them say of them.

One of ours that stands there from an earlier run is replaced where it stands, so that nothing that counts sheets, and
no formula of somebody else, has to follow.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Mapping
from typing import Final
from xml.sax.saxutils import escape

from importer.phrases import column_letter
from importer.sheets.extra_sheet import MARK, ExtraSheet
from importer.sheets.workbooks.beside.chart_xml import RELATIONS, chart_xml, drawing_xml, quoted_title
from importer.sheets.workbooks.beside.extra_looks import ExtraLooks
from importer.sheets.workbooks.beside.extra_sheet_xml import MAIN, sheet_xml, shown
from importer.sheets.workbooks.beside.sheet_position import SheetPosition, Sheets
from importer.sheets.workbooks.package.cell_formats import Styles
from importer.sheets.workbooks.package.edited_package import CONTENT_TYPES, Package, PartsToBe, Relations
from importer.sheets.workbooks.package.parts import Parts
from importer.sheets.workbooks.package.prefixes import declaration, with_prefix
from importer.sheets.workbooks.package.relations import relations_part
from importer.sheets.workbooks.package.xml_edits import Edit, Part, UnfitWorkbookError, attribute

_TYPE: Final = "application/vnd.openxmlformats-officedocument."
_SHEET_TYPE: Final = f"{_TYPE}spreadsheetml.worksheet+xml"
_DRAWING_TYPE: Final = f"{_TYPE}drawing+xml"
_CHART_TYPE: Final = f"{_TYPE}drawingml.chart+xml"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_PRINT_AREA: Final = "_xlnm.Print_Area"
_OF_SHEET: Final = frozenset({MARK, _PRINT_AREA})
"""The names that are those of the sheet itself."""
_BEFORE_NAMES: Final = frozenset({"sheets", "functionGroups", "externalReferences"})


class ExtraPackage:
    """Puts an extra sheet into a package.

    Args:
        package: What of it changes.
        parts: Where it does not change.
        table: The part of the sheet with the table.

    Raises:
        SourceError: A part cannot be read.
        UnfitWorkbookError: It is written in a way in which no sheet can be added safely.
    """

    def __init__(self, package: Package, parts: Parts, table: str) -> None:
        self._package = package
        self._parts = PartsToBe(package, parts)
        self._workbook = Part(self._parts, package.workbook)
        self._relations = Relations(self._parts, package.workbook)
        self._types = Part(self._parts, CONTENT_TYPES)
        self._prefix = self._workbook.elements[0].prefix
        self._expect_usual()
        self._sheets = Sheets(package, self._parts, self._workbook, self._relations, table)

    def add(self, sheet: ExtraSheet) -> None:
        """Add a sheet behind all others, or in the place of one that was added by an earlier run."""
        styles = Styles(Part(self._parts, self._sheets.styles()))
        sheet_position = self._sheets.position(sheet.title)
        data = sheet_xml(sheet, ExtraLooks(styles), table=self._sheets.table, selected=sheet_position.selected)
        drawn = self._drawn(sheet, sheet_position.title)
        self._package.drop(sheet_position.needed)
        self._package.put(sheet_position.part, data)
        drawings = {part: "drawing" for part, kind in drawn.items() if kind == _DRAWING_TYPE}
        self._package.put(relations_part(sheet_position.part), _relations_xml(drawings))
        self._package.change(self._sheets.styles(), styles.edited())
        self._change_workbook(sheet, sheet_position)
        self._change_types(
            drawn if sheet_position.earlier else {sheet_position.part: _SHEET_TYPE, **drawn}, sheet_position.needed
        )

    def _expect_usual(self) -> None:
        root, lists = self._workbook.elements[0], self._workbook.of("sheets", 1)
        if (
            self._relations.part is None
            or root.attributes.get(declaration(root.prefix)) != MAIN
            or len(lists) != 1
            or any(element.prefix != root.prefix for element in (*lists, *self._workbook.of("definedNames", 1)))
        ):
            raise UnfitWorkbookError("its list of sheets is written in an unusual way")

    def _drawn(self, sheet: ExtraSheet, title: str) -> Mapping[str, str]:
        """Add the parts of the charts, and return them with their types; none where there is no chart."""
        charts: list[str] = []
        for chart in sheet.charts:
            charts.append(self._sheets.free("charts/chart{}.xml"))
            self._package.put(charts[-1], chart_xml(shown(chart, sheet), title))
        if not charts:
            return {}
        drawing = self._sheets.free("drawings/drawing{}.xml")
        self._package.put(drawing, drawing_xml(sheet.charts))
        self._package.put(relations_part(drawing), _relations_xml(dict.fromkeys(charts, "chart")))
        return {drawing: _DRAWING_TYPE, **dict.fromkeys(charts, _CHART_TYPE)}

    def _change_workbook(self, sheet: ExtraSheet, sheet_position: SheetPosition) -> None:
        edits = list(self._names(sheet, sheet_position))
        if not sheet_position.earlier:
            ids = {relation.id for relation in self._relations}
            id_ = next(free_id for number in itertools.count(1) if (free_id := f"rId{number}") not in ids)
            edits.append(self._entry(sheet_position.title, id_))
            self._add_relation(id_, sheet_position.part)
        self._package.change(self._package.workbook, self._workbook.edited(edits))

    def _entry(self, title: str, id_: str) -> Edit:
        sheet_ids = [sheet_entry.attributes.get("sheetId", "") for sheet_entry in self._workbook.of("sheet", 2)]
        number = max((int(sheet_id) for sheet_id in sheet_ids if sheet_id.isdecimal()), default=0) + 1
        at = self._workbook.of("sheets", 1)[0].inner_end
        of_relation = "r" if self._prefix != "r:" else "rel"
        entry = b"<sheet%b%b%b%b/>" % (
            attribute(f"xmlns:{of_relation}", RELATIONS),
            attribute("name", title),
            attribute("sheetId", str(number)),
            attribute(f"{of_relation}:id", id_),
        )
        return Edit(at, at, with_prefix(self._prefix, entry))

    def _add_relation(self, id_: str, part: str) -> None:
        relations = self._relations.part
        if relations is not None:
            root = relations.elements[0]
            at = root.inner_end
            added = with_prefix(root.prefix, _relation_xml(id_, "worksheet", part).encode())
            self._package.change(self._relations.name, relations.edited([Edit(at, at, added)]))

    def _names(self, sheet: ExtraSheet, sheet_position: SheetPosition) -> Iterator[Edit]:
        """Yield what makes the mark and the printed area those of this sheet."""
        position, title = str(sheet_position.position), quoted_title(sheet_position.title)
        printed = f"{title}!$A$1:${column_letter(sheet.printed - 1)}${max(len(sheet.lines), 1)}"
        names = _name_xml(_PRINT_AREA, position, printed) + _name_xml(MARK, position, f"{title}!$A$1", hidden=True)
        lists = self._workbook.of("definedNames", 1)
        if lists and lists[0].inner_end > lists[0].inner:
            for element in self._workbook.children(lists[0]):
                if element.attributes.get("localSheetId") == position and element.attributes.get("name") in _OF_SHEET:
                    yield self._workbook.without(element)
            yield Edit(lists[0].inner_end, lists[0].inner_end, with_prefix(self._prefix, names))
            return
        before = [
            element for element in self._workbook.elements if element.depth == 1 and element.name in _BEFORE_NAMES
        ]
        start, end = (lists[0].start, lists[0].end) if lists else (before[-1].end, before[-1].end)
        yield Edit(start, end, with_prefix(self._prefix, b"<definedNames>%b</definedNames>" % names))

    def _change_types(self, added: Mapping[str, str], dropped: Collection[str]) -> None:
        gone = {f"/{dropped_part}".lower() for dropped_part in dropped}
        overrides = self._types.of("Override", 1)
        edits = [
            self._types.without(override)
            for override in overrides
            if override.attributes.get("PartName", "").lower() in gone
        ]
        overrides_xml = b"".join(
            b"<Override%b%b/>" % (attribute("PartName", f"/{part}"), attribute("ContentType", kind))
            for part, kind in added.items()
        )
        root = self._types.elements[0]
        added_xml = Edit(root.inner_end, root.inner_end, with_prefix(root.prefix, overrides_xml))
        self._package.change(CONTENT_TYPES, self._types.edited([*edits, added_xml]))


def _name_xml(name: str, position: str, reference: str, *, hidden: bool = False) -> bytes:
    hidden_xml = attribute("hidden", "1") if hidden else b""
    tag = b"<definedName%b%b%b>" % (attribute("name", name), attribute("localSheetId", position), hidden_xml)
    return tag + escape(reference).encode() + b"</definedName>"


def _relations_xml(parts: Mapping[str, str]) -> bytes:
    relations = (
        _relation_xml(f"rId{number}", kind, part) for number, (part, kind) in enumerate(parts.items(), start=1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{"".join(relations)}</Relationships>'.encode()


def _relation_xml(id_: str, kind: str, part: str) -> str:
    target = attribute("Target", f"/{part}").decode()
    return f'<Relationship Id="{id_}" Type="{RELATIONS}/{kind}"{target}/>'
