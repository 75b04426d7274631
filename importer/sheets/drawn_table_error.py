"""The error of text that shows a table to a person, and of which it is not certain what its cells are."""

from __future__ import annotations

from typing import Final

from importer.errors import SourceError

_AS_CSV: Final = (
    "Have the program write CSV instead (sqlite3 -header -csv, psql --csv, duckdb -csv, mysql --batch), or save what it"
    " shows as an Excel workbook."
)


def drawn_table(message: str, hint: str = _AS_CSV) -> SourceError:
    """Return the error (`drawn_table`) with a sentence that says what the text is; the hint says how to go on."""
    return SourceError(message, code="drawn_table", hint=hint)
