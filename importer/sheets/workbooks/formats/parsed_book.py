"""A workbook that is one text with all the sheets in it, and is parsed in one go."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from importer.sheets.workbooks.areas import Area
from importer.sheets.workbooks.book import Line, SheetName
from importer.sheets.workbooks.packed_lines import PackedLines


@dataclass(frozen=True, slots=True)
class ParsedSheet:
    """A sheet with its lines, such as they are seen where cells are merged."""

    name: SheetName
    packed: PackedLines


@dataclass(frozen=True, slots=True)
class ParsedBook:
    """All the sheets of a file.

    Attributes:
        format: What the file is.
        parsed: Its sheets, in their order.
        notes: What a person should know of how it was read.
    """

    format: str
    parsed: Sequence[ParsedSheet]
    notes: Sequence[str] = field(default=())

    @property
    def sheets(self) -> Sequence[SheetName]:
        """The sheets' names, in their order."""
        return [sheet.name for sheet in self.parsed]

    def lines(self, at: int) -> Iterator[Line]:
        """Yield the lines of a sheet."""
        return iter(self.parsed[at].packed)

    def part(self, at: int) -> str:  # noqa: ARG002 - the signature of the port
        """Return nothing: all the sheets are in one text."""
        return ""

    def totals(self, at: int) -> Sequence[Area]:  # noqa: ARG002 - the signature of the port
        """Return nothing: such a file says nothing of totals."""
        return ()

    def merged(self) -> Sequence[Area]:
        """Return nothing: the parser has given the lines as they are seen."""
        return ()
