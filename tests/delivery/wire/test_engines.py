"""What holds for every engine, over real connections."""

from __future__ import annotations

import shutil
import ssl
import subprocess
import sys
import threading
import time
from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import pytest

from importer.delivery.wire.attempts import Engine, Fault, Reply
from importer.delivery.wire.endpoint import Endpoint
from importer.delivery.wire.wires import CURL, REQUESTS
from tests.delivery.samples import KEY, attempt, update
from tests.delivery.wire.servers import (
    Conversation,
    Server,
    answering,
    confirmation,
    confirming,
    http_reply,
    once,
)
from tests.delivery.wire.waiting import LATEST_S, replies, until

Connecting = Callable[..., AbstractContextManager[Engine]]


@pytest.fixture(params=[REQUESTS, CURL], ids=["requests", "curl"])
def connecting(request: pytest.FixtureRequest) -> Connecting:
    """Make an engine that sends to a base URL."""

    def make(
        url: str, *, workers: int, timeout_s: float = 60.0, on_defect: Callable[[Exception], None] = _raise
    ) -> AbstractContextManager[Engine]:
        endpoint = Endpoint(base_url=url, key=KEY, user_agent="test", timeout_s=timeout_s, max_reply_bytes=1 << 20)
        engine: AbstractContextManager[Engine] = request.param.engine(endpoint, workers=workers, on_defect=on_defect)
        return engine

    return make


def test_an_engine_sends_over_as_many_connections_as_it_has_workers(connecting: Connecting) -> None:
    """Each attempt in flight has a connection of its own, which is kept alive."""
    with Server(confirming) as server:
        with connecting(server.url, workers=3) as running:
            for _ in range(4):
                running.submit([attempt(row) for row in range(2, 5)])
                found: list[Reply] = []
                while len(found) < 3:
                    found += running.poll(LATEST_S)
                assert {(reply.fault, reply.http_status) for reply in found} == {(None, 200)}
        assert (len(server.requests), server.connections <= 3) == (12, True)


class OpenConnections:
    """A conversation that confirms everything, once it may, and counts who is connected."""

    def __init__(self) -> None:
        self.may_answer = threading.Event()
        self.may_answer.set()
        self.counts: list[int] = []
        self.closing: set[int] = set()
        self.now = 0
        self._lock = threading.Lock()

    def __call__(self, conversation: Conversation) -> None:
        """Hold one conversation."""
        self._count(1)
        try:
            while (request := conversation.request()) is not None:
                self.may_answer.wait(LATEST_S)
                ends = request.customer_id in {attempt(row).update.customer_id for row in self.closing}
                conversation.send(confirmation(request, *(["Connection: close"] if ends else [])))
                if ends:
                    return
        finally:
            self._count(-1)

    def _count(self, more: int) -> None:
        with self._lock:
            self.now += more
            self.counts.append(self.now)


def all_at_once(running: Engine, server: Server, open_ones: OpenConnections, rows: range) -> Sequence[Reply]:
    """Send rows so that all are in flight together, and return the replies."""
    open_ones.may_answer.clear()
    expected = len(server.requests) + len(rows)
    running.submit([attempt(row) for row in rows])
    until(lambda: len(server.requests) == expected, running)
    open_ones.may_answer.set()
    return replies(running, len(rows))


def test_the_connection_that_was_used_last_is_used_next(connecting: Connecting) -> None:
    """What is sent one by one goes over one connection, however many are open."""
    open_ones = OpenConnections()
    with Server(open_ones) as server, connecting(server.url, workers=6) as running:
        first = all_at_once(running, server, open_ones, range(2, 8))
        assert [reply.idle_s for reply in first] == [None] * 6
        time.sleep(0.3)
        for row in range(8, 20):
            running.submit([attempt(row)])
            (reply,) = replies(running, 1)
            assert reply.idle_s is not None
            assert (reply.idle_s < 0.2) == (row > 8)
        assert server.connections == open_ones.now == 6


def test_idle_connections_are_closed_when_fewer_are_to_be_kept(connecting: Connecting) -> None:
    """Those that were not used for longest; what goes on does so over those that are left."""
    open_ones = OpenConnections()
    with Server(open_ones) as server, connecting(server.url, workers=6) as running:
        all_at_once(running, server, open_ones, range(2, 8))
        running.submit([attempt(8)])
        replies(running, 1)
        running.keep(2)
        until(lambda: open_ones.now == 2)
        running.submit([attempt(9), attempt(10)])
        assert None not in [reply.idle_s for reply in replies(running, 2)]
        assert server.connections == 6


def test_connections_in_use_are_closed_in_their_turn(connecting: Connecting) -> None:
    """Where fewer are to be kept than are in flight, nothing is cut off, and at the end so many are left."""
    open_ones = OpenConnections()
    with Server(open_ones) as server, connecting(server.url, workers=6) as running:
        open_ones.may_answer.clear()
        running.submit([attempt(row) for row in range(2, 8)])
        until(lambda: len(server.requests) == 6, running)
        running.keep(2)
        assert open_ones.now == 6
        open_ones.may_answer.set()
        assert {(reply.fault, reply.http_status) for reply in replies(running, 6)} == {(None, 200)}
        until(lambda: open_ones.now == 2)


def test_more_connections_may_be_kept_again(connecting: Connecting) -> None:
    """Closed ones are made anew as they are needed, and then stay."""
    open_ones = OpenConnections()
    with Server(open_ones) as server, connecting(server.url, workers=6) as running:
        all_at_once(running, server, open_ones, range(2, 8))
        running.keep(1)
        until(lambda: open_ones.now == 1)
        running.keep(4)
        again = all_at_once(running, server, open_ones, range(8, 12))
        assert sorted(reply.idle_s is None for reply in again) == [False, True, True, True]
        assert open_ones.now == 4


def test_a_connection_that_is_closed_already_is_not_counted(connecting: Connecting) -> None:
    """Where servers close some after an answer, those that are left are not closed for having been too many."""
    open_ones = OpenConnections()
    with Server(open_ones) as server, connecting(server.url, workers=6) as running:
        open_ones.closing = {2, 3, 4}
        all_at_once(running, server, open_ones, range(2, 8))
        until(lambda: open_ones.now == 3)
        running.keep(3)
        again = all_at_once(running, server, open_ones, range(8, 11))
        assert None not in [reply.idle_s for reply in again]
        assert server.connections == 6


def test_a_connection_that_is_refused_was_never_idle(connecting: Connecting) -> None:
    """What goes wrong while connecting is about a connection that is new."""
    with Server(confirming) as server:
        url = server.url
    with connecting(url, workers=1) as running:
        running.submit([attempt(2)])
        (reply,) = replies(running, 1)
        assert (reply.fault, reply.idle_s) == (Fault.CONNECTION_REFUSED, None)


def test_leaving_an_engine_cuts_what_is_under_way(connecting: Connecting) -> None:
    """A server that never answers keeps neither the engine nor a thread of it."""

    def talk(conversation: Conversation) -> None:
        conversation.request()
        conversation.hold()

    before = threading.active_count()
    with Server(talk) as server:
        started = time.monotonic()
        with connecting(server.url, workers=2) as running:
            running.submit([attempt(2), attempt(3)])
            until(lambda: len(server.requests) == 2, running)
        assert time.monotonic() - started < LATEST_S
    until(lambda: threading.active_count() == before)


def test_every_attempt_comes_back_exactly_once_over_few_connections(connecting: Connecting) -> None:
    """More than there are workers wait for one; no reply is lost, and none comes twice."""
    with Server(confirming) as server, connecting(server.url, workers=3) as running:
        for first in (2, 42, 82):
            running.submit([attempt(row) for row in range(first, first + 40)])
        found = replies(running, 120)
        assert Counter(reply.row for reply in found) == dict.fromkeys(range(2, 122), 1)
        assert {reply.http_status for reply in found} == {200}
        assert running.poll(0.05) == []
        assert server.connections <= 3


def test_an_attempt_does_not_leave_early(connecting: Connecting) -> None:
    """Limiters refuse what comes a few milliseconds too soon; what may leave at once does not wait for it."""
    with Server(confirming) as server, connecting(server.url, workers=2) as running:
        running.submit([attempt(2)])
        replies(running, 1)
        leaves_at = time.monotonic() + 0.15
        running.submit([attempt(3), replace(attempt(4), leave_at=leaves_at)])
        first, second = replies(running, 1), replies(running, 1)
        assert ([reply.row for reply in first], [reply.row for reply in second]) == ([3], [4])
        assert leaves_at <= time.monotonic() < leaves_at + LATEST_S
        assert second[0].elapsed_s < 0.1


def test_a_defect_costs_no_other_attempt(connecting: Connecting) -> None:
    """What cannot be written is said to be a defect, and what was submitted with it is sent."""
    told: list[Exception] = []
    with Server(confirming) as server, connecting(server.url, workers=1, on_defect=told.append) as running:
        broken = replace(attempt(3), update=update(3, first_name="\ud800"))
        running.submit([attempt(2), broken, attempt(4)])
        found = {reply.row: reply.fault for reply in replies(running, 3)}
        assert found == {2: None, 3: Fault.DEFECT, 4: None}
        assert [type(error) for error in told] == [ValueError]
        assert len(server.requests) == 2


@pytest.mark.parametrize("ending", ["closed", "reset"])
@pytest.mark.parametrize("pause_s", [0.0, 0.02])
def test_one_attempt_is_never_more_than_one_request(connecting: Connecting, ending: str, pause_s: float) -> None:
    """A connection that was kept alive and ends before a byte of the answer came: nothing sends the request again."""

    def talk(conversation: Conversation) -> None:
        request = conversation.request()
        if request is None:
            return
        conversation.send(confirmation(request))
        if conversation.request() is not None:
            time.sleep(pause_s)
            if ending == "reset":
                conversation.reset()

    with Server(talk) as server, connecting(server.url, workers=1) as running:
        for row in range(2, 22):
            running.submit([attempt(row)])
            replies(running, 1)
        time.sleep(0.05)
        sent = Counter(request.customer_id for request in server.requests)
        assert sent == dict.fromkeys((attempt(row).update.customer_id for row in range(2, 22)), 1)


def test_a_kept_connection_that_has_ended_is_not_used(connecting: Connecting) -> None:
    """Where that is seen before the request leaves, it leaves over another."""

    def talk(conversation: Conversation) -> None:
        request = conversation.request()
        if request is not None:
            conversation.send(confirmation(request))

    with Server(talk) as server, connecting(server.url, workers=1) as running:
        for row in range(2, 6):
            running.submit([attempt(row)])
            (reply,) = replies(running, 1)
            assert (reply.fault, reply.http_status, reply.idle_s) == (None, 200, None)
            time.sleep(0.05)
        assert server.connections == 4


def test_refusals_that_are_listened_to_hold_up_no_other(connecting: Connecting) -> None:
    """While one connection is listened to, others send and are answered."""

    def talk(conversation: Conversation) -> None:
        refused = {attempt(row).update.customer_id for row in (4, 5)}
        while (request := conversation.request()) is not None:
            is_refused = request.customer_id in refused
            conversation.send(http_reply(404, b"{}") if is_refused else confirmation(request))

    with Server(talk) as server, connecting(server.url, workers=4) as running:
        running.submit([attempt(2), attempt(3)])
        replies(running, 2)
        started = time.monotonic()
        running.submit([attempt(4), attempt(5)])
        time.sleep(0.05)
        running.submit([attempt(row) for row in range(6, 30)])
        found: dict[int, Reply] = {}
        while not found.keys() >= set(range(6, 30)) and time.monotonic() - started < LATEST_S:
            found |= {reply.row: reply for reply in running.poll(0.2)}
        assert time.monotonic() - started < 1.5, "at least one of the two is listened to for longer"
        assert {found[row].http_status for row in range(6, 30)} == {200}
        found |= {reply.row: reply for reply in replies(running, 26 - len(found))}
        assert [found[row].http_status for row in (4, 5)] == [404, 404]


def test_an_answer_that_comes_before_the_request_has_left_ends_its_connection(connecting: Connecting) -> None:
    """Some servers refuse a body without reading it; the rest of it is not taken for the next request."""

    def talk(conversation: Conversation) -> None:
        conversation.sock.recv(1000)
        conversation.send(http_reply(413, b"{}"))
        conversation.hold()

    large = replace(attempt(2), update=update(2, first_name="x" * 15_000_000))
    with Server(talk) as server, connecting(server.url, workers=1, timeout_s=2.0) as running:
        running.submit([large])
        (reply,) = replies(running, 1)
        assert (reply.fault, reply.http_status) in ((None, 413), (Fault.TIMED_OUT, 413), (Fault.TIMED_OUT, None))


def test_engines_of_several_threads_do_not_hear_of_each_other(connecting: Connecting) -> None:
    """Each reply holds what was said to its own request."""
    strange: list[Reply] = []

    def send(url: str, first: int) -> None:
        with connecting(url, workers=4) as running:
            running.submit([attempt(row) for row in range(first, first + 200)])
            found = replies(running, 200)
        strange.extend(reply for reply in found if attempt(reply.row).update.customer_id.encode() not in reply.body)

    with Server(confirming) as server:
        threads = [threading.Thread(target=send, args=(server.url, first)) for first in (1000, 2000, 3000, 4000)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert (strange, len(server.requests)) == ([], 800)


def test_what_is_said_of_limits_comes_along(connecting: Connecting) -> None:
    """Headers are understood, whatever their case."""
    said = http_reply(429, b"{}", "retry-AFTER: 7", "RateLimit: limit=9, remaining=5, reset=30", "SERVER: gate/1")
    with Server(answering(said)) as server, connecting(server.url, workers=1) as running:
        running.submit([attempt(2)])
        (reply,) = replies(running, 1)
        assert (reply.retry_after_s, reply.server) == (7.0, "gate/1")
        assert reply.quota is not None
        assert (reply.quota.remaining, reply.quota.reset_s) == (5, 30.0)


def test_nothing_is_open_once_an_engine_is_left(connecting: Connecting) -> None:
    """Neither connections nor threads, whatever was under way."""
    before = threading.active_count()
    open_ones = OpenConnections()
    with Server(open_ones) as server:
        with connecting(server.url, workers=4) as running:
            all_at_once(running, server, open_ones, range(2, 6))
            assert open_ones.now == 4
        until(lambda: open_ones.now == 0)
    until(lambda: threading.active_count() == before)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:99999", "http://a b:3128", "http://127.0.0.1:3128 ", "ftp://127.0.0.1"]
)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_what_is_no_url_of_a_proxy_is_no_defect(
    connecting: Connecting, monkeypatch: pytest.MonkeyPatch, url: str, scheme: str
) -> None:
    """No request goes round it, and the engine lives on."""
    monkeypatch.setenv("ALL_PROXY", url)
    with connecting(f"{scheme}://api.example.com", workers=1) as running:
        running.submit([attempt(2), attempt(3)])
        assert {reply.fault for reply in replies(running, 2)} <= {Fault.PROXY_FAILED, Fault.UNREACHABLE}


@pytest.mark.parametrize(
    ("user", "said"),
    [
        ("u:p", b"u:p"),
        ("u%40x:p%3A%2F%3F%23", b"u@x:p:/?#"),
        ("us er:pa ss", b"us er:pa ss"),
        ("ü:ä", "ü:ä".encode("latin-1")),
        ("u:p%0D%0AX: y", b"u:p\r\nX: y"),
        ("u", None),
        (":p", None),
    ],
)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_is_told_who_asks(
    connecting: Connecting, monkeypatch: pytest.MonkeyPatch, user: str, said: bytes | None, scheme: str
) -> None:
    """As its URL says it, whether it is asked for a tunnel or for the answer."""
    with Server(once(http_reply(502, b""))) as proxy:
        monkeypatch.setenv("ALL_PROXY", proxy.url.replace("//", f"//{user}@"))
        with connecting(f"{scheme}://api.example.com", workers=1) as running:
            running.submit([attempt(2)])
            replies(running, 1)
        (asked,) = proxy.requests
    expected = [] if said is None else [f"Basic {b64encode(said).decode()}"]
    assert asked.header("Proxy-Authorization") == expected


def _openssl(folder: Path, command: str) -> None:
    """Let openssl make keys and certificates in a folder."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("there is no openssl command to make a certificate with")
    subprocess.run([openssl, *command.split()], cwd=folder, check=True, capture_output=True)


NEW_KEY = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"


def _is_refused(connecting: Connecting, folder: Path, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Return whether a server is refused whose certificate is in a folder, and is the only one that is trusted."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(folder / "shown.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "shown.pem", folder / "key.pem")
    with Server(once(http_reply(200, b"{}")), context) as server, connecting(server.url, workers=1) as running:
        running.submit([attempt(row) for row in range(2, 6)])  # over connections that go on with a session, too
        faults = {reply.fault for reply in replies(running, 4)}
        assert (faults, len(server.requests)) in (({Fault.TLS_FAILED}, 0), ({None}, 4))
        return faults != {None}


@pytest.mark.parametrize("names", ["email:a@example.com", "URI:http://127.0.0.1", ""])
def test_a_common_name_is_no_host_s(
    connecting: Connecting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, names: str
) -> None:
    """A certificate says in its alternative names for whom it is (RFC 9110, section 4.3.4)."""
    more = f"-addext subjectAltName={names}" if names else ""
    _openssl(tmp_path, f"req -x509 {NEW_KEY} -days 2 -subj /CN=127.0.0.1 -keyout key.pem -out shown.pem {more}")
    assert _is_refused(connecting, tmp_path, monkeypatch)


def test_a_certificate_that_names_the_host_is_trusted_over_every_connection(
    connecting: Connecting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those that go on with the session of an earlier one are shown none."""
    more = "-addext subjectAltName=email:a@example.com,IP:127.0.0.1"
    _openssl(tmp_path, f"req -x509 {NEW_KEY} -days 2 -subj /CN=x -keyout key.pem -out shown.pem {more}")
    assert not _is_refused(connecting, tmp_path, monkeypatch)


@pytest.mark.skipif(sys.version_info >= (3, 13), reason="Python trusts such certificates since then")
def test_a_certificate_that_another_has_signed_is_not_trusted_without_that(
    connecting: Connecting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though it is itself among those that are trusted."""
    (tmp_path / "names").write_text("subjectAltName=IP:127.0.0.1")
    _openssl(tmp_path, f"req -x509 {NEW_KEY} -days 2 -subj /CN=root -keyout ca.key -out ca.pem")
    _openssl(tmp_path, f"req {NEW_KEY} -subj /CN=x -keyout key.pem -out asked.pem")
    _openssl(
        tmp_path,
        "x509 -req -in asked.pem -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile names -out shown.pem",
    )
    assert _is_refused(connecting, tmp_path, monkeypatch)


def _raise(error: Exception) -> None:
    raise error
