"""A deadline for a whole attempt, which no timeout of a socket gives: a server that drips a byte a second resets those.

The connections of `importer.delivery.wire.connections` tell a `Deadline` how far an attempt has come; a `Watchdog`
shuts the attempt's connection down when the time is up.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from contextlib import suppress
from types import TracebackType
from typing import Final, Self

_TICK_S: Final = 0.05


class DeadlinePassedError(OSError):
    """The time was up before the request began to leave."""


class Deadline:
    """The deadline of the attempt that one client is making, and how far that attempt has come.

    One client makes one attempt at a time; the watchdog looks in from another thread. The deadline holds a handle of
    its own on the connection, so that it can never shut down another that has got the same number since; it keeps that
    until the connection is closed and no attempt is under way over it any more.

    Attributes:
        left: Whether the request has begun to leave.
        expired: Whether the connection was shut down over the attempt: what looks like its end may be that.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ends_at = float("-inf")
        self._handle: int | None = None
        self._abandoned = False
        self._under_way = False
        self._is_closed = False
        self.left = False
        self.expired = False

    def start(self, timeout_s: float) -> None:
        """Begin an attempt that may take `timeout_s` from now."""
        with self._lock:
            if not self._abandoned:
                self._ends_at = time.monotonic() + timeout_s
            self.left, self.expired, self._under_way = False, False, True

    def prolong(self, for_s: float) -> None:
        """Let the attempt go on for at least so long from now, if it was not cut before."""
        with self._lock:
            if not self._abandoned:
                self._ends_at = max(self._ends_at, time.monotonic() + for_s)

    def finish(self) -> None:
        """End the attempt: its connection may serve the next one."""
        with self._lock:
            self._under_way = False
            if self._is_closed:
                self._let_go()

    def closed(self) -> None:
        """Note that the connection serves no further attempt; an answer may still be read from it."""
        with self._lock:
            self._is_closed = True
            if not self._under_way:
                self._let_go()

    def connecting(self, descriptor: int) -> None:
        """Watch a connection that is about to be made; raise `DeadlinePassedError` if it is too late for that."""
        with self._lock:
            self._check()
            self._let_go()
            self._hold(descriptor)

    def leaving(self, descriptor: int) -> None:
        """Note that the request is about to leave; raise `DeadlinePassedError` if it is too late for that."""
        with self._lock:
            self._check()
            if self._handle is None:
                self._hold(descriptor)
            self.left = True

    def enforce(self) -> None:
        """Shut the attempt's connection down if its time is up."""
        with self._lock:
            if self._under_way and self._handle is not None and time.monotonic() >= self._ends_at:
                self.expired = True
                handle, self._handle = self._handle, None
                _cut(handle)

    def abandon(self) -> None:
        """Let this attempt, and any other, be out of time from now on."""
        with self._lock:
            self._abandoned = True
            self._ends_at = float("-inf")
        self.enforce()

    @property
    def passed(self) -> bool:
        """Whether the attempt's time is up."""
        return self.expired or time.monotonic() >= self._ends_at

    @property
    def remaining_s(self) -> float:
        """The time that is left, above 0 for as long as there is any."""
        return max(0.0, self._ends_at - time.monotonic())

    def _check(self) -> None:
        if self.passed:
            raise DeadlinePassedError

    def _hold(self, descriptor: int) -> None:
        self._handle = os.dup(descriptor)
        self._is_closed = False

    def _let_go(self) -> None:
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


def _cut(handle: int) -> None:
    """Shut a connection down, whoever else may be reading from it, and close the handle."""
    with socket.socket(fileno=handle) as sock, suppress(OSError):  # The other side may be quicker.
        sock.shutdown(socket.SHUT_RDWR)


class Watchdog:
    """Enforces the deadlines of all clients of an engine, in a thread of its own; used as a context manager.

    Attempts that are under way at its end are abandoned.
    """

    def __init__(self) -> None:
        self._deadlines: list[Deadline] = []
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="deadlines", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stopped.set()
        self._thread.join()
        for deadline in list(self._deadlines):
            deadline.abandon()

    def new_deadline(self) -> Deadline:
        """Return a deadline for one more client, watched from now on."""
        deadline = Deadline()
        self._deadlines.append(deadline)
        return deadline

    def _watch(self) -> None:
        while not self._stopped.wait(_TICK_S):
            for deadline in list(self._deadlines):
                deadline.enforce()
