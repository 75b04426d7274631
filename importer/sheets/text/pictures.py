"""Text that looks like a table to a person, and has no cells: refused with what it is and how to get the table."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from importer.sheets.drawn_table_error import drawn_table
from importer.sheets.header.columns import lacks_columns
from importer.sheets.reading import Reading

LINES: Final = 12
"""So many lines of a text tell what it is."""
_WITHIN_A_FRAME: Final = 5
"""So far down a drawn table has a line of its frame."""
_RULE: Final = re.compile("[\u2500-\u257f][\u2500-\u257f\\s]*")
"""A line of signs for drawing boxes."""
_NAME: Final = re.compile(r"\s*+([^|:=]*?\S)\s*[|:=]\s|\s*+(\S+)\s+\S")
"""A name, and behind it the value."""


def refuse_pictures(header: Sequence[str], first: Sequence[str], file: str, reading: Reading) -> None:
    """Raise `SourceError` where a text shows a table and is none (`drawn_table`).

    Args:
        header: The cells of the record that was taken for the header.
        first: The text of the first records, `LINES` of them.
        file: What messages call the file.
        reading: May say which column holds which field.
    """
    names = [match[1] or match[2] for match in map(_NAME.match, first) if match]
    if lacks_columns(header, reading.columns) and not lacks_columns(names, reading.columns):
        raise drawn_table(
            f"{file} shows each row as lines of its own, with the name of a column and its value in each."
        )
    if any(map(_RULE.fullmatch, first[:_WITHIN_A_FRAME])):
        raise drawn_table(f"{file} is a table that was drawn with lines, as database programs show one.")
