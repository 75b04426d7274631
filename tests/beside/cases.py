"""What is tried with a second process, each in a process of its own: called with the name of a case, and a folder."""

from __future__ import annotations

import atexit
import fcntl
import json
import mmap
import os
import resource
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from importer.second_process import can_be_two, made_beside

_SIZES: Final = (0, 1, 70_000, 3_000_000, 5)
_WHOLE: Final = 3
_MANY: Final = 60
_MESSAGE_BYTES: Final = 300_000
_PATIENCE_S: Final = 30.0


def _is_alone() -> bool:
    """Return whether this process has no child, alive or to be waited for."""
    try:
        os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        return True
    return False


def _come(make: Callable[[], Iterator[bytes]]) -> list[bytes]:
    with made_beside(make) as messages:
        return list(messages)


def whole(_: Path) -> object:
    """Return what comes of messages of many sizes, and from where."""

    def make() -> Iterator[bytes]:
        yield str(os.getpid()).encode()
        yield from (bytes([at]) * size for at, size in enumerate(_SIZES))

    pid, *others = _come(make)
    wanted = [bytes([at]) * size for at, size in enumerate(_SIZES)]
    return {"same": others == wanted, "elsewhere": int(pid) != os.getpid(), "alone": _is_alone()}


def _breaking_off(how: Callable[[], object]) -> Mapping[str, object]:
    def make() -> Iterator[bytes]:
        atexit.register(print, "what is done at an end")
        for at in range(_WHOLE):
            yield bytes([at])
        sys.stdout.write("said over there\n")
        sys.stdout.flush()
        sys.stderr.write("said over there\n")
        how()

    return {"come": len(_come(make)), "alone": _is_alone()}


def _die_within_a_message() -> None:
    (writing,) = (number for number, what in _open_files().items() if what.startswith("pipe:"))
    os.write(writing, (100).to_bytes(8, "little") + b"half")
    os.kill(os.getpid(), signal.SIGKILL)


def _open_files() -> Mapping[int, str]:
    """Return what this process has open, but for the list of it."""
    found = {}
    for link in Path("/proc/self/fd").iterdir():
        with suppress(OSError):
            found[int(link.name)] = str(link.readlink())
    return {number: what for number, what in found.items() if "/fd" not in what}


def _raise(error: type[BaseException]) -> Callable[[], object]:
    def fail() -> None:
        raise error

    return fail


def breaking_off(_: Path) -> object:
    """Return what comes where the second process fails, in several ways."""
    ways = {
        "killed": lambda: os.kill(os.getpid(), signal.SIGKILL),
        "within": _die_within_a_message,
        "memory": _raise(MemoryError),
        "exit": _raise(SystemExit),
        "interrupt": _raise(KeyboardInterrupt),
        "generator": _raise(GeneratorExit),
    }
    return {name: _breaking_off(how) for name, how in ways.items()}


def surroundings(folder: Path) -> object:
    """Return what the second process has of the first one: files, handlers, what is blocked."""
    kept = (folder / "kept").open("w")
    handled = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGTSTP, signal.SIGUSR1)
    for number in handled[1:]:
        signal.signal(number, lambda *_: None)

    def make() -> Iterator[bytes]:
        ignored = all(signal.getsignal(number) is signal.SIG_IGN for number in handled)
        blocked = len(signal.pthread_sigmask(signal.SIG_BLOCK, ()))
        yield json.dumps([sorted(what.partition(":")[0] for what in _open_files().values()), ignored, blocked]).encode()

    (found,) = _come(make)
    kept.close()
    here = [signal.getsignal(number) is not signal.SIG_IGN for number in handled]
    return [*json.loads(found), all(here), len(signal.pthread_sigmask(signal.SIG_BLOCK, ()))]


def left(_: Path) -> object:
    """Return whether a second process that never ends is gone where the block is left by an error."""

    def make() -> Iterator[bytes]:
        yield str(os.getpid()).encode()
        while True:
            time.sleep(_PATIENCE_S)

    pid = 0
    with suppress(ZeroDivisionError), made_beside(make) as messages:
        pid = int(next(messages))
        raise ZeroDivisionError
    return {"gone": not Path(f"/proc/{pid}").exists(), "alone": _is_alone()}


def ahead(_: Path) -> object:
    """Return by how many messages the second process is ahead, at most, and that it comes to that."""
    made = mmap.mmap(-1, 8)

    def make() -> Iterator[bytes]:
        for at in range(_MANY):
            made[:] = (at + 1).to_bytes(8, "little")
            yield bytes(_MESSAGE_BYTES)

    most = 0
    with made_beside(make) as messages:
        for taken, _message in enumerate(messages, start=1):
            until = time.monotonic() + _PATIENCE_S
            while int.from_bytes(made[:], "little") < min(taken + 2, _MANY) and time.monotonic() < until:
                time.sleep(0.001)
            most = max(most, int.from_bytes(made[:], "little") - taken)
    return most


def possible(_: Path) -> object:
    """Return whether there can be a second process: as it is, with a thread, without word of its end, without files."""
    found = [can_be_two()]
    waiting = threading.Event()
    thread = threading.Thread(target=waiting.wait)
    thread.start()
    found.append(can_be_two())
    waiting.set()
    thread.join()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    found.append(can_be_two())
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    files = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, files[1]))
    come = len(_come(lambda: iter([b"one"])))
    resource.setrlimit(resource.RLIMIT_NOFILE, files)
    return [*found, come]


def killed(folder: Path) -> object:
    """Take a lock, say who the second process is, and be killed while it is at work."""
    lock = (folder / "lock").open("w")
    fcntl.flock(lock, fcntl.LOCK_EX)

    def make() -> Iterator[bytes]:
        yield str(os.getpid()).encode()
        while True:
            time.sleep(_PATIENCE_S)

    with made_beside(make) as messages:
        sys.stdout.write(f"{int(next(messages))}\n")
        sys.stdout.flush()
        os.kill(os.getpid(), signal.SIGKILL)
    return None


CASES: Final = {case.__name__: case for case in (whole, breaking_off, surroundings, left, ahead, possible, killed)}

if __name__ == "__main__":
    sys.stdout.write(json.dumps(CASES[sys.argv[1]](Path(sys.argv[2]))))
