"""An API of the tests' own: it logs what it has applied before it answers, and misbehaves to whom it is told to."""

from __future__ import annotations

import json
import select
import socket
import socketserver
import struct
import threading
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import Enum, auto
from http import HTTPStatus
from typing import Final

_RESET: Final = struct.pack("ii", 1, 0)
"""The linger option that makes closing a reset."""
_LOOK_AGAIN_S: Final = 0.05

Change = Mapping[str, str]
"""Values of a customer that were applied, and when."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered instead of a confirmation; without a content type, no body."""

    status: int
    content_type: str = ""
    body: str = ""


class Silence(Enum):
    """How a connection can go without an answer."""

    HANGS = auto()
    """It stays open until the other side closes it."""
    RESETS = auto()
    CLOSES = auto()


@dataclass(frozen=True, slots=True)
class Manner:
    """What becomes of a request.

    Attributes:
        applies: Whether the change is applied, and logged, before anything else.
        then: What is answered; None for the confirmation.
    """

    applies: bool
    then: Answer | Silence | None = None


CONFIRMS: Final = Manner(applies=True)
HANGS: Final = Manner(applies=True, then=Silence.HANGS)
RESETS: Final = Manner(applies=True, then=Silence.RESETS)
CLOSES: Final = Manner(applies=True, then=Silence.CLOSES)
TOO_SLOW: Final = Manner(applies=True, then=Answer(HTTPStatus.REQUEST_TIMEOUT, "text/plain", "Request Timeout"))
"""What koa-timeout-v2 and its kin do: the handler goes on, and the client is told that it was itself too slow."""

WRITINGS: Final[Mapping[str, tuple[str, str]]] = {
    "json": ("application/json; charset=utf-8", '{"error": {"code": "refused", "message": "No such thing"}}'),
    "problem": ("application/problem+json", '{"type": "about:blank", "title": "No such thing", "status": 0}'),
    "plain": ("text/plain; charset=utf-8", "No such thing"),
    "empty": ("", ""),
    "html": ("text/html", "<!DOCTYPE html><html><head><title>No such thing</title></head><body></body></html>"),
}
"""How APIs write their errors: the content type and the body."""


def refuses(status: int, writing: str) -> Manner:
    """Return the manner of an API that applies nothing and says so in one of `WRITINGS`."""
    return Manner(applies=False, then=Answer(status, *WRITINGS[writing]))


@dataclass
class Backend:
    """The API as the tests see it.

    Attributes:
        port: Where it listens, on 127.0.0.1.
        server: What its answers have as `Server`; "" for no such header.
        latency_s: How long it takes over each request.
        manners: By customer: what becomes of its next requests, the last of which holds for ever. Others are confirmed.
        asked: How many requests came for each customer, whatever became of them.
    """

    port: int
    server: str = "acme-api/2.1"
    latency_s: float = 0.0
    manners: dict[str, Sequence[Manner]] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)
    closing: threading.Event = field(default_factory=threading.Event)
    _log: list[tuple[str, Change]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def base_url(self) -> str:
        """Where it is reached without anything between."""
        return f"http://127.0.0.1:{self.port}"

    def applied(self, customers: Collection[str]) -> dict[str, list[Change]]:
        """Return what was applied for these customers, in order."""
        changes: dict[str, list[Change]] = {}
        with self._lock:
            for customer, change in self._log:
                if customer in customers:
                    changes.setdefault(customer, []).append(change)
        return changes

    def manner(self, customer: str) -> Manner:
        """Return what becomes of the next request for a customer."""
        with self._lock:
            number = self.asked[customer]
            self.asked[customer] += 1
        manners = self.manners.get(customer, (CONFIRMS,))
        return manners[min(number, len(manners) - 1)]

    def apply(self, customer: str, values: Mapping[str, str]) -> Change:
        """Log a change, and return what is held of the customer from now on."""
        with self._lock:
            updated_at = f"2026-02-01T00:00:00.{len(self._log):06d}Z"
            change = {**values, "created_at": "2026-01-01T00:00:00.000000Z", "updated_at": updated_at}
            self._log.append((customer, change))
        return change


class _Server(socketserver.ThreadingTCPServer):
    """Takes connections for a backend."""

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128
    block_on_close = False
    backend: Backend


class _Connection(socketserver.StreamRequestHandler):
    """One connection, kept alive."""

    server: _Server
    disable_nagle_algorithm = True

    def handle(self) -> None:
        with suppress(ConnectionError):
            while self._answer_next():
                pass

    def _answer_next(self) -> bool:
        """Read a request and do with it what its customer's manner is; return whether the connection lives on."""
        line = self.rfile.readline().split()
        if not line:
            return False
        headers = dict[str, str]()
        while text := self.rfile.readline().decode("latin-1").strip():
            name, _, value = text.partition(":")
            headers[name.lower()] = value.strip()
        values = json.loads(self.rfile.read(int(headers["content-length"])))
        _, group, _, _, _, customer = line[1].decode().strip("/").rsplit("/", 5)
        backend = self.server.backend
        backend.closing.wait(backend.latency_s)
        manner = backend.manner(customer)
        change = backend.apply(customer, values) if manner.applies else {}
        confirmation = json.dumps({"id": customer, "group_id": group, **change})
        return self._say(manner.then or Answer(HTTPStatus.OK, "application/json", confirmation), headers)

    def _say(self, what: Answer | Silence, headers: Mapping[str, str]) -> bool:
        if isinstance(what, Answer):
            self.wfile.write(_written(what, self.server.backend.server))
            return headers.get("connection", "").lower() != "close"
        if what is Silence.HANGS:
            self._await_other_side()
        elif what is Silence.RESETS:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            self.connection.close()
        return False

    def _await_other_side(self) -> None:
        while not self.server.backend.closing.is_set():
            if select.select([self.connection], [], [], _LOOK_AGAIN_S)[0]:
                return


def _written(answer: Answer, server: str) -> bytes:
    body = answer.body.encode()
    headers = {"Server": server, "Content-Type": answer.content_type, "Content-Length": str(len(body))}
    lines = [f"{name}: {value}" for name, value in headers.items() if value]
    reason = HTTPStatus(answer.status).phrase
    return "\r\n".join([f"HTTP/1.1 {answer.status} {reason}", *lines, "", ""]).encode() + body


@contextmanager
def serving(*, latency_s: float = 0.0) -> Iterator[Backend]:
    """Serve on a free port."""
    with _Server(("127.0.0.1", 0), _Connection) as server:
        backend = Backend(server.server_address[1], latency_s=latency_s)
        server.backend = backend
        thread = threading.Thread(target=server.serve_forever, args=(_LOOK_AGAIN_S,), daemon=True)
        thread.start()
        try:
            yield backend
        finally:
            backend.closing.set()
            server.shutdown()
            thread.join()
