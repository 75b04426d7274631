"""Which hidden rows of the user's own sheet are shown in the annotated one, and which of its filters are cleared.

A workbook does not say what hides a row: the row is in the area of a filter that hides rows, or somebody has hidden it.
Programs that clear a filter show all rows of its area.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import compress
from typing import Final

from importer.sheets.table import ToBeSeen
from importer.sheets.workbooks.annotate.filter_criteria import criteria_in
from importer.sheets.workbooks.annotate.sheet_survey import SheetSurvey
from importer.sheets.workbooks.annotate.table_objects import filter_areas
from importer.sheets.workbooks.areas import Area
from importer.sheets.workbooks.package.xml_edits import Edit, Part
from importer.sheets.workbooks.package.xml_reading import is_true

_MODE: Final = "filterMode"


@dataclass(frozen=True, slots=True)
class HidingFilter:
    """A filter that hides rows.

    Attributes:
        area: Its own, with its header.
        table: The part of the table object that it belongs to; None for the filter of the sheet.
        edits: What takes out of that part what it hides rows by.
        cuts: The same of the sheet's own bytes.
    """

    area: Area
    table: Part | None = None
    edits: Sequence[Edit] = ()
    cuts: Sequence[tuple[int, int]] = ()

    def holds(self, number: int) -> bool:
        """Return whether a row is one of those that it may hide."""
        return self.area.first_row < number <= self.area.last_row


@dataclass(frozen=True, slots=True)
class ShownRows:
    """What changes on a sheet, so that no row is hidden that must be seen.

    Attributes:
        starts: Where in the sheet's bytes the rows begin that are shown again, in order.
        still_hidden: The numbers of the rows that stay hidden.
        tags: Attributes of the sheet's own elements that change, by the place of the tag.
        cuts: What is left out of the sheet's bytes: where each piece begins and ends.
        tables: What changes in the parts of table objects, by their names.
        told: What a person should know of it, in sentences.
    """

    starts: Sequence[int] = ()
    still_hidden: Collection[int] = frozenset()
    tags: Mapping[int, Mapping[str, str | None]] = field(default_factory=dict)
    cuts: Sequence[tuple[int, int]] = ()
    tables: Mapping[str, Sequence[Edit]] = field(default_factory=dict)
    told: Sequence[str] = ()


def shown_rows(
    survey: SheetSurvey, tables: Sequence[Part], workbook: Part, sheet: Callable[[], int], to_be_seen: ToBeSeen
) -> ShownRows:
    """Return what changes, so that the rows that must be seen are.

    The filters that hide one of these are cleared: their areas and buttons stay, and every row in them is shown. So are
    those whose rows that shows too. Of the rows that somebody has hidden otherwise, just those are shown that must be.

    Args:
        survey: Of the sheet.
        tables: The parts of its table objects.
        workbook: The workbook's own part.
        sheet: Returns the position of the sheet among those of the workbook, from 0.
        to_be_seen: It is not asked where no row is hidden.
    """
    hidden = set(compress(survey.rows.numbers, survey.rows.hidden))
    wanted = hidden.intersection(to_be_seen()) if hidden else set[int]()
    if not wanted:
        return ShownRows(still_hidden=frozenset(hidden))
    filters = list(_hiding(survey, tables, workbook, sheet))
    cleared = _cleared(filters, wanted, hidden)
    of_filters = {number for number in hidden if any(each.holds(number) for each in cleared)}
    shown = of_filters | wanted
    mode = {} if len(cleared) < len(filters) else _without_mode(survey)
    return ShownRows(
        starts=array("Q", compress(survey.rows.starts, (number in shown for number in survey.rows.numbers))),
        still_hidden=frozenset(hidden - shown),
        tags=mode if cleared else {},
        cuts=[cut for each in cleared for cut in each.cuts],
        tables={each.table.name: each.edits for each in cleared if each.table},
        told=list(_told(cleared, len(wanted & of_filters), len(of_filters), len(wanted - of_filters))),
    )


def _hiding(
    survey: SheetSurvey, tables: Sequence[Part], workbook: Part, sheet: Callable[[], int]
) -> Iterator[HidingFilter]:
    """Yield the filters of a sheet that hide rows: its own, one that left no buttons, and those of table objects."""
    area = survey.filter[1] if survey.filter else None
    if survey.criteria.cuts and area is not None:
        yield HidingFilter(area, cuts=survey.criteria.cuts)
    elif survey.properties is not None and is_true(survey.properties[1].get(_MODE)):
        yield from map(HidingFilter, filter_areas(workbook, sheet()))
    for table in tables:
        for inner in table.of("autoFilter", 1):
            area, edits = Area.of(inner.attributes.get("ref", "")), list(criteria_in(table, inner))
            if edits and area is not None:
                yield HidingFilter(area, table, edits)


def _cleared(filters: Sequence[HidingFilter], wanted: Collection[int], hidden: Collection[int]) -> list[HidingFilter]:
    """Return the filters that hide a row which is wanted, or one that is shown as another filter is cleared."""
    cleared: list[HidingFilter] = []
    shown = set(wanted)
    while more := [each for each in filters if each not in cleared and any(map(each.holds, shown))]:
        cleared += more
        shown |= {number for number in hidden if any(each.holds(number) for each in more)}
    return cleared


def _without_mode(survey: SheetSurvey) -> Mapping[int, Mapping[str, str | None]]:
    """Return the change of the tag that says that a filter of the sheet hides rows."""
    if survey.properties is None or _MODE not in survey.properties[1]:
        return {}
    return {survey.properties[0]: {_MODE: None}}


def _told(cleared: Sequence[HidingFilter], wanted: int, shown: int, by_hand: int) -> Iterator[str]:
    """Yield what became of the filters, and of rows that are hidden by hand."""
    if cleared:
        filters = "the filter" if len(cleared) == 1 else f"{len(cleared)} filters"
        areas = ", ".join(str(each.area) for each in cleared)
        are, hid = ("is", "it hid") if len(cleared) == 1 else ("are", "they hid")
        need = "1 row that needs" if wanted == 1 else f"{wanted:,} rows that need"
        again = "1 row is" if shown == 1 else f"{shown:,} rows are"
        yield (
            f"In the annotated workbook, {filters} of the sheet ({areas}) {are} cleared, since {hid} {need} attention:"
            f" {again} shown again."
        )
    if by_hand == 1:
        yield "In the annotated workbook, 1 row that was hidden by hand is shown, since it needs attention."
    elif by_hand:
        need = "since they need attention"
        yield f"In the annotated workbook, {by_hand:,} rows that were hidden by hand are shown, {need}."
