"""Lines of delimited text into cells, and a record back into the text of its cells as it stands in the file.

Python's `csv` does the splitting. It knows delimiters of one character only: a longer one is replaced, before, by a
character that the text does not have.
"""

from __future__ import annotations

import csv
import functools
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Protocol, Self

_STAND_INS: Final = range(0xE000, 0x110000)
"""Characters for private use, and all that come after them."""


@dataclass(frozen=True, slots=True)
class Marks:
    """The characters that divide a text into cells; `quote` and `escape` are "" where there is none.

    Where it is padded, spaces before a cell are no part of it.
    """

    delimiter: str
    quote: str
    escape: str
    is_padded: bool = False

    @property
    def blanks(self) -> str:
        """White space that divides nothing."""
        return " \t".replace(self.delimiter, "")

    @property
    def padding(self) -> str:
        """An expression for what may stand before a cell and is no part of it."""
        return " *+" if self.is_padded else ""

    @property
    def text_before_quote(self) -> str:
        """An expression for white space that makes a quote after it a part of its cell, which it then does not open."""
        if not self.is_padded:
            return f"[{self.blanks}]+"
        return f" *+\\t[{self.blanks}]*" if "\t" in self.blanks else "(?!)"


class Reader(Protocol):
    """An iterator over the cells of records, which knows how many lines it has taken."""

    @property
    def line_num(self) -> int:
        """How many lines it has taken."""
        ...

    def __iter__(self) -> Self:
        """Return itself."""
        ...

    def __next__(self) -> list[str]:
        """Return the cells of the next record."""
        ...


def stand_in(text: str) -> str:
    """Return a character that the text does not have."""
    first = chr(_STAND_INS[0])
    if first not in text:
        return first
    letters = set(text)
    return next(letter for letter in map(chr, _STAND_INS) if letter not in letters)


def split(lines: Iterable[str], marks: Marks, *, strict: bool = False) -> Reader:
    """Return an iterator over the cells of records; it raises `csv.Error` for a cell that is too long.

    Args:
        lines: With their line ends.
        marks: What divides them.
        strict: Raise `csv.Error` also where a quoted cell is not closed, or goes on after its closing quote.
    """
    return csv.reader(
        lines,
        delimiter=marks.delimiter,
        quotechar=marks.quote or None,
        quoting=csv.QUOTE_MINIMAL if marks.quote else csv.QUOTE_NONE,
        escapechar=marks.escape or None,
        strict=strict,
        skipinitialspace=marks.is_padded,
    )


@functools.lru_cache(maxsize=64)
def pieces_of(marks: Marks) -> Pieces:
    """Return what takes records with these marks apart."""
    return Pieces(marks)


class Pieces:
    """Takes the text of a record apart into the text of its cells: joined by the delimiter, they are it again."""

    def __init__(self, marks: Marks) -> None:
        self._marks = marks
        self._blanks = marks.blanks
        self._quoted, self._cell, self._lenient = _expressions(marks)
        self._badly_opened = re.compile(marks.text_before_quote + re.escape(marks.quote))

    def of(self, body: str) -> list[str]:
        """Return the text of the cells of a record, without its line end, as `csv` finds them."""
        marks = self._marks
        if not body:
            return []
        if not (marks.quote and marks.quote in body) and not (marks.escape and marks.escape in body):
            return body.split(marks.delimiter)
        return self._matches(self._cell, body)

    def contents(self, body: str) -> list[str]:
        """Return what is in the cells of a record, without its line end, whose quotes are sound."""
        return [self._content(piece) for piece in self.of(body)]

    def are_sound(self, body: str) -> bool:
        """Return whether every quote that opens a cell is closed where the cell ends, but for white space after it."""
        quote = self._marks.quote
        if not quote or quote not in body:
            return True
        return all(map(self._is_sound, self.of(body)))

    def lenient(self, body: str) -> tuple[list[str], list[str]]:
        """Return the text of the cells of a record of one line whose quotes are not sound, and what is in them.

        A quote counts only where it opens a cell that another closes: others are taken as they are.
        """
        pieces = self._matches(self._lenient, body)
        return pieces, [self._content(piece) for piece in pieces]

    def _matches(self, cell: re.Pattern[str], body: str) -> list[str]:
        """Return what an expression for a cell, which matches at every place, finds in a record that is not empty."""
        cells: list[str] = cell.findall(body)
        if self._marks.delimiter.join(cells) != body:
            cells.pop()  # where nothing is left, it finds one more blank cell
        return cells

    def _is_sound(self, piece: str) -> bool:
        piece = self._unpadded(piece)
        if not piece.startswith(self._marks.quote):
            return not self._badly_opened.match(piece)
        return self._quoted.fullmatch(piece) is not None

    def _unpadded(self, piece: str) -> str:
        return piece.lstrip(" ") if self._marks.is_padded else piece

    def _content(self, piece: str) -> str:
        marks, piece = self._marks, self._unpadded(piece)
        bare = piece.strip(self._blanks)
        length = len(marks.quote)
        if length and len(bare) > length and bare.startswith(marks.quote) and bare.endswith(marks.quote):
            bare = bare[length:-length].replace(marks.quote * 2, marks.quote)
        else:
            bare = piece
        return re.sub(f"{re.escape(marks.escape)}(.)", r"\1", bare, flags=re.DOTALL) if marks.escape else bare


def _expressions(marks: Marks) -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """Return what matches a sound quoted cell, any cell as `csv` reads it, and any cell of a record that is unsound."""
    mark, quote, escape = (re.escape(sign) for sign in (marks.delimiter, marks.quote, marks.escape))
    escaped = f"|{escape}." if escape else ""
    bare = f"(?:[^{mark}{escape}]{escaped})*+" + (f"{escape}?" if escape else "")
    if not quote:
        cell = re.compile(f"({bare})(?:{mark}|\\Z)", re.DOTALL)
        return cell, cell, cell
    quoted = f"{quote}(?:[^{quote}{escape}]|{quote}{quote}{escaped})*+{quote}"
    after = f"{escape}?+{bare}" if escape else bare
    blanks = f"[{marks.blanks}]*+"
    closed = f"{blanks}{quoted}{blanks}(?={mark}|\\Z)"
    bordered = f"{marks.padding}{quote}(?:[^{quote}]++|(?<!{mark}){quote}(?!{mark}|\\Z))*{quote}(?={mark}|\\Z)"
    return (
        re.compile(f"{quoted}{blanks}", re.DOTALL),
        re.compile(f"({marks.padding}{quoted}{after}|{bare})(?:{mark}|\\Z)", re.DOTALL),
        re.compile(f"({closed}|{bordered}|{bare})(?:{mark}|\\Z)", re.DOTALL),
    )
