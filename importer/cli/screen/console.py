"""Printing that never stands in the way: a closed pipe or a terminal that hung up does not end a run."""

from __future__ import annotations

import errno
import io
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import Final, TextIO, cast

import click

from importer.cli.screen.urgency import Urgency, is_journal, marked, urgency_of
from importer.cli.screen.wrapping import laid_out, width_of

_LAST_STANDARD: Final = 2
_LINES_AT_A_TIME: Final = 500


class _Steady(io.TextIOBase):
    """A text stream that drops what its stream cannot take.

    Args:
        stream: Where text goes; characters that its encoding lacks are written as escapes.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.failure: OSError | None = None

    def isatty(self) -> bool:
        """Return whether a person looks on."""
        return not self._stream.closed and self._stream.isatty()

    def fileno(self) -> int:
        """Return the stream's descriptor."""
        return self._stream.fileno()

    def write(self, text: str) -> int:
        """Write what can be written."""
        encoding = self._stream.encoding or "utf-8"
        with self._noted():
            self._stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
        return len(text)

    def flush(self) -> None:
        """Flush what can be flushed."""
        with self._noted():
            self._stream.flush()

    @contextmanager
    def _noted(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            self.failure = error
        except ValueError:  # the stream is closed
            return


def steady(stream: TextIO) -> TextIO:
    """Return a stream that writes to another one, and drops what that cannot take."""
    return cast("TextIO", _Steady(stream))


def open_standard_streams() -> None:
    """Stand in for standard streams that are closed: a file that got their number would be printed into."""
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= _LAST_STANDARD:
        pass
    os.close(descriptor)
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("r" if name == "stdin" else "w", encoding="utf-8"))  # noqa: SIM115 - for as long as the process lives


def terminal_width() -> int | None:
    """Return how many characters a line of the terminal has; None where standard output is none."""
    return width_of(sys.stdout)


def tell(text: str, urgency: Urgency | None = None) -> None:
    """Print something for a person beside the result, on stderr.

    Args:
        text: What is to be told.
        urgency: How urgent it is, where its first word does not say so.
    """
    echo(text, steady(sys.stderr), urgency)


def echo(text: str, stream: TextIO, urgency: Urgency | None = None) -> None:
    """Print a text on stderr, or in its place: in lines that fit a terminal; in the journal, with how urgent it is."""
    if is_journal(stream):
        click.echo(marked(text, urgency or urgency_of(text)), file=stream)
    else:
        click.echo(laid_out(text, width_of(stream)), file=stream)


def answer(text: str, *, data: bool = False) -> bool:
    """Print the result, on stdout, and return whether it could be: that nobody reads it is no failure.

    Args:
        text: The result.
        data: It is for a program, or one word to be taken as it is: its lines stay as they are on a terminal, too.
    """
    stream = _Steady(sys.stdout)
    to = cast("TextIO", stream)
    click.echo(text if data else laid_out(text, width_of(to)), file=to)
    return stream.failure is None or stream.failure.errno in (errno.EPIPE, errno.EIO)


def answer_all(lines: Iterable[str]) -> bool:
    """Print lines of a result as they come, until nobody reads them any more; return whether they could be printed."""
    remaining = iter(lines)
    stream = _Steady(sys.stdout)
    while next_lines := list(islice(remaining, _LINES_AT_A_TIME)):
        stream.write("\n".join([*next_lines, ""]))
        if stream.failure is not None:
            break
    stream.flush()
    return stream.failure is None or stream.failure.errno in (errno.EPIPE, errno.EIO)


def close_output() -> None:
    """Flush what was printed; where nobody takes it any more, let Python not complain about that when it ends."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            with suppress(OSError, ValueError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
