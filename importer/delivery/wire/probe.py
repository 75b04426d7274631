"""Looking at the way to an API without asking it for anything: a name, a handshake, and the head of one answer.

What is asked is HEAD, which RFC 9110 (9.2.1) calls safe, without a key and without a body.
"""

from __future__ import annotations

import os
import re
import ssl
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import urllib3.exceptions as faults
from urllib3 import PoolManager, ProxyManager, Timeout
from urllib3.connection import HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from importer.delivery.wire.client import causes_of
from importer.delivery.wire.names import LookUp
from importer.delivery.wire.surroundings import Surroundings, is_socks

_DEFAULT_PORTS: Final = {"http": 80, "https": 443}


class Obstacle(StrEnum):
    """What is in the way."""

    NO_NAME = "name_not_found"
    REFUSED = "refused"
    SILENT = "silent"
    NO_BUNDLE = "no_certificates"
    EXPIRED = "certificate_expired"
    NOT_YET = "certificate_not_yet_valid"
    OTHER_NAME = "certificate_of_another_name"
    NOT_TRUSTED = "certificate_not_trusted"
    NO_TLS = "no_tls"
    PROXY = "proxy"
    SOCKS = "socks"
    UNREACHABLE = "unreachable"
    CLOSED = "closed"
    NO_HTTP = "no_http"


_BY_CODE: Final = {
    9: Obstacle.NOT_YET,
    10: Obstacle.EXPIRED,
    62: Obstacle.OTHER_NAME,
    64: Obstacle.OTHER_NAME,
}
"""OpenSSL's X509_V_ERR_CERT_NOT_YET_VALID, _CERT_HAS_EXPIRED, _HOSTNAME_MISMATCH and _IP_ADDRESS_MISMATCH."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WayLook:
    """What was seen on the way to an API.

    Attributes:
        proxy: Host and port of the proxy before it; "" for none.
        trusted: The file, or the folder, of certificates that are trusted.
        obstacle: What is in the way; None for nothing.
        reason: More of that, for a person; "" for nothing.
        is_encrypted: Whether it goes through TLS.
        tls: Which one, such as `TLSv1.3`; "" where no handshake came to its end.
        not_before: From when on its certificate is valid, in seconds since the epoch; None where nobody knows.
        not_after: The same of its end.
        status: Of the answer; None where there is none.
        date: The header `Date` of the answer; "" where there is none.
        age_s: For how long something in between has kept the answer.
        asked_at: When it was asked, in seconds since the epoch.
        took_s: How long the answer took, from then on.
    """

    proxy: str = ""
    trusted: str = ""
    obstacle: Obstacle | None = None
    reason: str = ""
    is_encrypted: bool = False
    tls: str = ""
    not_before: float | None = None
    not_after: float | None = None
    status: int | None = None
    date: str = ""
    age_s: float = 0.0
    asked_at: float = 0.0
    took_s: float = 0.0


def probed(base_url: str, *, user_agent: str, timeout_s: float, wall: Callable[[], float] = time.time) -> WayLook:
    """Look at the way to an API, as requests would take it; never raises for the network's sake.

    Args:
        base_url: As settings have normalised it.
        user_agent: What the request says of who asks.
        timeout_s: For all of it.
        wall: Returns the time, in seconds since the epoch.
    """
    ends_at = time.monotonic() + timeout_s
    surroundings = Surroundings.read(base_url)
    proxy = surroundings.proxy_for(base_url) or ""
    met: dict[str, Any] = {
        "proxy": _shown(proxy),
        "trusted": surroundings.trusted,
        "is_encrypted": base_url.startswith("https:"),
    }
    if is_socks(proxy):
        return WayLook(**met, obstacle=Obstacle.SOCKS)
    if met["is_encrypted"] and not Path(surroundings.trusted).exists():
        return WayLook(**met, obstacle=Obstacle.NO_BUNDLE)
    obstacle = _look_up(proxy or base_url, ends_at)
    if obstacle is not None:
        return WayLook(**met, obstacle=Obstacle.PROXY if proxy else obstacle, reason=_NOT_FOUND if proxy else "")
    handshake = _Handshake()
    began, met["asked_at"] = time.monotonic(), wall()
    try:
        with _manager(surroundings, proxy, handshake) as manager:
            response = manager.request(
                "HEAD",
                base_url if urlsplit(base_url).path else f"{base_url}/",
                headers={"User-Agent": user_agent, "Accept": "application/json"},
                redirect=False,
                retries=False,
                timeout=Timeout(total=max(0.1, ends_at - time.monotonic())),
            )
            met |= {"status": response.status, "date": response.headers.get("Date", "")}
            age = response.headers.get("Age", "")
            met["age_s"] = float(age) if age.isdecimal() else 0.0
    except (faults.HTTPError, OSError, ValueError) as error:
        met["obstacle"], met["reason"] = _met(error, has_proxy=bool(proxy))
    return WayLook(**met, took_s=time.monotonic() - began, **handshake.seen)


_NOT_FOUND: Final = "its name is not found"


class _Handshake:
    """What a handshake has come to, noted as soon as it is over: the connection may be closed with the answer."""

    def __init__(self) -> None:
        self.seen: dict[str, Any] = {}

    def note(self, sock: Any) -> None:  # noqa: ANN401 - a socket of ssl, or what urllib3 has for TLS within TLS
        """Note what a connection has been told."""
        if not isinstance(sock, ssl.SSLSocket):
            return
        certificate = sock.getpeercert() or {}
        self.seen["tls"] = sock.version() or ""
        for name, key in (("not_before", "notBefore"), ("not_after", "notAfter")):
            text = certificate.get(key)
            self.seen[name] = ssl.cert_time_to_seconds(text) if isinstance(text, str) else None


def _manager(surroundings: Surroundings, proxy: str, handshake: _Handshake) -> PoolManager:
    """Return what connects to the API as requests does: through its proxy, trusting what it trusts."""

    class NotingConnection(HTTPSConnection):
        def connect(self) -> None:
            super().connect()
            handshake.note(self.sock)

    class NotingPool(HTTPSConnectionPool):
        ConnectionCls = NotingConnection

    is_folder = Path(surroundings.trusted).is_dir()
    trust: dict[str, Any] = {
        "cert_reqs": "CERT_REQUIRED",
        "ca_cert_dir" if is_folder else "ca_certs": surroundings.trusted,
    }
    if surroundings.cert:
        one = isinstance(surroundings.cert, str)
        trust |= (
            {"cert_file": surroundings.cert}
            if one
            else dict(zip(("cert_file", "key_file"), surroundings.cert, strict=True))
        )
    manager = (
        ProxyManager(proxy, proxy_headers=surroundings.proxy_headers(proxy), **trust) if proxy else PoolManager(**trust)
    )
    manager.pool_classes_by_scheme = {"http": HTTPConnectionPool, "https": NotingPool}
    return manager


def _look_up(url: str, ends_at: float) -> Obstacle | None:
    """Return what keeps a host's name from being found, within the time; None for nothing."""
    parts = urlsplit(url)
    done = threading.Event()
    look_up = LookUp(parts.hostname or "", parts.port or _DEFAULT_PORTS.get(parts.scheme, 80), done.set)
    look_up.start()
    done.wait(max(0.0, ends_at - time.monotonic()))
    return None if look_up.addresses() else Obstacle.NO_NAME


def _met(error: Exception, *, has_proxy: bool) -> tuple[Obstacle, str]:
    """Return what is in the way, by the errors that it has led to, and more of it in words."""
    causes = causes_of(error)
    untrusted = next((cause for cause in causes if isinstance(cause, ssl.SSLCertVerificationError)), None)
    if untrusted is not None:
        return _BY_CODE.get(untrusted.verify_code, Obstacle.NOT_TRUSTED), untrusted.verify_message
    for kind, obstacle in _OBSTACLES:
        found = next((cause for cause in causes if isinstance(cause, kind)), None)
        if found is not None and not (obstacle is Obstacle.PROXY and not has_proxy):
            refused = next(filter(None, (_REFUSED_TUNNEL.match(str(cause)) for cause in causes)), None)
            return obstacle, f"it answers {refused[1]}" if refused else _words(causes)
    return Obstacle.UNREACHABLE, _words(causes)


_REFUSED_TUNNEL: Final = re.compile(r"^Tunnel connection failed: ([0-9]{3})\b")
"""As http.client says it; what the proxy said beside is not shown."""
_OBSTACLES: Final[tuple[tuple[type[BaseException], Obstacle], ...]] = (
    (faults.ProxyError, Obstacle.PROXY),
    (ConnectionRefusedError, Obstacle.REFUSED),
    (ssl.SSLError, Obstacle.NO_TLS),
    (faults.SSLError, Obstacle.NO_TLS),
    (ConnectionError, Obstacle.CLOSED),
    (TimeoutError, Obstacle.SILENT),
    (faults.NewConnectionError, Obstacle.UNREACHABLE),  # which urllib3 takes for a kind of the next
    (faults.TimeoutError, Obstacle.SILENT),
    (faults.ProtocolError, Obstacle.NO_HTTP),
)
"""The first of these kinds that is among the causes names it."""


def _words(causes: Sequence[BaseException]) -> str:
    """Return what TLS, or the system, says of errors; "" where only a library does, which may quote anything."""
    for cause in causes:
        if isinstance(cause, ssl.SSLError):
            return (cause.reason or "").replace("_", " ").lower()
        if isinstance(cause, OSError) and cause.strerror and cause.errno is not None and cause.errno > 0:
            return os.strerror(cause.errno)
    return ""


def _shown(proxy: str) -> str:
    """Return a proxy without what its URL says of who asks; "" for none."""
    parts = urlsplit(proxy)
    return f"{parts.hostname}:{parts.port or _DEFAULT_PORTS.get(parts.scheme, 80)}" if parts.hostname else ""
