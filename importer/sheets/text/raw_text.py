"""A file of delimited text as it is: every record, nothing cleaned, dropped or padded, and no header understood."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from importer.model.source import Detected
from importer.sheets.reading import AS_IT_IS, Reading
from importer.sheets.source_file import SourceFile
from importer.sheets.text.found_out.codec import shown
from importer.sheets.text.found_out.detection import detect
from importer.sheets.text.found_out.dialect import Dialect
from importer.sheets.text.found_out.in_words import detected
from importer.sheets.text.records import read_records


class RawText:
    """The records of a file.

    Args:
        file: The file; it may be empty.
        dialect: How it is written.
    """

    def __init__(self, file: SourceFile, dialect: Dialect) -> None:
        self._file = file
        self._dialect = dialect

    @property
    def sheet(self) -> None:
        """A text has no sheets."""
        return

    @property
    def detected(self) -> Detected:
        """What was found out about the file."""
        return replace(detected(self._dialect), container=self._file.container)

    def records(self) -> Iterator[tuple[int, list[str]]]:
        r"""Yield every record with its number and the text of its cells; a blank line is a record without cells.

        A byte that is no character is shown as its code (`\xNN`).

        Raises:
            SourceError: A record is too long, or too many have quotes that are not closed.
            OSError: The file cannot be read.
        """
        for record in read_records(self._file, self._dialect):
            yield record.number, [shown(cell) for cell in record.cells]


def open_raw_text(file: SourceFile, reading: Reading = AS_IT_IS) -> RawText:
    """Open any file as delimited text.

    Raises:
        SettingsError: The dialect or the encoding cannot be as somebody has said.
        OSError: The file cannot be read.
    """
    return RawText(file, detect(file, reading))
