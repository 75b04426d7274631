"""A workbook of the old kind as xlrd reads it, without the records that no cell depends on.

Drawings, comments, links, names and the text of formulas are read by xlrd too, and what is odd in one of them would
cost the whole workbook. Source of the numbers: [MS-XLS] 2.3.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from xlrd.biffh import XL_WORKBOOK_GLOBALS, XLRDError
from xlrd.book import SUPPORTED_VERSIONS, Book
from xlrd.sheet import Sheet

_UNREAD: Final = frozenset({
    0x17, 0x18, 0x23, 0x1AE,  # sheets and names that formulas refer to
    0x218, 0x223,  # the same, of earlier versions
    0x21, 0x221, 0x4BC,  # formulas of several cells
    0x1C, 0x5D, 0xEB, 0xEC, 0xED, 0x1B6, 0x1B8, 0x800,  # comments, drawings and links
    0x15F, 0x1B0, 0x1B1, 0x872,  # labels, conditional formats and tables
    0x5C,  # who wrote it
})  # fmt: skip
_WITHOUT_GLOBALS: Final = 40
"""Up to this version of the format, in tenths, a file is one sheet."""
_SHEETS_INSIDE: Final = 45
"""In this one the sheets stand between the records of the workbook."""


def load(path: Path, *, formatted: bool, encoding: str | None = None) -> Book:
    """Read a workbook of the old kind, all of its sheets.

    Args:
        path: The file.
        formatted: Whether to read how cells look too.
        encoding: Of text, whatever the workbook says; None for what it says.

    Raises:
        XLRDError: It is no such workbook, or only a password opens it.
        Exception: Anything else that xlrd runs into.
    """
    book = _Cells()
    with open(os.devnull, "w", encoding="ascii") as nowhere:  # noqa: PTH123 - no file of anybody's
        try:
            book.biff2_8_load(
                filename=str(path),
                logfile=nowhere,
                encoding_override=encoding,
                formatting_info=formatted,
                ragged_rows=True,
                ignore_workbook_corruption=True,  # sectors of its container in two streams, which Excel does not mind
            )
            book.read_sheets()
        finally:
            book.release_resources()
    return book


class _Cells(Book):
    """A workbook of which only what cells depend on is read."""

    _sheet_list: list[Sheet | None]
    _sheet_names: list[str]

    def get_record_parts(self) -> tuple[int, int, bytes]:
        """Return the next record that is read: its number, length and bytes."""
        record = super().get_record_parts()
        while record[0] in _UNREAD:
            record = super().get_record_parts()
        return record

    def read_sheets(self) -> None:
        """Read the sheets of a file that is loaded, as `xlrd.open_workbook` does."""
        version = self.getbof(XL_WORKBOOK_GLOBALS)
        if version not in SUPPORTED_VERSIONS:
            raise XLRDError("no version that is known")
        self.biff_version = version
        if version <= _WITHOUT_GLOBALS:
            self.fake_globals_get_sheet()
        else:
            self.parse_globals()
            if version != _SHEETS_INSIDE:
                self._sheet_list = [None] * len(self._sheet_names)
                self.get_sheets()
        self.nsheets = len(self._sheet_list)
