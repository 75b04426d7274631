"""Sheets beside the table, and both writers of workbooks that take them."""

from __future__ import annotations

import itertools
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path

import openpyxl
from openpyxl.chart._chart import ChartBase
from openpyxl.reader.drawings import find_images
from openpyxl.worksheet.worksheet import Worksheet

from importer.model.source import APPENDED_COLUMNS
from importer.sheets.extra_sheet import Chart, ExtraCell, ExtraSheet, Look
from importer.sheets.open import open_table, open_writer
from importer.sheets.reading import AS_IT_IS, Reading
from importer.sheets.table import RecordKind

WRITERS = [True, False]
"""Into a copy of the source's own workbook, and into a new one."""
HOSTILE = [
    "=1+1",
    '=HYPERLINK("http://evil.example","click")',
    "+1",
    "-2+3",
    "@SUM(A1)",
    "<b>&amp;</b>]]>",
    "a\x00\x07b",
    "_x0041_",
    "\ud800 alone",
    "\u202egnp.exe",
    "x" * 40_000,
    " edge ",
    "two\nlines",
]


def extra_sheet(texts: Sequence[str] = (), *, title: str = "Summary", row: int = 3) -> ExtraSheet:
    """Return a sheet with a sum, a link, both kinds of charts, and some texts from line 6 on."""
    numbers = [[ExtraCell(0, name), ExtraCell(1, number, Look.NUMBER)] for name, number in (("a", 2), ("b", 3))]
    lines = [
        [ExtraCell(0, "Title", Look.TITLE, across=2)],
        *numbers,
        [
            ExtraCell(1, 5, Look.TOTAL_NUMBER, formula="SUM(B2:B3)"),
            ExtraCell(2, "good", formula='IF(B4=5,"good","bad")'),
        ],
        [ExtraCell(0, "there", Look.LINK, row=row)],
        *([ExtraCell(0, text, Look.WRAPPED)] for text in texts),
    ]
    charts = [
        Chart(
            kind="bar", title="Bars & <more>", area="D2:F9", categories="A2:A3", values="B2:B3", colours={0: "2F8A57"}
        ),
        Chart(kind="line", title="Line", area="D12:F20", categories="B2:B3", values="B2:B3", axis="seconds"),
    ]
    return ExtraSheet(title=title, widths=(14, 9, 20), lines=lines, printed=3, charts=charts)


def write_with(
    source: Path, target: Path, sheet: ExtraSheet | None, *, own: bool, reading: Reading = AS_IT_IS
) -> Sequence[str]:
    """Write an annotated workbook, each row updated, with a sheet beside the table; return the notes."""
    table = open_table(source, reading)
    names = [table.prefix + name for name in APPENDED_COLUMNS]
    with open_writer(target, table, format="xlsx", message_at=2, own_workbook=tuple if own else None) as writer:
        if sheet is not None:
            writer.write_sheet(sheet)
        for record in table.records():
            match record.kind:
                case RecordKind.HEADER:
                    writer.write(record, names)
                case RecordKind.ROW:
                    writer.write(record, ["updated", None, None, None, 200, 1], tone="updated")
                case _:
                    writer.write(record, [None] * len(names))
        return (*writer.notes, *writer.asides)


def sheet_of(path: Path, name: str, *, values: bool = False) -> Worksheet:
    """Return a sheet as openpyxl reads it: its formulas, or their stored values."""
    found = openpyxl.load_workbook(path, data_only=values)[name]
    assert isinstance(found, Worksheet)
    return found


def charts_of(path: Path) -> list[ChartBase]:
    """Return the charts of a workbook, as openpyxl reads them."""
    with zipfile.ZipFile(path) as archive:
        drawings = [name for name in archive.namelist() if re.fullmatch(r"xl/drawings/drawing\d+\.xml", name)]
        return [chart for drawing in drawings for chart in find_images(archive, drawing)[0]]


def formulas_of(sheet: Worksheet) -> list[str]:
    """Return the formulas of a sheet."""
    cells = itertools.chain.from_iterable(sheet.iter_rows())
    return [str(cell.value) for cell in cells if cell.data_type == "f"]
