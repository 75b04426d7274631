"""A row on its way, from what is wrong with it to its outcome. Rows are named by the number that a person sees."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from importer.model.source import Field
from importer.model.statuses import Status


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
class Difference:
    """A value that the API holds although another one was sent: both, as they are. It is in no message."""

    field: Field
    sent: str
    held: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """The one final thing that is true of a row: a status, a code, a sentence.

    Attributes:
        customer_id: Whom it is about, as it is sent; "" where the row alone says that. It is not compared: the row is.
        warnings: The codes of its warnings.
        sent_at: When its last attempt left, in seconds since the epoch; None where there was none.
        latency_s: How long that took, to the reply or until it was given up; None where nobody knows.
        changed: Which of its values differ from those last confirmed; None where nobody knows.
        differences: Of a mismatch, as long as it is known: what the API holds, and what was sent.
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
    customer_id: str = field(default="", compare=False)
    differences: Sequence[Difference] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietOutcomes:
    """What is true of rows that follow each other and that need nobody's attention, in columns of equal length.

    None of them has a code, a warning or a difference. The columns are those of `Outcome`.

    Attributes:
        first: The number of the first row; the others have those that follow.
        statuses: Each as it is spelt.
    """

    first: int
    statuses: Sequence[str]
    messages: Sequence[str]
    http_statuses: Sequence[int | None]
    attempts: Sequence[int]
    updated_at: Sequence[str]
    sent_at: Sequence[float | None]
    latencies_s: Sequence[float | None]
    changed: Sequence[Sequence[Field] | None]

    def __len__(self) -> int:
        """Return of how many rows it is."""
        return len(self.statuses)

    def part(self, start: int, stop: int) -> QuietOutcomes:
        """Return those of the rows from one place to another, counted from 0."""
        return QuietOutcomes(
            first=self.first + start,
            statuses=self.statuses[start:stop],
            messages=self.messages[start:stop],
            http_statuses=self.http_statuses[start:stop],
            attempts=self.attempts[start:stop],
            updated_at=self.updated_at[start:stop],
            sent_at=self.sent_at[start:stop],
            latencies_s=self.latencies_s[start:stop],
            changed=self.changed[start:stop],
        )

    def outcome(self, at: int) -> Outcome:
        """Return that of one row, counted from 0."""
        return Outcome(
            self.first + at,
            Status(self.statuses[at]),
            message=self.messages[at],
            http_status=self.http_statuses[at],
            attempts=self.attempts[at],
            updated_at=self.updated_at[at],
            sent_at=self.sent_at[at],
            latency_s=self.latencies_s[at],
            changed=self.changed[at],
        )

    def outcomes(self) -> Iterator[Outcome]:
        """Yield them one by one."""
        return map(self.outcome, range(len(self)))


@dataclass(frozen=True, slots=True)
class Reconsidered:
    """What a row has ended as if whose answers it got turns out otherwise.

    Attributes:
        products: By what it was answered.
        outcome: Of a row in doubt, if the API answers by all of them; of a refused one, if the API does not.
    """

    products: Sequence[str]
    outcome: Outcome
