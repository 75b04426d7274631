"""The way to the API: how libcurl is told to connect, and what it means when it does not."""

from __future__ import annotations

import errno
from collections.abc import Sequence
from ipaddress import ip_address
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import pycurl

from importer.delivery.wire.attempts import Fault
from importer.delivery.wire.surroundings import Surroundings, is_socks

_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_E_PROXY: Final = 97
"""libcurl's CURLE_PROXY, which pycurl has no name for."""
_FAULTS: Final = {
    pycurl.E_OPERATION_TIMEDOUT: Fault.CONNECT_TIMED_OUT,
    pycurl.E_COULDNT_RESOLVE_HOST: Fault.NAME_NOT_RESOLVED,
    pycurl.E_COULDNT_RESOLVE_PROXY: Fault.PROXY_FAILED,
    _E_PROXY: Fault.PROXY_FAILED,
    pycurl.E_SSL_CONNECT_ERROR: Fault.TLS_FAILED,
    pycurl.E_PEER_FAILED_VERIFICATION: Fault.TLS_FAILED,
    pycurl.E_SSL_CACERT_BADFILE: Fault.TLS_FAILED,
    pycurl.E_SSL_CERTPROBLEM: Fault.TLS_FAILED,
    pycurl.E_SSL_CIPHER: Fault.TLS_FAILED,
    pycurl.E_SSL_ISSUER_ERROR: Fault.TLS_FAILED,
    pycurl.E_SSL_CRL_BADFILE: Fault.TLS_FAILED,
    pycurl.E_SSL_ENGINE_INITFAILED: Fault.TLS_FAILED,
}
_SYSTEM_FAULTS: Final = {
    errno.ECONNREFUSED: Fault.CONNECTION_REFUSED,
    errno.ETIMEDOUT: Fault.CONNECT_TIMED_OUT,
}
_OF_A_PROXY_TOO: Final = frozenset({Fault.TLS_FAILED, Fault.CONNECT_TIMED_OUT})
"""What may be the API's fault although there is a proxy before it."""
_LONGEST_S: Final = 86_400
"""An attempt's own deadline is shorter; libcurl's usual one may be, too."""


class Way:
    """How connections to an API are made: directly, or through the proxy that the environment names.

    Args:
        base_url: Where the API is.

    Attributes:
        is_barred: Whether there is a proxy through which no request can go.
        host: What is connected to: the API, or the proxy before it.
        port: The same.
        before_path: What a request line says before the path.
        headers: What each request says of the way, by name: the host that is meant, and to the proxy who asks.
        is_encrypted: Whether what comes over a connection comes through TLS.
    """

    def __init__(self, base_url: str) -> None:
        self._surroundings: Final = Surroundings.read(base_url)
        url = urlsplit(base_url)
        self._origin = f"{url.scheme}://{url.netloc}/"
        self._proxy = self._surroundings.proxy_for(base_url)
        target = urlsplit(self._proxy or base_url)
        self.is_barred = not target.hostname or is_socks(self._proxy or "")
        self.host = target.hostname or ""
        self.port = target.port or _DEFAULT_PORTS.get(target.scheme, 80)
        self.before_path = url.path.rstrip("/")
        self.headers = {"Host": url.netloc}
        self.is_encrypted = "https" in (url.scheme, target.scheme)
        if self._proxy and url.scheme == "http":
            self.before_path = base_url.rstrip("/")
            self.headers |= self._surroundings.proxy_headers(self._proxy)

    @property
    def needs_look_up(self) -> bool:
        """Whether the host has a name, and no address."""
        try:
            ip_address(self.host.partition("%")[0])
        except ValueError:
            return True
        return False

    def new_handle(self, addresses: Sequence[str]) -> pycurl.Curl:
        """Return a handle that connects, and sends nothing by itself but what a proxy is asked for.

        What it sends of HTTP would be sent twice where a connection that was kept alive ends before a byte of the
        answer, and what comes beside an answer would be thrown away without a word.

        Args:
            addresses: Of `host`, where that was looked up.
        """
        handle = pycurl.Curl()
        set_option = handle.setopt
        set_option(pycurl.URL, self._origin)
        set_option(pycurl.CONNECT_ONLY, 1)
        set_option(pycurl.FRESH_CONNECT, 1)
        set_option(pycurl.PROTOCOLS, pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS)
        set_option(pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_1_1)  # what TLS is told of, too
        set_option(pycurl.NOSIGNAL, 1)
        set_option(pycurl.CONNECTTIMEOUT, _LONGEST_S)
        set_option(pycurl.PROXY, self._proxy or "")  # "" is for none, whatever libcurl finds in the environment
        set_option(pycurl.NOPROXY, "")
        set_option(pycurl.WRITEFUNCTION, len)
        set_option(pycurl.HEADERFUNCTION, len)
        if addresses:
            found = ",".join(f"[{address}]" if ":" in address else address for address in addresses)
            set_option(pycurl.RESOLVE, [f"{self.host.rstrip('.')}:{self.port}:{found}"])
        if self.is_encrypted:
            self._set_trust(handle)
        return handle

    def fault(self, code: int, system_error: int) -> Fault:
        """Return what kept a connection from being made, for an error of libcurl and one of the system (0 for none)."""
        fault = _FAULTS.get(code) or _SYSTEM_FAULTS.get(system_error, Fault.UNREACHABLE)
        return Fault.PROXY_FAILED if self._proxy and fault not in _OF_A_PROXY_TOO else fault

    def _set_trust(self, handle: pycurl.Curl) -> None:
        """Let a handle trust those certificates that requests would."""
        trusted = self._surroundings.trusted
        is_folder = Path(trusted).is_dir()
        handle.setopt(pycurl.SSLVERSION, pycurl.SSLVERSION_TLSv1_2)
        for file_option, folder_option in ((pycurl.CAINFO, pycurl.CAPATH), (pycurl.PROXY_CAINFO, pycurl.PROXY_CAPATH)):
            if is_folder:
                handle.unsetopt(file_option)
            handle.setopt(folder_option if is_folder else file_option, trusted)
