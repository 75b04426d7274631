"""A run's own annotated sheet, which stands for its source where that is gone."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from importer.errors import LockedError, SourceError
from importer.journal.journal import Journal
from importer.model.run import PastRun
from importer.model.source import Field
from importer.sheets.cells import cell_text
from importer.sheets.reading import Reading
from importer.sheets.table import RecordKind, Table
from importer.story.order import Finished


def note_sheet(journal: Journal, past: PastRun, finished: Finished) -> None:
    """Let the journal know the annotated sheet that was just written, if it was.

    Where somebody who is stopped holds the journal, it does not get to know it: the reports are there all the same.
    """
    path = finished.summary.reports.get("annotated")
    if finished.error is None and path is not None:
        with suppress(OSError, LockedError), Path(path).open("rb") as file:  # somebody has removed it in this moment
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            journal.note_sheet(past, sha256, masked=finished.summary.redacted)


def reading_of_sheet(past: PastRun, reading: Reading, sheet: Path) -> Reading:
    """Return how an annotated sheet is to be read whose source was read so: as that, where it is the same kind of file.

    Args:
        past: The run.
        reading: How its source was to be read.
        sheet: A copy of its annotated sheet.
    """
    with sheet.open("rb") as file:
        is_workbook = file.read(2) == b"PK"
    was_text = past.source.detected is None or past.source.detected.format == "csv"
    if is_workbook is not was_text:
        return replace(reading, visible_only=False)
    return Reading(
        sheet=reading.sheet if is_workbook else None,
        header_row=reading.header_row,
        columns=reading.columns,
        customer_id_pattern=reading.customer_id_pattern,
    )


def expect_rows(table: Table, journal: Journal, past: PastRun) -> None:
    """Make sure that the rows of a sheet are those that the journal knows by the same numbers, by their customers.

    Raises:
        SourceError: They are not.
    """
    for row, customer_id in _customers(table):
        known = journal.customer_of(past, row)
        if known is not None and _essence(known) != _essence(customer_id):
            raise SourceError(
                f"The annotated sheet of run {past.run_id} cannot stand for its source: row {row} is another there.",
                code="source_changed",
                hint="Name the file that it has read with --source.",
            )


def _customers(table: Table) -> Iterator[tuple[int, str]]:
    position = table.columns[Field.CUSTOMER_ID].position
    for record in table.records():
        if record.kind is RecordKind.ROW:
            yield record.number, cell_text(record.cells[position]) if position < len(record.cells) else ""


def _essence(customer_id: str) -> str:
    """Return what no cleaning changes of an id."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", customer_id).casefold()))
