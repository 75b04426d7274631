"""The area of the appended columns on the user's own sheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from importer.sheets.workbooks.areas import Area


@dataclass(frozen=True, slots=True)
class AppendedArea:
    """Where the appended columns go.

    Attributes:
        header_row: The number of the header's row.
        first: The position of the first of them, from 0.
        names: Their headers, left to right.
        replaces: Whether the columns of an earlier run stand there, as many, and are to be replaced; columns that a
            person has added after them stay where they are.
        message_at: Which of them is the message, whose text goes over several lines; None for none.
        sent: The positions of the columns of which something is sent; None where nobody says which these are.
    """

    header_row: int
    first: int
    names: Sequence[str]
    replaces: bool = False
    message_at: int | None = None
    sent: frozenset[int] | None = None

    @property
    def last(self) -> int:
        """The position of the last of them."""
        return self.first + len(self.names) - 1

    def rows(self, last_row: int) -> Area:
        """Return the area of them from the header down to a row."""
        return Area(self.header_row, self.first, max(last_row, self.header_row), self.last)
