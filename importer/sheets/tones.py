"""The quiet colours of statuses, wherever one is shown in a workbook."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from importer.model.statuses import Status

TONES: Final[Mapping[str, str]] = {
    Status.UPDATED: "E2F2E6",
    Status.DUPLICATE: "EDF6EF",
    Status.UNCHANGED: "EDF6EF",
    Status.SETTLED: "E6F0F0",
    Status.MISMATCH: "FFF1C9",
    Status.INVALID: "FBE0DF",
    Status.REJECTED: "FBE0DF",
    Status.UNCONFIRMED: "FFE5CC",
    Status.FAILED: "E3EAF8",
    Status.NOT_SENT: "ECEEF1",
    Status.VALID: "E1F1F3",
}
"""Red, green, blue of the fill behind a row's appended cells, by status: green is done, teal is what a person has
settled or what could be sent, red is for whoever mends the data, yellow is to be looked at, orange and blue want
another try, grey was not begun. All are so light that black text has a contrast above 15 to 1, and the word stands in
the cell, so that nothing depends on seeing the colour."""

STRONG_TONES: Final[Mapping[str, str]] = {
    Status.UPDATED: "2F8A57",
    Status.DUPLICATE: "62A881",
    Status.UNCHANGED: "93C3A8",
    Status.SETTLED: "5B9A9A",
    Status.MISMATCH: "C39A0C",
    Status.INVALID: "CF4A43",
    Status.REJECTED: "93262D",
    Status.UNCONFIRMED: "DD7F2E",
    Status.FAILED: "4D74C2",
    Status.NOT_SENT: "8D96A3",
    Status.VALID: "3A8C99",
}
"""The same colours, as bars of a chart have them."""

MARKS: Final[Mapping[str, str]] = {
    Status.MISMATCH: "FFD75E",
    Status.INVALID: "F5A9A6",
    Status.REJECTED: "F5A9A6",
}
"""The fill of a cell that a person has to change, by the row's status: the tone of the row, but stronger; black text
has a contrast above 10 to 1, and the reason stands in a comment and in the message."""
