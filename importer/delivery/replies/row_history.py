"""What the attempts of a row have shown, and how that becomes its one outcome."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final

from importer.delivery.replies.refusals import GroupAndAccount
from importer.delivery.replies.reply_meaning import Meaning, Next
from importer.model.rows import Earlier, Outcome, Pending, Reconsidered, Update, Waiting
from importer.model.statuses import Status
from importer.model.stop_reasons import StopReason
from importer.phrases import sentences

_UNSEEN: Final = Earlier("interrupted", "An earlier attempt may or may not have been applied")
"""What is known of the doubt of a row where nothing was told of it."""


@dataclass(slots=True)
class DeliveryRow:
    """A row on its way, and what its attempts have shown.

    Attributes:
        attempts: Requests that left, over the whole run.
        tries: Those that count against the row's limit, in this process.
        maybe: Whether any attempt may have been applied. It sticks.
        last: The newest meaning.
        doubt: The meaning that left the row in doubt, the newest one; None where an earlier process saw it.
        answered_in_front: The answers that left it in doubt since they seem to come from in front of the API.
        doubted_otherwise: Whether anything else has left it in doubt.
        asked_again: Whether it had the one more try that follows such an answer.
        interrupted: Whether it was in flight when a process of the run died.
        earlier: What an earlier process of the run said of it; None where none did.
        canary: Whether it is one of the first rows, which go alone.
        retry: Whether its next attempt is a retry, which costs the run's budget.
        begun_at: When the newest attempt was begun.
        left_at: When it leaves, which may be a moment later.
        full: Whether no slot was free when it had left.
        level: How many attempts were in flight then, this one included.
        turned_away: How many of the newest attempts, one after the other, failed as if they had been one too many.
        latency_s: How long the newest attempt took; None where nobody knows.
    """

    update: Update
    attempts: int = 0
    tries: int = 0
    maybe: bool = False
    last: Meaning | None = None
    doubt: Meaning | None = None
    answered_in_front: list[Meaning] = field(default_factory=list)
    doubted_otherwise: bool = False
    asked_again: bool = False
    interrupted: bool = False
    earlier: Earlier | None = None
    canary: bool = False
    retry: bool = False
    begun_at: float = float("-inf")
    left_at: float = float("-inf")
    full: bool = False
    level: int = 0
    turned_away: int = 0
    latency_s: float | None = None

    @classmethod
    def of(cls, pending: Pending, *, canary: bool) -> DeliveryRow:
        """Return a row as the journal hands it over."""
        return cls(
            pending.update,
            attempts=pending.attempts,
            maybe=pending.maybe,
            doubted_otherwise=pending.maybe,
            interrupted=pending.interrupted,
            earlier=pending.earlier,
            canary=canary,
        )

    @property
    def number(self) -> int:
        """The row's number."""
        return self.update.row

    @property
    def customer(self) -> tuple[str, str]:
        """Whose updates must never be in flight together."""
        return (self.update.group_id, self.update.customer_id)

    @property
    def group_and_account(self) -> GroupAndAccount:
        """What a key may or may not be good for."""
        return (self.update.group_id, self.update.linked_account_id)

    def learn(self, meaning: Meaning, *, free: bool = False) -> None:
        """Take in what an attempt has shown; a free one is no try."""
        self.last = meaning
        if meaning.next is not Next.WAIT_OUT and not free:
            self.tries += 1
        if meaning.maybe:
            self.maybe = True
            self.doubt = meaning
            if meaning.is_in_front:
                self.answered_in_front.append(meaning)
            else:
                self.doubted_otherwise = True

    def waiting(self) -> Waiting:
        """Return what the journal keeps of a row between two attempts."""
        last = self.last
        status_and_code = (last.http_status, last.code) if last else (None, "")
        return Waiting(self.number, self.attempts, self.maybe, self.latency_s, *status_and_code)


def settle(row: DeliveryRow, meaning: Meaning) -> Outcome:
    """Return the outcome of a row whose last meaning this is.

    What may have been applied stays so: a later refusal does not undo it, only a confirmation does.
    """
    if meaning.applied:
        if row.attempts == 1:  # so there was no other to tell of
            return _outcome(row, meaning.status, meaning, meaning.message)
        answered = "Confirmed at" if meaning.status is Status.UPDATED else "Answered at"
        history = f"{answered} attempt {row.attempts}"
        return _outcome(row, meaning.status, meaning, sentences(meaning.message, history, _resent(row)))
    if row.maybe and meaning.status is not Status.UNCONFIRMED:
        return _in_doubt(row, f"The last of {row.attempts} attempts: {meaning.message}")
    history = f"Tried {row.attempts} times" if row.attempts > 1 else ""
    return _outcome(row, meaning.status, meaning, sentences(meaning.message, history, _resent(row)))


def not_sent(row: DeliveryRow, meaning: Meaning, reason: StopReason) -> Outcome:
    """Return the outcome of a row over whose reply the run stopped: it is not the row's fault."""
    if row.maybe:
        then = "The run stopped over this" if row.doubt is meaning else f"Then the run stopped: {meaning.message}"
        return _in_doubt(row, then)
    return _outcome(
        row, Status.NOT_SENT, meaning, sentences(meaning.message, "The run stopped over this"), code=reason.value
    )


def undecided(row: DeliveryRow, reason: StopReason) -> Outcome:
    """Return the outcome of a row that waited for another try when the run stopped."""
    if row.maybe:
        return _in_doubt(row, "The run stopped before it was tried again")
    meaning = row.last
    message = meaning.message if meaning else ""
    return Outcome(
        row.number,
        Status.NOT_SENT,
        reason.value,
        sentences(message, "The run stopped before it was tried again"),
        meaning.http_status if meaning else None,
        row.attempts,
        latency_s=row.latency_s,
        customer_id=row.update.customer_id,
    )


def reconsidered(row: DeliveryRow, meaning: Meaning) -> Reconsidered | None:
    """Return what a row with this last meaning may turn out to have ended as; None where its end is certain."""
    if meaning.otherwise is None:
        return None
    if not meaning.is_in_front:
        return Reconsidered([meaning.otherwise.product], settle(row, meaning.otherwise.meaning))
    answers = [answer.otherwise for answer in row.answered_in_front]
    if row.doubted_otherwise or None in answers:
        return None
    refused = settle(replace(row, maybe=False), meaning.otherwise.meaning)
    return Reconsidered([answer.product for answer in answers if answer], refused)


def _in_doubt(row: DeliveryRow, then: str) -> Outcome:
    """Return the outcome of a row of which nobody can know whether it was applied."""
    doubt = row.doubt or row.earlier or _UNSEEN
    since = (part for part in (then, _resent(row)) if part not in doubt.message)
    return Outcome(
        row.number,
        Status.UNCONFIRMED,
        doubt.code,
        sentences(doubt.message, *since),
        doubt.http_status,
        row.attempts,
        latency_s=row.latency_s,
        customer_id=row.update.customer_id,
    )


def _resent(row: DeliveryRow) -> str:
    """Return what a row says that was sent although nobody knows what became of its attempt before."""
    return "It was in flight when the run was cut off, and was sent again" if row.interrupted and row.tries else ""


def _outcome(row: DeliveryRow, status: Status, meaning: Meaning, message: str, *, code: str = "") -> Outcome:
    return Outcome(
        row.number,
        status,
        code or meaning.code,
        message,
        meaning.http_status,
        row.attempts,
        meaning.updated_at,
        latency_s=row.latency_s,
        customer_id=row.update.customer_id,
        differences=meaning.differences,
    )
