"""One request and its reply, against real servers on loopback that say anything at all."""

from __future__ import annotations

import gzip
import json
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from importer.delivery.replies.rate_headers import Quota
from importer.delivery.wire.attempts import Fault, Reply
from importer.delivery.wire.client import Client
from importer.delivery.wire.deadline import Watchdog
from importer.delivery.wire.doubts import Doubts
from importer.delivery.wire.endpoint import Endpoint
from importer.model.rows import Attempt
from tests.delivery.conftest import Certificate, OneByOne
from tests.delivery.samples import ACCOUNT, GROUP, KEY, attempt, body, stored, update
from tests.delivery.wire.servers import (
    Conversation,
    Server,
    answering,
    confirmation,
    confirming,
    http_reply,
    in_turn,
    once,
)

Serve = Callable[..., Server]
Connect = Callable[..., OneByOne]
OBJECT = body(stored(update()))
OK = http_reply(200, OBJECT)
SHORT_S = 0.3
LATEST_S = 8.0
"""Attempts with a deadline of SHORT_S must have ended by then, on however busy a machine."""


def what(reply: Reply) -> tuple[Fault | None, int | None]:
    """Return the two things that say how an attempt ended."""
    return reply.fault, reply.http_status


# --- What is asked ---


def test_the_request_is_the_one_of_the_reference(serve: Serve, connect: Connect) -> None:
    """PUT to the documented route, with the raw key, as JSON, and nothing that asks for a compressed answer."""
    server = serve(answering(OK))
    assert what(connect(server.url).send(attempt())) == (None, 200)
    (request,) = server.requests
    route = f"/api/v1/groups/{GROUP}/revere_pay/{ACCOUNT}/customers/{update().customer_id}"
    assert request.line == f"PUT {route} HTTP/1.1"
    assert request.header("Authorization") == [KEY]
    assert request.header("Content-Type") == ["application/json"]
    assert request.header("Accept-Encoding") == ["identity"]
    assert request.header("User-Agent") == ["importer/test"]
    assert request.header("Host") == [f"127.0.0.1:{server.port}"]
    assert sorted(name.lower() for name, _ in request.headers) == [
        "accept",
        "accept-encoding",
        "authorization",
        "content-length",
        "content-type",
        "host",
        "user-agent",
    ]
    assert json.loads(request.body) == {
        "first_name": "Zoë",
        "last_name": "O'Brien-Łuczak",
        "email": "zoe.obrien@example.com",
    }


def test_a_base_url_with_a_path_keeps_it(serve: Serve, connect: Connect) -> None:
    """The documented route comes after whatever path the base URL has."""
    server = serve(answering(OK))
    connect(f"{server.url}/gate/v2").send(attempt())
    assert server.requests[0].line.startswith("PUT /gate/v2/api/v1/groups/")


def test_an_id_is_one_segment_of_the_path() -> None:
    """Even an id that should never have come this far cannot lead to another route."""
    endpoint = Endpoint(base_url="https://h", key=KEY, user_agent="", timeout_s=1, max_reply_bytes=1)
    assert endpoint.path(update(customer_id="a/../b?c#d")).endswith("/customers/a%2F..%2Fb%3Fc%23d")


def test_names_arrive_as_they_were_sent(serve: Serve, connect: Connect) -> None:
    """Whatever is in a name, the server reads the same characters."""
    server = serve(answering(OK))
    name = 'Ærøskøbing Đặng 渡邊 \U0001f98a "quoted" back\\slash e\u0301'
    client = connect(server.url)
    client.send(type(attempt())(update(first_name=name), 1))
    assert json.loads(server.requests[0].body)["first_name"] == name


def test_a_netrc_entry_does_not_replace_the_key(
    serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Trap 2: an entry for the host in ~/.netrc, or in the file that NETRC names, changes nothing."""
    entry = "machine 127.0.0.1 login somebody password else\ndefault login any password body\n"
    for name in (".netrc", "_netrc", "elsewhere"):
        (tmp_path / name).write_text(entry)
        (tmp_path / name).chmod(0o600)
    monkeypatch.setenv("NETRC", str(tmp_path / "elsewhere"))
    server = serve(answering(OK))
    connect(server.url).send(attempt())
    assert server.requests[0].header("Authorization") == [KEY]


def test_a_connection_is_kept_alive(serve: Serve, connect: Connect) -> None:
    """All attempts of a client go over one connection, as long as the API takes them on."""
    chunked = b"HTTP/1.1 500 Hm\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n"
    no_content = b"HTTP/1.1 204 No Content\r\n\r\n"
    answers = [b"", http_reply(503), http_reply(429), chunked, no_content, b"", b""]

    def talk(conversation: Conversation) -> None:
        while (request := conversation.request()) is not None:
            conversation.send(answers.pop(0) or confirmation(request))

    server = serve(talk)
    client = connect(server.url)
    statuses = [client.send(attempt(row)).http_status for row in range(2, 9)]
    assert statuses == [200, 503, 429, 500, 204, 200, 200]
    assert (len(server.requests), server.connections) == (7, 1)


@pytest.mark.slow
def test_a_connection_that_was_closed_while_idle_is_replaced(serve: Serve, connect: Connect) -> None:
    """That the server has hung up between two attempts is seen before anything is sent: no row gets into doubt."""
    server = serve(once(OK))
    client = connect(server.url)
    for row in range(2, 6):
        assert what(client.send(attempt(row))) == (None, 200)
        time.sleep(0.1)
    assert server.connections == 4


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(b"nonsense\r\n\r\n", id="garbage"),
        pytest.param(http_reply(200, b"{", length=100), id="cut"),
        pytest.param(b"", id="no answer"),
        pytest.param(http_reply(200, b"x" * 4000), id="too large"),
        pytest.param(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", id="no chunk"),
    ],
)
def test_after_an_error_the_next_attempt_is_a_clean_one(serve: Serve, connect: Connect, broken: bytes) -> None:
    """What is left of a broken answer never gets into the next one."""
    talks = iter([once(broken), answering(OK)])

    def talk(conversation: Conversation) -> None:
        next(talks)(conversation)

    server = serve(talk)
    client = connect(server.url, max_reply_bytes=2000)
    assert client.send(attempt()).fault is not None
    reply = client.send(attempt(3))
    assert (what(reply), reply.body) == ((None, 200), OBJECT)
    assert server.connections == 2


@pytest.mark.parametrize("is_tls", [False, True], ids=["plain", "over TLS"])
def test_a_request_leaves_in_one_piece(
    serve: Serve, connect: Connect, certificate: Certificate, monkeypatch: pytest.MonkeyPatch, *, is_tls: bool
) -> None:
    """Head and body, the right ones together, over a connection that is new as over one that is kept."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate.path))
    pieces: list[bytes] = []

    def talk(conversation: Conversation) -> None:
        while piece := conversation.sock.recv(65536):
            pieces.append(piece)
            last = len(pieces) % 3 == 0
            conversation.send(http_reply(503, b"", *(["Connection: close"] if last else [])))
            if last:
                return

    server = serve(talk, tls=certificate.context if is_tls else None)
    client = connect(server.url)
    asked = [Attempt(update(row, email=f"a{row}@example.com"), 1) for row in range(2, 8)]
    assert [client.send(one).http_status for one in asked] == [503] * 6
    assert server.connections == 2
    for piece, one in zip(pieces, asked, strict=True):
        head, _, sent = piece.partition(b"\r\n\r\n")
        assert head.split(b" ")[1].endswith(one.update.customer_id.encode())
        assert json.loads(sent)["email"] == one.update.email


def test_a_connection_that_is_closed_is_so_for_the_server(serve: Serve, connect: Connect) -> None:
    """Whatever watches over it holds it open no longer."""
    ended = threading.Event()

    def talk(conversation: Conversation) -> None:
        confirming(conversation)
        ended.set()

    client = connect(serve(talk).url)
    assert what(client.send(attempt())) == (None, 200)
    assert not ended.is_set()
    client.close()
    assert ended.wait(LATEST_S)


# --- What comes back ---


def test_a_reply_is_passed_on_as_it_is(serve: Serve, connect: Connect) -> None:
    """Status, content type, body, and what `Retry-After` asks for."""
    server = serve(answering(http_reply(503, b"later", "Retry-After: 7", content_type="text/plain")))
    reply = connect(server.url).send(attempt(9))
    assert (reply.row, what(reply), reply.body) == (9, (None, 503), b"later")
    assert (reply.content_type, reply.retry_after_s) == ("text/plain", 7.0)
    assert 0 < reply.elapsed_s < LATEST_S


def test_a_retry_after_date_is_relative_to_the_servers_clock(serve: Serve, connect: Connect) -> None:
    """Where the server's clock is years off, the wait is still half a minute."""
    dates = "Date: Sun, 01 Mar 2015 12:00:00 GMT", "Retry-After: Sun, 01 Mar 2015 12:00:30 GMT"
    server = serve(answering(http_reply(429, b"", *dates)))
    assert connect(server.url).send(attempt()).retry_after_s == 30.0


@pytest.mark.parametrize("header", ["nginx/1.22.1", "", None])
def test_a_reply_says_by_what_it_was_answered(serve: Serve, connect: Connect, header: str | None) -> None:
    """As the header has it; nothing where there is none."""
    server = serve(answering(http_reply(404, b"", *([] if header is None else [f"Server: {header}"]))))
    assert connect(server.url).send(attempt()).server == (header or "")


def test_what_headers_say_is_left_is_part_of_the_reply(
    serve: Callable[..., Server], connect: Callable[..., Client]
) -> None:
    """Of any answer, also of one that confirms; by the clock of the answer."""
    date, reset = "Date: Sun, 01 Mar 2015 12:00:00 GMT", "X-RateLimit-Reset: 1425211230"
    server = serve(answering(http_reply(200, b"{}", date, "x-ratelimit-remaining: 7", reset)))
    assert connect(server.url).send(attempt()).quota == Quota(7, 30.0)


@pytest.mark.parametrize("location", ["/elsewhere", "http://127.0.0.1:{port}/x", "http://[::bad", "\x00\xff//", ""])
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_never_followed(serve: Serve, connect: Connect, status: int, location: str) -> None:
    """Trap 1: a redirect is the answer, wherever it points, and however broken its target is."""
    holder: list[Server] = []

    def talk(conversation: Conversation) -> None:
        where = location.format(port=holder[0].port)
        answering(http_reply(status, b"moved", f"Location: {where}"))(conversation)

    holder.append(serve(talk))
    reply = connect(holder[0].url).send(attempt())
    assert (what(reply), reply.body) == ((None, status), b"moved")
    assert len(holder[0].requests) == 1


def test_retry_after_is_not_slept_on_inside_the_library(serve: Serve, connect: Connect) -> None:
    """Trap 4: one attempt is one request, at once, whatever the answer asks for."""
    server = serve(answering(http_reply(503, b"", "Retry-After: 3600")))
    reply = connect(server.url).send(attempt())
    assert reply.elapsed_s < LATEST_S
    assert len(server.requests) == 1


@pytest.mark.parametrize("pause_s", [0.0, 0.05])
@pytest.mark.parametrize("statuses", [[100], [101], [102], [103], [199], [103, 100, 102, 103]], ids=str)
def test_interim_answers_are_read_over(serve: Serve, connect: Connect, statuses: list[int], pause_s: float) -> None:
    """The answer is what follows them, at once or later; the connection stays."""
    interim = [f"HTTP/1.1 {status} Hm\r\nLink: </x>\r\nContent-Length: 7\r\n\r\n".encode() for status in statuses]

    def talk(conversation: Conversation) -> None:
        while (request := conversation.request()) is not None:
            conversation.send(*interim, pause_s=pause_s)
            conversation.send(confirmation(request))

    server = serve(talk)
    client = connect(server.url)
    for row in range(2, 5):
        reply = client.send(attempt(row))
        assert (what(reply), reply.body) == ((None, 200), body(stored(update(row))))
    assert server.connections == 1


@pytest.mark.parametrize("ending", ["closed", "silent"])
@pytest.mark.parametrize("status", [101, 102, 103, 199])
def test_an_interim_answer_after_which_none_follows_is_one(
    serve: Serve, connect: Connect, status: int, ending: str
) -> None:
    """Up to the end of the connection or of the attempt's time; the next attempt has a connection of its own."""

    def interrupted(conversation: Conversation) -> None:
        conversation.request()
        conversation.send(f"HTTP/1.1 {status} Hm\r\n\r\n".encode())
        if ending == "silent":
            conversation.hold()

    server = serve(in_turn(interrupted, confirming))
    client = connect(server.url, timeout_s=SHORT_S)
    assert what(client.send(attempt())) == (None, status)
    assert what(client.send(attempt(3))) == (None, 200)
    assert server.connections == 2


@pytest.mark.parametrize(("said", "fault"), [(b"", Fault.CONNECTION_LOST), (b"nonsense\r\n", Fault.REPLY_UNREADABLE)])
def test_what_follows_an_invitation_to_go_on_is_all_that_counts(
    serve: Serve, connect: Connect, said: bytes, fault: Fault
) -> None:
    """A 100 is no answer, and neither is an interim one after which something else comes that is none."""
    interim = b"HTTP/1.1 103 Hm\r\n\r\n" if said else b""
    talk = once(interim + b"HTTP/1.1 100 Continue\r\n\r\n" + said)
    assert what(connect(serve(talk).url).send(attempt())) == (fault, None)


def test_a_compressed_answer_is_read_although_it_was_not_asked_for(serve: Serve, connect: Connect) -> None:
    """Some servers compress come what may."""
    server = serve(answering(http_reply(200, gzip.compress(OBJECT), "Content-Encoding: gzip")))
    assert connect(server.url).send(attempt()).body == OBJECT


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(http_reply(200, b"x" * 5001), id="one byte too many"),
        pytest.param(http_reply(200, b"x" * 5000, length=10**12), id="as announced"),
        pytest.param(
            http_reply(200, gzip.compress(bytes(50_000_000)), "Content-Encoding: gzip"), id="once it is unpacked"
        ),
        pytest.param(
            http_reply(200, gzip.compress(gzip.compress(bytes(50_000_000))), "Content-Encoding: gzip, gzip"),
            id="once it is unpacked twice",
        ),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"800\r\n" + b"y" * 2048 + b"\r\n" * 1,
            id="in chunks",
        ),
    ],
)
def test_no_more_of_a_reply_is_read_than_allowed(serve: Serve, connect: Connect, reply: bytes) -> None:
    """A reply over the limit is said to be one, or to be cut off; what is kept of it is within the limit."""

    def talk(conversation: Conversation) -> None:
        conversation.request()
        conversation.send(reply)
        for _ in range(4):
            conversation.send(b"800\r\n" + b"y" * 2048 + b"\r\n")

    found = connect(serve(talk).url, max_reply_bytes=5000).send(attempt())
    assert what(found) == (Fault.REPLY_TOO_LARGE, 200)
    assert len(found.body) == 5000


def test_a_reply_at_the_limit_is_whole(serve: Serve, connect: Connect) -> None:
    """The limit itself is allowed."""
    found = connect(serve(answering(http_reply(200, b"x" * 5000))).url, max_reply_bytes=5000).send(attempt())
    assert (what(found), len(found.body)) == ((None, 200), 5000)


@pytest.mark.parametrize(
    ("said", "end"),
    [
        pytest.param(b"", (Fault.CONNECTION_LOST, None), id="nothing"),
        pytest.param(b"\x15\x03\x01\x00\x02\x02\x46", (Fault.REPLY_UNREADABLE, None), id="bytes that are no HTTP"),
        pytest.param(b"SSH-2.0-OpenSSH_9.6\r\n", (Fault.REPLY_UNREADABLE, None), id="another protocol"),
        pytest.param(b"HTTP/1.1 abc Hm\r\n\r\n", (Fault.REPLY_UNREADABLE, None), id="no status"),
        pytest.param(b"HTTP/1.1 20", (Fault.REPLY_UNREADABLE, None), id="half a status line"),
        pytest.param(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70_000, (Fault.REPLY_UNREADABLE, None), id="an endless header"),
        pytest.param(
            b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n", (Fault.REPLY_UNREADABLE, None), id="endless headers"
        ),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nContent-Length: 3, 5\r\n\r\nabcde", (Fault.REPLY_UNREADABLE, None), id="two lengths"
        ),
        pytest.param(http_reply(200, OBJECT[:-1], length=len(OBJECT)), (Fault.REPLY_TRUNCATED, 200), id="a byte short"),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
            (Fault.REPLY_TRUNCATED, 200),
            id="cut chunk",
        ),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nno\r\nab",
            (Fault.REPLY_TRUNCATED, 200),
            id="no chunk",
        ),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nab",
            (Fault.REPLY_TRUNCATED, 200),
            id="a chunk below nothing",
        ),
        pytest.param(
            http_reply(200, b"not compressed", "Content-Encoding: gzip"), (Fault.REPLY_UNREADABLE, 200), id="no gzip"
        ),
        pytest.param(http_reply(400, b"{", length=99), (Fault.REPLY_TRUNCATED, 400), id="a refusal, cut"),
    ],
)
def test_an_answer_that_is_none_says_how(
    serve: Serve, connect: Connect, said: bytes, end: tuple[Fault | None, int | None]
) -> None:
    """What came of the answer is told apart from what did not, and never raised."""
    reply = connect(serve(once(said)).url).send(attempt())
    assert what(reply) == end
    assert reply.body == b""


def test_a_body_without_a_length_ends_with_the_connection(serve: Serve, connect: Connect) -> None:
    """An answer of the old kind is whole when the server closes."""
    reply = connect(serve(once(b"HTTP/1.0 200 OK\r\n\r\n" + OBJECT)).url).send(attempt())
    assert (what(reply), reply.body) == ((None, 200), OBJECT)


def test_a_reset_before_the_first_byte_is_a_lost_connection(serve: Serve, connect: Connect) -> None:
    """The request had left: nobody knows what became of it."""

    def talk(conversation: Conversation) -> None:
        conversation.request()
        conversation.reset()

    assert what(connect(serve(talk).url).send(attempt())) == (Fault.CONNECTION_LOST, None)


def test_a_reset_in_the_middle_of_the_body_is_a_truncated_reply(serve: Serve, connect: Connect) -> None:
    """The status line had arrived."""

    def talk(conversation: Conversation) -> None:
        conversation.request()
        conversation.send(http_reply(200, b"{", length=100), pause_s=0.2)
        conversation.reset()

    assert what(connect(serve(talk).url).send(attempt())) == (Fault.REPLY_TRUNCATED, 200)


# --- Deadlines ---


def test_silence_ends_at_the_deadline(serve: Serve, connect: Connect) -> None:
    """A server that takes the request and says nothing is waited for so long, and no longer."""

    def talk(conversation: Conversation) -> None:
        conversation.request()
        conversation.hold()

    reply = connect(serve(talk).url, timeout_s=SHORT_S).send(attempt())
    assert what(reply) == (Fault.TIMED_OUT, None)
    assert SHORT_S * 0.9 < reply.elapsed_s < LATEST_S


@pytest.mark.slow
def test_a_request_that_nobody_takes_ends_at_the_deadline(serve: Serve, connect: Connect) -> None:
    """Where the server does not read, sending itself takes too long; a part has left, so the row is in doubt."""
    large = attempt()
    large = replace(large, update=replace(large.update, first_name="x" * 15_000_000))
    reply = connect(serve(Conversation.hold).url, timeout_s=2.0).send(large)
    assert what(reply) == (Fault.TIMED_OUT, None)
    assert reply.elapsed_s < LATEST_S


@pytest.mark.parametrize(
    ("at_once", "dripped", "status"),
    [
        pytest.param(b"", OK, None, id="from the status line on"),
        pytest.param(b"HTTP/1.1 200 OK\r\n", b"X-Drop: y\r\n" * 90, None, id="headers"),
        pytest.param(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 90, None, id="interim answers"),
        pytest.param(http_reply(200, b"", length=200), b" " * 200, 200, id="body"),
        pytest.param(b"HTTP/1.0 200 OK\r\n\r\n", b" " * 900, 200, id="body without a length"),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            b"1\r\n \r\n" * 90,
            200,
            id="chunks",
        ),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
            b"X: y\r\n" * 90,
            200,
            id="trailers",
        ),
    ],
)
def test_dripping_ends_at_the_deadline(
    serve: Serve, connect: Connect, at_once: bytes, dripped: bytes, status: int | None
) -> None:
    """Trap 5: a server that says a little again and again does not hold a worker beyond the deadline.

    Where the headers are cut off, the status line may or may not have come.
    """

    def talk(conversation: Conversation) -> None:
        conversation.request()
        conversation.send(at_once)
        conversation.drip(dripped, pause_s=0.02)
        conversation.hold()

    client = connect(serve(talk).url, timeout_s=SHORT_S)
    reply = client.send(attempt())
    assert (reply.fault, reply.body) == (Fault.TIMED_OUT, b"")
    assert reply.http_status in (status, 200)
    assert SHORT_S * 0.9 < reply.elapsed_s < LATEST_S


@pytest.mark.slow
def test_a_slow_answer_within_the_deadline_is_an_answer(serve: Serve, connect: Connect) -> None:
    """The deadline is for the whole attempt, and nothing else cuts it short."""

    def talk(conversation: Conversation) -> None:
        conversation.request()
        conversation.drip(OK, pause_s=0.001)

    reply = connect(serve(talk).url).send(attempt())
    assert (what(reply), reply.body) == ((None, 200), OBJECT)


@pytest.mark.slow
def test_an_attempt_after_one_that_timed_out_has_all_its_time(serve: Serve, connect: Connect) -> None:
    """The deadline begins anew, on a new connection."""

    def silent(conversation: Conversation) -> None:
        conversation.request()
        conversation.hold()

    talks = iter([silent, answering(OK)])

    def talk(conversation: Conversation) -> None:
        next(talks)(conversation)

    server = serve(talk)
    client = connect(server.url, timeout_s=SHORT_S * 3)
    assert what(client.send(attempt())) == (Fault.TIMED_OUT, None)
    assert what(client.send(attempt(3))) == (None, 200)


# --- Nothing was sent ---


def test_a_refused_connection_is_one(connect: Connect) -> None:
    """Nobody listens: nothing was sent."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert what(connect(f"http://127.0.0.1:{port}").send(attempt())) == (Fault.CONNECTION_REFUSED, None)


@pytest.mark.parametrize(
    "host",
    [
        pytest.param(".".join(["a" * 60] * 6), id="longer than a name may be"),
        pytest.param("a" * 64 + ".invalid", id="a label longer than it may be"),
    ],
)
def test_a_name_that_cannot_be_resolved_is_one(connect: Connect, host: str) -> None:
    """No question about such a name leaves the machine, and nothing was sent."""
    assert what(connect(f"http://{host}").send(attempt())) == (Fault.NAME_NOT_RESOLVED, None)


def test_an_address_that_leads_nowhere_is_unreachable(connect: Connect) -> None:
    """The system refuses to connect to a broadcast address: nothing was sent."""
    assert what(connect("http://255.255.255.255:9").send(attempt())) == (Fault.UNREACHABLE, None)


def test_an_attempt_that_never_left_in_time_is_not_in_doubt(serve: Serve, connect: Connect) -> None:
    """Where the time is up before the request begins to leave, it does not leave."""
    server = serve(answering(OK))
    client = connect(server.url, timeout_s=1e-9)
    assert what(client.send(attempt())) == (Fault.CONNECT_TIMED_OUT, None)
    assert server.requests == []


def test_an_attempt_over_a_kept_connection_that_is_too_late_does_not_leave(serve: Serve) -> None:
    """The same over a connection that is there already: abandoned clients send nothing any more."""
    server = serve(answering(OK))
    endpoint = Endpoint(base_url=server.url, key=KEY, user_agent="", timeout_s=20, max_reply_bytes=9999)
    with Watchdog() as watchdog:
        client = Client(endpoint, watchdog.new_deadline(), Doubts())
        assert what(client.send(attempt())) == (None, 200)
    assert what(client.send(attempt(3))) == (Fault.CONNECT_TIMED_OUT, None)
    assert len(server.requests) == 1
    client.close()


def test_what_is_no_fault_of_the_network_is_raised(serve: Serve, connect: Connect) -> None:
    """A value that cannot be written as text is a defect of ours, and said as one before anything leaves."""
    server = serve(answering(OK))
    with pytest.raises(ValueError, match="half of a character"):
        connect(server.url).send(type(attempt())(update(first_name="\ud800"), 1))
    assert server.requests == []


# --- The key ---


def test_the_key_is_in_no_text(serve: Serve, connect: Connect) -> None:
    """Trap 3: neither what is printed of an endpoint, a client or a reply, nor an error that is raised, holds it."""
    server = serve(answering(http_reply(401, f"bad key {KEY}".encode())))
    client = connect(server.url)
    reply = client.send(attempt())
    endpoint = Endpoint(base_url=server.url, key=KEY, user_agent="", timeout_s=1, max_reply_bytes=1)
    assert KEY not in repr(endpoint) + str(endpoint) + repr(client) + repr(vars(client))
    assert KEY not in repr(reply).replace(repr(reply.body), "")
    with pytest.raises(ValueError, match="half of a character") as raised:
        client.send(type(attempt())(update(email="\ud800"), 1))
    assert KEY not in repr(raised.value)
