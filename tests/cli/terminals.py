"""A terminal of one's own, with a shell in it: what is typed there has it for its controlling terminal."""

from __future__ import annotations

import os
import pty
import select
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

IMPORTER: Final = shlex.join((sys.executable, "-m", "importer"))
_IN_CONTROL: Final = (
    "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execvp(sys.argv[1], sys.argv[1:])"
)
_ROOT: Final = Path(__file__).parents[2]
_PATIENCE_S: Final = 60


@dataclass
class Terminal:
    """A terminal in which something runs.

    Attributes:
        shown: What has been on it so far.
    """

    master: int
    process: subprocess.Popen[bytes]
    shown: str = ""

    def until(self, text: str) -> str:
        """Wait until a text is on it, and return all that is."""
        ends_at = time.monotonic() + _PATIENCE_S
        while text not in self.shown and self._read():
            assert time.monotonic() < ends_at, self.shown
        assert text in self.shown, self.shown
        return self.shown

    def type(self, text: str) -> None:
        """Type something."""
        os.write(self.master, text.encode())

    def end(self) -> tuple[int, str]:
        """Wait until the command in it has ended; return its exit code, and all that is on the terminal."""
        ends_at = time.monotonic() + _PATIENCE_S
        while self.process.poll() is None and time.monotonic() < ends_at:
            self._read()
        assert self.process.poll() is not None, self.shown
        while self._read():
            pass
        return self.process.returncode, self.shown

    def _read(self) -> bool:
        """Take in what is shown within a moment; return False where nothing will be any more."""
        ready, _, _ = select.select([self.master], [], [], 0.1)
        if not ready:
            return self.process.poll() is None
        try:
            text = os.read(self.master, 65536)
        except OSError:  # nobody has it open any more
            return False
        self.shown += text.decode("utf-8", "replace")
        return bool(text)


@contextmanager
def terminal(script: str, *, shell: Sequence[str] = ("bash", "--norc", "-c")) -> Iterator[Terminal]:
    """Run a script of a shell on a terminal of its own, which is killed at the end."""
    master, slave = pty.openpty()
    command = (sys.executable, "-c", _IN_CONTROL, *shell, script)
    environment = os.environ | {"TERM": "xterm", "PYTHONPATH": str(_ROOT)}
    process = subprocess.Popen(
        command, stdin=slave, stdout=slave, stderr=slave, start_new_session=True, env=environment
    )
    os.close(slave)
    try:
        yield Terminal(master, process)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, 9)
        os.close(master)
        process.wait()
