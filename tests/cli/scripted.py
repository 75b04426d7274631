"""An API on this machine that answers each customer as it is told, and remembers what it was asked."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.cli.conftest import ACCOUNT, GROUP

NEVER = 0
"""An answer that does not come: the connection is cut instead."""


@dataclass
class Scripted:
    """Who asks for what gets which answer.

    Attributes:
        answers: By customer: the statuses of its next answers, the last of which is given for ever; 200 for others.
        asked: What was asked for, in order: the customer and the first name.
        servers: By status: the product that answers with it, in the header `Server`.
    """

    base_url: str = ""
    answers: dict[str, list[int]] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    servers: dict[int, str] = field(default_factory=dict)

    @property
    def options(self) -> tuple[str, ...]:
        """What `run` needs to send to it, one row after the other, each once."""
        target = ("--base-url", self.base_url, "--group-id", GROUP, "--linked-account-id", ACCOUNT)
        return (*target, "--concurrency", "1", "--max-attempts", "1")

    def answer(self, customer: str, values: dict[str, str]) -> int:
        """Return the status of the next answer to a customer."""
        self.asked.append((customer, values["first_name"]))
        left = self.answers.get(customer, [200])
        return left.pop(0) if len(left) > 1 else left[0]


@contextmanager
def serving() -> Iterator[Scripted]:
    """Serve on a free port."""
    script = Scripted()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_PUT(self) -> None:
            values = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            customer = self.path.rpartition("/")[2]
            status = script.answer(customer, values)
            if status == NEVER:
                self.close_connection = True
                return
            times = {"created_at": "2026-01-01T00:00:00.000000Z", "updated_at": "2026-02-01T00:00:00.000000Z"}
            self._say(status, {"id": customer, **values, **times} if status == 200 else {"error": "no"})

        def _say(self, status: int, document: dict[str, Any]) -> None:
            body = json.dumps(document).encode()
            self.send_response_only(status)
            self.send_header("Server", script.servers.get(status, "scripted"))
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        script.base_url = f"http://127.0.0.1:{server.server_port}"
        yield script
        server.shutdown()
