"""Rules of a drawn table: the lines that hold no cells, and say where its columns are."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

_ACROSS: Final = "\u2500\u2501\u2550\u254c\u254d\u2504\u2505\u2508\u2509"
DOWN: Final = "\u2502\u2503\u2551\u2506\u2507\u250a\u250b\u254e\u254f"
_UP_ONLY: Final = frozenset("\u2534\u253b\u2569\u2567\u2568\u2537\u2538")
"""Where a column of a box ends that goes on no further down."""
_BOTTOM: Final = "\u2514\u2517\u255a\u2558\u2559\u2570\u2515\u2516"
_ASCII_FRAME: Final = re.compile(r"\+(?:[-=:]+\+)+")
_ASCII_OPEN: Final = re.compile(r"-+(?:\+-+)+")
_PIPES: Final = re.compile(r"\|?+ *:?[-=]+:? *(?:[|+] *:?[-=]+:? *)*\|?")
_FIXED: Final = re.compile(rf"[-={_ACROSS}]+(?: +[-={_ACROSS}]+)+")
_BOX: Final = re.compile(r"[\u2500-\u257f]+")
_NAMED: Final = re.compile("[\u250c\u2514]\u2500[^\u2500].*[\u2510\u2518]")
"""ClickHouse writes the names of columns into the frame."""
_RUN: Final = re.compile(f"[{_ACROSS}]+")
_BEGINS: Final = re.compile(r"\s*+[-=+|:\u2500-\u257f]")


class Style(Enum):
    """What divides the cells of a drawn table."""

    FRAMED = auto()
    """Every line begins and ends with a sign, and has one between any two cells."""
    OPEN = auto()
    """Signs stand between cells only, as psql writes them."""
    PIPES = auto()
    """Markdown: cells need not stand below each other."""
    FIXED = auto()
    """Nothing but blanks: cells are where the rule says, as in what a command of a database prints."""
    STARTED = auto()
    """Nothing but blanks, and no rule: columns begin where their names do, as Miller prints them."""
    ENDED = auto()
    """The same, but they end where their names do, as pandas prints them."""
    NUMBERED = auto()
    """They end there, and each row begins with its number."""


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A line that holds no cells.

    Attributes:
        style: Of the table that has it.
        dividers: The signs that may stand between its cells.
        spans: Where each column begins and ends, from 0.
        ends: Whether it is certainly the last line of its table.
        merges: Whether what is below it is no longer in columns.
        names: Those of the columns, where the rule itself has them.
        is_closed: Whether it begins and ends with a divider.
    """

    style: Style
    dividers: str
    spans: tuple[tuple[int, int], ...]
    ends: bool = False
    merges: bool = False
    names: Sequence[str] = ()
    is_closed: bool = False


def rule_of(text: str) -> RuleLine | None:
    """Return what a line says of a table's columns; None where it is no rule of two columns, nor of a frame."""
    if not _BEGINS.match(text):
        return None
    body = text.strip()
    begins = len(text) - len(text.lstrip())
    return next((kind(body, begins) for form, kind in _KINDS if form.fullmatch(body)), None)


def _ascii_rule(body: str, begins: int) -> RuleLine:
    return RuleLine(Style.FRAMED, "|", tuple(_between("+", body, begins)), is_closed=True)


def _open_rule(body: str, begins: int) -> RuleLine:
    return RuleLine(Style.OPEN, "|", tuple(_between("+", f"+{body}+", begins - 1)))


def _rule_of_pipes(body: str, begins: int) -> RuleLine | None:
    if "|" not in body:
        return None
    is_closed = body.startswith("|")
    around = body if is_closed else f"|{body}"
    spans = tuple(_between("|+", around if around.endswith("|") else f"{around}|", begins - (not is_closed)))
    return RuleLine(Style.PIPES, "|", spans, is_closed=is_closed)


def _fixed_rule(body: str, begins: int) -> RuleLine:
    runs = re.finditer("[^ ]+", body)
    return RuleLine(Style.FIXED, "", tuple((begins + run.start(), begins + run.end()) for run in runs))


def _box_rule(body: str, begins: int) -> RuleLine | None:
    spans = tuple((begins + run.start(), begins + run.end()) for run in _RUN.finditer(body))
    if not spans:
        return None
    if body[0] in _ACROSS:
        return RuleLine(Style.OPEN, DOWN, spans) if len(spans) > 1 else None
    inner = {body[start - 1 - begins] for start, _ in spans[1:]}
    ends = body[0] in _BOTTOM
    merges = not ends and bool(inner) and inner <= _UP_ONLY
    return RuleLine(Style.FRAMED, DOWN, spans, ends=ends, merges=merges, is_closed=True)


def _named_rule(body: str, begins: int) -> RuleLine:
    names, spans, at = [], [], begins + 1
    for piece in re.split("[\u252c\u2534]", body[1:-1]):
        names.append(piece.strip("\u2500"))
        spans.append((at, at + len(piece)))
        at += len(piece) + 1
    ends = body[0] in _BOTTOM
    return RuleLine(Style.FRAMED, DOWN, tuple(spans), ends=ends, names=() if ends else names, is_closed=True)


def _between(signs: str, body: str, begins: int) -> Iterator[tuple[int, int]]:
    """Yield where what is between two signs begins and ends, of a text that begins and ends with one."""
    at = [begins + position for position, letter in enumerate(body) if letter in signs]
    for left, right in itertools.pairwise(at):
        yield left + 1, right


_KINDS: Final[Sequence[tuple[re.Pattern[str], Callable[[str, int], RuleLine | None]]]] = (
    (_BOX, _box_rule),
    (_NAMED, _named_rule),
    (_ASCII_FRAME, _ascii_rule),
    (_ASCII_OPEN, _open_rule),
    (_FIXED, _fixed_rule),
    (_PIPES, _rule_of_pipes),
)
