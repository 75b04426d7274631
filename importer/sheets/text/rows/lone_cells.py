"""Records of a single cell beside a row: each may be the rest of the row's last cell, or the beginning of its first.

That is what is left of a cell with a line break where a program has not put it into quotation marks. In the middle of a
row both parts are too short to be read; at its edge one of them is a whole row, and what it says is half of what is
meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from importer.model.source import Field
from importer.sheets.cells import is_blank
from importer.sheets.header.asides import is_nobodys
from importer.sheets.header.layout import Layout
from importer.sheets.header.record_kinds import looks_like_total

_NAMES: Final = (Field.FIRST_NAME, Field.LAST_NAME)
_BY_THEIR_FORM: Final = (Field.CUSTOMER_ID, Field.GROUP_ID)
"""Half of one is refused anyway."""
_LETTER: Final = re.compile(r"[^\W\d_]")
_PART_OF_WORD: Final = re.compile(r"[a-z0-9.@_+-]+")
_LONGEST_SEEN: Final = 40
_MOST_SEEN: Final = 1_000


class LoneCells:
    """Collects them, and tells whose cell may be broken there.

    Args:
        layout: The table's header, understood.
    """

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        columns = {field: column for field, column in layout.columns.items() if field not in _BY_THEIR_FORM}
        fields = {column.position: (field, column.header) for field, column in columns.items()}
        edges = ((0, 1), (layout.width - 1, -1))
        self._edges: Final = [(*fields[at], step) for at, step in edges if at in fields and layout.width > 1]
        self._begins: Final = any(step > 0 for *_, step in self._edges)
        """Whether a cell may begin the row below it."""
        self._seen: dict[str, Sequence[tuple[str, int]]] = {}
        self._last = 0
        self._broken: dict[int, str] = {}

    def add(self, number: int, cell: str) -> None:
        """Take in the only cell of a record, which is a row that cannot be read, or no row."""
        before, self._last = self._last, number
        if before == number - 1 and not self._begins:
            return
        self._broken.pop(number, None)
        parted = self._seen.get(cell)
        if parted is None:
            parted = self._remembered(cell)
        for header, step in parted:
            if number + step != before:
                self._broken[number + step] = header

    def _remembered(self, cell: str) -> Sequence[tuple[str, int]]:
        """Return which edge of a row a cell may be a part of, with where that row is; very many are the same."""
        parted = list(self._parted_from(cell))
        if len(cell) <= _LONGEST_SEEN:
            if len(self._seen) >= _MOST_SEEN:
                self._seen.clear()
            self._seen[cell] = parted
        return parted

    def _parted_from(self, cell: str) -> Iterator[tuple[str, int]]:
        if is_blank([cell]) or looks_like_total([cell]) or is_nobodys([cell], self._layout):
            return
        for field, header, step in self._edges:
            if (_LETTER.search(cell) if field in _NAMES else _PART_OF_WORD.fullmatch(cell.strip())) is not None:
                yield header, step

    def broken(self) -> Iterator[tuple[int, str]]:
        """Yield the records whose cell may be broken, if they are rows, with the header of the cell."""
        yield from self._broken.items()
