"""Merged cells: what a sheet shows of the cells that are merged, which is the first of each area."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping

from importer.sheets.workbooks.areas import Area
from importer.sheets.workbooks.book import Line


def without_covered_cells(lines: Iterable[Line], merged: Iterable[Area], width: int) -> Iterator[Line]:
    """Yield lines without what is stored in merged areas beside their first cells.

    An area that begins inside of another one is none.

    Args:
        lines: Those of a sheet, in order.
        merged: The areas, in any order.
        width: How many cells the widest line has.
    """
    coming = iter(
        sorted(merged, key=lambda area: (area.first_row, area.first_column, -area.last_row, -area.last_column))
    )
    area = next(coming, None)
    until: dict[int, int] = {}  # for each column, the last line of what is merged there
    for line in lines:
        first: set[int] = set()
        while area is not None and area.first_row <= line.number:
            if until.get(area.first_column, 0) < area.first_row:
                until.update(dict.fromkeys(range(area.first_column, min(area.last_column + 1, width)), area.last_row))
                if area.first_row == line.number:
                    first.add(area.first_column)
            area = next(coming, None)
        yield _shown(line, until, first) if until else line


def _shown(line: Line, until: Mapping[int, int], first: Container[int]) -> Line:
    cells = [
        None if until.get(at, 0) >= line.number and at not in first else cell for at, cell in enumerate(line.cells)
    ]
    while cells and cells[-1] is None:
        cells.pop()
    return line._replace(cells=cells)
