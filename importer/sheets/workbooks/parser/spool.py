"""The lines of a sheet on their way between two processes: written by the one that parses, read as often as needed.

The file is a series of blocks, each its length (4 bytes, little-endian) and then some packed lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from importer.errors import SourceError
from importer.sheets.limits import Limits
from importer.sheets.source_file import SourceFile
from importer.sheets.workbooks.areas import cell_name
from importer.sheets.workbooks.book import Line, LineColumns, too_large
from importer.sheets.workbooks.packed_columns import PackedColumns
from importer.sheets.workbooks.packed_lines import Facts, packed_blocks, unpacked_block

_LENGTH_BYTES: Final = 4


def write_spool(
    path: Path,
    lines: Iterable[Line | LineColumns],
    *,
    file: SourceFile,
    where: str,
    limits: Limits,
    keeps_blank: bool = False,
) -> Facts:
    """Write the lines of a sheet into a new file, and return what is known of them.

    Cells of white space alone have no size: lines and columns that hold nothing else do not count behind all others.

    Args:
        path: Where to; it must not be there.
        lines: Those that hold something, also some at a time.
        file: The workbook: what comes out of it is held to its size.
        where: What messages call the sheet, as a sentence begins.
        limits: What it is held to.
        keeps_blank: They count, unless they lie too far away.

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
    seen = replace(facts, lines=facts.bottom[0], width=facts.furthest[1])
    if keeps_blank and not guard.is_sparse(facts):
        return facts
    guard.check_shape(seen, where)
    return seen


def within(lines: Iterable[Line], count: int, width: int) -> Iterator[Line]:
    """Yield lines up to one, and of each no more cells than the width."""
    for line in lines:
        if line.number > count:
            return
        yield line._replace(cells=line.cells[:width]) if len(line.cells) > width else line


def read_spool(path: Path) -> Iterator[Line]:
    """Yield the lines that were written; raise as `read_blocks` does."""
    for block in read_blocks(path):
        yield from block.lines() if isinstance(block, PackedColumns) else block


def read_blocks(path: Path) -> Iterator[PackedColumns | Iterator[Line]]:
    """Yield the lines that were written some at a time, those that were column by column so.

    Raises:
        OSError: The file cannot be read.
    """
    with path.open("rb") as file:
        while length := file.read(_LENGTH_BYTES):
            yield unpacked_block(file.read(int.from_bytes(length, "little")))


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

    def is_sparse(self, facts: Facts) -> bool:
        area = facts.lines * facts.width
        return area > self.limits.sparse_area and area > self.limits.max_gaps * facts.used

    def check_shape(self, facts: Facts, where: str) -> None:
        if self.is_sparse(facts):
            far = self._far_cells(facts)
            raise SourceError(
                f"{where} is not read: the cells in use lie so far apart that {facts.lines * facts.width:,} cells lie"
                f" between them, nearly all of them empty. Far from the others {'is' if len(far) == 1 else 'are'}"
                f" {' and '.join(far)}.",
                code="workbook_too_large",
                hint=f"Delete what is in {' and '.join(far)}, and whatever else is far to the right of the table or far"
                " below it, or copy the table into a new workbook.",
            )

    def _far_cells(self, facts: Facts) -> list[str]:
        """Return the names of the cells that make the sheet so large: in its last line, in its last column, or both."""
        is_low, is_wide = facts.lines > facts.used, facts.width > self.limits.max_gaps
        cells = [facts.furthest] if is_wide or not is_low else []
        cells += [facts.bottom] if is_low or not is_wide else []
        return [cell_name(line, position - 1) for line, position in dict.fromkeys(cells)]
