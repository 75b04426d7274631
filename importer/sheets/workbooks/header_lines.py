"""The lines of a sheet as its header is looked for in them: a name may begin in a heading that is merged above it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from importer.sheets.header.column_names import is_known
from importer.sheets.workbooks.book import Line, texts


def header_lines(lines: Iterable[Line]) -> Iterator[tuple[int, Sequence[str]]]:
    """Yield each line's number and the text of its cells.

    A cell under a heading that is merged over several columns of the line above is called after both where that is the
    name of a column and its own text is none: `ID` under `Customer` is `Customer ID`. So is one under a heading beside
    such a merged one, since the line is one of headings then.
    """
    above: Line | None = None
    for line in lines:
        cells = texts(line.cells)
        if above is not None and above.merged and above.number == line.number - 1:
            _join(cells, above)
        yield line.number, cells
        above = line


def _join(cells: list[str], above: Line) -> None:
    headings = texts(above.cells)
    merged = [(first, last) for row, first, last in above.merged if row == above.number and last > first]
    if not merged:
        return
    covered = {at for _, first, last in above.merged for at in range(first, last + 1)}
    alone = [(at, at) for at in range(len(headings)) if at not in covered]
    for first, last in (*merged, *alone):
        for at in range(first, min(last + 1, len(cells))):
            both = f"{headings[first]} {cells[at]}"
            if cells[at].strip() and not is_known(cells[at]) and is_known(both):
                cells[at] = both
