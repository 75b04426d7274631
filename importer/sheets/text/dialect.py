"""How a CSV file is written: its first bytes and its delimiter."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from importer.errors import SourceError
from importer.sheets.cells import is_blank
from importer.sheets.columns import count_fields
from importer.sheets.source_file import SourceFile
from importer.sheets.text.records import CsvRecord, read_records

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
class Detected:
    """A dialect and the header that it was found by: the first record that is not blank."""

    dialect: Dialect
    header: CsvRecord


def detect(file: SourceFile) -> Detected:
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
    found, errors = _try(file, dialects)
    # What is blank with one delimiter is nothing but delimiters with another.
    for error in errors:
        if not found or error.code == _EMPTY:
            raise error
    return max(found, key=lambda one: (count_fields(one.header.cells), len(one.header.cells)))


def _try(file: SourceFile, dialects: Sequence[Dialect]) -> tuple[list[Detected], list[SourceError]]:
    found: list[Detected] = []
    errors: list[SourceError] = []
    for dialect in dialects:
        try:
            found.append(Detected(dialect, _first_record(file, dialect)))
        except SourceError as error:
            errors.append(error)
    return found, errors


def _first_record(file: SourceFile, dialect: Dialect) -> CsvRecord:
    records = read_records(file, delimiter=dialect.delimiter, skip=len(dialect.preamble))
    for record in records:
        if not is_blank(record.cells):
            return record
    raise SourceError(
        f"{file.name} has no header: there is nothing in it but blank lines.",
        code=_EMPTY,
        hint="Export the table again, with its header.",
    )
