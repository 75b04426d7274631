"""The way to the API: how libcurl is told to connect, and what it means when it does not."""

from __future__ import annotations

import errno
import sys
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
_NAMES: Final = "X509v3 Subject Alternative Name"
_HOSTS: Final = ("DNS:", "IP Address:")
_TRUSTS_PARTS: Final = sys.version_info >= (3, 13)
"""Whether a certificate may be trusted that another has signed, without that: as it is where requests sends."""
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
        self.before_path = url.path.rstrip("/")
        self.headers = {"Host": url.netloc}
        self.host, self.port = url.hostname or "", url.port or _DEFAULT_PORTS[url.scheme]
        self.is_encrypted, self.is_barred = url.scheme == "https", False
        self._proxy = ""
        self._proxy_headers: dict[str, str] = {}
        self._is_in_doubt = False
        """Whether a certificate has not said for whom it is: no session goes on any more."""
        try:
            proxy = self._surroundings.proxy_for(base_url)
            if proxy:
                self._go_through(proxy, base_url)
        except (ValueError, TypeError):  # what requests and urllib3 raise for what is no URL
            self.is_barred = True

    def _go_through(self, proxy: str, base_url: str) -> None:
        """Note that connections go through a proxy; libcurl is not told of who asks, but what to say of that."""
        url = urlsplit(proxy)
        headers = self._surroundings.proxy_headers(proxy)
        for value in headers.values():
            value.encode("ascii")
        self.is_barred = not url.hostname or is_socks(proxy)
        self.host, self.port = url.hostname or "", url.port or _DEFAULT_PORTS.get(url.scheme, 80)
        self._proxy = f"{url.scheme}://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"
        self.is_encrypted |= url.scheme == "https"
        if base_url.startswith("https:"):
            self._proxy_headers = headers
        else:
            self.before_path = base_url.rstrip("/")
            self.headers |= headers

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
        set_option(pycurl.PROXY, self._proxy)  # "" is for none, whatever libcurl finds in the environment
        set_option(pycurl.NOPROXY, "")
        if self._proxy_headers:
            set_option(pycurl.PROXYHEADER, [f"{name}: {value}" for name, value in self._proxy_headers.items()])
        set_option(pycurl.WRITEFUNCTION, len)
        set_option(pycurl.HEADERFUNCTION, len)
        if addresses:
            found = ",".join(f"[{address}]" if ":" in address else address for address in addresses)
            set_option(pycurl.RESOLVE, [f"{self.host.rstrip('.')}:{self.port}:{found}"])
        if self.is_encrypted:
            self._set_trust(handle)
        return handle

    def is_named(self, handle: pycurl.Curl) -> bool:
        """Return whether the certificate that a handle was shown says for whom it is where that is to be said.

        Where it does not, libcurl takes its common name for a host's, which requests never does.
        """
        if not self.is_encrypted:
            return True
        shown = handle.getinfo(pycurl.INFO_CERTINFO)
        if not shown:  # a session that goes on, and began with a certificate
            return not self._is_in_doubt
        names = next((value for name, value in shown[0] if name == _NAMES), "")
        is_named = any(name.startswith(_HOSTS) for name in names.split(", "))
        self._is_in_doubt |= not is_named
        return is_named

    def fault(self, code: int, system_error: int) -> Fault:
        """Return what kept a connection from being made, for an error of libcurl and one of the system (0 for none)."""
        fault = _FAULTS.get(code) or _SYSTEM_FAULTS.get(system_error, Fault.UNREACHABLE)
        return Fault.PROXY_FAILED if self._proxy and fault not in _OF_A_PROXY_TOO else fault

    def _set_trust(self, handle: pycurl.Curl) -> None:
        """Let a handle trust those certificates that requests would."""
        trusted = self._surroundings.trusted
        is_folder = Path(trusted).is_dir()
        handle.setopt(pycurl.SSLVERSION, pycurl.SSLVERSION_TLSv1_2)
        handle.setopt(pycurl.OPT_CERTINFO, 1)
        handle.setopt(pycurl.SSL_SESSIONID_CACHE, not self._is_in_doubt)
        if not _TRUSTS_PARTS:
            for option in (pycurl.SSL_OPTIONS, pycurl.PROXY_SSL_OPTIONS):
                handle.setopt(option, pycurl.SSLOPT_NO_PARTIALCHAIN)
        for file_option, folder_option in ((pycurl.CAINFO, pycurl.CAPATH), (pycurl.PROXY_CAINFO, pycurl.PROXY_CAPATH)):
            if is_folder:
                handle.unsetopt(file_option)
            handle.setopt(folder_option if is_folder else file_option, trusted)
