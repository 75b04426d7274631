"""An engine of threads on this machine, each with a client of its own."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from enum import Enum, auto
from queue import Empty, SimpleQueue
from typing import Protocol

from importer.delivery.wire.attempts import Engine, Fault, Reply
from importer.delivery.wire.client import Client
from importer.delivery.wire.deadline import Watchdog
from importer.delivery.wire.doubts import Doubts
from importer.delivery.wire.endpoint import Endpoint
from importer.model.rows import Attempt


class Sender(Protocol):
    """Makes one attempt at a time."""

    @property
    def connected(self) -> bool:
        """Whether a connection is open that another attempt may use."""
        ...

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


class _Errand(Enum):
    """What an idle worker is told to do."""

    LOOK = auto()
    """For an attempt that waits: another may have taken it since."""
    DISCONNECT = auto()
    END = auto()


class _Worker:
    """A thread with a sender of its own, and thereby at most one connection.

    Attributes:
        inbox: What it is to do while it is idle.
        connected: Whether it has a connection, or may have.
    """

    def __init__(self) -> None:
        self.inbox: SimpleQueue[_Errand] = SimpleQueue()
        self.connected = False


class ThreadEngine:
    """Performs attempts in threads, which are started as they are needed. The one that was used last is used first.

    Args:
        make_sender: Called in each thread, once it has something to send.
        workers: Threads at most. Attempts beyond that wait for one.
        on_defect: Told of an exception that a sender should not have raised; the attempt's reply is a defect.
    """

    def __init__(
        self, make_sender: Callable[[], Sender], *, workers: int, on_defect: Callable[[Exception], None]
    ) -> None:
        self._make_sender = make_sender
        self._most = workers
        self._on_defect = on_defect
        self._lock = threading.Lock()
        self._workers: list[_Worker] = []
        self._threads: list[threading.Thread] = []
        self._idle: list[_Worker] = []
        """The last used one last, those without a connection first."""
        self._waiting: deque[Attempt] = deque()
        self._called = 0
        """So many will look for what waits, and have a connection, if they had one when they were called."""
        self._connected = 0
        self._kept = workers
        self._outbox: SimpleQueue[Reply] = SimpleQueue()
        self._out = 0

    def submit(self, attempts: Sequence[Attempt]) -> None:
        """Take up attempts; return at once."""
        self._out += len(attempts)
        with self._lock:
            self._waiting.extend(attempts)
            needed = len(self._waiting) - self._called
            called = [self._idle.pop() for _ in range(min(needed, len(self._idle)))]
            new = max(0, min(needed - len(called), self._most - len(self._workers)))
            self._called += len(called) + new
        called += [self._new_worker() for _ in range(new)]
        for worker in called:  # without the lock, for which they would all wait
            worker.inbox.put(_Errand.LOOK)

    def poll(self, timeout_s: float) -> Sequence[Reply]:
        """Return the replies that have arrived, waiting at most `timeout_s` for the first."""
        replies: list[Reply] = []
        with suppress(Empty):
            replies.append(self._outbox.get(timeout=timeout_s))
            while True:
                replies.append(self._outbox.get_nowait())
        self._out -= len(replies)
        return replies

    def keep(self, connections: int) -> None:
        """Close idle connections, the longest unused first, until so many are open at most; others in their turn."""
        with self._lock:
            self._kept = connections
            if self._connected > connections:
                for worker in self._idle:
                    self._disconnect_beyond(worker)

    def close(self) -> None:
        """Drop what no thread has taken up yet, and let every thread end after what it is doing.

        Those that are still waiting for an answer are left behind: they are daemons, their deadline ends them, and
        nobody reads what they bring.
        """
        with self._lock:
            self._waiting.clear()
            for worker in self._workers:
                worker.inbox.put(_Errand.END)
        if not self._out:
            for thread in self._threads:
                thread.join()

    def _new_worker(self) -> _Worker:
        worker = _Worker()
        name = f"sender-{len(self._workers) + 1}"
        thread = threading.Thread(target=self._work, args=(worker,), name=name, daemon=True)
        self._workers.append(worker)
        self._threads.append(thread)
        thread.start()
        return worker

    def _disconnect_beyond(self, worker: _Worker) -> bool:
        """Let an idle worker close its connection, if it has one and more are open than are to be kept."""
        if not worker.connected or self._connected <= self._kept:
            return False
        worker.connected = False
        self._connected -= 1
        worker.inbox.put(_Errand.DISCONNECT)
        return True

    def _next(self, worker: _Worker, *, connected: bool | None = None) -> Attempt | None:
        """Return the attempt that has waited for longest; without any, let the worker be idle.

        Whether it is `connected` after the attempt before may be told.

        It is the next to be used then, unless it has no connection: another may have taken what it was called for.
        """
        with self._lock:
            if connected is None:
                self._called -= 1
            else:
                self._connected += connected - worker.connected
                worker.connected = connected
            if self._waiting:
                self._connected += not worker.connected
                worker.connected = True
                return self._waiting.popleft()
            if not worker.connected or self._disconnect_beyond(worker):
                self._idle.insert(0, worker)
            else:
                self._idle.append(worker)
            return None

    def _work(self, worker: _Worker) -> None:
        with ExitStack() as opened:
            sender: Sender | None = None
            while (errand := worker.inbox.get()) is not _Errand.END:
                if errand is _Errand.DISCONNECT and sender is not None:
                    sender.close()
                attempt = self._next(worker) if errand is _Errand.LOOK else None
                while attempt is not None:
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
                    # Before anybody hears of the reply: what follows may go the same way.
                    attempt = self._next(worker, connected=sender is not None and sender.connected)
                    self._outbox.put(reply)
