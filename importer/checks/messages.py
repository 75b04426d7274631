"""What an issue says: a sentence on what is wrong with the cell, and one on what would be right.

A message is made of the code, the column's header and the rules: nothing of a cell gets into it, since messages are
kept in the journal.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from importer.checks.address_faults import fault
from importer.checks.codes import Code
from importer.ids import is_safe_segment
from importer.phrases import named

if TYPE_CHECKING:
    from importer.checks.rules import Rules

_DAMAGED: Final = (
    "has a character in it that was lost when the file was made or read",
    "Type the name anew, or export the file again as UTF-8.",
)
_CONTROL: Final = ("has a line break, a tab or another control character in it", "Put the name on one line without it.")
_INVISIBLE: Final = (
    "has a character in it that cannot be seen",
    "Delete what is in the cell and type the name anew.",
)
_MASKED: Final = (
    "was masked by a report that was asked to hide names",
    "Type it anew, or take the row from a report that shows names.",
)
_NOTHING: Final = (
    "holds what programs write where there is no value, and that is no id",
    "Put in the id as the provider shows it.",
)
_NOTHING_IN_TARGET: Final = (
    _NOTHING[0],
    "Put in the id as the provider shows it, or nothing at all where the one of the whole run is meant.",
)
_NO_NAME: Final = (
    "holds what programs write where there is no value, and that is no name",
    "Fill in the name, or delete the row.",
)
_NUMBER: Final = (
    "holds a number as programs write it, with an exponent or a decimal point, and digits of the id may be lost",
    "Take the id from where the file came from, and keep the column as text.",
)
_TOO_LONG: Final = ("is longer than {limit} characters", "Put in a name that is no longer than that.")
_SEGMENT: Final = "1 to 128 plain letters, digits and the signs - _ . ~ only"

_SENTENCES: Final[Mapping[Code, tuple[str, str]]] = MappingProxyType(
    {
        Code.BLANK_CUSTOMER_ID: ("is blank", "Fill in the customer's id."),
        Code.NOTHING_AS_CUSTOMER_ID: _NOTHING,
        Code.NUMBER_AS_CUSTOMER_ID: _NUMBER,
        Code.BLANK_FIRST_NAME: ("is blank", "Fill in the first name: a blank one would erase what is stored."),
        Code.NOTHING_AS_FIRST_NAME: _NO_NAME,
        Code.FIRST_NAME_TOO_LONG: _TOO_LONG,
        Code.DAMAGED_CHARACTER_IN_FIRST_NAME: _DAMAGED,
        Code.CONTROL_CHARACTER_IN_FIRST_NAME: _CONTROL,
        Code.INVISIBLE_CHARACTER_IN_FIRST_NAME: _INVISIBLE,
        Code.MASKED_FIRST_NAME: _MASKED,
        Code.BLANK_LAST_NAME: ("is blank", "Fill in the last name: a blank one would erase what is stored."),
        Code.NOTHING_AS_LAST_NAME: _NO_NAME,
        Code.LAST_NAME_TOO_LONG: _TOO_LONG,
        Code.DAMAGED_CHARACTER_IN_LAST_NAME: _DAMAGED,
        Code.CONTROL_CHARACTER_IN_LAST_NAME: _CONTROL,
        Code.INVISIBLE_CHARACTER_IN_LAST_NAME: _INVISIBLE,
        Code.MASKED_LAST_NAME: _MASKED,
        Code.MASKED_EMAIL: _MASKED,
        Code.BLANK_EMAIL: ("is blank", "Fill in the e-mail address: a blank one would erase what is stored."),
        Code.BLANK_GROUP_ID: (
            "is blank or not there, and no group is set for the run",
            "Fill in the group's id, or give one for the whole run with --group-id.",
        ),
        Code.NOTHING_AS_GROUP_ID: _NOTHING_IN_TARGET,
        Code.NUMBER_AS_GROUP_ID: _NUMBER,
        Code.INVALID_GROUP_ID: ("is not a group id", f"It may have {_SEGMENT}."),
        Code.OTHER_GROUP_ID: (
            "names another group than the one that this run alone sends to",
            "Send the row with the profile of its own group; this one shares the base URL with it.",
        ),
        Code.BLANK_LINKED_ACCOUNT_ID: (
            "is blank or not there, and no linked account is set for the run",
            "Fill in the linked account's id, or give one for the whole run with --linked-account-id.",
        ),
        Code.NOTHING_AS_LINKED_ACCOUNT_ID: _NOTHING_IN_TARGET,
        Code.NUMBER_AS_LINKED_ACCOUNT_ID: _NUMBER,
        Code.INVALID_LINKED_ACCOUNT_ID: ("is not a linked account id", f"It may have {_SEGMENT}."),
    }
)
"""For every code whose message does not depend on what is wrong in the cell."""

_MAY_BE_FORMULAS: Final = frozenset(
    (Code.INVALID_CUSTOMER_ID, Code.INVALID_EMAIL, Code.INVALID_GROUP_ID, Code.INVALID_LINKED_ACCOUNT_ID)
)
_FORMULA: Final = re.compile("[\"'\u2018-\u201f]*=")
_UUID_LENGTH: Final = 36
_RIGHT_UUID: Final = (
    "A customer id has 32 digits and letters a to f with hyphens between them, as in "
    "01234567-89ab-cdef-0123-456789abcdef."
)
_BARE_DIGITS: Final = re.compile("[0-9a-fA-F]{32}")
_NO_HYPHENS: Final = "has the 32 digits of a customer id without its hyphens"
_RIGHT_ORDER: Final = (
    "Databases do not all write them in the same order, so put in the id with its hyphens, as the provider shows it."
)
_WRONG_LENGTH: Final = "does not have the 36 characters of a customer id"
_WRONG_CHARACTER: Final = "has a character in it that a customer id cannot have"
_WRONG_HYPHENS: Final = "has the characters of a customer id, but not its hyphens in their places"


def message(code: Code, cell: str, rules: Rules, header: str) -> str:
    """Return the two sentences for a cell that cannot be sent; the cell decides which ones, and is not quoted."""
    wrong, right = _wrong_and_right(code, cell, rules)
    return f"{named(header)} {wrong}. {right}"


def _wrong_and_right(code: Code, cell: str, rules: Rules) -> tuple[str, str]:
    if code in _MAY_BE_FORMULAS and _FORMULA.match(cell):
        return "holds a formula as text", "Put in what it shows."
    if code is Code.INVALID_EMAIL:
        return fault(cell, international=rules.international_addresses)
    if code is Code.INVALID_CUSTOMER_ID:
        return _customer_id_fault(cell) if rules.customer_id_pattern is None else _pattern_fault(cell)
    wrong, right = _SENTENCES[code]
    return wrong.format(limit=rules.max_name_length), right


def _customer_id_fault(cell: str) -> tuple[str, str]:
    if _BARE_DIGITS.fullmatch(cell):
        return _NO_HYPHENS, _RIGHT_ORDER
    if len(cell) != _UUID_LENGTH:
        return _WRONG_LENGTH, _RIGHT_UUID
    if any(character not in "0123456789abcdefABCDEF-" for character in cell):
        return _WRONG_CHARACTER, _RIGHT_UUID
    return _WRONG_HYPHENS, _RIGHT_UUID


def _pattern_fault(cell: str) -> tuple[str, str]:
    if not is_safe_segment(cell):
        return "cannot be part of a web address as it is", f"It may have {_SEGMENT}."
    return "does not have the form that is set for customer ids", "Put in the id as the provider shows it."
