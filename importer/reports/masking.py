"""Names and addresses masked, for reports that go into tickets and mail: `A•••`, `j•••@e•••.com`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from importer.model import MASKS, VALUE_FIELDS, Cause, Field, Outcome
from importer.sheets.cells import cell_text
from importer.sheets.layout import STRAY_QUOTE, WRONG_FIELD_COUNT
from importer.sheets.table import CellValue, Column, Record, RecordKind

_ADDRESS: Final = re.compile(r"{part}@{part}".replace("{part}", r"[^\s@<>()\[\]\"“”„«»,;:]+"))
_FIRST: Final = re.compile(r"[^\W_]")
_ENDING: Final = re.compile(r"\.([A-Za-z]{2,})[.\"']*$")
_SHORTEST_VALUE: Final = 3
"""A name of two letters is part of half the words that there are."""
_MISPLACED: Final = frozenset({WRONG_FIELD_COUNT, STRAY_QUOTE})
"""The codes of rows whose values may stand in any column."""


@dataclass(frozen=True, slots=True)
class Mask:
    """Masks the records of a source.

    The three values are masked in their columns, and where they stand in another cell of the row; so is whatever looks
    like an e-mail address, in any cell and in messages. Other cells stay as they are.

    Attributes:
        columns: Those of the fields.
        encoding: Of the file that is written; None where it has all letters.
    """

    columns: Mapping[Field, Column]
    encoding: str | None = None

    def record(self, record: Record, outcome: Outcome | None) -> Record:
        """Return a record with its names and addresses masked; headers stay as they are."""
        if record.kind is RecordKind.HEADER:
            return record
        if outcome is not None and not _MISPLACED.isdisjoint(outcome.code.split(", ")):
            cells: Sequence[CellValue] = [None if cell is None or cell == "" else self._dots for cell in record.cells]
        elif record.kind is RecordKind.SKIPPED:
            cells = [self.text(cell) if isinstance(cell, str) else cell for cell in record.cells]
        else:
            cells = self._row(record.cells)
        return record if cells == list(record.cells) else replace(record, cells=cells, raw=None)

    def outcome(self, outcome: Outcome) -> Outcome:
        """Return what is true of a row without the addresses that somebody's words may hold."""
        masked = self.text(outcome.message)
        return outcome if masked == outcome.message else replace(outcome, message=masked)

    def text(self, text: str) -> str:
        """Return a text with all that looks like an e-mail address masked."""
        return _ADDRESS.sub(lambda found: self._address(found.group()), text) if "@" in text else text

    def _row(self, cells: Sequence[CellValue]) -> list[CellValue]:
        values = {
            column.position: cell_text(cells[column.position])
            for field, column in self.columns.items()
            if field in VALUE_FIELDS and column.position < len(cells)
        }
        known = sorted({text for text in values.values() if len(text.strip()) >= _SHORTEST_VALUE}, key=len)[::-1]
        pattern = re.compile("|".join(map(re.escape, known)), re.IGNORECASE) if known else None
        return [
            self._value(values[position]) or None if position in values else self._other(cell, pattern)
            for position, cell in enumerate(cells)
        ]

    def _other(self, cell: CellValue, values: re.Pattern[str] | None) -> CellValue:
        if not isinstance(cell, str):
            return cell
        text = values.sub(lambda found: self._value(found.group()), cell) if values else cell
        return self.text(text)

    def _value(self, text: str) -> str:
        if not text.strip():
            return ""
        return self._address(text) if "@" in text else f"{self._first(text)}{self._dots}"

    def _address(self, text: str) -> str:
        local, _, domain = text.rpartition("@")
        ending = _ENDING.search(domain)
        return f"{self._first(local)}{self._dots}@{self._first(domain)}{self._dots}" + (
            f".{ending.group(1)}" if ending else ""
        )

    def _first(self, text: str) -> str:
        found = _FIRST.search(text)
        return found.group() if found else ""

    @property
    def _dots(self) -> str:
        dots, stars = MASKS
        try:
            dots.encode(self.encoding or "utf-8")
        except UnicodeEncodeError:
            return stars
        return dots


def masked(rows: Iterable[tuple[Record, Outcome | None]], mask: Mask) -> Iterator[tuple[Record, Outcome | None]]:
    """Yield records and their outcomes with names and addresses masked."""
    for record, outcome in rows:
        yield mask.record(record, outcome), outcome if outcome is None else mask.outcome(outcome)


def masked_causes(causes: Sequence[Cause], mask: Mask) -> Sequence[Cause]:
    """Return causes without the addresses that the API's words may hold."""
    return [replace(cause, message=mask.text(cause.message)) for cause in causes]
