"""Text into records, each with its number and the text that it was read from.

They come in batches, since most batches have nothing special in them and then need no work record by record. A record
with a cell that is too long for `csv` is taken apart without it.
"""

from __future__ import annotations

import csv
import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final, NamedTuple, Self

from importer.errors import SourceError
from importer.sheets.text.backslashes import last_unescaped_end
from importer.sheets.text.found_out.dialect import Dialect
from importer.sheets.text.lines import RECORD_ENDS, last_line_end, line_end_of, split_lines
from importer.sheets.text.long_records import long_record
from importer.sheets.text.marked_text import Marked
from importer.sheets.text.splitting import Reader, pieces_of, split

MAX_LINE: Final = 8 * 1024 * 1024
MAX_READ_AGAIN: Final = 16 * 1024 * 1024
"""How many characters may be read in vain, over a whole file, behind quotes that open and are not closed."""

_PORTION: Final = 128 * 1024
"""How many characters are taken apart at once of those that were waited for behind a quotation mark."""
_PARTS: Final = 8
_MANY: Final = 1_000
"""Where records are taken apart one by one, the rest is looked at anew behind such a part of the lines, and so many."""


class SwallowedLines(NamedTuple):
    """Records that were lines of one record.

    Attributes:
        first: The number of the first one.
        last: That of the last one.
        customers: How many look like customers.
        is_escaped: Whether an escape before a line end makes one record of them, and no quotation marks do.
    """

    first: int
    last: int
    customers: int
    is_escaped: bool = False


class TextRecord(NamedTuple):
    """A record of the file.

    Attributes:
        number: From 1, blank ones counted.
        cells: Their text; none at all for an empty line.
        raw: The record's text in the file, with its line end.
        is_stray: Whether a quotation mark in it is not where a cell begins or ends.
        swallowed: Where it was one line of a record that held several others; else None.
        is_cut: Whether the file ends in it, where the other lines have an end.
    """

    number: int
    cells: list[str]
    raw: str
    is_stray: bool
    swallowed: SwallowedLines | None = None
    is_cut: bool = False


class Batch(NamedTuple):
    """Records that follow each other.

    Attributes:
        first: The number of the first one.
        cells: The cells of each.
        raw: The text of each in the file, with its line end.
        stray: Which of them, from 0, have a quotation mark that is not where a cell begins or ends.
        text: The text of all of them.
        swallowed: Those, from 0, that were lines of records which held several.
        is_cut: Whether the file ends in the last one, where the other lines have an end.
    """

    first: int
    cells: list[list[str]]
    raw: list[str]
    stray: frozenset[int]
    text: str
    swallowed: Mapping[int, SwallowedLines] = MappingProxyType({})
    is_cut: bool = False

    def records(self) -> Iterator[TextRecord]:
        """Yield the records one by one."""
        if not (self.stray or self.swallowed or self.is_cut):
            yield from map(TextRecord, itertools.count(self.first), self.cells, self.raw, itertools.repeat(False))
            return
        cut = len(self.raw) - 1 if self.is_cut else None
        for at, (cells, raw) in enumerate(zip(self.cells, self.raw, strict=True)):
            yield TextRecord(self.first + at, cells, raw, at in self.stray, self.swallowed.get(at), at == cut)

    def part(self, start: int, stop: int) -> Batch:
        """Return the records from one place to another, counted from 0."""
        return Batch(
            self.first + start,
            self.cells[start:stop],
            self.raw[start:stop],
            frozenset(at - start for at in self.stray if start <= at < stop),
            "".join(self.raw[start:stop]),
            {at - start: found for at, found in self.swallowed.items() if start <= at < stop},
            self.is_cut and stop == len(self.raw),
        )


def split_text(pieces: Iterable[str], dialect: Dialect, name: str) -> Iterator[Batch]:
    """Yield the records of a text that comes in pieces; raise `SourceError` as `read_batches` does."""
    return _Splitter(dialect, name).batches(pieces)


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

    def back_to(self, at: int) -> Self:
        """Go back to a line, as if nothing had been wanted after it."""
        self.at, self.wanted_more = at, False
        return self


class _Splitter:
    """Splits one text, from its first piece to its last."""

    def __init__(self, dialect: Dialect, name: str) -> None:
        self._dialect = dialect
        self._name = name
        self._number = 1
        self._read_again = 0
        self._without_end = 0
        self._long = 0
        """The number of the last record that was found to be too long for `csv`: more lines do not make it shorter."""

    def batches(self, pieces: Iterable[str]) -> Iterator[Batch]:
        remainder, enough = "", 0
        for piece in pieces:
            remainder += piece
            end = self._end(remainder) if len(remainder) >= min(enough, MAX_LINE) else 0
            while end:
                batch, goes_on = self._next_batch(remainder, end)
                remainder = remainder[len(batch.text) :]
                enough = 0 if batch.cells else 2 * len(remainder)  # else it is looked at again for each piece
                if batch.cells:
                    yield batch
                end = self._end(remainder) if goes_on else 0
            if len(remainder) > MAX_LINE:
                raise self._too_long()
        while remainder:
            batch, _ = self._next_batch(remainder, len(remainder), at_end=True)
            remainder = remainder[len(batch.text) :]
            yield batch

    def _next_batch(self, text: str, end: int, *, at_end: bool = False) -> tuple[Batch, bool]:
        """Return the first records of a text, and whether there may be more in it; none where the first one goes on.

        Args:
            text: What was waited for behind a quotation mark is taken apart in portions: it may be very much.
            end: How far its whole lines go.
            at_end: Whether nothing comes after it.
        """
        portion = self._end(text[:_PORTION]) if end > 2 * _PORTION else 0
        if portion:
            batch = self._batch(text[:portion], at_end=False)
            if batch.cells:
                return batch, True
        batch = self._batch(text[:end], at_end=at_end)
        return batch, bool(batch.stray)

    def _end(self, text: str) -> int:
        """Return how far the whole lines of a text go that may go on."""
        if not self._dialect.has_backslashes:
            return last_line_end(text, self._dialect.odd_end)
        end = last_unescaped_end(text, self._dialect.odd_end, self._without_end)
        is_found = end > self._without_end
        self._without_end = 0 if is_found else last_line_end(text, self._dialect.odd_end)
        return end if is_found else 0

    def _batch(self, text: str, *, at_end: bool) -> Batch:
        """Return the records of a text of whole lines, without one at its end that goes on after it."""
        if self._dialect.odd_end in RECORD_ENDS:
            batch = self._bare(text)
            self._number += len(batch.cells)
            return batch
        marked = Marked(text, self._dialect)
        batch = (
            self._unquoted(text, marked)
            or self._plain(text, marked, at_end=at_end)
            or self._one_by_one(text, marked, at_end=at_end)
        )
        self._number += len(batch.cells)
        return batch

    def _bare(self, text: str) -> Batch:
        """Return the records of a text in which line ends are text, and nothing is quoted."""
        raw = self._lines(text)
        bodies = map(self._body, raw)
        cells = [body.split(self._dialect.delimiter) if body else [] for body in bodies]
        return Batch(self._number, cells, raw, frozenset(), text)

    def _unquoted(self, text: str, marked: Marked) -> Batch | None:
        """Return the records of a text in which only delimiters and line ends of one kind say anything, if so."""
        signs = (self._dialect.quote, self._dialect.escape, self._dialect.odd_end, "\0")
        if marked.is_changed or marked.marks.is_padded or any(sign in text for sign in signs if sign):
            return None
        end = "\r\n" if "\r" in text else "\n"
        *bodies, behind = text.split(end)
        if behind or "" in bodies or text.count(end[0]) != len(bodies) or text.count("\n") != len(bodies):
            return None
        if max(map(len, bodies), default=0) > csv.field_size_limit():
            return None
        cells = [body.split(marked.marks.delimiter) for body in bodies]
        return Batch(self._number, cells, [body + end for body in bodies], frozenset(), text)

    def _plain(self, text: str, marked: Marked, *, at_end: bool) -> Batch | None:
        """Return the records of a text in which nothing is wrong but perhaps that its last record goes on, if so."""
        if self._has_space_before_quote(marked):
            return None
        lines = self._lines(marked.text)
        own = self._own(lines, text, marked)
        try:
            cells = list(split(lines, marked.marks, strict=True))
            raw = own if len(cells) == len(own) else _spans(own, split(lines, marked.marks))
        except csv.Error:
            complete = () if at_end else _whole_records(lines, split(lines, marked.marks, strict=True))
            if not complete:
                return None
            cells = [row for row, _ in complete]
            raw = ["".join(own[start:end]) for start, end in itertools.pairwise([0, *(end for _, end in complete)])]
            text = "".join(raw)
        if marked.is_changed and any(sign in text for sign in (self._dialect.quote, self._dialect.escape) if sign):
            sign = marked.sign_of_change
            cells = [
                marked.contents(row) if sign in own_text else row for row, own_text in zip(cells, raw, strict=True)
            ]
        return Batch(self._number, cells, raw, frozenset(), text)

    def _has_space_before_quote(self, marked: Marked) -> bool:
        marks = marked.marks
        if not marks.quote or not any(blank + marks.quote in marked.text for blank in marks.blanks):
            return False
        border = f"(?:^|[{re.escape(marks.delimiter)}\\r\\n])"
        return re.search(border + marks.text_before_quote + re.escape(marks.quote), marked.text) is not None

    def _one_by_one(self, text: str, marked: Marked, *, at_end: bool) -> Batch:
        lines = self._lines(marked.text)
        own = self._own(lines, text, marked)
        line_feed, pieces = _Lines(lines), pieces_of(marked.marks)
        reader = split(line_feed, marked.marks)
        cells_of: list[list[str]] = []
        raw: list[str] = []
        stray: set[int] = set()
        enough = quotes_end = len(lines)
        while line_feed.at < len(lines):
            start = line_feed.at
            if stray and start >= enough and (start >= quotes_end or len(raw) - 1 not in stray):
                break  # what follows may be sound
            is_long = self._long == self._number + len(raw)
            cells = None if is_long else self._next(reader)
            if cells is None:
                self._long = self._number + len(raw)
                long = long_record(lines[start:], marked.marks)
                if long.goes_on and not at_end:
                    break
                if long.lines:
                    reader = split(line_feed.back_to(start + long.lines), marked.marks)
                    cells = pieces.contents(self._body("".join(lines[start : line_feed.at])))
            if line_feed.wanted_more and not at_end:
                break
            is_line = line_feed.at == start + 1
            body = self._body(lines[start] if is_line else "".join(lines[start : line_feed.at]))
            if cells is None or line_feed.wanted_more or not pieces.are_sound(body):
                if not stray:
                    quotes_end = self._behind_quotes(lines, marked)
                    enough = min(quotes_end, max(len(lines) // _PARTS, _MANY) + 1)
                stray.add(len(raw))
                cells = pieces.lenient(body if is_line else self._body(lines[start]))[1]
                if not is_line or line_feed.wanted_more:
                    in_vain = sum(map(len, lines[start + 1 : line_feed.at]))
                    self._count_read_again(csv.field_size_limit() if is_long else in_vain)
                    reader = split(line_feed.back_to(start + 1), marked.marks)
                    is_line = True
            cells_of.append(marked.contents(cells) if marked.is_changed else cells)
            raw.append(own[start] if is_line else "".join(own[start : line_feed.at]))
        return Batch(self._number, cells_of, raw, frozenset(stray), "".join(raw))

    def _behind_quotes(self, lines: Sequence[str], marked: Marked) -> int:
        """Return the first of some lines from which on there is no quotation mark."""
        at = marked.text.rfind(marked.marks.quote) if marked.marks.quote else -1
        return len(lines) - len(self._lines(marked.text[at:])) + 1 if at >= 0 else 0

    def _lines(self, text: str) -> list[str]:
        return split_lines(text, self._dialect.odd_end)

    def _own(self, lines: list[str], text: str, marked: Marked) -> list[str]:
        """Return lines of the marked text as they stand in the file."""
        if marked.text is text:
            return lines
        return marked.in_file(lines) if marked.hides_line_ends else self._lines(text)

    def _body(self, raw: str) -> str:
        """Return the text of a record without its line end."""
        return raw.removesuffix(line_end_of(raw, self._dialect.odd_end))

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

    def _too_long(self) -> SourceError:
        return SourceError(
            f"{self._name} has more than {MAX_LINE // 1024**2} million characters in record {self._number}.",
            code="record_too_long",
            hint="Most often a quotation mark in that record opens and is never closed: put in the missing one.",
        )


def _spans(lines: Sequence[str], reader: Reader) -> list[str]:
    """Return the text of each record, of which the reader takes the same lines."""
    ends = [0, *(reader.line_num for _ in reader)]
    return ["".join(lines[start:end]) for start, end in itertools.pairwise(ends)]


def _whole_records(lines: Sequence[str], reader: Reader) -> Sequence[tuple[list[str], int]]:
    """Return the records of lines of which only the last record is not whole, each with the lines up to its end."""
    complete: list[tuple[list[str], int]] = []
    try:
        complete.extend((row, reader.line_num) for row in reader)
    except csv.Error:
        if reader.line_num < len(lines):
            return ()
    return complete
