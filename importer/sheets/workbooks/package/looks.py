"""How the data sheet of a workbook looks: quiet colours, and widths that can be read."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from importer.model.statuses import Status

TONES: Final[Mapping[str, str]] = {
    Status.UPDATED: "E2F2E6",
    Status.DUPLICATE: "EDF6EF",
    Status.UNCHANGED: "EDF6EF",
    Status.MISMATCH: "FFF1C9",
    Status.INVALID: "FBE0DF",
    Status.REJECTED: "FBE0DF",
    Status.UNCONFIRMED: "FFE5CC",
    Status.FAILED: "E3EAF8",
    Status.NOT_SENT: "ECEEF1",
}
"""Red, green, blue of the fill behind a row's appended cells, by status: green is done, red is for the person who mends
the data, yellow is to be looked at, orange and blue want another try, grey was not begun. All are so light that black
text has a contrast above 15 to 1, and the word stands in the cell, so that nothing depends on seeing the colour."""

STRONG_TONES: Final[Mapping[str, str]] = {
    Status.UPDATED: "2F8A57",
    Status.DUPLICATE: "62A881",
    Status.UNCHANGED: "93C3A8",
    Status.MISMATCH: "C39A0C",
    Status.INVALID: "CF4A43",
    Status.REJECTED: "93262D",
    Status.UNCONFIRMED: "DD7F2E",
    Status.FAILED: "4D74C2",
    Status.NOT_SENT: "8D96A3",
}
"""The same colours, as bars of a chart have them."""

MARKS: Final[Mapping[str, str]] = {
    Status.MISMATCH: "FFD75E",
    Status.INVALID: "F5A9A6",
    Status.REJECTED: "F5A9A6",
}
"""The fill of a cell that a person has to change, by the row's status: the tone of the row, but stronger; black text
has a contrast above 10 to 1, and the reason stands in a comment and in the message."""

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
