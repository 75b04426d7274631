"""How fast this machine is, by a library that does such work: bounds in seconds are stated for a usual machine."""

from __future__ import annotations

import functools
import time
from io import BytesIO
from typing import Final

from openpyxl import Workbook, load_workbook

_ROWS: Final = 4_000
_USUAL_S: Final = 7.4 * _ROWS / 200_000
"""What openpyxl takes for so many rows of five cells on the machine for which the bounds are stated (`bench`)."""
_TIMES: Final = 3


@functools.cache
def slowness() -> float:
    """Return how many times slower than a usual machine this one is, or 1; the best of three readings counts."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in range(_ROWS):
        sheet.append([f"{row:036}", f"Given{row}", f"Family {row // 7}", f"person{row}@example.com", f"row {row}"])
    file = BytesIO()
    book.save(file)
    return max(1.0, min(_read_s(file) for _ in range(_TIMES)) / _USUAL_S)


def _read_s(file: BytesIO) -> float:
    began = time.process_time()
    read = load_workbook(file, read_only=True)
    assert sum(1 for _ in read.worksheets[0].iter_rows(values_only=True)) == _ROWS
    return time.process_time() - began
