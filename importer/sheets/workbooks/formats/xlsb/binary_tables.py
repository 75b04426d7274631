"""The rows of totals of the table objects of a binary workbook's sheet ([MS-XLSB] 2.4.100)."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from itertools import islice
from typing import Final

from importer.errors import SourceError
from importer.sheets.workbooks.areas import MAX_ROWS
from importer.sheets.workbooks.formats.xlsb.biff12 import Fields, records
from importer.sheets.workbooks.package.archive import Archive
from importer.sheets.workbooks.package.relations import parts_of_kind, relations

_LIST: Final = 343
_BEFORE_TOTALS: Final = 20
"""Bytes between the rows of the table and whether it has totals: its columns, its kind, its number, its header."""
_MOST_TABLES: Final = 1_000


def binary_total_rows(archive: Archive, sheet: str) -> Iterator[int]:
    """Yield the numbers of the rows of a sheet that hold the totals of a table object."""
    with contextlib.suppress(SourceError):  # no cell depends on it
        for part in islice(parts_of_kind(relations(archive, sheet), archive, "table"), _MOST_TABLES):
            for kind, data in records(archive, part):
                if kind == _LIST:
                    yield from _totals(Fields(data, archive.damaged))


def _totals(fields: Fields) -> Iterator[int]:
    fields.skip(4)
    last_row = fields.number(4) + 1
    fields.skip(_BEFORE_TOTALS)
    if fields.number(4) and last_row <= MAX_ROWS:
        yield last_row
