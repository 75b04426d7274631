"""One attempt under way over a connection of libcurl's, and what is known of its answer."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Final

from importer.delivery.wire.answered import reply_of
from importer.delivery.wire.attempts import Fault, Reply
from importer.delivery.wire.curl.connection import Connection, ConnectionEndedError
from importer.delivery.wire.curl.incoming import IncomingAnswer
from importer.delivery.wire.whose import Asked, Following, without_answer
from importer.model.rows import Attempt

_MOST_PIECES: Final = 8


class Transfer:
    """An attempt, from the moment in which it is taken up.

    Args:
        attempt: What is asked.
        request: All its bytes.
        started: By a clock that never goes back, as all moments here.
        ends_at: When its time is up.
        limit: So many bytes of the answer's body are kept.
        alone: Whether it has a connection for itself, so that no doubt can come up.

    Attributes:
        asked: Whom it is about.
        connection: Over which it goes, once there is one.
        idle_s: How long that had been idle when the request left; None over a new one.
        refusal: What is kept back while the connection is listened to; None where nothing is.
        quiet_s: How long it must be quiet.
        answered_at: When the refusal was there.
        listens_from: Since when the connection is listened to.
        listens_until: Until when.
    """

    def __init__(
        self, attempt: Attempt, request: bytes, started: float, ends_at: float, limit: int, *, alone: bool
    ) -> None:
        self.row = attempt.update.row
        self.asked = Asked.by(attempt.update)
        self.started, self.ends_at = started, ends_at
        self.alone = alone
        self.connection: Connection | None = None
        self.idle_s: float | None = None
        self.refusal: Reply | None = None
        self.quiet_s = 0.0
        self.answered_at = self.listens_from = started
        self.listens_until = started
        self._unsent = request
        self._answer = IncomingAnswer(limit)

    @property
    def reused(self) -> bool:
        """Whether the request left over a connection that had served an earlier one."""
        return self.idle_s is not None

    @property
    def excess(self) -> bool:
        """Whether more came with the answer than belongs to it."""
        return self._answer.excess

    @property
    def answered_twice(self) -> bool:
        """Whether what came with it begins another answer."""
        return self._answer.answered_twice

    @property
    def end_announced(self) -> bool:
        """Whether the answer says that the connection ends with it."""
        return self._answer.head is not None and self._answer.head.ends_connection

    @property
    def may_be_followed(self) -> bool:
        """Whether another request may follow over its connection."""
        return self.is_sent and not self.alone and not self.end_announced

    @property
    def is_sent(self) -> bool:
        """Whether all of the request has left."""
        return not self._unsent

    @property
    def has_answer(self) -> bool:
        """Whether an answer came, or the beginning of one."""
        return self._answer.head is not None

    @property
    def is_answered(self) -> bool:
        """Whether no more of an answer is to be waited for."""
        return self._answer.is_over

    @property
    def sent_over(self) -> Connection:
        """The connection, which there is."""
        assert self.connection is not None  # noqa: S101 - the caller knows
        return self.connection

    def leave(self, now: float) -> None:
        """Note that the request begins to leave over its connection."""
        connection = self.sent_over
        self.idle_s = now - connection.ended_at if connection.is_used else None

    def send(self) -> None:
        """Send as much of the request as can be sent now."""
        try:
            self._unsent = self._unsent[self.sent_over.send(self._unsent) :]
        except ConnectionEndedError:
            self._unsent = b""  # there may be an answer all the same

    def receive(self) -> bool:
        """Take in what has come of the answer; return whether more of it may be there already.

        It takes so much at once at most: an answer that comes faster than it is read would hold up all others.
        """
        try:
            for _ in range(_MOST_PIECES):
                data = self.sent_over.receive()
                if data is None:
                    return False
                if not data:
                    self._answer.end(cut=False)
                    return False
                self._answer.feed(data)
                if self._answer.fault is not None or self.excess or not self.sent_over.may_have_more(data):
                    return False
        except ConnectionEndedError:
            self._answer.end(cut=True)
            return False
        return not self.is_answered

    def what_follows(self) -> Following:
        """Return what the other side has done since it answered."""
        try:
            data = self.sent_over.receive()
        except ConnectionEndedError:
            return Following.END
        if data is None:
            return Following.NOTHING
        return Following.MORE if data else Following.END

    def give_up(self) -> None:
        """Wait no longer for the answer, or for the rest of it: the time is up."""
        self._answer.give_up(Fault.TIMED_OUT)

    def listen(self, refusal: Reply, now: float, quiet_s: float) -> None:
        """Keep a refusal back until its connection has been quiet for so long."""
        self.refusal, self.quiet_s = refusal, quiet_s
        self.answered_at, self.listens_from = now, time.monotonic()
        self.listens_until = self.listens_from + quiet_s
        self.sent_over.acknowledge()

    def reply(self, now: float) -> Reply:
        """Return what came back by now, or why nothing did."""
        answer = self._answer
        if answer.head is None:
            reply = without_answer(self.row, answer.fault or Fault.CONNECTION_LOST, answer.interim_status)
            return self.timed(reply, now)
        body = answer.body()
        took_s = max(0.0, now - self.started)
        return reply_of(
            self.row, answer.head.status, answer.head.headers, body, answer.fault, elapsed_s=took_s, idle_s=self.idle_s
        )

    def ended_by(self, fault: Fault, now: float) -> Reply:
        """Return the reply where something has gone wrong."""
        return self.timed(Reply(self.row, 0.0, fault), now)

    def timed(self, reply: Reply, now: float) -> Reply:
        """Return a reply with how long it took, and how long the connection had been idle before."""
        return replace(reply, elapsed_s=max(0.0, now - self.started), idle_s=self.idle_s)
