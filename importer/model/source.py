"""What a source is made of: its columns, what its records are, and what was found out about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final


class Field(StrEnum):
    """What a column of the source can mean."""

    CUSTOMER_ID = "customer_id"
    FIRST_NAME = "first_name"
    LAST_NAME = "last_name"
    EMAIL = "email"
    GROUP_ID = "group_id"
    LINKED_ACCOUNT_ID = "linked_account_id"


FIELDS: Final[Mapping[Field, str]] = {
    Field.CUSTOMER_ID: "customer id",
    Field.FIRST_NAME: "first name",
    Field.LAST_NAME: "last name",
    Field.EMAIL: "e-mail",
    Field.GROUP_ID: "group",
    Field.LINKED_ACCOUNT_ID: "account",
}
"""What the fields are called in a sentence."""

STANDARD_INPUT: Final = Path("-")
"""What stands for the path of a source that is read from standard input."""


class Skip(StrEnum):
    """What a record of the source is that is no row. The spelling is an interface."""

    BLANK = "blank"
    ABOVE_HEADER = "above_header"
    REPEATED_HEADER = "repeated_header"
    OTHER_HEADER = "other_header"
    """A second header, with other columns or in another order: the rows below it are refused."""
    TOTAL = "total"
    FOOTER = "below_table"
    """A line of text below the table."""
    NOBODYS = "nobodys"
    """What programs write around rows: a rule, a count, a page line, a row of nothing but defaults."""
    OTHER_ROW = "not_taken_up"
    """A row of the source that a retry does not take up."""


REQUIRED_FIELDS: Final = (Field.CUSTOMER_ID, Field.FIRST_NAME, Field.LAST_NAME, Field.EMAIL)
"""The fields without which a table is not a source."""

VALUE_FIELDS: Final = (Field.FIRST_NAME, Field.LAST_NAME, Field.EMAIL)
"""The fields of the request's body, all three of which go out with every row."""

TARGET_FIELDS: Final = (Field.GROUP_ID, Field.LINKED_ACCOUNT_ID)
"""The fields that a row takes from its run where it does not say them itself."""

APPENDED_COLUMNS: Final = ("status", "updated_at", "message", "error_code", "http_status", "attempts")
"""The columns that a report adds after all the source's own, in this order."""

MORE_COLUMNS: Final = ("sent_at", "latency_ms", "changed")
"""Those that it adds after these where they are asked for, in this order."""

ORIGIN_COLUMNS: Final = ("source_row", "source_run")
"""Those that a sheet of rows to fix has after them: which row of which run it is."""

SETTLED_COLUMN: Final = "settled"
"""The last one of such a sheet, in which a person marks a row that needs nothing any more."""

TO_FIX_COLUMNS: Final = (*ORIGIN_COLUMNS, SETTLED_COLUMN)
"""All that such a sheet has behind the others; those of earlier versions lack the last one."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a row of a sheet of rows to fix comes from, and what was said of it there.

    Attributes:
        row: Its number in the sheet that was given.
        of_row: Its number in the source of the run; 0 where it does not say so, or not rightly.
        of_run: The run's id; "" in the same way.
        settled: What somebody has put under `settled`.
        codes: What that run has put under `error_code`, as far as nobody has cleared it.
    """

    row: int
    of_row: int
    of_run: str
    settled: str = ""
    codes: str = ""


MASKS: Final = ("•••", "***")
"""What stands for the rest of a name in a report that hides names; the second where an encoding lacks the dot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Detected:
    """What was found out about a source, or said by a person; None where the format has no such thing.

    Attributes:
        format: What the file is, by its content: `csv`, `xlsx`, `xlsm`, `xls`, `xlsb`, `ods`, `html`, ...
        container: What it was packed in: `gz` or `zip`.
        encoding: Of text, as Python's codecs name it.
        delimiter: Between the cells of text.
        quote: Around cells of text; "" where there is none.
        escape: Before a character that is taken as it is; "" where there is none; `codes` where it is a backslash that
            also makes codes.
        header_row: The number of the header's record, as a person counts.
        columns: The header of each field, by the field's name.
        notes: Sentences on what a person should look at: the encoding is only assumed, something was left out.
        to_default: How many valid rows go to the group or the account of the run, by the field's name, where other rows
            of the source name their own.
    """

    format: str
    container: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    quote: str | None = None
    escape: str | None = None
    header_row: int | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    notes: Sequence[str] = ()
    to_default: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """What was read: `path` as it was given, absolute; `sheet` is None where the format has no sheets.

    Attributes:
        skips: How many records of the table are no rows, by what they are; what is not named is 0.
        detected: What was found out about it; None for a run of an older version.
    """

    path: str
    sheet: str | None
    sha256: str
    rows: int = 0
    skips: Mapping[Skip, int] = field(default_factory=dict)
    detected: Detected | None = None

    @property
    def skipped(self) -> int:
        """How many records are no rows."""
        return sum(self.skips.values())
