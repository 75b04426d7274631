"""Tables of text, for a terminal or a file."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence


def lines(header: Sequence[str], rows: Sequence[Sequence[str]], *, right: Collection[str] = ()) -> Iterator[str]:
    """Yield a table's lines: columns as wide as they need to be, two spaces apart; those in `right` are numbers."""
    from rich.cells import cell_len  # noqa: PLC0415 - heavy

    widths = [max(map(cell_len, column)) for column in zip(header, *rows, strict=True)]
    for row in (header, *rows):
        cells = []
        for name, cell, width in zip(header, row, widths, strict=True):
            blank = " " * (width - cell_len(cell))
            cells.append(blank + cell if name in right else cell + blank)
        yield "  ".join(cells).rstrip()
