"""A process that has imported a program, and forks for each time that it is to run: a start without the imports.

Each fork becomes what a process that was started for it would be: its own arguments, environment, folder and standard
streams, the signals as the one that asked has them, and the one that asked for its parent, which can wait for it and
kill it like any child. It runs the program from its beginning, and ends as Python ends. Called with the number of the
socket on which it is asked, and the name of the program.
"""

from __future__ import annotations

import gc
import io
import json
import os
import signal
import socket
import sys
import time
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final, cast

from tests.forking.programs import PROGRAMS, Program

_MOST_BYTES: Final = 200_000
"""Of what is asked; a message on such a socket has about so much room."""
_STREAMS: Final = 3
_PATIENCE_S: Final = 10.0


def serve(asking: socket.socket, program: Program) -> Mapping[str, Any] | None:
    """Fork for whatever is asked, and return what that was in each fork; None once nobody asks any more."""
    asking.send(b"ready")
    while True:
        asked, streams, _, _ = socket.recv_fds(asking, _MOST_BYTES, _STREAMS)
        if not asked:
            return None
        request = json.loads(asked)
        pid = _fork()
        if pid == 0:
            asking.close()
            _become(request, streams, program)
            return dict(request)
        for stream in streams:
            os.close(stream)
        asking.send(str(pid).encode())


def _fork() -> int:
    """Return 0 in a child of whoever asked, and its number in this process.

    The one between the two ends at once; its child goes to the next process above that takes in orphans.
    """
    told, telling = os.pipe()
    between = os.fork()
    if between:
        os.close(telling)
        os.waitpid(between, 0)
        with open(told, "rb") as pipe:  # noqa: PTH123 - a descriptor
            return int(pipe.read())
    child = os.fork()
    if child:
        os.write(telling, str(child).encode())
        os._exit(0)
    os.close(told)
    os.close(telling)
    return 0


def _become(request: Mapping[str, Any], streams: Sequence[int], program: Program) -> None:
    """Be a process that was just started."""
    _await_parent(request["parent"])
    _take_over(dict(zip(request["streams"], streams, strict=True)))
    if request["session"]:
        os.setsid()
    os.chdir(request["folder"])
    os.environ.clear()
    os.environ.update(request["environment"])
    for number in request["ignored"]:
        signal.signal(number, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_SETMASK, request["blocked"])
    _open_standard_streams(request["streams"])
    sys.argv[:] = [program.module, *request["arguments"]]
    _measure(request["environment"])


def _await_parent(parent: int) -> None:
    until = time.monotonic() + _PATIENCE_S
    while os.getppid() != parent:
        if time.monotonic() > until:  # it is gone
            os._exit(1)
        time.sleep(0.0002)


def _take_over(streams: Mapping[int, int]) -> None:
    """Let the standard streams be those that were handed over, and closed where none was."""
    for number in range(_STREAMS):
        if number in streams:
            os.dup2(streams[number], number)
        else:
            os.close(number)
    for stream in streams.values():
        os.close(stream)


def _open_standard_streams(open_ones: Collection[int]) -> None:
    """Open them as Python does at its start: a terminal is written to line by line, what is closed is None."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        known: io.TextIOWrapper = getattr(sys, f"__{name}__")
        stream = _opened(number, f"<{name}>", known) if number in open_ones else None
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)


def _opened(number: int, name: str, known: io.TextIOWrapper) -> io.TextIOWrapper:
    """Open one of them, in the way in which this process's own was opened."""
    reads, at_once = number == 0, known.write_through
    raw = io.FileIO(number, "r" if reads else "w", closefd=False)
    vars(raw)["name"] = name
    buffer = io.BufferedReader(raw) if reads else raw if at_once else io.BufferedWriter(raw)
    stream = io.TextIOWrapper(
        cast("io.BufferedWriter", buffer),
        known.encoding,
        known.errors,
        newline=None if reads else "\n",
        line_buffering=not at_once and (number == _STREAMS - 1 or raw.isatty()),
        write_through=at_once,
    )
    vars(stream)["mode"] = "r" if reads else "w"
    return stream


def _measure(environment: Mapping[str, str]) -> None:
    """Measure coverage where a process that is started would."""
    if "COVERAGE_PROCESS_CONFIG" in environment or "COVERAGE_PROCESS_START" in environment:
        import coverage  # noqa: PLC0415 - only where it is asked for

        coverage.process_startup(force=True)


def main(descriptor: int, name: str) -> None:
    """Serve, and be the program in each fork."""
    program = PROGRAMS[name]
    program.load()
    gc.collect()
    gc.freeze()  # forks share these objects; to look through them would copy them
    with socket.socket(fileno=descriptor) as asking:
        request = serve(asking, program)
    if request is None:
        return
    if request["stopped"]:
        os.kill(os.getpid(), signal.SIGSTOP)
    program.run()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
