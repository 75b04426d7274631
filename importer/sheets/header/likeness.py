"""What looks like a customer, wherever in a source it stands: nothing of that kind may be left alone without a word."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from typing import Final

from importer.errors import SourceError
from importer.ids import UUID_PATTERN
from importer.model.source import Field
from importer.sheets.header.layout import Layout

_ID: Final = re.compile(rf"[^0-9A-Za-z]*+{UUID_PATTERN}[^0-9A-Za-z]*+")
"""An id, also in quotation marks or braces that are not looked at here."""
_ADDRESS: Final = re.compile(
    r"""[\s"'`]*+(?:[^@<>]*<)?(?:mailto:)?[^\s@<>,;"]+@[^\s@<>,;"]+\.[^\s@<>,;."]{2,}>?[\s"'`]*+""", re.IGNORECASE
)
"""A cell that is an address, perhaps with a name before it, and not one in the middle of a sentence."""
_AROUND: Final = " \t\"'`"
_FILLED_WITH_ADDRESS: Final = 3


def has_id(cells: Sequence[str], layout: Layout) -> bool:
    """Return whether there is an id in the id's column.

    Args:
        cells: A record's cells, without the importer's own columns.
        layout: The table's header.
    """
    column = layout.columns[Field.CUSTOMER_ID]
    if column.position >= len(cells):
        return False
    cell, pattern = cells[column.position], layout.customer_id_pattern
    return _ID.fullmatch(cell) is not None or (pattern is not None and _is_of_form(cell, pattern, column.header))


def looks_like_customer(cells: Sequence[str], layout: Layout) -> bool:
    """Return whether there is an id in the id's column, or an address together with two more filled cells.

    Args:
        cells: A record's cells, without the importer's own columns.
        layout: The table's header.
    """
    filled = sum(bool(cell.strip()) for cell in cells)
    if has_id(cells, layout):
        # A title of one word may be of a form that somebody has set.
        return filled > 1 or layout.customer_id_pattern is None
    return filled >= _FILLED_WITH_ADDRESS and any(map(is_address, cells))


def is_address(cell: str) -> bool:
    """Return whether a cell is an e-mail address and nothing else but perhaps a name before it."""
    return "@" in cell and _ADDRESS.fullmatch(cell) is not None


def _is_of_form(cell: str, pattern: str, header: str) -> bool:
    """Return whether a cell is an id of a form that was set; by one that the header's name has too, nobody can tell."""
    form = _form(pattern)
    return form.fullmatch(cell.strip(_AROUND)) is not None and form.fullmatch(header.strip()) is None


@functools.lru_cache(maxsize=1)
def _form(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def refuse_customers_above(count: int, layout: Layout, where: str) -> None:
    """Raise `SourceError` (`customers_above_header`) where so many records above the header look like customers.

    A sheet that was sorted together with its header has them there, and so has one whose header is in the last line.

    Args:
        count: How many.
        layout: The table's header.
        where: The table, as a sentence begins.
    """
    if not count:
        return
    rows, they = (
        ("1 row above it looks like a customer", "it")
        if count == 1
        else (f"{count:,} rows above it look like customers", "they")
    )
    raise SourceError(
        f"{where} has the names of its columns in row {layout.number}, and {rows}: {they} would not be read.",
        code="customers_above_header",
        hint="Move the header above all customers, as it is where a sheet was sorted together with its header; or"
        f" remove what stands above it, if {they} should not be read.",
    )
