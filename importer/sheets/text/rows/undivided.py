"""Files of which nearly no record is divided as the header is: they are refused as a whole.

Most often a quotation mark opens and is never closed, or something else than a table stands below it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Final

from importer.errors import SourceError
from importer.model.rows import Issue
from importer.sheets.header.layout import STRAY_QUOTE, WRONG_FIELD_COUNT, Layout, filled
from importer.sheets.text.batches import Batch
from importer.sheets.text.rows.left_out_cells import LeftOutCells

FEWEST: Final = 10_000
"""So many such records at least: fewer are rows, each with its reason, and can be mended one by one."""
MOST_DIVIDED: Final = 0.1
"""At most this part of all records is divided as the header is; with more, the others are rows to fix."""
_BLANK, _STRAY = 0, -1
"""In place of a number of cells."""
_FAULTS: Final = frozenset({STRAY_QUOTE, WRONG_FIELD_COUNT})


class Undivided:
    """Counts the rows of a table of which nobody can tell which cell is which, and refuses a file that is full of them.

    The file is read for it once more, where there are very many: what comes behind them may be sound.

    Args:
        layout: The table's header, understood. An annotated sheet is never refused: its rows were taken in once.
        widths: How many cells a record has that is divided as the header is.
        file: What messages call the file.
        left_out: Which cells a program has left out at the ends of rows.
        batches: Returns all records of the table.
    """

    def __init__(
        self,
        layout: Layout,
        widths: Iterable[int],
        file: str,
        left_out: LeftOutCells,
        batches: Callable[[], Iterable[Batch]],
    ) -> None:
        self._layout = layout
        self._widths = frozenset(widths)
        self._file = file
        self._left_out = left_out
        self._batches = batches
        self._named = filled(layout.header)
        self._trimmed = set(range(1, layout.width)) - self._widths
        self._count = 0
        self._enough: float = float("inf") if layout.is_annotated else FEWEST

    def counted(self, fault: Issue | None) -> Issue | None:
        """Return why a row cannot be read, or None, as it was given; raise `SourceError` where that is enough.

        Args:
            fault: What is wrong with the shape of the next row.

        Raises:
            SourceError: Nearly no record of the file is divided as its header is (`undivided_rows`).
            OSError: The file cannot be read.
        """
        if fault is not None and fault.code in _FAULTS:
            self._count += 1
            if self._count >= self._enough:
                self._enough *= 2  # of many sound records, these few are none to read the file again for
                if self._count > MOST_DIVIDED * (fault.row - self._layout.number):
                    self._enough = float("inf")
                    self._look()
        return fault

    def _look(self) -> None:
        """Go through the file, and refuse it where so few of its records are divided as they should be."""
        found: dict[int, _Records] = {}
        for batch in self._batches():
            start = max(self._layout.number + 1 - batch.first, 0)
            widths = [len(cells) if any(cells) else _BLANK for cells in batch.cells]
            if self._trimmed.intersection(widths):
                widths = list(map(self._untrimmed, count(batch.first), batch.cells, widths))
            for at in batch.stray:
                widths[at] = _STRAY
            for width, of_width in Counter(widths[start:]).items():
                records = found.setdefault(width, _Records(batch.first + widths.index(width, start)))
                records.count += of_width
        found.pop(_BLANK, None)
        divided = sum(found.pop(width, _NONE).count for width in self._widths)
        undivided = sum(records.count for records in found.values())
        if divided <= MOST_DIVIDED * (divided + undivided):
            raise self._refusal(undivided, divided + undivided, found.pop(_STRAY, _NONE), found)

    def _untrimmed(self, number: int, cells: Sequence[str], width: int) -> int:
        """Return how many cells a record has, with those that a program has left out at its end."""
        is_trimmed = width in self._trimmed and (width >= self._named or self._left_out.are_in(number, cells))
        return self._layout.width if is_trimmed else width

    def _refusal(self, undivided: int, rows: int, quotes: _Records, widths: Mapping[int, _Records]) -> SourceError:
        told, hint = [], "Export the file again, or say with --delimiter and --quote how it is written."
        if quotes.count:
            told.append(f"{quotes.told()} a quotation mark that is not where a cell begins or ends")
            hint = (
                f"Put in the quotation mark that is missing in row {quotes.first}, or remove the one that is too many."
                f" If that is not all: {hint[0].lower()}{hint[1:]}"
            )
        if widths:
            width, most = max(widths.items(), key=lambda item: item[1].count)
            told.append(f"{most.told()} {width} cell{'s' * (width != 1)} where the header has {self._layout.width}")
        return SourceError(
            f"In {self._file}, {undivided:,} of {rows:,} rows are not divided as the header is, so it is not certain"
            f" which cell is which: {', and '.join(told)}.",
            code="undivided_rows",
            hint=hint,
        )


@dataclass(slots=True)
class _Records:
    """Records that have the same number of cells, or are stray: the number of the first, and how many they are."""

    first: int
    count: int = 0

    def told(self) -> str:
        """Return which rows they are, as the beginning of what they have."""
        return f"row {self.first} has" if self.count == 1 else f"{self.count:,} rows, from row {self.first} on, have"


_NONE: Final = _Records(0)
