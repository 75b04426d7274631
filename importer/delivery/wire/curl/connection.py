"""A connection that libcurl has made: bytes out, bytes in, and nothing that happens by itself."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Final

import pycurl

from importer.delivery.wire.whose import NOBODY

BUFFER_SIZE: Final = 65_536


class ConnectionEndedError(OSError):
    """The connection did not end in good order."""


class Connection:
    """A connection, for one request at a time.

    Args:
        handle: Has made it.
        let_go: Closes it.
        buffer: Of `BUFFER_SIZE`, for all connections of one thread.
        is_encrypted: Whether what comes over it comes through TLS.

    Attributes:
        descriptor: Of its socket, for whoever watches it.
        served: The last request that it served.
        ended_at: When that was over.
        watched: The events on it that somebody is told of; 0 for none.
    """

    def __init__(
        self, handle: pycurl.Curl, let_go: Callable[[pycurl.Curl], None], buffer: memoryview, *, is_encrypted: bool
    ) -> None:
        self._handle = handle
        self._let_go = let_go
        self._buffer = buffer
        self.is_encrypted = is_encrypted
        self.descriptor: int = handle.getinfo(pycurl.ACTIVESOCKET)
        self.served = NOBODY
        self.ended_at = float("-inf")
        self.watched = 0

    @property
    def is_used(self) -> bool:
        """Whether it has served a request."""
        return self.served is not NOBODY

    def send(self, data: bytes) -> int:
        """Send as much as can be sent at once, and return how many bytes that were.

        Raises:
            ConnectionEndedError: The other side takes nothing any more.
        """
        try:
            return int(self._handle.send(data))
        except BlockingIOError:
            return 0
        except (pycurl.error, OSError) as error:
            raise ConnectionEndedError from error

    def receive(self) -> bytes | None:
        """Return what has come: b"" at the end of the connection, and None where nothing has.

        Raises:
            ConnectionEndedError: It did not end in good order.
        """
        try:
            size = self._handle.recv_into(self._buffer)
        except BlockingIOError:
            return None
        except (pycurl.error, OSError) as error:
            raise ConnectionEndedError from error
        return bytes(self._buffer[:size])

    def may_have_more(self, received: bytes) -> bool:
        """Return whether more may be there already than what was received last.

        What was decrypted with it does not show on the socket.
        """
        return self.is_encrypted or len(received) == BUFFER_SIZE

    def acknowledge(self) -> None:
        """Acknowledge what came, at once: the other side may keep what follows until then."""
        with suppress(OSError, AttributeError), socket.socket(fileno=os.dup(self.descriptor)) as sock:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)  # only Linux has it

    def close(self) -> None:
        """Close it."""
        self._let_go(self._handle)
