"""What the dispatcher and an engine say to each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from typing import Protocol

from importer.delivery.replies.rate_headers import Quota
from importer.model.rows import Attempt, Outcome, Pending, Reconsidered, Waiting


class Fault(StrEnum):
    """Why an attempt has no complete reply. The value is the row's `error_code`."""

    NAME_NOT_RESOLVED = "name_not_resolved"
    CONNECTION_REFUSED = "connection_refused"
    UNREACHABLE = "unreachable"
    CONNECT_TIMED_OUT = "connect_timed_out"
    TLS_FAILED = "tls_failed"
    PROXY_FAILED = "proxy_failed"
    TIMED_OUT = "timed_out"
    CONNECTION_LOST = "connection_lost"
    REPLY_TRUNCATED = "reply_truncated"
    REPLY_UNREADABLE = "reply_unreadable"
    REPLY_TOO_LARGE = "reply_too_large"
    OUT_OF_STEP = "out_of_step"
    GIVEN_UP = "given_up"
    DEFECT = "internal_error"


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back from an attempt, or why nothing did.

    Attributes:
        row: The row of the attempt.
        elapsed_s: From the moment the attempt was taken up to the end of its answer; for how long that was in doubt
            is no part of it.
        http_status: None where no status line arrived; it may be known although a fault cut the body off.
        retry_after_s: What the header of that name asks for, in seconds from now; None where there is none that
            can be understood.
        body: At most as many bytes as the client was told to read.
        server: The header of that name; "" where there is none.
        idle_s: How long the connection had been idle when the request left over it, in seconds; None over a new
            connection, and where none was made: what went wrong then may be about connections, not about requests.
        quota: What its headers say of how many requests are left; None where they say nothing of that.
    """

    row: int
    elapsed_s: float
    fault: Fault | None = None
    http_status: int | None = None
    content_type: str = ""
    retry_after_s: float | None = None
    body: bytes = b""
    server: str = ""
    idle_s: float | None = None
    quota: Quota | None = None

    @property
    def shows_life(self) -> bool:
        """Whether somebody is there who is not failing: any reply but a 5xx."""
        return self.http_status is not None and self.http_status < HTTPStatus.INTERNAL_SERVER_ERROR


class Engine(Protocol):
    """Performs attempts: each that is submitted comes back as exactly one reply."""

    def submit(self, attempts: Sequence[Attempt]) -> None:
        """Take up attempts; return at once."""
        ...

    def poll(self, timeout_s: float) -> Sequence[Reply]:
        """Return the replies that have arrived, waiting at most `timeout_s` for the first.

        An engine may do all of its work meanwhile: whoever waits for something else must go on asking.
        """
        ...

    def keep(self, connections: int) -> None:
        """Let at most so many connections, from 1 on, be open from now on, but for what is under way already.

        Those beyond that are closed: idle ones at once, the longest unused first, others when their attempt is over.
        """
        ...

    def close(self) -> None:
        """Give up whatever is under way."""
        ...


class Ledger(Protocol):
    """The part of the journal that delivery writes ahead to."""

    def pending(self, after: int, limit: int) -> Sequence[Pending]:
        """Return the first `limit` rows behind row `after` that wait to be sent, in row order."""
        ...

    def record(
        self,
        begun: Sequence[Attempt],
        waiting: Sequence[Waiting],
        outcomes: Sequence[Outcome],
        *,
        revised: Sequence[Outcome] = (),
        products: Sequence[str] = (),
        believed: Sequence[Reconsidered] = (),
    ) -> None:
        """Make all of it durable in one step; only then may `begun` leave and `outcomes` be reported.

        Args:
            begun: Attempts that leave next.
            waiting: Rows that are to be tried again.
            outcomes: Of rows that had none.
            revised: Of rows that were in doubt and are refused, as it turns out, or the reverse.
            products: What answered confirmations, of which none was answered by it before.
            believed: What rows turn out to be that were refused before the first confirmation, if it speaks against it.
        """
        ...
