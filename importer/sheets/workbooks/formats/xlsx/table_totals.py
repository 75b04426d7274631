"""The rows of totals that the table objects of a sheet say that they have (ECMA-376 part 1, 18.5.1.2)."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from itertools import islice
from typing import Final

from importer.errors import SourceError
from importer.sheets.workbooks.areas import Area
from importer.sheets.workbooks.package.archive import Archive
from importer.sheets.workbooks.package.relations import parts_of_kind, relations
from importer.sheets.workbooks.package.xml_reading import elements

_MOST_TABLES: Final = 1_000


def table_parts(archive: Archive, sheet: str) -> Iterator[str]:
    """Yield the parts of a sheet's table objects; none where what says so is damaged, since no cell depends on it."""
    with contextlib.suppress(SourceError):
        yield from islice(parts_of_kind(relations(archive, sheet), archive, "table"), _MOST_TABLES)


def areas_with_totals(archive: Archive, sheet: str) -> Iterator[Area]:
    """Yield the areas of a sheet's table objects whose last row holds totals."""
    for part in table_parts(archive, sheet):
        with contextlib.suppress(SourceError):
            [(name, attributes), *_] = elements(archive, part)
            area = Area.of(attributes.get("ref", ""))
            if name == "table" and area is not None and attributes.get("totalsRowCount", "0").strip("0 "):
                yield area
