"""A workbook of the old kind as xlrd reads it, without the records that no cell depends on.

Drawings, comments, links, names and the text of formulas are read by xlrd too, and what is odd in one of them would
cost the whole workbook. Source of the numbers: [MS-XLS] 2.3.
"""

from __future__ import annotations

import os
import struct
from pathlib import Path
from typing import IO, Final

from xlrd.biffh import XL_WORKBOOK_GLOBALS, XLRDError
from xlrd.book import SUPPORTED_VERSIONS, Book
from xlrd.compdoc import CompDocError
from xlrd.sheet import Sheet

from importer.sheets.workbooks.formats.xls.ole import stream_in, stream_names
from importer.sheets.workbooks.formats.xls.sound_parts import texts_of, with_short_counts

_UNREAD: Final = frozenset({
    0x17, 0x18, 0x23, 0x1AE,  # sheets and names that formulas refer to
    0x218, 0x223,  # the same, of earlier versions
    0x21, 0x221, 0x4BC,  # formulas of several cells
    0x1C, 0x5D, 0xEB, 0xEC, 0xED, 0x1B6, 0x1B8, 0x800,  # comments, drawings and links
    0x15F, 0x1B0, 0x1B1, 0x872,  # labels, conditional formats and tables
    0x5C,  # who wrote it
})  # fmt: skip
_UNCALCULATED: Final = 0x5E
"""The sheet was saved while formulas were to be calculated ([MS-XLS] 2.4.331)."""
_FORMULAS: Final = frozenset({0x06, 0x206, 0x406})
_FORMULA_BYTES: Final = 16
_WITH_FORMATS: Final = 30
"""From this version on such a record is written in one way."""
_RESULT_AT: Final = 6
_FLAGS_AT: Final = 14
_EMPTY_TEXT: Final = 3
_CALCULATED_LATER: Final = 3
"""Always, or when the file is opened, as libraries say that have calculated nothing."""
_SUMMARY: Final = "\x05summaryinformation"
"""Where all office programs say what they are; xlwt and others write none."""
_WORKBOOKS: Final = frozenset({"workbook", "book"})
_RICH_TEXT: Final = 0xD6
_CONTINUE: Final = 0x3C
_UNICODE: Final = 80
"""From this version on, in tenths, text is in Unicode."""
_WITHOUT_GLOBALS: Final = 40
"""Up to this version of the format, in tenths, a file is one sheet."""
_SHEETS_INSIDE: Final = 45
"""In this one the sheets stand between the records of the workbook."""


def load(path: Path, *, formatted: bool, encoding: str | None = None) -> CellsBook:
    """Read a workbook of the old kind, all of its sheets.

    Args:
        path: The file.
        formatted: Whether to read how cells look too.
        encoding: Of text, whatever the workbook says; None for what it says.

    Raises:
        XLRDError: It is no such workbook, or only a password opens it.
        Exception: Anything else that xlrd runs into.
    """
    with open(os.devnull, "w", encoding="ascii") as nowhere:  # noqa: PTH123 - no file of anybody's
        try:
            return _loaded(path, None, nowhere, formatted=formatted, encoding=encoding)
        except (CompDocError, AssertionError, IndexError):
            stream = stream_in(path, _WORKBOOKS)
            if stream is None:
                raise
        return _loaded(path, stream, nowhere, formatted=formatted, encoding=encoding)


def _loaded(path: Path, stream: bytes | None, nowhere: IO[str], *, formatted: bool, encoding: str | None) -> CellsBook:
    """Return a workbook with its sheets: of a file, or of what was found in its container."""
    book = CellsBook(is_named=_SUMMARY in stream_names(path))
    try:
        book.biff2_8_load(
            filename=str(path),
            file_contents=stream,
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


class CellsBook(Book):
    """A workbook of which only what cells depend on is read.

    Attributes:
        stale: Where formulas are whose results may not be what they come to: rows and columns from 0, by their sheet.
        is_named: Whether the file has a place where programs name themselves: results of 0 or nothing count there.
        lost_texts: How many of its texts are missing, since the table that they are in ends early.
    """

    lost_texts = 0
    _sheet_list: list[Sheet | None]
    _sheet_names: list[str]

    def __init__(self, *, is_named: bool) -> None:
        super().__init__()
        self.stale: dict[int, set[tuple[int, int]]] = {}
        self.is_named = is_named
        self._sheet_at = 0
        self._uncalculated: set[int] = set()

    def get_sheet(self, sh_number: int, update_pos: bool = True) -> Sheet:  # noqa: FBT001, FBT002 - as xlrd calls it
        """Read a sheet, as xlrd does."""
        self._sheet_at = sh_number
        return super().get_sheet(sh_number, update_pos)

    def get_record_parts(self) -> tuple[int, int, bytes]:
        """Return the next record that is read: its number, length and bytes."""
        record = super().get_record_parts()
        while record[0] in _UNREAD:
            record = super().get_record_parts()
        if record[0] == _RICH_TEXT and self.biff_version < _UNICODE:
            data = with_short_counts(record[2])
            return record[0], len(data), data
        if record[0] in _FORMULAS and len(record[2]) >= _FORMULA_BYTES and self.biff_version >= _WITH_FORMATS:
            self._note_formula(record[2])
        elif record[0] == _UNCALCULATED:
            self._uncalculated.add(self._sheet_at)
        return record

    def _note_formula(self, data: bytes) -> None:
        """Note a formula whose result may be another one."""
        if self._sheet_at not in self._uncalculated:
            is_trusted = self.is_named or self.biff_version <= _WITHOUT_GLOBALS
            is_later = data[_FLAGS_AT] & _CALCULATED_LATER
            if (is_trusted and not is_later) or not _is_nothing(data[_RESULT_AT:_FLAGS_AT]):
                return
        row, column = struct.unpack_from("<HH", data)
        self.stale.setdefault(self._sheet_at, set()).add((row, column))

    def handle_sst(self, data: bytes) -> None:
        """Take in the table of texts, as far as it goes."""
        (count,) = struct.unpack_from("<I", data, 4)
        records = [data]
        while (continued := self.get_record_parts_conditional(_CONTINUE))[0] is not None:
            records.append(continued[2])
        self._sharedstrings, runs, self.lost_texts = texts_of(records, count)
        if self.formatting_info:
            self._rich_text_runlist_map = runs

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


def _is_nothing(result: bytes) -> bool:
    """Return whether a formula's result is 0 or an empty text: of others than numbers the last two bytes are FF."""
    return not any(result) or (result[6:] == b"\xff\xff" and result[0] == _EMPTY_TEXT)
