"""Small servers on loopback that say exactly what a test wants to be said, byte by byte."""

from __future__ import annotations

import socket
import ssl
import struct
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Final, Self

from tests.delivery.samples import body, stored, update

RESET: Final = struct.pack("ii", 1, 0)
"""The linger option that makes closing a reset."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it came over the wire."""

    line: str
    headers: Sequence[tuple[str, str]]
    body: bytes

    @property
    def customer_id(self) -> str:
        """The customer whom it is about."""
        return self.line.split()[1].rpartition("/")[2]

    def header(self, name: str) -> list[str]:
        """Return all values of a header."""
        return [value for found, value in self.headers if found.lower() == name.lower()]


@dataclass
class Conversation:
    """One connection, from the server's side."""

    sock: socket.socket
    requests: list[Request]
    stopped: threading.Event
    _rest: bytes = b""

    def request(self) -> Request | None:
        """Return the next request, or None where the client has closed."""
        while b"\r\n\r\n" not in self._rest:
            if not self._more():
                return None
        head, _, self._rest = self._rest.partition(b"\r\n\r\n")
        line, *lines = head.decode("latin-1").split("\r\n")
        headers = [(name, value.strip()) for name, _, value in (text.partition(":") for text in lines)]
        length = next((int(value) for name, value in headers if name.lower() == "content-length"), 0)
        while len(self._rest) < length:
            if not self._more():
                return None
        found = Request(line, headers, self._rest[:length])
        self._rest = self._rest[length:]
        self.requests.append(found)
        return found

    def send(self, *parts: bytes, pause_s: float = 0.0) -> None:
        """Say something, with a pause after each part."""
        for part in parts:
            self.sock.sendall(part)
            if pause_s and self.stopped.wait(pause_s):
                return

    def drip(self, data: bytes, *, pause_s: float) -> None:
        """Say something byte by byte."""
        self.send(*(data[place : place + 1] for place in range(len(data))), pause_s=pause_s)

    def hold(self) -> None:
        """Say nothing until the test is over."""
        self.stopped.wait(30)

    def reset(self) -> None:
        """Reset the connection."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        self.sock.close()

    def _more(self) -> bool:
        found = self.sock.recv(65536)
        self._rest += found
        return bool(found)


Talk = Callable[[Conversation], None]


@dataclass
class Server:
    """A server that holds one conversation a connection, each in a thread.

    Attributes:
        talk: What it does with a connection; the connection is closed when it returns.
        tls: The server's side of TLS; None for none.
        requests: What was asked, over all connections.
        connections: How many there were.
    """

    talk: Talk
    tls: ssl.SSLContext | None = None
    requests: list[Request] = field(default_factory=list)
    connections: int = 0
    _stopped: threading.Event = field(default_factory=threading.Event)
    _open: list[socket.socket] = field(default_factory=list)
    _threads: list[threading.Thread] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._threads.append(threading.Thread(target=self._accept))
        self._threads[0].start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stopped.set()
        with suppress(OSError):
            socket.create_connection(self._listener.getsockname()[:2]).close()
        for sock in self._open:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        for thread in list(self._threads):
            thread.join()
        self._listener.close()

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self._listener.getsockname()[1])

    @property
    def url(self) -> str:
        """Its base URL."""
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}"

    def _accept(self) -> None:
        while True:
            sock, _ = self._listener.accept()
            if self._stopped.is_set():
                sock.close()
                return
            self.connections += 1
            self._open.append(sock)
            thread = threading.Thread(target=self._converse, args=(sock,))
            self._threads.append(thread)
            thread.start()

    def _converse(self, plain: socket.socket) -> None:
        sock = plain
        with suppress(OSError):
            if self.tls is not None:
                sock = self.tls.wrap_socket(plain, server_side=True)
                self._open.append(sock)
            self.talk(Conversation(sock, self.requests, self._stopped))
        sock.close()
        plain.close()


def http_reply(
    status: int = 200,
    body: bytes = b"",
    *headers: str,
    content_type: str = "application/json",
    length: int | None = None,
) -> bytes:
    """Return the bytes of a reply."""
    lines = [
        f"HTTP/1.1 {status} Whatever",
        f"Content-Type: {content_type}",
        f"Content-Length: {len(body) if length is None else length}",
        *headers,
    ]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def answering(*replies: bytes) -> Talk:
    """Return a conversation that answers each request with the next of these, the last one over and over."""

    def talk(conversation: Conversation) -> None:
        left = list(replies)
        while conversation.request() is not None:
            conversation.send(left.pop(0) if len(left) > 1 else left[0])

    return talk


def confirmation(request: Request, *headers: str) -> bytes:
    """Return the bytes of the reply that confirms a request."""
    return http_reply(200, body(stored(update(customer_id=request.customer_id))), *headers)


def confirming(conversation: Conversation) -> None:
    """Confirm each request, as the API does."""
    while (request := conversation.request()) is not None:
        conversation.send(confirmation(request))


def in_turn(*talks: Talk) -> Talk:
    """Return a conversation that is the next of these with each connection, the last one over and over."""
    left = list(talks)

    def talk(conversation: Conversation) -> None:
        (left.pop(0) if len(left) > 1 else left[0])(conversation)

    return talk


def once(*parts: bytes, pause_s: float = 0.0) -> Talk:
    """Return a conversation that reads one request, says something, and closes."""

    def talk(conversation: Conversation) -> None:
        conversation.request()
        conversation.send(*parts, pause_s=pause_s)

    return talk
