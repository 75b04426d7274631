"""Apache httpd in front of the API."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.between.fronts import program, started

MODULES: Final = Path("/usr/lib/apache2/modules")
"""Where Debian has them."""

_CONFIGURATION: Final = """
ServerRoot {folder}
ServerName localhost
PidFile httpd.pid
ErrorLog /dev/stderr
Listen 127.0.0.1:{port}
LoadModule mpm_event_module {modules}/mod_mpm_event.so
LoadModule authz_core_module {modules}/mod_authz_core.so
LoadModule proxy_module {modules}/mod_proxy.so
LoadModule proxy_http_module {modules}/mod_proxy_http.so
{user}
{more}
ProxyPass "/" "http://127.0.0.1:{api}/" timeout=1 retry=0
"""
FOUR_CONNECTIONS: Final = f"""
LoadFile libpcre.so.3
LoadModule qos_module {MODULES}/mod_qos.so
QS_SrvMaxConnPerIP 4
QS_SrvMaxConnPerIPIgnoreVIP off
"""
"""mod_qos: so many connections of one address, idle ones too. That of Debian 12 does not load a library it needs."""


@contextmanager
def apache(folder: Path, api: int, *, more: str = "") -> Iterator[Mapping[str, str]]:
    """Start one in front of a port, with `more` in its configuration; yield its base URL as `plain`."""

    def configure(folder: Path, ports: Mapping[str, int]) -> Sequence[str]:
        path = folder / "apache.conf"
        user = "User nobody\nGroup nogroup" if os.geteuid() == 0 else ""  # it refuses to serve as root
        path.write_text(
            _CONFIGURATION.format(folder=folder, port=ports["plain"], modules=MODULES, user=user, more=more, api=api)
        )
        return (program("apache2"), "-f", str(path), "-DFOREGROUND")

    with started(folder, ["plain"], configure) as urls:
        yield urls
