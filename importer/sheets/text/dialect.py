"""How a CSV file is written: its first bytes and its delimiter."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from importer.errors import SourceError
from importer.sheets.columns import count_fields
from importer.sheets.layout import Header, find_header, no_header
from importer.sheets.reading import AS_IT_IS, Reading
from importer.sheets.source_file import SourceFile
from importer.sheets.text.records import read_records

DELIMITERS: Final = (",", ";", "\t")
BOM: Final = b"\xef\xbb\xbf"
_SEP_LINE: Final = re.compile(rb'"?sep=([^\w\s"\'\x80-\xff]|\t)"?(?:\r\n|\n|\r|\Z)', re.IGNORECASE)
_LONGEST_SEP_LINE: Final = 16
_EMPTY: Final = "empty_source"


@dataclass(frozen=True, slots=True)
class Dialect:
    r"""How a CSV file is written.

    Attributes:
        delimiter: One ASCII character.
        preamble: The bytes before the first record: a BOM, a `sep=` line, both or none.
    """

    delimiter: str
    preamble: bytes


@dataclass(frozen=True, slots=True)
class DetectedText:
    """A dialect, and the header that it was found by."""

    dialect: Dialect
    header: Header


def detect(file: SourceFile, reading: Reading = AS_IT_IS) -> DetectedText:
    """Find how the file is written: a `sep=` line decides, then the names in the header, then its number of cells.

    Raises:
        SourceError: The file has no record that is not blank, or cannot be read up to it.
        OSError: The file cannot be read.
    """
    with file.path.open("rb") as opened:
        start = opened.read(len(BOM) + _LONGEST_SEP_LINE)
    bom = BOM if start.startswith(BOM) else b""
    sep_line = _SEP_LINE.match(start, len(bom))
    if sep_line:
        dialects = [Dialect(sep_line[1].decode("ascii"), start[: sep_line.end()])]
    else:
        dialects = [Dialect(delimiter, bom) for delimiter in DELIMITERS]
    found, errors = _try(file, dialects, reading)
    # What is blank with one delimiter is nothing but delimiters with another.
    for error in errors:
        if not found or error.code == _EMPTY:
            raise error
    return max(found, key=lambda one: (count_fields(one.header.cells), len(one.header.cells)))


def _try(
    file: SourceFile, dialects: Sequence[Dialect], reading: Reading
) -> tuple[list[DetectedText], list[SourceError]]:
    found: list[DetectedText] = []
    errors: list[SourceError] = []
    for dialect in dialects:
        try:
            found.append(DetectedText(dialect, _header(file, dialect, reading)))
        except SourceError as error:
            errors.append(error)
    return found, errors


def _header(file: SourceFile, dialect: Dialect, reading: Reading) -> Header:
    records = read_records(file, delimiter=dialect.delimiter, skip=len(dialect.preamble))
    header = find_header(((record.number, record.cells) for record in records), reading)
    if header is not None:
        return header
    raise no_header(file.name, reading)
