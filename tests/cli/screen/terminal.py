"""A real terminal with the command on it, and what a person sees there."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

import pyte

_LINES: Final = 200
"""So many that nothing leaves the screen."""
_PATIENCE_S: Final = 120.0
_START: Final = (
    "import fcntl, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0);"
    " sys.path.insert(0, {root!r}); sys.argv = {arguments!r}; from importer.cli import main; main()"
)
"""The terminal is the command's own, as it is when a shell starts it."""
_ROOT: Final = str(Path(__file__).parents[3])


class TerminalScreen:
    """The command on a terminal of its own.

    Args:
        arguments: Of `importer`.
        columns: How wide the terminal is.
        folder: Where the command is called.
        variables: Its environment.
    """

    def __init__(self, arguments: Sequence[str], *, columns: int, folder: Path, variables: Mapping[str, str]) -> None:
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", _LINES, columns, 0, 0))
        self._process: Final = subprocess.Popen(
            [sys.executable, "-c", _START.format(root=_ROOT, arguments=["importer", *arguments])],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            cwd=folder,
            env={name: value for name, value in variables.items() if name != "COLUMNS"} | {"TERM": "xterm"},
        )
        os.close(slave)
        self._screen: Final = pyte.Screen(columns, _LINES)
        self._stream: Final = pyte.ByteStream(self._screen)

    def text(self) -> str:
        """Return what is on the screen now."""
        return "\n".join(line.rstrip() for line in self._screen.display).strip("\n") + "\n"

    def read_until(self, seen: Callable[[str], bool]) -> str:
        """Return what is on the screen once that is `seen`; where the command ends before, what is there then."""
        ends_at = time.monotonic() + _PATIENCE_S
        while not seen(self.text()):
            assert time.monotonic() < ends_at, self.text()
            if not select.select([self._master], [], [], 1.0)[0]:
                continue
            try:
                self._stream.feed(os.read(self._master, 65536))
            except OSError:  # the other side is closed
                break
        return self.text()

    def type(self, text: str) -> None:
        """Type something."""
        os.write(self._master, text.encode())

    def close(self) -> int:
        """Kill the command, if it has not ended, and return its exit code."""
        if self._process.poll() is None:
            self._process.kill()
        os.close(self._master)
        return self._process.wait()
