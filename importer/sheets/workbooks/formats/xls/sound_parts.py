"""What is read of workbooks of the old kind where xlrd gives up, and spreadsheet programs do not.

Sources: [MS-XLS] 2.4.265 (the table of texts), and for text in several looks the format of Excel 5, whose counts some
programs write in two bytes.
"""

from __future__ import annotations

import itertools
import struct
from collections.abc import Sequence
from typing import Final

from xlrd.book import unpack_SST_table

LOST: Final = "\ufffd"
"""Stands for a text that is missing: no field may hold it."""
_HEAD_BYTES: Final = 8
_MOST: Final = 0xFF
Runs = dict[int, list[tuple[int, int]]]


def texts_of(records: Sequence[bytes], count: int) -> tuple[list[str], Runs, int]:
    """Return the texts of a table, where their looks change, and how many of them are missing at its end.

    Args:
        records: The bytes of its record, and of those that continue it.
        count: How many texts it says that it has.
    """
    try:
        return (*_unpacked(records, count), 0)
    except (AssertionError, IndexError, struct.error):
        there = _whole_texts(records, min(count, sum(map(len, records))))
    texts, runs = _unpacked(records, there)
    missing = max(min(count, sum(map(len, records))) - there, 0)
    return texts + [LOST] * missing, runs, missing


def _whole_texts(records: Sequence[bytes], count: int) -> int:
    """Return how many texts of a table are whole, of at most that many."""
    low, high = 0, count
    while low < high:
        middle = (low + high + 1) // 2
        try:
            _unpacked(records, middle)
            low = middle
        except (AssertionError, IndexError, struct.error):
            high = middle - 1
    return low


def _unpacked(records: Sequence[bytes], count: int) -> tuple[list[str], Runs]:
    texts, runs = unpack_SST_table(list(records), count)
    return texts, runs


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
