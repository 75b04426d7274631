"""Connections in the making: libcurl's multi interface, and the look-up before it."""

from __future__ import annotations

import selectors
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Final, Generic, TypeVar

import pycurl

from importer.delivery.wire.attempts import Fault
from importer.delivery.wire.curl.connection import BUFFER_SIZE, Connection
from importer.delivery.wire.curl.way import Way
from importer.delivery.wire.names import LookUp

Asker = TypeVar("Asker")
_EVENTS: Final = {
    pycurl.POLL_IN: selectors.EVENT_READ,
    pycurl.POLL_OUT: selectors.EVENT_WRITE,
    pycurl.POLL_INOUT: selectors.EVENT_READ | selectors.EVENT_WRITE,
}


class Connector(Generic[Asker]):
    """Makes connections, any number at a time, without waiting for one.

    Args:
        way: How.
        selector: Where it is told of what happens: `ready` is to be called for what is registered there with it.
    """

    def __init__(self, way: Way, selector: selectors.BaseSelector) -> None:
        self._way = way
        self._buffer = memoryview(bytearray(BUFFER_SIZE))
        self._selector = selector
        self._multi = pycurl.CurlMulti()
        self._multi.setopt(pycurl.M_SOCKETFUNCTION, self._watch)
        self._multi.setopt(pycurl.M_TIMERFUNCTION, self._set_timer)
        self._acts_at: float | None = None
        self._waker, self._woken = socket.socketpair()
        self._woken.setblocking(False)
        selector.register(self._woken, selectors.EVENT_READ, self)
        self._look_up = LookUp(way.host, way.port, self._wake)
        self._unresolved: list[Asker] = []
        self._handles: dict[pycurl.Curl, Asker] = {}
        self._failed: list[tuple[Asker, Fault]] = []

    def open(self, asker: Asker) -> None:
        """Begin to make a connection; what comes of it is among the `results`."""
        if self._way.is_barred:
            self._failed.append((asker, Fault.PROXY_FAILED))
        elif not self._way.needs_look_up:
            self._connect(asker)
        elif addresses := self._look_up.addresses():
            self._connect(asker, *addresses)
        else:
            self._unresolved.append(asker)
            self._look_up.start()

    def cancel(self, asker: Asker) -> None:
        """Give up making a connection."""
        with suppress(ValueError):
            self._unresolved.remove(asker)
        for handle in [handle for handle, its in self._handles.items() if its is asker]:
            del self._handles[handle]
            self._remove(handle)

    def ready(self, descriptor: int, events: int) -> None:
        """Take up what has happened on a descriptor that is registered for it."""
        if descriptor == self._woken.fileno():
            with suppress(BlockingIOError):
                self._woken.recv(4096)
            return
        reads = pycurl.CSELECT_IN if events & selectors.EVENT_READ else 0
        writes = pycurl.CSELECT_OUT if events & selectors.EVENT_WRITE else 0
        self._multi.socket_action(descriptor, reads | writes)

    def wait_s(self, now: float) -> float | None:
        """Return after how long `results` should be asked for again, if nothing happens until then; None for never."""
        if self._failed or (self._unresolved and not self._look_up.under_way):
            return 0.0
        return None if self._acts_at is None else max(0.0, self._acts_at - now)

    def results(self) -> Iterator[tuple[Asker, Connection | Fault]]:
        """Yield who has a connection now, or why there is none."""
        self._take_up_addresses()
        if self._acts_at is not None and time.monotonic() >= self._acts_at:
            self._acts_at = None
            self._multi.socket_action(pycurl.SOCKET_TIMEOUT, 0)
        failed, self._failed = self._failed, []
        yield from failed
        if not self._handles:
            return
        _, connected, refused = self._multi.info_read(len(self._handles))
        for handle in connected:
            if not self._way.is_named(handle):
                self._remove(handle)
                yield self._handles.pop(handle), Fault.TLS_FAILED
                continue
            connection = Connection(handle, self._remove, self._buffer, is_encrypted=self._way.is_encrypted)
            yield self._handles.pop(handle), connection
        for handle, code, _ in refused:
            fault = self._way.fault(code, handle.getinfo(pycurl.OS_ERRNO))
            self._remove(handle)
            yield self._handles.pop(handle), fault

    def close(self) -> None:
        """Give up what is being made. The connections that were made must be closed before that."""
        for handle in list(self._handles):
            self._remove(handle)
        self._handles.clear()
        self._multi.close()
        self._selector.unregister(self._woken)
        self._woken.close()
        self._waker.close()

    def _take_up_addresses(self) -> None:
        if not self._unresolved or self._look_up.under_way:
            return
        waiting, self._unresolved = self._unresolved, []
        addresses = self._look_up.addresses()
        for asker in waiting:
            if addresses:
                self._connect(asker, *addresses)
            else:
                self._failed.append((asker, self._way.fault(pycurl.E_COULDNT_RESOLVE_HOST, 0)))

    def _connect(self, asker: Asker, *addresses: str) -> None:
        handle = self._way.new_handle(addresses)
        self._handles[handle] = asker
        self._multi.add_handle(handle)

    def _remove(self, handle: pycurl.Curl) -> None:
        """Let go of a handle, and thereby of its connection."""
        self._multi.remove_handle(handle)
        handle.close()

    def _watch(self, events: int, descriptor: int, _multi: object, _data: object) -> None:
        """Watch a descriptor for libcurl."""
        with suppress(KeyError, ValueError):
            self._selector.unregister(descriptor)
        if wanted := _EVENTS.get(events):
            self._selector.register(descriptor, wanted, self)

    def _set_timer(self, after_ms: int) -> None:
        self._acts_at = None if after_ms < 0 else time.monotonic() + after_ms / 1000

    def _wake(self) -> None:
        """Let whoever waits look again; from another thread."""
        with suppress(OSError):
            self._waker.send(b"\0")
