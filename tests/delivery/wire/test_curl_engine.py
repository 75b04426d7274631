"""What is the engine's own that waits for all connections in one thread: look-ups, times, and addresses."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest

from importer.delivery.wire.attempts import Fault
from importer.delivery.wire.curl.engine import CurlEngine, curl_engine
from importer.delivery.wire.endpoint import Endpoint
from tests.delivery.conftest import Certificate
from tests.delivery.samples import KEY, attempt
from tests.delivery.wire.servers import Conversation, Server, confirmation, confirming, http_reply, in_turn, once
from tests.delivery.wire.waiting import LATEST_S, replies

HOST = "api.example.com"
Found = list[tuple[Any, ...]]


@contextmanager
def engine(url: str, *, workers: int = 4, timeout_s: float = 20.0) -> Iterator[CurlEngine]:
    """Make an engine whose defects are raised."""

    def fail(error: Exception) -> None:
        raise error

    endpoint = Endpoint(base_url=url, key=KEY, user_agent="test", timeout_s=timeout_s, max_reply_bytes=1 << 20)
    with curl_engine(endpoint, workers=workers, on_defect=fail) as running:
        assert isinstance(running, CurlEngine)
        yield running


@pytest.fixture
def resolving(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[str], Sequence[str]]], list[str]]:
    """Let this function find the addresses of names; return those that it was asked for."""

    def use(find: Callable[[str], Sequence[str]]) -> list[str]:
        asked: list[str] = []

        usual = socket.getaddrinfo

        def getaddrinfo(host: str, port: int, *more: Any, **named: Any) -> Found:  # noqa: ANN401 - as it has them
            if host != HOST:
                return list(usual(host, port, *more, **named))
            asked.append(host)
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in find(host)]

        monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
        return asked

    return use


def named(server: Server) -> str:
    """Return a base URL whose host is a name."""
    return server.url.replace("127.0.0.1", HOST)


Resolving = Callable[[Callable[[str], Sequence[str]]], list[str]]


def test_a_name_is_looked_up_once_for_all_that_wait_for_it(resolving: Resolving) -> None:
    """And not again for a while; however many connections there are to be."""
    asked = resolving(lambda _: ["127.0.0.1"])
    with Server(confirming) as server, engine(named(server)) as running:
        for first in (2, 12):
            running.submit([attempt(row) for row in range(first, first + 8)])
            assert {reply.http_status for reply in replies(running, 8)} == {200}
        assert asked == [HOST]
        assert server.requests[0].header("Host") == [f"{HOST}:{server.port}"]


def test_a_look_up_that_takes_long_does_not_hold_up_the_deadline(resolving: Resolving) -> None:
    """Nobody can interrupt it; what comes of it later is of use to others."""
    may_answer = threading.Event()

    def find(_: str) -> Sequence[str]:
        may_answer.wait(LATEST_S)
        return ["127.0.0.1"]

    asked = resolving(find)
    with Server(confirming) as server, engine(named(server), timeout_s=0.3) as running:
        running.submit([attempt(2)])
        started = time.monotonic()
        (reply,) = replies(running, 1)
        assert reply.fault is Fault.CONNECT_TIMED_OUT
        assert time.monotonic() - started < LATEST_S / 2
        running.submit([attempt(3)])
        assert running.poll(0.05) == []
        may_answer.set()
        (reply,) = replies(running, 1)
        assert (reply.row, reply.http_status, len(asked), len(server.requests)) == (3, 200, 1, 1)


def test_a_name_without_an_address_is_looked_up_again_by_the_next(resolving: Resolving) -> None:
    """It may be there by then."""
    found: list[Sequence[str]] = [[], ["127.0.0.1"]]

    def find(_: str) -> Sequence[str]:
        time.sleep(0.05)
        return found.pop(0)

    resolving(find)
    with Server(confirming) as server, engine(named(server)) as running:
        running.submit([attempt(2), attempt(3)])
        assert [reply.fault for reply in replies(running, 2)] == [Fault.NAME_NOT_RESOLVED] * 2
        running.submit([attempt(2)])
        assert [reply.http_status for reply in replies(running, 1)] == [200]


def test_an_address_that_is_dead_does_not_keep_the_next_from_being_tried(resolving: Resolving) -> None:
    """As long as there is time."""
    resolving(lambda _: ["127.0.0.2", "127.0.0.1"])
    with Server(confirming) as server, engine(named(server)) as running:
        running.submit([attempt(2)])
        assert [reply.http_status for reply in replies(running, 1)] == [200]


def test_leaving_does_not_wait_for_a_look_up(resolving: Resolving) -> None:
    """Its thread is left behind."""
    may_answer = threading.Event()
    resolving(lambda _: [str(may_answer.wait(LATEST_S))][:0])
    started = time.monotonic()
    with engine(f"http://{HOST}") as running:
        running.submit([attempt(2)])
        assert running.poll(0.05) == []
    assert time.monotonic() - started < LATEST_S / 2
    may_answer.set()


def test_how_long_the_caller_was_away_is_no_part_of_how_long_an_answer_took() -> None:
    """What came meanwhile is taken to have come at once: a slow disk is no slow API."""
    with Server(confirming) as server, engine(server.url) as running:
        running.submit([attempt(2)])
        replies(running, 1)
        running.submit([attempt(3)])
        running.poll(0.0)
        time.sleep(0.5)
        (reply,) = replies(running, 1)
        assert reply.elapsed_s < 0.25


def test_a_slow_answer_is_as_slow_as_it_is() -> None:
    """Where the caller waited for it."""
    with Server(once(http_reply(200, b"{}"), pause_s=0.3)) as server, engine(server.url) as running:
        running.submit([attempt(2)])
        (reply,) = replies(running, 1)
        assert reply.elapsed_s < 0.3

    def slow(conversation: Conversation) -> None:
        while (request := conversation.request()) is not None:
            time.sleep(0.3)
            conversation.send(confirmation(request))

    with Server(slow) as server, engine(server.url) as running:
        running.submit([attempt(2)])
        (reply,) = replies(running, 1)
        assert 0.25 < reply.elapsed_s < LATEST_S


def test_an_answer_that_was_there_in_time_counts_however_late_it_is_read() -> None:
    """A process that was stopped for longer than an attempt may take finds what came meanwhile."""

    def talk(conversation: Conversation) -> None:
        conversation.request()
        conversation.stopped.wait(0.2)
        conversation.send(http_reply(404, b"{}"))
        conversation.hold()

    with Server(talk) as server, engine(server.url, timeout_s=0.6) as running:
        running.submit([attempt(2)])
        ends = time.monotonic() + LATEST_S
        while not server.requests and time.monotonic() < ends:
            assert running.poll(0.0) == []
        time.sleep(0.9)
        (reply,) = replies(running, 1)
        assert (reply.fault, reply.http_status) == (None, 404)


@pytest.mark.parametrize("encrypted", [False, True])
@pytest.mark.parametrize(
    ("first", "more"),
    [
        pytest.param(b"", b"HTTP/1.1 103 Hm\r\n\r\n", id="interim answers"),
        pytest.param(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", b"A: b\r\n", id="trailers"),
        pytest.param(http_reply(200, b"{}"), b"x", id="excess"),
    ],
)
def test_an_answer_that_never_ends_holds_up_neither_its_deadline_nor_others(
    certificate: Certificate, monkeypatch: pytest.MonkeyPatch, first: bytes, more: bytes, *, encrypted: bool
) -> None:
    """However fast it comes."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate.path))

    def talk(conversation: Conversation) -> None:
        conversation.request()
        conversation.send(first)
        ends = time.monotonic() + 2 * LATEST_S
        while time.monotonic() < ends:
            conversation.send(more * 5000)

    tls = certificate.context if encrypted else None
    with Server(in_turn(talk, confirming), tls) as server, engine(server.url, workers=2, timeout_s=1.0) as running:
        started = time.monotonic()
        running.submit([attempt(2), attempt(3)])
        assert len(replies(running, 2)) == 2
        assert time.monotonic() - started < LATEST_S / 2
