"""On which lines of a TOML document its tables and its values begin: Python's reader of TOML does not say it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Final

Keys = tuple[str, ...]
"""Where a value stands: the names of the tables around it, and its own."""
_DEEPEST: Final = 8
"""Of longer names with dots in them, only the beginning is told: nothing in a settings file is so deep."""

_NAME: Final = r"""[A-Za-z0-9_-]+|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'"""
_NAMES: Final = re.compile(rf"(?:{_NAME})(?:[ \t]*\.[ \t]*(?:{_NAME}))*")
_ONE_NAME: Final = re.compile(_NAME)
_TEXT: Final = "|".join(  # noqa: FLY002 - a kind of text a line
    (
        r'"""(?:[^"\\]|\\.|"{1,2}(?!"))*"{3,5}',
        r"'''(?:[^']|'{1,2}(?!'))*'{3,5}",
        r'"(?!"")(?:[^"\\\n]|\\.)*"',
        r"'(?!'')[^'\n]*'",
    )
)
_BLANK: Final = re.compile(r"(?:[ \t\n]|#[^\n]*)*")
_HEADER: Final = re.compile(r"\[\[?[ \t]*")
_PIECE: Final = re.compile(
    rf"(?:{_TEXT})|#[^\n]*|(?P<opens>[\[{{])|(?P<closes>[\]}}])|(?P<end>\n)|[^\[\]{{}}\"'#\n]+", re.DOTALL
)


def statements(text: str) -> Iterator[tuple[int, Keys, Keys]]:
    """Yield of each statement its line, from 1, the names of the table it stands in, and those that it begins with.

    A line that begins a table stands in none. What is no TOML is the last that is yielded, or is left out.

    Args:
        text: A document, with line feeds for line ends.
    """
    at, line = 0, 1
    table: Keys = ()
    while True:
        begins = _skipped(text, at)
        line += text.count("\n", at, begins)
        header = _HEADER.match(text, begins)
        names = _NAMES.match(text, header.end() if header else begins)
        if names is None:
            return
        keys = tuple(_plain(name[0]) for name in islice(_ONE_NAME.finditer(names[0]), _DEEPEST))
        yield line, (() if header else table), keys
        table = keys if header else table
        at = _end(text, names.end()) or len(text)
        line += text.count("\n", begins, at)


def lines_of(text: str) -> Mapping[Keys, int]:
    """Return on which line each table, and each value that is a statement, begins; the first one counts."""
    known: dict[Keys, int] = {}
    for line, table, keys in statements(text):
        for length in range(1, len(keys) + 1):
            known.setdefault((*table, *keys[:length]), line)
    return known


def _end(text: str, at: int) -> int | None:
    """Return where the line after a statement begins; None where the document ends before, or is none."""
    depth = 0
    while (piece := _PIECE.match(text, at)) is not None:
        depth += bool(piece["opens"]) - bool(piece["closes"])
        at = piece.end()
        if piece["end"] and depth <= 0:
            return at
    return None


def _skipped(text: str, at: int) -> int:
    """Return where the next statement begins."""
    blank = _BLANK.match(text, at)
    return blank.end() if blank else at


def _plain(name: str) -> str:
    """Return a name as it is meant, without its quotation marks."""
    if name[0] not in "\"'":
        return name
    try:
        return str(tomllib.loads(f"name = {name}")["name"])
    except tomllib.TOMLDecodeError:
        return name
