"""How the cells of an extra sheet look, in the cell formats of the workbook that it becomes part of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from importer.sheets.extra_sheet import Look
from importer.sheets.tones import TONES
from importer.sheets.workbooks.package.cell_formats import CellFormat, Styles

_INK: Final = "1F2933"
_MUTED: Final = "5B6673"
_HEADER_FILL: Final = "EDF0F3"
_LINK: Final = "0B57A4"
_FIXED_WIDTH: Final = "Consolas"
_WHOLE: Final = "3"
"""Excel's own format `#,##0` (ECMA-376 part 1, 18.8.30)."""
_TOP: Final = {"vertical": "top"}
_RIGHT: Final = {"horizontal": "right", "vertical": "top", "indent": "1"}
"""A little away from the text that follows."""
_WRAP: Final = {"vertical": "top", "wrapText": "1"}
_LEFT_WRAP: Final = {"horizontal": "left", "vertical": "top", "wrapText": "1"}

_FORMATS: Final[Mapping[Look, CellFormat]] = {
    Look.TEXT: CellFormat(alignment=_TOP),
    Look.TITLE: CellFormat(bold=True, larger=7, colour=_INK, alignment={"vertical": "center"}),
    Look.LEAD: CellFormat(larger=2, colour=_INK, alignment={"vertical": "center", "wrapText": "1"}),
    Look.HEADING: CellFormat(bold=True, larger=2, colour=_INK, alignment={"vertical": "center"}),
    Look.HEADER: CellFormat(bold=True, fill=_HEADER_FILL, alignment={"vertical": "center"}),
    Look.NUMBER_HEADER: CellFormat(bold=True, fill=_HEADER_FILL, alignment={**_RIGHT, "vertical": "center"}),
    Look.LABEL: CellFormat(colour=_MUTED, alignment=_TOP),
    Look.WRAPPED: CellFormat(alignment=_LEFT_WRAP),
    Look.ASIDE: CellFormat(alignment={**_LEFT_WRAP, "indent": "1"}),
    Look.ASIDE_HEADER: CellFormat(
        bold=True, fill=_HEADER_FILL, alignment={"horizontal": "left", "vertical": "center", "indent": "1"}
    ),
    Look.COMMAND: CellFormat(typeface=_FIXED_WIDTH, fill=_HEADER_FILL, alignment=_WRAP),
    Look.NUMBER: CellFormat(number=_WHOLE, alignment=_RIGHT),
    Look.TOTAL: CellFormat(bold=True, alignment=_TOP),
    Look.TOTAL_NUMBER: CellFormat(bold=True, number=_WHOLE, alignment=_RIGHT),
    Look.LINK: CellFormat(underlined=True, colour=_LINK, alignment=_LEFT_WRAP),
    Look.FAINT: CellFormat(colour=_MUTED, alignment=_TOP),
    Look.FAINT_NUMBER: CellFormat(colour=_MUTED, alignment=_RIGHT),
}
TALLER: Final[Mapping[Look, float]] = {Look.TITLE: 27.0, Look.LEAD: 21.0, Look.HEADING: 21.0}
"""How high one line of large text is, in points; others are as high as the sheet's rows."""


@dataclass(slots=True)
class ExtraLooks:
    """The numbers of cell formats, which are added to a workbook when they are first asked for."""

    styles: Styles
    _numbers: dict[tuple[Look, str], int] = field(default_factory=dict)

    def number(self, look: Look, tone: str) -> int:
        """Return the number of the format of a cell; a tone without a colour changes nothing."""
        key = look, tone if tone in TONES else ""
        if key not in self._numbers:
            cell_format = _FORMATS[look]
            self._numbers[key] = self.styles.add(cell_format.filled(TONES[tone]) if key[1] else cell_format)
        return self._numbers[key]
