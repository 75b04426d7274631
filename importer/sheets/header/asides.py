"""Records below the header that are nobody's, though they are not blank: what programs write around a table."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from importer.ids import UUID_PATTERN
from importer.model.source import REQUIRED_FIELDS, Field
from importer.sheets.header.layout import Layout
from importer.sheets.header.likeness import is_address

_ID: Final = re.compile(UUID_PATTERN)
_NOTHING_BUT_AN_ID: Final = re.compile(rf"[^0-9A-Za-z]*+{UUID_PATTERN}[^0-9A-Za-z]*+")
"""A group or an account that a column is filled with from top to bottom."""
_SAYS_SOMETHING: Final = re.compile(r"[^\W_]|[?#\ufffd\ud800-\udfff]")
"""A letter, a digit, or what may be left of one."""
_NOT_CALCULATED: Final = "="
"""What a formula without a result is shown as."""
_COUNT: Final = (
    r"\d[\d.,' ]*+\s*(?:rows?|records?|entries|zeilen?|datens\u00e4tze?|filas?|registros?|lignes?|enregistrements?"
    r"|righe|riga|linhas?|rij(?:en)?)\b[^@]*+"
)
"""How many rows a database has found: (2 rows affected)."""
_PAGE: Final = (
    r"(?:page|seite|blatt|p\u00e1gina|pagina|folha|hoja|foglio|bladzijde)\s*+\d+"
    r"(?:\s*+(?:of|von|de|di|da|van|sur|su|/)\s*+\d+)?\W*+"
)
_CARRIED: Final = (
    r"(?:(?:balance |amount |total )?(?:carried|brought) (?:forward|down|over)|carry[- ]?(?:forward|over)"
    r"|\u00fcbertrag|\u00e0 reporter|a reportar|suma y sigue|suma anterior|a riportare|riporto|transporte"
    r"|transport(?:eren)?)[\W\d]*+"
)
_NOBODY: Final = rf"(?i)\W*+(?:{_COUNT}|{_PAGE}|{_CARRIED})"
_WORD: Final = re.compile(r"[^\W\d_]+[.:!]?")
_HEX: Final = re.compile("[0-9a-f]+", re.IGNORECASE)
_OTHER_SIGNS: Final = ",;|\t"
_TARGETS: Final = (Field.GROUP_ID, Field.LINKED_ACCOUNT_ID)


def is_nobodys(cells: Sequence[str], layout: Layout) -> bool:
    """Return whether a record is certainly no customer, wherever in the table it stands.

    It says nothing at all (dashes, a sign of the end of a file), or it is a count, a page line or an amount that is
    carried forward, or all columns of a customer are blank in it. Never has it an address or an id, but a group or an
    account alone: a line that is not divided as the others are stands as a whole in whichever column is the first.

    Args:
        cells: Its cells, without the importer's own columns.
        layout: The table's header.
    """
    text = " ".join([cell for cell in cells if cell.strip()])
    if is_anybodys(cells, layout) and _says_something(text):
        return False
    targets = {layout.columns[field].position for field in _TARGETS if field in layout.columns}
    others = [cell for at, cell in enumerate(cells) if at not in targets or not _NOTHING_BUT_AN_ID.fullmatch(cell)]
    return _NOT_CALCULATED not in cells and not any("@" in cell or _ID.search(cell) for cell in others)


def may_be_begun(cells: Sequence[str]) -> bool:
    """Return whether what a file ends in may be the beginning of somebody's record: it says something of its own."""
    return _says_something(" ".join([cell for cell in cells if cell.strip()]))


def is_anybodys(cells: Sequence[str], layout: Layout) -> bool:
    """Return whether a record has anything in a column that every customer has something in.

    Args:
        cells: Its cells, without the importer's own columns.
        layout: The table's header.
    """
    required = (layout.columns[field].position for field in REQUIRED_FIELDS)
    return any(at < len(cells) and cells[at].strip() for at in required)


def may_be_footer(cells: Sequence[str]) -> bool:
    """Return whether a record may be a line of text below a table: its first cell alone is filled, and with words.

    A word with a digit, or of the letters that an id has, may be an id of which the rest is missing. Text with an
    address between signs that divide cells may be a customer.

    Args:
        cells: Its cells, without the importer's own columns; one at least.
    """
    text = cells[0].strip()
    if not text or any(cell.strip() for cell in cells[1:]) or _ID.search(text) or _is_divided_otherwise(text):
        return False
    words = text.split()
    is_word = _WORD.fullmatch(text) is not None and not text.isupper() and not _HEX.fullmatch(text)
    return len(words) > 1 or is_word or is_address(text)


def is_customer_in_one_cell(cells: Sequence[str]) -> bool:
    """Return whether one cell alone is filled, with as many cells as a customer has, of another sign, and an id.

    Args:
        cells: Of a record, without the importer's own columns.
    """
    texts = [cell for cell in cells if cell.strip()]
    if len(texts) != 1 or not _ID.search(texts[0]):
        return False
    divided = (texts[0].split(sign) for sign in _OTHER_SIGNS)
    return any(len(of_one) >= len(REQUIRED_FIELDS) and any(map(_is_id, of_one)) for of_one in divided)


def _is_id(cell: str) -> bool:
    return _NOTHING_BUT_AN_ID.fullmatch(cell) is not None


def _is_divided_otherwise(text: str) -> bool:
    """Return whether text is as many cells as a customer has, one of them an address, by another sign."""
    if "@" not in text:
        return False
    divided = (text.split(sign) for sign in _OTHER_SIGNS)
    return any(len(cells) >= len(REQUIRED_FIELDS) and any(map(is_address, cells)) for cells in divided)


def _says_something(text: str) -> bool:
    return _SAYS_SOMETHING.search(text) is not None and not re.fullmatch(_NOBODY, text)
