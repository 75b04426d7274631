"""Records with a cell that is longer than Python's `csv` takes: found by expressions, which have no such limit.

The limit of `csv` (131,072 characters) is a global of the interpreter, and is left as it is.
"""

from __future__ import annotations

import bisect
import functools
import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from importer.sheets.text.splitting import Marks, pieces_of

LONGEST_OF_LINES: Final = 1024 * 1024
"""How many characters a record of several lines may have, so that a quote that is never closed is found out in time."""

_ENDS: Final = ("", "\r", "\n")


@dataclass(frozen=True, slots=True)
class LongRecord:
    """What stands at the beginning of some lines.

    Attributes:
        lines: How many of them a record takes that is sound; 0 where there is none.
        goes_on: Whether a quoted cell is not closed in the lines, so that more of them may make it sound.
    """

    lines: int = 0
    goes_on: bool = False


def long_record(lines: Sequence[str], marks: Marks) -> LongRecord:
    """Return how far the first record of some lines goes.

    One of several lines of which one in the middle has as many delimiters as the record itself is none: its quotes
    have more likely swallowed the lines of others.
    """
    ends = list(itertools.accumulate(map(len, lines)))
    few = bisect.bisect_right(ends, LONGEST_OF_LINES)
    count = max(few, 1)
    text = "".join(lines[:count])
    end = _end_of_record(text, marks)
    if end is None:
        return LongRecord(goes_on=few == len(lines))
    taken = bisect.bisect_left(ends, end) + 1
    body = "".join(lines[:taken])[:end]
    own = len(pieces_of(marks).of(body)) - 1
    swallows = any(line.count(marks.delimiter) >= own for line in lines[1 : taken - 1])
    return LongRecord() if swallows or text[end : end + 1] not in _ENDS else LongRecord(taken)


def _end_of_record(text: str, marks: Marks) -> int | None:
    """Return where the first record of a text ends, or what follows is not sound; None where a quote is not closed."""
    opened, quoted, bare = _expressions(marks)
    at = 0
    while True:
        if opened is not None and opened.match(text, at):
            cell = quoted.match(text, at)
            if cell is None:
                return None
        else:
            cell = bare.match(text, at)
        at = cell.end() if cell else len(text)
        if not text.startswith(marks.delimiter, at):
            return at
        at += len(marks.delimiter)


@functools.lru_cache(maxsize=64)
def _expressions(marks: Marks) -> tuple[re.Pattern[str] | None, re.Pattern[str], re.Pattern[str]]:
    """Return what matches the quote that opens a cell, a whole quoted cell, and one without quotes."""
    mark, quote, escape = (re.escape(sign) for sign in (marks.delimiter, marks.quote, marks.escape))
    escaped = f"|{escape}." if escape else ""
    bare = re.compile(rf"(?:[^{mark}{escape}\r\n]++{escaped})*+" + (f"{escape}?" if escape else ""), re.DOTALL)
    if not quote:
        return None, bare, bare
    quoted = f"{marks.padding}{quote}(?:[^{quote}{escape}]++|{quote}{quote}{escaped})*+{quote}[{marks.blanks}]*+"
    return re.compile(f"{marks.padding}{quote}"), re.compile(quoted, re.DOTALL), bare
