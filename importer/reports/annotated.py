"""The annotated sheet: the source's records in their order, and what is true of each row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from importer.model.rows import Outcome, QuietOutcomes
from importer.model.statuses import CALM
from importer.reports.appended import Appended
from importer.sheets.table import BlockWriter, PlainRecords, Record, RecordKind, TableWriter

_LEFT_OUT_AS_HIDDEN: Final = "hidden_row"


class Annotated:
    """Writes the annotated sheet; a row report.

    Args:
        writer: Of the file.
        appended: Makes the appended cells.
    """

    def __init__(self, writer: TableWriter, appended: Appended) -> None:
        self._writer = writer
        self._block_writer = writer if isinstance(writer, BlockWriter) else None
        self._appended = appended

    def take(self, record: Record, outcome: Outcome | None) -> None:
        """Write a record, with what is true of it where it is a row that the run has taken up."""
        if record.kind is RecordKind.HEADER:
            self._writer.write(record, self._appended.names)
        else:
            tone = outcome.status if outcome else ""
            self._writer.write(record, self._appended.of(outcome, record, record.origin), tone=tone)

    def take_many(self, records: PlainRecords, outcomes: QuietOutcomes | None) -> None:
        """Write records of which there is nothing to say but how they have ended, if they are rows."""
        columns = self._appended.columns(outcomes, len(records))
        if self._block_writer is not None:
            self._block_writer.write_many(records, columns)
            return
        tones = outcomes.statuses if outcomes else [""] * len(records)
        for record, tone, cells in zip(records.records(), tones, zip(*columns, strict=True), strict=True):
            self._writer.write(record, cells, tone=tone)


def to_be_seen(outcomes: Iterable[Outcome]) -> Iterator[int]:
    """Yield the numbers of the rows that must not be hidden in the annotated sheet: those that need attention.

    Rows that were left out since they are hidden are as somebody wanted them: shown, they would be sent the next time.

    Args:
        outcomes: Of the rows of a run, but perhaps of quiet ones.
    """
    for outcome in outcomes:
        if outcome.status not in CALM and outcome.code != _LEFT_OUT_AS_HIDDEN:
            yield outcome.row
