"""What is seen on the way to an API, of real servers on loopback: certificates, proxies, silence; nothing is sent."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from importer.delivery.wire.probe import Obstacle, WayLook, probed
from tests.delivery.certificates import Authority
from tests.delivery.conftest import Certificate
from tests.delivery.wire.servers import Conversation, Server, Talk, answering, http_reply

Serve = Callable[..., Server]
OK = http_reply(404, b"", "Date: Tue, 01 Dec 2026 12:00:00 GMT")
AGENT = "importer/test"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Return an authority of the tests' own."""
    found = Authority.made(tmp_path_factory.mktemp("authority"))
    if found is None:
        assert not os.environ.get("CI"), "openssl is missing"
        pytest.skip("there is no openssl command to make certificates with")
    return found


def probe(url: str, timeout_s: float = 5.0) -> WayLook:
    """Look at the way to a server."""
    return probed(url, user_agent=AGENT, timeout_s=timeout_s)


def test_one_head_without_a_key_is_all_that_is_asked(serve: Serve) -> None:
    """No method that could change anything, no body, no key."""
    server = serve(answering(OK))
    seen = probe(server.url)
    assert (seen.obstacle, seen.status, seen.tls, seen.proxy) == (None, 404, "", "")
    assert seen.date == "Tue, 01 Dec 2026 12:00:00 GMT"
    (request,) = server.requests
    assert request.line == "HEAD / HTTP/1.1"
    assert request.body == b""
    assert request.header("Authorization") == []
    assert request.header("User-Agent") == [AGENT]


def test_a_redirect_is_not_followed(serve: Serve) -> None:
    """What is elsewhere is not the target."""
    server = serve(answering(http_reply(302, b"", "Location: /elsewhere")))
    assert probe(f"{server.url}/v2").status == 302
    assert [request.line for request in server.requests] == ["HEAD /v2 HTTP/1.1"]


def test_a_certificate_that_is_trusted_is_seen_with_its_days(
    serve: Serve, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the certificates that requests would use: those of REQUESTS_CA_BUNDLE."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority.bundle))
    server = serve(answering(OK), tls=authority.context(begun_days=60, left_days=20))
    seen = probe(server.url)
    assert (seen.obstacle, seen.status, seen.tls) == (None, 404, "TLSv1.3")
    assert seen.trusted == str(authority.bundle)
    assert seen.not_after is not None
    assert seen.not_before is not None
    assert seen.not_after - time.time() == pytest.approx(20 * 86_400, abs=60)
    assert time.time() - seen.not_before == pytest.approx(60 * 86_400, abs=60)


@pytest.mark.parametrize(
    ("days", "names", "obstacle"),
    [
        pytest.param((90, -1), "IP:127.0.0.1", Obstacle.EXPIRED, id="expired"),
        pytest.param((-1, 90), "IP:127.0.0.1", Obstacle.NOT_YET, id="not valid yet"),
        pytest.param((1, 90), "DNS:api.example.com", Obstacle.OTHER_NAME, id="another name"),
        pytest.param((1, 90), "IP:127.0.0.2", Obstacle.OTHER_NAME, id="another address"),
    ],
)
def test_a_certificate_that_does_not_fit_is_told_by_what_is_wrong(
    days: tuple[float, float],
    names: str,
    obstacle: Obstacle,
    serve: Serve,
    authority: Authority,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """And nothing is asked over such a connection."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority.bundle))
    server = serve(answering(OK), tls=authority.context(begun_days=days[0], left_days=days[1], names=names))
    seen = probe(server.url)
    assert (seen.obstacle, seen.status, server.requests) == (obstacle, None, [])


def test_a_certificate_that_nobody_trusts_is_told(serve: Serve, certificate: Certificate) -> None:
    """One that has signed itself, beside the usual authorities."""
    seen = probe(serve(answering(OK), tls=certificate.context).url)
    assert (seen.obstacle, "self" in seen.reason) == (Obstacle.NOT_TRUSTED, True)


def test_a_file_of_certificates_that_is_not_there_is_told(
    serve: Serve, certificate: Certificate, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It is named by a variable that somebody may have set long ago."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "none.pem"))
    seen = probe(serve(answering(OK), tls=certificate.context).url)
    assert (seen.obstacle, seen.trusted) == (Obstacle.NO_BUNDLE, str(tmp_path / "none.pem"))


def _silent(conversation: Conversation) -> None:
    conversation.request()
    conversation.hold()


@pytest.mark.parametrize("tls", [False, True])
def test_a_server_that_says_nothing_is_not_waited_for(tls: bool, serve: Serve, certificate: Certificate) -> None:  # noqa: FBT001
    """Whether it hangs before the handshake or after the request."""
    server = serve(_silent)
    began = time.monotonic()
    seen = probe(server.url.replace("http:", "https:") if tls else server.url, timeout_s=0.3)
    assert certificate.path.exists()
    assert seen.obstacle is Obstacle.SILENT
    assert time.monotonic() - began < 5


def test_a_port_that_nobody_listens_on_refuses() -> None:
    """As when the API is down, or the port is misspelt."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert probe(f"http://127.0.0.1:{port}").obstacle is Obstacle.REFUSED


def test_a_name_that_is_none_is_not_found() -> None:
    """Whatever the resolver of this machine makes of the rest, a label of 64 characters is no name."""
    assert probe(f"https://{'a' * 64}.invalid").obstacle is Obstacle.NO_NAME


@pytest.mark.parametrize(
    ("talk", "tls", "obstacle"),
    [
        pytest.param(answering(b"SSH-2.0-OpenSSH_9\r\n"), False, Obstacle.NO_HTTP, id="another protocol"),
        pytest.param(lambda conversation: conversation.send(OK), True, Obstacle.NO_TLS, id="no TLS"),
        pytest.param(Conversation.reset, False, Obstacle.CLOSED, id="a reset"),
    ],
)
def test_what_is_no_api_is_told(talk: Talk, tls: bool, obstacle: Obstacle, serve: Serve) -> None:  # noqa: FBT001
    """Something else is on that port."""
    server = serve(talk)
    seen = probe(server.url.replace("http:", "https:") if tls else server.url)
    assert seen.obstacle is obstacle


def _tunnel(answer: bytes, secret: list[str]) -> Talk:
    """Return a proxy that answers CONNECT so, and notes what it was told of who asks."""

    def talk(conversation: Conversation) -> None:
        request = conversation.request()
        assert request is not None
        secret.extend(request.header("Proxy-Authorization"))
        conversation.send(answer)

    return talk


def test_a_proxy_that_refuses_is_named_without_its_password(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is told who asks, and nobody else is."""
    told: list[str] = []
    server = serve(_tunnel(b"HTTP/1.1 407 Who are you, s3cret?\r\nContent-Length: 0\r\n\r\n", told))
    monkeypatch.setenv("HTTPS_PROXY", f"http://me:s3cret@127.0.0.1:{server.port}")
    seen = probe("https://api.example.com")
    assert (seen.obstacle, seen.reason) == (Obstacle.PROXY, "it answers 407")
    assert seen.proxy == f"127.0.0.1:{server.port}"
    assert "s3cret" not in repr(seen)
    assert told
    assert server.requests[0].line.startswith("CONNECT api.example.com:443")


def test_a_proxy_is_gone_through(serve: Serve, authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    """To the target, whose certificate is the one that counts."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority.bundle))
    context = authority.context(begun_days=1, left_days=90, names="DNS:api.example.com")

    def talk(conversation: Conversation) -> None:
        conversation.request()
        conversation.send(b"HTTP/1.1 200 Go on\r\n\r\n")
        inner = context.wrap_socket(conversation.sock, server_side=True)
        answering(OK)(Conversation(inner, conversation.requests, conversation.stopped))
        inner.close()

    server = serve(talk)
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{server.port}")
    seen = probe("https://api.example.com")
    assert (seen.obstacle, seen.status, seen.tls) == (None, 404, "TLSv1.3")
    assert [request.line.split()[0] for request in server.requests] == ["CONNECT", "HEAD"]


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:1080", f"http://{'a' * 64}.invalid:3128"])
def test_a_proxy_that_cannot_be_used_is_told(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A kind that is not supported, and a name that is none."""
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    assert probe("https://api.example.com").obstacle in (Obstacle.SOCKS, Obstacle.PROXY)


def test_the_age_of_an_answer_is_known(serve: Serve) -> None:
    """Something in between may have kept it, and its date with it."""
    server = serve(answering(http_reply(200, b"", "Date: Tue, 01 Dec 2026 12:00:00 GMT", "Age: 120")))
    assert probe(server.url).age_s == 120
