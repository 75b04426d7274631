"""Lines that are quoted as a whole: a table within a table of one column, taken out of it.

A program took the file for one of another list separator, put each line into the first column, and saved it so. Without
the quotation marks around each line, and half of those inside, it is the file that it was.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from importer.errors import SourceError
from importer.sheets.cells import is_blank
from importer.sheets.source_file import SourceFile
from importer.sheets.text.batches import TextRecord
from importer.sheets.text.found_out.codec import encoder
from importer.sheets.text.found_out.dialect import Dialect
from importer.sheets.text.lines import line_end_of
from importer.sheets.text.records import read_records

UNWRAPPED: Final = (
    "Each line of the file is a single cell, in quotation marks as a whole: it was read without these, as the line that"
    " it was before a program took the file for one of another list separator."
)
_DELIMITER: Final = re.compile(r"[,;\t|]")


def are_wrapped(names: Sequence[str]) -> bool:
    """Return whether the names of columns, as they were read, are a line of several in a single cell."""
    filled = [name for name in names if name]
    return len(filled) == 1 and len(_DELIMITER.findall(filled[0])) > 1


def unwrapped(file: SourceFile, dialect: Dialect, scratch: Path) -> SourceFile:
    """Write the lines that are in the cells of a file, and return the file with them.

    A record that is more than one cell stays as it is: it is not certain what its line was.

    Args:
        file: A file of which each line is a single cell.
        dialect: How it is written.
        scratch: A folder, its owner's only, where the new file stays as long as it is read.

    Raises:
        SourceError: As `read_records`.
        OSError: The file cannot be read, or the new one not be written.
    """
    encode = encoder(dialect.encoding.codec).encode
    with tempfile.NamedTemporaryFile(dir=scratch, prefix="unwrapped-", delete=False) as written:
        written.write(dialect.encoding.bom)
        for record in read_records(file, dialect):
            written.write(encode(_line(record, dialect)))
        written.write(encode("", final=True))
    return replace(file, path=Path(written.name))


def wrapped(name: str) -> SourceError:
    """Return the error for such a file where what is in its lines is no table."""
    return SourceError(
        f"Each line of {name} is a single cell, in quotation marks as a whole.",
        code="wrapped_lines",
        hint="A program took the file for one of another list separator, and saved it so. Export it again, or open"
        " it in a text editor and remove the quotation marks around each line (and half of those inside).",
    )


def _line(record: TextRecord, dialect: Dialect) -> str:
    if record.is_stray or not record.cells or not is_blank(record.cells[1:]):
        return record.raw
    return record.cells[0] + line_end_of(record.raw, dialect.odd_end)
