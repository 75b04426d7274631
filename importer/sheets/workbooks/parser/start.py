"""Starts the process that parses a workbook, and says what became of it."""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from importer.errors import SourceError
from importer.sheets.limits import Limits
from importer.sheets.reading import Reading
from importer.sheets.source_file import SourceFile
from importer.sheets.workbooks.book import damaged, too_large
from importer.sheets.workbooks.parser.child import OUT_OF_MEMORY, OUT_OF_MEMORY_CODE

_START: Final = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]);"
    " from importer.sheets.workbooks.parser.child import main; main()"
)
_OUT_OF_TIME: Final = frozenset({signal.SIGPROF, signal.SIGXCPU})
_OUT_OF_MEMORY: Final = frozenset({signal.SIGKILL, signal.SIGABRT})
_NOT_FOR_IT: Final = frozenset({signal.SIGINT, signal.SIGTERM, signal.SIGHUP})
_SECRETS: Final = "IMPORTER_"
_PATIENCE: Final = 20.0
"""How many times longer than the processor may work a process may take, on a slow disk or a busy machine."""


@dataclass(frozen=True, slots=True)
class ParseRequest:
    """What a process is to parse.

    Attributes:
        work: `source`, `raw` or `sizes`.
        file: The workbook.
        family: What it is.
        reading: How it is to be read.
        limits: What it is held to.
        spool: Where the lines go.
    """

    work: str
    file: SourceFile
    family: str
    reading: Reading
    limits: Limits
    spool: Path

    def as_json(self) -> bytes:
        """Return it as the process reads it."""
        request = {
            "work": self.work,
            "path": str(self.file.path.absolute()),
            "name": self.file.name,
            "family": self.family,
            "reading": self.reading.as_json(),
            "limits": dataclasses.asdict(self.limits),
            "spool": str(self.spool.absolute()),
            "parent": os.getpid(),
        }
        return json.dumps(request).encode("ascii")


def parse(request: ParseRequest) -> Mapping[str, Any]:
    """Let a process of its own parse a workbook, and return what it found.

    Whatever a hostile file does to a parser, it does to that process: it has a limit for memory and one for time,
    no ear for what interrupts this one, and an environment without the importer's key.

    Raises:
        SourceError: The workbook cannot be read: the process says so, or did not live to say it.
        OSError: The process cannot be started, or something cannot be read or written.
    """
    code, output = _run(request)
    try:
        answer = json.loads(output)  # one that is whole counts, whatever ended the process after it
    except ValueError:
        answer = {}
    match answer:
        case {"result": dict() as result}:
            return result
        case {"error": {"message": str() as message, "code": str() as word, "hint": str() as hint}}:
            raise SourceError(message, code=word, hint=hint)
        case {"system": [int() as number, str() as words]}:
            raise OSError(number, words)
        case {"failed": str() as why} if why == OUT_OF_MEMORY:
            raise _out_of_memory(request)
        case _:
            raise _cause_of_death(request, code)


def _run(request: ParseRequest) -> tuple[int, bytes]:
    """Return how the process ended, as `Popen.returncode` says it, and what it said."""
    seconds = request.limits.seconds_for(request.file.path.stat().st_size)
    with start_parser() as process:
        try:
            output, _ = process.communicate(request.as_json(), timeout=60 + seconds * _PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            return -signal.SIGPROF, b""
        except BaseException:
            process.kill()
            raise
    return process.returncode, output


def start_parser() -> subprocess.Popen[bytes]:
    """Start the process, deaf to what ends this one in its own time: what a terminal sends goes to both."""
    with deaf_to_the_terminal():
        return subprocess.Popen(  # noqa: S603 - this interpreter, and a program that stands above
            [sys.executable, "-I", "-c", _START, json.dumps(sys.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=without_secrets(os.environ),
        )


@contextmanager
def deaf_to_the_terminal() -> Iterator[None]:
    """Let what is started in the block never hear what is sent to a whole terminal."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _NOT_FOR_IT)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def without_secrets(environment: Mapping[str, str]) -> dict[str, str]:
    """Return an environment without what is the importer's own, and so without its key."""
    return {name: value for name, value in environment.items() if not name.startswith(_SECRETS)}


def _cause_of_death(request: ParseRequest, code: int) -> SourceError:
    if -code in _OUT_OF_TIME:
        return too_large(
            request.file.name, "reading it takes too long for a file of its size", request.limits.setting("seconds")
        )
    if -code in _OUT_OF_MEMORY or code == OUT_OF_MEMORY_CODE:
        return _out_of_memory(request)
    return damaged(request.file.name, "it is damaged, or written in a way that is not understood")


def _out_of_memory(request: ParseRequest) -> SourceError:
    return too_large(
        request.file.name,
        "reading it takes too much memory for a file of its size",
        request.limits.setting("memory_bytes"),
    )
