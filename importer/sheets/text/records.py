"""Records of a CSV file, each with its number and the bytes that it was read from.

The values come from Python's `csv` module; the bytes are kept beside them. `csv`'s limit on the length of a field is a
global of the interpreter and is left as it is (131,072 characters): a longer cell is refused.
"""

from __future__ import annotations

import csv
import itertools
import re
from collections.abc import Iterator
from typing import BinaryIO, Final, NamedTuple

from importer.errors import SourceError
from importer.sheets.source_file import SourceFile

MAX_LINE_BYTES: Final = 8 * 1024 * 1024
_BLOCK_BYTES: Final = 256 * 1024
_LINE_END: Final = re.compile(rb"(?:\r\n|\n|\r)\Z")
_CLOSED: Final = re.compile(rb'"(?:[^"]++|"")*+"')


class CsvRecord(NamedTuple):
    """A record of the file.

    Attributes:
        number: From 1, blank ones counted.
        cells: Their text; none at all for an empty line.
        raw: The record's bytes, with its line end.
    """

    number: int
    cells: list[str]
    raw: bytes

    @property
    def line_end(self) -> bytes:
        """The bytes that end the record: empty at the end of a file that does not end in a line end."""
        match = _LINE_END.search(self.raw)
        return match[0] if match else b""

    def raw_cells(self, delimiter: str) -> list[bytes]:
        """Return the bytes of each cell, quotes included: joined by the delimiter they are the record again."""
        body = self.raw.removesuffix(self.line_end)
        mark = delimiter.encode("ascii")
        if not body:
            return []
        if b'"' not in body:
            return body.split(mark)
        cell = re.compile(rb'("(?:[^"]++|"")*+"[^D]*+|[^D]*+)(?:D|\Z)'.replace(b"D", re.escape(mark)))
        return [match[1] for match in itertools.islice(cell.finditer(body), len(self.cells))]

    def has_stray_quote(self, delimiter: str) -> bool:
        """Return whether it goes over several lines and a quoted cell in it does not end at its closing quote.

        That is what a quote that is never closed looks like: the cell goes on to the next quote, lines further down.
        """
        if len(self.raw.splitlines()) == 1:
            return False
        cells = self.raw_cells(delimiter)
        return any(cell.startswith(b'"') and not _CLOSED.fullmatch(cell) for cell in cells)


def read_records(file: SourceFile, *, delimiter: str, skip: int = 0) -> Iterator[CsvRecord]:
    """Yield the records of a UTF-8 file, in flat memory.

    A record ends at a line feed, a carriage return or both, unless they are within quotes.

    Args:
        file: The file.
        delimiter: What stands between cells: one ASCII character.
        skip: How many bytes at the start are not part of any record.

    Raises:
        SourceError: A record is not UTF-8, has a cell or a line that is too long, or a quote that is never closed.
        OSError: The file cannot be read.
    """
    with file.path.open("rb") as opened:
        opened.seek(skip)
        yield from _Records(opened, file.name, delimiter)


class _Records:
    """The records of an open file."""

    def __init__(self, file: BinaryIO, name: str, delimiter: str) -> None:
        self._file = file
        self._name = name
        self._delimiter = delimiter
        self._number = 1
        self._lines: list[bytes] = []
        """The lines of the record that is being read."""

    def __iter__(self) -> Iterator[CsvRecord]:
        try:
            for cells in csv.reader(self._texts(), delimiter=self._delimiter):
                raw = self._lines[0] if len(self._lines) == 1 else b"".join(self._lines)
                self._lines.clear()
                yield CsvRecord(self._number, cells, raw)
                self._number += 1
        except csv.Error as error:
            raise self._too_long(f"a cell longer than {csv.field_size_limit():,} characters") from error

    def _texts(self) -> Iterator[str]:
        for line in self._split():
            self._lines.append(line)
            try:
                yield line.decode("utf-8")
            except UnicodeDecodeError:
                raise self._not_utf8() from None  # it holds the whole line
        if self._lines:  # csv asks for another line although there is a record: it is within quotes
            raise self._unclosed()

    def _split(self) -> Iterator[bytes]:
        rest = b""
        while block := self._file.read(_BLOCK_BYTES):
            lines = (rest + block).splitlines(keepends=True)
            # A carriage return at the end may be the first half of a line end.
            rest = b"" if lines[-1].endswith(b"\n") else lines.pop()
            if len(rest) > MAX_LINE_BYTES:
                raise self._too_long(f"a line longer than {MAX_LINE_BYTES // 1024**2} MiB")
            yield from lines
        if rest:
            yield from rest.splitlines(keepends=True)

    def _not_utf8(self) -> SourceError:
        return SourceError(
            f"{self._name} is not UTF-8: record {self._number} has bytes that are no character in it.",
            code="not_utf8",
            hint='Save it as "CSV UTF-8" in Excel, or as CSV with the character set UTF-8 in LibreOffice.',
        )

    def _too_long(self, what: str) -> SourceError:
        return SourceError(
            f"{self._name} has {what} in record {self._number}.",
            code="record_too_long",
            hint="Most often a quotation mark in that record opens and is never closed: put in the missing one.",
        )

    def _unclosed(self) -> SourceError:
        return SourceError(
            f"A quotation mark in record {self._number} of {self._name} opens and is never closed, so that all that "
            "follows it would be part of one cell.",
            code="unclosed_quote",
            hint="Put in the missing quotation mark, or remove the one that opens.",
        )
