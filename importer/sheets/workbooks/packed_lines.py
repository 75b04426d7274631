"""Lines of a sheet in little room: some at a time, as Python's marshal writes them.

They are read by the same interpreter that wrote them, many times faster than anything else.
"""

from __future__ import annotations

import itertools
import marshal
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from importer.sheets.cells import is_blank
from importer.sheets.workbooks.book import TEXTS, Line, LineColumns, Merge, without_end
from importer.sheets.workbooks.packed_columns import MARSHAL_VERSION, PackedColumns, packed_columns
from importer.sheets.workbooks.tagged_cells import PLAIN, letters, tagged, untagged

Entry = tuple[int, int, tuple[Any, ...]]
"""A line as marshal knows it: its number, flags, and its cells; behind them the merged areas that it is in, if any."""

_LINES_IN_BLOCK: Final = 256
_BLOCK_BYTES: Final = 1024 * 1024
_LONGEST_LINE: Final = 16 * 1024**2
_FEWEST_FOR_COLUMNS: Final = 8
_MOST_ROOM: Final = 2
"""How many times more cells columns may have than their lines."""
_HIDDEN: Final = 1
_TAGGED: Final = 2
_TEXT: Final = 4
_MERGED: Final = 8


@dataclass(slots=True)
class Facts:
    """What is known of lines that were written.

    Attributes:
        lines: The number of the last line that holds something.
        width: How many cells the widest line has.
        bottom: The last cell of the last line in which something is seen: its line, and its position from 1.
        furthest: The last cell of the widest line, in the same way; a cell of white space alone has no size.
        used: Cells that hold something.
        hidden: Lines that hold something and are hidden.
    """

    lines: int = 0
    width: int = 0
    bottom: tuple[int, int] = (0, 0)
    furthest: tuple[int, int] = (0, 0)
    used: int = 0
    hidden: int = 0


class PackedLines:
    """Lines that are kept in memory in little room, for a reader that meets all the sheets of a file in one go."""

    def __init__(self) -> None:
        self._facts = Facts()
        self._blocks: list[bytes] = []
        self._waiting: list[Line] = []

    def __iter__(self) -> Iterator[Line]:
        self._pack()
        for data in self._blocks:
            yield from unpacked(data)

    @property
    def count(self) -> int:
        """The number of the last line that holds something."""
        self._pack()
        return self._facts.lines

    def append(self, line: Line) -> None:
        """Add a line."""
        self._waiting.append(line)
        if len(self._waiting) == _LINES_IN_BLOCK:
            self._pack()

    def _pack(self) -> None:
        self._blocks += packed_blocks(self._waiting, self._facts)
        self._waiting = []


def packed_blocks(pieces: Iterable[Line | LineColumns], facts: Facts) -> Iterator[bytes]:
    """Yield lines as marshal writes them, some at a time, and note what there is to know of them.

    Raises:
        MemoryError: A line is longer than any that is worth its memory.
    """
    waiting: list[Line] = []
    room = _BLOCK_BYTES
    for piece in pieces:
        if isinstance(piece, LineColumns):
            yield from _packed(waiting, facts)
            yield _packed_columns(piece, facts)
            waiting, room = [], _BLOCK_BYTES
            continue
        if piece.cells.count(None) == len(piece.cells):
            continue
        size = _size(piece)
        if size > _LONGEST_LINE:
            raise MemoryError
        waiting.append(piece)
        room -= size
        if len(waiting) == _LINES_IN_BLOCK or room < 0:
            yield from _packed(waiting, facts)
            waiting, room = [], _BLOCK_BYTES
    yield from _packed(waiting, facts)


def _packed_columns(lines: LineColumns, facts: Facts) -> bytes:
    return marshal.dumps(packed_columns(_noted(lines, facts)), MARSHAL_VERSION)


def _packed(lines: Sequence[Line], facts: Facts) -> Iterator[bytes]:
    """Yield lines that hold something as marshal writes them, if there are any."""
    columns = _by_columns(lines)
    if columns is not None:
        yield _packed_columns(columns, facts)
    elif lines:
        yield marshal.dumps([_entry(line, facts) for line in lines], MARSHAL_VERSION)


def _by_columns(lines: Sequence[Line]) -> LineColumns | None:
    """Return lines column by column; None where they are few, ragged or merged, or where one is missing."""
    numbers = [line.number for line in lines]
    if len(lines) < _FEWEST_FOR_COLUMNS or numbers != list(range(numbers[0], numbers[0] + len(lines))):
        return None
    widths = [len(line.cells) for line in lines]
    if max(widths) * len(lines) > _MOST_ROOM * sum(widths) or any(line.merged for line in lines):
        return None
    columns = list(itertools.zip_longest(*[line.cells for line in lines]))
    return LineColumns(numbers[0], columns, [line.number for line in lines if line.hidden])


def unpacked(data: bytes) -> Iterator[Line]:
    """Yield the lines of a packed block."""
    block = unpacked_block(data)
    yield from block.lines() if isinstance(block, PackedColumns) else block


def unpacked_block(data: bytes) -> PackedColumns | Iterator[Line]:
    """Return what was packed: lines that are column by column still are."""
    block = marshal.loads(data)  # noqa: S302 - what this module wrote
    return PackedColumns(*block) if isinstance(block, tuple) else _unpacked_lines(block)


def _unpacked_lines(block: Iterable[Entry]) -> Iterator[Line]:
    for number, flags, cells in block:
        line_cells, merged = (cells[:-1], [Merge(*merge) for merge in cells[-1]]) if flags & _MERGED else (cells, ())
        if flags & _TAGGED:
            line_cells = untagged(line_cells)
        yield Line(number, line_cells, bool(flags & _HIDDEN), bool(flags & _TEXT), tuple(merged))


def _size(line: Line) -> int:
    """Return how much text there is in a line."""
    size = sum([len(cell) for cell in line.cells if cell.__class__ is str])
    return size + sum([letters(cell) for cell in line.cells if cell.__class__ not in PLAIN])


def _is_seen(cell: object) -> bool:
    """Return whether a packed cell is more than white space."""
    return (isinstance(cell, str) and cell[:1].isalnum()) or not is_blank((cell,))


def _noted(lines: LineColumns, facts: Facts) -> LineColumns:
    """Note what there is to know of lines, and return them without columns at the end that hold nothing."""
    empty = [column.count(None) for column in lines.columns]
    count = len(lines.columns[0])
    width = max(at for at, blanks in enumerate(empty, start=1) if blanks < count)
    facts.lines = lines.last
    facts.used += sum(count - blanks for blanks in empty)
    facts.hidden += len(lines.hidden)
    facts.width = max(facts.width, width)
    for number in range(lines.last, lines.first - 1, -1):
        end = _seen_to([column[number - lines.first] for column in lines.columns])
        if end:
            facts.bottom = number, end
            break
    for end in range(width, facts.furthest[1], -1):
        seen_in = next((at for at, cell in enumerate(lines.columns[end - 1], lines.first) if _is_seen(cell)), 0)
        if seen_in:
            facts.furthest = seen_in, end
            break
    return lines._replace(columns=lines.columns[:width])


def _seen_to(cells: Sequence[object]) -> int:
    """Return how many cells there are up to the last one in which something is seen."""
    return next((end for end in range(len(cells), 0, -1) if _is_seen(cells[end - 1])), 0)


def _entry(line: Line, facts: Facts) -> Entry:
    cells = without_end(tuple(line.cells))
    end = len(cells)
    flags = _HIDDEN if line.hidden else 0
    kinds = {*map(type, cells)}
    packed_cells: tuple[Any, ...] = cells
    if kinds <= TEXTS:
        flags |= _TEXT
    elif not kinds <= PLAIN:
        flags |= _TAGGED
        packed_cells = tuple(tagged(cell) for cell in packed_cells)
    facts.lines = line.number
    facts.used += end - packed_cells.count(None)
    facts.hidden += line.hidden
    facts.width = max(facts.width, end)
    end = _seen_to(packed_cells)
    if end:
        facts.bottom = line.number, end
        if end > facts.furthest[1]:
            facts.furthest = facts.bottom
    if line.merged:
        flags |= _MERGED
        facts.used -= sum([merge.row < line.number for merge in line.merged])
        packed_cells += (tuple(map(tuple, line.merged)),)
    return line.number, flags, packed_cells
