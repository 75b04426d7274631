"""An engine of threads on this machine, each with a client of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from queue import Empty, SimpleQueue
from typing import Protocol

from importer.delivery.wire.attempts import Engine, Fault, Reply
from importer.delivery.wire.client import Client, Endpoint
from importer.delivery.wire.deadline import Watchdog
from importer.delivery.wire.doubts import Doubts
from importer.model.rows import Attempt


class Sender(Protocol):
    """Makes one attempt at a time."""

    def send(self, attempt: Attempt) -> Reply:
        """Perform an attempt; whatever the network does is a reply."""
        ...

    def close(self) -> None:
        """Close the connections."""
        ...


@contextmanager
def thread_engine(endpoint: Endpoint, *, workers: int, on_defect: Callable[[Exception], None]) -> Iterator[Engine]:
    """Yield an engine of threads that send to `endpoint`, each over a connection of its own that is kept alive."""
    with Watchdog() as watchdog:
        doubts = Doubts()
        engine = ThreadEngine(
            lambda: Client(endpoint, watchdog.new_deadline(), doubts), workers=workers, on_defect=on_defect
        )
        try:
            yield engine
        finally:
            engine.close()


class ThreadEngine:
    """Performs attempts in threads, which are started as they are needed.

    Args:
        make_sender: Called in each thread, once it has something to send.
        workers: Threads at most. Attempts beyond that wait for one.
        on_defect: Told of an exception that a sender should not have raised; the attempt's reply is a defect.
    """

    def __init__(
        self, make_sender: Callable[[], Sender], *, workers: int, on_defect: Callable[[Exception], None]
    ) -> None:
        self._make_sender = make_sender
        self._workers = workers
        self._on_defect = on_defect
        self._threads: list[threading.Thread] = []
        self._inbox: SimpleQueue[Attempt | None] = SimpleQueue()
        self._outbox: SimpleQueue[Reply] = SimpleQueue()
        self._out = 0

    def submit(self, attempts: Sequence[Attempt]) -> None:
        """Take up attempts; return at once."""
        for attempt in attempts:
            self._out += 1
            if len(self._threads) < min(self._out, self._workers):
                thread = threading.Thread(target=self._work, name=f"sender-{len(self._threads) + 1}", daemon=True)
                self._threads.append(thread)
                thread.start()
            self._inbox.put(attempt)

    def poll(self, timeout_s: float) -> Sequence[Reply]:
        """Return the replies that have arrived, waiting at most `timeout_s` for the first."""
        replies: list[Reply] = []
        with suppress(Empty):
            replies.append(self._outbox.get(timeout=timeout_s))
            while True:
                replies.append(self._outbox.get_nowait())
        self._out -= len(replies)
        return replies

    def close(self) -> None:
        """Drop what no thread has taken up yet, and let every thread end after what it is doing.

        Those that are still waiting for an answer are left behind: they are daemons, their deadline ends them, and
        nobody reads what they bring.
        """
        with suppress(Empty):
            while True:
                self._inbox.get_nowait()
        for _ in self._threads:
            self._inbox.put(None)
        if not self._out:
            for thread in self._threads:
                thread.join()

    def _work(self) -> None:
        with ExitStack() as opened:
            sender: Sender | None = None
            while (attempt := self._inbox.get()) is not None:
                try:
                    if sender is None:
                        sender = self._make_sender()
                        opened.callback(sender.close)
                    if (early_s := attempt.leave_at - time.monotonic()) > 0:
                        time.sleep(early_s)
                    reply = sender.send(attempt)
                except Exception as error:  # noqa: BLE001 - a thread that dies would lose its attempt without a word
                    reply = Reply(attempt.update.row, 0.0, Fault.DEFECT)
                    with suppress(Exception):
                        self._on_defect(error)
                self._outbox.put(reply)
