"""The header of a table: which record it is."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from importer.errors import SourceError
from importer.sheets.cells import is_blank
from importer.sheets.header.columns import count_fields, lacks_columns
from importer.sheets.reading import AS_IT_IS, Reading

HEADER_WITHIN: Final = 50
"""The header is looked for in so many records at the start of a table."""
_LOOKED_THROUGH: Final = 10_000
"""In so many, to say where it is."""


@dataclass(frozen=True, slots=True)
class Header:
    """The record with the names of the columns, before it is understood: its number, and the text of its cells."""

    number: int
    cells: Sequence[str]


def find_header(lines: Iterable[tuple[int, Sequence[str]]], reading: Reading = AS_IT_IS) -> Header | None:
    """Return the first record that names all the columns that a source needs.

    Of records that do not, it is the one that names most of them, and of records that name none, the first that is not
    blank: then it is for `read_layout` to say what is missing.

    Args:
        lines: The table's records from its first on, each with its number and the text of its cells. No more of them
            are read than it takes.
        reading: May say which record it is.

    Returns:
        None: There is no such record, or none that is not blank.
    """
    best: Header | None = None
    most = -1
    for at, (number, cells) in enumerate(lines, start=1):
        if reading.header_row is not None:
            if number >= reading.header_row:
                return Header(number, cells) if number == reading.header_row and not is_blank(cells) else None
            continue
        if not is_blank(cells):
            if not lacks_columns(cells, reading.columns):
                return Header(number, cells)
            count = count_fields(cells, reading.columns)
            if count > most:
                best, most = Header(number, cells), count
        if at >= HEADER_WITHIN:
            break
    return best


def refuse_header_further_down(
    header: Header | None, lines: Iterable[tuple[int, Sequence[str]]], where: str, reading: Reading
) -> None:
    """Raise `SourceError` (`header_too_far_down`) where the record that names the columns is one that is not looked at.

    It is looked for in the first 50 records, since further down it may be that of another table; whoever has seen it
    can say so.

    Args:
        header: What was found.
        lines: The table's records from its first on, as for `find_header`.
        where: The table, as a sentence begins.
        reading: May say which record the header is.
    """
    if reading.header_row is not None or (header and count_fields(header.cells, reading.columns) > 1):
        return  # a column may be missing from that one, or have another name
    for number, cells in itertools.islice(lines, HEADER_WITHIN, _LOOKED_THROUGH):
        if not lacks_columns(cells, reading.columns):
            raise SourceError(
                f"{where} has the names of its columns in row {number}, and they are looked for in the first"
                f" {HEADER_WITHIN} rows only.",
                code="header_too_far_down",
                hint=f"If that is the header, say so with --header-row {number}, or remove what stands above it.",
            )


def no_header(where: str, reading: Reading) -> SourceError:
    """Return the error for a table in which `find_header` finds nothing; `where` begins a sentence."""
    if reading.header_row is not None:
        return SourceError(
            f"{where} has no header in row {reading.header_row}: there is nothing there.",
            code="empty_source",
            hint="Correct --header-row, or leave it out: the header is found by the names of its columns.",
        )
    return SourceError(
        f"{where} has no header: there is nothing in it.",
        code="empty_source",
        hint="Export the table again, with its header.",
    )
