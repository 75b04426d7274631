"""The terminal at which a person sits who can be asked, whatever is piped into the command or written to a file."""

from __future__ import annotations

import os
import sys
import termios
import textwrap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Final, Self

from importer.processes import has_terminal

_OWN: Final = "/dev/tty"
_STANDARD: Final = (0, 2, 1)
_LOCAL_MODES: Final = 3
"""At this position, termios(3) has what is shown of what is typed."""
_LONGEST_ANSWER: Final = 4096
"""As long as a line of a terminal may be."""
_WIDEST: Final = 100
_ANSWERS: Final = {"y": True, "yes": True, "n": False, "no": False, "": False}


@dataclass(frozen=True, slots=True)
class Terminal:
    """A terminal that this process may read from and write to.

    Attributes:
        path: Of its device.
    """

    path: str

    @classmethod
    def find(cls) -> Self | None:
        """Return the terminal that this process is in the foreground of; None where it has none.

        That is its controlling terminal, wherever its streams lead. A process that has none, and whose streams lead to
        a terminal that is no session's, as in some containers, is taken to be in the foreground of that.
        """
        found = (cls(path) for path in _candidates())
        return next((terminal for terminal in found if terminal.is_ours), None)

    @property
    def is_ours(self) -> bool:
        """Whether this process is in the foreground of it, so that reading is not refused."""
        with suppress(OSError), _opened(self.path) as descriptor:
            if self.path == _OWN:
                return os.tcgetpgrp(descriptor) == os.getpgrp()
            return not has_terminal(os.fstat(descriptor).st_rdev)
        return False

    def ask(self, facts: Sequence[str], question: str) -> bool:
        """Print what a person should know, and a question; return whether the answer is yes.

        What is neither yes nor no is asked again. The end of the input is a no, and so is a terminal that is gone, or
        that has sent this process into the background, where SIGTTIN and SIGTTOU are ignored.

        Raises:
            KeyboardInterrupt: A signal that is handled so came meanwhile.
        """
        with suppress(OSError), _opened(self.path) as descriptor:
            width = min(os.get_terminal_size(descriptor).columns or _WIDEST, _WIDEST)
            _print(descriptor, "".join(f"{_wrapped(fact, width)}\n" for fact in facts))
            while True:
                _print(descriptor, f"{question} [y/N]: ")
                line = _line(descriptor)
                answer = _ANSWERS.get(line.strip().lower())
                if answer is not None:
                    return answer
                _print(descriptor, "Please answer y or n.\n")
        return False

    @contextmanager
    def talk(self) -> Iterator[Talk]:
        """Keep it open for questions, one after the other."""
        with _opened(self.path) as descriptor:
            yield Talk(descriptor)


@dataclass(frozen=True, slots=True)
class Talk:
    """Questions to the person at a terminal.

    Attributes:
        descriptor: Of the terminal.
    """

    descriptor: int

    def say(self, text: str) -> None:
        """Print a line, which is broken between words."""
        width = min(os.get_terminal_size(self.descriptor).columns or _WIDEST, _WIDEST)
        _print(self.descriptor, f"{_wrapped(text, width)}\n")

    def ask(self, question: str, default: str = "") -> str:
        """Return what is typed, without white space around it; `default` where that is nothing.

        Raises:
            EOFError: The input has ended.
        """
        return self._answer(f"{question} [{default}]: " if default else f"{question}: ") or default

    def confirm(self, question: str) -> bool:
        """Return whether the answer is yes; nothing is a no.

        Raises:
            EOFError: The input has ended.
        """
        while (answer := _ANSWERS.get(self._answer(f"{question} [y/N]: ").lower())) is None:
            self.say("Please answer y or n.")
        return answer

    def ask_hidden(self, question: str) -> str:
        """Return what is typed, which the terminal does not show; nor does it show what was typed ahead.

        Raises:
            EOFError: The input has ended.
        """
        before = termios.tcgetattr(self.descriptor)
        hidden = [*before]
        hidden[_LOCAL_MODES] &= ~termios.ECHO
        try:
            termios.tcsetattr(self.descriptor, termios.TCSAFLUSH, hidden)
            return self._answer(f"{question}: ")
        finally:
            termios.tcsetattr(self.descriptor, termios.TCSAFLUSH, before)
            _print(self.descriptor, "\n")

    def _answer(self, prompt: str) -> str:
        _print(self.descriptor, prompt)
        line = _line(self.descriptor)
        if not line:
            raise EOFError
        return line.strip()


def _line(descriptor: int) -> str:
    """Return the next line that is typed; "" at the end of the input. The cursor is at the start of a line then."""
    typed = b""
    try:
        typed = os.read(descriptor, _LONGEST_ANSWER)
    finally:
        if not typed.endswith(b"\n"):
            with suppress(OSError):
                _print(descriptor, "\n")
    return typed.decode("utf-8", "replace")


def _wrapped(fact: str, width: int) -> str:
    """Return a line, broken between words where it is too long."""
    further = f"{fact[: len(fact) - len(fact.lstrip())]}  "
    return textwrap.fill(fact, width, subsequent_indent=further, break_long_words=False, break_on_hyphens=False)


def _print(descriptor: int, text: str) -> None:
    left = text.encode(sys.stderr.encoding or "utf-8", "backslashreplace")
    while left:
        left = left[os.write(descriptor, left) :]


@contextmanager
def _opened(path: str) -> Iterator[int]:
    descriptor = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_CLOEXEC)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _candidates() -> Iterator[str]:
    """Yield where this process may have a terminal: its own one, or, where it has none, those of its streams."""
    with suppress(OSError), _opened(_OWN):
        yield _OWN
        return
    for descriptor in _STANDARD:
        with suppress(OSError):
            yield os.ttyname(descriptor)
