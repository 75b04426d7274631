"""The lines of one sheet, parsed: they are in a file of our own, and read from there as often as needed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from importer.model.source import Detected
from importer.sheets.source_file import SourceFile
from importer.sheets.workbooks.areas import Area
from importer.sheets.workbooks.book import Line, with_blanks
from importer.sheets.workbooks.merged_cells import MergedAreas
from importer.sheets.workbooks.packed_columns import PackedColumns
from importer.sheets.workbooks.parser.spool import read_blocks, read_spool, within


@dataclass(frozen=True, slots=True)
class Grid:
    """A sheet's lines, and what is known of them.

    Attributes:
        format: What the file is.
        sheet: The sheet's name; None where the format has none, or the workbook has no visible sheet.
        where: The sheet for messages, as a sentence begins.
        lines_to: The number of the last line that counts.
        width: How many cells of a line count at most.
        notes: What a person should know of how it was read.
        spool: The file with the lines.
        file: The workbook.
        part: Which part of the workbook the sheet is, for formats that have parts and can be written; "" for others.
        merged: The areas whose cells are one, where the lines in the file are not yet as they are seen.
        totals: The areas of table objects whose last line holds totals, as the workbook itself says.
    """

    format: str
    sheet: str | None
    where: str
    lines_to: int
    width: int
    notes: Sequence[str]
    spool: Path
    file: SourceFile
    part: str = ""
    merged: MergedAreas | None = None
    totals: Sequence[Area] = ()

    @property
    def detected(self) -> Detected:
        """What was found out about the file."""
        return Detected(format=self.format, container=self.file.container, notes=tuple(self.notes))

    def lines(self) -> Iterator[Line]:
        """Yield every line up to the last that counts, blank ones too, in flat memory.

        Raises:
            OSError: The file with the lines cannot be read.
            SourceError: More comes out of merged cells than a workbook of that size holds.
        """
        lines = within(read_spool(self.spool), self.lines_to, self.width)
        return with_blanks(self.merged.seen(lines) if self.merged else lines)

    def pieces(self) -> Iterator[Line | PackedColumns]:
        """Yield what `lines` does, and raise as it does; lines of which all are as they are seen column by column."""
        expected = 1
        for block in self._blocks_as_seen():
            if isinstance(block, PackedColumns) and block.last <= self.lines_to and block.width <= self.width:
                yield from (Line(number, (), is_text=True) for number in range(expected, block.first))
                yield block
                expected = block.last + 1
                continue
            lines = block.lines() if isinstance(block, PackedColumns) else block
            for line in with_blanks(within(lines, self.lines_to, self.width), expected):
                yield line
                expected = line.number + 1

    def _blocks_as_seen(self) -> Iterator[PackedColumns | Iterator[Line]]:
        """Yield all lines, those down to the last merged area in one go."""
        blocks = read_blocks(self.spool)
        if self.merged is None:
            yield from blocks
            return
        below: list[PackedColumns] = []
        yield self.merged.seen(within(_lines_down_to(self.merged.last_row, blocks, below), self.lines_to, self.width))
        yield from below
        yield from blocks


def _lines_down_to(
    row: int, blocks: Iterable[PackedColumns | Iterator[Line]], below: list[PackedColumns]
) -> Iterator[Line]:
    """Yield the lines of blocks up to the first that is column by column and below a row; it is put into `below`."""
    for block in blocks:
        if isinstance(block, PackedColumns) and block.first > row:
            below.append(block)
            return
        yield from block.lines() if isinstance(block, PackedColumns) else block
