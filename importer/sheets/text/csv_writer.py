"""Files of delimited text: the writer."""

from __future__ import annotations

import codecs
import functools
import os
import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import repeat
from pathlib import Path
from string import ascii_letters, digits
from types import TracebackType
from typing import BinaryIO, Final, Self

from importer.sheets.cells import cell_text
from importer.sheets.extra_sheet import ExtraSheet
from importer.sheets.formula_guard import FIRST_SIGNS, guard
from importer.sheets.table import Mark, PlainRecords, Record, RecordKind
from importer.sheets.text.backslashes import ends_in_escape
from importer.sheets.text.cell_guard import guard_raw
from importer.sheets.text.cell_quotes import signs, written
from importer.sheets.text.found_out.codec import encoder, extends_ascii, writable
from importer.sheets.text.found_out.dialect import BACKSLASH, Dialect
from importer.sheets.text.found_out.encoding import Encoding, EncodingEvidence
from importer.sheets.text.records import are_sound

_UTF8: Final = "utf-8"
EXCEL_DIALECT: Final = Dialect(Encoding(_UTF8, codecs.BOM_UTF8), ",")
"""What Excel opens by a double click with every character right."""
_LINE_END: Final = "\r\n"
_KEPT_TEXTS: Final = 256
"""Statuses, codes and messages come again and again."""


def _plain(dialect: Dialect) -> re.Pattern[str]:
    """Return a pattern of words that are written as they are, whatever is round them; most of ours are."""
    in_use = signs(dialect)
    letters = "".join(
        letter
        for letter in (*ascii_letters, *digits, *"-_.: ")
        if not any(letter in sign for sign in in_use) and writable(letter, dialect.encoding.codec) == letter
    )
    inside = f"[{re.escape(letters)}]*" if letters else ""
    first = "".join(letter for letter in letters if letter.isalnum())
    return re.compile(f"(?:[{first}]{inside})?" if first else "")


class CsvWriter:
    """Writes records as delimited text, in the dialect and the encoding that it is given.

    The cells of a record of such a file are copied as they stand there, and so is its line end; only a cell that a
    spreadsheet would execute gets an apostrophe. Cells of a workbook are written as text.

    Args:
        path: The file to write; an earlier one is overwritten.
        dialect: The source's own, or `EXCEL_DIALECT`.
        width: To how many cells a record is padded.
    """

    def __init__(self, path: Path, dialect: Dialect, width: int) -> None:
        self._path = path
        self._dialect = dialect
        self._codec: Final = dialect.encoding.codec
        self._encoder: Final = encoder(self._codec)
        self._plain: Final = _plain(dialect)
        self._appended_again: Final = functools.lru_cache(_KEPT_TEXTS)(self._appended)
        self._width = width
        self._file: BinaryIO | None = None

    @property
    def notes(self) -> Sequence[str]:
        """Nothing: the source's own fields come along as they are."""
        return ()

    @property
    def asides(self) -> Sequence[str]:
        """Nothing."""
        return ()

    @property
    def hidden(self) -> Collection[int]:
        """None: a CSV file hides nothing."""
        return ()

    def __enter__(self) -> Self:
        """Open the file and write what comes before the first record; raise OSError where that fails."""
        self._file = self._path.open("wb")
        self._file.write(self._dialect.encoding.bom + self._encoder.encode(self._dialect.preamble))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None, /
    ) -> None:
        """Flush the file to disk and close it; on an error only close it."""
        with self._open_file() as file:
            if kind is None:
                file.write(self._encoder.encode("", final=True))
                file.flush()
                os.fsync(file.fileno())

    def write(
        self,
        record: Record,
        appended: Sequence[str | int | None],
        *,
        tone: str = "",  # noqa: ARG002 - a file of text has no looks
        marks: Sequence[Mark] = (),  # noqa: ARG002 - the same
    ) -> None:
        """Write one record, padded to the width, and then the appended cells; raise OSError where that fails."""
        cells = self._source_cells(record)
        if cells and self._dialect.has_backslashes and ends_in_escape(cells[-1], len(cells[-1])):
            cells[-1] += BACKSLASH  # it would escape the delimiter that is put after it
        cells += [""] * (self._width - len(cells))
        is_stray = self._is_stray(record)
        padding = " " if self._dialect.is_padded else ""
        cells += [padding + self._appended_again(cell_text(cell), is_stray=is_stray) for cell in appended]
        line_end = record.line_end if record.raw is not None else record.line_end or _LINE_END
        self._open_file().write(self._encoder.encode(self._dialect.delimiter.join(cells) + line_end))

    def write_many(self, records: PlainRecords, appended: Sequence[Sequence[str | int | None]]) -> None:
        """Write plain records, each as `write` does, with the appended cells in columns; raise OSError as it does."""
        of_width = records.cells[:1] if records.kind is RecordKind.ROW else records.cells
        widths = set(map(len, of_width))
        widest = max(*widths, 1)  # an empty line has no cell, and is one
        columns = [*[[""]] * (self._width - widest), *map(self._appended_texts, appended)]
        text, end, delimiter = self._guarded_lines(records), records.line_end, self._dialect.delimiter
        if len(widths) > 1:
            gaps = {width: delimiter * (widest - max(width, 1)) for width in widths}
            lines = zip(text.split(end), map(len, records.cells), strict=False)
            text = "".join([f"{line}{gaps[width]}{end}" for line, width in lines])
        if all(len(column) == 1 for column in columns):
            text = text.replace(end, "".join(delimiter + behind for (behind,) in columns) + end)
        else:
            of_all = (column if len(column) > 1 else column * len(records) for column in columns)
            behind = map(delimiter.join, zip(*of_all, strict=True))
            text = "".join(
                [f"{line}{delimiter}{cells}{end}" for line, cells in zip(text.split(end), behind, strict=False)]
            )
        self._open_file().write(self._encoder.encode(text))

    def write_sheet(self, sheet: ExtraSheet) -> None:
        """Write nothing: a file of text is one table."""

    def _guarded_lines(self, records: PlainRecords) -> str:
        """Return the lines of plain records, guarded where they need it."""
        text, delimiter, quote = "".join(records.lines), self._dialect.delimiter, self._dialect.quote
        signs = [sign for sign in FIRST_SIGNS if sign not in {delimiter, "\r"} and sign in text]
        starts = [*signs, *(quote + sign for sign in signs if quote and quote in text)]
        if not text.startswith(tuple(starts)) and not any(
            before + start in text for start in starts for before in (delimiter, records.line_end)
        ):
            return text
        guarded = (
            map(guard_raw, raw, cells, repeat(self._dialect))
            for raw, cells in zip(records.raw, records.cells, strict=True)
        )
        return "".join([delimiter.join(cells) + records.line_end for cells in guarded])

    def _appended_texts(self, column: Sequence[str | int | None]) -> list[str]:
        """Return what stands in the file for a cell appended to each of many plain records; one text if it is for all.

        They have no quotation mark that is open.
        """
        texts = {cell: self._appended(cell_text(cell), is_stray=False) for cell in set(column)}
        return [*texts.values()] if len(texts) == 1 else [texts[cell] for cell in column]

    def _source_cells(self, record: Record) -> list[str]:
        texts = [cell_text(cell) for cell in record.cells]
        if record.raw is None:
            return [self._written(guard(text)) for text in texts]
        cells = [guard_raw(raw, text, self._dialect) for raw, text in zip(record.raw, texts, strict=True)]
        if len(self._dialect.delimiter) > 1:
            return [self._ended(raw, text) for raw, text in zip(cells, texts, strict=True)]
        return cells

    def _ended(self, raw: str, text: str) -> str:
        """Return a cell whose end does not become part of the delimiter that will follow it."""
        delimiter, quote = self._dialect.delimiter, self._dialect.quote
        if (quote and raw.startswith(quote)) or (raw + delimiter).find(delimiter) == len(raw):
            return raw
        return self._written(guard(text))

    def _is_stray(self, record: Record) -> bool:
        """Return whether a quotation mark in the record opens and is not closed, or closes before its cell ends."""
        if not self._dialect.quote or not record.raw or not any(self._dialect.quote in raw for raw in record.raw):
            return False
        return not are_sound(record.raw, self._dialect)

    def _appended(self, text: str, *, is_stray: bool) -> str:
        """Return what stands in the file for an appended cell.

        A quotation mark that the source left open must not find in it what looks like the end of a cell: a quotation
        mark and then a delimiter or a line end. In the open record itself it must find no quotation mark at all.
        """
        if self._plain.fullmatch(text):
            return text
        text = self._worded(guard(text)).lstrip(f"{self._dialect.delimiter}\r\n")
        if is_stray:
            plain = text.replace(self._dialect.quote, " ")
            return written(plain, replace(self._dialect, quote="", escape=""))
        return written(text, self._dialect)

    def _worded(self, text: str) -> str:
        """Return our own words in characters that the encoding has, and that do not make the file look like UTF-8."""
        text = writable(text, self._codec)
        if text.isascii() or self._codec == _UTF8 or not extends_ascii(self._codec):
            return text
        evidence = EncodingEvidence()
        evidence.add(text.encode(self._codec), final=True)
        return writable(text, "ascii") if evidence.valid else text

    def _written(self, text: str) -> str:
        return written(writable(text, self._codec), self._dialect)

    def _open_file(self) -> BinaryIO:
        if self._file is None:
            raise ValueError("the writer is not open: use it as a context manager")
        return self._file
