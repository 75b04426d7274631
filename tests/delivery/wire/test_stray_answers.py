"""Answers that nobody asked for, and whose answer it is: a second one must never be taken for that to another row."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable
from dataclasses import replace

import pytest

from importer.delivery.wire.attempts import Fault, Reply
from importer.delivery.wire.doubts import Doubts
from importer.model.rows import Attempt
from tests.delivery.conftest import Certificate, OneByOne
from tests.delivery.samples import attempt, update
from tests.delivery.wire.servers import (
    Conversation,
    Server,
    Talk,
    answering,
    confirmation,
    confirming,
    http_reply,
    in_turn,
)

Serve = Callable[..., Server]
Connect = Callable[..., OneByOne]
LATE_S = 0.4
"""So late an answer comes that comes late: many times what the others take."""


def what(reply: Reply) -> tuple[Fault | None, int | None]:
    """Return the two things that say how an attempt ended."""
    return reply.fault, reply.http_status


def repeating(stray: bytes | None, *, delay_s: float, pieces: int = 1) -> Talk:
    """Return a conversation whose first request is answered twice, and the second one late.

    Args:
        stray: The second answer to the first; None for the first one over again.
        delay_s: So long after the first one it comes, though not before the second request.
        pieces: In so many packets.
    """

    def talk(conversation: Conversation) -> None:
        first = conversation.request()
        assert first is not None
        answer = confirmation(first)
        conversation.send(answer)
        second = conversation.request()
        if second is None:
            return
        time.sleep(delay_s)
        again = stray or answer
        size = -(-len(again) // pieces)
        conversation.send(*(again[place : place + size] for place in range(0, len(again), size)), pause_s=0.01)
        time.sleep(LATE_S)
        conversation.send(confirmation(second))
        confirming(conversation)

    return talk


@pytest.mark.alike
@pytest.mark.parametrize("pieces", [1, 3])
@pytest.mark.parametrize("delay_s", [0.0, 0.005, 0.05])
@pytest.mark.parametrize(
    "stray",
    [
        pytest.param(http_reply(400, b"{}"), id="400"),
        pytest.param(http_reply(400, b"{}", "Connection: close"), id="400 and close"),
        pytest.param(http_reply(404, b'{"error": "no such customer"}'), id="404"),
        pytest.param(http_reply(302, b"", "Location: /"), id="302"),
        pytest.param(http_reply(403, b"{}"), id="403"),
        pytest.param(None, id="the same again"),
    ],
)
def test_a_stray_answer_is_not_taken_for_that_to_the_next_request(
    serve: Serve, connect: Connect, stray: bytes | None, delay_s: float, pieces: int
) -> None:
    """However late the row's own answer is, compared with others: that row alone is in doubt, the next are not."""
    client = connect(serve(in_turn(repeating(stray, delay_s=delay_s, pieces=pieces), confirming)).url)
    assert what(client.send(attempt(2))) == (None, 200)
    assert what(client.send(attempt(3))) == (Fault.OUT_OF_STEP, None)
    assert [what(client.send(attempt(row))) for row in range(3, 7)] == [(None, 200)] * 4


@pytest.mark.parametrize("stray", [http_reply(400, b"{}"), None], ids=["400", "the same again"])
def test_where_a_stray_answer_was_seen_every_request_has_a_connection_of_its_own(
    serve: Serve, connect: Connect, stray: bytes | None
) -> None:
    """What has answered twice may do so again, and later than anybody would wait for it."""
    server = serve(repeating(stray, delay_s=0.0))
    client = connect(server.url)
    replies = [what(client.send(attempt(row))) for row in (2, 3, 3, 4, 5)]
    assert replies == [(None, 200), (Fault.OUT_OF_STEP, None), *[(None, 200)] * 3]
    assert server.connections == 4
    assert [request.header("Connection") for request in server.requests][2:] == [["close"]] * 3


@pytest.mark.parametrize("stray", [http_reply(404, b"{}"), b"HTTP/1.1 40"], ids=["whole", "the beginning of one"])
@pytest.mark.parametrize("delay_s", [0.0, 0.005], ids=["in the same packet", "later"])
def test_a_connection_on_which_an_answer_came_unasked_is_not_used_again(
    serve: Serve, connect: Connect, stray: bytes, delay_s: float
) -> None:
    """What was read together with the answer before counts, too, though nobody else would ever see it."""

    def talk(conversation: Conversation) -> None:
        while (request := conversation.request()) is not None:
            if delay_s:
                conversation.send(confirmation(request), pause_s=delay_s)
                conversation.send(stray)
            else:
                conversation.send(confirmation(request) + stray)

    server = serve(talk)
    client = connect(server.url)
    for row in range(2, 6):
        assert what(client.send(attempt(row))) == (None, 200)
        time.sleep(0.05)
    assert server.connections == 4


@pytest.mark.parametrize("encrypted", [False, True], ids=["plain", "TLS"])
@pytest.mark.parametrize("together", [False, True], ids=["while idle", "in the same packet"])
@pytest.mark.parametrize(
    ("said", "connections"),
    [
        pytest.param(http_reply(404, b"{}"), 6, id="an answer"),
        pytest.param(http_reply(408, b"", "Connection: close"), 2, id="that the time is up"),
        pytest.param(b"\r\n", 2, id="no answer"),
    ],
)
def test_one_answer_that_came_unasked_is_enough_to_trust_no_used_connection(
    serve: Serve,
    connect: Connect,
    certificate: Certificate,
    monkeypatch: pytest.MonkeyPatch,
    said: bytes,
    connections: int,
    *,
    together: bool,
    encrypted: bool,
) -> None:
    """What else may be said unasked, as by a server that closes an idle connection, costs that connection alone."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate.path))

    def once_more(conversation: Conversation) -> None:
        request = conversation.request()
        assert request is not None
        answer = confirmation(request)
        conversation.send(*([answer + said] if together else [answer, said]), pause_s=0.01)
        conversation.hold()

    server = serve(in_turn(once_more, confirming), tls=certificate.context if encrypted else None)
    client = connect(server.url)
    assert what(client.send(attempt(2))) == (None, 200)
    time.sleep(0.1)
    assert [what(client.send(attempt(row))) for row in range(3, 8)] == [(None, 200)] * 5
    assert server.connections == connections


@pytest.mark.parametrize("pause_s", [0.0, 1e-6], ids=["in one packet", "in two"])
@pytest.mark.parametrize("status", [302, 400, 425, 429])
def test_two_answers_at_once_say_nothing_of_the_second_request(
    serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch, status: int, pause_s: float
) -> None:
    """A stray refusal, and right behind it the row's own answer; "later" and "slow down" are no exceptions."""
    monkeypatch.setattr("importer.delivery.wire.whose._GLANCE_S", 1.0)  # on a busy machine "at once" takes its time

    def talk(conversation: Conversation) -> None:
        first, second = conversation.request(), None
        if first is not None:
            conversation.send(confirmation(first))
            second = conversation.request()
        if second is not None:
            parts = [http_reply(status, b"{}"), confirmation(second)]
            conversation.send(*(parts if pause_s else [b"".join(parts)]), pause_s=pause_s)
            conversation.hold()

    client = connect(serve(talk).url)
    assert what(client.send(attempt(2))) == (None, 200)
    assert what(client.send(attempt(3))) == (Fault.OUT_OF_STEP, None)


@pytest.mark.parametrize("status", [302, 400, 425, 429])
def test_two_answers_to_the_first_request_of_a_connection_contradict_each_other(
    serve: Serve, connect: Connect, status: int
) -> None:
    """Nobody else was asked for anything there, and yet nobody can tell which of them is true."""

    def talk(conversation: Conversation) -> None:
        if (request := conversation.request()) is not None:
            conversation.send(http_reply(status, b"{}") + confirmation(request))
            conversation.hold()

    client = connect(serve(in_turn(talk, confirming)).url)
    assert what(client.send(attempt(2))) == (Fault.OUT_OF_STEP, None)
    assert what(client.send(attempt(2))) == (None, 200)


@pytest.mark.parametrize("said", [b"\r\n", b"}", http_reply(408, b"", "Connection: close")])
def test_what_is_no_answer_behind_the_refusal_of_a_first_request_changes_nothing(
    serve: Serve, connect: Connect, said: bytes
) -> None:
    """A length that is wrong by a few bytes, or that the server hangs up: the refusal is the row's all the same."""
    client = connect(serve(answering(http_reply(404, b"{}") + said)).url)
    assert what(client.send(attempt(2))) == (None, 404)


def test_a_second_answer_confirms_no_other_account_of_its_customer(serve: Serve, connect: Connect) -> None:
    """No answer names the account: the next row of the same customer has a connection of its own."""
    server = serve(in_turn(repeating(None, delay_s=0.0), answering(http_reply(400, b"{}"))))
    client = connect(server.url)
    first = update(2)
    assert what(client.send(Attempt(first, 1))) == (None, 200)
    other = replace(first, row=3, linked_account_id="account-2")
    assert what(client.send(Attempt(other, 1))) == (None, 400)
    assert server.connections == 2


def test_slow_down_is_passed_on_at_once(serve: Serve, connect: Connect) -> None:
    """Over a used connection, too, which stays: whoever sends more meanwhile would be refused as well."""
    server = serve(answering(http_reply(429, b"{}", "Retry-After: 1")))
    client = connect(server.url)
    started = time.monotonic()
    assert [what(client.send(attempt(row))) for row in range(2, 12)] == [(None, 429)] * 10
    assert time.monotonic() - started < 1.0
    assert server.connections == 1


@pytest.mark.parametrize("length", [1000, 2])
def test_a_refusal_that_is_cut_off_may_be_stray_as_well(serve: Serve, connect: Connect, length: int) -> None:
    """Where it says to be longer than it is, the row's own answer is taken for a part of it."""

    def talk(conversation: Conversation) -> None:
        first, second = conversation.request(), None
        if first is not None:
            conversation.send(confirmation(first))
            second = conversation.request()
        if second is not None:
            conversation.send(http_reply(400, b"{}", length=length), confirmation(second), pause_s=0.05)

    client = connect(serve(talk).url)
    assert what(client.send(attempt(2))) == (None, 200)
    assert what(client.send(attempt(3))) == (Fault.OUT_OF_STEP, None)


def test_an_answer_that_came_unasked_counts_although_the_next_request_has_none(serve: Serve, connect: Connect) -> None:
    """Whatever becomes of that: nobody asked for it."""

    def once_more(conversation: Conversation) -> None:
        request = conversation.request()
        assert request is not None
        conversation.send(confirmation(request), http_reply(404, b"{}"), pause_s=0.01)
        conversation.hold()

    def mute(conversation: Conversation) -> None:
        conversation.request()

    server = serve(in_turn(once_more, mute, confirming))
    client = connect(server.url)
    assert what(client.send(attempt(2))) == (None, 200)
    time.sleep(0.1)
    assert what(client.send(attempt(3))) == (Fault.CONNECTION_LOST, None)
    assert [what(client.send(attempt(row))) for row in range(4, 7)] == [(None, 200)] * 3
    assert server.connections == 5


def test_where_answers_take_very_long_a_late_one_is_not_taken_for_none(serve: Serve, connect: Connect) -> None:
    """No used connection is trusted there, and on a new one no answer can be stray."""
    doubts = Doubts()
    doubts.note_answer(5.5)
    client = connect(serve(in_turn(repeating(http_reply(400, b"{}"), delay_s=0.0), confirming)).url, doubts=doubts)
    assert [what(client.send(attempt(row))) for row in (2, 3)] == [(None, 200)] * 2


def test_an_answer_for_another_customer_ends_its_connection(serve: Serve, connect: Connect) -> None:
    """Whoever it is for, it is passed on as it is; the next request is not sent after it."""

    def talk(conversation: Conversation) -> None:
        answers = [attempt(99).update.customer_id, ""]
        while (request := conversation.request()) is not None:
            other = answers.pop(0) if answers else ""
            conversation.send(confirmation(request).replace(request.customer_id.encode(), other.encode() or b"?" * 36))

    server = serve(talk)
    client = connect(server.url)
    for row in range(2, 5):
        assert what(client.send(attempt(row))) == (None, 200)
    assert server.connections == 3


def test_an_id_in_capitals_is_the_same(serve: Serve, connect: Connect) -> None:
    """Nobody else is answered for, and the connection stays."""

    def talk(conversation: Conversation) -> None:
        while (request := conversation.request()) is not None:
            ours = request.customer_id
            conversation.send(confirmation(request).replace(ours.encode(), ours.upper().encode()))

    server = serve(talk)
    client = connect(server.url)
    assert [what(client.send(attempt(row))) for row in range(2, 5)] == [(None, 200)] * 3
    assert server.connections == 1


@pytest.mark.parametrize("ending", ["closed", "kept open"])
@pytest.mark.parametrize("encrypted", [False, True], ids=["plain", "TLS"])
@pytest.mark.slow
def test_a_refusal_after_which_nothing_comes_is_the_rows(
    serve: Serve,
    connect: Connect,
    certificate: Certificate,
    monkeypatch: pytest.MonkeyPatch,
    ending: str,
    *,
    encrypted: bool,
) -> None:
    """On a connection that is used again, too; that it ends is nothing more, nor is how TLS says so."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate.path))

    def talk(conversation: Conversation) -> None:
        first, second = conversation.request(), None
        if first is not None:
            conversation.send(confirmation(first))
            second = conversation.request()
        if second is None:
            return
        conversation.send(http_reply(404, b"{}", "Connection: close" if ending == "closed" else "X: y"))
        if ending == "kept open":
            conversation.hold()
        elif encrypted:
            assert isinstance(conversation.sock, ssl.SSLSocket)
            conversation.sock.unwrap()  # it says that it ends

    client = connect(serve(talk, tls=certificate.context if encrypted else None).url)
    assert what(client.send(attempt(2))) == (None, 200)
    started = time.monotonic()
    reply = client.send(attempt(3))
    assert what(reply) == (None, 404)
    assert reply.elapsed_s < (time.monotonic() - started) / 2 or ending == "closed"


@pytest.mark.parametrize("timeout_s", [0.5, 1.0])
@pytest.mark.slow
def test_the_end_of_an_attempts_time_is_not_taken_for_silence(serve: Serve, connect: Connect, timeout_s: float) -> None:
    """Where a stray refusal comes at once, and the row's own answer later than that."""

    def talk(conversation: Conversation) -> None:
        first, second = conversation.request(), None
        if first is not None:
            conversation.send(confirmation(first))
            second = conversation.request()
        if second is not None:
            conversation.send(http_reply(400, b"{}"), pause_s=1.5)
            conversation.send(confirmation(second))
            conversation.hold()

    client = connect(serve(talk).url, timeout_s=timeout_s)
    assert what(client.send(attempt(2))) == (None, 200)
    assert what(client.send(attempt(3))) == (Fault.OUT_OF_STEP, None)


@pytest.mark.slow
def test_a_refusal_is_believed_however_short_the_time_for_an_attempt_is(serve: Serve, connect: Connect) -> None:
    """The wait that follows it is no part of that."""

    def talk(conversation: Conversation) -> None:
        if (first := conversation.request()) is not None:
            conversation.send(confirmation(first))
        while conversation.request() is not None:
            conversation.send(http_reply(404, b"{}"))

    client = connect(serve(talk).url, timeout_s=0.3)
    assert what(client.send(attempt(2))) == (None, 200)
    assert what(client.send(attempt(3))) == (None, 404)


@pytest.mark.parametrize("encrypted", [False, True], ids=["plain", "TLS"])
@pytest.mark.parametrize(
    ("header", "after_s", "ending", "believed"),
    [
        ("X: y", 0.0, "closed", False),
        ("X: y", 0.3, "closed", False),
        ("X: y", 0.0, "reset", False),
        ("X: y", 1.5, "closed", True),
        ("Connection: close", 0.0, "closed", True),
        ("Connection: close", 0.0, "reset", True),
    ],
)
@pytest.mark.slow
def test_a_connection_that_ends_unannounced_may_have_cut_the_rows_own_answer_off(
    serve: Serve,
    connect: Connect,
    certificate: Certificate,
    monkeypatch: pytest.MonkeyPatch,
    header: str,
    after_s: float,
    ending: str,
    *,
    believed: bool,
    encrypted: bool,
) -> None:
    """Unless it had been idle for long; and that is no reason to trust no used connection any more."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate.path))

    def talk(conversation: Conversation) -> None:
        if (first := conversation.request()) is not None:
            conversation.send(confirmation(first))
        if conversation.request() is not None:
            conversation.send(http_reply(404, b"{}", header), pause_s=after_s or 0.02)
            if ending == "reset":
                conversation.reset()

    server = serve(in_turn(talk, confirming), tls=certificate.context if encrypted else None)
    doubts = Doubts()
    client = connect(server.url, doubts=doubts)
    assert what(client.send(attempt(2))) == (None, 200)
    assert what(client.send(attempt(3))) == ((None, 404) if believed else (Fault.OUT_OF_STEP, None))
    doubts.note_connection(100.0)
    assert not doubts.avoided


@pytest.mark.parametrize("encrypted", [False, True], ids=["plain", "TLS"])
def test_a_refusal_over_a_new_connection_is_believed_at_once(
    serve: Serve, connect: Connect, certificate: Certificate, monkeypatch: pytest.MonkeyPatch, *, encrypted: bool
) -> None:
    """Nothing can be stray there; and what one refusal has taught keeps all the next from being waited for."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate.path))

    def talk(conversation: Conversation) -> None:
        while conversation.request() is not None:
            conversation.send(http_reply(404, b"{}"))

    server = serve(talk, tls=certificate.context if encrypted else None)
    client = connect(server.url)
    started = time.monotonic()
    assert [what(client.send(attempt(row))) for row in range(2, 7)] == [(None, 404)] * 5
    assert time.monotonic() - started < 2.0, "one was listened to for the shortest time of quiet"
    assert server.connections == 5
