"""What is read of workbooks of the old kind where xlrd gives up, and spreadsheet programs do not.

Sources: [MS-CFB] 2.3 (chains of sectors), [MS-XLS] 2.4.265 (the table of texts), and for text in several looks the
format of Excel 5, whose counts some programs write in two bytes.
"""

from __future__ import annotations

import itertools
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Final

from xlrd.book import unpack_SST_table
from xlrd.compdoc import SIGNATURE, CompDoc, CompDocError

LOST: Final = "\ufffd"
"""Stands for a text that is missing: no field may hold it."""
_HEADER_BYTES: Final = 512
_HEAD_BYTES: Final = 8
_MOST: Final = 0xFF
_WORKBOOKS: Final = frozenset({"workbook", "book"})
Runs = dict[int, list[tuple[int, int]]]


def workbook_stream(path: Path, log: IO[str]) -> bytes | None:
    """Return the workbook in a container whose chain of sectors is longer than it says; None where there is none.

    Raises:
        CompDocError: The container is damaged in another way.
        OSError: The file cannot be read.
    """
    data = path.read_bytes()
    if not data.startswith(SIGNATURE):
        return None
    container = CompDoc(data, logfile=log, ignore_workbook_corruption=True)
    for node in container.dirlist:
        if node.name.lower() in _WORKBOOKS:
            return _sectors(container, data, node.first_SID, node.tot_size)
    return None


def _sectors(container: CompDoc, data: bytes, sector: int, size: int) -> bytes:
    """Return as much of a stream as it is long by what its entry says, whatever its last sector refers to."""
    sectors, step = [], container.sec_size
    for _ in range(-(-size // step)):
        if not 0 <= sector < len(container.SAT):
            raise CompDocError("a stream ends early")
        sectors.append(data[_HEADER_BYTES + sector * step : _HEADER_BYTES + (sector + 1) * step])
        sector = container.SAT[sector]
    return b"".join(sectors)[:size]


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
