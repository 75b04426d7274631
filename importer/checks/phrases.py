"""Pieces of sentences that several messages need."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

_MAX_HEADER_LENGTH: Final = 60
_MAX_NAMED_ROWS: Final = 5


def named(header: str) -> str:
    """Return a header as messages show it: on one line, in quotation marks, at most 60 characters of it."""
    line = " ".join(header.split())
    shown = line if len(line) <= _MAX_HEADER_LENGTH else f"{line[: _MAX_HEADER_LENGTH - 3]}..."
    return f'"{shown}"'


def listed(words: Sequence[str]) -> str:
    """Return at least one word as a person lists them: `a`, `a and b`, `a, b and c`."""
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last


def named_rows(rows: Sequence[int], total: int) -> str:
    """Return the words for some rows, of which at most five are named: `row 5`, `rows 5, 9, 12, 13, 20 and 3 more`.

    Args:
        rows: All of them, or at least the first five.
        total: How many there are, at least one.
    """
    names = [str(row) for row in rows[:_MAX_NAMED_ROWS]]
    more = total - len(names)
    return f"{'row' if total == 1 else 'rows'} {listed([*names, f'{more} more'] if more else names)}"
