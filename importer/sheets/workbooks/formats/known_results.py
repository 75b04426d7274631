"""Which stored results of formulas are what the formulas come to."""

from __future__ import annotations

import re
from enum import Enum, auto
from typing import Final

from importer.sheets.table import CellError
from importer.sheets.workbooks.book import Doubt, Doubtful, LineCell, Uncomputed, stored

_LIBRARIES: Final = re.compile(
    rb"apache\s*poi|npoi|sheetjs|js-xlsx|openpyxl|excelize|exceljs|xlsxwriter|odfpy|odfdo|ezodf|simple-?ods|spreadsheet::"
    rb"|jopendocument|odfdom|odf\s*toolkit|rust_ods|ods-lib",
    re.IGNORECASE,
)
"""Libraries that name themselves and store nothing, or 0, with formulas."""


class KnownResults(Enum):
    """Which stored results of a workbook's formulas are what the formulas come to."""

    ALL = auto()
    FILLED = auto()
    """Those that are neither 0 nor empty, which is what programs store that cannot calculate."""
    NONE = auto()
    """The workbook asks to be calculated anew when it is opened."""

    def seen(self, cell: LineCell) -> LineCell:
        """Return a formula's stored result, in doubt where it may be another one; an error stays an error."""
        if isinstance(cell, CellError | Uncomputed) or self is KnownResults.ALL:
            return cell
        value = stored(cell)
        is_nothing = value is None or (isinstance(value, float) and value == 0)
        return Doubtful(value, Doubt.STALE) if is_nothing or self is KnownResults.NONE else cell


def results_of(program: bytes) -> KnownResults:
    """Return which results are known of what a program has written, by the name that it gives itself; b"" for none."""
    return KnownResults.FILLED if not program.strip() or _LIBRARIES.search(program) else KnownResults.ALL
