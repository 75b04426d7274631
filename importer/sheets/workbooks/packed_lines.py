"""Lines of a sheet in little room: some at a time, as Python's marshal writes them.

They are read by the same interpreter that wrote them, many times faster than anything else. What marshal does not know
is a tuple that begins with a word.
"""

from __future__ import annotations

import datetime as dt
import marshal
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from importer.sheets.cells import is_blank
from importer.sheets.shown_dates import number_format_of, shown
from importer.sheets.table import CellError
from importer.sheets.workbooks.book import Doubt, Doubtful, Line, LineCell, Merge, Uncomputed, stored

Entry = tuple[int, int, tuple[Any, ...]]
"""A line as marshal knows it: its number, flags, and its cells; behind them the merged areas that it is in, if any."""

_LINES_IN_BLOCK: Final = 256
_BLOCK_BYTES: Final = 1024 * 1024
_LONGEST_LINE: Final = 16 * 1024**2
_VERSION: Final = 2
"""Of marshal's forms the last in which text that is there twice is written twice: so the file's size is a measure of
all the text, and a string of a workbook that is used a million times does not come through."""
_HIDDEN: Final = 1
_TAGGED: Final = 2
_TEXT: Final = 4
_MERGED: Final = 8

_FROM_WORD: Final[Mapping[str, Callable[..., LineCell]]] = {
    "datetime": lambda text, code: shown(dt.datetime.fromisoformat(text), code),
    "date": lambda text, code: shown(dt.date.fromisoformat(text), code),
    "time": lambda text, code: shown(dt.time.fromisoformat(text), code),
    "timedelta": lambda days, s, us, code: shown(dt.timedelta(days, s, us), code),
    "error": CellError,
    "uncomputed": lambda: Uncomputed.FORMULA,
    "doubtful": lambda value, why: Doubtful(stored(_untagged((value,))[0]), Doubt(why)),
}


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


def packed_blocks(lines: Iterable[Line], facts: Facts) -> Iterator[bytes]:
    """Yield lines as marshal writes them, some at a time, and note what there is to know of them.

    Raises:
        MemoryError: A line is longer than any that is worth its memory.
    """
    block: list[Entry] = []
    room = _BLOCK_BYTES
    for line in lines:
        entry = _entry(line, facts)
        if entry is None:
            continue
        size = sum([len(cell) for cell in entry[2] if cell.__class__ is str])
        if entry[1] & _TAGGED:
            size += sum([_letters(cell) for cell in entry[2] if cell.__class__ is tuple])
        if size > _LONGEST_LINE:
            raise MemoryError
        block.append(entry)
        room -= size
        if len(block) == _LINES_IN_BLOCK or room < 0:
            yield marshal.dumps(block, _VERSION)
            block, room = [], _BLOCK_BYTES
    if block:
        yield marshal.dumps(block, _VERSION)


def unpacked(data: bytes) -> Iterator[Line]:
    """Yield the lines of a packed block."""
    for number, flags, cells in marshal.loads(data):  # noqa: S302 - what this module wrote
        line_cells, merged = (cells[:-1], [Merge(*merge) for merge in cells[-1]]) if flags & _MERGED else (cells, ())
        if flags & _TAGGED:
            line_cells = _untagged(line_cells)
        yield Line(number, line_cells, bool(flags & _HIDDEN), bool(flags & _TEXT), tuple(merged))


def _is_seen(cell: object) -> bool:
    """Return whether a packed cell is more than white space."""
    return (isinstance(cell, str) and cell[:1].isalnum()) or not is_blank((cell,))


def _entry(line: Line, facts: Facts) -> Entry | None:
    cells = line.cells
    end = len(cells)
    while end and cells[end - 1] is None:
        end -= 1
    if not end:
        return None
    flags = _HIDDEN if line.hidden else 0
    kinds = {*map(type, cells)}
    packed_cells: tuple[Any, ...] = tuple(cells[:end])
    if kinds <= _TEXTS:
        flags |= _TEXT
    elif not kinds <= _PLAIN:
        flags |= _TAGGED
        packed_cells = tuple(_tagged(cell) for cell in packed_cells)
    facts.lines = line.number
    facts.used += end - packed_cells.count(None)
    facts.hidden += line.hidden
    facts.width = max(facts.width, end)
    while end and not _is_seen(packed_cells[end - 1]):
        end -= 1
    if end:
        facts.bottom = line.number, end
        if end > facts.furthest[1]:
            facts.furthest = facts.bottom
    if line.merged:
        flags |= _MERGED
        facts.used -= sum([merge.row < line.number for merge in line.merged])
        packed_cells += (tuple(map(tuple, line.merged)),)
    return line.number, flags, packed_cells


_DATES: Final = frozenset({"datetime", "date", "time", "timedelta"})
_TEXTS: Final = frozenset({str, type(None)})
_PLAIN: Final = frozenset({str, type(None), int, float, bool})


def _tagged(cell: LineCell) -> object:
    match cell:
        case dt.datetime() | dt.date() | dt.time():
            word = next(kind.__name__ for kind in (dt.datetime, dt.date, dt.time) if isinstance(cell, kind))
            return (word, cell.isoformat(), number_format_of(cell))
        case dt.timedelta():
            return ("timedelta", cell.days, cell.seconds, cell.microseconds, number_format_of(cell))
        case CellError(code):
            return ("error", code)
        case Doubtful(value, why):
            return ("doubtful", _tagged(value), why.value)
        case Uncomputed():
            return ("uncomputed",)
        case _:
            return cell


def _letters(tagged: tuple[Any, ...]) -> int:
    if tagged[0] in _DATES:
        return len(tagged[-1])
    return len(tagged[1]) if tagged[0] == "doubtful" and tagged[1].__class__ is str else 0


def _untagged(cells: Sequence[Any]) -> tuple[LineCell, ...]:
    return tuple(_FROM_WORD[cell[0]](*cell[1:]) if cell.__class__ is tuple else cell for cell in cells)
