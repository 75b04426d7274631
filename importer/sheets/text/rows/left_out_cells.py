"""Blank cells at the ends of rows that Excel leaves out, sixteen rows at a time.

Excel writes each sixteen rows of a sheet, from the first on, as wide as the widest of them (Microsoft Knowledge Base,
77295): where the last columns are blank in all sixteen, so many delimiters are missing in each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from importer.ids import is_uuid
from importer.model.source import REQUIRED_FIELDS, Field
from importer.sheets.cells import is_blank
from importer.sheets.header.layout import Layout
from importer.sheets.text.batches import TextRecord

_ROWS: Final = 16
_FEWEST: Final = 4
"""So many rows at least are short: one or two may lack a cell in their middle."""
_OF_MANY_WIDTHS: Final = -1
_TARGETS: Final = (Field.GROUP_ID, Field.LINKED_ACCOUNT_ID)


class LeftOutCells:
    """Tells which rows are short since Excel left out blank cells; the file is read for it once, where one is short.

    Args:
        layout: The table's header, understood.
        records: Returns all records of the table.
    """

    def __init__(self, layout: Layout, records: Callable[[], Iterable[TextRecord]]) -> None:
        self._layout = layout
        self._records = records
        self._needed = 1 + max(layout.columns[field].position for field in REQUIRED_FIELDS)
        self._others: Final = [
            at for at in range(layout.width) if at not in {column.position for column in layout.columns.values()}
        ]
        self._targets: Final = [layout.columns[field].position for field in _TARGETS if field in layout.columns]
        self._widths: dict[int, int] | None = None

    def filled_in(self, first: int, rows: Sequence[list[str]]) -> Sequence[list[str]] | None:
        """Return the cells of rows with those that were left out; None where others are missing, or too many there.

        Args:
            first: The number of the first row; the others follow it.
            rows: The cells of each.
        """
        width = self._layout.width
        if {*map(len, rows)} == {width}:
            return rows
        if all(len(cells) == width or self.are_in(number, cells) for number, cells in enumerate(rows, start=first)):
            return [cells if len(cells) == width else [*cells, *[""] * (width - len(cells))] for cells in rows]
        return None

    def are_in(self, number: int, cells: Sequence[str]) -> bool:
        """Return whether nothing but such cells is missing in a row that is short.

        It has all that every customer has, and no id in a column beside the known ones, which might be that of the
        group in the wrong one.

        Args:
            number: The row's number.
            cells: Its cells.
        """
        count = len(cells)
        if not self._needed <= count < self._layout.width:
            return False
        if self._widths is None:
            self._widths = self._found()
        if self._widths.get(_block(number)) != count:
            return False
        return all(at < count for at in self._targets) or not self._has_other_id(cells)

    def _has_other_id(self, cells: Sequence[str]) -> bool:
        return any(is_uuid(cells[at].strip()) for at in self._others if at < len(cells))

    def _found(self) -> dict[int, int]:
        """Return how wide each sixteen rows are that are all short alike; none where that is not the file's way."""
        widths: dict[int, int] = {}
        short_rows = 0
        for record in self._records():
            if not is_blank(record.cells):
                block, width = _block(record.number), _OF_MANY_WIDTHS if record.is_stray else len(record.cells)
                if widths.setdefault(block, width) != width:
                    widths[block] = _OF_MANY_WIDTHS
                short_rows += width < self._layout.width
        header = widths.get(_block(self._layout.number))
        if header != self._layout.width or short_rows < _FEWEST:
            return {}
        return {block: width for block, width in widths.items() if 0 <= width < self._layout.width}


def _block(number: int) -> int:
    return (number - 1) // _ROWS
