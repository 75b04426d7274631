"""How what is known of a row becomes its one outcome."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from importer.delivery.replies.meaning import Next, Verdict
from importer.delivery.replies.refusals import Place
from importer.model.rows import Earlier, Outcome, Update, Waiting
from importer.model.run import StopReason
from importer.model.statuses import Status

_UNSEEN: Final = Earlier("interrupted", "An earlier attempt may or may not have been applied")
"""What is known of the doubt of a row where nothing was told of it."""
_ENDED: Final = (".", ".”", "!”", "?”", "…”")


@dataclass(slots=True)
class Row:
    """A row on its way, and what its attempts have shown.

    Attributes:
        attempts: Requests that left, over the whole run.
        tries: Those that count against the row's limit, in this process.
        maybe: Whether any attempt may have been applied. It sticks.
        last: The newest verdict.
        doubt: The verdict that left the row in doubt, the newest one; None where an earlier process saw it.
        interrupted: Whether it was in flight when a process of the run died.
        earlier: What an earlier process of the run said of it; None where none did.
        canary: Whether it is one of the first rows, which go alone.
        retry: Whether its next attempt is a retry, which costs the run's budget.
        begun_at: When the newest attempt was begun.
        left_at: When it leaves, which may be a moment later.
        full: Whether no slot was free when it had left.
        latency_s: How long the newest attempt took; None where nobody knows.
    """

    update: Update
    attempts: int = 0
    tries: int = 0
    maybe: bool = False
    last: Verdict | None = None
    doubt: Verdict | None = None
    interrupted: bool = False
    earlier: Earlier | None = None
    canary: bool = False
    retry: bool = False
    begun_at: float = float("-inf")
    left_at: float = float("-inf")
    full: bool = False
    latency_s: float | None = None

    @property
    def number(self) -> int:
        """The row's number."""
        return self.update.row

    @property
    def customer(self) -> tuple[str, str]:
        """Whose updates must never be in flight together."""
        return (self.update.group_id, self.update.customer_id)

    @property
    def place(self) -> Place:
        """What a key may or may not be good for."""
        return (self.update.group_id, self.update.linked_account_id)

    def learn(self, verdict: Verdict, *, free: bool = False) -> None:
        """Take in what an attempt has shown; a free one is no try."""
        self.last = verdict
        if verdict.next is not Next.WAIT_OUT and not free:
            self.tries += 1
        if verdict.maybe:
            self.maybe = True
            self.doubt = verdict

    def waiting(self) -> Waiting:
        """Return what the journal keeps of a row between two attempts."""
        last = self.last
        known = (last.http_status, last.code) if last else (None, "")
        return Waiting(self.number, self.attempts, self.maybe, self.latency_s, *known)


def settle(row: Row, verdict: Verdict) -> Outcome:
    """Return the outcome of a row whose last verdict this is.

    What may have been applied stays so: a later refusal does not undo it, only a confirmation does.
    """
    if verdict.applied:
        answered = "Confirmed at" if verdict.status is Status.UPDATED else "Answered at"
        history = f"{answered} attempt {row.attempts}" if row.attempts > 1 else ""
        return _outcome(row, verdict.status, verdict, _sentences(verdict.message, history, _resent(row)))
    if row.maybe and verdict.status is not Status.UNCONFIRMED:
        return _in_doubt(row, f"The last of {row.attempts} attempts: {verdict.message}")
    history = f"Tried {row.attempts} times" if row.attempts > 1 else ""
    return _outcome(row, verdict.status, verdict, _sentences(verdict.message, history, _resent(row)))


def not_sent(row: Row, verdict: Verdict, reason: StopReason) -> Outcome:
    """Return the outcome of a row over whose reply the run stopped: it is not the row's fault."""
    if row.maybe:
        return _in_doubt(row, f"Then the run stopped: {verdict.message}")
    return _outcome(
        row, Status.NOT_SENT, verdict, _sentences(verdict.message, "The run stopped over this"), code=reason.value
    )


def undecided(row: Row, reason: StopReason) -> Outcome:
    """Return the outcome of a row that waited for another try when the run stopped."""
    if row.maybe:
        return _in_doubt(row, "The run stopped before it was tried again")
    verdict = row.last
    told = verdict.message if verdict else ""
    return Outcome(
        row.number,
        Status.NOT_SENT,
        reason.value,
        _sentences(told, "The run stopped before it was tried again"),
        verdict.http_status if verdict else None,
        row.attempts,
        latency_s=row.latency_s,
    )


def _in_doubt(row: Row, then: str) -> Outcome:
    """Return the outcome of a row of which nobody can know whether it was applied."""
    doubt = row.doubt or row.earlier or _UNSEEN
    since = (part for part in (then, _resent(row)) if part not in doubt.message)
    return Outcome(
        row.number,
        Status.UNCONFIRMED,
        doubt.code,
        _sentences(doubt.message, *since),
        doubt.http_status,
        row.attempts,
        latency_s=row.latency_s,
    )


def _resent(row: Row) -> str:
    """Return what a row says that was sent although nobody knows what became of its attempt before."""
    return "It was in flight when the run was cut off, and was sent again" if row.interrupted and row.tries else ""


def _outcome(row: Row, status: Status, verdict: Verdict, message: str, *, code: str = "") -> Outcome:
    return Outcome(
        row.number,
        status,
        code or verdict.code,
        message,
        verdict.http_status,
        row.attempts,
        verdict.updated_at,
        latency_s=row.latency_s,
    )


def _sentences(*parts: str) -> str:
    """Return sentences one after the other; a quotation that ends one needs no full stop of ours."""
    told = [part for part in parts if part]
    return "".join(f"{part} " if part.endswith(_ENDED) else f"{part}. " for part in told[:-1]) + "".join(told[-1:])
