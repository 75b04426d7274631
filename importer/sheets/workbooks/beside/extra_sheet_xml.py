"""The XML of an extra sheet: its cells, links, and how it is printed (ECMA-376 part 1, 18.3)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Final
from xml.sax.saxutils import escape

from importer.phrases import column_letter
from importer.sheets.extra_sheet import Chart, ExtraCell, ExtraSheet, Look
from importer.sheets.workbooks.areas import Area
from importer.sheets.workbooks.beside.chart_xml import RELATIONS, Shown, quoted_title
from importer.sheets.workbooks.beside.extra_looks import TALLER, ExtraLooks
from importer.sheets.workbooks.package.cell_xml import inline_text
from importer.sheets.workbooks.package.xml_edits import attribute

MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINE_POINTS: Final = 15.0
_TALLEST: Final = 409.0
"""What Excel allows for a row, in points."""
_WRAPPED: Final = frozenset({Look.LEAD, Look.WRAPPED, Look.ASIDE, Look.COMMAND, Look.LINK})
_LETTERS: Final = 1.04
"""How many letters of a sentence have room where a column's width, which counts digits, says one; less what the last
word of a line leaves free."""
_WIDER: Final = 1.2
"""How much wider large text is, and text of letters of one width."""


def sheet_xml(sheet: ExtraSheet, looks: ExtraLooks, *, table: str, selected: bool) -> bytes:
    """Return the sheet's part; its drawing, where it has charts, is its relation `rId1`.

    Args:
        sheet: The sheet.
        looks: Of its cells.
        table: The name of the sheet to which links lead.
        selected: It is among the sheets that are selected when the workbook is opened.
    """
    width = max((cell.column + cell.across for line in sheet.lines for cell in line), default=1)
    view = ' tabSelected="1"' if selected else ""
    return "".join((
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="{MAIN}" xmlns:r="{RELATIONS}">',
        '<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>',
        f'<dimension ref="A1:{column_letter(width - 1)}{max(len(sheet.lines), 1)}"/>',
        f'<sheetViews><sheetView showGridLines="0"{view} workbookViewId="0"/></sheetViews>',
        f'<sheetFormatPr defaultRowHeight="{_LINE_POINTS:g}"/>',
        _columns(sheet.widths),
        "<sheetData>",
        *(_row(number, line, sheet.widths, looks) for number, line in enumerate(sheet.lines, start=1)),
        "</sheetData>",
        _merged(sheet),
        _links(sheet, table),
        '<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.6" header="0.3" footer="0.3"/>',
        '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/>',
        "<headerFooter><oddFooter>&amp;RPage &amp;P of &amp;N</oddFooter></headerFooter>",
        "" if sheet.page_from is None else _page_break(sheet.page_from - 1),
        '<drawing r:id="rId1"/>' if sheet.charts else "",
        "</worksheet>",
    )).encode()  # fmt: skip


def shown(chart: Chart, sheet: ExtraSheet) -> Shown:
    """Return a chart with what its cells hold."""
    return Shown(chart, list(_values(chart.categories, sheet)), list(_values(chart.values, sheet)))


def _values(reference: str, sheet: ExtraSheet) -> Iterator[str | float]:
    area = Area.of(reference)
    if area is None:
        raise ValueError(f"{reference} is no area of a sheet")
    for line in sheet.lines[area.first_row - 1 : area.last_row]:
        yield next((cell.value for cell in line if cell.column == area.first_column), "")


def _page_break(after: int) -> str:
    return f'<rowBreaks count="1" manualBreakCount="1"><brk id="{after}" max="16383" man="1"/></rowBreaks>'


def _columns(widths: Sequence[float]) -> str:
    columns = (
        f'<col min="{number}" max="{number}" width="{width:g}" customWidth="1"/>'
        for number, width in enumerate(widths, start=1)
    )
    return f"<cols>{''.join(columns)}</cols>" if widths else ""


def _row(number: int, line: Sequence[ExtraCell], widths: Sequence[float], looks: ExtraLooks) -> str:
    if not line:
        return ""
    height = max(_height(cell, widths) for cell in line)
    taller = f' ht="{min(height, _TALLEST):g}" customHeight="1"' if height > _LINE_POINTS else ""
    return f'<row r="{number}"{taller}>{"".join(_cells(number, line, looks))}</row>'


def _cells(number: int, line: Sequence[ExtraCell], looks: ExtraLooks) -> Iterator[str]:
    for cell in line:
        style = looks.number(cell.look, cell.tone)
        yield _cell(f"{column_letter(cell.column)}{number}", cell, style)
        for column in range(cell.column + 1, cell.column + cell.across):
            yield f'<c r="{column_letter(column)}{number}" s="{style}"/>'


def _cell(reference: str, cell: ExtraCell, style: int) -> str:
    start = f'<c r="{reference}" s="{style}"'
    formula = f"<f>{escape(cell.formula)}</f>" if cell.formula else ""
    if not isinstance(cell.value, str):
        return f"{start}>{formula}<v>{cell.value!r}</v></c>"
    if formula:
        return f'{start} t="str">{formula}<v>{escape(cell.value)}</v></c>'
    return f'{start} t="inlineStr"><is>{inline_text(cell.value)}</is></c>'


def _height(cell: ExtraCell, widths: Sequence[float]) -> float:
    """Return how high a cell is, in points: as high as its text needs over several lines."""
    line = TALLER.get(cell.look, _LINE_POINTS)
    if cell.look not in _WRAPPED or not isinstance(cell.value, str):
        return line
    room = sum(widths[cell.column : cell.column + cell.across]) * _LETTERS
    per_line = max(room / (_WIDER if cell.look in {Look.LEAD, Look.COMMAND} else 1.0), 1.0)
    return line * sum(max(math.ceil(len(text_line) / per_line), 1) for text_line in cell.value.split("\n"))


def _merged(sheet: ExtraSheet) -> str:
    areas = [
        str(Area(number, cell.column, number, cell.column + cell.across - 1))
        for number, line in enumerate(sheet.lines, start=1)
        for cell in line
        if cell.across > 1
    ]
    cells = "".join(f'<mergeCell ref="{area}"/>' for area in areas)
    return f'<mergeCells count="{len(areas)}">{cells}</mergeCells>' if areas else ""


def _links(sheet: ExtraSheet, table: str) -> str:
    links = "".join(
        f'<hyperlink ref="{column_letter(cell.column)}{number}"'
        f"{attribute('location', f'{quoted_title(table)}!A{cell.row}').decode()}/>"
        for number, line in enumerate(sheet.lines, start=1)
        for cell in line
        if cell.row is not None
    )
    return f"<hyperlinks>{links}</hyperlinks>" if links else ""
