"""Text that looks like a table to a person, and has no cells: refused with what it is and how to get the table."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from importer.errors import SourceError

_RULE: Final = re.compile("[\u2500-\u257f][\u2500-\u257f\\s]*")
"""A line of signs for drawing boxes."""


def refuse_pictures(first: Iterable[str], file: str) -> None:
    """Raise `SourceError` where a text shows a table and is none (`drawn_table`).

    Args:
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
