"""Tables of text, for a terminal or a file."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Final

from rich.cells import cell_len, set_cell_size

_NARROWEST: Final = 8
_BETWEEN: Final = 2


def lines(header: Sequence[str], rows: Sequence[Sequence[str]], *, right: Collection[str] = ()) -> Iterator[str]:
    """Yield a table's lines: columns as wide as they need to be, two spaces apart; those in `right` are numbers."""
    widths = [max(map(cell_len, column)) for column in zip(header, *rows, strict=True)]
    for row in (header, *rows):
        cells = []
        for name, cell, width in zip(header, row, widths, strict=True):
            blank = " " * (width - cell_len(cell))
            cells.append(blank + cell if name in right else cell + blank)
        yield (" " * _BETWEEN).join(cells).rstrip()


def fitted(
    header: Sequence[str], rows: Sequence[Sequence[str]], width: int | None, *, widest: int
) -> tuple[Sequence[str], Sequence[Sequence[str]]]:
    """Return a table's header and rows with long cells cut, and without its last columns, so that lines are not longer.

    Args:
        header: The names of the columns.
        rows: As many cells each.
        width: Of a line, in characters; None for no limit.
        widest: Of a cell.
    """
    most, columns = widest, len(header)
    if width is not None:
        widths = [max(map(cell_len, column)) for column in zip(header, *rows, strict=True)]
        while (
            most > _NARROWEST and sum(min(column_width, most) + _BETWEEN for column_width in widths) > width + _BETWEEN
        ):
            most -= 1
        while (
            columns > 1
            and sum(min(column_width, most) + _BETWEEN for column_width in widths[:columns]) > width + _BETWEEN
        ):
            columns -= 1
    return [_cut(name, most) for name in header[:columns]], [[_cut(c, most) for c in row[:columns]] for row in rows]


def _cut(text: str, most: int) -> str:
    return text if cell_len(text) <= most else f"{set_cell_size(text, most - 1).rstrip()}…"
