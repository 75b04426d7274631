"""Records of a file of delimited text, each with its number and the text that it was read from.

They come in batches, since most batches have nothing special in them and then need no work record by record. `csv`'s
limit on the length of a cell is a global of the interpreter and is left as it is (131,072 characters): a longer cell is
refused.
"""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from importer.errors import SourceError
from importer.sheets.source_file import SourceFile
from importer.sheets.text.dialect import Dialect
from importer.sheets.text.encoding import read_text
from importer.sheets.text.splitting import Marks, Reader, pieces_of, split, stand_in

MAX_LINE: Final = 8 * 1024 * 1024
MAX_READ_AGAIN: Final = 16 * 1024 * 1024
"""How many characters may be read in vain, over a whole file, behind quotes that open and are not closed."""
_LINE_END: Final = re.compile(r"(?:\r\n|\n|\r)\Z")


class TextRecord(NamedTuple):
    """A record of the file.

    Attributes:
        number: From 1, blank ones counted.
        cells: Their text; none at all for an empty line.
        raw: The record's text in the file, with its line end.
        is_stray: Whether a quotation mark in it is not where a cell begins or ends.
    """

    number: int
    cells: list[str]
    raw: str
    is_stray: bool

    @property
    def line_end(self) -> str:
        """What ends the record: empty at the end of a file that does not end in a line end."""
        match = _LINE_END.search(self.raw)
        return match[0] if match else ""


class Batch(NamedTuple):
    """Records that follow each other.

    Attributes:
        first: The number of the first one.
        cells: The cells of each.
        raw: The text of each in the file, with its line end.
        stray: Which of them, from 0, have a quotation mark that is not where a cell begins or ends.
        text: The text of all of them.
    """

    first: int
    cells: list[list[str]]
    raw: list[str]
    stray: frozenset[int]
    text: str

    def records(self) -> Iterator[TextRecord]:
        """Yield the records one by one."""
        for at, (cells, raw) in enumerate(zip(self.cells, self.raw, strict=True)):
            yield TextRecord(self.first + at, cells, raw, at in self.stray)


def read_batches(file: SourceFile, dialect: Dialect) -> Iterator[Batch]:
    """Yield the records of a file, in flat memory.

    A record ends at a line feed, a carriage return or both, unless they are within quotes. A quote that opens a cell
    and is never closed, or closed with other text behind it lines later, makes only its own line a stray record.

    Raises:
        SourceError: A record has a cell or a line that is too long (`record_too_long`), or too much would have to be
            read again behind stray quotes (`too_many_stray_quotes`).
        OSError: The file cannot be read.
    """
    return split_text(_without(dialect.preamble, read_text(file, dialect.encoding)), dialect, file.name)


def read_records(file: SourceFile, dialect: Dialect) -> Iterator[TextRecord]:
    """Yield the records of a file one by one; raise as `read_batches` does."""
    for batch in read_batches(file, dialect):
        yield from batch.records()


def split_text(pieces: Iterable[str], dialect: Dialect, name: str) -> Iterator[Batch]:
    """Yield the records of a text that comes in pieces; raise `SourceError` as `read_batches` does."""
    return _Splitter(dialect, name).batches(pieces)


def raw_cells(record: TextRecord, dialect: Dialect) -> list[str]:
    """Return the text of each cell in the file, quotes included: joined by the delimiter they are the record again."""
    body = record.raw.removesuffix(record.line_end)
    text = _Marked(body, dialect)
    pieces = pieces_of(text.marks)
    found = pieces.lenient(text.text)[0] if record.is_stray else pieces.of(text.text)
    return text.unmarked(found)


def are_sound(raw: Sequence[str], dialect: Dialect) -> bool:
    """Return whether each of these cells of a file, quotes included, has its quotes where it begins and ends."""
    pieces = pieces_of(Marks(stand_in("".join(raw)), dialect.quote, dialect.escape))
    return all(pieces.are_sound(cell) for cell in raw)


def _without(preamble: str, pieces: Iterator[str]) -> Iterator[str]:
    start = ""
    for piece in pieces:
        start += piece
        if len(start) >= len(preamble):
            break
    yield start[len(preamble) :]
    yield from pieces


class _Marked:
    """A text whose delimiters are one character each, whatever they are in the file."""

    def __init__(self, text: str, dialect: Dialect) -> None:
        self._delimiter = dialect.delimiter
        self._is_same = len(dialect.delimiter) == 1
        mark = dialect.delimiter if self._is_same else stand_in(text)
        self.marks: Final = Marks(mark, dialect.quote, dialect.escape)
        self.text: Final = text if self._is_same else text.replace(dialect.delimiter, mark)

    def unmarked(self, cells: list[str]) -> list[str]:
        """Return texts with the file's own delimiters in them."""
        if self._is_same:
            return cells
        return [cell.replace(self.marks.delimiter, self._delimiter) for cell in cells]


class _Lines:
    """Lines for `csv` to take, which knows how far it has come and whether it wanted more than there are."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines
        self.at = 0
        self.wanted_more = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self.at >= len(self._lines):
            self.wanted_more = True
            raise StopIteration
        self.at += 1
        return self._lines[self.at - 1]


class _Splitter:
    """Splits one text, from its first piece to its last."""

    def __init__(self, dialect: Dialect, name: str) -> None:
        self._dialect = dialect
        self._name = name
        self._number = 1
        self._read_again = 0

    def batches(self, pieces: Iterable[str]) -> Iterator[Batch]:
        rest = ""
        for piece in pieces:
            rest += piece
            end = _last_line_end(rest)
            if end:
                batch = self._batch(rest[:end], at_end=False)
                rest = rest[len(batch.text) :]
                if batch.cells:
                    yield batch
            if len(rest) > MAX_LINE:
                raise self._too_long(f"more than {MAX_LINE // 1024**2} million characters")
        if rest:
            yield self._batch(rest, at_end=True)

    def _batch(self, text: str, *, at_end: bool) -> Batch:
        """Return the records of a text of whole lines, without one at its end that goes on after it."""
        marked = _Marked(text, self._dialect)
        found = self._plain(text, marked) or self._one_by_one(text, marked, at_end=at_end)
        self._number += len(found.cells)
        return found

    def _plain(self, text: str, marked: _Marked) -> Batch | None:
        """Return the records of a text in which nothing is wrong, if so."""
        if self._has_space_before_quote(marked):
            return None
        lines = _lines(marked.text)
        try:
            cells = list(split(lines, marked.marks, strict=True))
        except csv.Error:
            return None
        raw = lines if marked.text is text else _lines(text)
        if len(cells) != len(lines):
            raw = _spans(raw, split(lines, marked.marks))
        if any(sign in text for sign in (self._dialect.quote, self._dialect.escape) if sign):
            cells = [marked.unmarked(row) for row in cells]
        return Batch(self._number, cells, raw, frozenset(), text)

    def _has_space_before_quote(self, marked: _Marked) -> bool:
        marks = marked.marks
        if not marks.quote or not any(blank + marks.quote in marked.text for blank in marks.blanks):
            return False
        border = f"(?:^|[{re.escape(marks.delimiter)}\\r\\n])"
        return re.search(f"{border}[{marks.blanks}]+{re.escape(marks.quote)}", marked.text) is not None

    def _one_by_one(self, text: str, marked: _Marked, *, at_end: bool) -> Batch:
        lines, own = _lines(marked.text), _lines(text)
        taken, pieces = _Lines(lines), pieces_of(marked.marks)
        reader = split(taken, marked.marks)
        found = Batch(self._number, [], [], frozenset(), text)
        stray: set[int] = set()
        while taken.at < len(lines):
            start = taken.at
            cells = self._next(reader)
            if cells is None and taken.at == start + 1:
                raise self._too_long(f"a cell longer than {csv.field_size_limit():,} characters", len(found.cells))
            if taken.wanted_more and not at_end:
                text = "".join(own[:start])
                break
            raw = "".join(lines[start : taken.at])
            body = _LINE_END.sub("", raw)
            if cells is None or taken.wanted_more or not pieces.are_sound(body):
                self._count_read_again(sum(map(len, lines[start + 1 : taken.at])))
                stray.add(len(found.cells))
                cells = pieces.lenient(_LINE_END.sub("", lines[start]))[1]
                taken.at, taken.wanted_more = start + 1, False
                reader = split(taken, marked.marks)
            found.cells.append(marked.unmarked(cells))
            found.raw.append("".join(own[start : taken.at]))
        return found._replace(stray=frozenset(stray), text=text)

    def _next(self, reader: Reader) -> list[str] | None:
        """Return the cells of the next record; None where one of them is too long."""
        try:
            return next(reader)
        except csv.Error:
            return None

    def _count_read_again(self, characters: int) -> None:
        self._read_again += characters
        if self._read_again > MAX_READ_AGAIN:
            raise SourceError(
                f"{self._name} has too many quotation marks that open and are not closed.",
                code="too_many_stray_quotes",
                hint="Export the file again; if nothing in it is quoted, read it with --quote ''.",
            )

    def _too_long(self, what: str, after: int = 0) -> SourceError:
        return SourceError(
            f"{self._name} has {what} in record {self._number + after}.",
            code="record_too_long",
            hint="Most often a quotation mark in that record opens and is never closed: put in the missing one.",
        )


def _lines(text: str) -> list[str]:
    """Return the lines of a text with their ends; unlike `str.splitlines`, only LF, CR and CRLF end one."""
    return list(io.StringIO(text, newline=""))


def _spans(lines: Sequence[str], reader: Reader) -> list[str]:
    """Return the text of each record, of which the reader takes the same lines."""
    ends = [0, *(reader.line_num for _ in reader)]
    return ["".join(lines[start:end]) for start, end in itertools.pairwise(ends)]


def _last_line_end(text: str) -> int:
    """Return how far the whole lines go: a carriage return at the very end may be the first half of a line end."""
    return max(text.rfind("\n"), text.rfind("\r", 0, len(text) - 1)) + 1
