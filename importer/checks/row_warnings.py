"""What is strange about a single row, though it can be sent: each column is looked at as a whole first."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from importer.checks.cleaning.clean_rows import texts
from importer.checks.codes import WarningCode
from importer.checks.domain_slips import domain_of, likely_provider
from importer.checks.mangled import mangled
from importer.ids import UUID_PATTERN
from importer.model.rows import RowWarning
from importer.model.source import Field
from importer.phrases import named

if TYPE_CHECKING:
    import pandas as pd

    from importer.checks.rules import Rules

_DIGIT: Final = re.compile(r"\d")
_ADDRESS: Final = re.compile(r"[^@\s]@[^@\s]+\.[^@\s]")
_ID: Final = re.compile(UUID_PATTERN)
_WORD: Final = re.compile(r"[^\W\d_]{4}")
"""Shorter ones may be initials, or names that are written so: JP, LEE."""

_SENTENCES: Final[Mapping[WarningCode, str]] = MappingProxyType(
    {
        WarningCode.VALUE_OF_OTHER_COLUMN: "{} holds an e-mail address or a customer id. Check whether the values stand"
        " in the right columns.",
        WarningCode.MANGLED_TEXT: "{} seems to have been read in a wrong encoding before it got into this file. Compare"
        " it with where it came from.",
        WarningCode.NAME_WITH_DIGITS: "{} holds a digit. Check whether it belongs to the name.",
        WarningCode.NAME_IN_CAPITALS: "{} is all in capitals. Check whether it is to be stored so.",
    }
)


def row_warnings(given: pd.DataFrame, cleaned: pd.DataFrame, rules: Rules) -> Iterator[RowWarning]:
    """Yield what is strange about the rows, in no order.

    Args:
        given: The rows before they were cleaned, in the same order: cleaning may take out what a mangled name shows.
        cleaned: The rows as they are sent.
        rules: Name the columns.
    """
    for field in (Field.FIRST_NAME, Field.LAST_NAME):
        yield from _of_names(texts(given, field), texts(cleaned, field), cleaned.index, rules.header(field))
    yield from _of_domains(texts(cleaned, Field.EMAIL), cleaned.index, rules.header(Field.EMAIL))


def hidden_row(row: int) -> RowWarning:
    """Return the warning of a row that a person does not see in the sheet."""
    sentence = "This row is hidden in the sheet, by a filter or by hand. Check whether it was meant to be sent."
    return RowWarning(row, WarningCode.HIDDEN_ROW.value, "", sentence)


def domain_slip(row: int, header: str, meant: str) -> RowWarning:
    """Return the warning of an address whose domain is probably misspelt."""
    sentence = f"{named(header)} has a domain that is one slip away from {meant}. Correct it if that is meant."
    return RowWarning(row, WarningCode.DOMAIN_SLIP.value, header, sentence)


def _of_names(given: Sequence[str], cells: Sequence[str], rows: pd.Index, header: str) -> Iterator[RowWarning]:
    codes = {
        position: WarningCode.NAME_IN_CAPITALS
        for position, cell in enumerate(cells)
        if cell.isupper() and _WORD.search(cell)
    }
    codes |= dict.fromkeys(mangled(given), WarningCode.MANGLED_TEXT)
    all_text = "".join(cells)
    if "@" in all_text or _DIGIT.search(all_text):  # hardly any UUID has no digit
        codes |= _foreign(cells)
    sentences = {code: sentence.format(named(header)) for code, sentence in _SENTENCES.items()}
    for position, code in codes.items():
        yield RowWarning(int(rows[position]), code.value, header, sentences[code])


def _foreign(cells: Sequence[str]) -> dict[int, WarningCode]:
    """Return, by position, what is told of the cells that hold what hardly any name holds."""
    with_digits = {position: WarningCode.NAME_WITH_DIGITS for position, cell in enumerate(cells) if _DIGIT.search(cell)}
    misplaced = (position for position, cell in enumerate(cells) if _ADDRESS.search(cell) or _ID.search(cell))
    return with_digits | dict.fromkeys(misplaced, WarningCode.VALUE_OF_OTHER_COLUMN)


def _of_domains(addresses: Sequence[str], rows: pd.Index, header: str) -> Iterator[RowWarning]:
    domains = {domain_of(domain) for domain in {address.rpartition("@")[2] for address in addresses if "@" in address}}
    providers = {domain: provider for domain in domains if (provider := likely_provider(domain)) is not None}
    if not providers:
        return
    for position, address in enumerate(addresses):
        provider = providers.get(domain_of(address))
        if provider is not None:
            yield domain_slip(int(rows[position]), header, provider)
