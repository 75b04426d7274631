"""The rows of totals of the table objects of a binary workbook's sheet ([MS-XLSB] 2.4.100)."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from itertools import islice
from typing import Final

from importer.errors import SourceError
from importer.sheets.workbooks.areas import Area
from importer.sheets.workbooks.formats.xlsb.biff12 import Fields, records
from importer.sheets.workbooks.package.archive import Archive
from importer.sheets.workbooks.package.relations import parts_of_kind, relations

_LIST: Final = 343
_BEFORE_TOTALS: Final = 12
"""Bytes between the area of the table and whether it has totals: its kind, its number, its header."""
_MOST_TABLES: Final = 1_000


def binary_areas_with_totals(archive: Archive, sheet: str) -> Iterator[Area]:
    """Yield the areas of a sheet's table objects whose last row holds totals."""
    with contextlib.suppress(SourceError):  # no cell depends on it
        for part in islice(parts_of_kind(relations(archive, sheet), archive, "table"), _MOST_TABLES):
            for kind, data in records(archive, part):
                if kind == _LIST:
                    yield from _totals(Fields(data, archive.damaged))


def _totals(fields: Fields) -> Iterator[Area]:
    first_row, last_row, first_column, last_column = (fields.number(4) for _ in range(4))
    fields.skip(_BEFORE_TOTALS)
    if fields.number(4):
        yield Area(first_row + 1, first_column, last_row + 1, last_column)
