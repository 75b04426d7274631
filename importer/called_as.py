"""How the command was called, so that what a person is told to type next can be typed as it stands."""

from __future__ import annotations

import os
import shlex
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Final

NAME: Final = "importer"
_words: list[str] = [NAME]


def note_call(arguments: Sequence[str], process: Sequence[str]) -> None:
    """Take in how this process was called.

    Args:
        arguments: `sys.argv`.
        process: `sys.orig_argv`: the interpreter and its options come first.
    """
    _words[:] = _called(arguments, process)


def program(*, anywhere: bool = False) -> str:
    """Return what calls this program, quoted for a shell.

    Args:
        anywhere: From any folder, not only from this one.
    """
    first, *more = _words
    if anywhere and "/" in first:
        first = os.path.abspath(first)  # noqa: PTH100 - a link stays one: it may be what finds the environment
    return shlex.join([first, *more])


def as_called(command: str) -> str:
    """Return a command for a report, which may be read anywhere."""
    return program(anywhere=True) + command.removeprefix(NAME) if command else ""


def _called(arguments: Sequence[str], process: Sequence[str]) -> Sequence[str]:
    given = arguments[0] if arguments else ""
    if Path(given).name == "__main__.py":
        before = process[: len(process) - len(arguments) + 1]
        return before if before[-2:] == ["-m", NAME] else [NAME]
    if "/" not in given:
        return [given or NAME]
    found = shutil.which(Path(given).name)
    return [Path(given).name] if found and _same(found, given) else [given]


def _same(one: str, other: str) -> bool:
    try:
        return Path(one).samefile(other)
    except OSError:
        return False
