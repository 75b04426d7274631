"""The apostrophe that keeps a spreadsheet program from executing a cell of a CSV file.

Excel, LibreOffice and Google Sheets all read a CSV cell that begins with one of a few signs as a formula, whoever
wrote it. See OWASP, "CSV Injection".
"""

from __future__ import annotations

import re
from typing import Final

from importer.sheets.text.dialect import Dialect
from importer.sheets.text.quoting import enclosed, written

_APOSTROPHE: Final = "'"
_SIGNS: Final = ("=", "@", "\t", "\r")
_FIRST: Final = (_APOSTROPHE, "+", "-", *_SIGNS)
_NUMBER: Final = re.compile(r"[+-] ?(?:\d[\d.,\u00a0\u202f ]*|[.,]\d+)(?:[eE][+-]?\d{1,3})? ?%?")
_TELEPHONE: Final = re.compile(r"\+ ?\(?\d[\d ().\u00a0/-]*(?: ?(?:x|ext\.?) ?\d+)?")


def guard(text: str) -> str:
    """Return the text of a cell with one more apostrophe before it where a spreadsheet would execute it.

    That is so where it begins, after any apostrophes, with `=`, `@`, a tab or a carriage return, or with a `+` or `-`
    that does not begin a plain number or a telephone number.
    """
    return _APOSTROPHE + text if needs_guard(text) else text


def unguard(text: str) -> str:
    """Return the text of which `guard` makes this one: for every text, `unguard(guard(text)) == text`."""
    return text[1:] if is_guarded(text) else text


def needs_guard(text: str) -> bool:
    """Return whether a spreadsheet would execute the cell, were it not for the apostrophes before it."""
    if not text.startswith(_FIRST):  # nearly every cell
        return False
    bare = text.lstrip(_APOSTROPHE)
    if bare.startswith(_SIGNS):
        return True
    return bare.startswith(("+", "-")) and not (_NUMBER.fullmatch(bare) or _TELEPHONE.fullmatch(bare))


def is_guarded(text: str) -> bool:
    """Return whether the cell begins with an apostrophe that `guard` put there."""
    return text.startswith(_APOSTROPHE) and needs_guard(text)


def guard_raw(raw: str, text: str, dialect: Dialect) -> str:
    """Return a cell's text in the file, guarded if the cell needs it; otherwise it stays as it is.

    Args:
        raw: As it stands in the file, quotes included.
        text: What is in the cell.
        dialect: The file's own.
    """
    if not needs_guard(text) or _is_quoted_after_blanks(raw, dialect):
        return raw
    if _divides(dialect):
        return written(guard(text), dialect)
    quote = dialect.quote
    return f"{quote}'{raw[1:]}" if quote and raw.startswith(quote) else f"'{raw}"


def unguard_raw(raw: str, text: str, dialect: Dialect) -> str:
    """Return the text in the file of which `guard_raw` makes this one.

    Args:
        raw: As it stands in the file, quotes included.
        text: What is in the cell, with its apostrophe.
        dialect: The file's own.
    """
    if not is_guarded(text) or _is_quoted_after_blanks(raw, dialect):
        return raw
    quote = dialect.quote
    if _divides(dialect):
        return written(text[1:], dialect)
    if raw.startswith(_APOSTROPHE):
        return raw[1:]
    if quote and raw.startswith(f"{quote}'"):
        return quote + raw[2:]
    # A cell that no report wrote can begin with other signs than the one before the apostrophe.
    return enclosed(text[1:], dialect) if quote else written(text[1:], dialect)


def _divides(dialect: Dialect) -> bool:
    """Return whether an apostrophe is one of the signs of the dialect, and no part of a cell's text by itself."""
    return _APOSTROPHE in (*dialect.delimiter, dialect.quote, dialect.escape)


def _is_quoted_after_blanks(raw: str, dialect: Dialect) -> bool:
    """Return whether the cell's quotation mark has white space before it, so that a spreadsheet takes both as text."""
    return bool(dialect.quote) and not raw.startswith(dialect.quote) and raw.lstrip(" \t").startswith(dialect.quote)
