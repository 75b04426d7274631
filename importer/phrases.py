"""Pieces of sentences that several messages need."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import takewhile
from typing import Final

_MAX_LENGTH: Final = 60
_MAX_NAMES: Final = 30
_MAX_NAMED_ROWS: Final = 5
_MAX_RANGES: Final = 100
_LETTERS: Final = 26
_OTHERS: Final = "…"
_FEW_MESSAGES: Final = 1024
"""So many are remembered: thousands of rows may say just the same."""
_SENTENCE_END: Final = re.compile(r"(?<=[.!?”]) ")
ENDINGS: Final = (".", "!", "?", "…", ".”", "!”", "?”", "…”")
"""What a sentence ends with that is whole; one that ends with quoted words alone is not."""
_NUMBER: Final = r"\d+(?:,\d{3})*"
_ROW: Final = rf"[Rr]ows? {_NUMBER}(?:(?:,| and| to) {_NUMBER})*(?: more)?"
_DIFFERING: Final = re.compile(rf"(\b{_ROW}\b|\b[Rr]un [a-z0-9]{{8}}\b|[^\W\d_]*\d[\w,.:/+-]*\w|\w*\d\w*)")
"""What may be another in each row: rows that are named, runs, and whatever has a digit in it."""


def listed(words: Sequence[str], last: str = "and") -> str:
    """Return at least one word as a person lists them: `a`, `a and b`, `a, b and c`."""
    *most, end = words
    return f"{', '.join(most)} {last} {end}" if most else end


def alternatives(words: Sequence[str]) -> str:
    """Return at least one word as a choice: `a`, `a or b`, `a, b or c`."""
    return listed(words, "or")


def quoted(names: Sequence[str]) -> str:
    """Return one name or more from a file in quotation marks, on one line and shortened; of very many, the first."""
    quotations = [f'"{_printable(_shortened(name))}"' for name in names[:_MAX_NAMES]]
    further = len(names) - len(quotations)
    return listed([*quotations, f"{further} more"] if further else quotations)


def column_letter(position: int) -> str:
    """Return a column's name in a spreadsheet program, of its position from 0: `A`, `Z`, `AA`."""
    letters = ""
    rest = position + 1
    while rest:
        rest, letter = divmod(rest - 1, _LETTERS)
        letters = chr(ord("A") + letter) + letters
    return letters


def _shortened(name: str) -> str:
    line = " ".join(name.split())
    return line if len(line) <= _MAX_LENGTH else f"{line[: _MAX_LENGTH - 3]}..."


def _printable(line: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in line)


def named(header: str) -> str:
    """Return a header as messages show it: on one line, in quotation marks, at most 60 characters of it."""
    return f'"{_shortened(header)}"'


def named_rows(rows: Sequence[int], total: int) -> str:
    """Return the words for some rows, of which at most five are named: `row 5`, `rows 5, 9, 12, 13, 20 and 3 more`.

    Args:
        rows: All of them, or at least the first five.
        total: How many there are, at least one.
    """
    names = [str(row) for row in rows[:_MAX_NAMED_ROWS]]
    further = total - len(names)
    return f"{'row' if total == 1 else 'rows'} {listed([*names, f'{further} more'] if further else names)}"


def row_ranges(rows: Sequence[int]) -> str:
    """Return the words for all of some rows, in order, those that follow each other together; of very many, the first.

    Example: `row_ranges([2, 4, 5, 6, 9])` is `"rows 2, 4 to 6 and 9"`.
    """
    ranges: list[list[int]] = []
    for row in rows:
        if ranges and ranges[-1][1] == row - 1:
            ranges[-1][1] = row
        else:
            ranges.append([row, row])
    names = [name for first, last in ranges[:_MAX_RANGES] for name in _range(first, last)]
    further = sum(last - first + 1 for first, last in ranges[_MAX_RANGES:])
    return f"{'row' if len(rows) == 1 else 'rows'} {listed([*names, f'{further:,} more'] if further else names)}"


def _range(first: int, last: int) -> Sequence[str]:
    return [f"{first} to {last}"] if last - first > 1 else [str(row) for row in range(first, last + 1)]


@lru_cache(maxsize=_FEW_MESSAGES)
def likeness(message: str) -> str:
    """Return what messages have in common that say the same, but for numbers, rows and what follows the first sentence.

    Example: `likeness("It has 12 cells. Remove some.")` is `"It has … cell"`.
    """
    first = next(_sentences(message)).removesuffix(".")
    return re.sub(rf"({_OTHERS} \w+?)s?\b", r"\1", _DIFFERING.sub(_OTHERS, first))


@lru_cache(maxsize=_FEW_MESSAGES)
def generalised(message: str, other: str) -> str:
    """Return what two messages of one likeness say together: with "…" for what differs, and without what only one adds.

    Example: `generalised("It has 1 cell. Add one.", "It has 12 cells. Remove some.")` is `"It has … cells."`.
    """
    if message == other:
        return message
    (first, *more), (other_first, *other_more) = _sentences(message), _sentences(other)
    if first.endswith(".") != other_first.endswith("."):  # a message has none after its last sentence
        first, other_first = first.removesuffix("."), other_first.removesuffix(".")
    pieces = zip(_DIFFERING.split(first), _DIFFERING.split(other_first), strict=False)
    together = [a if a == b else _OTHERS if at % 2 else max(a, b, key=len) for at, (a, b) in enumerate(pieces)]
    same = takewhile(lambda pair: pair[0] == pair[1], zip(more, other_more, strict=False))
    return " ".join(["".join(together), *(sentence for sentence, _ in same)])


def is_generalised(message: str) -> bool:
    """Return whether a message says in its first sentence that something differs from row to row."""
    return _OTHERS in next(_sentences(message))


def sentences(*parts: str) -> str:
    """Return sentences one after the other; one that a quotation ends, with its own full stop, needs none of ours.

    Example: `sentences("It said: “No.”", "It was asked twice", "")` is `"It said: “No.” It was asked twice"`.
    """
    *most, last = [part for part in parts if part] or [""]
    return " ".join([*map(ended, most), last])


def ended(sentence: str) -> str:
    """Return a sentence with the full stop that it may lack."""
    return sentence if sentence.endswith(ENDINGS) else f"{sentence}."


def first_sentence(message: str) -> str:
    """Return the first sentence of a message."""
    return next(_sentences(message))


def after_first_sentence(message: str) -> str:
    """Return what a message says after its first sentence."""
    return " ".join([*_sentences(message)][1:])


def _sentences(message: str) -> Iterator[str]:
    """Yield the sentences of a message; what is quoted in “” stays with the sentence that quotes it."""
    sentence = ""
    for piece in _SENTENCE_END.split(message):
        sentence = f"{sentence} {piece}" if sentence else piece
        if sentence.count("“") <= sentence.count("”"):
            yield sentence
            sentence = ""
    if sentence or not message:
        yield sentence
