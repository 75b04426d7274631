"""What the environment says of proxies and certificates, in the way of requests: the same for every engine."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.utils import DEFAULT_CA_BUNDLE_PATH, prepend_scheme_if_needed, select_proxy

from importer.config.setting_values import is_loopback


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the environment says of proxies and certificates.

    Attributes:
        proxies: By scheme, or scheme and host.
        verify: The certificates to trust: a file, a folder, or True for the usual ones.
        cert: The certificate to show.
    """

    proxies: dict[str, str]
    verify: bool | str
    cert: str | tuple[str, str] | None

    @classmethod
    def read(cls, base_url: str) -> Surroundings:
        """Return them for an API; they are looked up once, not for every request."""
        with requests.Session() as session:
            found = session.merge_environment_settings(base_url, {}, None, None, None)
        proxies = {} if is_loopback(base_url) else dict(found["proxies"])
        return cls(proxies, found["verify"] is None or found["verify"], found["cert"])

    def proxy_for(self, url: str) -> str | None:
        """Return the URL of the proxy that requests to a URL go through; None for none."""
        proxy = select_proxy(url, self.proxies)
        return prepend_scheme_if_needed(proxy, "http") if proxy else None

    def proxy_headers(self, proxy: str) -> dict[str, str]:
        """Return what a proxy is to be told of who asks, where its URL says that."""
        return dict(HTTPAdapter().proxy_headers(proxy))

    @property
    def trusted(self) -> str:
        """The file, or the folder, of certificates that are trusted."""
        return self.verify if isinstance(self.verify, str) else DEFAULT_CA_BUNDLE_PATH


def is_socks(proxy: str) -> bool:
    """Return whether a proxy is of a kind that is not supported."""
    return urlsplit(proxy).scheme.lower().startswith("socks")
