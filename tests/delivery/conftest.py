"""Clients of servers on loopback, in an environment that says nothing of proxies or certificates."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from importer.delivery.wire.client import Client, Endpoint
from importer.delivery.wire.deadline import Watchdog
from importer.delivery.wire.doubts import Doubts
from tests.delivery.samples import KEY
from tests.delivery.wire.servers import Server, Talk

VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NETRC")


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Take away what this machine says of proxies and certificates, and give an empty home."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    """Start a server that holds such conversations, until the test is over."""
    with ExitStack() as stack:

        def start(talk: Talk, *, tls: ssl.SSLContext | None = None) -> Server:
            return stack.enter_context(Server(talk, tls))

        yield start


@pytest.fixture
def connect() -> Iterator[Callable[..., Client]]:
    """Make a client of a base URL, whose deadline is watched."""
    with ExitStack() as stack:
        watchdog = stack.enter_context(Watchdog())

        def make(
            base_url: str,
            *,
            timeout_s: float = 20.0,
            max_reply_bytes: int = 1 << 20,
            key: str = KEY,
            doubts: Doubts | None = None,
        ) -> Client:
            endpoint = Endpoint(
                base_url=base_url,
                key=key,
                user_agent="importer/test",
                timeout_s=timeout_s,
                max_reply_bytes=max_reply_bytes,
            )
            client = Client(endpoint, watchdog.new_deadline(), doubts or Doubts())
            stack.callback(client.close)
            return client

        yield make


@dataclass(frozen=True)
class Certificate:
    """A self-signed certificate for 127.0.0.1, and the server's side of TLS with it."""

    path: Path
    context: ssl.SSLContext


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """Make a certificate that nobody trusts by default."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("there is no openssl command to make a certificate with")
    folder = tmp_path_factory.mktemp("tls")
    command = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=loopback"
    files = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "certificate.pem")]
    names = ["-addext", "subjectAltName=IP:127.0.0.1,DNS:api.example.com"]
    subprocess.run([openssl, *command.split(), *files, *names], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
    return Certificate(folder / "certificate.pem", context)
