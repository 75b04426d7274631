r"""Backslashes in a text whose cells need no quotation marks for them: what they escape, and what codes they make.

A sign of the dialect or a line end with a backslash before it is text. Where a file is written with codes, as databases
do, a letter behind one stands for something else: `\n` for a line break, `\N` for nothing at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from importer.sheets.text.found_out.dialect import BACKSLASH, Dialect
from importer.sheets.text.lines import last_line_end, line_end_of

NOTHING: Final = r"\N"
"""What stands for a cell in which there is nothing."""
_MEANINGS: Final = {
    "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "0": "\0", "Z": "\x1a", "'": "'", '"': '"',
}  # fmt: skip
LETTERS: Final = "".join(_MEANINGS)
"""What makes a code behind a backslash, beside the signs of the dialect and the N of nothing."""
_CODE: Final = re.compile(rf"\\([{LETTERS}])")
_TAKEN_AS_IT_IS: Final = re.compile(r"\\([\W_])")
_LINE_ENDS: Final = ("\r\n", "\n", "\r")
_WRITTEN: Final = str.maketrans({BACKSLASH: r"\\", "\n": r"\n", "\r": r"\r", "\t": r"\t"})
_LONGEST_LINE_END: Final = 3


def escaped_signs(dialect: Dialect) -> Iterator[tuple[str, str]]:
    """Yield what may stand in a file for a sign that is then text, and that sign; in the order to look for them."""
    for sign in (BACKSLASH, *dict.fromkeys(dialect.delimiter), dialect.quote, dialect.odd_end, *_LINE_ENDS):
        if sign:
            yield BACKSLASH + sign, sign


def decoded_cell(cell: str, dialect: Dialect) -> str:
    r"""Return what a cell holds in which no escaped signs are left, but perhaps other backslashes.

    A code that is none stays as it stands. Where there are no codes, a backslash before a letter or a digit is text.

    Example: with codes, `decoded_cell(r"Anna\nMaria", dialect)` is `"Anna\nMaria"` with a line break.
    """
    if not dialect.codes:
        return _TAKEN_AS_IT_IS.sub(r"\1", cell)
    return "" if cell == NOTHING else _CODE.sub(_meaning, cell)


def coded_cell(text: str, dialect: Dialect) -> str:
    """Return what stands for a text in a file that is written with codes, and without quotation marks.

    A quotation mark at its beginning gets a backslash too, so that it does not look like one that opens a cell.
    """
    written = text.translate(_WRITTEN)
    for sign in {*dialect.delimiter} - {"\t", "\r", "\n", BACKSLASH}:
        written = written.replace(sign, BACKSLASH + sign)
    return BACKSLASH + written if written.startswith('"') else written


def last_unescaped_end(text: str, odd: str, since: int) -> int:
    """Return how far the whole lines of a text go that end in a line end without a backslash before it.

    Args:
        text: It may go on.
        odd: As for `last_line_end`.
        since: How far it is known that there is no such line end.

    Returns:
        `since` at least.
    """
    end = last_line_end(text, odd)
    while end > since:
        start = end - len(line_end_of(text[max(end - _LONGEST_LINE_END, 0) : end], odd))
        if not ends_in_escape(text, start):
            return end
        end = max(text.rfind("\n", 0, start), text.rfind("\r", 0, start)) + 1
    return since


def ends_in_escape(text: str, end: int) -> bool:
    """Return whether a text, up to a place in it, ends in a backslash that escapes what comes next."""
    at = end
    while at and text[at - 1] == BACKSLASH:
        at -= 1
    return (end - at) % 2 == 1


def _meaning(code: re.Match[str]) -> str:
    return _MEANINGS[code[1]]
