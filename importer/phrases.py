"""Pieces of sentences that several messages need."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

_MAX_LENGTH: Final = 60
_MAX_NAMES: Final = 30
_MAX_NAMED_ROWS: Final = 5
_MAX_RANGES: Final = 20
_LETTERS: Final = 26


def listed(words: Sequence[str], last: str = "and") -> str:
    """Return at least one word as a person lists them: `a`, `a and b`, `a, b and c`."""
    *most, end = words
    return f"{', '.join(most)} {last} {end}" if most else end


def alternatives(words: Sequence[str]) -> str:
    """Return at least one word as a choice: `a`, `a or b`, `a, b or c`."""
    return listed(words, "or")


def quoted(names: Sequence[str]) -> str:
    """Return one name or more from a file in quotation marks, on one line and shortened; of very many, the first."""
    quotations = [f'"{_printable(_shortened(name))}"' for name in names[:_MAX_NAMES]]
    further = len(names) - len(quotations)
    return listed([*quotations, f"{further} more"] if further else quotations)


def column_letter(position: int) -> str:
    """Return a column's name in a spreadsheet program, of its position from 0: `A`, `Z`, `AA`."""
    letters = ""
    rest = position + 1
    while rest:
        rest, letter = divmod(rest - 1, _LETTERS)
        letters = chr(ord("A") + letter) + letters
    return letters


def _shortened(name: str) -> str:
    line = " ".join(name.split())
    return line if len(line) <= _MAX_LENGTH else f"{line[: _MAX_LENGTH - 3]}..."


def _printable(line: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in line)


def named(header: str) -> str:
    """Return a header as messages show it: on one line, in quotation marks, at most 60 characters of it."""
    return f'"{_shortened(header)}"'


def named_rows(rows: Sequence[int], total: int) -> str:
    """Return the words for some rows, of which at most five are named: `row 5`, `rows 5, 9, 12, 13, 20 and 3 more`.

    Args:
        rows: All of them, or at least the first five.
        total: How many there are, at least one.
    """
    names = [str(row) for row in rows[:_MAX_NAMED_ROWS]]
    further = total - len(names)
    return f"{'row' if total == 1 else 'rows'} {listed([*names, f'{further} more'] if further else names)}"


def row_ranges(rows: Sequence[int]) -> str:
    """Return the words for all of some rows, in order, those that follow each other together; of very many, the first.

    Example: `row_ranges([2, 4, 5, 6, 9])` is `"rows 2, 4 to 6 and 9"`.
    """
    ranges: list[list[int]] = []
    for row in rows:
        if ranges and ranges[-1][1] == row - 1:
            ranges[-1][1] = row
        else:
            ranges.append([row, row])
    names = [name for first, last in ranges[:_MAX_RANGES] for name in _range(first, last)]
    further = sum(last - first + 1 for first, last in ranges[_MAX_RANGES:])
    return f"{'row' if len(rows) == 1 else 'rows'} {listed([*names, f'{further:,} more'] if further else names)}"


def _range(first: int, last: int) -> Sequence[str]:
    return [f"{first} to {last}"] if last - first > 1 else [str(row) for row in range(first, last + 1)]
