"""The guard of a cell as it stands in a file: with its quotation marks, in the file's own dialect."""

from __future__ import annotations

from typing import Final

from importer.sheets.formula_guard import guard, is_guarded, needs_guard
from importer.sheets.text.cell_quotes import enclosed, written
from importer.sheets.text.found_out.dialect import Dialect

_APOSTROPHE: Final = "'"


def guard_raw(raw: str, text: str, dialect: Dialect) -> str:
    """Return a cell's text in the file, guarded if the cell needs it; otherwise it stays as it is.

    Args:
        raw: As it stands in the file, quotes included.
        text: What is in the cell.
        dialect: The file's own.
    """
    if not needs_guard(text):
        return raw
    padding, raw = _padding(raw, dialect)
    if _is_quoted_after_blanks(raw, dialect):
        return padding + raw
    return padding + _guarded(raw, text, dialect)


def _guarded(raw: str, text: str, dialect: Dialect) -> str:
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
    padding, raw = _padding(raw, dialect)
    if not is_guarded(text) or _is_quoted_after_blanks(raw, dialect):
        return padding + raw
    return padding + _unguarded(raw, text, dialect)


def _padding(raw: str, dialect: Dialect) -> tuple[str, str]:
    """Return the spaces before a cell that are no part of it, and the cell."""
    bare = raw.lstrip(" ") if dialect.is_padded else raw
    return raw[: len(raw) - len(bare)], bare


def _unguarded(raw: str, text: str, dialect: Dialect) -> str:
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
