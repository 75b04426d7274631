"""TLS, certificates and proxies: what the environment says, and what it cannot change."""

from __future__ import annotations

import gc
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest

from importer.delivery.wire.attempts import Fault, Reply
from tests.delivery.conftest import Certificate, OneByOne
from tests.delivery.samples import KEY, attempt, body, stored, update
from tests.delivery.wire.servers import Conversation, Server, answering, confirming, http_reply

Serve = Callable[..., Server]
Connect = Callable[..., OneByOne]
OBJECT = body(stored(update()))
OK = http_reply(200, OBJECT)
Done = TypeVar("Done")
SHORT_S = 0.4
LATEST_S = 8.0


def what(reply: Reply) -> tuple[Fault | None, int | None]:
    """Return the two things that say how an attempt ended."""
    return reply.fault, reply.http_status


# --- TLS ---


def test_a_certificate_that_nobody_trusts_is_a_tls_failure(
    serve: Serve, connect: Connect, certificate: Certificate
) -> None:
    """The request does not leave."""
    server = serve(answering(OK), tls=certificate.context)
    assert what(connect(server.url).send(attempt())) == (Fault.TLS_FAILED, None)
    assert server.requests == []


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_the_environments_certificates_are_honoured(
    serve: Serve, connect: Connect, certificate: Certificate, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    """With the bundle that the environment names it works, over one connection that is kept alive."""
    monkeypatch.setenv(variable, str(certificate.path))
    server = serve(confirming, tls=certificate.context)
    client = connect(server.url)
    for row in range(2, 5):
        assert what(client.send(attempt(row))) == (None, 200)
    assert (len(server.requests), server.connections) == (3, 1)
    assert server.requests[0].header("Authorization") == [KEY]


def test_a_certificate_for_another_host_is_a_tls_failure(
    serve: Serve, connect: Connect, certificate: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A trusted certificate has to be this host's."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate.path))
    server = serve(answering(OK), tls=certificate.context)
    client = connect(server.url.replace("127.0.0.1", "localhost"))
    assert what(client.send(attempt())) == (Fault.TLS_FAILED, None)


@pytest.mark.parametrize("text", [None, "no certificate"], ids=["missing", "unreadable"])
def test_a_bundle_that_cannot_be_used_is_a_tls_failure(
    serve: Serve,
    connect: Connect,
    certificate: Certificate,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    text: str | None,
) -> None:
    """Where the environment names a file that is not there or no bundle, nothing is sent without one."""
    bundle = tmp_path / "bundle.pem"
    if text is not None:
        bundle.write_text(text)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(bundle))
    server = serve(answering(OK), tls=certificate.context)
    assert what(connect(server.url).send(attempt())) == (Fault.TLS_FAILED, None)


def test_a_server_that_speaks_no_tls_is_a_tls_failure(serve: Serve, connect: Connect) -> None:
    """The answer to a greeting is not one."""
    server = serve(lambda conversation: conversation.send(b"220 mail.example.com ready\r\n"))
    assert what(connect(server.url.replace("http:", "https:")).send(attempt())) == (Fault.TLS_FAILED, None)


@pytest.mark.slow
@pytest.mark.parametrize("said", [b"", b"\x16\x03\x03\x40\x00\x02"], ids=["silence", "a dripping greeting"])
def test_a_handshake_ends_at_the_deadline(serve: Serve, connect: Connect, said: bytes) -> None:
    """Trap 5, before anything was sent: a handshake that drips is no longer waited for than one that does not come."""

    def talk(conversation: Conversation) -> None:
        conversation.send(said)
        conversation.drip(b"\x00" * 400 if said else b"", pause_s=0.03)
        conversation.hold()

    client = connect(serve(talk).url.replace("http:", "https:"), timeout_s=SHORT_S)
    reply = client.send(attempt())
    assert what(reply) == (Fault.CONNECT_TIMED_OUT, None)
    assert SHORT_S * 0.9 < reply.elapsed_s < LATEST_S


@pytest.mark.slow
@pytest.mark.parametrize(
    ("at_once", "dripped"),
    [
        pytest.param(b"HTTP/1.1 200 OK\r\n", b"X-Drop: y\r\n" * 90, id="headers"),
        pytest.param(http_reply(200, b"", length=200), b" " * 200, id="body"),
        pytest.param(b"HTTP/1.0 200 OK\r\n\r\n", b" " * 200, id="body without a length"),
    ],
)
def test_dripping_over_tls_ends_at_the_deadline(
    serve: Serve,
    connect: Connect,
    certificate: Certificate,
    monkeypatch: pytest.MonkeyPatch,
    at_once: bytes,
    dripped: bytes,
) -> None:
    """Trap 5, encrypted: the deadline cuts a TLS connection from outside, and the next attempt is a clean one."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate.path))

    def dripping(conversation: Conversation) -> None:
        conversation.request()
        conversation.send(at_once)
        conversation.drip(dripped, pause_s=0.03)
        conversation.hold()

    talks = iter([dripping, answering(OK)])

    def talk(conversation: Conversation) -> None:
        next(talks)(conversation)

    client = connect(serve(talk, tls=certificate.context).url, timeout_s=SHORT_S * 2)
    reply = client.send(attempt())
    assert (reply.fault, reply.body) == (Fault.TIMED_OUT, b"")
    assert reply.elapsed_s < LATEST_S
    assert what(client.send(attempt(3))) == (None, 200)


def test_no_other_protocol_is_agreed_on(
    serve: Serve, connect: Connect, certificate: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that would rather speak HTTP/2 is spoken to in HTTP/1.1 all the same."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate.path))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.path, certificate.path.with_name("key.pem"))
    context.set_alpn_protocols(["h2", "http/1.1"])
    agreed: list[str | None] = []

    def talk(conversation: Conversation) -> None:
        assert isinstance(conversation.sock, ssl.SSLSocket)
        agreed.append(conversation.sock.selected_alpn_protocol())
        confirming(conversation)

    assert what(connect(serve(talk, tls=context).url).send(attempt())) == (None, 200)
    assert agreed in ([None], ["http/1.1"])


# --- Proxies ---


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_the_environments_proxy_is_honoured(
    serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    """A request to another host goes through it, the deadline and the connection included."""
    proxy = serve(confirming)
    monkeypatch.setenv(variable, proxy.url)
    client = connect("http://api.example.com")
    for row in range(2, 5):
        assert what(client.send(attempt(row))) == (None, 200)
    assert proxy.connections == 1
    assert proxy.requests[0].line.startswith("PUT http://api.example.com/api/v1/groups/")
    assert proxy.requests[0].header("Authorization") == [KEY]


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "ALL_PROXY"])
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_loopback_is_never_sent_through_a_proxy(
    serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch, host: str, variable: str
) -> None:
    """What is for this machine stays on it, whatever the environment says."""
    proxy, server = serve(confirming), serve(answering(OK))
    monkeypatch.setenv(variable, proxy.url)
    assert what(connect(server.url.replace("127.0.0.1", host)).send(attempt())) == (None, 200)
    assert (proxy.connections, len(server.requests)) == (0, 1)


def test_hosts_that_the_environment_excepts_are_not_sent_through_a_proxy(
    serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`NO_PROXY` counts: the name of a host that is not there is looked up here."""
    proxy = serve(confirming)
    host = "a" * 64 + ".example.com"
    monkeypatch.setenv("HTTP_PROXY", proxy.url)
    monkeypatch.setenv("NO_PROXY", ".example.com")
    assert what(connect(f"http://{host}").send(attempt())) == (Fault.NAME_NOT_RESOLVED, None)
    assert proxy.connections == 0


def tunnelling(context: ssl.SSLContext, requests: list[str]) -> Callable[[Conversation], None]:
    """Return what a proxy does that is asked for a tunnel, and is the host at its end as well."""

    def talk(conversation: Conversation) -> None:
        asked = conversation.request()
        assert asked is not None
        requests.append(asked.line)
        assert asked.header("Authorization") == []
        conversation.send(b"HTTP/1.1 200 Connection established\r\n\r\n")
        inner = context.wrap_socket(conversation.sock, server_side=True)
        with inner:
            confirming(Conversation(inner, conversation.requests, conversation.stopped))

    return talk


def test_https_goes_through_a_tunnel(
    serve: Serve, connect: Connect, certificate: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The proxy is asked for a tunnel and sees neither the key nor the row; the certificate is the host's."""
    asked: list[str] = []
    proxy = serve(tunnelling(certificate.context, asked))
    monkeypatch.setenv("HTTPS_PROXY", proxy.url)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate.path))
    client = connect("https://api.example.com")
    for row in range(2, 5):
        assert what(client.send(attempt(row))) == (None, 200)
    assert len(asked) == 1
    assert asked[0].startswith("CONNECT api.example.com:443 ")
    assert (len(proxy.requests), proxy.connections) == (4, 1)


@pytest.mark.parametrize(
    "answer", [b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", b"HTTP/1.1 502 Bad Gateway\r\n\r\n"]
)
def test_a_tunnel_that_is_refused_is_the_proxys_failure(
    serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch, answer: bytes
) -> None:
    """Nothing was sent to the API."""
    proxy = serve(answering(answer))
    monkeypatch.setenv("HTTPS_PROXY", proxy.url)
    assert what(connect("https://api.example.com").send(attempt())) == (Fault.PROXY_FAILED, None)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
def test_a_tunnel_that_drips_ends_at_the_deadline(
    serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Trap 5, at the proxy: nothing was sent, and the worker is free again."""

    def talk(conversation: Conversation) -> None:
        conversation.request()
        conversation.send(b"HTTP/1.1 200 OK\r\n")
        conversation.drip(b"X: y\r\n" * 90, pause_s=0.03)
        conversation.hold()

    monkeypatch.setenv("HTTPS_PROXY", serve(talk).url)
    reply = connect("https://api.example.com", timeout_s=SHORT_S).send(attempt())
    assert what(reply) == (Fault.CONNECT_TIMED_OUT, None)
    assert reply.elapsed_s < LATEST_S
    gc.collect()  # urllib3 leaves a socket whose handshake could not begin to the collector.


@pytest.mark.parametrize(
    "proxy",
    [
        pytest.param("http://127.0.0.1:9", id="nobody listens"),
        pytest.param("http://" + "a" * 64 + ".invalid:3128", id="no such host"),
        pytest.param("socks5://127.0.0.1:9", id="SOCKS, which is not supported"),
        pytest.param("http:///", id="no host"),
    ],
)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_that_cannot_be_reached_is_the_proxys_failure(
    connect: Connect, monkeypatch: pytest.MonkeyPatch, proxy: str, scheme: str
) -> None:
    """The request does not go round it."""
    monkeypatch.setenv("ALL_PROXY", proxy)
    assert what(connect(f"{scheme}://api.example.com").send(attempt())) == (Fault.PROXY_FAILED, None)


@pytest.mark.slow
def test_an_encrypted_proxy_and_its_deadline(
    serve: Serve, connect: Connect, certificate: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Through TLS in TLS an attempt works, and a dripping one ends at its deadline."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate.path))

    def talk(conversation: Conversation) -> None:
        conversation.request()
        conversation.send(b"HTTP/1.1 200 Connection established\r\n\r\n")
        inside = TlsInside(conversation, certificate.context)
        inside.answer(OK)
        inside.answer(http_reply(200, b"", length=200))
        conversation.hold()

    server = serve(talk, tls=certificate.context)
    monkeypatch.setenv("HTTPS_PROXY", server.url)
    client = connect("https://api.example.com", timeout_s=1.2)
    assert what(client.send(attempt())) == (None, 200)
    reply = client.send(attempt(3))
    assert what(reply) == (Fault.TIMED_OUT, 200)
    assert reply.elapsed_s < LATEST_S


class TlsInside:
    """The server's side of TLS within a conversation that is encrypted already."""

    def __init__(self, conversation: Conversation, context: ssl.SSLContext) -> None:
        self._outer = conversation.sock
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_side=True)
        self._until(self._tls.do_handshake)

    def answer(self, reply: bytes) -> None:
        """Read one request, and say something."""
        asked = b""
        while b'"email"' not in asked:
            asked += self._until(lambda: self._tls.read(65536))
        self._tls.write(reply)
        self._outer.sendall(self._outgoing.read())

    def _until(self, step: Callable[[], Done]) -> Done:
        while True:
            try:
                done = step()
            except ssl.SSLWantReadError:
                self._outer.sendall(self._outgoing.read())
                self._incoming.write(self._outer.recv(65536))
            else:
                self._outer.sendall(self._outgoing.read())
                return done
