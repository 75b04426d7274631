"""Records below the header that are headers themselves: the same one again, or that of another table."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from importer.ids import is_uuid
from importer.model.rows import Issue
from importer.model.source import Field
from importer.phrases import quoted
from importer.sheets.header.column_names import meanings, normal_name
from importer.sheets.header.layout import OTHER_HEADER, Layout
from importer.sheets.header.likeness import has_id

_LETTER: Final = re.compile(r"[^\W\d_]")
_LONGEST_NAME: Final = 200
_FEWEST_NAMES: Final = 2
"""So many names of columns make a header of a record without an id or an address."""
_SHOWN: Final = 8


@dataclass(frozen=True, slots=True)
class SecondHeader:
    """A record that is a header.

    Attributes:
        is_same: Whether all fields are in the same columns as by the first header.
        why: Why rows below it are not read, where it is not the same.
    """

    is_same: bool
    why: str

    def fault(self, row: int) -> Issue | None:
        """Return why a row below it is not read, if so."""
        return None if self.is_same else Issue(row, OTHER_HEADER, "", self.why)


def second_header(number: int, cells: Sequence[str], first: Layout) -> SecondHeader | None:
    """Return what a record below the header is, if it is a header itself.

    It has at least two names of columns, or that of the id where the ids are, and neither an id nor an address.

    Args:
        number: Its number.
        cells: Its cells, without the importer's own columns.
        first: The table's header.
    """
    text = "".join(cells)
    if not _LETTER.search(text) or "@" in text or has_id(cells, first):
        return None
    if any(map(is_uuid, map(str.strip, cells))):
        return None
    found = _fields([cell if len(cell) <= _LONGEST_NAME else "" for cell in cells], first)
    names_id = first.columns[Field.CUSTOMER_ID].position in found.get(Field.CUSTOMER_ID, ())
    if len(found) < _FEWEST_NAMES and not names_id:
        return None
    usual = {field: [column.position] for field, column in first.columns.items()}
    why = (
        f"Row {number} is a second header, {_names(cells)}, with other columns or in another order than that of row"
        f" {first.number}, {_names(first.header)}: the rows below it are not read. Put them under the columns of the"
        " first one, or with their own header into a file of its own."
    )
    return SecondHeader(found == usual, why)


def _fields(cells: Sequence[str], first: Layout) -> Mapping[Field, Sequence[int]]:
    """Return where the names of fields stand: those that are known, and those of the first header."""
    own = {normal_name(column.header): field for field, column in first.columns.items()}
    found: dict[Field, list[int]] = {}
    known = dict(meanings(cells))
    for position, cell in enumerate(cells):
        name = normal_name(cell)
        field = own.get(name) or known.get(position)
        if name and field is not None:
            found.setdefault(field, []).append(position)
    return found


def _names(cells: Sequence[str]) -> str:
    return quoted([cell for cell in cells if cell.strip()][:_SHOWN])
