"""Which character of a line stands in which column, by each of the ways in which programs count."""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

_LARGEST_UNIT: Final = 0xFFFF


class Measure:
    """A line, and where its columns are.

    Args:
        text: The line.
        widths: How many columns each of its characters takes; None where it is one each.
    """

    def __init__(self, text: str, widths: Iterable[int] | None = None) -> None:
        self._length = len(text)
        self._at: Mapping[int, int] | None = None
        if widths is not None:
            at: dict[int, int] = {}
            column = 0
            for index, width in enumerate(widths):
                at[column] = index
                column += width
            self._at = {**at, column: len(text)}
            self.width = column
        else:
            self.width = len(text)

    def at(self, column: int) -> int | None:
        """Return the character that stands in a column, or the line's length; None within one of two columns."""
        if column >= self.width:
            return self._length
        return column if self._at is None else self._at.get(column)


def measures(text: str) -> Iterator[Measure]:
    """Yield each way to count: in characters, as a terminal does, and in units of UTF-16; only what differs."""
    yield Measure(text)
    if text.isascii():
        return
    ones = [1] * len(text)
    for widths in ([*map(terminal_width, text)], [*map(_units, text)]):
        if widths != ones:
            yield Measure(text, widths)


def widths_of(text: str) -> set[int]:
    """Return how many columns a text may take, by each way to count."""
    if text.isascii():
        return {len(text)}
    counts: tuple[Callable[[str], int], ...] = (terminal_width, _units)
    return {len(text), *(sum(map(count, text)) for count in counts)}


@functools.lru_cache(maxsize=4096)
def terminal_width(letter: str) -> int:
    """Return how many columns of a terminal a character takes (Unicode Standard Annex 11)."""
    if unicodedata.category(letter) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(letter) in {"W", "F"} else 1


def _units(letter: str) -> int:
    return 2 if ord(letter) > _LARGEST_UNIT else 1
