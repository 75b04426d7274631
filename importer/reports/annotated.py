"""The annotated sheet: the source's records in their order, and what is true of each row."""

from __future__ import annotations

from importer.model.rows import Outcome
from importer.reports.appended import Appended
from importer.sheets.table import Record, RecordKind, TableWriter


class Annotated:
    """Writes the annotated sheet; a row report.

    Args:
        writer: Of the file.
        appended: Makes the appended cells.
    """

    def __init__(self, writer: TableWriter, appended: Appended) -> None:
        self._writer = writer
        self._appended = appended

    def take(self, record: Record, outcome: Outcome | None) -> None:
        """Write a record, with what is true of it where it is a row that the run has taken up."""
        if record.kind is RecordKind.HEADER:
            self._writer.write(record, self._appended.names)
        else:
            tone = outcome.status if outcome else ""
            self._writer.write(record, self._appended.of(outcome, record, record.origin), tone=tone)
