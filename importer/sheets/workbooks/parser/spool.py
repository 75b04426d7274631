"""The lines of a sheet on their way between two processes: written by the one that parses, read as often as needed.

The file is a series of blocks, each its length (4 bytes, little-endian) and then some packed lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from importer.errors import SourceError
from importer.sheets.limits import Limits
from importer.sheets.source_file import SourceFile
from importer.sheets.workbooks.book import Line, too_large
from importer.sheets.workbooks.packed_lines import Facts, packed_blocks, unpacked

_LENGTH_BYTES: Final = 4


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
        for data in packed_blocks(lines, facts):
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
            yield from unpacked(file.read(int.from_bytes(length, "little")))


@dataclass(frozen=True, slots=True)
class _Guard:
    """Holds what comes out of a workbook to what the workbook is."""

    name: str
    file_bytes: int
    limits: Limits

    def check(self, facts: Facts, spooled: int) -> None:
        limits = self.limits
        if spooled > limits.text_for(self.file_bytes):
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
