"""The reports of a run, written in one pass over its source."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from importer.errors import ReportError, SourceError
from importer.model import Outcome
from importer.reports.annotated import MESSAGE_AT, Annotated
from importer.reports.files import replacing
from importer.reports.rows import joined
from importer.sheets.open import open_writer
from importer.sheets.table import Format, Table


def write_annotated(
    table: Table,
    outcomes: Iterator[Outcome],
    path: Path,
    *,
    form: Format,
    partial: bool = False,
    own_workbook: bool = False,
) -> Sequence[str]:
    """Write the annotated sheet, whole or not at all.

    Args:
        table: The source.
        outcomes: In row order.
        path: Where to; what was there is replaced.
        form: `csv` or `xlsx`.
        partial: The run took up some rows only: the others have empty columns.
        own_workbook: Write into a copy of the source's own workbook, where that can be done.

    Returns:
        What a person should know of what did not come along, in sentences.

    Raises:
        ReportError: The file cannot be written, or would not be true.
    """
    try:
        with (
            replacing(path) as draft,
            open_writer(draft, table, format=form, message_at=MESSAGE_AT, own_workbook=own_workbook) as writer,
        ):
            annotated = Annotated(writer, table, form)
            for record, outcome in joined(table, outcomes, partial=partial):
                annotated.take(record, outcome)
            return writer.notes
    except SourceError as error:
        raise ReportError(
            f"The report {path} cannot be written, since the run's own copy of the source cannot be read any more:"
            f" {error.message}",
            code="report_unwritable",
            hint="Every outcome is in the journal. Look at the disk that the state directory is on.",
        ) from error
