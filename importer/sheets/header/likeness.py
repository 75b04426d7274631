"""What looks like a customer, wherever in a source it stands: nothing of that kind may be left alone without a word."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from typing import Final

from importer.errors import SourceError
from importer.ids import UUID_PATTERN
from importer.model.rows import Issue
from importer.model.source import Field
from importer.sheets.header.layout import WRONG_FIELD_COUNT, Layout, filled

_ID: Final = re.compile(rf"[^0-9A-Za-z]*+{UUID_PATTERN}[^0-9A-Za-z]*+")
"""An id, also in quotation marks or braces that are not looked at here."""
_ADDRESS: Final = re.compile(
    r"""[\s"'`]*+(?:[^@<>]*<)?(?:mailto:)?[^\s@<>,;"]+@[^\s@<>,;"]+\.[^\s@<>,;."]{2,}>?[\s"'`]*+""", re.IGNORECASE
)
"""A cell that is an address, perhaps with a name before it, and not one in the middle of a sentence."""
_ENDS_IN_ID: Final = re.compile(rf".*[^\W_]{UUID_PATTERN}\W*", re.DOTALL)
"""A name with an id right behind it."""
_QUOTE: Final = re.compile("[\"'`]")
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


def customer_beside(cells: Sequence[str], layout: Layout) -> bool:
    """Return whether another customer stands right of the last column that has a name.

    Another id than the row's own, together with one more filled cell, or another address with two more: what is looked
    up there by the row's own id is no other customer.

    Args:
        cells: A record's cells, without the importer's own columns.
        layout: The table's header.
    """
    named = filled(layout.header)
    own = {cell.strip().casefold() for cell in cells[:named]}
    beside = [cell for cell in cells[named:] if cell.strip()]
    others = [cell for cell in beside if cell.strip().casefold() not in own]
    return (len(beside) > 1 and any(map(_ID.fullmatch, others))) or (
        len(beside) >= _FILLED_WITH_ADDRESS and any(map(is_address, others))
    )


def identity_in(cells: Sequence[str]) -> str:
    """Return by what the cells of a record look like a customer, whatever the columns are; "" for none.

    An id, together with one more filled cell, or an address with two more.
    """
    texts = [cell.strip() for cell in cells if cell.strip()]
    identity = next((text for text in texts if _ID.fullmatch(text)), "") if len(texts) > 1 else ""
    if not identity and len(texts) >= _FILLED_WITH_ADDRESS:
        identity = next((text for text in texts if is_address(text)), "")
    return identity


def is_customer_anywhere(cells: Sequence[str]) -> bool:
    """Return whether there are both an id and an address in a record, whatever the columns are."""
    return any(_ID.fullmatch(cell) for cell in cells) and any(map(is_address, cells))


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


def refuse_customer_within(layout: Layout, where: str) -> None:
    """Raise `SourceError` (`customer_in_header`) where a customer stands in the header's own record.

    So it is where a line end was lost: the first row has become more names of columns, and would be nowhere. Between
    the last name and the first cell are two quotation marks then, which a reader takes for one within a cell.

    Args:
        layout: The table's header.
        where: The table, as a sentence begins.
    """
    if any(_ENDS_IN_ID.fullmatch(name) or any(map(is_address, _QUOTE.split(name))) for name in layout.header):
        raise SourceError(
            f"{where} has the names of its columns in row {layout.number}, and a customer in the same row.",
            code="customer_in_header",
            hint="Most often a line end is missing behind the names: put it in, so that the customer has a row.",
        )


def fault_of_customer_beside(number: int) -> Issue:
    """Return why a row cannot be read that has another customer right of its last column."""
    return Issue(
        number,
        WRONG_FIELD_COUNT,
        "",
        "Right of the last column that has a name stands what looks like another customer, who would not be read. Put"
        " each customer into a row of its own, or remove what does not belong to the table.",
    )


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
