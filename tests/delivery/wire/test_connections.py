"""Connecting to a host with several addresses, within one deadline."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from typing import Any

import pytest
from urllib3.connection import HTTPConnection

from importer.delivery.wire.connections import open_socket, pool_classes
from importer.delivery.wire.deadline import Deadline, DeadlinePassedError
from importer.delivery.wire.exchange import Exchange
from importer.delivery.wire.names import resolve

Address = tuple[int, int, int, str, Any]
LATEST_S = 8.0


def at(port: int, host: str = "127.0.0.1") -> Address:
    """Return an address as a resolver does."""
    return (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (host, port))


def connected(addresses: Sequence[Address], *, timeout_s: float = 20.0) -> int:
    """Connect to a host with these addresses and return the port that was reached."""
    deadline = Deadline()
    deadline.start(timeout_s)
    try:
        with open_socket("api.example.com", 443, deadline, addresses_of=lambda _host, _port: addresses) as sock:
            return int(sock.getpeername()[1])
    finally:
        deadline.finish()


@pytest.fixture
def listening() -> Iterator[int]:
    """Return a port on which somebody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


@pytest.fixture
def refused() -> int:
    """Return a port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@pytest.fixture
def silent() -> Iterator[int]:
    """Return a port whose listener takes no connection any more, so that connecting hangs."""
    with ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(8):
            sock = stack.enter_context(socket.socket())
            sock.settimeout(0.2)
            try:
                sock.connect(listener.getsockname())
            except TimeoutError:
                break
        else:
            pytest.skip("this system takes connections beyond the backlog")
        yield listener.getsockname()[1]


def test_the_first_address_that_answers_is_taken(listening: int, refused: int) -> None:
    """An address that refuses is passed over."""
    assert connected([at(refused), at(listening), at(refused)]) == listening


def test_an_address_of_a_family_that_is_not_there_is_passed_over(listening: int) -> None:
    """A resolver may name families that this system has not."""
    assert connected([(-7, socket.SOCK_STREAM, 0, "", ("::1", 1)), at(listening)]) == listening


@pytest.mark.slow
def test_a_dead_address_leaves_time_for_the_next(silent: int, listening: int) -> None:
    """One that never answers takes its share of the time, not all of it."""
    started = time.monotonic()
    assert connected([at(silent), at(listening)], timeout_s=1.0) == listening
    assert 0.4 < time.monotonic() - started < LATEST_S


@pytest.mark.slow
def test_however_many_addresses_are_dead_there_is_one_deadline(silent: int) -> None:
    """Eight dead addresses do not make an attempt eight times as long."""
    started = time.monotonic()
    with pytest.raises((TimeoutError, DeadlinePassedError)):
        connected([at(silent)] * 8, timeout_s=0.5)
    assert 0.4 < time.monotonic() - started < LATEST_S


def test_the_last_error_is_told(refused: int) -> None:
    """Where no address answers, it says why."""
    with pytest.raises(ConnectionRefusedError):
        connected([at(refused), at(refused)])


def test_no_address_is_an_error() -> None:
    """A name without addresses is none to connect to."""
    with pytest.raises(OSError, match="has no address"):
        connected([])


def test_nothing_is_connected_to_once_the_time_is_up(listening: int) -> None:
    """What is too late does not begin."""
    with pytest.raises(DeadlinePassedError):
        connected([at(listening)], timeout_s=0.0)


@pytest.mark.parametrize("host", ["a" * 64 + ".invalid", ".".join(["a" * 60] * 6)])
def test_a_name_that_can_be_none_is_not_resolved(host: str) -> None:
    """Such a name is as one that is not known."""
    with pytest.raises(socket.gaierror):
        resolve(host, 443)


def test_a_head_that_was_held_back_is_not_sent_over_another_connection() -> None:
    """Where the connection is closed before the body came, the next one begins with what a proxy is asked for."""
    deadline, exchange = Deadline(), Exchange()
    deadline.start(20.0)
    pieces: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def take() -> None:
            for _ in range(2):
                sock, _ = listener.accept()
                with sock:
                    pieces.append(sock.recv(65536))
                    sock.sendall(b"HTTP/1.1 200 OK\r\n\r\n")

        taking = threading.Thread(target=take)
        taking.start()
        connection = pool_classes(deadline, exchange)["http"].ConnectionCls(*listener.getsockname(), timeout=LATEST_S)
        assert isinstance(connection, HTTPConnection)
        connection.putrequest("PUT", "/first")
        connection.endheaders()
        connection.close()
        connection.set_tunnel("api.example.com", 443)
        connection.connect()
        taking.join()
        connection.close()
    deadline.finish()
    exchange.finish()
    assert pieces[0] == b""
    assert pieces[1].startswith(b"CONNECT api.example.com:443 ")
