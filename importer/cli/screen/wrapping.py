"""Text that fits the terminal it is printed on: it breaks between words, and a command can be typed as it stands."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Final, TextIO

import click

from importer.cli.screen.next_commands import command_at_end, unbroken

_NARROWEST: Final = 20
_USUAL: Final = 80
_HANGING: Final = re.compile(r" *(?:[\w,.-]+(?: \w+){0,2} {2,}(?=\S))?")
"""How far the first line of a text is set in, with the number or the name in front of it: the others are under that."""
_SHELL_WORD: Final = re.compile(r"""(?:[^\s'"\\]|\\.|'[^']*'|"[^"]*")+""")
_PLAIN: Final = re.compile(r"[\w@%+=:,./-]+")
_CONTINUED: Final = " \\"


def width_of(stream: TextIO) -> int | None:
    """Return how many characters a line of a terminal has, or less where COLUMNS says so; None where it is none."""
    if not stream.isatty():
        return None
    told = os.environ.get("COLUMNS", "")
    widths = [int(told) if told.isdecimal() else 0]
    with suppress(OSError, ValueError):
        widths.append(os.get_terminal_size(stream.fileno()).columns)
    return max(min(filter(None, widths), default=_USUAL), _NARROWEST)


def laid_out(text: str, width: int | None) -> str:
    """Return a text whose lines are no longer than the terminal's, where its words allow that; None: as it is."""
    return text if width is None else "\n".join(part for line in text.split("\n") for part in _lines(line, width))


def wide(text: str) -> int:
    """Return how many cells of a terminal a text takes, colours or none."""
    plain = click.unstyle(text)
    if plain.isascii():
        return len(plain)
    from rich.cells import cell_len  # noqa: PLC0415 - heavy, and most texts need none

    return cell_len(plain)


def _lines(line: str, width: int) -> Iterator[str]:
    if wide(line) <= width:
        yield line
        return
    command = command_at_end().search(line)
    if command is None:
        yield from _prose(line, width)
        return
    sentence = line[: command.start()].rstrip()
    inner = " " * (len(line) - len(line.lstrip()) + (2 if sentence else 0))
    if sentence:
        yield from _prose(sentence, width)
    yield from _command(command[0], inner, width)


def _prose(line: str, width: int) -> Iterator[str]:
    """Yield a sentence in lines; a word that is longer than a line has one of its own."""
    hanging = _HANGING.match(line)
    begin = hanging[0] if hanging and len(hanging[0]) * 2 <= width else line[: len(line) - len(line.lstrip())]
    here, indent = begin, " " * len(begin)
    empty = True
    for word in unbroken().findall(line[len(begin) :]):
        if not empty and wide(here) + 1 + wide(word) > width:
            yield here
            here, empty = indent, True
        here, empty = (here if empty else f"{here} ") + word, False
    yield here


def _command(command: str, indent: str, width: int) -> Iterator[str]:
    """Yield a command in lines that a shell takes for one."""
    here, empty = indent, True
    for word in _SHELL_WORD.findall(command):
        if not empty and wide(here) + 1 + wide(word) + len(_CONTINUED) > width:
            yield here + _CONTINUED
            here, empty = f"{indent}  ", True
        here, empty = (here if empty else f"{here} ") + word, False
        while wide(here) > width and _PLAIN.fullmatch(word):  # a shell joins what is continued at the line's start
            yield f"{here[: width - 1]}\\"
            here = here[width - 1 :]
    yield here
