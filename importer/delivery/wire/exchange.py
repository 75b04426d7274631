"""One exchange over a client's connection: what its connections note about it, beside the answer itself."""

from __future__ import annotations

import io
import socket
import time
from contextlib import suppress
from http import HTTPStatus
from http.client import HTTPResponse
from typing import TYPE_CHECKING

from importer.delivery.wire.whose import FIRST_BYTES, Following, is_stray

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer


class Exchange:
    """How the attempt of a client goes on its connection; for one thread, and one connection at a time.

    Attributes:
        is_open: Whether there is a connection, as far as is known without looking.
        idle_s: How long the connection had been idle when the request left; None over a new one, or where none left.
        connecting_s: How long it took to make the connection; 0 over one that was used before.
        interim_status: The last interim answer (1xx, but for 100) that came before the answer, or instead of one.
        excess: Whether more came with the answer than belongs to it.
        answered_twice: Whether what came with it begins another answer.
        end_announced: Whether the answer says that the connection ends with it.
        strays: Whether an answer was seen that nobody asked for: with this one, or while the connection was idle.
    """

    def __init__(self) -> None:
        self._sock: socket.socket | None = None
        self._bytes: io.RawIOBase | None = None
        self._ended_at = float("-inf")
        self._is_new = True
        self.is_open = False
        self.idle_s: float | None = None
        self.connecting_s = 0.0
        self.interim_status: int | None = None
        self.excess = False
        self.answered_twice = False
        self.end_announced = False
        self.strays = False

    @property
    def reused(self) -> bool:
        """Whether the request left over a connection that had served an earlier one."""
        return self.idle_s is not None

    def start(self) -> None:
        """Begin an exchange of which nothing is known."""
        self.idle_s, self.connecting_s, self.interim_status = None, 0.0, None
        self.excess = self.answered_twice = self.end_announced = self.strays = False

    def connected(self, took_s: float) -> None:
        """Note that a new connection is there."""
        self._is_new = self.is_open = True
        self.connecting_s += took_s

    def closed(self) -> None:
        """Note that the connection serves no further exchange."""
        self.is_open = False

    def leaving(self, sock: socket.socket) -> None:
        """Note that the request is about to leave over this connection."""
        self.idle_s = None if self._is_new else time.monotonic() - self._ended_at
        self._is_new = False
        self._sock = sock

    def answering(self, answer: io.RawIOBase) -> None:
        """Note where the answer comes from: it is closed by `finish`, and the socket itself not before that."""
        self._close_bytes()
        self._bytes = answer

    def dropping(self, sock: socket.socket) -> None:
        """Note what was said on an idle connection that is given up because of that, if it was not just closed."""
        try:
            sock.settimeout(0)
            self.strays |= is_stray(sock.recv(FIRST_BYTES))
        except OSError:
            return

    def what_follows(self, within_s: float) -> Following:
        """Return what the other side does next, waiting at most so long.

        What TLS says for itself is nothing. Above 0 seconds. What comes is taken off: no other request may use the
        connection after that.
        """
        if self._sock is None:
            return Following.NOTHING
        with suppress(OSError, AttributeError):  # TLS within TLS has no such option
            # The other side may keep what follows until this is acknowledged.
            self._sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        usual_s = self._sock.gettimeout()
        try:
            self._sock.settimeout(within_s)
            return Following.MORE if self._sock.recv(1) else Following.END
        except TimeoutError:
            return Following.NOTHING
        except OSError:
            return Following.END
        finally:
            self._sock.settimeout(usual_s)

    def finish(self) -> None:
        """End the exchange: its connection may serve the next one, or is closed if it cannot."""
        self._ended_at = time.monotonic()
        self._sock = None
        self._close_bytes()

    def _close_bytes(self) -> None:
        if self._bytes is not None:
            self._bytes.close()
            self._bytes = None


def answer_class(exchange: Exchange) -> type[HTTPResponse]:
    """Return a class of answers that read over interim ones, and tell `exchange` of what is beside the answer.

    For `http.client.HTTPConnection.response_class`. RFC 9110, section 15.2: a client reads over any number of interim
    answers, even if it does not expect one. http.client does so with 100 alone.
    """

    class Answer(HTTPResponse):
        def __init__(
            self, sock: socket.socket, debuglevel: int = 0, method: str | None = None, url: str | None = None
        ) -> None:
            super().__init__(sock, debuglevel, method, url)
            raw = self.fp.detach()
            exchange.answering(raw)
            self.fp = _AnswerBytes(_Tap(raw), sock, exchange)

        def begin(self) -> None:
            super().begin()
            while self.status < HTTPStatus.OK:
                exchange.interim_status = self.status
                vars(self).update(headers=None, msg=None)  # as before the first line of an answer
                super().begin()
            exchange.end_announced = self.will_close

    return Answer


class _Tap(io.RawIOBase):
    """The bytes of a socket, up to the moment in which no more are wanted; the socket's own stay open."""

    def __init__(self, raw: io.RawIOBase) -> None:
        self._raw = raw
        self.shut = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int | None:
        return None if self.shut else self._raw.readinto(buffer)


class _AnswerBytes(io.BufferedReader):
    """The bytes of one answer. Where reading brings more than that, it is looked at before it is thrown away."""

    def __init__(self, tap: _Tap, sock: socket.socket, exchange: Exchange) -> None:
        super().__init__(tap)
        self._tap, self._socket, self._exchange = tap, sock, exchange

    def close(self) -> None:
        if not self.closed:
            self._tap.shut = True
            still_encrypted = getattr(self._socket, "pending", int)
            more = self.peek(FIRST_BYTES)[:FIRST_BYTES]
            self._exchange.excess = bool(more) or still_encrypted() > 0
            self._exchange.answered_twice = is_stray(more)
            self._exchange.strays |= self._exchange.answered_twice
        super().close()
