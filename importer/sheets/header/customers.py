"""What looks like a customer, wherever in a source it stands: nothing of that kind may be left alone without a word."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from importer.ids import UUID_PATTERN
from importer.model.source import Field
from importer.sheets.header.layout import Layout

_ID: Final = re.compile(rf"[^0-9A-Za-z]*+{UUID_PATTERN}[^0-9A-Za-z]*+")
"""An id, also in quotation marks or braces that are not looked at here."""
_ADDRESS: Final = re.compile(
    r"""[\s"'`]*+(?:[^@<>]*<)?(?:mailto:)?[^\s@<>,;"]+@[^\s@<>,;"]+\.[^\s@<>,;."]{2,}>?[\s"'`]*+""", re.IGNORECASE
)
"""A cell that is an address, perhaps with a name before it, and not one in the middle of a sentence."""
_FILLED_WITH_ADDRESS: Final = 3


def has_id(cells: Sequence[str], layout: Layout) -> bool:
    """Return whether there is an id in the id's column.

    Args:
        cells: A record's cells, without the importer's own columns.
        layout: The table's header.
    """
    at = layout.columns[Field.CUSTOMER_ID].position
    return at < len(cells) and _ID.fullmatch(cells[at]) is not None


def looks_like_customer(cells: Sequence[str], layout: Layout) -> bool:
    """Return whether there is an id in the id's column, or an address together with two more filled cells.

    Args:
        cells: A record's cells, without the importer's own columns.
        layout: The table's header.
    """
    if has_id(cells, layout):
        return True
    return any(map(is_address, cells)) and sum(bool(cell.strip()) for cell in cells) >= _FILLED_WITH_ADDRESS


def is_address(cell: str) -> bool:
    """Return whether a cell is an e-mail address and nothing else but perhaps a name before it."""
    return "@" in cell and _ADDRESS.fullmatch(cell) is not None
