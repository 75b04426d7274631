"""What is read of workbooks of the old kind where xlrd gives up, and spreadsheet programs do not.

Sources: [MS-XLS] 2.4.265 (the table of texts), and for text in several looks the format of Excel 5, whose counts some
programs write in two bytes.
"""

from __future__ import annotations

import itertools
import struct
from collections.abc import Iterator, Sequence
from typing import Final

from xlrd.book import unpack_SST_table

LOST: Final = "\ufffd"
"""Stands for a text that is missing: no field may hold it."""
_HEAD_BYTES: Final = 8
_MOST: Final = 0xFF
_WIDE, _IS_SPOKEN, _HAS_RUNS = 1, 4, 8
"""What is said of a text: its letters take two bytes, it has how it is spoken behind it, and where its looks change."""
Runs = dict[int, list[tuple[int, int]]]


def texts_of(records: Sequence[bytes], count: int) -> tuple[list[str], Runs, int]:
    """Return the texts of a table, where their looks change, and how many of them are missing at its end.

    Args:
        records: The bytes of its record, and of those that continue it.
        count: How many texts it says that it has.
    """
    try:
        texts, runs = unpack_SST_table(list(records), count)
    except (AssertionError, IndexError, struct.error, UnicodeDecodeError):
        table = _TextTable(records)
        texts = list(table.texts(count))
        missing = max(min(count, sum(map(len, records))) - len(texts), 0)
        return texts + [LOST] * missing, table.runs, missing
    return texts, runs, 0


class _TextTable:
    """A table of texts, read as far as it goes; half of a pair of UTF-16 without the other becomes U+FFFD."""

    def __init__(self, records: Sequence[bytes]) -> None:
        self.runs: Runs = {}
        """Where the looks of texts change, by their numbers."""
        self._records = records
        self._record = 0
        self._at = _HEAD_BYTES

    def texts(self, count: int) -> Iterator[str]:
        """Yield the texts that are whole, at most as many."""
        try:
            for number in range(count):
                yield self._text(number)
        except (IndexError, struct.error):
            return

    def _text(self, number: int) -> str:
        if self._at >= len(self._records[self._record]):
            self._next_record()
        letters, flags = self._unpacked("<HB")
        (runs,) = self._unpacked("<H") if flags & _HAS_RUNS else (0,)
        (spoken,) = self._unpacked("<I") if flags & _IS_SPOKEN else (0,)
        text = self._letters(letters, wide=bool(flags & _WIDE))
        found = [self._run() for _ in range(runs)]
        if found:
            self.runs[number] = found
        self._at += spoken
        while self._record + 1 < len(self._records) and self._at > len(self._records[self._record]):
            over = self._at - len(self._records[self._record])
            self._next_record(over)
        return text

    def _letters(self, count: int, *, wide: bool) -> str:
        text, pending = "", b""
        while True:
            record = self._records[self._record]
            taken = min(count, (len(record) - self._at) >> wide)
            piece = record[self._at : self._at + (taken << wide)]
            self._at += taken << wide
            count -= taken
            text, pending = (text, pending + piece) if wide else (text + _wide(pending) + piece.decode("latin-1"), b"")
            if not count:
                return text + _wide(pending)
            self._next_record(1)
            wide = bool(self._records[self._record][0] & _WIDE)

    def _run(self) -> tuple[int, int]:
        if self._at >= len(self._records[self._record]):
            self._next_record()
        at, font = self._unpacked("<HH")
        return at, font

    def _unpacked(self, form: str) -> tuple[int, ...]:
        values = struct.unpack_from(form, self._records[self._record], self._at)
        self._at += struct.calcsize(form)
        return values

    def _next_record(self, at: int = 0) -> None:
        self._record, self._at = self._record + 1, at
        if self._record == len(self._records):
            raise IndexError


def _wide(data: bytes) -> str:
    return data.decode("utf-16-le", errors="replace")


def with_short_counts(data: bytes) -> bytes:
    """Return a record of text in several looks of Excel 5 in the form that xlrd knows: all counts in one byte each.

    One that is in another form is returned as it is.
    """
    length = struct.unpack_from("<H", data, 6)[0] if len(data) > _HEAD_BYTES else 0
    looks = data[_HEAD_BYTES + length :]
    count = int.from_bytes(looks[:2], "little")
    runs: list[tuple[int, ...]] = []
    if len(looks) == 2 + 4 * count:
        runs = list(struct.iter_unpack("<HH", looks[2:]))
    elif len(looks) == 2 + 2 * count:
        runs = list(struct.iter_unpack("<BB", looks[2:]))
    is_known = all(before[0] < after[0] for before, after in itertools.pairwise(runs))
    if not runs or not is_known or len(runs) > _MOST or any(number > _MOST for run in runs for number in run):
        return data
    return data[: _HEAD_BYTES + length] + bytes([len(runs)]) + b"".join(map(bytes, runs))
