"""A second process of this program that makes things for this one: each is made while the one before is at work.

It is a fork, so it knows what this one knows, and it has none of what belongs to this one alone: no terminal, no
files, no locks, no handlers of signals. It ends when this one does, however that ends.
"""

from __future__ import annotations

import fcntl
import gc
import os
import signal
import sys
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Final, NoReturn

from importer.processes import end_with

_OWN: Final = Path("/proc/self")
_LENGTH_BYTES: Final = 8
_ROOM_BYTES: Final = 1 << 20
"""What Linux lets anybody make of a pipe (pipe(7)): a message of usual length is made while the one before waits."""
_HARD_TO_STOP: Final = frozenset({signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGTSTP})
"""A terminal sends these to both processes, and the other one decides: one that it lets go on would leave this one
stopped."""


def can_be_two() -> bool:
    """Return whether this process may fork: on Linux, with one thread, and where the other one's end is told to it.

    Of several threads, a fork has one, and the locks that the others held. Elsewhere than on Linux nobody tells of
    the threads of libraries, and a process does not end with another by itself.
    """
    if sys.platform != "linux" or signal.getsignal(signal.SIGCHLD) is not signal.SIG_DFL:
        return False
    try:
        return len(os.listdir(_OWN / "task")) == 1  # noqa: PTH208 - names alone
    except OSError:
        return False


@contextmanager
def made_beside(make: Callable[[], Iterable[bytes]]) -> Iterator[Iterator[bytes]]:
    """Yield the messages that a second process makes, in their order; when the block is left, that process is gone.

    Few of them wait at a time: a second process that is ahead waits itself. Where it fails, dies or cannot be made,
    the messages end, each of them whole; that all have come only a last message can say.

    Args:
        make: Makes the messages, over there. It must not touch what is open here.
    """
    try:
        reading, writing = os.pipe()
    except OSError:
        yield iter(())
        return
    with open(reading, "rb") as pipe:  # noqa: PTH123 - a descriptor
        pid = _fork(make, writing)
        try:
            yield _messages(pipe)
        finally:
            if pid is not None:
                _end(pid)


def _fork(make: Callable[[], Iterable[bytes]], writing: int) -> int | None:
    """Return the number of the second process; None where the system does not let there be one."""
    parent = os.getpid()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    try:
        pid = os.fork()
        if pid == 0:
            _work(make, writing, parent, before)
    except OSError:
        return None
    else:
        return pid
    finally:
        os.close(writing)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _end(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    with suppress(ChildProcessError):
        os.waitpid(pid, 0)


def _work(make: Callable[[], Iterable[bytes]], writing: int, parent: int, mask: Collection[int]) -> NoReturn:
    """Be the second process, to its end: nothing of the first one's is finished, flushed or closed properly here."""
    try:
        gc.freeze()  # what is the other one's is never looked through, and so never ended by this one
        end_with(parent)
        _let_go_of_all_but(writing)
        _be_deaf()
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        for message in make():
            send(writing, message)
    finally:
        os._exit(0)


def _let_go_of_all_but(writing: int) -> None:
    """Close what was inherited: a lock of flock(2) would outlive a first process that is killed."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in range(3):
        os.dup2(nowhere, standard)
    for name in os.listdir(_OWN / "fd"):  # noqa: PTH208 - names alone
        if int(name) > 2 and int(name) != writing:  # noqa: PLR2004 - the standard streams
            with suppress(OSError):  # what the list was read from
                os.close(int(name))


def _be_deaf() -> None:
    """Ignore what the first process decides on."""
    for number in signal.valid_signals():
        if number in _HARD_TO_STOP or callable(signal.getsignal(number)):
            signal.signal(number, signal.SIG_IGN)


def send(writing: int, message: bytes) -> None:
    """Write a message into a pipe; raise `OSError` where nobody reads it any more."""
    with suppress(OSError, AttributeError):  # it is as large as it may be
        fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, _ROOM_BYTES)
    left = memoryview(len(message).to_bytes(_LENGTH_BYTES, "little") + message)
    while left:
        left = left[os.write(writing, left) :]


def _messages(pipe: BinaryIO) -> Iterator[bytes]:
    """Yield messages as long as they are whole."""
    while len(length := pipe.read(_LENGTH_BYTES)) == _LENGTH_BYTES:
        count = int.from_bytes(length, "little")
        message = pipe.read(count)
        if len(message) < count:
            return
        yield message
