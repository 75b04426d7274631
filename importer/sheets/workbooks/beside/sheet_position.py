"""Where an extra sheet goes in a workbook: behind all others, or in the place of one of ours from an earlier run."""

from __future__ import annotations

import itertools
import posixpath
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

from importer.sheets.extra_sheet import MARK
from importer.sheets.workbooks.package.edited_package import Package, Relations
from importer.sheets.workbooks.package.parts import Parts
from importer.sheets.workbooks.package.relations import Relation, relations_part
from importer.sheets.workbooks.package.xml_edits import Element, Part, UnfitWorkbookError

_LONGEST_TITLE: Final = 31


@dataclass(frozen=True, slots=True)
class SheetPosition:
    """Where the sheet goes.

    Attributes:
        title: What it is called.
        position: Among the sheets, from 0.
        part: What it is in the package.
        earlier: There is one of ours, which it replaces.
        selected: That one is among the sheets that are selected when the workbook is opened.
        needed: The parts that nothing but that one needs.
    """

    title: str
    position: int
    part: str
    earlier: bool = False
    selected: bool = False
    needed: frozenset[str] = frozenset()


class Sheets:
    """The sheets of a workbook.

    Args:
        package: What of it changes.
        parts: Its parts as they are to be.
        workbook: The part that lists the sheets.
        relations: Of that part.
        table: The part of the sheet with the table.

    Raises:
        UnfitWorkbookError: That sheet is not among them.
    """

    def __init__(self, package: Package, parts: Parts, workbook: Part, relations: Relations, table: str) -> None:
        self._package = package
        self._parts = parts
        self._workbook = workbook
        self._relations = {relation.id: relation for relation in relations}
        self._sheets = workbook.of("sheet", 2)
        self._table = self._position_of(table)

    @property
    def table(self) -> str:
        """The name of the sheet with the table."""
        return self._sheets[self._table].attributes.get("name", "")

    def styles(self) -> str:
        """Return the part with the cell formats; raise `UnfitWorkbookError` where there is none."""
        for relation in self._relations.values():
            if relation.kind == "styles" and relation.part in self._parts:
                return relation.part
        raise UnfitWorkbookError("it has no cell formats")

    def position(self, title: str) -> SheetPosition:
        """Return where a sheet goes that is to have a name; one of ours keeps the name that it has."""
        earlier = self._earlier()
        if earlier is not None:
            return earlier
        titles = {sheet.attributes.get("name", "").casefold() for sheet in self._sheets}
        return SheetPosition(_free_title(title, titles), len(self._sheets), self.free("worksheets/sheet{}.xml"))

    def free(self, name: str) -> str:
        """Return the name of a part that is not there yet, with a number in the place of the braces."""
        folder = posixpath.dirname(self._package.workbook)
        names = (posixpath.join(folder, name.format(number)) for number in itertools.count(1))
        return next(filter(self._package.is_free, names))

    def _position_of(self, part: str) -> int:
        for position, sheet in enumerate(self._sheets):
            relation = self._relation(sheet)
            if relation is not None and relation.part.lower() == part.lower():
                return position
        raise UnfitWorkbookError("its sheet is not among its sheets")

    def _relation(self, sheet: Element) -> Relation | None:
        ids = (value for key, value in sheet.attributes.items() if key.endswith(":id"))
        return self._relations.get(next(ids, ""))

    def _earlier(self) -> SheetPosition | None:
        """Return the place of the sheet that an earlier run has added; None where there is none."""
        for name in self._workbook.of("definedName", 2):
            position = name.attributes.get("localSheetId", "")
            if name.attributes.get("name") != MARK or not position.isdecimal() or int(position) >= len(self._sheets):
                continue
            sheet = self._sheets[int(position)]
            relation = self._relation(sheet)
            if relation is None or int(position) == self._table:
                continue
            if relation.kind == "worksheet" and relation.part in self._parts:
                return self._replaced(sheet.attributes.get("name", ""), int(position), relation.part)
        return None

    def _replaced(self, title: str, position: int, part: str) -> SheetPosition:
        views = Part(self._parts, part).of("sheetView", 2)
        selected = any(view.attributes.get("tabSelected") in {"1", "true"} for view in views)
        return SheetPosition(title, position, part, earlier=True, selected=selected, needed=self._only_for(part))

    def _only_for(self, part: str) -> frozenset[str]:
        """Return the parts that only a sheet needs, with what says what they need."""
        own = self._reached([part], without="") - self._reached([""], without=part) - {part}
        return frozenset(own | {relations_part(needed_part) for needed_part in own})

    def _reached(self, starts: Iterable[str], *, without: str) -> set[str]:
        """Return the parts that can be reached from some."""
        reached: set[str] = set()
        waiting = list(starts)
        while waiting:
            part = waiting.pop()
            if part not in reached and (part != without or not part):
                reached.add(part)
                waiting += [relation.part for relation in Relations(self._parts, part) if relation.part]
        return reached


def _free_title(wanted: str, titles_in_use: Collection[str]) -> str:
    """Return a name that no other sheet has, whatever its capitals: with a number, if need be."""
    numbered = (f" ({number})" for number in itertools.count(2))
    titles = (wanted[: _LONGEST_TITLE - len(end)] + end for end in itertools.chain([""], numbered))
    return next(title for title in titles if title.casefold() not in titles_in_use)
