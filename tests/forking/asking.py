"""The servers that fork, one a program, started when something of it is to run for the first time."""

from __future__ import annotations

import atexit
import ctypes
import dataclasses
import functools
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_ROOT: Final = Path(__file__).parents[2]
_TAKE_IN_ORPHANS: Final = 36
"""PR_SET_CHILD_SUBREAPER, of prctl(2)."""
_ANSWER_BYTES: Final = 100


@dataclass(frozen=True)
class Request:
    """What a fork is to be.

    Attributes:
        arguments: Of its program.
        environment: All of it.
        folder: Where it is.
        session: Whether it is in a session of its own.
        ignored: The signals that it ignores.
        blocked: The signals that are blocked.
        stopped: Whether it stops before its program begins.
    """

    arguments: Sequence[str]
    environment: Mapping[str, str]
    folder: str
    session: bool
    ignored: Sequence[int]
    blocked: Sequence[int]
    stopped: bool


class Server:
    """A process that forks for this one.

    Args:
        program: Its name.
    """

    def __init__(self, program: str) -> None:
        if ctypes.CDLL(None).prctl(_TAKE_IN_ORPHANS, 1) != 0:
            raise OSError("this system does not let a process take in orphans")
        self._parent: Final = os.getpid()
        self._lock: Final = threading.Lock()
        self._asking, answering = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with answering:
            self._process: Final = subprocess.Popen(
                [sys.executable, "-m", "tests.forking.server", str(answering.fileno()), program],
                pass_fds=[answering.fileno()],
                stdin=subprocess.DEVNULL,
                env=_environment(),
                cwd=_ROOT,
                start_new_session=True,
            )
        self._answer()
        atexit.register(self.close)

    def fork(self, request: Request, streams: Mapping[int, int]) -> int:
        """Return the number of a new child of this process.

        Args:
            request: What it is to be.
            streams: What its standard streams are, by their numbers there; those that are not in it are closed.
        """
        if os.getpid() != self._parent:
            raise RuntimeError("only the process that has started a server can ask it")
        asked = json.dumps(dataclasses.asdict(request) | {"parent": self._parent, "streams": list(streams)}).encode(
            "ascii"
        )
        with self._lock:
            socket.send_fds(self._asking, [asked], list(streams.values()))
            return int(self._answer())

    def _answer(self) -> bytes:
        answer = self._asking.recv(_ANSWER_BYTES)
        if not answer:
            raise RuntimeError("the server is gone")
        return answer

    def close(self) -> None:
        """End it, and let what it has forked be."""
        self._asking.close()
        self._process.wait()


def _environment() -> dict[str, str]:
    """Return the environment in which a program is imported: nothing is measured, and no thread begins."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("COVERAGE_", "IMPORTER_"))}
    return kept | {"OPENBLAS_NUM_THREADS": "1"}


@functools.cache
def server_of(program: str) -> Server:
    """Return the server of a program."""
    return Server(program)
