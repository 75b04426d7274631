"""Text as the cell of a workbook can hold it.

Limits: Excel, "Specifications and limits" (32,767 characters in a cell); ECMA-376 part 1, 22.9.2.19 (`_xHHHH_` stands
for the character of that number); XML 1.0, 2.2 (the characters that there are).
"""

from __future__ import annotations

import bisect
import itertools
import re
from typing import Final

MAX_UNITS: Final = 32_767
"""Of UTF-16, which is what Excel counts in."""

_CONTROLS: Final = r"\x00-\x08\x0b\x0c\x0e-\x1f"
_LINE_END: Final = re.compile(r"\r\n?")
_UNWRITABLE: Final = re.compile("[\ud800-\udfff\ufffe\uffff]")
_CONTROL: Final = re.compile(f"[{_CONTROLS}]")
_ESCAPED: Final = re.compile(f"_(?=x[0-9A-Fa-f]{{4}}[_{_CONTROLS}])|[{_CONTROLS}]")
_UNIT: Final = re.compile(r"_x[0-9A-Fa-f]{4}_|.", re.DOTALL)
_OUTSIDE_BMP: Final = 0xFFFF

_NOTES: Final = {
    "cut": f"text over {MAX_UNITS:,} characters was cut in this sheet",
    "control": "control characters are written as _xHHHH_ codes in this sheet",
    "unwritable": "characters that no sheet can hold were replaced in this sheet",
}


def sheet_text(text: str) -> tuple[str, str]:
    """Return text in the form in which it is stored in a workbook, and a note on what could not be kept.

    The note is a part of a sentence, and empty where a person sees in the cell what the text was. That is so for text
    that looks like one of Excel's own codes (`_x0041_`), which is stored in a way that shows it, and for line ends, of
    which a sheet has one kind.
    """
    if text.isprintable() and "_" not in text and len(text) * 2 <= MAX_UNITS:  # as nearly all is
        return text, ""
    notes: list[str] = []
    safe = _LINE_END.sub("\n", text)
    if _UNWRITABLE.search(safe):
        safe = _UNWRITABLE.sub("\ufffd", safe)
        notes.append(_NOTES["unwritable"])
    if _CONTROL.search(safe):
        notes.append(_NOTES["control"])
    if "_" in safe or _CONTROL.search(safe):
        safe = _ESCAPED.sub(lambda match: f"_x{ord(match[0]):04X}_", safe)
    if _is_too_long(safe):
        safe = _cut(safe)
        notes.append(_NOTES["cut"])
    return safe, "; ".join(notes)


def _is_too_long(text: str) -> bool:
    if len(text) * 2 <= MAX_UNITS:
        return False
    return len(text) > MAX_UNITS or len(text) + sum(ord(letter) > _OUTSIDE_BMP for letter in text) > MAX_UNITS


def _cut(text: str) -> str:
    """Return as much of the start as a cell can hold; neither a code nor a character is split."""
    pieces = _UNIT.findall(text)
    ends = list(itertools.accumulate(len(piece) + (ord(piece[0]) > _OUTSIDE_BMP) for piece in pieces))
    return "".join(pieces[: bisect.bisect_right(ends, MAX_UNITS)])
