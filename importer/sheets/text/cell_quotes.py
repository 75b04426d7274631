"""Text as a cell of a file of delimited text: quoted where it must be, by the rules of the file's own dialect."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from importer.sheets.header.layout import QUOTED
from importer.sheets.text.backslashes import coded_cell
from importer.sheets.text.found_out.dialect import Dialect

_LINE_ENDS = ("\r", "\n")
_LINE_END: Final = re.compile(r"\r\n|[\r\n]")


def written(text: str, dialect: Dialect) -> str:
    """Return what stands in the file for a cell's text, in the file's quotes also where it has others around it.

    Where the dialect has neither quotes nor an escape, what would divide the text becomes a space (or a low line where
    the space itself divides).
    """
    if not any(sign in text for sign in signs(dialect)) and not QUOTED.fullmatch(text):
        return text
    if dialect.quote:
        return enclosed(text, dialect)
    return _unquoted(text, dialect)


def signs(dialect: Dialect) -> Sequence[str]:
    """Return what means something in a file, so that it cannot stand in a cell as it is."""
    return [sign for sign in (*dialect.delimiter, *_LINE_ENDS, dialect.quote, dialect.escape, dialect.odd_end) if sign]


def enclosed(text: str, dialect: Dialect) -> str:
    """Return what stands in the file for a cell's text, in quotation marks."""
    quote, escape = dialect.quote, dialect.escape
    if dialect.escapes_only_quotes:
        inner = text.replace(quote, escape + quote)
        return quote + inner + (" " if text.endswith(escape) else "") + quote  # else it would escape the last one
    inner = text.replace(escape, escape * 2) if escape else text
    if dialect.codes:
        inner = _LINE_END.sub(r"\\\g<0>", inner)
    return quote + inner.replace(quote, (escape or quote) + quote) + quote


def _unquoted(text: str, dialect: Dialect) -> str:
    if dialect.codes:
        return coded_cell(text, dialect)
    blank = "_" if " " in dialect.delimiter else " "
    for line_end in _LINE_ENDS:
        text = text.replace(line_end, blank)
    dividing = {*dialect.delimiter, dialect.escape, *dialect.odd_end}
    if dialect.escape:
        return "".join(dialect.escape + letter if letter in dividing else letter for letter in text)
    return "".join(blank if letter in dividing else letter for letter in text)
