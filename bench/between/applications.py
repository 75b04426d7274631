"""Applications that confirm every request, to be run by servers that limit what comes through.

Nothing is needed but Python and what a server brings: these are installed apart. Each answer is a line in the file that
`ANSWERS` names: its time, its status, and the customer.
"""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from http import HTTPStatus
from importlib import import_module
from typing import Any

WORK_S = 0.05
"""For each request, where connections are capped."""

Event = dict[str, Any]
Receive = Callable[[], Awaitable[Event]]
Send = Callable[[Event], Awaitable[None]]
Application = Callable[[Event, Receive, Send], Awaitable[None]]


def _note(status: int, path: str) -> None:
    with open(os.environ["ANSWERS"], "a", encoding="utf-8") as answers:  # noqa: PTH123 - the quickest
        answers.write(f"{time.monotonic()} {status} {_customer(path)}\n")


def _customer(path: str) -> str:
    return path.rpartition("/")[2]


def _confirmation(path: str, body: bytes) -> bytes:
    return json.dumps({"id": _customer(path), "updated_at": "2026-01-01T00:00:00Z", **json.loads(body)}).encode()


def noted(inner: Application) -> Application:
    """Return an ASGI application that notes what another answers."""

    async def outer(scope: Event, receive: Receive, send: Send) -> None:
        async def sending(event: Event) -> None:
            if event["type"] == "http.response.start":
                _note(event["status"], scope["path"])
            await send(event)

        if scope["type"] == "http":
            await inner(scope, receive, sending)

    return outer


@noted
async def working(scope: Event, receive: Receive, send: Send) -> None:
    """Confirm every request after a while, as an ASGI application."""
    body, more = b"", True
    while more:
        event = await receive()
        body += event.get("body", b"")
        more = event.get("more_body", False)
    await asyncio.sleep(WORK_S)
    answer = _confirmation(scope["path"], body)
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(answer)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": answer})


def working_wsgi(environ: Mapping[str, Any], start: Callable[[str, list[tuple[str, str]]], object]) -> Iterable[bytes]:
    """Confirm every request after a while, as a WSGI application."""
    path, body = environ["PATH_INFO"], environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
    time.sleep(WORK_S)
    answer = _confirmation(path, body)
    _note(HTTPStatus.OK, path)
    start("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(answer)))])
    return [answer]


def limited_by_slowapi() -> Application:
    """Return an application that confirms as many requests in a time as `LIMIT` says, in the words of slowapi."""
    slowapi, routing, errors = map(import_module, ("slowapi", "starlette.routing", "slowapi.errors"))
    responses, applications = map(import_module, ("starlette.responses", "starlette.applications"))
    limiter = slowapi.Limiter(key_func=lambda: "all")

    async def confirm(request: Any) -> Any:  # noqa: ANN401 - of a library that is not there
        return responses.Response(_confirmation(request.url.path, await request.body()), media_type="application/json")

    limited = limiter.shared_limit(os.environ["LIMIT"], scope="all")(confirm)
    app = applications.Starlette(routes=[routing.Route("/{path:path}", limited, methods=["PUT"])])
    app.state.limiter = limiter
    app.add_exception_handler(errors.RateLimitExceeded, slowapi._rate_limit_exceeded_handler)  # noqa: SLF001 - as it says
    return noted(app)
