"""A look through the XML of the sheet that is to be annotated: where in its bytes what must change stands.

It is done once, before anything is written, with a parser that tells at which byte each tag begins. Whatever is not as
it is in sound workbooks, so that a change could land in a wrong place, ends the attempt here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from importer.sheets.workbooks.annotate.appended_area import AppendedArea
from importer.sheets.workbooks.annotate.filter_criteria import SheetCriteria
from importer.sheets.workbooks.annotate.lasting_formulas import LastingFormulas
from importer.sheets.workbooks.annotate.row_survey import RowSurvey
from importer.sheets.workbooks.areas import Area
from importer.sheets.workbooks.package.archive import Archive
from importer.sheets.workbooks.package.prefixes import declaration, namespace, prefix_of
from importer.sheets.workbooks.package.xml_edits import UnfitWorkbookError, end_of, points, watch_encoding
from importer.sheets.workbooks.package.xml_reading import feed, local_name, new_parser

_NAMESPACES: Final = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)
_OF_ROOT: Final = 2
"""How long the path to a child of the root is."""


class SheetSurvey:
    """What a look through a sheet found, in memory that grows by some bytes a row and a formula.

    Args:
        archive: The workbook.
        part: The sheet's.
        place: Where the appended columns go.
        lasting: Decides which formulas stay; None where none does.

    Raises:
        SourceError: The part is damaged.
        UnfitWorkbookError: It cannot be written into safely.
    """

    def __init__(
        self, archive: Archive, part: str, appended: AppendedArea, lasting: LastingFormulas | None = None
    ) -> None:
        self.dimension: tuple[int, Area | None] | None = None
        """Where the tag is that tells the area in use, and that area."""
        self.columns: tuple[int, int, list[Mapping[str, str]]] | None = None
        """Where the widths of columns begin and end, and the attributes of each range."""
        self.data = 0
        """Where the rows' element begins."""
        self.prefix = ""
        """What the sheet's own elements have before their names, with its colon."""
        self.filter: tuple[int, Area | None] | None = None
        """Where the tag of the filter is, and its area."""
        self.criteria = SheetCriteria()
        """What that filter hides rows by."""
        self.properties: tuple[int, Mapping[str, str]] | None = None
        """Where the tag with the sheet's properties is, and its attributes."""
        self.default_height = 0.0
        """Of a row, in points."""
        self.table_ids: list[str] = []
        """The relations to table objects."""
        self._namespace = ""
        self._appended_area = appended
        self._path: list[str] = []
        self._columns_at: int | None = None
        self._ranges: list[Mapping[str, str]] = []
        self._merged: list[Area] = []
        self._parser = new_parser(archive.damaged)
        lasting = lasting or LastingFormulas()
        self._survey = RowSurvey(self._parser, appended, lasting)
        self.rows, self.formulas = self._survey.rows, self._survey.formulas
        self._take_handlers()
        self._go_through(archive, part)
        self.formulas.leave(lasting.lasting())

    @property
    def header_style(self) -> int:
        """The look of the last header cell that holds something, by its number among the cell formats."""
        return self._survey.header_style

    @property
    def body_style(self) -> int:
        """The look of the last cell of the first row below the header."""
        return self._survey.body_style

    def _go_through(self, archive: Archive, part: str) -> None:
        for number, block in enumerate(archive.blocks(part)):
            if not number:
                watch_encoding(self._parser, block)
            feed(self._parser, block, archive.damaged, part)
        end_of(self._parser)
        if not self.data:
            raise UnfitWorkbookError("its sheet has no cells in the usual place")
        last_row = self.rows.numbers[-1] if self.rows.numbers else 0
        if any(area.meets(self._appended_area.rows(last_row)) for area in self._merged):
            raise UnfitWorkbookError("merged cells reach into the columns beside its table")

    def _take_handlers(self) -> None:
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        at = self._parser.CurrentByteIndex
        self._path.append(self._own(name, attributes))
        self.criteria.start(self._path, attributes, at)
        if self._columns_at is not None and len(self._path) == _OF_ROOT:
            self.columns = (self._columns_at, at, self._ranges)
            self._columns_at = None
        match self._path:
            case [root]:
                if root != "worksheet" or self._namespace not in _NAMESPACES:
                    raise UnfitWorkbookError("the XML of its sheet is written in an unusual way")
            case [_, "sheetData"]:
                self._enter_rows(at)
            case [_, child]:
                self._note(child, attributes, at)
            case [_, "cols", "col"]:
                self._ranges.append(attributes)
            case [_, "mergeCells", "mergeCell"]:
                self._merge(attributes.get("ref", ""))
            case [_, "tableParts", "tablePart"]:
                self.table_ids += [value for key, value in attributes.items() if key.endswith(":id")]
            case _:
                pass

    def _own(self, name: str, attributes: Mapping[str, str]) -> str:
        """Return the name of an element without the sheet's prefix; that of an element of another kind as it is.

        Raises:
            UnfitWorkbookError: The element may hold the rows, and is not the sheet's.
        """
        if not self._path:
            self.prefix, self._namespace = prefix_of(name), namespace(name, attributes)
        local = local_name(name)
        declared = attributes.get(declaration(self.prefix), self._namespace)
        if prefix_of(name) == self.prefix and declared == self._namespace:
            return local
        if len(self._path) == _OF_ROOT - 1 and local == "sheetData":
            raise UnfitWorkbookError("the XML of its sheet is written in an unusual way")
        return f":{local}"

    def _end(self, _name: str) -> None:
        self.criteria.end(self._path, self._parser.CurrentByteIndex)
        self._path.pop()

    def _note(self, name: str, attributes: Mapping[str, str], at: int) -> None:
        match name:
            case "sheetPr":
                self.properties = (at, attributes)
            case "dimension":
                self.dimension = (at, Area.of(attributes.get("ref", "")))
            case "cols" if self.columns is None:
                self._columns_at = at
            case "cols":
                raise UnfitWorkbookError("its sheet has the widths of columns in two places")
            case "sheetFormatPr":
                self.default_height = points(attributes.get("defaultRowHeight", ""))
            case "autoFilter":
                self.filter = (at, Area.of(attributes.get("ref", "")))
            case _:
                pass

    def _merge(self, reference: str) -> None:
        area = Area.of(reference)
        if area is None:
            raise UnfitWorkbookError("it has merged cells where no cells can be")
        self._merged.append(area)

    def _enter_rows(self, at: int) -> None:
        if self.data:
            raise UnfitWorkbookError("its sheet has cells in two places")
        self.data = at
        self._survey.begin(self.prefix, self._leave_rows)

    def _leave_rows(self) -> None:
        self._take_handlers()
        self._path.pop()
