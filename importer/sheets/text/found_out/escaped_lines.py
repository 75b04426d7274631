"""The lines of a text that have backslashes in them: what tells of codes, wherever in a long file it stands."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from importer.sheets.source_file import SourceFile
from importer.sheets.text.found_out.dialect import BACKSLASH

_ENOUGH: Final = 64 * 1024
_LONGEST: Final = 1024 * 1024
_BLOCK_BYTES: Final = 64 * 1024
_LINE: Final = re.compile(r"[^\r\n\\]*+(?:\\(?:\r\n|.)[^\r\n\\]*+)*+(?:\r\n|[\r\n]|\\?\Z)", re.DOTALL)
"""A line, with those whose beginning is escaped."""


def may_have_backslashes(file: SourceFile) -> bool:
    """Return whether a byte of a file is a backslash, in an encoding that has those of ASCII; raise OSError."""
    with file.path.open("rb") as opened:
        return any(b"\\" in block for block in iter(lambda: opened.read(_BLOCK_BYTES), b""))


def escaped_lines(pieces: Iterable[str]) -> str:
    """Return the lines of a text that have a backslash, as many of the first as tell enough.

    Args:
        pieces: The text from the beginning of a line on, in pieces that end anywhere.
    """
    lines: list[str] = []
    length, text = 0, ""
    for piece in pieces:
        text += piece
        found, done = _whole_lines(text)
        lines += found
        length += sum(map(len, found))
        text = text[done:]
        if length >= _ENOUGH or len(text) > _LONGEST:
            return "".join(lines)
    return "".join(lines) + (text if BACKSLASH in text else "")


def _whole_lines(text: str) -> tuple[list[str], int]:
    """Return the lines with backslashes, but for one that may go on, and how far the text has been looked at."""
    lines: list[str] = []
    done = 0
    while (at := text.find(BACKSLASH, done)) >= 0:
        begin = _begin_of_line(text, at, done)
        line = _LINE.match(text, begin)
        if line is None or line.end() == len(text):
            return lines, begin
        lines.append(line[0])
        done = line.end()
    return lines, _begin_of_line(text, len(text), done)


def _begin_of_line(text: str, at: int, since: int) -> int:
    return max(text.rfind("\n", since, at), text.rfind("\r", since, at), since - 1) + 1
