"""Records of a single cell beside a row: each may be the rest of the row's last cell, or the beginning of its first.

That is what is left of a cell with a line break where a program has not put it into quotation marks. In the middle of a
row both parts are too short to be read; at its edge one of them is a whole row, and what it says is half of what is
meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
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
        self._broken: dict[int, str] = {}

    def add(self, number: int, cell: str) -> None:
        """Take in the only cell of a record, which is a row that cannot be read, or no row."""
        if not self._edges or is_blank([cell]) or looks_like_total([cell]) or is_nobodys([cell], self._layout):
            return
        for field, header, step in self._edges:
            if (_LETTER.search(cell) if field in _NAMES else _PART_OF_WORD.fullmatch(cell.strip())) is not None:
                self._broken[number + step] = header

    def broken(self) -> Iterator[tuple[int, str]]:
        """Yield the records whose cell may be broken, if they are rows, with the header of the cell."""
        yield from self._broken.items()
