"""requests' way to the API: its proxies, its certificates, its connections, and of these one.

What a session and a response of requests add to each request is left out: cookies, redirects and copies of headers
would be as much work again as the exchange itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, cast

import requests
import urllib3.exceptions as faults
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, ProxyManager, Timeout
from urllib3.response import HTTPResponse

from importer.delivery.wire.connections import pool_classes
from importer.delivery.wire.deadline import Deadline
from importer.delivery.wire.exchange import Exchange
from importer.delivery.wire.surroundings import Surroundings, is_socks


class ApiAdapter(HTTPAdapter):
    """An adapter for one API, without retries, whose connection keeps to a deadline.

    Args:
        base_url: Where the API is.
        timeout_s: For each step of an exchange, beside the deadline.
        deadline: Of the attempt.
        exchange: Is told how that goes.
    """

    def __init__(self, base_url: str, timeout_s: float, deadline: Deadline, exchange: Exchange) -> None:
        self._pool_classes = pool_classes(deadline, exchange)
        super().__init__(pool_connections=1, pool_maxsize=1, max_retries=0)
        self._surroundings: Final = Surroundings.read(base_url)
        self._timeout: Final = Timeout(connect=timeout_s, read=timeout_s)
        self._base: Final = requests.Request("PUT", base_url).prepare()
        self._pool: HTTPConnectionPool | None = None
        self._before_path = ""

    def put(self, path: str, headers: Mapping[str, str], body: bytes) -> HTTPResponse:
        """Send a request, and return the answer as soon as its head is there.

        Args:
            path: Behind the base URL, with whatever needs it escaped.
            headers: All of them but `Host`.
            body: Not empty.

        Raises:
            urllib3.exceptions.HTTPError: No answer came, or there is no way to the API.
            OSError: As before.
        """
        pool = self._pool or self._connect()
        return cast(
            "HTTPResponse",
            pool.urlopen(
                "PUT",
                self._before_path + path,
                body=body,
                headers=headers,
                redirect=False,
                assert_same_host=False,
                preload_content=False,
                decode_content=False,
                retries=self.max_retries,
                timeout=self._timeout,
            ),
        )

    def close(self) -> None:
        """Close the connection; another request would make a new one."""
        self._pool = None
        super().close()

    def _connect(self) -> HTTPConnectionPool:
        """Return what makes connections to the API, or to the proxy before it."""
        surroundings = self._surroundings
        try:
            pool = self.get_connection_with_tls_context(
                self._base, surroundings.verify, proxies=surroundings.proxies, cert=surroundings.cert
            )
        except (requests.exceptions.ProxyError, requests.exceptions.InvalidProxyURL) as error:
            raise faults.ProxyError(str(error), error) from error
        try:
            self.cert_verify(pool, str(self._base.url), surroundings.verify, surroundings.cert)
        except OSError as error:  # A file that the environment names is not there.
            raise faults.SSLError(str(error)) from error
        self._before_path = self.request_url(self._base, surroundings.proxies).removesuffix("/")
        self._pool = pool
        return pool

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **kwargs: object) -> None:  # noqa: FBT001, FBT002 - the signature of requests
        """Make connections of our own kind."""
        super().init_poolmanager(connections, maxsize, block, **kwargs)
        self.poolmanager.pool_classes_by_scheme = self._pool_classes

    def proxy_manager_for(self, proxy: str, **kwargs: object) -> ProxyManager:
        """Make connections of our own kind to a proxy, too."""
        if is_socks(proxy):
            # Its connections would not say whether a request has begun to leave.
            raise requests.exceptions.ProxyError("SOCKS proxies are not supported")
        manager: ProxyManager = super().proxy_manager_for(proxy, **kwargs)
        manager.pool_classes_by_scheme = self._pool_classes
        return manager
