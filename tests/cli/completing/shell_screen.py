"""A shell on a terminal, in a home of its own: what is typed there, and what the command was given in the end."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import shlex
import shutil
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import pyte
import pytest

_ROOT: Final = Path(__file__).parents[3]
_IN_CONTROL: Final = (
    "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execvp(sys.argv[1], sys.argv[1:])"
)
_PATIENCE_S: Final = 60.0
_COLUMNS: Final = 150
_LINES: Final = 100


@dataclass(frozen=True)
class Shell:
    """A shell that completes.

    Attributes:
        command: How it is started, without anything of the user's.
        start: What is typed first; `{script}` is the file with the script.
        stand_in: A function in place of the command, which prints what it is given.
    """

    command: Sequence[str]
    start: str
    stand_in: str


_STAND_IN: Final = "importer() {{ printf '<%s>' \"$@\"; echo .; }}"
SHELLS: Final[Mapping[str, Shell]] = {
    "bash": Shell(("bash", "--norc", "--noprofile", "-i"), "source {script}", _STAND_IN),
    "zsh": Shell(("zsh", "-f", "-i"), "autoload -U compinit; compinit -u -D; source {script}", _STAND_IN),
    "fish": Shell(
        ("fish", "--no-config", "-i"), "source {script}", "function importer; printf '<%s>' $argv; echo .; end"
    ),
}


def command_in(home: Path) -> Path:
    """Put the command into a home, and return its path."""
    path = home / "bin" / "importer"
    path.parent.mkdir(parents=True)
    path.write_text(f"#!{sys.executable}\nfrom importer.cli import main\n\nmain()\n", "utf-8")
    path.chmod(0o755)
    return path


def expect_shell(name: str) -> None:
    """Skip the test where a shell is not installed; where everything must be proved (CI=true), that is a failure."""
    if shutil.which(name) is None:
        if os.environ.get("CI") == "true":
            pytest.fail(f"{name} is missing; CI must have it")
        pytest.skip(f"{name} is not installed")


class ShellScreen:
    """A shell that has read the script of the command; used as a context manager.

    Args:
        name: Of `SHELLS`.
        command: The path of the command, of which the shell itself knows only the script.
        home: The user's home.
        folder: Where the shell is.
        variables: What else is in its environment.
    """

    def __init__(self, name: str, command: Path, *, home: Path, folder: Path, variables: Mapping[str, str]) -> None:
        shell = SHELLS[name]
        environment = {
            "HOME": str(home),
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(_ROOT),
            "LANG": "C.UTF-8",
            "TERM": "xterm",
            **variables,
        }
        script = home / f"completion.{name}"
        script.write_bytes(subprocess.run([command, "completion", name], env=environment, capture_output=True).stdout)  # noqa: PLW1510 - what is missing is seen below
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", _LINES, _COLUMNS, 0, 0))
        self._process: Final = subprocess.Popen(
            [sys.executable, "-c", _IN_CONTROL, *shell.command],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            cwd=folder,
            env=environment,
        )
        os.close(slave)
        self._screen: Final = pyte.Screen(_COLUMNS, _LINES)
        self._stream: Final = pyte.ByteStream(self._screen)
        self._begin: Final = (shell.start.format(script=shlex.quote(str(script))), shell.stand_in.format())

    def __enter__(self) -> Self:
        for line in (*self._begin, "importer is there"):
            self.type(f"{line}\n")
        self.until("<is><there>.")
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        os.close(self._master)
        self._process.wait()

    def text(self) -> str:
        """Return what is on the screen now."""
        return "\n".join(line.rstrip() for line in self._screen.display).strip("\n")

    def type(self, text: str) -> None:
        """Type something."""
        os.write(self._master, text.encode())

    def until(self, text: str) -> str:
        """Return what is on the screen once a text is."""
        ends_at = time.monotonic() + _PATIENCE_S
        while text not in self.text():
            assert time.monotonic() < ends_at, self.text()
            if select.select([self._master], [], [], 1.0)[0]:
                self._stream.feed(os.read(self._master, 65536))
        return self.text()
