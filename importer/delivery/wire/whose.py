"""Whose answer it is that came over a connection: the rules for every engine.

An answer has no name: over a connection that was used before, it may be a second one to an earlier request.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from http import HTTPStatus
from typing import Final, Protocol

from importer.delivery.wire.attempts import Fault, Reply
from importer.delivery.wire.doubts import Doubts
from importer.delivery.wire.endpoint import named_customer
from importer.ids import normal_id
from importer.model.rows import Update

FIRST_BYTES: Final = len("HTTP/1.1 408")
"""So much of what was said unasked is enough to tell what it is."""
_GLANCE_S: Final = 0.002
"""So long a connection is listened to after "slow down", which everything else must hear of at once."""


class Following(Enum):
    """What the other side does after an answer."""

    NOTHING = auto()
    MORE = auto()
    END = auto()
    """It ends the connection, in whatever way."""


class Overheard(Protocol):
    """What an engine knows of an exchange beside the answer."""

    @property
    def reused(self) -> bool:
        """Whether the request left over a connection that had served an earlier one."""
        ...

    @property
    def excess(self) -> bool:
        """Whether more came with the answer than belongs to it."""
        ...

    @property
    def answered_twice(self) -> bool:
        """Whether what came with it begins another answer."""
        ...

    @property
    def end_announced(self) -> bool:
        """Whether the answer says that the connection ends with it."""
        ...


def is_stray(said: bytes) -> bool:
    """Return whether what was said unasked begins an answer, by its `FIRST_BYTES`.

    But for a 408: so a server may say that it closes an idle connection (RFC 9110, section 15.5.9).
    """
    return said.startswith(b"HTTP/") and not said.endswith(b" 408")


@dataclass(frozen=True, slots=True)
class Asked:
    """Whom a request is about: the customer, and the row."""

    customer_id: str
    row: int

    @classmethod
    def by(cls, update: Update) -> Asked:
        """Return whom the request of an update is about."""
        return cls(normal_id(update.customer_id), update.row)

    def may_answer_for(self, other: Asked) -> bool:
        """Return whether a second answer to this request would confirm the other, too.

        That is for another account of the same customer: no answer names the account.
        """
        return self.customer_id == other.customer_id and self.row != other.row


NOBODY: Final = Asked("", 0)


class Verdict(Enum):
    """What is to be done with an answer and its connection."""

    KEEP = auto()
    """Believe it, and use the connection on."""
    CLOSE = auto()
    """Believe it, and close the connection: what comes over it next may not be meant for what is sent next."""
    OUT_OF_STEP = auto()
    """Do not believe it, and close the connection."""


def verdict(reply: Reply, asked: Asked, exchange: Overheard, served: Asked, doubts: Doubts) -> Verdict:
    """Return what is to be done with an answer that is no refusal in doubt (`quiet_to_wait_s`).

    `served` is what the connection was used for before.
    """
    if reply.http_status == HTTPStatus.OK:
        named_id = named_customer(reply.body)
        if named_id != asked.customer_id:
            if exchange.reused and named_id == served.customer_id:
                doubts.note_stray()
                return Verdict.OUT_OF_STEP
            return Verdict.CLOSE
    return Verdict.CLOSE if exchange.excess or reply.fault is not None else Verdict.KEEP


def quiet_to_wait_s(reply: Reply, exchange: Overheard, doubts: Doubts) -> float | None:
    """Return for how long the connection has to be listened to before an answer counts.

    0 for no time: it counts as it is. None where it never will: it is a refusal that may be stray.
    """
    status = reply.http_status or 0
    if status == HTTPStatus.REQUEST_TIMEOUT or status // 100 not in (3, 4):
        return 0.0
    is_limit = status == HTTPStatus.TOO_MANY_REQUESTS
    if not is_limit:
        doubts.note_refusal()
    if not exchange.reused:
        return None if exchange.answered_twice else 0.0
    if reply.fault is not None or exchange.excess:
        doubts.note_stray()
        return None
    return _GLANCE_S if is_limit else doubts.quiet_s


def counts_after(
    following: Following, waited_s: float, quiet_s: float, *, reply: Reply, exchange: Overheard, doubts: Doubts
) -> bool:
    """Return whether a refusal counts after all, once its connection has been listened to.

    It does not where more came after it, or where the connection ended before more might have come.
    """
    if following is Following.MORE:
        doubts.note_stray()
        return False
    if following is Following.NOTHING or reply.http_status == HTTPStatus.TOO_MANY_REQUESTS or exchange.end_announced:
        return True
    return waited_s >= quiet_s / 2


def without_answer(row: int, fault: Fault, interim_status: int | None) -> Reply:
    """Return the reply of an attempt that ended without an answer: the interim one, if at least that came."""
    if interim_status is not None and fault in (Fault.TIMED_OUT, Fault.CONNECTION_LOST):
        return Reply(row, 0.0, None, interim_status)
    return Reply(row, 0.0, fault)
