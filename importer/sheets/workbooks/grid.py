"""The lines of one sheet, parsed: they are in a file of our own, and read from there as often as needed."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from importer.model.source import Detected
from importer.sheets.source_file import SourceFile
from importer.sheets.workbooks.areas import Area
from importer.sheets.workbooks.book import Line, with_blanks
from importer.sheets.workbooks.parser.spool import read_spool


@dataclass(frozen=True, slots=True)
class Grid:
    """A sheet's lines, and what is known of them.

    Attributes:
        format: What the file is.
        sheet: The sheet's name; None where the format has none, or the workbook has no visible sheet.
        where: The sheet for messages, as a sentence begins.
        width: How many cells the widest line has.
        notes: What a person should know of how it was read.
        spool: The file with the lines.
        file: The workbook.
        part: Which part of the workbook the sheet is, for formats that have parts and can be written; "" for others.
        merged: Areas whose cells are one: what is stored in any but the first of them nobody sees.
    """

    format: str
    sheet: str | None
    where: str
    width: int
    notes: Sequence[str]
    spool: Path
    file: SourceFile
    part: str = ""
    merged: Sequence[Area] = ()

    @property
    def detected(self) -> Detected:
        """What was found out about the file."""
        return Detected(format=self.format, container=self.file.container, notes=tuple(self.notes))

    def lines(self) -> Iterator[Line]:
        """Yield every line up to the last that holds something, blank ones too, in flat memory.

        Raises:
            OSError: The file with the lines cannot be read.
        """
        lines = read_spool(self.spool)
        return with_blanks(_unmerged(lines, self.merged, self.width) if self.merged else lines)


def _unmerged(lines: Iterable[Line], merged: Iterable[Area], width: int) -> Iterator[Line]:
    """Yield lines without what is stored in merged areas beside their first cells.

    An area that begins inside of another one is none.
    """
    coming = iter(
        sorted(merged, key=lambda area: (area.first_row, area.first_column, -area.last_row, -area.last_column))
    )
    area = next(coming, None)
    until: dict[int, int] = {}  # for each column, the last line of what is merged there
    for line in lines:
        first: set[int] = set()
        while area is not None and area.first_row <= line.number:
            if until.get(area.first_column, 0) < area.first_row:
                until.update(dict.fromkeys(range(area.first_column, min(area.last_column + 1, width)), area.last_row))
                if area.first_row == line.number:
                    first.add(area.first_column)
            area = next(coming, None)
        yield _without_covered(line, until, first) if until else line


def _without_covered(line: Line, until: Mapping[int, int], first: Container[int]) -> Line:
    cells = [
        None if until.get(at, 0) >= line.number and at not in first else cell for at, cell in enumerate(line.cells)
    ]
    while cells and cells[-1] is None:
        cells.pop()
    return line._replace(cells=cells)
