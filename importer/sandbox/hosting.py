"""A sandbox put together and run in a thread. Importing this imports all that a sandbox needs."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from importer.sandbox.app import create_app
from importer.sandbox.customers import Store
from importer.sandbox.listener import Listener
from importer.sandbox.rate import RateLimit
from importer.sandbox.request_log import RequestLog
from importer.sandbox.sandbox_options import SandboxOptions
from importer.sandbox.service import Service
from importer.sandbox.waits import Waits


@contextmanager
def host(options: SandboxOptions, listening: socket.socket, customers: Iterable[tuple[str, str]]) -> Iterator[Store]:
    """Serve on this socket for as long as the context lasts; the store is to learn further customers.

    Args:
        options: How it behaves.
        listening: A listening socket, which is closed afterwards.
        customers: Group and id of those it knows before it takes the first request.

    Raises:
        SettingsError: The database or the request log cannot be used.
    """
    with RequestLog(options.request_log) as log, Store(options.database, clock=_now_us) as store:
        store.register(customers)
        rate = None if options.rate_limit is None else RateLimit(options.rate_limit, clock=time.monotonic)
        service = Service(options, store, log, rate=rate, clock=_now_us)
        waits = Waits()
        listener = Listener(create_app(service, waits, latency_s=options.latency_s), waits)
        thread = threading.Thread(target=_run, args=(listener, listening), name="sandbox", daemon=True)
        thread.start()
        listener.listening.wait()
        try:
            yield store
        finally:
            listener.should_exit = True
            thread.join()


def _run(listener: Listener, listening: socket.socket) -> None:
    try:
        listener.run(sockets=[listening])
    finally:
        # Whoever waits for a server that failed to start is not to wait for ever.
        listener.listening.set()


def _now_us() -> int:
    return time.time_ns() // 1_000
