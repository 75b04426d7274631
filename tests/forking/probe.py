"""A program that tells what it finds: as JSON, a process as it sees itself, and then it ends as it is told."""

from __future__ import annotations

import atexit
import json
import os
import random
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, TextIO

import coverage

_MASKS: Final = ("SigBlk", "SigIgn", "SigCgt")


def found() -> Mapping[str, object]:
    """Return what a process finds of itself."""
    status = dict(line.split(":\t", 1) for line in Path("/proc/self/status").read_text("utf-8").splitlines())
    return {
        "arguments": sys.argv[1:],
        "environment": dict(os.environ),
        "folder": str(Path.cwd()),
        "parent": os.getppid(),
        "own_session": os.getsid(0) == os.getpid(),
        "threads": threading.active_count(),
        "open": sorted(int(name) for name in os.listdir("/proc/self/fd"))[:-1],  # noqa: PTH208 - the last is the list's own
        "streams": [_stream(stream) for stream in (sys.stdin, sys.stdout, sys.stderr)],
        "first": [sys.stdout is sys.__stdout__, sys.stderr is sys.__stderr__, sys.stdin is sys.__stdin__],
        "is_main": __name__,
        "measured": coverage.Coverage.current() is not None,
        "interrupt": signal.getsignal(signal.SIGINT) is signal.default_int_handler,
        "group_and_user": (os.getuid(), os.getgid(), os.umask(0o22)),
        "loaded": [name for name in sys.modules if name.startswith("importer")],
        **{name: status[name] for name in _MASKS},
    }


def _stream(stream: TextIO | None) -> object:
    if stream is None:
        return None
    return [stream.name, stream.mode, stream.encoding, stream.errors, stream.line_buffering, stream.isatty()]


def _wait() -> None:
    sys.stdout.flush()
    time.sleep(60)


def _fail() -> None:
    raise RuntimeError("an error that nobody handles")


def _print_at_the_end() -> None:
    atexit.register(sys.stderr.write, "the end\n")
    threading.Timer(0.1, sys.stderr.write, ["a thread\n"]).start()


def _draw() -> None:
    sys.stdout.write(f"\n{random.random()}")  # noqa: S311 - no secret


ENDINGS: Final[Mapping[str, Callable[[], object]]] = {
    "end": lambda: None,
    "exit": lambda: sys.exit(7),
    "exit with a word": lambda: sys.exit("no"),
    "exit at once": lambda: os._exit(9),
    "fail": _fail,
    "kill": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "abort": os.abort,
    "wait": _wait,
    "read": lambda: sys.stdout.write(sys.stdin.read()),
    "at the end": _print_at_the_end,
    "draw": _draw,
}


def main() -> None:
    """Tell what is found, and end."""
    if sys.argv[1] != "read":
        sys.stdout.write(json.dumps(found()))
    ENDINGS[sys.argv[1]]()


if __name__ == "__main__":
    main()
