"""Lines of a sheet in little room, column by column: a column that nobody asks for stays packed."""

from __future__ import annotations

import marshal
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from importer.sheets.table import CellValue
from importer.sheets.workbooks.book import TEXTS, Doubtful, Line, LineCell, LineColumns, Uncomputed, stored, without_end
from importer.sheets.workbooks.tagged_cells import PLAIN, tagged, untagged

MARSHAL_VERSION: Final = 2
"""Of marshal's forms the last in which text that is there twice is written twice: so the file's size is a measure of
all the text, and a string of a workbook that is used a million times does not come through."""
_TEXT: Final = 1
_TAGGED: Final = 2
_SEEN_OTHERWISE: Final = 3
"""Tagged, and some of it is not simply what is stored."""
Packed = tuple[int, int, tuple[int, ...], tuple[tuple[int, bytes], ...]]
"""As marshal knows it: the first line, the last one, the hidden ones, and for each column flags and its cells."""


@dataclass(frozen=True, slots=True)
class PackedColumns:
    """Lines without a gap between them, packed column by column.

    Attributes:
        first: The number of the first one.
        last: That of the last one.
        hidden: The numbers of those that a filter or a person hides.
        packed: For each column flags and its cells.
        left_out: How many cells at the beginning of each are those of lines before the first one.
    """

    first: int
    last: int
    hidden: tuple[int, ...]
    packed: tuple[tuple[int, bytes], ...]
    left_out: int = 0

    @property
    def width(self) -> int:
        """How many columns there are."""
        return len(self.packed)

    def is_text(self, at: int) -> bool:
        """Return whether no cell of a column holds anything but text; columns that are not there hold nothing."""
        return at >= len(self.packed) or self.packed[at][0] == _TEXT

    def column(self, at: int) -> Sequence[LineCell]:
        """Return the cells of a column, from 0; of one that is not there, cells that hold nothing."""
        if at >= len(self.packed):
            return [None] * (self.last - self.first + 1)
        flags, data = self.packed[at]
        cells: list[LineCell] = marshal.loads(data)  # noqa: S302 - what this module wrote
        own = cells[self.left_out :] if self.left_out else cells
        return untagged(own) if flags >= _TAGGED else own

    def below(self, number: int) -> PackedColumns:
        """Return the lines below one of them that is not the last."""
        hidden = tuple(line for line in self.hidden if line > number)
        return replace(self, first=number + 1, hidden=hidden, left_out=self.left_out + number + 1 - self.first)

    def text(self, at: int) -> Sequence[str]:
        """Return the cells of a column that `is_text`, "" for those that hold nothing."""
        return [cell or "" for cell in self.column(at)]  # type: ignore[misc]  # it `is_text`

    def stored_lines(self) -> Iterator[tuple[int, tuple[CellValue, ...]]]:
        """Yield the number of each line, and what is stored in its cells."""
        columns = [
            list(map(stored, self.column(at))) if flags == _SEEN_OTHERWISE else self.column(at)
            for at, (flags, _) in enumerate(self.packed)
        ]
        lines = zip(*columns, strict=True)
        return enumerate(map(without_end, lines) if None in columns[-1] else lines, self.first)

    def lines(self) -> Iterator[Line]:
        """Yield the lines one by one."""
        return LineColumns(self.first, list(map(self.column, range(self.width))), self.hidden).lines()


def packed_columns(lines: LineColumns) -> Packed:
    """Return lines as marshal knows them, without columns at the end that hold nothing."""
    columns = [_packed_column(column) for column in lines.columns]
    return lines.first, lines.last, tuple(lines.hidden), tuple(columns)


def _packed_column(cells: Sequence[LineCell]) -> tuple[int, bytes]:
    kinds = frozenset(map(type, cells))
    if kinds <= PLAIN:
        return _TEXT if kinds <= TEXTS else 0, marshal.dumps(list(cells), MARSHAL_VERSION)
    different = {id(cell): cell for cell in cells}  # many dates are one object
    made = {key: tagged(cell) for key, cell in different.items()}
    flags = _TAGGED if kinds.isdisjoint({Doubtful, Uncomputed}) else _SEEN_OTHERWISE
    return flags, marshal.dumps([made[id(cell)] for cell in cells], MARSHAL_VERSION)
