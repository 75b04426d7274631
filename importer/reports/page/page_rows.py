"""The rows that a page shows: gathered in one pass, within limits."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Final

from importer.model.rows import Outcome, QuietOutcomes
from importer.model.source import REQUIRED_FIELDS, Field
from importer.model.statuses import CALM
from importer.reports.page.island import island
from importer.reports.saying.figures import counted
from importer.reports.saying.words import as_sentences, changed_fields, told_difference
from importer.sheets.cells import cell_text
from importer.sheets.table import CellValue, Column, PlainRecords, Record

MAX_ROWS: Final = 100_000
MAX_BYTES: Final = 20_000_000
COLUMNS: Final = (
    "row",
    "customer",
    "first",
    "last",
    "email",
    "http",
    "attempts",
    "sent",
    "latency",
    "updated",
    "status",
    "code",
    "message",
    "changed",
    "warnings",
)
"""What each row's JSON holds, in this order; the last five are numbers of texts, since many rows share those.

Behind them stands, in the few rows that have it, what the API holds in place of what was sent.
"""
_WAITING: Final = 200
_PIECE_BYTES: Final = 65_536
"""A piece of the page is a little longer than that: each is in memory several times while it is written."""


Own = tuple[object, ...]
"""What of a row no other row has; the last is what comes behind the texts, "" for nothing."""
Shared = tuple[str, ...]
"""The texts of a row that others may have too."""


@dataclass(slots=True)
class _RowsAsJson:
    """Some rows as JSON, with the texts that they name by number.

    Rows wait until there are many of them: to make JSON of these at once takes half of the time.
    """

    waiting: list[tuple[Own, Shared]] = field(default_factory=list)
    blocks: list[bytes] = field(default_factory=list)
    rows: int = 0
    """How many are in the blocks."""
    texts: dict[str, int] = field(default_factory=dict)
    size: int = 0
    """How many bytes the blocks and the texts have."""

    def add(self, rows: Sequence[tuple[Own, Shared]], *, room: int) -> bool:
        """Take in rows and return True, or return False where they would take more bytes than there is room for."""
        texts = self.texts
        count_before = len(texts)
        size = 1
        for _, shared in rows:
            for text in shared:
                if text not in texts:
                    texts[text] = len(texts)
                    size += len(island(text)) + 1
        block = island(
            [[*own, *map(texts.__getitem__, shared), *filter(None, [held])] for (*own, held), shared in rows]
        )[1:-1]
        size += len(block)
        if size > room:
            while len(texts) > count_before:
                texts.popitem()
            return False
        self.blocks.append(block)
        self.rows += len(rows)
        self.size += size
        return True

    def pieces(self) -> Iterator[bytes]:
        """Yield the part as one JSON object, a block at a time."""
        yield b'{"texts":['
        yield from _joined(map(island, self.texts))
        yield b'],"rows":['
        yield from _joined(self.blocks)
        yield b"]}"


class PageRows:
    """Gathers the rows of a page's table; a row report.

    All rows are shown where they are not too many; otherwise those that need attention, from the first on, as many as
    fit. What is kept of them is the JSON that the page holds, so memory has the same limit as the page.

    Args:
        columns: Where the source has its fields.
        expected: How many rows there will be, as far as it is known.
        max_rows: How many rows are shown at most.
        max_bytes: How many bytes they have at most.
    """

    def __init__(
        self,
        columns: Mapping[Field, Column],
        *,
        expected: int = 0,
        max_rows: int = MAX_ROWS,
        max_bytes: int = MAX_BYTES,
    ) -> None:
        self._positions = [
            columns[required].position if required in columns else sys.maxsize for required in REQUIRED_FIELDS
        ]
        self._max_rows = max_rows
        self._max_bytes = max_bytes
        self._attention = _RowsAsJson()
        self._calm_rows = _RowsAsJson() if expected <= max_rows else None  # they would have to go in any case
        self._full = False
        self._rows = 0
        self._needing = 0

    def take(self, record: Record, outcome: Outcome | None) -> None:
        """Take in a row that the run has taken up, as far as the limits allow; leave out what is no such row."""
        if outcome is None:
            return
        self._rows += 1
        if outcome.status not in CALM:
            self._needing += 1
            part = self._attention
            if self._full:
                return
        elif self._calm_rows is None:
            return
        else:
            part = self._calm_rows
        part.waiting.append((self._own(record.cells, outcome), _shared(outcome)))
        if len(part.waiting) >= _WAITING:
            self._settle(part)

    def take_many(self, records: PlainRecords, outcomes: QuietOutcomes | None) -> None:
        """Take in rows that need no attention, as far as the limits allow; leave out what are no rows."""
        if outcomes is None:
            return
        self._rows += len(outcomes)
        part = self._calm_rows
        if part is not None:
            part.waiting += zip(self._own_of(records, outcomes), _shared_of(outcomes), strict=True)
        while self._calm_rows is not None and len(self._calm_rows.waiting) >= _WAITING:
            self._settle(self._calm_rows)

    def pieces(self) -> Iterator[bytes]:
        """Yield the rows as JSON for the page, a block at a time: the columns, and parts with texts of their own."""
        self._settle_all()
        yield b'{"columns":' + island(COLUMNS) + b',"parts":['
        yield from self._attention.pieces()
        if self._calm_rows is not None:
            yield b","
            yield from self._calm_rows.pieces()
        yield b"]}"

    @property
    def needing_attention(self) -> int:
        """How many rows need attention, shown or not."""
        return self._needing

    def left_out(self, annotated: str) -> str:
        """Return what the page does not show, in a sentence; "" where it shows every row.

        Args:
            annotated: The name of the file that has all rows.
        """
        self._settle_all()
        shown = self._attention.rows
        if self._calm_rows is not None:
            return ""
        if shown < self._needing:
            sentence = f"The page shows the first {shown:,} of {self._needing:,} rows that need attention"
        elif shown:
            sentence = (
                f"Of {counted(self._rows, 'row')}, the page shows the {shown:,} that need{'s' * (shown == 1)} attention"
            )
        else:
            sentence = (
                f"None of the {counted(self._rows, 'row')} needs attention, and they are too many to be shown here"
            )
        return f"{sentence}; all are in {annotated}."

    def _settle_all(self) -> None:
        self._settle(self._attention)
        if self._calm_rows is not None:
            self._settle(self._calm_rows)

    def _settle(self, part: _RowsAsJson) -> None:
        """Take the first rows of a part that wait, as far as the limits allow."""
        waiting, part.waiting = part.waiting[:_WAITING], part.waiting[_WAITING:]
        if not waiting or self._add(part, waiting):
            return
        if part is self._calm_rows:
            self._calm_rows = None
            return
        self._calm_rows = None  # they make room
        self._full = not self._add(part, waiting) and not all(self._add(part, [row]) for row in waiting)

    def _add(self, part: _RowsAsJson, added: Sequence[tuple[Own, Shared]]) -> bool:
        """Take rows into a part and return True, or return False where that would be too much."""
        rows, size = self._attention.rows, self._attention.size
        if self._calm_rows is not None:
            rows, size = rows + self._calm_rows.rows, size + self._calm_rows.size
        return rows + len(added) <= self._max_rows and part.add(added, room=self._max_bytes - size)

    def _own(self, cells: Sequence[CellValue], outcome: Outcome) -> Own:
        """Return what no other row has, in the order of `COLUMNS`."""
        width = len(cells)
        values = [cells[at] if at < width else None for at in self._positions]
        return (
            outcome.row,
            *[value if isinstance(value, str) else cell_text(value) for value in values],
            outcome.http_status,
            outcome.attempts,
            _ms(outcome.sent_at),
            _tenths_of_ms(outcome.latency_s),
            outcome.updated_at,
            " ".join(map(told_difference, outcome.differences)) if outcome.differences else "",
        )

    def _own_of(self, rows: PlainRecords, outcomes: QuietOutcomes) -> Iterator[Own]:
        """Yield the same of many rows."""
        width, nothing = len(rows.cells[0]), [""] * len(rows)
        values = [[cells[at] for cells in rows.cells] if at < width else nothing for at in self._positions]
        return zip(
            range(rows.first, rows.first + len(rows)),
            *values,
            outcomes.http_statuses,
            outcomes.attempts,
            map(_ms, outcomes.sent_at),
            map(_tenths_of_ms, outcomes.latencies_s),
            outcomes.updated_at,
            nothing,
            strict=True,
        )


def _ms(seconds: float | None) -> int | None:
    return None if seconds is None else int(seconds * 1000)


def _tenths_of_ms(seconds: float | None) -> float | None:
    """Return milliseconds with one digit behind the point; `round` takes ten times as long."""
    return None if seconds is None else int(seconds * 10_000 + 0.5) / 10


def _shared(outcome: Outcome) -> Shared:
    """Return the texts of a row that other rows may have too, in the order of `COLUMNS`."""
    return (
        outcome.status,
        outcome.code,
        as_sentences(outcome.message),
        _told(outcome.changed),
        ", ".join(outcome.warnings) if outcome.warnings else "",
    )


def _shared_of(outcomes: QuietOutcomes) -> Iterator[Shared]:
    """Yield the same of many rows."""
    nothing = [""] * len(outcomes)
    messages = map(as_sentences, outcomes.messages)
    return zip(outcomes.statuses, nothing, messages, map(_told, outcomes.changed), nothing, strict=True)


def _told(changed: Sequence[Field] | None) -> str:
    """Return which values differ from those last confirmed, in words; "" where nobody knows."""
    return "" if changed is None else f"{_fields(tuple(changed))} changed"


_fields: Final = cache(changed_fields)


def _joined(items: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the items with commas between them, many at a time where they are short."""
    piece: list[bytes] = []
    size = 0
    for item in items:
        piece.append(item)
        size += len(item)
        if size > _PIECE_BYTES:
            yield b",".join(piece)
            piece, size = [b""], 0  # a comma comes before what follows
    yield b",".join(piece)
