"""Merged cells: what a person sees of a sheet where the cells of an area are one.

What stands in the first cell of an area is seen in all of its lines, and so it is each line's, in the area's first
column. What a file stores in the other cells nobody sees. A line that holds nothing else stays blank: an area that is
drawn over blank lines makes no rows of them.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from importer.sheets.cells import is_blank
from importer.sheets.workbooks.areas import Area
from importer.sheets.workbooks.book import Line, LineCell, Merge, stored, too_large


class _OpenArea(NamedTuple):
    """An area that may reach further lines, and what is seen in it."""

    area: Area
    value: LineCell


class MergedCells:
    """Makes the lines of one sheet, from the first on, such as they are seen."""

    def __init__(self) -> None:
        self._open: list[_OpenArea] = []
        """By their first columns."""

    def shown(self, line: Line, beginning: Iterable[Area] = ()) -> Line:
        """Return a line as it is seen.

        Args:
            line: The next one.
            beginning: The areas that begin in it, or in a blank line since the one before. One that begins inside of
                another is none.
        """
        if self._open:
            self._open = [one for one in self._open if one.area.last_row >= line.number]
        for area in beginning:
            self._begin(area, line)
        return self._seen(line) if self._open else line

    def end_all(self) -> None:
        """End all areas: none of them reaches the next line."""
        self._open = []

    def _begin(self, area: Area, line: Line) -> None:
        at = area.first_column
        place = bisect.bisect_right(self._open, at, key=_first_column)
        if area.last_row < line.number or (place and self._open[place - 1].area.last_column >= at):
            return
        cell = line.cells[at] if area.first_row == line.number and at < len(line.cells) else None
        self._open.insert(place, _OpenArea(area, None if is_blank([cell]) else cell))

    def _seen(self, line: Line) -> Line:
        cells = list(line.cells)
        for area, _ in self._open:
            begin = area.first_column + (area.first_row == line.number)
            covered = range(begin, min(area.last_column + 1, len(cells)))
            cells[begin : covered.stop] = [None] * len(covered)
        merges = () if is_blank(cells) else tuple(_brought(self._open, cells))
        while cells and cells[-1] is None:
            cells.pop()
        is_text = line.is_text and all(cells[merge.first].__class__ is str for merge in merges)
        return line._replace(cells=cells, is_text=is_text, merged=merges)


def _brought(areas: Iterable[_OpenArea], cells: list[LineCell]) -> Iterator[Merge]:
    """Put what is seen in areas into the cells of a line, and yield what they are in it."""
    for area, value in areas:
        if value is not None:
            cells += [None] * (area.first_column + 1 - len(cells))
            cells[area.first_column] = value
            yield Merge(area.first_row, area.first_column, area.last_column)


def _first_column(one: _OpenArea) -> int:
    return one.area.first_column


@dataclass(frozen=True, slots=True)
class MergedAreas:
    """The merged areas of a sheet whose lines are not yet as they are seen.

    Attributes:
        areas: They, in any order.
        width: How many cells the widest line has.
        name: What messages call the workbook.
        most_text: How many characters may come out of them: as with text that is stored, more is no table's.
    """

    areas: Sequence[Area]
    width: int
    name: str
    most_text: int

    @property
    def last_row(self) -> int:
        """The last row of all: lines further down are as they are seen."""
        return max(area.last_row for area in self.areas)

    def seen(self, lines: Iterable[Line]) -> Iterator[Line]:
        """Yield lines as they are seen.

        Args:
            lines: Those of the sheet that hold something, in order.

        Raises:
            SourceError: More comes out of the areas than may.
        """
        order = sorted(self.areas, key=lambda area: (area[:2], -area.last_row, -area.last_column))
        coming = iter([area for area in order if area.first_column < self.width])
        area = next(coming, None)
        merged, room = MergedCells(), self.most_text
        for line in lines:
            beginning = []
            while area is not None and area.first_row <= line.number:
                beginning.append(area)
                area = next(coming, None)
            shown = merged.shown(line, beginning)
            room -= sum(
                [len(text) for merge in shown.merged if isinstance(text := stored(shown.cells[merge.first]), str)]
            )
            if room < 0:
                raise too_large(self.name, f"its merged cells hold more than {self.most_text:,} characters")
            yield shown
