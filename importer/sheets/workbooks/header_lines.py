"""The lines of a sheet as its header is looked for in them: a name may begin in a heading that is merged above it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from importer.model.source import Field
from importer.sheets.header.column_names import is_known, meanings
from importer.sheets.workbooks.book import Line, texts

_TARGETS: Final = (Field.GROUP_ID, Field.LINKED_ACCOUNT_ID)


def header_lines(lines: Iterable[Line]) -> Iterator[tuple[int, Sequence[str]]]:
    """Yield each line's number and the text of its cells.

    A cell under a heading that is merged over several columns of the line above is called after both where that is the
    name of a column and its own text is none: `ID` under `Customer` is `Customer ID`. So is one under a heading beside
    such a merged one, since the line is one of headings then; and, wherever nothing is merged, one of the group or the
    account, since rows would go elsewhere without a word if that column were not read.
    """
    above: Line | None = None
    for line in lines:
        cells = texts(line.cells)
        if above is not None and above.number == line.number - 1:
            _join(cells, above)
        yield line.number, cells
        above = line


def _join(cells: list[str], above: Line) -> None:
    headings = texts(above.cells)
    merged = [(first, last) for row, first, last in above.merged if row == above.number and last > first]
    covered = {at for _, first, last in above.merged for at in range(first, last + 1)}
    alone = [(at, at) for at, text in enumerate(headings) if text.strip() and at not in covered]
    for first, last in (*merged, *alone):
        for at in range(first, min(last + 1, len(cells))):
            both = f"{headings[first]} {cells[at]}"
            if cells[at].strip() and not is_known(cells[at]) and is_known(both) and (merged or _is_target(both)):
                cells[at] = both


def _is_target(name: str) -> bool:
    return any(field in _TARGETS for _, field in meanings([name]))
