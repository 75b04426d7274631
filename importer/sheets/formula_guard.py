"""The apostrophe that keeps a spreadsheet program from executing a cell of a CSV file.

Excel, LibreOffice and Google Sheets all read a CSV cell that begins with one of a few signs as a formula, whoever
wrote it. See OWASP, "CSV Injection".
"""

from __future__ import annotations

import re
from typing import Final

GUARDED_CELL: Final = "guarded_cell"
WHY_GUARDED: Final = (
    "begins with an apostrophe that keeps a spreadsheet program from calculating the cell, as a report has it. Remove "
    "the apostrophe, or whatever comes after it."
)
"""What is wrong with a cell that is guarded where no report explains it: it is nobody's name or address."""

_APOSTROPHE: Final = "'"
_SIGNS: Final = ("=", "@", "\t", "\r")
FIRST_SIGNS: Final = (_APOSTROPHE, "+", "-", *_SIGNS)
"""What every cell begins with that a spreadsheet would execute, and others too."""
_NUMBER: Final = re.compile(r"[+-] ?(?:\d[\d.,\u00a0\u202f ]*|[.,]\d+)(?:[eE][+-]?\d{1,3})? ?%?")
_TELEPHONE: Final = re.compile(r"\+ ?\(?\d[\d ().\u00a0/-]*(?: ?(?:x|ext\.?) ?\d+)?")


def guard(text: str) -> str:
    """Return the text of a cell with one more apostrophe before it where a spreadsheet would execute it.

    That is so where it begins, after any apostrophes, with `=`, `@`, a tab or a carriage return, or with a `+` or `-`
    that does not begin a plain number or a telephone number.

    Example: `guard("=1+1")` is `"'=1+1"`.
    """
    return _APOSTROPHE + text if needs_guard(text) else text


def unguard(text: str) -> str:
    """Return the text of which `guard` makes this one: for every text, `unguard(guard(text)) == text`."""
    return text[1:] if is_guarded(text) else text


def needs_guard(text: str) -> bool:
    """Return whether a spreadsheet would execute the cell, were it not for the apostrophes before it.

    Example: `needs_guard("'=1+1")` is `True`.
    """
    if not text.startswith(FIRST_SIGNS):  # nearly every cell
        return False
    bare = text.lstrip(_APOSTROPHE)
    if bare.startswith(_SIGNS):
        return True
    return bare.startswith(("+", "-")) and not (_NUMBER.fullmatch(bare) or _TELEPHONE.fullmatch(bare))


def is_guarded(text: str) -> bool:
    """Return whether the cell begins with an apostrophe that `guard` put there."""
    return text.startswith(_APOSTROPHE) and needs_guard(text)
