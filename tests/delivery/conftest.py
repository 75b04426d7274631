"""Clients of servers on loopback, in an environment that says nothing of proxies or certificates."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest

from importer.delivery.wire.attempts import Reply
from importer.delivery.wire.client import Client
from importer.delivery.wire.curl.engine import CurlEngine
from importer.delivery.wire.deadline import Watchdog
from importer.delivery.wire.doubts import Doubts
from importer.delivery.wire.endpoint import Endpoint
from importer.model.rows import Attempt
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


class OneByOne(Protocol):
    """Makes one attempt at a time, over either wire."""

    def send(self, attempt: Attempt) -> Reply:
        """Perform an attempt; what is no fault of the network is raised."""
        ...

    def close(self) -> None:
        """Close the connections."""
        ...


@pytest.fixture(params=["requests", "curl"])
def connect(request: pytest.FixtureRequest) -> Iterator[Callable[..., OneByOne]]:
    """Make a client of a base URL, over either wire; its attempts end by their deadline."""
    with ExitStack() as stack:
        watchdog = stack.enter_context(Watchdog())

        def make(
            base_url: str,
            *,
            timeout_s: float = 20.0,
            max_reply_bytes: int = 1 << 20,
            key: str = KEY,
            doubts: Doubts | None = None,
        ) -> OneByOne:
            endpoint = Endpoint(
                base_url=base_url,
                key=key,
                user_agent="importer/test",
                timeout_s=timeout_s,
                max_reply_bytes=max_reply_bytes,
            )
            if request.param == "requests":
                sender: OneByOne = Client(endpoint, watchdog.new_deadline(), doubts or Doubts())
            else:
                sender = CurlClient(endpoint, doubts or Doubts())
            stack.callback(sender.close)
            return sender

        yield make


class CurlClient:
    """Makes one attempt at a time with the engine over libcurl."""

    def __init__(self, endpoint: Endpoint, doubts: Doubts) -> None:
        self._defects: list[Exception] = []
        self._engine = CurlEngine(endpoint, workers=1, on_defect=self._defects.append, doubts=doubts)
        self._is_closed = False

    def send(self, attempt: Attempt) -> Reply:
        """Perform an attempt; what is no fault of the network is raised."""
        self._engine.submit([attempt])
        replies: Sequence[Reply] = ()
        while not replies:
            replies = self._engine.poll(0.2)
        for defect in self._defects:
            raise defect
        (reply,) = replies
        return reply

    def close(self) -> None:
        """Close the connections."""
        if not self._is_closed:
            self._engine.close()
        self._is_closed = True


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
