"""The annotated sheet: the source's records in their order, and what is true of each row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from importer.checks.codes import WarningCode
from importer.errors import ReportError, SourceError
from importer.model import APPENDED_COLUMNS, Field, Outcome
from importer.reports.files import replacing
from importer.sheets.open import open_writer
from importer.sheets.table import Column, Format, Record, RecordKind, Table, TableWriter

_MESSAGE_AT: Final = APPENDED_COLUMNS.index("message")
_BLANK: Final = (None,) * len(APPENDED_COLUMNS)


@dataclass(frozen=True, slots=True)
class _Originals:
    """Tells what mangled names of a row probably were.

    It is found anew from the cells: the journal, where messages are kept, holds no name.

    Attributes:
        columns: Those of the names.
        encoding: Of the report; None where it has all letters. A letter that is nearly the right one would be wrong.
    """

    columns: Sequence[Column]
    encoding: str | None

    def of(self, outcome: Outcome, record: Record) -> str:
        """Return it in sentences; "" where no name is mangled."""
        if WarningCode.MANGLED_TEXT not in (*outcome.warnings, *outcome.code.split(", ")):
            return ""
        from importer.checks.mangled import likely_original  # noqa: PLC0415 - few files need it

        cells = [(one.header, record.cells[one.position]) for one in self.columns if one.position < len(record.cells)]
        found = [(header, likely_original(cell)) for header, cell in cells if isinstance(cell, str)]
        return " ".join(self._told(header, original) for header, original in found if original)

    def _told(self, header: str, original: str) -> str:
        try:
            original.encode(self.encoding or "utf-8")
        except UnicodeEncodeError:
            return f'What was probably meant in "{header}" has letters that the encoding of this file lacks.'
        return f'In "{header}", "{original}" was probably meant.'


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

    Outcomes are joined to rows by number, never by position: a row without its outcome, or an outcome without its
    row, is a defect that is said instead of a report.

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
            open_writer(draft, table, format=form, message_at=_MESSAGE_AT, own_workbook=own_workbook) as writer,
        ):
            _write_records(writer, table, outcomes, _originals(table, form), partial=partial)
            return writer.notes
    except SourceError as error:
        raise ReportError(
            f"The report {path} cannot be written, since the run's own copy of the source cannot be read any more:"
            f" {error.message}",
            code="report_unwritable",
            hint="Every outcome is in the journal. Look at the disk that the state directory is on.",
        ) from error


def _originals(table: Table, form: Format) -> _Originals:
    columns = [table.columns[field] for field in (Field.FIRST_NAME, Field.LAST_NAME) if field in table.columns]
    return _Originals(columns, table.detected.encoding if form == table.format == "csv" else None)


def _write_records(
    writer: TableWriter, table: Table, outcomes: Iterator[Outcome], originals: _Originals, *, partial: bool
) -> None:
    names = tuple(f"{table.prefix}{name}" for name in APPENDED_COLUMNS)
    following = next(outcomes, None)
    for record in table.records():
        match record.kind:
            case RecordKind.HEADER:
                writer.write(record, names)
            case RecordKind.SKIPPED:
                writer.write(record, _BLANK)
            case _ if partial and (following is None or following.row > record.number):
                writer.write(record, _BLANK)
            case _:
                outcome = _of_row(following, record.number)
                writer.write(record, _appended(outcome, originals.of(outcome, record)), tone=outcome.status)
                following = next(outcomes, None)
    if following is not None:
        raise _untrue(_no_row(following))


def _of_row(outcome: Outcome | None, row: int) -> Outcome:
    """Return the outcome that comes next, which must be that of the row."""
    if outcome is None or outcome.row > row:
        raise _untrue(f"row {row} of the source has no outcome")
    if outcome.row < row:
        raise _untrue(_no_row(outcome))
    return outcome


def _no_row(outcome: Outcome) -> str:
    return f"the journal has an outcome of row {outcome.row}, which the source does not have there"


def _appended(outcome: Outcome, more: str = "") -> tuple[str | int | None, ...]:
    """Return the appended cells of a row, in the order of their columns."""
    return (
        outcome.status.value,
        outcome.updated_at or None,
        " ".join(filter(None, (_sentences(outcome.message), more))) or None,
        outcome.code or None,
        outcome.http_status,
        outcome.attempts,
    )


def _sentences(message: str) -> str:
    """Return a message with the full stop that its last sentence may lack."""
    return message if not message or message[-1] in ".!?”…" else f"{message}."


def _untrue(why: str) -> ReportError:
    return ReportError(
        f"The annotated sheet would not be true: {why}. This is a defect of the importer.",
        code="report_untrue",
        hint="Every outcome is in the journal. Keep the file and the journal, and report this.",
    )
