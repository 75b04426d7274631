"""The deadline of an attempt, and the thread that enforces it."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from importer.delivery.wire.deadline import Deadline, DeadlinePassedError, Watchdog

LATEST_S = 8.0
Pair = tuple[socket.socket, socket.socket]


@pytest.fixture
def pair() -> Iterator[Pair]:
    """Return two ends of a connection."""
    left, right = socket.socketpair()
    left.settimeout(LATEST_S)
    right.settimeout(LATEST_S)
    with left, right:
        yield left, right


def state(deadline: Deadline) -> tuple[bool, bool, bool]:
    """Return whether the request has left, whether its connection was cut, and whether its time is up."""
    return deadline.left, deadline.expired, deadline.passed


def test_a_deadline_that_was_never_started_is_passed() -> None:
    """Nothing leaves outside an attempt."""
    assert Deadline().passed
    assert Deadline().remaining_s == 0


def test_an_attempt_has_its_time() -> None:
    """From its start the time runs down to nothing, and not below."""
    deadline = Deadline()
    deadline.start(50.0)
    assert 40.0 < deadline.remaining_s <= 50.0
    assert state(deadline) == (False, False, False)
    deadline.start(0.0)
    assert state(deadline) == (False, False, True)
    assert deadline.remaining_s == 0


def test_an_attempt_can_be_given_more_time(pair: Pair) -> None:
    """Never less, and not where it was cut, or everything was abandoned."""
    deadline = Deadline()
    deadline.start(0.0)
    deadline.prolong(50.0)
    deadline.leaving(pair[0].fileno())
    deadline.enforce()
    deadline.prolong(1.0)
    assert 40.0 < deadline.remaining_s <= 50.0
    assert state(deadline) == (True, False, False)
    deadline.abandon()
    deadline.prolong(50.0)
    assert state(deadline) == (True, True, True)
    assert deadline.remaining_s == 0


def test_what_is_in_time_is_left_alone(pair: Pair) -> None:
    """A connection within its deadline is not touched."""
    deadline = Deadline()
    deadline.start(50.0)
    deadline.leaving(pair[0].fileno())
    deadline.enforce()
    pair[0].sendall(b"x")
    assert pair[1].recv(9) == b"x"
    assert state(deadline) == (True, False, False)
    deadline.finish()


@pytest.mark.parametrize("phase", ["connecting", "leaving"])
def test_a_connection_is_shut_down_when_its_time_is_up(pair: Pair, phase: str) -> None:
    """Who reads from it in another thread is woken up, and the attempt knows why."""
    with Watchdog() as watchdog:
        deadline = watchdog.new_deadline()
        deadline.start(0.1)
        getattr(deadline, phase)(pair[0].fileno())
        assert pair[0].recv(9) == b""
        assert state(deadline) == (phase == "leaving", True, True)
        deadline.finish()
        deadline.start(10.0)
        assert state(deadline) == (False, False, False)


@pytest.mark.parametrize("phase", ["connecting", "leaving"])
def test_what_is_too_late_does_not_begin(pair: Pair, phase: str) -> None:
    """A request whose time is up before it leaves does not leave."""
    deadline = Deadline()
    deadline.start(0.0)
    with pytest.raises(DeadlinePassedError):
        getattr(deadline, phase)(pair[0].fileno())
    assert not deadline.left


def test_a_finished_attempt_is_never_cut(pair: Pair) -> None:
    """After its end, a connection may serve the next attempt, however old it is."""
    deadline = Deadline()
    deadline.start(0.01)
    deadline.leaving(pair[0].fileno())
    deadline.finish()
    time.sleep(0.05)
    deadline.enforce()
    assert not deadline.expired
    pair[0].sendall(b"x")
    assert pair[1].recv(9) == b"x"


def test_a_connection_that_got_the_same_number_is_never_cut(pair: Pair) -> None:
    """Where the attempt's own connection was closed and its number was given to another, that other is left alone."""
    deadline = Deadline()
    deadline.start(0.05)
    number = pair[0].fileno()
    deadline.leaving(number)
    pair[0].close()
    left, right = socket.socketpair()
    with left, right:
        assert number in (left.fileno(), right.fileno())
        time.sleep(0.1)
        deadline.enforce()
        assert deadline.expired
        left.sendall(b"x")
        right.settimeout(LATEST_S)
        assert right.recv(9) == b"x"


def test_a_connection_that_the_other_side_has_closed_can_be_cut(pair: Pair) -> None:
    """Being second is no error."""
    deadline = Deadline()
    deadline.start(0.01)
    deadline.leaving(pair[0].fileno())
    pair[1].close()
    pair[0].shutdown(socket.SHUT_RDWR)
    time.sleep(0.05)
    deadline.enforce()
    assert deadline.expired


def test_a_new_connection_of_the_same_attempt_takes_the_place_of_the_old(pair: Pair) -> None:
    """After an address that did not answer, it is the next one's connection that is watched."""
    other = socket.socketpair()
    deadline = Deadline()
    deadline.start(0.2)
    deadline.connecting(pair[0].fileno())
    deadline.connecting(other[0].fileno())
    deadline.leaving(other[0].fileno())
    time.sleep(0.3)
    deadline.enforce()
    with other[0], other[1]:
        assert other[1].recv(9) == b""
    pair[0].sendall(b"x")
    assert pair[1].recv(9) == b"x"


def test_at_the_end_of_the_watch_attempts_are_abandoned(pair: Pair) -> None:
    """Whoever still waits is woken up, and nothing leaves any more."""
    with Watchdog() as watchdog:
        deadline = watchdog.new_deadline()
        deadline.start(60.0)
        deadline.leaving(pair[0].fileno())
        read: list[bytes] = []
        reader = threading.Thread(target=lambda: read.append(pair[0].recv(9)))
        reader.start()
    reader.join(LATEST_S)
    assert read == [b""]
    assert deadline.expired
    deadline.start(60.0)
    with pytest.raises(DeadlinePassedError):
        deadline.leaving(pair[0].fileno())
    deadline.finish()


def test_many_attempts_and_the_watchdog_do_not_disturb_each_other() -> None:
    """Thousands of short attempts in several threads leave no handle behind, and none is cut that was in time."""
    cut = []

    def work(deadline: Deadline) -> None:
        left, right = socket.socketpair()
        with left, right:
            for _ in range(500):
                deadline.start(30.0)
                deadline.leaving(left.fileno())
                deadline.enforce()
                deadline.finish()
            cut.append(deadline.expired)

    with Watchdog() as watchdog:
        threads = [threading.Thread(target=work, args=(watchdog.new_deadline(),)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert cut == [False] * 4


def test_an_idle_connection_is_left_alone_and_the_next_attempt_over_it_is_watched(pair: Pair) -> None:
    """The handle stays from one attempt to the next; only what is under way can be late."""
    deadline = Deadline()
    deadline.start(0.0)
    with pytest.raises(DeadlinePassedError):
        deadline.leaving(pair[0].fileno())
    deadline.start(50.0)
    deadline.leaving(pair[0].fileno())
    deadline.finish()
    deadline.start(0.0)
    deadline.finish()
    deadline.enforce()
    pair[1].sendall(b"still there")
    assert pair[0].recv(20) == b"still there"
    deadline.start(0.0)
    deadline.enforce()
    assert deadline.expired
    assert pair[1].recv(20) == b""


@pytest.mark.parametrize("under_way", [False, True], ids=["idle", "while its answer is read"])
def test_a_connection_that_is_closed_ends_for_the_other_side(pair: Pair, *, under_way: bool) -> None:
    """The handle is given up with it, but not while an answer that drips in may have to be cut off."""
    deadline = Deadline()
    deadline.start(50.0)
    deadline.leaving(pair[0].fileno())
    if not under_way:
        deadline.finish()
    deadline.closed()
    pair[0].close()
    pair[1].settimeout(0)
    if under_way:
        with pytest.raises(BlockingIOError):
            pair[1].recv(1)
        deadline.finish()
    assert pair[1].recv(1) == b""
