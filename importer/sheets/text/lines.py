r"""Lines of a text, and what ends them: LF, CR or CRLF, and in some files nothing but `\r\r\n` or `\n\r`.

The last two are made by copying a file as text once too often, or by old systems. Taken for two line ends each, they
would put a blank record after every record. In a text whose records end in a sign of their own, lines are records.
"""

from __future__ import annotations

import io
import re
from typing import Final

_ODD: Final = ("\r\r\n", "\n\r")
RECORD_ENDS: Final = {"\x1e": "\x1f", "\u241e": "\u241f"}
"""Signs that end a record and are no line ends, which are data then, each with the one that divides its cells."""
_EVEN: Final = 0.5
_RUN: Final = re.compile(r"[\r\n]+")
_OUTSIDE: Final = "\0"
"""Stands for a quoted cell, between what is on both sides of it."""


def find_odd_end(sample: str, quote: str, escape: str, *, escapes_ends: bool = False) -> str:
    r"""Return `\r\r\n` or `\n\r` where the start of a text has no other line ends outside quotes, else "".

    Args:
        sample: The start.
        quote: What stands around cells; "" for nothing.
        escape: What stands before a quote that is text; "" for nothing.
        escapes_ends: Whether it makes text of a line end as well.
    """
    if "\n\r" not in sample and "\r\r\n" not in sample:
        return ""
    if escapes_ends:
        sample = re.sub(rf"{re.escape(escape)}(?:{'|'.join(_ODD)}|\r\n|.)", _OUTSIDE, sample, flags=re.DOTALL)
    for sign in (escape * 2, escape + quote) if escape else ():
        sample = sample.replace(sign, _OUTSIDE)
    outside = _OUTSIDE.join(sample.split(quote)[::2]) if quote else sample
    runs = _RUN.findall(outside)
    if len(runs) > 1 and outside.endswith(runs[-1]):
        runs.pop()  # it may be cut off
    return next((odd for odd in _ODD if runs and not any(run.replace(odd, "") for run in runs)), "")


def find_record_end(sample: str) -> str:
    """Return the sign that ends every record of a text; "" where lines do.

    It does where the other sign divides most of the records into as many cells as the first one, which is one line.
    """
    for end, delimiter in RECORD_ENDS.items():
        if end not in sample or delimiter not in sample:
            continue
        records = [record.strip("\r\n") for record in sample.split(end)[:-1]]
        first, counts = records[0], [record.count(delimiter) for record in records if record]
        if delimiter in first and not set(first) & {*"\r\n"} and counts.count(counts[0]) > _EVEN * len(counts):
            return end
    return ""


def split_lines(text: str, odd: str) -> list[str]:
    """Return the lines of a text with their ends; unlike `str.splitlines`, no other signs end one.

    Args:
        text: It may be empty.
        odd: What `find_odd_end` returned for it; other line ends may come later. Or the sign that ends records.
    """
    if odd in RECORD_ENDS:
        return re.findall(f"[^{odd}]*{odd}|[^{odd}]+", text)
    if not odd:
        return list(io.StringIO(text, newline=""))
    lines: list[str] = re.findall(rf"[^\r\n]*(?:{odd}|\r\n|\n|\r)|[^\r\n]+", text)
    return lines


def last_line_end(text: str, odd: str) -> int:
    """Return how far the whole lines of a text go that may go on: what it ends in may be half of a line end."""
    if not odd:
        return max(text.rfind("\n"), text.rfind("\r", 0, len(text) - 1)) + 1
    if odd in text or odd in RECORD_ENDS:
        return text.rfind(odd) + len(odd) if odd in text else 0
    without_end = text.rstrip("\r\n")
    return max(without_end.rfind("\n"), without_end.rfind("\r")) + 1


def line_end_of(raw: str, odd: str) -> str:
    """Return what ends the text of a record: nothing at the end of a file that does not end in a line end."""
    if odd and raw.endswith(odd):
        return odd
    if odd in RECORD_ENDS:
        return ""
    if raw.endswith("\r\n"):
        return "\r\n"
    return raw[-1:] if raw.endswith(("\n", "\r")) else ""
