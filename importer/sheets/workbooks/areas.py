"""Where things are on a sheet of a workbook: its size, its columns by their letters, and areas (`A1:D10`)."""

from __future__ import annotations

import re
from typing import Final, NamedTuple, Self

from importer.phrases import column_letter

MAX_ROWS: Final = 1_048_576
MAX_COLUMNS: Final = 16_384
_LETTERS: Final = 26
_AREA: Final = re.compile(r"\$?([A-Z]{1,3})\$?([1-9][0-9]{0,6})(?::\$?([A-Z]{1,3})\$?([1-9][0-9]{0,6}))?")


class Area(NamedTuple):
    """A rectangle of cells: rows from 1 as a person counts, columns from 0; the last ones belong to it."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int

    @classmethod
    def of(cls, reference: str) -> Self | None:
        """Return the area of a reference; None where it is not one rectangle of cells that a sheet can have."""
        match = _AREA.fullmatch(reference)
        if match is None:
            return None
        top, left = int(match[2]), column_position(match[1])
        bottom, right = (int(match[4]), column_position(match[3])) if match[3] else (top, left)
        if not (top <= bottom <= MAX_ROWS and left <= right < MAX_COLUMNS):
            return None
        return cls(top, left, bottom, right)

    def __str__(self) -> str:
        """Return the reference, one cell as a cell."""
        first = f"{column_letter(self.first_column)}{self.first_row}"
        last = f"{column_letter(self.last_column)}{self.last_row}"
        return first if first == last else f"{first}:{last}"

    def absolute(self) -> str:
        """Return the reference as a defined name has it: `$A$1:$D$10`."""
        first = f"${column_letter(self.first_column)}${self.first_row}"
        return f"{first}:${column_letter(self.last_column)}${self.last_row}"

    def meets(self, other: Area) -> bool:
        """Return whether the two have a cell in common."""
        return (
            self.first_row <= other.last_row
            and other.first_row <= self.last_row
            and self.first_column <= other.last_column
            and other.first_column <= self.last_column
        )

    def around(self, other: Area) -> Area:
        """Return the smallest area that holds both."""
        return Area(
            min(self.first_row, other.first_row),
            min(self.first_column, other.first_column),
            max(self.last_row, other.last_row),
            max(self.last_column, other.last_column),
        )

    def widened(self, last_column: int) -> Area:
        """Return the area with another last column."""
        return self._replace(last_column=last_column)


def column_position(letters: str) -> int:
    """Return the position of a column, from 0, by its name, in capitals or not: 26 of `AA`.

    Example: `column_position("AA")` is `26`.
    """
    number = 0
    for letter in letters.upper():
        number = number * _LETTERS + ord(letter) - ord("A") + 1
    return number - 1


def cell_name(number: int, position: int) -> str:
    """Return what a person calls a cell: its line counts from 1, its position from 0.

    Example: `cell_name(7, 2)` is `"C7"`.
    """
    return f"{column_letter(position)}{number}"
