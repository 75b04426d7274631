"""What of the user's own workbook changes when its sheet is annotated, decided before anything is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from importer.errors import SourceError
from importer.sheets.limits import Limits
from importer.sheets.source_file import SourceFile
from importer.sheets.workbooks.annotate.appended_area import AppendedArea
from importer.sheets.workbooks.annotate.column_widths import check_ranges
from importer.sheets.workbooks.annotate.lasting_formulas import lasting_formulas
from importer.sheets.workbooks.annotate.sheet_survey import SheetSurvey
from importer.sheets.workbooks.annotate.table_objects import widened_filter, widened_table
from importer.sheets.workbooks.areas import MAX_COLUMNS
from importer.sheets.workbooks.package.archive import Archive, open_zip
from importer.sheets.workbooks.package.cell_formats import Looks, Styles
from importer.sheets.workbooks.package.edited_package import Package, Relations
from importer.sheets.workbooks.package.xml_edits import Part, UnfitWorkbookError
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
    """

    package: Package
    survey: SheetSurvey
    looks: Looks
    tags: Mapping[int, Mapping[str, str]]


def plan_workbook(source: SourceFile, part: str, appended: AppendedArea, limits: Limits) -> WorkbookPlan:
    """Look through a workbook, and decide what changes.

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
            return _plan(archive, names, part, appended)
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


def _plan(archive: Archive, names: Sequence[str], part: str, appended: AppendedArea) -> WorkbookPlan:
    package = Package(archive, names)
    survey = SheetSurvey(archive, part, appended, lasting_formulas(archive, package, part, appended))
    check_ranges(survey.columns[2] if survey.columns else ())
    looks = _add_looks(archive, package, survey)
    _widen_tables(archive, package, part, appended)
    tags = _dimension(survey, appended) | _filter(archive, package, survey, part, appended)
    return WorkbookPlan(package, survey, looks, tags)


def _add_looks(archive: Archive, package: Package, survey: SheetSurvey) -> Looks:
    """Add the looks to the cell formats of the workbook; a workbook that has none gets none."""
    for relation in Relations(archive, package.workbook):
        if relation.kind == _STYLES and relation.part in archive:
            styles = Styles(Part(archive, relation.part))
            looks = styles.looks(survey.header_style, survey.body_style)
            package.change(relation.part, styles.edited())
            return looks
    return Looks()


def _widen_tables(archive: Archive, package: Package, part: str, appended: AppendedArea) -> None:
    for relation in Relations(archive, part):
        if relation.kind == _TABLE:
            wider = widened_table(Part(archive, relation.part), appended)
            if wider is not None:
                package.change(relation.part, wider)


def _dimension(survey: SheetSurvey, appended: AppendedArea) -> dict[int, Mapping[str, str]]:
    if survey.dimension is None:
        return {}
    at, area = survey.dimension
    rows = appended.rows(survey.rows.numbers[-1] if survey.rows.numbers else appended.header_row)
    return {at: {"ref": str(rows if area is None else area.around(rows))}}


def _filter(
    archive: Archive, package: Package, survey: SheetSurvey, part: str, appended: AppendedArea
) -> dict[int, Mapping[str, str]]:
    if survey.filter is None:
        return {}
    at, area = survey.filter
    workbook, relations = Part(archive, package.workbook), Relations(archive, package.workbook)
    wider = widened_filter(area, appended, workbook, _sheet_position(relations, workbook, part))
    if wider is None:
        return {}
    if wider.names:
        package.change(package.workbook, workbook.edited(wider.names))
    return {at: {"ref": str(wider.area)}}


def _sheet_position(relations: Relations, workbook: Part, part: str) -> int:
    """Return the position of a sheet among those of the workbook, from 0."""
    ids = {relation.id for relation in relations if relation.part.lower() == part.lower()}
    for position, sheet in enumerate(workbook.of("sheet", 2)):
        if ids.intersection(value for key, value in sheet.attributes.items() if key.endswith("id")):
            return position
    raise UnfitWorkbookError("its sheet is not among its sheets")
