"""nginx in front of the API, set up in all the ways that are tried, each on a port of its own."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.between.fronts import program, started

WALLED: Final = "ffffffff"
"""The first part of ids of customers whom a wall keeps out."""

SERVERS: Final[Mapping[str, str]] = {
    "plain": "location / { proxy_pass http://api; }",
    "maintenance page": """
        location / { proxy_pass http://api; }
        error_page 502 503 504 @maintenance;
        location @maintenance { root www; rewrite ^ /maintenance.html break; }
    """,
    "missing page": """
        location / { proxy_pass http://api; }
        error_page 500 502 503 504 /50x.html;
        location = /50x.html { root www; }
    """,
    "come back later": """
        location / { proxy_pass http://api; }
        error_page 502 504 @later;
        location @later { add_header Retry-After 1 always; return 503; }
    """,
    "status page elsewhere": """
        location / { proxy_pass http://api; }
        error_page 502 503 504 https://status.example.com/;
    """,
    "own errors in JSON": """
        location / { proxy_pass http://api; proxy_pass_header Server; }
        error_page 502 504 = @gone;
        location @gone { default_type application/json; return 404 '{"error": "not found"}'; }
    """,
    "errors replaced": """
        location / { proxy_pass http://api; proxy_intercept_errors on; }
        error_page 400 404 /error.html;
        location = /error.html { root www; internal; }
    """,
    "wall": f"""
        location / {{ proxy_pass http://api; }}
        location ~ /{WALLED}-[^/]*$ {{ return 403; }}
    """,
    "two upstreams": "location / { proxy_pass http://both; }",
    "10 a second": "location / { limit_req zone=plain; proxy_pass http://api; }",
    "10 a second, bursts of 20": "location / { limit_req zone=bursts burst=20 nodelay; proxy_pass http://api; }",
    "4 at once": "location / { limit_conn requests 4; proxy_pass http://api; }",
}
"""What stands in the `server` block of each. Paths are those of the prefix."""

_CONFIGURATION: Final = """
daemon off;
worker_processes 1;
pid nginx.pid;
error_log stderr;
{user}
events {{ worker_connections 512; }}
http {{
    access_log off;
    client_body_temp_path bodies;
    proxy_temp_path answers;
    fastcgi_temp_path unused;
    uwsgi_temp_path unused;
    scgi_temp_path unused;
    proxy_read_timeout 1s;
    limit_req_zone $server_port zone=plain:64k rate=10r/s;
    limit_req_zone $server_port zone=bursts:64k rate=10r/s;
    limit_conn_zone $server_port zone=requests:64k;
    upstream api {{ server 127.0.0.1:{api}; }}
    upstream both {{ server 127.0.0.1:{api}; server 127.0.0.1:{api}; }}
{servers}
}}
"""


@contextmanager
def nginx(folder: Path, api: int) -> Iterator[Mapping[str, str]]:
    """Start one in front of a port; yield the base URLs by the names of `SERVERS`."""

    def configure(folder: Path, ports: Mapping[str, int]) -> Sequence[str]:
        (folder / "www").mkdir(exist_ok=True)
        (folder / "www" / "maintenance.html").write_text("<!DOCTYPE html><title>Back soon</title>")
        (folder / "www" / "error.html").write_text("<!DOCTYPE html><title>Something went wrong</title>")
        servers = "\n".join(f"server {{ listen 127.0.0.1:{ports[name]}; {SERVERS[name]} }}" for name in SERVERS)
        user = "user root;" if os.geteuid() == 0 else ""  # its workers read what is in this folder
        path = folder / "nginx.conf"
        path.write_text(_CONFIGURATION.format(user=user, api=api, servers=servers))
        return (program("nginx"), "-p", str(folder), "-e", "stderr", "-c", str(path))

    with started(folder, list(SERVERS), configure) as urls:
        yield urls
