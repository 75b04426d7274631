"""What stands in front of an API and answers in its place: caps on connections, and balancers of dead upstreams."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from heapq import heappush
from random import Random

from importer.delivery.wire.attempts import Fault, Reply
from importer.model.rows import Attempt
from tests.delivery.samples import fault, http, ok
from tests.delivery.simulation import World


class Capped:
    """Takes so many requests at once, and turns the others away at once.

    Args:
        cap: How many.
        answer: What the others get: a status, or a connection that is closed or refused.
        work_s: How long a request takes that is let in.
        quick_s: How long it takes to turn one away.
    """

    def __init__(self, cap: int, answer: int | Fault, *, work_s: float = 0.05, quick_s: float = 0.004) -> None:
        self.cap = cap
        self._answer = answer
        self._work_s = work_s
        self._quick_s = quick_s
        self._ends: list[float] = []
        self.turned_away: list[float] = []

    def __call__(self, attempt: Attempt, now: float) -> tuple[float, Reply]:
        """Let in, or turn away."""
        self._ends = [end for end in self._ends if end > now]
        if len(self._ends) < self.cap:
            self._ends.append(now + self._work_s)
            return self._work_s, ok(attempt.update)
        self.turned_away.append(now)
        update = attempt.update
        return self._quick_s, (
            fault(update, self._answer) if isinstance(self._answer, Fault) else http(update, self._answer)
        )


class Balanced:
    """Two upstreams that reset the connection over some rows, and then count as dead for a while, as with nginx.

    Such a row is tried on both, so that both are dead; until they count as alive again, every row gets a 502.

    Args:
        poison: The numbers of such rows.
        dead_s: For how long; nginx calls it `fail_timeout`.
    """

    def __init__(self, poison: Collection[int], *, dead_s: float = 10.0) -> None:
        self._poison = poison
        self._dead_s = dead_s
        self._dead_from = self._dead_until = 0.0

    def __call__(self, attempt: Attempt, now: float) -> tuple[float, Reply]:
        """Confirm, or answer that no upstream is there."""
        if self._dead_from <= now < self._dead_until:
            return 0.003, http(attempt.update, 502)
        if attempt.update.row in self._poison:
            self._dead_from, self._dead_until = now + 0.005, now + 0.005 + self._dead_s
            return 0.006, http(attempt.update, 502)
        return 0.05, ok(attempt.update)


class Flaky:
    """Fails now and then, whatever is sent when.

    Args:
        share: Of the requests, so many fail.
        status: With this.
    """

    def __init__(self, share: float, status: int = 503, *, seed: int = 1) -> None:
        self._share = share
        self._status = status
        self._random = Random(seed)  # noqa: S311 - a simulation

    def __call__(self, attempt: Attempt, _: float) -> tuple[float, Reply]:
        """Confirm, or fail."""
        if self._random.random() < self._share:
            return 0.01, http(attempt.update, self._status)
        return 0.05, ok(attempt.update)


@dataclass
class Accepting(World):
    """An engine whose API accepts so many connections, and lets others wait, as granian and waitress do.

    A request has the connection that was used last of those that are idle, else a new one, which waits until one of
    those that were accepted is closed.

    Attributes:
        accepts: How many.
        longest_s: How long an attempt waited to be accepted, at most.
    """

    accepts: int = 4
    longest_s: float = 0.0
    _kept: int = 64
    _idle: int = 0
    _busy: int = 0
    _unaccepted: deque[tuple[float, Attempt]] = field(default_factory=deque)

    def submit(self, attempts: Sequence[Attempt]) -> None:
        """Ask over an idle connection, or wait for one to be accepted."""
        for attempt in attempts:
            left_at = max(self.now, attempt.leave_at)
            self.sent.append((left_at, attempt))
            self._unaccepted.append((left_at, attempt))
            if self._idle:
                self._idle -= 1
                self._ask(*self._unaccepted.pop())
            self._accept()

    def poll(self, timeout_s: float) -> Sequence[Reply]:
        """Let time pass up to the next reply; a connection whose answer is there is idle, or one too many."""
        self._customers = {reply.row: ("", str(reply.row)) for _, _, reply in self._out}
        found = super().poll(timeout_s)
        self._busy -= len(found)
        self._idle += len(found)
        self.keep(self._kept)
        return found

    def keep(self, connections: int) -> None:
        """Close idle connections until so many are open at most, those that wait included."""
        self._kept = connections
        self._idle -= min(self._idle, max(0, self._idle + self._busy + len(self._unaccepted) - connections))
        self._accept()

    def _accept(self) -> None:
        while self._unaccepted and self._idle + self._busy < self.accepts:
            self._ask(*self._unaccepted.popleft())

    def _ask(self, left_at: float, attempt: Attempt) -> None:
        self._busy += 1
        begun_at = max(left_at, self.now)
        self.longest_s = max(self.longest_s, begun_at - left_at)
        took_s, reply = self.api(attempt, begun_at)
        back_at = begun_at + took_s
        idle_s = 0.0 if begun_at == left_at else None
        heappush(self._out, (back_at, next(self._numbers), replace(reply, elapsed_s=back_at - left_at, idle_s=idle_s)))
