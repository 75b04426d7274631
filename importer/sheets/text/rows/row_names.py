"""Rows with a name of their own before their first cell, for which the header has no column: R writes them."""

from __future__ import annotations

from collections.abc import Sequence

from importer.errors import SourceError
from importer.sheets.header.layout import Layout
from importer.sheets.header.likeness import has_id


def refuse_row_names(rows: Sequence[Sequence[str]], layout: Layout, file: str) -> None:
    """Raise `SourceError` (`row_names`) where all rows have one cell more than the header, and it is the first one.

    R's `write.table` does so by itself. Where the cell too much stands is told by the ids: they are one column further
    on than the header says.

    Args:
        rows: The cells of the first rows.
        layout: The table's header.
        file: What messages call the file.
    """
    if not rows or layout.is_annotated or any(len(cells) != layout.width + 1 for cells in rows):
        return
    if any("\n" in cell or "\r" in cell for cells in rows for cell in cells):  # perhaps several rows in quotation marks
        return
    further_on = sum(has_id(cells[1:], layout) for cells in rows)
    if 2 * further_on < len(rows) or any(has_id(cells, layout) for cells in rows):
        return
    raise SourceError(
        f"Each row of {file} has one cell more than its header: a row name stands before the others, as R writes it.",
        code="row_names",
        hint="Write the file again with row.names = FALSE (write.csv or write.table); or put a name for that column"
        f" before the others in row {layout.number}, with the mark between cells behind it.",
    )
