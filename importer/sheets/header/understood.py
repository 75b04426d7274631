"""What every table whose header is understood says of itself, whatever file it came from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from importer.model.source import Field, Skip
from importer.sheets.header.layout import Layout
from importer.sheets.table import AtEnd, Column


class UnderstoodTable:
    """The half of `importer.sheets.table.Table` that follows from the header.

    Args:
        layout: The header, understood.
    """

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self.at_end = AtEnd()

    @property
    def layout(self) -> Layout:
        """The header, understood."""
        return self._layout

    @property
    def columns(self) -> Mapping[Field, Column]:
        """The columns that hold a field, found by their names."""
        return self._layout.columns

    @property
    def prefix(self) -> str:
        """`import_` where one of the source's own columns has the name of an appended one, otherwise ""."""
        return self._layout.prefix

    @property
    def has_origins(self) -> bool:
        """Whether it is a sheet of rows to fix."""
        return self._layout.has_origins

    @property
    def skips(self) -> Mapping[Skip, int]:
        """How many records are no rows, by what they are; known once `chunks` has been read to its end."""
        return self.at_end.skips

    @property
    def last(self) -> int:
        """The number of the last record; known as `skips` is."""
        return self.at_end.last

    @property
    def cut_off(self) -> int | None:
        """The number of the last record, where its line is not ended as all others are; known as `skips` is."""
        return self.at_end.cut_off

    @property
    def lone_addresses(self) -> Sequence[int]:
        """The numbers of the lines above and below the table that have an address in them; known as `skips` is."""
        return self.at_end.lone_addresses

    def reads_otherwise(self, text: str) -> str:  # noqa: ARG002 - the signature of the port
        """Return nothing: what is in a workbook is Unicode, or says what it is."""
        return ""

    def broken_cells(self) -> Iterator[tuple[int, str]]:
        """Yield nothing of a workbook: a line break does not end a row of it."""
        yield from self.at_end.broken_cells

    def appended_names(self, columns: Sequence[str]) -> Sequence[str]:
        """Return the headers of columns to append."""
        return self._layout.appended_names(columns)
