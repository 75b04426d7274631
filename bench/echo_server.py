"""An API that costs next to nothing: nginx answers each request with the documented object, made from the request.

It takes nginx and its echo module (Debian: `nginx`, `libnginx-mod-http-echo`). Answers have a Content-Length, as those
of most APIs: the location that has read the request's body hands over to one that returns a text. Where one of the two
is missing, others take its place: `bench.instant` answers at once, and the sandbox after a while. They share the cores
with what is measured, and cost more.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.measure import instant, sandbox
from tests.between.fronts import started

LATENCY_S: Final = 0.1
MODULE: Final = Path("/usr/lib/nginx/modules/ngx_http_echo_module.so")
_PATH: Final = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/local/sbin"])
_CUSTOMER: Final = "~ ^/api/v1/groups/(?<group>[^/]+)/revere_pay/[^/]+/customers/(?<customer>[^/]+)$"
_CONFIGURATION: Final = f"""
load_module {MODULE};
daemon off;
worker_processes 1;
pid nginx.pid;
error_log stderr;
%(user)s
events {{ worker_connections 2048; }}
http {{
    access_log off;
    keepalive_requests 1000000;
    keepalive_timeout 600s;
    client_body_buffer_size 64k;
    client_body_in_single_buffer on;
    client_body_temp_path bodies;
    proxy_temp_path unused;
    fastcgi_temp_path unused;
    uwsgi_temp_path unused;
    scgi_temp_path unused;
    map $request_body $members {{ "~^\\{{(?<inside>.*)$" $inside; }}
%(servers)s
}}
"""
_SERVER: Final = f"""
    server {{
        listen 127.0.0.1:%(port)s;
        location {_CUSTOMER} {{
            echo_read_request_body;
            %(before)s
            echo_exec @answer;
        }}
        location @answer {{
            default_type application/json;
            return 200 '{{"id": "$customer", "group_id": "$group", "updated_at": "2026-01-01T00:00:00Z", $members';
        }}
    }}
"""


@dataclass(frozen=True)
class Echo:
    """What answers.

    Attributes:
        told: What it is, in words.
        at_once: The base URL of the one that answers at once.
        late: Of the one that answers after `LATENCY_S`.
        over_tls: Of the one that answers at once over TLS; None where there is no openssl to make a certificate.
        certificate: That certificate, which is also the authority to trust.
    """

    told: str
    at_once: str
    late: str
    over_tls: str | None
    certificate: Path


@contextmanager
def echo(folder: Path) -> Iterator[Echo]:
    """Start it, with what it writes in a folder; what stands in for it where it is missing."""
    pair = _certificate(folder)
    nginx = shutil.which("nginx", path=_PATH)
    with ExitStack() as stack:
        if nginx is not None and MODULE.exists():
            told = "nginx with the echo module, answers with a Content-Length"
            urls = stack.enter_context(_nginx(nginx, folder, tls=bool(pair)))
        else:
            told = "no nginx with the echo module here: bench.instant, and the sandbox for what is answered late"
            urls = {"at_once": stack.enter_context(instant())}
            urls["late"] = stack.enter_context(sandbox("--latency", str(LATENCY_S)))
            if pair:
                urls["over_tls"] = stack.enter_context(instant(*map(str, pair)))
        yield Echo(told, urls["at_once"], urls["late"], urls.get("over_tls"), folder / "certificate.pem")


@contextmanager
def _nginx(program: str, folder: Path, *, tls: bool) -> Iterator[dict[str, str]]:
    def configure(folder: Path, ports: Mapping[str, int]) -> Sequence[str]:
        more = "ssl; ssl_certificate certificate.pem; ssl_certificate_key key.pem"
        servers = [
            _SERVER % {"port": ports["at_once"], "before": ""},
            _SERVER % {"port": ports["late"], "before": f"echo_sleep {LATENCY_S};"},
            *([_SERVER % {"port": f"{ports['over_tls']} {more}", "before": ""}] if tls else []),
        ]
        user = "user root;" if os.geteuid() == 0 else ""  # its worker writes what is large into this folder
        path = folder / "nginx.conf"
        path.write_text(_CONFIGURATION % {"user": user, "servers": "".join(servers)})
        return (program, "-p", str(folder), "-e", "stderr", "-c", str(path))

    with started(folder, ["at_once", "late", *(["over_tls"] if tls else [])], configure) as urls:
        yield {name: url.replace("http:", "https:") if name == "over_tls" else url for name, url in urls.items()}


def _certificate(folder: Path) -> tuple[Path, Path] | None:
    """Make a certificate for this machine that signs itself, and its key; None where there is no openssl."""
    openssl = shutil.which("openssl")
    if openssl is None:
        return None
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    made = ("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2")
    named = ("-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1")
    subprocess.run(
        (openssl, *made, *named, "-keyout", str(key), "-out", str(certificate)), check=True, capture_output=True
    )
    return certificate, key
