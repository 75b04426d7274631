r"""Lines of a text, and what ends them: LF, CR or CRLF, and in some files nothing but `\r\r\n` or `\n\r`.

The last two are made by copying a file as text once too often, or by old systems. Taken for two line ends each, they
would put a blank record after every record.
"""

from __future__ import annotations

import io
import re
from typing import Final

_ODD: Final = ("\r\r\n", "\n\r")
_RUN: Final = re.compile(r"[\r\n]+")
_OUTSIDE: Final = "\0"
"""Stands for a quoted cell, between what is on both sides of it."""


def find_odd_end(sample: str, quote: str, escape: str) -> str:
    r"""Return `\r\r\n` or `\n\r` where the start of a text has no other line ends outside quotes, else ""."""
    if "\n\r" not in sample and "\r\r\n" not in sample:
        return ""
    for sign in (escape * 2, escape + quote) if escape else ():
        sample = sample.replace(sign, _OUTSIDE)
    outside = _OUTSIDE.join(sample.split(quote)[::2]) if quote else sample
    runs = _RUN.findall(outside)
    if len(runs) > 1 and outside.endswith(runs[-1]):
        runs.pop()  # it may be cut off
    return next((odd for odd in _ODD if runs and not any(run.replace(odd, "") for run in runs)), "")


def split_lines(text: str, odd: str) -> list[str]:
    """Return the lines of a text with their ends; unlike `str.splitlines`, no other signs end one.

    Args:
        text: It may be empty.
        odd: What `find_odd_end` returned for it; other line ends may come later.
    """
    if not odd:
        return list(io.StringIO(text, newline=""))
    lines: list[str] = re.findall(rf"[^\r\n]*(?:{odd}|\r\n|\n|\r)|[^\r\n]+", text)
    return lines


def last_line_end(text: str, odd: str) -> int:
    """Return how far the whole lines of a text go that may go on: what it ends in may be half of a line end."""
    if not odd:
        return max(text.rfind("\n"), text.rfind("\r", 0, len(text) - 1)) + 1
    if odd in text:
        return text.rfind(odd) + len(odd)
    without_end = text.rstrip("\r\n")
    return max(without_end.rfind("\n"), without_end.rfind("\r")) + 1


def line_end_of(raw: str, odd: str) -> str:
    """Return what ends the text of a record: nothing at the end of a file that does not end in a line end."""
    if odd and raw.endswith(odd):
        return odd
    if raw.endswith("\r\n"):
        return "\r\n"
    return raw[-1:] if raw.endswith(("\n", "\r")) else ""
