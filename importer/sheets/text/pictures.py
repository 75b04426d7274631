"""Text that looks like a table to a person, and has no cells: refused with what it is and how to get the table."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from importer.errors import SourceError

_RULE: Final = re.compile("[\u2500-\u257f][\u2500-\u257f\\s]*")
"""A line of signs for drawing boxes."""
_DELIMITER: Final = re.compile(r"[,;\t|]")


def refuse_pictures(names: Sequence[str], first: Iterable[str], file: str) -> None:
    """Raise `SourceError` where a text shows a table and is none (`drawn_table`, `wrapped_lines`).

    Args:
        names: The cells of the record that was taken for the header.
        first: The text of the first records.
        file: What messages call the file.
    """
    if any(map(_RULE.fullmatch, first)):
        raise SourceError(
            f"{file} is a table that was drawn with lines, as database programs show one.",
            code="drawn_table",
            hint="Have the program write CSV instead (sqlite3 -header -csv, psql --csv, duckdb -csv), or save what it"
            " shows as an Excel workbook.",
        )
    filled = [name for name in names if name]
    if len(filled) == 1 and len(_DELIMITER.findall(filled[0])) > 1:
        raise SourceError(
            f"Each line of {file} is a single cell, in quotation marks as a whole.",
            code="wrapped_lines",
            hint="A program took the file for one of another list separator, and saved it so. Export it again, or open"
            " it in a text editor and remove the quotation marks around each line (and half of those inside).",
        )
