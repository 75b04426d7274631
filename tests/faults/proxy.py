"""A TCP proxy that passes requests on to the API, and does to some what networks do."""

from __future__ import annotations

import re
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

Manner = Callable[["Exchange"], bool]
"""What is done to an exchange; it returns whether the connection lives on."""


@dataclass
class Exchange:
    """One request, and the two sockets it goes between."""

    request: bytes
    client: socket.socket
    api: socket.socket
    closing: threading.Event

    def ask(self) -> bytes:
        """Let the API have the request, and return its whole answer."""
        self.api.sendall(self.request)
        return _read_message(self.api)

    def reset(self) -> bool:
        """End the connection so that the other side gets a reset."""
        self.client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return False


def passed_on(exchange: Exchange) -> bool:
    """Do nothing to it."""
    exchange.client.sendall(exchange.ask())
    return True


def delayed(exchange: Exchange) -> bool:
    """Answer late, but in time."""
    answer = exchange.ask()
    time.sleep(0.5)
    exchange.client.sendall(answer)
    return True


def sliced(exchange: Exchange) -> bool:
    """Send the answer byte by byte, each in a packet of its own."""
    for byte in exchange.ask():
        exchange.client.sendall(bytes([byte]))
    return True


def hung_up_after(exchange: Exchange) -> bool:
    """Answer as if the connection were kept alive, and close it."""
    exchange.client.sendall(exchange.ask())
    return False


def reset_before_the_first_byte(exchange: Exchange) -> bool:
    """Let it be applied, and reset the connection."""
    exchange.ask()
    return exchange.reset()


def reset_after_the_first_byte(exchange: Exchange) -> bool:
    """Let it be applied, and reset the connection in the middle of the answer."""
    exchange.client.sendall(exchange.ask()[:30])
    time.sleep(0.05)
    return exchange.reset()


def reset_unheard(exchange: Exchange) -> bool:
    """Reset the connection instead of passing the request on."""
    return exchange.reset()


def truncated(exchange: Exchange) -> bool:
    """Close the connection in the middle of the answer's body."""
    answer = exchange.ask()
    exchange.client.sendall(answer[: len(answer) - 20])
    return False


def dripped(exchange: Exchange) -> bool:
    """Send the answer so slowly that no read takes long, and all of it too long."""
    for byte in exchange.ask():
        if exchange.closing.wait(0.1):
            break
        exchange.client.sendall(bytes([byte]))
    return False


def swallowed_answer(exchange: Exchange) -> bool:
    """Let it be applied, and never answer."""
    exchange.ask()
    exchange.closing.wait()
    return False


def swallowed_request(exchange: Exchange) -> bool:
    """Never pass it on, and never answer."""
    exchange.closing.wait()
    return False


def revoked(exchange: Exchange) -> bool:
    """Let the API see a key that is none any more."""
    exchange.request = re.sub(rb"(?i)\r\nauthorization: [^\r]*", b"\r\nAuthorization: refused", exchange.request)
    return passed_on(exchange)


@dataclass
class Proxy:
    """Listens on a port of its own, in front of the API.

    Attributes:
        manners: What is done to the requests of a customer, one after the other; then they are passed on.
        port: Of this machine, where it listens.
    """

    manners: Mapping[str, Sequence[Manner]]
    port: int
    _seen: dict[str, int] = field(default_factory=dict)
    _closing: threading.Event = field(default_factory=threading.Event)

    @property
    def base_url(self) -> str:
        """What the importer is told."""
        return f"http://127.0.0.1:{self.port}"

    def serve(self, listener: socket.socket, api: tuple[str, int]) -> None:
        """Take connections, each in a thread, until the listener is closed."""
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                threading.Thread(target=self._talk, args=(client, api), daemon=True).start()

    def close(self) -> None:
        """Let whatever waits go on."""
        self._closing.set()

    def _talk(self, client: socket.socket, address: tuple[str, int]) -> None:
        with client, socket.create_connection(address) as api, suppress(OSError):
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while request := _read_message(client):
                if not self._manner(request)(Exchange(request, client, api, self._closing)):
                    return

    def _manner(self, request: bytes) -> Manner:
        customer = request.split(b" ", 2)[1].rsplit(b"/", 1)[1].decode()
        number = self._seen.get(customer, 0)
        self._seen[customer] = number + 1
        manners = self.manners.get(customer, ())
        return manners[number] if number < len(manners) else passed_on


@contextmanager
def proxied(base_url: str, manners: Mapping[str, Sequence[Manner]], *, port: int = 0) -> Iterator[Proxy]:
    """Put a proxy in front of an API, on any free port or on the one where another was."""
    where = urlsplit(base_url)
    assert where.hostname
    assert where.port
    with socket.create_server(("127.0.0.1", port)) as listener:
        proxy = Proxy(manners, listener.getsockname()[1])
        thread = threading.Thread(target=proxy.serve, args=(listener, (where.hostname, where.port)), daemon=True)
        thread.start()
        try:
            yield proxy
        finally:
            proxy.close()
            listener.shutdown(socket.SHUT_RDWR)  # Without it, `accept` would take one more.
            thread.join()


def _read_message(sock: socket.socket) -> bytes:
    """Return a whole request or answer; nothing where the other side has closed the connection before one."""
    head = b""
    while b"\r\n\r\n" not in head:
        if not (found := sock.recv(65_536)):
            return b""
        head += found
    start, _, body = head.partition(b"\r\n\r\n")
    lengths = [line.split(b":")[1] for line in start.split(b"\r\n") if line.lower().startswith(b"content-length:")]
    while len(body) < int(lengths[0]):
        if not (found := sock.recv(65_536)):
            return b""
        body += found
    return start + b"\r\n\r\n" + body
