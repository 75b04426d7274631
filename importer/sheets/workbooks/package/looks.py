"""How the data sheet of a workbook looks: columns as wide, and rows as high, as can be read."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Final

NUMBER_HEADERS: Final = frozenset(
    prefix + name for prefix in ("", "import_") for name in ("http_status", "attempts", "latency_ms", "source_row")
)
"""The headers of appended columns of numbers, which stand above them on the right."""

SAMPLE_SIZE: Final = 200
"""How many records decide on the widths."""
_NARROWEST: Final = 9.0
_WIDEST: Final = 60.0
_WIDEST_MESSAGE: Final = 110.0
_LINE_POINTS: Final = 15.0
"""The height of a line, in points: Excel's own for its usual font."""
_MARGIN: Final = 2.0
_FILTER_BUTTON: Final = 3.0


def column_widths(rows: Iterable[tuple[Sequence[str], bool]], *, message: int | None) -> list[float]:
    """Return the width of each column, in characters, so that most cells can be read and none takes the screen.

    Args:
        rows: The text of each row's cells, and whether the row is the header, which needs room for a button.
        message: The column of sentences, from 0, which may take more room; None where there is none.
    """
    widths: list[float] = []
    for cells, is_header in rows:
        widths += [_NARROWEST] * (len(cells) - len(widths))
        extra = _MARGIN + (_FILTER_BUTTON if is_header else 0)
        for position, cell in enumerate(cells):
            widest = _WIDEST_MESSAGE if position == message else _WIDEST
            longest = max(map(len, cell[: int(widest) * 4].split("\n")))
            widths[position] = min(max(widths[position], longest + extra), widest)
    return widths


def row_height(message: str) -> float | None:
    """Return the height, in points, of a row whose message goes over several lines; None where one is enough."""
    lines = math.ceil(len(message) / (_WIDEST_MESSAGE - _MARGIN))
    return lines * _LINE_POINTS if lines > 1 else None
