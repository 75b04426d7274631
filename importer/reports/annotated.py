"""The annotated sheet: the source's records in their order, and what is true of each row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from importer.checks.codes import WarningCode
from importer.model import APPENDED_COLUMNS, Field, Outcome
from importer.sheets.table import Column, Format, Record, RecordKind, Table, TableWriter

MESSAGE_AT: Final = APPENDED_COLUMNS.index("message")
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


class Annotated:
    """Writes the annotated sheet; a row report.

    Args:
        writer: Of the file.
        table: The source.
        form: Of the file.
    """

    def __init__(self, writer: TableWriter, table: Table, form: Format) -> None:
        self._writer = writer
        self._names = tuple(f"{table.prefix}{name}" for name in APPENDED_COLUMNS)
        self._originals = _originals(table, form)

    def take(self, record: Record, outcome: Outcome | None) -> None:
        """Write a record, with what is true of it where it is a row that the run has taken up."""
        if outcome is not None:
            more = self._originals.of(outcome, record)
            self._writer.write(record, _appended(outcome, more), tone=outcome.status)
        else:
            self._writer.write(record, self._names if record.kind is RecordKind.HEADER else _BLANK)


def _originals(table: Table, form: Format) -> _Originals:
    columns = [table.columns[field] for field in (Field.FIRST_NAME, Field.LAST_NAME) if field in table.columns]
    return _Originals(columns, table.detected.encoding if form == table.format == "csv" else None)


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
