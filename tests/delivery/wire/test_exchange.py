"""What a client's connections note about an exchange."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from importer.delivery.wire.exchange import Exchange, answer_class
from importer.delivery.wire.whose import Following
from tests.delivery.wire.servers import RESET

Pair = tuple[socket.socket, socket.socket]


@pytest.fixture
def pair() -> Iterator[Pair]:
    """Return two ends of a connection."""
    left, right = socket.socketpair()
    with left, right:
        yield left, right


def test_of_an_exchange_that_has_not_begun_nothing_is_known() -> None:
    """There is no connection, so nothing comes, and nothing is to be closed."""
    exchange = Exchange()
    assert (exchange.reused, exchange.idle_s, exchange.interim_status, exchange.excess) == (False, None, None, False)
    assert exchange.what_follows(5.0) is Following.NOTHING
    exchange.finish()


def test_it_knows_for_how_long_a_connection_was_idle(pair: Pair) -> None:
    """A new one was not idle at all, one that was used before was since its last exchange."""
    exchange = Exchange()
    exchange.start()
    exchange.connected(0.3)
    exchange.leaving(pair[0])
    assert (exchange.reused, exchange.idle_s, exchange.connecting_s) == (False, None, 0.3)
    exchange.finish()
    time.sleep(0.05)
    exchange.start()
    exchange.leaving(pair[0])
    assert exchange.reused
    assert 0.05 <= (exchange.idle_s or 0) < 5
    assert exchange.connecting_s == 0
    exchange.finish()


def test_a_connection_in_the_place_of_another_is_new(pair: Pair) -> None:
    """However long the one before it was idle."""
    exchange = Exchange()
    for took_s in (0.3, 0.2):
        exchange.start()
        exchange.connected(took_s)
        exchange.leaving(pair[0])
        assert (exchange.reused, exchange.connecting_s) == (False, took_s)
        exchange.finish()


def test_it_hears_what_else_is_said(pair: Pair) -> None:
    """At once where it is there already, else as soon as it comes; and it knows silence from an end."""
    exchange = Exchange()
    exchange.leaving(pair[0])
    pair[0].settimeout(7.0)
    assert exchange.what_follows(0.02) is Following.NOTHING
    assert pair[0].gettimeout() == 7.0
    pair[1].sendall(b"ab")
    assert exchange.what_follows(5.0) is Following.MORE
    assert exchange.what_follows(5.0) is Following.MORE
    later = threading.Timer(0.05, pair[1].sendall, [b"c"])
    later.start()
    assert exchange.what_follows(5.0) is Following.MORE
    later.join()
    pair[1].close()
    assert exchange.what_follows(5.0) is Following.END
    exchange.finish()


def test_a_reset_is_an_end() -> None:
    """Where the other side has not read everything, its end is an error."""
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.create_connection(listener.getsockname()) as ours:
        exchange = Exchange()
        exchange.leaving(ours)
        theirs, _ = listener.accept()
        theirs.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        theirs.close()
        assert exchange.what_follows(5.0) is Following.END
        exchange.finish()


def test_a_connection_stays_open_to_the_end_of_its_exchange(pair: Pair) -> None:
    """Although whoever has read the answer has closed it: what comes after an answer that is the last one is heard."""
    exchange = Exchange()
    exchange.leaving(pair[0])
    answer = answer_class(exchange)(pair[0])
    pair[1].sendall(b"HTTP/1.1 404 Hm\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    answer.begin()
    assert answer.read() == b""
    answer.close()
    pair[0].close()
    pair[1].sendall(b"x")
    assert exchange.end_announced
    assert exchange.what_follows(5.0) is Following.MORE
    exchange.finish()
    assert pair[1].recv(1) == b""
