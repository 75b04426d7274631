"""The engine of threads: each attempt comes back exactly once, whatever happens."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable

from importer.delivery.wire.attempts import Fault, Reply
from importer.delivery.wire.threads import ThreadEngine
from importer.model.rows import Attempt
from tests.delivery.samples import attempt, ok
from tests.delivery.wire.waiting import LATEST_S, replies, until


class Sender:
    """Answers attempts as a test wants it."""

    def __init__(self, answer: Callable[[Attempt], Reply]) -> None:
        self._answer = answer
        self.closed = threading.Event()
        self.connected = True

    def send(self, attempt: Attempt) -> Reply:
        return self._answer(attempt)

    def close(self) -> None:
        self.closed.set()


class Senders:
    """Makes senders, and keeps what became of them."""

    def __init__(self, answer: Callable[[Attempt], Reply] = lambda attempt: ok(attempt.update)) -> None:
        self._answer = answer
        self.made: list[Sender] = []

    def __call__(self) -> Sender:
        self.made.append(Sender(self._answer))
        return self.made[-1]


def engine(make: Callable[[], Sender], *, workers: int = 4, defects: list[Exception] | None = None) -> ThreadEngine:
    """Return an engine that writes its defects down."""
    found: list[Exception] = [] if defects is None else defects
    return ThreadEngine(make, workers=workers, on_defect=found.append)


def test_every_attempt_comes_back_exactly_once() -> None:
    """Submitted in portions or all at once, to more or fewer threads: one reply each, and no more after that."""
    senders = Senders()
    running = engine(senders)
    for first in (2, 102, 202):
        running.submit([attempt(row) for row in range(first, first + 100)])
    found = replies(running, 300)
    assert Counter(reply.row for reply in found) == dict.fromkeys(range(2, 302), 1)
    assert running.poll(0.05) == []
    running.close()


def test_threads_are_started_as_they_are_needed() -> None:
    """One attempt at a time needs one thread, many at once need as many as there may be."""
    hold = threading.Event()
    senders = Senders(lambda attempt: (hold.wait(LATEST_S), ok(attempt.update))[1])
    running = engine(senders, workers=3)
    hold.set()
    for row in range(2, 7):
        running.submit([attempt(row)])
        assert [reply.row for reply in replies(running, 1)] == [row]
    assert len(senders.made) == 1
    hold.clear()
    running.submit([attempt(row) for row in range(10, 20)])
    until(lambda: len(senders.made) == 3)
    hold.set()
    assert len(replies(running, 10)) == 10
    assert len(senders.made) == 3
    running.close()


def test_no_thread_is_started_instead_of_one_that_is_on_its_way() -> None:
    """Whose attempt another has taken takes the next: with four in flight, however often, there are four threads."""
    senders = Senders()
    running = engine(senders, workers=64)
    rows = iter(range(2, 4002))
    running.submit([attempt(next(rows)) for _ in range(4)])
    for row in rows:
        for _ in range(len(running.poll(LATEST_S)) - 1):
            running.submit([attempt(next(rows, row))])
        running.submit([attempt(row)])
    assert len(senders.made) <= 4
    running.close()


def test_a_sender_that_raises_gives_a_defect() -> None:
    """The attempt comes back as one, whoever is told of it hears what it was, and the thread goes on."""
    told: list[Exception] = []

    def answer(asked: Attempt) -> Reply:
        if asked.update.row == 3:
            raise RuntimeError("broken")
        return ok(asked.update)

    running = engine(Senders(answer), workers=1, defects=told)
    running.submit([attempt(2), attempt(3), attempt(4)])
    found = replies(running, 3)
    assert [(reply.row, reply.fault) for reply in found] == [(2, None), (3, Fault.DEFECT), (4, None)]
    assert [str(error) for error in told] == ["broken"]
    running.close()


def test_a_sender_that_cannot_be_made_gives_a_defect() -> None:
    """No attempt is lost where a thread does not even get as far as sending; the next one tries again."""
    told: list[Exception] = []
    made = Senders()
    outcomes = iter([OSError("too many open files")])

    def make() -> Sender:
        for error in outcomes:
            raise error
        return made()

    running = engine(make, workers=1, defects=told)
    running.submit([attempt(2), attempt(3)])
    assert [reply.fault for reply in replies(running, 2)] == [Fault.DEFECT, None]
    assert [type(error) for error in told] == [OSError]
    running.close()


def test_an_attempt_comes_back_even_if_nobody_can_be_told_of_the_defect() -> None:
    """That telling of a defect fails as well does not lose the attempt."""

    def fail(error: Exception) -> None:
        raise ValueError("told in vain") from error

    def answer(_: Attempt) -> Reply:
        raise RuntimeError("broken")

    running = ThreadEngine(Senders(answer), workers=1, on_defect=fail)
    running.submit([attempt(2), attempt(3)])
    assert [reply.fault for reply in replies(running, 2)] == [Fault.DEFECT] * 2
    running.close()


def test_closing_an_idle_engine_ends_its_threads() -> None:
    """Every thread has ended and every sender is closed by the time that `close` returns."""
    before = threading.active_count()
    senders = Senders()
    running = engine(senders)
    running.submit([attempt(row) for row in range(2, 50)])
    replies(running, 48)
    running.close()
    assert threading.active_count() == before
    assert all(sender.closed.is_set() for sender in senders.made)


def test_closing_an_engine_that_was_never_used_does_nothing() -> None:
    """There is no thread to end."""
    running = engine(Senders())
    assert running.poll(0.0) == []
    running.close()


def test_closing_does_not_wait_for_what_is_still_out_and_drops_what_was_not_taken_up() -> None:
    """A thread that waits for an answer is left behind; attempts behind it are never made."""
    hold = threading.Event()
    sent: list[int] = []

    def answer(asked: Attempt) -> Reply:
        sent.append(asked.update.row)
        hold.wait(LATEST_S)
        return ok(asked.update)

    senders = Senders(answer)
    running = engine(senders, workers=1)
    running.submit([attempt(2), attempt(3), attempt(4)])
    until(lambda: sent == [2])
    started = time.monotonic()
    running.close()
    assert time.monotonic() - started < LATEST_S / 2
    hold.set()
    assert senders.made[0].closed.wait(LATEST_S)
    assert sent == [2]


def test_a_sender_without_anything_open_can_be_told_to_close() -> None:
    """Where making it failed, there is nothing to close, and the next attempt makes one."""
    made, failures = Senders(), iter([OSError("too many open files")])

    def make() -> Sender:
        for error in failures:
            raise error
        return made()

    told: list[Exception] = []
    running = engine(make, workers=2, defects=told)
    running.submit([attempt(2)])
    assert [reply.fault for reply in replies(running, 1)] == [Fault.DEFECT]
    running.keep(0)
    running.submit([attempt(3)])
    assert [reply.fault for reply in replies(running, 1)] == [None]
    running.close()
    assert len(told) == 1
