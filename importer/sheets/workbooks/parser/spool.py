"""The lines of a sheet on their way between two processes: written by the one that parses, read as often as needed.

The file is a series of blocks, each its length (4 bytes, little-endian) and then some lines as Python's marshal writes
them: it is read by the same interpreter that wrote it, and is many times faster than anything else. What marshal does
not know is a tuple that begins with a word.
"""

from __future__ import annotations

import datetime as dt
import marshal
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from importer.errors import SourceError
from importer.sheets.source_file import SourceFile
from importer.sheets.table import CellError
from importer.sheets.workbooks.book import Line, LineCell, Uncomputed, too_large
from importer.sheets.workbooks.package.archive import Limits

Entry = tuple[int, int, tuple[Any, ...]]
"""A line as marshal knows it: its number, flags, and its cells."""

_LINES_IN_BLOCK: Final = 256
_BLOCK_BYTES: Final = 1024 * 1024
_LENGTH_BYTES: Final = 4
_LONGEST_LINE: Final = 16 * 1024**2
_VERSION: Final = 2
"""Of marshal's forms the last in which text that is there twice is written twice: so the file's size is a measure of
all the text, and a string of a workbook that is used a million times does not come through."""
_HIDDEN: Final = 1
_TAGGED: Final = 2
_TEXT: Final = 4

_FROM_WORD: Final[Mapping[str, Callable[..., LineCell]]] = {
    "datetime": dt.datetime.fromisoformat,
    "date": dt.date.fromisoformat,
    "time": dt.time.fromisoformat,
    "timedelta": dt.timedelta,
    "error": CellError,
    "uncomputed": lambda: Uncomputed.FORMULA,
}


@dataclass(slots=True)
class Facts:
    """What is known of lines that were written.

    Attributes:
        lines: The number of the last line that holds something.
        width: How many cells the widest line has.
        used: Cells that hold something.
        hidden: Lines that hold something and are hidden.
    """

    lines: int = 0
    width: int = 0
    used: int = 0
    hidden: int = 0


def write_spool(path: Path, lines: Iterable[Line], *, file: SourceFile, where: str, limits: Limits) -> Facts:
    """Write the lines of a sheet into a new file.

    Args:
        path: Where to; it must not be there.
        lines: Those that hold something.
        file: The workbook: what comes out of it is held to its size.
        where: What messages call the sheet, as a sentence begins.
        limits: What it is held to.

    Raises:
        SourceError: More comes out than a workbook of that size holds, or cells lie too far apart.
        OSError: The file cannot be written.
    """
    facts = Facts()
    guard = _Guard(file.name, file.path.stat().st_size, limits)
    with path.open("xb") as spool:
        for data in _blocks(lines, facts):
            spool.write(len(data).to_bytes(_LENGTH_BYTES, "little"))
            spool.write(data)
            guard.check(facts, spool.tell())
    guard.check_shape(facts, where)
    return facts


def read_spool(path: Path) -> Iterator[Line]:
    """Yield the lines that were written.

    Raises:
        OSError: The file cannot be read.
    """
    with path.open("rb") as file:
        while length := file.read(_LENGTH_BYTES):
            yield from _unpacked(file.read(int.from_bytes(length, "little")))


class PackedLines:
    """Lines that are kept in memory in little room, for a reader that meets all the sheets of a file in one go."""

    def __init__(self) -> None:
        self._facts = Facts()
        self._blocks: list[bytes] = []
        self._some: list[Line] = []

    def __iter__(self) -> Iterator[Line]:
        self._pack()
        for data in self._blocks:
            yield from _unpacked(data)

    @property
    def count(self) -> int:
        """The number of the last line that holds something."""
        self._pack()
        return self._facts.lines

    def append(self, line: Line) -> None:
        """Add a line."""
        self._some.append(line)
        if len(self._some) == _LINES_IN_BLOCK:
            self._pack()

    def _pack(self) -> None:
        self._blocks += _blocks(self._some, self._facts)
        self._some = []


def _blocks(lines: Iterable[Line], facts: Facts) -> Iterator[bytes]:
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
        if size > _LONGEST_LINE:
            raise MemoryError
        block.append(entry)
        room -= size
        if len(block) == _LINES_IN_BLOCK or room < 0:
            yield marshal.dumps(block, _VERSION)
            block, room = [], _BLOCK_BYTES
    if block:
        yield marshal.dumps(block, _VERSION)


def _unpacked(data: bytes) -> Iterator[Line]:
    for number, flags, cells in marshal.loads(data):  # noqa: S302 - what this module wrote
        kept = _untagged(cells) if flags & _TAGGED else cells
        yield Line(number, kept, bool(flags & _HIDDEN), bool(flags & _TEXT))


@dataclass(frozen=True, slots=True)
class _Guard:
    """Holds what comes out of a workbook to what the workbook is."""

    name: str
    file_bytes: int
    limits: Limits

    def check(self, facts: Facts, spooled: int) -> None:
        limits = self.limits
        if spooled > max(limits.free_text_bytes, limits.max_ratio * self.file_bytes):
            why = f"its cells hold more than {limits.max_ratio} times as much as the file"
            raise too_large(self.name, why, limits.setting("max_ratio"))
        if facts.used > max(limits.free_cells, self.file_bytes):
            raise too_large(self.name, "nearly all of its cells repeat one another, as those of no table do")

    def check_shape(self, facts: Facts, where: str) -> None:
        area = facts.lines * facts.width
        if area > self.limits.sparse_area and area > self.limits.max_gaps * facts.used:
            raise SourceError(
                f"{where} is not read: the cells in use lie so far apart that {area:,} cells lie between them, nearly "
                "all of them empty.",
                code="workbook_too_large",
                hint="Delete what is far to the right of the table or far below it, or copy the table into a new "
                "workbook.",
            )


def _entry(line: Line, facts: Facts) -> Entry | None:
    cells = line.cells
    end = len(cells)
    while end and cells[end - 1] is None:
        end -= 1
    if not end:
        return None
    flags = _HIDDEN if line.hidden else 0
    kinds = {*map(type, cells)}
    kept: tuple[Any, ...] = tuple(cells[:end])
    if kinds <= _TEXTS:
        flags |= _TEXT
    elif not kinds <= _PLAIN:
        flags |= _TAGGED
        kept = tuple(_tagged(cell) for cell in kept)
    facts.lines = line.number
    facts.used += end - kept.count(None)
    facts.hidden += line.hidden
    facts.width = max(facts.width, end)
    return line.number, flags, kept


_TEXTS: Final = frozenset({str, type(None)})
_PLAIN: Final = frozenset({str, type(None), int, float, bool})


def _tagged(cell: LineCell) -> object:
    match cell:
        case dt.datetime() | dt.date() | dt.time():
            return (type(cell).__name__, cell.isoformat())
        case dt.timedelta():
            return ("timedelta", cell.days, cell.seconds, cell.microseconds)
        case CellError(code):
            return ("error", code)
        case Uncomputed():
            return ("uncomputed",)
        case _:
            return cell


def _untagged(cells: Sequence[Any]) -> tuple[LineCell, ...]:
    return tuple(_FROM_WORD[cell[0]](*cell[1:]) if cell.__class__ is tuple else cell for cell in cells)
