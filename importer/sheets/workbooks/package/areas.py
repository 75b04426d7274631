"""Where things are on a sheet: areas, as workbooks write them (`A1:D10`), and the place of the appended columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Self

from importer.sheets.phrases import column_letter
from importer.sheets.workbooks.book import MAX_COLUMNS, MAX_ROWS

_AREA: Final = re.compile(r"\$?([A-Z]{1,3})\$?([1-9][0-9]{0,6})(?::\$?([A-Z]{1,3})\$?([1-9][0-9]{0,6}))?")


@dataclass(frozen=True, slots=True)
class Area:
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
        return replace(self, last_column=last_column)


@dataclass(frozen=True, slots=True)
class AppendedPlace:
    """Where the appended columns go.

    Attributes:
        header_row: The number of the header's row.
        first: The position of the first of them, from 0.
        names: Their headers, left to right.
        replaces: Whether the columns of an earlier run stand there, as many, and are to be replaced; columns that a
            person has added after them stay where they are.
    """

    header_row: int
    first: int
    names: Sequence[str]
    replaces: bool = False

    @property
    def last(self) -> int:
        """The position of the last of them."""
        return self.first + len(self.names) - 1

    def rows(self, last_row: int) -> Area:
        """Return the area of them from the header down to a row."""
        return Area(self.header_row, self.first, max(last_row, self.header_row), self.last)


def column_position(letters: str) -> int:
    """Return the position of a column, from 0, of its letters in capitals."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1
