"""An API that answers at once: it confirms whatever it is sent. Prints its base URL.

It speaks TLS where it is given the files of a certificate and of its key.
"""

from __future__ import annotations

import asyncio
import json
import ssl
import sys


class Instant(asyncio.Protocol):
    """One connection, kept alive."""

    def __init__(self) -> None:
        self._buffer = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember where to answer."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - what a TCP server is given
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer each request that is there as a whole."""
        self._buffer += data
        while b"\r\n\r\n" in self._buffer:
            head, _, rest = self._buffer.partition(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0])
            if len(rest) < length:
                return
            self._buffer = rest[length:]
            if self._transport is not None:
                self._transport.write(_answer(head, rest[:length]))


def _answer(head: bytes, body: bytes) -> bytes:
    parts = head.split(b" ", 2)[1].decode().split("/")
    stored = {"id": parts[-1], "group_id": parts[-5], "updated_at": "2026-01-01T00:00:00Z", **json.loads(body)}
    found = json.dumps(stored).encode()
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(found), found)


async def _serve(*certificate: str) -> None:
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH) if certificate else None
    if tls is not None:
        tls.load_cert_chain(*certificate)
    server = await asyncio.get_running_loop().create_server(Instant, "127.0.0.1", 0, ssl=tls)
    sys.stdout.write(f"http{'s' if tls else ''}://127.0.0.1:{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(*sys.argv[1:]))
