"""The records of a file of delimited text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

from importer.sheets.source_file import SourceFile
from importer.sheets.text.backslashes import ends_in_escape
from importer.sheets.text.batches import Batch, TextRecord, split_text
from importer.sheets.text.found_out.dialect import Dialect
from importer.sheets.text.found_out.encoding import read_text
from importer.sheets.text.lines import line_end_of
from importer.sheets.text.marked_text import Marked
from importer.sheets.text.splitting import Marks, pieces_of, stand_in

_KEPT_BATCHES: Final = 4


def read_batches(file: SourceFile, dialect: Dialect) -> Iterator[Batch]:
    """Yield the records of a file, in flat memory.

    A record ends at a line feed, a carriage return or both, unless they are within quotes. A quote that opens a cell
    and is never closed, or closed with other text behind it lines later, makes only its own line a stray record.

    Raises:
        SourceError: A record has a line that is too long (`record_too_long`), or too much would have to be
            read again behind stray quotes (`too_many_stray_quotes`).
        OSError: The file cannot be read.
    """
    return split_text(_without(dialect.preamble, read_text(file, dialect.encoding)), dialect, file.name)


def read_records(file: SourceFile, dialect: Dialect) -> Iterator[TextRecord]:
    """Yield the records of a file one by one; raise as `read_batches` does."""
    for batch in read_batches(file, dialect):
        yield from batch.records()


class Beginning:
    """The records of a file, for those who look at the first of them before it is read: these are taken apart once.

    Going through them raises as `read_batches` does. What comes behind the first is read anew each time.

    Args:
        file: The file.
        dialect: How it is written.
    """

    def __init__(self, file: SourceFile, dialect: Dialect) -> None:
        self._file, self._dialect = file, dialect
        self._kept: list[Batch] = []
        self._following = read_batches(file, dialect)

    def __iter__(self) -> Iterator[TextRecord]:
        """Yield all records, from the first on."""
        for at in range(_KEPT_BATCHES):
            if at == len(self._kept):
                self._kept.extend(islice(self._following, 1))
            if at == len(self._kept):
                return
            yield from self._kept[at].records()
        for batch in islice(read_batches(self._file, self._dialect), _KEPT_BATCHES, None):
            yield from batch.records()

    def numbered(self) -> Iterator[tuple[int, Sequence[str]]]:
        """Yield the number and the cells of each record."""
        return ((record.number, record.cells) for record in self)


def raw_cells(record: TextRecord, dialect: Dialect) -> list[str]:
    """Return the text of each cell in the file, quotes included: joined by the delimiter they are the record again."""
    body = record.raw.removesuffix(end_of(record, dialect))
    if not any(sign in body for sign in (dialect.quote, dialect.escape) if sign):
        return body.split(dialect.delimiter) if body else []
    text = Marked(body, dialect)
    pieces = pieces_of(text.marks)
    cells = pieces.lenient(text.text)[0] if record.is_stray else pieces.of(text.text)
    return text.in_file(cells)


def end_of(record: TextRecord, dialect: Dialect) -> str:
    """Return what ends the text of a record: nothing at the end of a file, also where a line end there is escaped."""
    end = line_end_of(record.raw, dialect.odd_end)
    if dialect.has_backslashes and record.swallowed is None and ends_in_escape(record.raw, len(record.raw) - len(end)):
        return ""
    return end


def are_sound(raw: Sequence[str], dialect: Dialect) -> bool:
    """Return whether each of these cells of a file, quotes included, has its quotes where it begins and ends."""
    escape = dialect.escape
    if dialect.escapes_only_quotes:
        raw, escape = [cell.replace(escape + dialect.quote, "") for cell in raw], ""
    pieces = pieces_of(Marks(stand_in("".join(raw)), dialect.quote, escape, dialect.is_padded))
    return all(pieces.are_sound(cell) for cell in raw)


def _without(preamble: str, pieces: Iterator[str]) -> Iterator[str]:
    start = ""
    for piece in pieces:
        start += piece
        if len(start) >= len(preamble):
            break
    yield start[len(preamble) :]
    yield from pieces
