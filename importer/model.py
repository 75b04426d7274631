"""The words of the project, as values: every other module speaks in these.

All are frozen. Rows are named by the number that a person sees in a spreadsheet program.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final


class Status(StrEnum):
    """The one final thing that is true of a row. The spelling is an interface."""

    UPDATED = "updated"
    DUPLICATE = "duplicate"
    UNCHANGED = "unchanged"
    MISMATCH = "mismatch"
    INVALID = "invalid"
    REJECTED = "rejected"
    UNCONFIRMED = "unconfirmed"
    FAILED = "failed"
    NOT_SENT = "not_sent"


CONFIRMED: Final = frozenset({Status.UPDATED, Status.DUPLICATE, Status.UNCHANGED})
TO_FIX: Final = frozenset({Status.INVALID, Status.REJECTED, Status.MISMATCH})
"""What rows end as that a person must change, or at least look at."""
TO_TRY_AGAIN: Final = frozenset({Status.UNCONFIRMED, Status.FAILED, Status.NOT_SENT})
"""What rows end as that another try may help."""
WRONG: Final = frozenset({Status.REJECTED, Status.FAILED, Status.UNCONFIRMED, Status.MISMATCH})
"""What rows that were sent end as where something went wrong: `--max-errors` counts them."""


class StopReason(StrEnum):
    """Why a run ended before its last row. The spelling is an interface."""

    KEY_REFUSED = "key_refused"
    TARGET_REFUSED = "target_refused"
    API_DOWN = "api_down"
    RATE_LIMITED = "rate_limited"
    RETRY_AFTER_TOO_LONG = "retry_after_too_long"
    TOO_MANY_ERRORS = "too_many_errors"
    CANARY_FAILED = "canary_failed"
    INVALID_ROWS = "invalid_rows"
    APPROVAL_MISMATCH = "approval_mismatch"
    INTERRUPTED = "interrupted"
    TERMINATED = "terminated"
    HUNG_UP = "hung_up"
    INTERNAL_ERROR = "internal_error"


STOP_SENTENCES: Final = {
    StopReason.KEY_REFUSED: "the API refused the key",
    StopReason.TARGET_REFUSED: "the first replies all came from somewhere else than the API or this group",
    StopReason.API_DOWN: "the API is down",
    StopReason.RATE_LIMITED: "the API answered nothing but requests to slow down",
    StopReason.RETRY_AFTER_TOO_LONG: "the API asked to wait for longer than is allowed",
    StopReason.TOO_MANY_ERRORS: "there were too many errors",
    StopReason.CANARY_FAILED: "the first rows were not confirmed",
    StopReason.INVALID_ROWS: "there are invalid rows",
    StopReason.APPROVAL_MISMATCH: "this is not what was approved",
    StopReason.INTERRUPTED: "it was interrupted",
    StopReason.TERMINATED: "it was asked to terminate",
    StopReason.HUNG_UP: "its terminal was closed",
    StopReason.INTERNAL_ERROR: "the importer itself failed",
}
"""Why a run ended early, to follow "The run stopped: "."""


class Mode(StrEnum):
    """What a run is for: to send, to do everything but send, or only to read and check."""

    RUN = "run"
    DRY_RUN = "dry_run"
    CHECK = "check"


class Field(StrEnum):
    """What a column of the source can mean."""

    CUSTOMER_ID = "customer_id"
    FIRST_NAME = "first_name"
    LAST_NAME = "last_name"
    EMAIL = "email"
    GROUP_ID = "group_id"
    LINKED_ACCOUNT_ID = "linked_account_id"


STANDARD_INPUT: Final = Path("-")
"""What stands for the path of a source that is read from standard input."""


class Skip(StrEnum):
    """What a record of the source is that is no row. The spelling is an interface."""

    BLANK = "blank"
    ABOVE_HEADER = "above_header"
    REPEATED_HEADER = "repeated_header"
    TOTAL = "total"
    OTHER_ROW = "not_taken_up"
    """A row of the source that a retry does not take up."""


REQUIRED_FIELDS: Final = (Field.CUSTOMER_ID, Field.FIRST_NAME, Field.LAST_NAME, Field.EMAIL)
"""The fields without which a table is not a source."""

VALUE_FIELDS: Final = (Field.FIRST_NAME, Field.LAST_NAME, Field.EMAIL)
"""The fields of the request's body, all three of which go out with every row."""

APPENDED_COLUMNS: Final = ("status", "updated_at", "message", "error_code", "http_status", "attempts")
"""The columns that a report adds after all the source's own, in this order."""

MORE_COLUMNS: Final = ("sent_at", "latency_ms", "changed")
"""Those that it adds after these where they are asked for, in this order."""

ORIGIN_COLUMNS: Final = ("source_row", "source_run")
"""Those that come last in a sheet of rows to fix: which row of which run it is."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a row of a sheet of rows to fix comes from.

    Attributes:
        row: Its number in the sheet that was given.
        of_row: Its number in the source of the run.
        of_run: The run's id.
    """

    row: int
    of_row: int
    of_run: str


MASKS: Final = ("•••", "***")
"""What stands for the rest of a name in a report that hides names; the second where an encoding lacks the dot."""


@dataclass(frozen=True, slots=True)
class Issue:
    """Why a row cannot be sent. The message never quotes what is in the cell: it goes into the journal."""

    row: int
    code: str
    column: str
    message: str


@dataclass(frozen=True, slots=True)
class RowWarning:
    """What is strange about a row that may be sent all the same. The message never quotes a name or an address."""

    row: int
    code: str
    column: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Why rows need a person, or should be looked at, with the rows that it is about.

    Attributes:
        warning: The rows can be sent all the same.
        code: Of the issue, the warning or the outcome.
        column: The header; "" where it is about whole rows.
        message: The sentence of all these rows; "" where each has its own.
        rows: How many there are.
        first_rows: The numbers of the first five, in order.
        status: What the rows ended as; None for a warning, whose rows may have ended as anything.
        to_do: What a person does about it, in a sentence; "" for nothing.
    """

    warning: bool
    code: str
    column: str
    message: str
    rows: int
    first_rows: Sequence[int]
    status: Status | None = None
    to_do: str = ""


@dataclass(frozen=True, slots=True)
class Update:
    """What a valid row asks for: a customer and its three new values, cleaned and ready to be sent.

    `note` says what was cleaned (empty: nothing); it is part of the row's message in the reports.
    """

    row: int
    group_id: str
    linked_account_id: str
    customer_id: str
    first_name: str
    last_name: str
    email: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Earlier:
    """What was true of a row when an earlier process of its run ended."""

    code: str
    message: str
    http_status: int | None = None


@dataclass(frozen=True, slots=True)
class Pending:
    """A row that is to be sent, with what earlier attempts left behind.

    Attributes:
        attempts: Requests of this run, over all its processes.
        maybe: An earlier one, of this run or of the one that it retries, may have been applied.
        interrupted: It was in flight when a process of the run died.
        earlier: What was true of it before, as far as it still is; None where nothing was.
    """

    update: Update
    attempts: int = 0
    maybe: bool = False
    interrupted: bool = False
    earlier: Earlier | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request on the wire: the `number`th of its row, counted from 1 over the whole run.

    It must not leave before `leave_at`, in seconds of the monotonic clock that the run goes by.
    """

    update: Update
    number: int
    leave_at: float = float("-inf")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A row that has been tried and has no outcome yet: it is no longer in flight.

    Attributes:
        latency_s: How long its last attempt took; None where it was cut off.
        http_status: Of the reply; None where none came.
        code: What came of it.
    """

    row: int
    attempts: int
    maybe: bool
    latency_s: float | None = None
    http_status: int | None = None
    code: str = ""


@dataclass(frozen=True, slots=True)
class MaxErrors:
    """How many rows may go wrong before a run stops: a number, or a percentage of the rows that are finished.

    *Wrong* is `rejected`, `failed`, `unconfirmed` and `mismatch`.
    """

    count: int | None = None
    percent: float | None = None

    @classmethod
    def parse(cls, text: str) -> MaxErrors:
        """Return what `N` or `P%` means; raise ValueError where it is neither."""
        number = text.strip()
        try:
            if number.endswith("%"):
                percent = float(number[:-1])
                if 0 <= percent <= 100:  # noqa: PLR2004 - of a hundred
                    return cls(percent=percent)
            elif number.isascii() and number.isdigit():
                return cls(count=int(number))
        except ValueError:
            pass
        raise ValueError("it must be a number of rows such as 10, or a percentage such as 5%")

    def exceeded(self, errors: int, finished: int) -> bool:
        """Return whether so many rows that went wrong, of so many finished ones, are too many."""
        if self.count is not None:
            return errors > self.count
        return finished >= _PERCENT_FROM and errors * 100 > (self.percent or 0) * finished


_PERCENT_FROM: Final = 50
"""A percentage of fewer rows says little."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The one final thing that is true of a row: a status, a code, a sentence.

    Attributes:
        warnings: The codes of its warnings.
        sent_at: When its last attempt left, in seconds since the epoch; None where there was none.
        latency_s: How long that took, to the reply or until it was given up; None where nobody knows.
        changed: Which of its values differ from those last confirmed; None where nobody knows.
    """

    row: int
    status: Status
    code: str = ""
    message: str = ""
    http_status: int | None = None
    attempts: int = 0
    updated_at: str = ""
    warnings: Sequence[str] = ()
    sent_at: float | None = None
    latency_s: float | None = None
    changed: Sequence[Field] | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """Where updates go when a row does not say otherwise. `None`: only the rows' own columns say it."""

    base_url: str
    group_id: str | None = None
    linked_account_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Detected:
    """What was found out about a source, or said by a person; None where the format has no such thing.

    Attributes:
        format: What the file is, by its content: `csv`, `xlsx`, `xlsm`, `xls`, `xlsb`, `ods`, `html`, ...
        container: What it was packed in: `gz` or `zip`.
        encoding: Of text, as Python's codecs name it.
        delimiter: Between the cells of text.
        quote: Around cells of text; "" where there is none.
        escape: Before a character that is taken as it is; "" where there is none.
        header_row: The number of the header's record, as a person counts.
        columns: The header of each field, by the field's name.
        notes: Sentences on what a person should look at: the encoding is only assumed, something was left out.
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
