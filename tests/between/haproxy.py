"""HAProxy in front of the API."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.between.fronts import program, started

_CONFIGURATION: Final = """
global
    maxconn 256
defaults
    mode http
    timeout connect 1s
    timeout client 10s
    timeout server 1s
    default_backend api
frontend plain
    bind 127.0.0.1:{plain}
frontend four_connections
    bind 127.0.0.1:{four_connections}
    tcp-request connection reject if {{ fe_conn gt 4 }}
backend api
    server api 127.0.0.1:{api}
"""


@contextmanager
def haproxy(folder: Path, api: int) -> Iterator[Mapping[str, str]]:
    """Start one in front of a port; yield its base URLs as `plain` and `four_connections`, idle ones counted."""

    def configure(folder: Path, ports: Mapping[str, int]) -> Sequence[str]:
        path = folder / "haproxy.cfg"
        path.write_text(_CONFIGURATION.format(api=api, **ports))
        return (program("haproxy"), "-db", "-f", str(path))

    with started(folder, ["plain", "four_connections"], configure) as urls:
        yield urls
