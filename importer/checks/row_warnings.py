"""What is strange about a single row, though it can be sent: each column is looked at as a whole first."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from importer.checks.cleaning.clean_rows import Cleaned
from importer.checks.codes import WarningCode
from importer.checks.domain_slips import domain_of, likely_provider
from importer.checks.leavings import leavings
from importer.checks.mangled import mangled
from importer.checks.no_names import words_for_nothing
from importer.checks.placeholder_addresses import placeholder_addresses
from importer.ids import UUID_PATTERN
from importer.model.rows import RowWarning, Update
from importer.model.source import Field
from importer.model.updates import Updates
from importer.phrases import named

if TYPE_CHECKING:
    import pandas as pd

    from importer.checks.rules import Rules

_DIGIT: Final = re.compile(r"\d")
_ADDRESS: Final = re.compile(r"[^@\s]@[^@\s]+\.[^@\s]")
_ID: Final = re.compile(UUID_PATTERN)
_WORD: Final = re.compile(r"[^\W\d_]{4}")
"""Shorter ones may be initials, or names that are written so: JP, LEE."""

_EXAMPLES: Final = (
    "123e4567-e89b-12d3-a456-426614174000",  # Wikipedia
    "123e4567-e89b-12d3-a456-426655440000",
    "550e8400-e29b-41d4-a716-446655440000",
    "f81d4fae-7dec-11d0-a765-00a0c91e6bf6",  # RFC 9562, section 4
    "3fa85f64-5717-4562-b3fc-2c963f66afa6",  # Swagger
    "01234567-89ab-cdef-0123-456789abcdef",  # our own messages
    "12345678-1234-1234-1234-123456789012",
    "12345678-1234-1234-1234-123456789abc",
)
_EXAMPLE_IDS: Final = frozenset((*_EXAMPLES, *map(str.upper, _EXAMPLES)))

_SENTENCES: Final[Mapping[WarningCode, str]] = MappingProxyType(
    {
        WarningCode.VALUE_OF_OTHER_COLUMN: "{} holds an e-mail address or a customer id. Check whether the values stand"
        " in the right columns.",
        WarningCode.MANGLED_TEXT: "{} seems to have been read in a wrong encoding before it got into this file. Compare"
        " it with where it came from.",
        WarningCode.LOST_LETTERS: "{} has a question mark or a box in it, where a letter was probably lost. Compare it"
        " with where it came from.",
        WarningCode.MARKUP_IN_NAME: "{} has codes of a web page in it. Put the letters in that they stand for.",
        WarningCode.CODES_IN_NAME: "{} has codes of a program in it. Put the letters in that they stand for.",
        WarningCode.FORMULA_IN_NAME: "{} holds a formula as text. Put in what it shows.",
        WarningCode.MIXED_ALPHABETS: "{} has letters of two alphabets in one word, which may look alike. Type the word"
        " anew.",
        WarningCode.NAME_WITHOUT_LETTERS: "{} has no letter in it. Check whether it is a name.",
        WarningCode.WORD_FOR_NOTHING: "{} holds a word that programs write where there is no value. Some people are"
        " called so: check whether this customer is.",
        WarningCode.NAME_WITH_DIGITS: "{} holds a digit. Check whether it belongs to the name.",
        WarningCode.PLACEHOLDER_ADDRESS: "{} holds an address that people type where they have none to put in. Check"
        " whether it is the customer's.",
        WarningCode.GUARDED_NAME: "{} begins with an apostrophe, and so does the other name: spreadsheets keep text as"
        " it is by one. Take it out if it is no part of the name.",
        WarningCode.NAME_IN_CAPITALS: "{} is all in capitals. Check whether it is to be stored so.",
    }
)


_GUARDS: Final = {
    "'": "an apostrophe, by which spreadsheets keep text as it is",
    "=": "a sign of equality, as a formula does",
}
"""What spreadsheets leave before an address, though one may begin so."""


def row_warnings(cleaned: Cleaned, rules: Rules) -> Iterator[RowWarning]:
    """Yield what is strange about the rows, in no order.

    Args:
        cleaned: The rows as they are sent, and as they were: cleaning may take out what a mangled name shows.
        rules: Name the columns.
    """
    rows, cells = cleaned.frame.index, cleaned.cells
    first, last = cells[Field.FIRST_NAME], cells[Field.LAST_NAME]
    for field, names, beside in ((Field.FIRST_NAME, first, last), (Field.LAST_NAME, last, first)):
        for position, code in _of_names(cleaned.given[field], names, beside).items():
            sentence = _SENTENCES[code].format(named(rules.header(field)))
            yield RowWarning(int(rows[position]), code.value, rules.header(field), sentence)
    yield from _of_ids(cells[Field.CUSTOMER_ID], rows, rules.header(Field.CUSTOMER_ID))
    yield from _of_addresses(cells[Field.EMAIL], rows, rules.header(Field.EMAIL))


def hidden_row(row: int) -> RowWarning:
    """Return the warning of a row that a person does not see in the sheet."""
    sentence = "This row is hidden in the sheet, by a filter or by hand. Check whether it was meant to be sent."
    return RowWarning(row, WarningCode.HIDDEN_ROW.value, "", sentence)


def cut_off(row: int) -> RowWarning:
    """Return the warning of a row that a file ends in without the line end that all other lines have."""
    sentence = (
        "The file ends with this row, and its line has no end as all others have: it may be cut off here. See that its"
        " last cell is whole, and that no rows are missing behind it."
    )
    return RowWarning(row, WarningCode.CUT_OFF.value, "", sentence)


def broken_cell(row: int, header: str) -> RowWarning:
    """Return the warning of a row beside which a single cell stands, as a line break leaves it that is not quoted."""
    sentence = (
        f"Beside this row is a record of one cell: it may be a part of {named(header)}, broken by a line break. Compare"
        " it with where it came from, and put the two parts together if they are one."
    )
    return RowWarning(row, WarningCode.BROKEN_CELL.value, header, sentence)


def assumed_encodings(
    updates: Iterable[Update], headers: Mapping[Field, str], reads_otherwise: Callable[[str], str]
) -> Iterator[RowWarning]:
    """Yield a warning for each name that would be another one in another encoding, where nobody has said which it is.

    Args:
        updates: What is to be sent.
        headers: Name the columns.
        reads_otherwise: Returns the encoding that would make another name of one; "" where none would.
    """
    columns = Updates.of(updates)
    names_by_field = {Field.FIRST_NAME: columns.first_names, Field.LAST_NAME: columns.last_names}
    different = dict.fromkeys(chain.from_iterable(names_by_field.values()))
    other_encodings = {name: reads_otherwise(name) for name in different if not name.isascii()}
    if not any(other_encodings.values()):
        return
    for row, *row_names in zip(columns.rows, *names_by_field.values(), strict=True):
        for field, name in zip(names_by_field, row_names, strict=True):
            if other := other_encodings.get(name):
                sentence = (
                    f"{named(headers[field])} depends on the encoding of the file, which is only assumed: in {other} it"
                    " would be another name. Look at it, and name the right encoding with --encoding."
                )
                yield RowWarning(row, WarningCode.ASSUMED_ENCODING.value, headers[field], sentence)


def domain_slip(row: int, header: str, meant: str) -> RowWarning:
    """Return the warning of an address whose domain is probably misspelt."""
    sentence = f"{named(header)} has a domain that is one slip away from {meant}. Correct it if that is meant."
    return RowWarning(row, WarningCode.DOMAIN_SLIP.value, header, sentence)


def _of_names(given: Sequence[str], cells: Sequence[str], beside: Sequence[str]) -> Mapping[int, WarningCode]:
    """Return, by position, what is told of names: of several things the most telling, which comes last here."""
    different = list(set(cells))  # many people have the same name
    all_text = "".join(different)
    has_digits = _DIGIT.search(all_text) is not None
    codes = dict.fromkeys(
        _where(cells, {name for name in different if _is_in_capitals(name)}), WarningCode.NAME_IN_CAPITALS
    )
    if has_digits:
        codes |= dict.fromkeys(
            _where(cells, {name for name in different if _DIGIT.search(name)}), WarningCode.NAME_WITH_DIGITS
        )
    if "'" in all_text:
        both_begin = zip(cells, beside, strict=True)
        codes |= {
            position: WarningCode.GUARDED_NAME
            for position, (cell, other) in enumerate(both_begin)
            if cell.startswith("'") and other.startswith("'")
        }
    codes |= dict.fromkeys(words_for_nothing(cells, beside), WarningCode.WORD_FOR_NOTHING)
    left = {different[at]: code for at, code in leavings(different).items()}
    codes |= {position: left[cells[position]] for position in _where(cells, left.keys())}
    codes |= dict.fromkeys(mangled(given), WarningCode.MANGLED_TEXT)
    if "@" in all_text or has_digits:  # hardly any UUID has no digit
        others = {name for name in different if _ADDRESS.search(name) or _ID.search(name)}
        codes |= dict.fromkeys(_where(cells, others), WarningCode.VALUE_OF_OTHER_COLUMN)
    return codes


def _where(cells: Sequence[str], names: Collection[str]) -> Sequence[int]:
    """Return the positions of the cells that hold one of the names: of none, nothing has to be looked at."""
    return [position for position, cell in enumerate(cells) if cell in names] if names else ()


def _is_in_capitals(name: str) -> bool:
    return name.isupper() and _WORD.search(name) is not None


def _of_ids(ids: Sequence[str], rows: pd.Index, header: str) -> Iterator[RowWarning]:
    if _EXAMPLE_IDS.isdisjoint(ids):
        return
    sentence = f"{named(header)} holds an id that manuals use as an example. Check whether the row is a customer's."
    for position, customer_id in enumerate(ids):
        if customer_id in _EXAMPLE_IDS:
            yield RowWarning(int(rows[position]), WarningCode.EXAMPLE_ID.value, header, sentence)


def _of_addresses(addresses: Sequence[str], rows: pd.Index, header: str) -> Iterator[RowWarning]:
    domains = {domain_of(domain) for domain in {address.rpartition("@")[2] for address in addresses if "@" in address}}
    providers = {domain: provider for domain in domains if (provider := likely_provider(domain)) is not None}
    if providers:
        for position, address in enumerate(addresses):
            provider = providers.get(domain_of(address))
            if provider is not None:
                yield domain_slip(int(rows[position]), header, provider)
    for position in placeholder_addresses(addresses, domains):
        yield _of_address(int(rows[position]), header, WarningCode.PLACEHOLDER_ADDRESS)
    if any(sign in "".join(addresses) for sign in _GUARDS):
        for position, address in enumerate(addresses):
            if what := _GUARDS.get(address[:1]):
                sentence = f"{named(header)} begins with {what}. Take it out if it is no part of the address."
                yield RowWarning(int(rows[position]), WarningCode.GUARDED_ADDRESS.value, header, sentence)


def _of_address(row: int, header: str, code: WarningCode) -> RowWarning:
    return RowWarning(row, code.value, header, _SENTENCES[code].format(named(header)))
