"""The routes, as a Starlette application: from the wire to a decision, and back."""

from __future__ import annotations

import socket
import struct
from asyncio import Transport
from typing import Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request as HttpRequest
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from importer.sandbox.magic import describe_magic
from importer.sandbox.openapi import OPENAPI_PATH, ROUTE, describe_api
from importer.sandbox.replies import SandboxReply, Silence, encode_json, error_reply
from importer.sandbox.service import CustomerRequest, Service
from importer.sandbox.values import MAX_BODY_BYTES
from importer.sandbox.waits import Waits

TRANSPORT_EXTENSION: Final = "importer.transport"
"""The ASGI extension under which a server hands its transport to the application, as `transport`."""

_LINGER_NONE: Final = struct.pack("ii", 1, 0)
"""`struct linger`: closing drops what is unsent and resets the connection (socket(7), SO_LINGER)."""


def create_app(service: Service, waits: Waits, *, latency_s: float) -> Starlette:
    """Return the application; it must be served with `TRANSPORT_EXTENSION`."""
    app = Starlette(
        routes=[
            Route(ROUTE, CustomerRoute(service, waits, latency_s=latency_s), methods=["PUT"]),
            Route(OPENAPI_PATH, _show_openapi, methods=["GET"]),
            Route("/", _show_front_page, methods=["GET"]),
        ],
        exception_handlers={HTTPException: _answer_http_error, Exception: _answer_defect},
    )
    # A redirect from a path that only looks like the route would hide a client's mistake.
    app.router.redirect_slashes = False
    return app


class CustomerRoute:
    """PUT of a customer: reads the request, has it decided, waits the latency out, replies or does worse.

    A bare ASGI endpoint: Starlette's request and response objects would cost as much as all else together.
    """

    def __init__(self, service: Service, waits: Waits, *, latency_s: float) -> None:
        self._service = service
        self._waits = waits
        self._latency_s = latency_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; one whose client goes away before it is whole is none."""
        try:
            body = await _read_body(receive)
        except ConnectionError:
            return
        reply = self._service.answer(_request(scope, body))
        if self._latency_s:
            await self._waits.wait(self._latency_s)
        if isinstance(reply, SandboxReply):
            await _send(reply, send)
        else:
            await self._keep_silent(reply, scope, receive)

    async def _keep_silent(self, silence: Silence, scope: Scope, receive: Receive) -> None:
        """End the connection without a reply: by reset now, or when the client goes away or the sandbox stops."""
        transport: Transport = scope["extensions"][TRANSPORT_EXTENSION]["transport"]
        if silence is Silence.RESET:
            transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NONE)
        else:
            await self._waits.wait_for(_disconnected(receive))
        transport.abort()
        await _disconnected(receive)


async def _read_body(receive: Receive) -> bytes | None:
    """Return the whole body, or None as soon as it is over the limit; raise `ConnectionError` where it breaks off."""
    body = b""
    more_body = True
    while more_body:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ConnectionError
        body += message["body"]
        more_body = message["more_body"]
        if len(body) > MAX_BODY_BYTES:
            return None
    return body


def _request(scope: Scope, body: bytes | None) -> CustomerRequest:
    ids: dict[str, str] = scope["path_params"]
    return CustomerRequest(
        key=next((value for name, value in scope["headers"] if name == b"authorization"), b"").strip().decode("latin1"),
        group_id=ids["group_id"].lower(),
        linked_account_id=ids["linked_account_id"],
        customer_id=ids["customer_id"].lower(),
        body=body,
    )


async def _send(reply: SandboxReply, send: Send) -> None:
    await send({"type": "http.response.start", "status": reply.status, "headers": reply.headers()})
    await send({"type": "http.response.body", "body": reply.body})


async def _disconnected(receive: Receive) -> None:
    """Return when the connection is gone: after a whole body, nothing else can be received (ASGI, HTTP scope)."""
    await receive()


async def _show_openapi(_: HttpRequest) -> Response:
    return Response(encode_json(describe_api()), media_type="application/json")


async def _show_front_page(_: HttpRequest) -> Response:
    return PlainTextResponse(
        "The importer's sandbox: the Update Customer API on this machine. Nothing leaves it.\n\n"
        f'PUT {ROUTE}\nwith any API key in the header Authorization, but "refused" (401) and "readonly" (403).\n'
        f"GET {OPENAPI_PATH} describes it.\n\n"
        f"Magic addresses, for the field email:\n\n{describe_magic()}\n"
    )


async def _answer_http_error(_: HttpRequest, error: Exception) -> Response:
    """Answer what no route takes."""
    status, headers = (error.status_code, error.headers) if isinstance(error, HTTPException) else (500, None)
    codes = {404: "not_found", 405: "method_not_allowed"}
    reply = error_reply(status, codes.get(status, "http_error"), f"See {OPENAPI_PATH} for what there is.")
    return Response(reply.body, status, headers=headers, media_type="application/json")


async def _answer_defect(_: HttpRequest, error: Exception) -> Response:
    """Answer for what should not happen, such as a database file that was taken away."""
    reply = error_reply(500, "internal_error", f"The sandbox itself failed ({type(error).__name__}).")
    return Response(reply.body, reply.status, media_type="application/json")
