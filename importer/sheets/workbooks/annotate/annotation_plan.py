"""What of the user's own workbook changes when its sheet is annotated, decided before anything is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from importer.errors import SourceError
from importer.phrases import quoted
from importer.sheets.limits import Limits
from importer.sheets.source_file import SourceFile
from importer.sheets.table import ToBeSeen
from importer.sheets.workbooks.annotate.appended_area import AppendedArea
from importer.sheets.workbooks.annotate.column_widths import check_ranges
from importer.sheets.workbooks.annotate.lasting_formulas import lasting_formulas
from importer.sheets.workbooks.annotate.sheet_survey import SheetSurvey
from importer.sheets.workbooks.annotate.shown_rows import ShownRows, shown_rows
from importer.sheets.workbooks.annotate.table_objects import WiderFilter, widened_filter, widened_table
from importer.sheets.workbooks.areas import MAX_COLUMNS
from importer.sheets.workbooks.package.archive import Archive, open_zip
from importer.sheets.workbooks.package.cell_formats import Looks, Styles
from importer.sheets.workbooks.package.edited_package import Package, Relations
from importer.sheets.workbooks.package.xml_edits import Edit, Element, Part, UnfitWorkbookError
from importer.sheets.workbooks.package.xml_reading import is_hidden_sheet
from importer.sheets.workbooks.package.zip_entries import check_entries

_STYLES: Final = "styles"
_TABLE: Final = "table"


@dataclass(frozen=True, slots=True)
class WorkbookPlan:
    """What changes.

    Attributes:
        package: The parts that change or stay behind; all but the sheet.
        survey: Where in the sheet's bytes it must change.
        looks: Of the appended cells.
        tags: Attributes of the sheet's own elements that change, by the place of the tag.
        shown: Which hidden rows are shown.
        told: What a person should know of what is shown that was hidden, in sentences.
    """

    package: Package
    survey: SheetSurvey
    looks: Looks
    tags: Mapping[int, Mapping[str, str | None]]
    shown: ShownRows
    told: Sequence[str]


def plan_workbook(
    source: SourceFile, part: str, appended: AppendedArea, limits: Limits, to_be_seen: ToBeSeen = tuple
) -> WorkbookPlan:
    """Look through a workbook, and decide what changes.

    Args:
        source: The workbook.
        part: The sheet's part in it.
        appended: Where the appended columns go.
        limits: What the workbook is held to.
        to_be_seen: Returns the rows that must not stay hidden.

    Raises:
        UnfitWorkbookError: It cannot be written into safely.
        OSError: The file cannot be read.
    """
    if appended.last >= MAX_COLUMNS:
        raise UnfitWorkbookError("its sheet has no room for more columns")
    try:
        with open_zip(source, limits) as archive:
            check_entries(archive)
            names = [info.filename for info in archive.infolist()]
        with Archive(source, limits) as archive:
            _check_parts(archive, names, part)
            return _plan(archive, names, part, appended, to_be_seen)
    except (SourceError, ValueError) as error:
        raise UnfitWorkbookError("it is damaged, or larger than allowed") from error


def _check_parts(archive: Archive, names: Sequence[str], sheet: str) -> None:
    """Raise `SourceError` where a part is damaged: what comes along is not looked at again."""
    if sheet not in archive:
        raise UnfitWorkbookError("its sheet is not in it")
    for name in names:
        if name.replace("\\", "/").lower() != sheet.lower():
            for _ in archive.blocks(name.replace("\\", "/")):
                pass


def _plan(
    archive: Archive, names: Sequence[str], part: str, appended: AppendedArea, to_be_seen: ToBeSeen
) -> WorkbookPlan:
    package = Package(archive, names)
    survey = SheetSurvey(archive, part, appended, lasting_formulas(archive, package, part, appended))
    check_ranges(survey.columns[2] if survey.columns else ())
    looks = _add_looks(archive, package, survey)
    workbook = Part(archive, package.workbook)
    tables = [Part(archive, relation.part) for relation in Relations(archive, part) if relation.kind == _TABLE]

    def position() -> int:
        return _sheet_position(Relations(archive, package.workbook), workbook, part)

    shown = shown_rows(survey, tables, workbook, position, to_be_seen)
    for table in tables:
        _change_table(package, table, [*widened_table(table, appended), *shown.tables.get(table.name, ())])
    wider = _wider_filter(survey, appended, workbook, position)
    hidden = _hidden_sheet(workbook, position)
    _change_workbook(package, workbook, wider, hidden)
    told = [_told_sheet(hidden), *shown.told] if hidden else shown.told
    tags = {**_dimension(survey, appended), **_filter(survey, wider), **shown.tags}
    return WorkbookPlan(package, survey, looks, tags, shown, told)


def _add_looks(archive: Archive, package: Package, survey: SheetSurvey) -> Looks:
    """Add the looks to the cell formats of the workbook; a workbook that has none gets none."""
    for relation in Relations(archive, package.workbook):
        if relation.kind == _STYLES and relation.part in archive:
            styles = Styles(Part(archive, relation.part))
            looks = styles.looks(survey.header_style, survey.body_style)
            package.change(relation.part, styles.edited())
            return looks
    return Looks()


def _change_table(package: Package, table: Part, edits: Sequence[Edit]) -> None:
    if edits:
        package.change(table.name, table.edited(edits))


def _dimension(survey: SheetSurvey, appended: AppendedArea) -> dict[int, Mapping[str, str]]:
    if survey.dimension is None:
        return {}
    at, area = survey.dimension
    rows = appended.rows(survey.rows.numbers[-1] if survey.rows.numbers else appended.header_row)
    return {at: {"ref": str(rows if area is None else area.around(rows))}}


def _wider_filter(
    survey: SheetSurvey, appended: AppendedArea, workbook: Part, position: Callable[[], int]
) -> WiderFilter | None:
    return None if survey.filter is None else widened_filter(survey.filter[1], appended, workbook, position())


def _filter(survey: SheetSurvey, wider: WiderFilter | None) -> dict[int, Mapping[str, str]]:
    return {survey.filter[0]: {"ref": str(wider.area)}} if survey.filter and wider else {}


def _hidden_sheet(workbook: Part, position: Callable[[], int]) -> Element | None:
    """Return what the workbook says of the sheet, where that hides it: nobody would see what the workbook is about."""
    sheets = workbook.of("sheet", 2)
    if not any(is_hidden_sheet(sheet.attributes) for sheet in sheets):
        return None
    sheet = sheets[position()]
    return sheet if is_hidden_sheet(sheet.attributes) else None


def _told_sheet(hidden: Element) -> str:
    name = quoted([hidden.attributes.get("name", "")])
    return f"In the annotated workbook, the sheet {name}, which is hidden, is shown."


def _change_workbook(package: Package, workbook: Part, wider: WiderFilter | None, hidden: Element | None) -> None:
    edits = list(wider.names) if wider else []
    if hidden:
        edits.append(workbook.tag_edit(hidden, {"state": None}))
    if edits:
        package.change(package.workbook, workbook.edited(edits))


def _sheet_position(relations: Relations, workbook: Part, part: str) -> int:
    """Return the position of a sheet among those of the workbook, from 0."""
    ids = {relation.id for relation in relations if relation.part.lower() == part.lower()}
    for position, sheet in enumerate(workbook.of("sheet", 2)):
        if ids.intersection(value for key, value in sheet.attributes.items() if key.endswith("id")):
            return position
    raise UnfitWorkbookError("its sheet is not among its sheets")
