"""Every code of a check, and what it means: the one list of issues and the one of warnings.

The reader has codes of its own, for what only it can see (`importer.sheets`).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Code(StrEnum):
    """Why a row cannot be sent. The spelling is an interface: it is what people filter on.

    The codes of one field stand together, the most basic first: of several that fit one cell, the first is shown.
    """

    BLANK_CUSTOMER_ID = "blank_customer_id"
    NOTHING_AS_CUSTOMER_ID = "nothing_as_customer_id"
    NUMBER_AS_CUSTOMER_ID = "number_as_customer_id"
    INVALID_CUSTOMER_ID = "invalid_customer_id"
    BLANK_FIRST_NAME = "blank_first_name"
    NOTHING_AS_FIRST_NAME = "nothing_as_first_name"
    FIRST_NAME_TOO_LONG = "first_name_too_long"
    DAMAGED_CHARACTER_IN_FIRST_NAME = "damaged_character_in_first_name"
    CONTROL_CHARACTER_IN_FIRST_NAME = "control_character_in_first_name"
    INVISIBLE_CHARACTER_IN_FIRST_NAME = "invisible_character_in_first_name"
    MASKED_FIRST_NAME = "masked_first_name"
    BLANK_LAST_NAME = "blank_last_name"
    NOTHING_AS_LAST_NAME = "nothing_as_last_name"
    LAST_NAME_TOO_LONG = "last_name_too_long"
    DAMAGED_CHARACTER_IN_LAST_NAME = "damaged_character_in_last_name"
    CONTROL_CHARACTER_IN_LAST_NAME = "control_character_in_last_name"
    INVISIBLE_CHARACTER_IN_LAST_NAME = "invisible_character_in_last_name"
    MASKED_LAST_NAME = "masked_last_name"
    BLANK_EMAIL = "blank_email"
    MASKED_EMAIL = "masked_email"
    INVALID_EMAIL = "invalid_email"
    BLANK_GROUP_ID = "blank_group_id"
    NOTHING_AS_GROUP_ID = "nothing_as_group_id"
    NUMBER_AS_GROUP_ID = "number_as_group_id"
    INVALID_GROUP_ID = "invalid_group_id"
    OTHER_GROUP_ID = "other_group_id"
    BLANK_LINKED_ACCOUNT_ID = "blank_linked_account_id"
    NOTHING_AS_LINKED_ACCOUNT_ID = "nothing_as_linked_account_id"
    NUMBER_AS_LINKED_ACCOUNT_ID = "number_as_linked_account_id"
    INVALID_LINKED_ACCOUNT_ID = "invalid_linked_account_id"
    CONFLICTING_ROWS = "conflicting_rows"
    SETTLED_AND_CHANGED = "settled_and_changed"
    UNCLEAR_SETTLED = "unclear_settled"


class WarningCode(StrEnum):
    """What is strange about a row that may be sent all the same. The spelling is an interface."""

    VALUE_OF_OTHER_COLUMN = "value_of_other_column"
    MANGLED_TEXT = "mangled_text"
    LOST_LETTERS = "lost_letters"
    MARKUP_IN_NAME = "markup_in_name"
    CODES_IN_NAME = "codes_in_name"
    FORMULA_IN_NAME = "formula_in_name"
    MIXED_ALPHABETS = "mixed_alphabets"
    NAME_WITHOUT_LETTERS = "name_without_letters"
    WORD_FOR_NOTHING = "word_for_nothing"
    NAME_WITH_DIGITS = "name_with_digits"
    NAME_IN_CAPITALS = "name_in_capitals"
    DOMAIN_SLIP = "domain_slip"
    PLACEHOLDER_ADDRESS = "placeholder_address"
    GUARDED_NAME = "guarded_name"
    GUARDED_ADDRESS = "guarded_address"
    SHARED_ADDRESS = "shared_address"
    NAMES_SWAPPED = "names_swapped"
    EXAMPLE_ID = "example_id"
    ODD_CUSTOMER_ID = "odd_customer_id"
    ODD_GROUP_ID = "odd_group_id"
    ODD_LINKED_ACCOUNT_ID = "odd_linked_account_id"
    HIDDEN_ROW = "hidden_row"
    ASSUMED_ENCODING = "assumed_encoding"
    CUT_OFF = "cut_off"
    BROKEN_CELL = "broken_cell"


_DAMAGED: Final = "holds a character that was lost when the file was made or read (U+FFFD, half a surrogate pair)"
_CONTROL: Final = "holds a control character, or a line or paragraph separator"
_UNSAFE: Final = "holds characters that an id in a web address cannot have, or is too long"
_INVISIBLE: Final = "holds a character that cannot be seen: zero-width, a filler, or a control of the writing direction"
_NOTHING: Final = "is what programs write where there is none: a word for nothing, a truth value, zeros, a placeholder"
_NO_NAME: Final = (
    "is what programs write where there is none: a word for nothing, or a placeholder that is not filled in"
)
_NUMBER: Final = "is a number as programs write it, with an exponent or a decimal point, and may have lost digits"
_ODD: Final = "has not the length or the form that all, or nearly all, others of the file have"

MEANINGS: Final[Mapping[Code, str]] = MappingProxyType(
    {
        Code.BLANK_CUSTOMER_ID: "The customer id is blank.",
        Code.NOTHING_AS_CUSTOMER_ID: f"The customer id {_NOTHING}.",
        Code.NUMBER_AS_CUSTOMER_ID: f"The customer id {_NUMBER}.",
        Code.INVALID_CUSTOMER_ID: "The customer id is no UUID, or not of the form that the settings ask for.",
        Code.BLANK_FIRST_NAME: "The first name is blank.",
        Code.NOTHING_AS_FIRST_NAME: f"The first name {_NO_NAME}.",
        Code.FIRST_NAME_TOO_LONG: "The first name is longer than the settings allow.",
        Code.DAMAGED_CHARACTER_IN_FIRST_NAME: f"The first name {_DAMAGED}.",
        Code.CONTROL_CHARACTER_IN_FIRST_NAME: f"The first name {_CONTROL}.",
        Code.INVISIBLE_CHARACTER_IN_FIRST_NAME: f"The first name {_INVISIBLE}.",
        Code.MASKED_FIRST_NAME: "The first name was masked by a report that was asked to hide names.",
        Code.BLANK_LAST_NAME: "The last name is blank.",
        Code.NOTHING_AS_LAST_NAME: f"The last name {_NO_NAME}.",
        Code.LAST_NAME_TOO_LONG: "The last name is longer than the settings allow.",
        Code.DAMAGED_CHARACTER_IN_LAST_NAME: f"The last name {_DAMAGED}.",
        Code.CONTROL_CHARACTER_IN_LAST_NAME: f"The last name {_CONTROL}.",
        Code.INVISIBLE_CHARACTER_IN_LAST_NAME: f"The last name {_INVISIBLE}.",
        Code.MASKED_LAST_NAME: "The last name was masked by a report that was asked to hide names.",
        Code.BLANK_EMAIL: "The e-mail address is blank.",
        Code.MASKED_EMAIL: "The e-mail address was masked by a report that was asked to hide names.",
        Code.INVALID_EMAIL: "The e-mail address is not valid; the message says why.",
        Code.BLANK_GROUP_ID: "Neither the row nor the run says which group the customer is in.",
        Code.NOTHING_AS_GROUP_ID: f"The group id {_NOTHING}.",
        Code.NUMBER_AS_GROUP_ID: f"The group id {_NUMBER}.",
        Code.INVALID_GROUP_ID: f"The group id {_UNSAFE}.",
        Code.OTHER_GROUP_ID: "The row is of another group than the one that the run may send to (`shares_base_url`).",
        Code.BLANK_LINKED_ACCOUNT_ID: "Neither the row nor the run says which linked account is meant.",
        Code.NOTHING_AS_LINKED_ACCOUNT_ID: f"The linked account id {_NOTHING}.",
        Code.NUMBER_AS_LINKED_ACCOUNT_ID: f"The linked account id {_NUMBER}.",
        Code.INVALID_LINKED_ACCOUNT_ID: f"The linked account id {_UNSAFE}.",
        Code.CONFLICTING_ROWS: "Several rows ask for different changes of the same customer.",
        Code.SETTLED_AND_CHANGED: "The row is marked as settled, and its values were changed.",
        Code.UNCLEAR_SETTLED: "What marks the row as settled says neither yes nor no.",
    }
)

WARNING_MEANINGS: Final[Mapping[WarningCode, str]] = MappingProxyType(
    {
        WarningCode.VALUE_OF_OTHER_COLUMN: "A name holds an e-mail address or a customer id.",
        WarningCode.MANGLED_TEXT: "A name was read in a wrong encoding before it got into the file.",
        WarningCode.LOST_LETTERS: "A name has a question mark or a box in it, most probably in the place of a letter.",
        WarningCode.MARKUP_IN_NAME: "A name has codes of a web page in it, such as &uuml; or <b>.",
        WarningCode.CODES_IN_NAME: "A name has codes of a program in the place of letters, such as %C3%A9 or \\u00e9.",
        WarningCode.FORMULA_IN_NAME: "A name is a formula, as a spreadsheet program would compute it.",
        WarningCode.MIXED_ALPHABETS: "A word of a name has letters of two alphabets that look alike.",
        WarningCode.NAME_WITHOUT_LETTERS: "A name has no letter in it.",
        WarningCode.WORD_FOR_NOTHING: "A name is a word that programs write where there is none; some people bear it.",
        WarningCode.NAME_WITH_DIGITS: "A name holds a digit.",
        WarningCode.NAME_IN_CAPITALS: "A name is all in capitals.",
        WarningCode.DOMAIN_SLIP: "The domain of the address is one slip of the hand away from a much used one.",
        WarningCode.PLACEHOLDER_ADDRESS: "The address is one that people type where they have none to put in.",
        WarningCode.GUARDED_NAME: "Both names begin with an apostrophe, as spreadsheets keep text as it is.",
        WarningCode.GUARDED_ADDRESS: "The address begins with an apostrophe or =, as spreadsheets leave them there.",
        WarningCode.SHARED_ADDRESS: "Several customers of the file have the same address.",
        WarningCode.NAMES_SWAPPED: "By the addresses of the file, first and last names stand in each other's columns.",
        WarningCode.EXAMPLE_ID: "The customer id is one that manuals and templates use as an example.",
        WarningCode.ODD_CUSTOMER_ID: f"The customer id {_ODD}.",
        WarningCode.ODD_GROUP_ID: f"The group id {_ODD}.",
        WarningCode.ODD_LINKED_ACCOUNT_ID: f"The linked account id {_ODD}.",
        WarningCode.HIDDEN_ROW: "The row is hidden in the sheet, by a filter or by hand.",
        WarningCode.BROKEN_CELL: "The first or the last cell of the row may go on in a record of one cell beside it.",
        WarningCode.CUT_OFF: "The file ends in the row without the line end that all others have.",
        WarningCode.ASSUMED_ENCODING: "A name depends on the encoding of the file, which nobody has said.",
    }
)
"""Where warnings count as errors, they are issues of the same code."""
