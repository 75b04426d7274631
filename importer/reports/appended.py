"""The appended cells of a row: what they are called, and what is in them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from importer.checks.codes import WarningCode
from importer.model.rows import Outcome, QuietOutcomes
from importer.model.source import APPENDED_COLUMNS, TO_FIX_COLUMNS, Field, Origin
from importer.phrases import alternatives
from importer.reports.saying.words import as_sentences, changed_fields
from importer.sheets.table import Column, Format, Record, Table
from importer.times import rfc3339_ms

_DAMAGED: Final = frozenset(
    (
        WarningCode.MANGLED_TEXT,
        WarningCode.LOST_LETTERS,
        WarningCode.MARKUP_IN_NAME,
        WarningCode.CODES_IN_NAME,
        WarningCode.FORMULA_IN_NAME,
    )
)
"""The warnings of names that were something else before."""

MESSAGE_AT: Final = APPENDED_COLUMNS.index("message")

Cells = tuple[str | int | None, ...]


def appended_columns(table: Table, more_columns: Sequence[str]) -> Sequence[str]:
    """Return which columns the annotated sheet has after the source's own, by their names without a prefix.

    Args:
        table: The source. What it says of where its rows come from stays in the sheet.
        more_columns: Those that are asked for, of `MORE_COLUMNS`, in its order.
    """
    return [*APPENDED_COLUMNS, *more_columns, *(TO_FIX_COLUMNS if table.has_origins else ())]


@dataclass(frozen=True, slots=True)
class Originals:
    """Tells what damaged names of a row probably were.

    It is found anew from the cells: the journal, where messages are kept, holds no name.

    Attributes:
        columns: Those of the names.
        address: That of the e-mail address; None where there is none.
        encoding: Of the report; None where it has all letters. A letter that is nearly the right one would be wrong.
    """

    columns: Sequence[Column]
    address: Column | None
    encoding: str | None

    @classmethod
    def of_table(cls, table: Table, form: Format) -> Originals:
        """Return what tells of the names of a table, in a report of a form."""
        columns = [table.columns[field] for field in (Field.FIRST_NAME, Field.LAST_NAME) if field in table.columns]
        encoding = table.detected.encoding if form == table.format == "csv" else None
        return cls(columns, table.columns.get(Field.EMAIL), encoding)

    def of(self, outcome: Outcome, record: Record) -> str:
        """Return it in sentences; "" where no name is damaged, or nobody can tell what it was."""
        if _DAMAGED.isdisjoint((*outcome.warnings, *outcome.code.split(", "))):
            return ""
        from importer.checks.originals.likely_names import likely_names  # noqa: PLC0415 - few files need it

        address = _text(record, self.address) if self.address else ""
        likely = ((column.header, likely_names(_text(record, column), address)) for column in self.columns)
        return " ".join(self._told(header, names) for header, names in likely if names)

    def _told(self, header: str, names: Sequence[str]) -> str:
        try:
            "".join(names).encode(self.encoding or "utf-8")
        except UnicodeEncodeError:
            return f'What was probably meant in "{header}" has letters that the encoding of this file lacks.'
        choice = alternatives([f'"{name}"' for name in names])
        return f'In "{header}", {choice} was probably meant.'


def _text(record: Record, column: Column) -> str:
    cell = record.cells[column.position] if column.position < len(record.cells) else None
    return cell if isinstance(cell, str) else ""


class Appended:
    """Makes the appended cells of rows.

    Args:
        table: The source.
        form: Of the report.
        columns: Which they are, by their names without a prefix: the six that every report has, and what else there is.
    """

    def __init__(self, table: Table, form: Format, columns: Sequence[str]) -> None:
        self.names: Final = tuple(table.appended_names(columns))
        """Their headers."""
        self._more_columns = tuple(columns[len(APPENDED_COLUMNS) :])
        self._originals = Originals.of_table(table, form)

    def of(self, outcome: Outcome | None, record: Record, origin: Origin | None) -> Cells:
        """Return those of a record: empty ones where it has no outcome.

        Args:
            outcome: What is true of it.
            record: The record.
            origin: Where it comes from.
        """
        six = (None,) * len(APPENDED_COLUMNS) if outcome is None else _six(outcome, self._originals.of(outcome, record))
        return (*six, *(_MORE[name](outcome, origin) for name in self._more_columns)) if self._more_columns else six

    def columns(self, outcomes: QuietOutcomes | None, count: int) -> Sequence[Sequence[str | int | None]]:
        """Return the cells of records that say nothing of where they come from, column by column.

        Args:
            outcomes: Of all of them; None where they have none.
            count: How many they are.
        """
        nothing: Sequence[None] = [None] * count
        if outcomes is None:
            return [nothing] * len(self.names)
        six = (
            outcomes.statuses,
            [text or None for text in outcomes.updated_at],
            [as_sentences(message) or None for message in outcomes.messages] if any(outcomes.messages) else nothing,
            nothing,
            outcomes.http_statuses,
            outcomes.attempts,
        )
        return (*six, *([_MORE[name](one, None) for one in outcomes.outcomes()] for name in self._more_columns))


def _six(outcome: Outcome, on_originals: str) -> Cells:
    return (
        outcome.status.value,
        outcome.updated_at or None,
        " ".join(filter(None, (as_sentences(outcome.message), on_originals))) or None,
        outcome.code or None,
        outcome.http_status,
        outcome.attempts,
    )


def _sent_at(outcome: Outcome | None, _: Origin | None) -> str | None:
    return None if outcome is None or outcome.sent_at is None else rfc3339_ms(outcome.sent_at)


def _latency_ms(outcome: Outcome | None, _: Origin | None) -> int | None:
    return None if outcome is None or outcome.latency_s is None else round(outcome.latency_s * 1000)


def _changed(outcome: Outcome | None, _: Origin | None) -> str | None:
    return None if outcome is None or outcome.changed is None else changed_fields(outcome.changed)


def _of_row(_: Outcome | None, origin: Origin | None) -> int | None:
    return (origin.of_row or None) if origin else None


def _of_run(_: Outcome | None, origin: Origin | None) -> str | None:
    return (origin.of_run or None) if origin else None


def _settled(_: Outcome | None, origin: Origin | None) -> str | None:
    return (origin.settled or None) if origin else None


_MORE: Final[Mapping[str, Callable[[Outcome | None, Origin | None], str | int | None]]] = {
    "sent_at": _sent_at,
    "latency_ms": _latency_ms,
    "changed": _changed,
    "source_row": _of_row,
    "source_run": _of_run,
    "settled": _settled,
}
"""What is in the columns that not every report has."""
