"""An engine that waits for all its connections in one thread: the caller's."""

from __future__ import annotations

import re
import selectors
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Final

from importer.delivery.wire.attempts import Engine, Fault, Reply
from importer.delivery.wire.curl.connecting import Connector
from importer.delivery.wire.curl.connection import Connection, ConnectionEndedError
from importer.delivery.wire.curl.transfer import Transfer
from importer.delivery.wire.curl.way import Way
from importer.delivery.wire.doubts import Doubts
from importer.delivery.wire.endpoint import Endpoint, request_body
from importer.delivery.wire.whose import (
    FIRST_BYTES,
    Following,
    Verdict,
    counts_after,
    is_stray,
    quiet_to_wait_s,
    verdict,
)
from importer.model.rows import Attempt, Update

_READ: Final = selectors.EVENT_READ
_WRITE: Final = selectors.EVENT_WRITE
_HEADER_VALUE: Final = re.compile(r"[\t -~\x80-\xff]*")
_CLOSE: Final = "Connection: close\r\n"
_EARLY_S: Final = 0.001
"""So long before an attempt is to leave waiting ends, which is counted in milliseconds; the rest is slept."""


@contextmanager
def curl_engine(endpoint: Endpoint, *, workers: int, on_defect: Callable[[Exception], None]) -> Iterator[Engine]:
    """Yield an engine that sends to `endpoint`, over at most `workers` connections that are kept alive."""
    engine = CurlEngine(endpoint, workers=workers, on_defect=on_defect)
    try:
        yield engine
    finally:
        engine.close()


class CurlEngine:
    """Performs attempts over connections that libcurl makes. The one that was used last is used first.

    Nothing happens but while `poll` is called. What came while it was not is taken to have come when that was left: how
    long the caller was at something else says nothing of the API.

    Args:
        endpoint: Where to, as whom.
        workers: Attempts under way at most, and connections. Others wait.
        on_defect: Told of an exception that should not have been raised; the attempt's reply is a defect.
        doubts: Whose answers are to be believed.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        workers: int,
        on_defect: Callable[[Exception], None],
        doubts: Doubts | None = None,
    ) -> None:
        self._endpoint = endpoint
        self._most = self._kept = workers
        self._on_defect = on_defect
        self._doubts = Doubts() if doubts is None else doubts
        self._selector = selectors.DefaultSelector()
        self._way = Way(endpoint.base_url)
        self._connector: Connector[Transfer] = Connector(self._way, self._selector)
        self._headers = "".join(
            f"{name}: {_line(value)}\r\n" for name, value in (self._way.headers | endpoint.headers()).items()
        )
        self._waiting: deque[Attempt] = deque()
        self._under_way: dict[Transfer, None] = {}
        """Those whose time is up first come first."""
        self._listening: list[Transfer] = []
        self._idle: list[Connection] = []
        """The last used one last."""
        self._busy: dict[int, Transfer] = {}
        """By the descriptors of their connections."""
        self._unread: dict[Transfer, None] = {}
        """Those of whose answers more may be there, without a word from the socket."""
        self._replies: list[Reply] = []
        self._left_at = time.monotonic()

    def submit(self, attempts: Sequence[Attempt]) -> None:
        """Take up attempts; return at once."""
        self._waiting.extend(attempts)

    def poll(self, timeout_s: float) -> Sequence[Reply]:
        """Return the replies that have arrived, waiting at most `timeout_s` for the first."""
        now = time.monotonic()
        until = now + timeout_s
        self._take_up_events(0.0, at_latest=self._left_at)
        self._send_what_is_due(now)
        if self._replies:  # the more answers at once, the fewer commits
            self._take_up_events(0.0)
        while True:
            now = time.monotonic()
            self._send_what_is_due(now)
            self._end_what_is_late(now)
            if self._replies or now >= until:
                break
            self._take_up_events(self._wait_s(now, until))
        replies, self._replies = self._replies, []
        self._left_at = time.monotonic()
        return replies

    def keep(self, connections: int) -> None:
        """Close idle connections, the longest unused first, until so many are open at most; others in their turn."""
        self._kept = connections
        while self._idle and self._open > connections:
            self._close(self._idle.pop(0))

    def close(self) -> None:
        """Give up whatever is under way, and close all connections."""
        self._waiting.clear()
        for transfer in [*self._under_way, *self._listening]:
            if transfer.connection is not None:
                self._close(transfer.connection)
        for connection in self._idle:
            self._close(connection)
        self._under_way.clear()
        self._listening.clear()
        self._unread.clear()
        self._idle.clear()
        self._connector.close()
        self._selector.close()

    @property
    def _open(self) -> int:
        return len(self._idle) + len(self._under_way) + len(self._listening)

    def _wait_s(self, now: float, until: float) -> float:
        """Return for how long nothing is to be done, unless something happens."""
        moments = [until, *(transfer.listens_until for transfer in self._listening)]
        if self._under_way:
            moments.append(next(iter(self._under_way)).ends_at)
        if self._waiting and self._has_room:
            early_s = self._waiting[0].leave_at - now
            if early_s <= _EARLY_S:
                time.sleep(max(0.0, early_s))
                return 0.0
            moments.append(now + early_s - _EARLY_S)
        if (connecting_s := self._connector.wait_s(now)) is not None:
            moments.append(now + connecting_s)
        return max(0.0, min(moments) - now)

    # What happens on connections

    def _take_up_events(self, wait_s: float, *, at_latest: float | None = None) -> None:
        """Wait for something to happen, and take it up; it happened `at_latest` then, or now."""
        unread, self._unread = self._unread, {}
        events = self._selector.select(0.0 if unread else wait_s)
        now = time.monotonic() if at_latest is None else at_latest
        for key, happened in events:
            if key.data is self._connector:
                self._connector.ready(key.fd, happened)
            elif transfer := self._busy.get(key.fd):
                self._go_on(transfer, happened, now)
            else:
                self._drop_idle(key.data)
        for transfer in unread:
            if transfer in self._under_way:
                self._go_on(transfer, _READ, now)
        for transfer, found in self._connector.results():
            if isinstance(found, Connection):
                self._connected(transfer, found)
            else:
                self._end(transfer, transfer.ended_by(found, now := time.monotonic()), now)

    def _go_on(self, transfer: Transfer, happened: int, now: float) -> None:
        """Send more of a request, and take in more of its answer, or of what follows that."""
        if transfer.refusal is not None:
            self._heard(transfer, time.monotonic())
            return
        if happened & _WRITE:
            self._send(transfer)
        if happened & _READ:
            try:
                if transfer.receive():
                    self._unread[transfer] = None
                if transfer.is_answered:
                    self._take_reply(transfer, now)
            except Exception:  # noqa: BLE001 - whatever an answer does to what takes it apart is no defect of the row
                self._end(transfer, transfer.ended_by(Fault.REPLY_UNREADABLE, now), now)

    def _drop_idle(self, connection: Connection) -> None:
        """Close a connection on which something happened though nobody had asked, unless it was nothing."""
        if self._has_ended(connection):
            self._idle.remove(connection)
            self._close(connection)

    def _has_ended(self, connection: Connection) -> bool:
        """Return whether a connection can serve nobody any more, and take note of what was said on it unasked."""
        try:
            said = connection.receive()
        except ConnectionEndedError:
            return True
        if said is not None and is_stray(said[:FIRST_BYTES]):
            self._doubts.note_stray()
        return said is not None

    # The way of an attempt

    @property
    def _has_room(self) -> bool:
        return len(self._under_way) + len(self._listening) < self._most

    def _send_what_is_due(self, now: float) -> None:
        while self._waiting and self._has_room and self._waiting[0].leave_at <= now:
            attempt = self._waiting.popleft()
            try:
                transfer = self._transfer(attempt)
            except Exception as error:  # noqa: BLE001 - the attempt would be lost without a word
                self._replies.append(Reply(attempt.update.row, 0.0, Fault.DEFECT))
                with suppress(Exception):
                    self._on_defect(error)
            else:
                self._under_way[transfer] = None
                self._start(transfer)

    def _transfer(self, attempt: Attempt) -> Transfer:
        alone = self._doubts.avoided
        request = self._request(attempt.update, alone=alone)
        now = time.monotonic()
        ends_at = now + self._endpoint.timeout_s
        return Transfer(attempt, request, now, ends_at, limit=self._endpoint.max_reply_bytes, alone=alone)

    def _start(self, transfer: Transfer) -> None:
        """Send a request over a connection that is there, or begin to make one for it."""
        if connection := self._idle_one(transfer):
            self._leave(transfer, connection, transfer.started)
        else:
            self._connector.open(transfer)

    def _idle_one(self, transfer: Transfer) -> Connection | None:
        """Return the idle connection that was used last, if an attempt may go over one; what may not is closed."""
        while self._idle:
            connection = self._idle.pop()
            if not (self._has_ended(connection) or connection.served.may_answer_for(transfer.asked) or transfer.alone):
                return connection
            self._close(connection)
            if transfer.alone:
                break
        return None

    def _request(self, update: Update, *, alone: bool) -> bytes:
        """Return the bytes of a request."""
        body = request_body(update)
        head = (
            f"PUT {self._way.before_path}{self._endpoint.path(update)} HTTP/1.1\r\n{self._headers}"
            # The raw key, as the API's reference says; what is kept and may be shown does not hold it.
            f"Authorization: {_line(self._endpoint.key)}\r\nContent-Length: {len(body)}\r\n"
            f"{_CLOSE if alone else ''}\r\n"
        )
        return head.encode("latin-1") + body

    def _connected(self, transfer: Transfer, connection: Connection) -> None:
        now = time.monotonic()
        if transfer.alone:
            self._doubts.note_connection(now - transfer.started)
        self._leave(transfer, connection, now)

    def _leave(self, transfer: Transfer, connection: Connection, now: float) -> None:
        """Let the request leave, if its time is not up."""
        transfer.connection = connection
        self._busy[connection.descriptor] = transfer
        if now >= transfer.ends_at:
            self._end(transfer, transfer.ended_by(Fault.CONNECT_TIMED_OUT, now), now)
            return
        transfer.leave(now)
        self._send(transfer)

    def _send(self, transfer: Transfer) -> None:
        """Send as much of a request as can be sent, and watch for the moment in which more can be."""
        connection = transfer.sent_over
        transfer.send()
        wanted = _READ if transfer.is_sent else _READ | _WRITE
        if connection.watched == wanted:
            return
        if connection.watched:
            self._selector.modify(connection.descriptor, wanted, connection)
        else:
            self._selector.register(connection.descriptor, wanted, connection)
        connection.watched = wanted

    def _end_what_is_late(self, now: float) -> None:
        while self._under_way and (transfer := next(iter(self._under_way))).ends_at <= now:
            if transfer.connection is None:
                self._connector.cancel(transfer)
                self._end(transfer, transfer.ended_by(Fault.CONNECT_TIMED_OUT, now), now)
            else:
                transfer.give_up()
                self._take_reply(transfer, now)
        for transfer in [late for late in self._listening if late.listens_until <= now]:
            self._heard(transfer, now)

    def _take_reply(self, transfer: Transfer, now: float) -> None:
        """Take what came back for what it is, at once or once its connection has been listened to."""
        reply = transfer.reply(now)
        if not transfer.has_answer:
            self._end(transfer, reply, now)
            return
        if transfer.answered_twice:
            self._doubts.note_stray()
        found = verdict(reply, transfer.asked, transfer, transfer.sent_over.served, self._doubts)
        quiet_s = None if found is Verdict.OUT_OF_STEP else quiet_to_wait_s(reply, transfer, self._doubts)
        if quiet_s is None:
            self._end(transfer, transfer.ended_by(Fault.OUT_OF_STEP, now), now)
        elif quiet_s:
            del self._under_way[transfer]
            self._listening.append(transfer)
            transfer.listen(reply, now, quiet_s)
            self._heard(transfer, time.monotonic())
        else:
            self._end(transfer, reply, now, keep=found is Verdict.KEEP)

    def _heard(self, transfer: Transfer, now: float) -> None:
        """Take up what followed a refusal, or that nothing did."""
        reply, following = transfer.refusal, transfer.what_follows()
        if reply is None or (following is Following.NOTHING and now < transfer.listens_until):
            return
        waited_s = now - transfer.listens_from
        counts = counts_after(
            following, waited_s, transfer.quiet_s, reply=reply, exchange=transfer, doubts=self._doubts
        )
        if not counts:
            reply = transfer.ended_by(Fault.OUT_OF_STEP, transfer.answered_at)
        self._end(transfer, reply, transfer.answered_at, keep=counts and following is Following.NOTHING)

    def _end(self, transfer: Transfer, reply: Reply, now: float, *, keep: bool = False) -> None:
        """Pass a reply on; its connection serves the next attempt, if it is to be kept."""
        if transfer.refusal is None:
            del self._under_way[transfer]
        else:
            self._listening.remove(transfer)
        connection = transfer.connection
        if connection is not None:
            del self._busy[connection.descriptor]
            if keep:
                connection.served, connection.ended_at = transfer.asked, now
                answered = time.monotonic() if transfer.refusal is None else now
                self._doubts.note_answer(answered - transfer.started)
            if keep and transfer.may_be_followed and self._open < self._kept:
                self._idle.append(connection)
            else:
                self._close(connection)
        self._replies.append(reply)

    def _close(self, connection: Connection) -> None:
        if connection.watched:
            self._selector.unregister(connection.descriptor)
        connection.close()


def _line(value: str) -> str:
    """Return the value of a header; raise ValueError if it is none, without saying it."""
    if not _HEADER_VALUE.fullmatch(value):
        raise ValueError("what is to be a header's value is none")
    return value
