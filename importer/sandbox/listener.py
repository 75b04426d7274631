"""uvicorn, bent to what a sandbox in another program's process needs: the only module that knows it."""

from __future__ import annotations

import asyncio
import socket
import threading

import uvicorn
from starlette.applications import Starlette
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from importer.sandbox.app import TRANSPORT_EXTENSION
from importer.sandbox.waits import Waits

_KEEP_ALIVE_S = 300
"""Long, so that a connection is not closed under a client that is about to use it again."""

_GRACE_S = 1
"""How long stopping waits for requests that are not whole yet."""


class Protocol(HttpToolsProtocol):
    """HTTP/1.1 that hands each request's transport to the application, so that it can be cut."""

    def on_message_begin(self) -> None:
        """Begin a request."""
        super().on_message_begin()
        self.scope["extensions"] = {TRANSPORT_EXTENSION: {"transport": self.transport}}


class Listener(uvicorn.Server):
    """A server that says when it listens, ends the application's waits when it stops, and leaves nothing open.

    In any thread but the main one uvicorn leaves the program's signal handlers alone.
    """

    def __init__(self, app: Starlette, waits: Waits) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                interface="asgi3",
                http=Protocol,
                loop="asyncio",
                ws="none",
                lifespan="off",
                log_config=None,
                log_level="critical",
                access_log=False,
                proxy_headers=False,
                server_header=False,
                timeout_keep_alive=_KEEP_ALIVE_S,
                timeout_graceful_shutdown=_GRACE_S,
            )
        )
        self.listening = threading.Event()
        self._waits = waits

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to serve."""
        await super().startup(sockets)
        self.listening.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop: waiting requests are answered now, hanging ones cut off, half ones given a second."""
        self._waits.end()
        await super().shutdown(sockets)
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        await asyncio.sleep(0)
