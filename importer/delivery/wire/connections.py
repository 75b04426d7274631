"""Connections for urllib3 that keep to the deadline of an attempt and tell it how far the attempt has come."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import NewConnectionError

from importer.delivery.wire.deadline import Deadline
from importer.delivery.wire.exchange import Exchange, answer_class
from importer.delivery.wire.names import Address, resolve


def open_socket(
    host: str,
    port: int,
    deadline: Deadline,
    *,
    options: Iterable[Any] = (),
    addresses_of: Callable[[str, int], Sequence[Address]] = resolve,
) -> socket.socket:
    """Connect to the first address of a host that answers.

    However many addresses there are, all are tried within the attempt's deadline: each gets its share of the time that
    is left, so that a dead one does not keep the next from being tried.

    Raises:
        OSError: No address answered; the error is the last one's.
    """
    addresses = addresses_of(host, port)
    failure = OSError(f"{host} has no address")
    for tried, address in enumerate(addresses):
        try:
            return _connected(address, deadline, options=options, share=len(addresses) - tried)
        except OSError as error:
            failure = error
    raise failure


def _connected(address: Address, deadline: Deadline, *, options: Iterable[Any], share: int) -> socket.socket:
    """Connect to one address, within one of `share` equal shares of the time that is left."""
    family, kind, protocol, _, where = address
    sock = socket.socket(family, kind, protocol)
    try:
        for option in options:
            sock.setsockopt(*option)
        deadline.connecting(sock.fileno())
        sock.settimeout(deadline.remaining_s / share)
        sock.connect(where)
        sock.settimeout(deadline.remaining_s)
    except BaseException:
        sock.close()
        raise
    return sock


class _OnePieceConnection(HTTPConnection):
    """A connection that sends the head of a request together with its body, which always follows.

    http.client sends them one by one: two packets, two records of TLS, and twice the work for both sides.
    """

    _head: bytes | None = None
    """What is held back; None where nothing is to be, b"" where the head comes next."""

    def expect_head(self) -> None:
        """Take note that the head of a request comes next."""
        self._head = b""

    def connect(self) -> None:
        """Connect; what that takes is sent as it comes."""
        self._head = None
        super().connect()

    def send(self, data: Any) -> None:  # noqa: ANN401 - the signature of http.client
        """Send what is given, behind what was held back."""
        if self._head is None:
            super().send(data)
        elif self._head:
            head, self._head = self._head, None
            super().send(head + data)
        else:
            self._head = data


def pool_classes(deadline: Deadline, exchange: Exchange) -> dict[str, type[HTTPConnectionPool]]:
    """Return connection pools by URL scheme whose connections keep to `deadline` and note in `exchange` how it goes.

    For `urllib3.PoolManager.pool_classes_by_scheme`.
    """

    class PlainConnection(_OnePieceConnection):
        response_class = answer_class(exchange)

        def connect(self) -> None:
            started = time.monotonic()
            super().connect()
            exchange.connected(time.monotonic() - started)

        def close(self) -> None:
            super().close()
            exchange.closed()
            deadline.closed()

        @property
        def is_connected(self) -> bool:
            connected = super().is_connected
            if not connected and self.sock is not None:
                exchange.dropping(self.sock)
            return connected

        def _new_conn(self) -> socket.socket:
            try:
                return open_socket(self._dns_host, self.port, deadline, options=self.socket_options or ())
            except OSError as error:
                # urllib3 takes some errors of the system for ones of a request that is on its way.
                raise NewConnectionError(self, str(error)) from error

        def putrequest(
            self,
            method: str,
            url: str,
            skip_host: bool = False,  # noqa: FBT001, FBT002 - the signature of http.client
            skip_accept_encoding: bool = False,  # noqa: FBT001, FBT002 - the same
        ) -> None:
            if self.sock is None:
                self.connect()
            deadline.leaving(self.sock.fileno())
            exchange.leaving(self.sock)
            self.expect_head()
            super().putrequest(method, url, skip_host, skip_accept_encoding)

    class TlsConnection(PlainConnection, HTTPSConnection):
        pass

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = PlainConnection

    class TlsPool(HTTPSConnectionPool):
        ConnectionCls = TlsConnection

    return {"http": PlainPool, "https": TlsPool}
