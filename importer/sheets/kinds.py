"""What each record of a table is to the job: the header, a row, or nothing of the kind."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final, Protocol, TypeVar

from importer.ids import is_uuid
from importer.model import Skip
from importer.sheets.cells import is_blank
from importer.sheets.layout import Layout
from importer.sheets.table import RecordKind

_TOTAL: Final = re.compile(
    r"\W*(?:(?:grand|sub)[ -]?)?"
    r"(?:totals?|totales|totale|totaux|totaal|totais|sum|summe|suma|soma|somma|somme|gesamt(?:summe|zahl)?|insgesamt"
    r"|count|anzahl|aantal|(?:number of )?(?:records|rows))\b",
    re.IGNORECASE,
)
_FEW_AT_THE_END: Final = 100
"""Records that may stand from the first total on: what goes on for longer is no end of a table."""


class Numbered(Protocol):
    """A record with its number, as a person counts."""

    @property
    def number(self) -> int:
        """The number."""
        ...


NumberedT = TypeVar("NumberedT", bound=Numbered)


class Kinds:
    """Tells what each record of a table is, in one reading of it from its first record to its last.

    A repeated header and a total at the end are no rows: they stay in the sheet, and are never sent. A total is one
    only where nothing but totals and blank records comes after it; elsewhere it is a row, and will be refused as one.

    Args:
        layout: The table's header, understood.
    """

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._header = _folded(layout.header)
        self._skips: Counter[Skip] = Counter()

    @property
    def skips(self) -> Mapping[Skip, int]:
        """How many records are no rows, by what they are, as far as the table was read."""
        return self._skips

    def of(
        self, records: Iterable[NumberedT], cells_of: Callable[[NumberedT], Sequence[str]]
    ) -> Iterator[tuple[NumberedT, RecordKind]]:
        """Yield each record with its kind.

        Args:
            records: All of the table's, in their order.
            cells_of: Returns the text of a record's cells, without the importer's own columns.
        """
        held: list[tuple[NumberedT, Skip]] = []
        for record in records:
            if record.number == self._layout.number:
                yield record, RecordKind.HEADER
                continue
            skip = self._skip(record.number, cells_of(record))
            if skip is Skip.TOTAL or (held and skip is Skip.BLANK):
                held.append((record, skip))
                if len(held) > _FEW_AT_THE_END:
                    yield from self._released(held)
                    held = []
                continue
            yield from self._released(held)
            held = []
            yield record, self._kind(skip)
        for record, skip in held:
            yield record, self._kind(skip)

    def _released(self, held: Sequence[tuple[NumberedT, Skip]]) -> Iterator[tuple[NumberedT, RecordKind]]:
        for record, skip in held:
            yield record, self._kind(None if skip is Skip.TOTAL else skip)

    def _kind(self, skip: Skip | None) -> RecordKind:
        if skip is None:
            return RecordKind.ROW
        self._skips[skip] += 1
        return RecordKind.SKIPPED

    def _skip(self, number: int, cells: Sequence[str]) -> Skip | None:
        if is_blank(cells):
            return Skip.BLANK
        if number < self._layout.number:
            return Skip.ABOVE_HEADER
        if _folded(cells[:1]) == self._header[:1] and _folded(cells) == self._header:
            return Skip.REPEATED_HEADER
        return Skip.TOTAL if _is_total(cells) else None


def _is_total(cells: Sequence[str]) -> bool:
    first = next(cell for cell in cells if cell.strip())
    return _TOTAL.match(first) is not None and not any("@" in cell or is_uuid(cell.strip()) for cell in cells)


def _folded(cells: Sequence[str]) -> Sequence[str]:
    """Return cells without what makes no difference between a header and its repetition."""
    folded = [" ".join(cell.split()).casefold() for cell in cells]
    while folded and not folded[-1]:
        folded.pop()
    return folded
