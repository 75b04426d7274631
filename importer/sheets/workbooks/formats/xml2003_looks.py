"""What the styles of a workbook in Excel's XML of 2003 make of the text in its cells."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from importer.sheets.workbooks.areas import MAX_COLUMNS
from importer.sheets.workbooks.book import Doubt
from importer.sheets.workbooks.package.xml_reading import is_true
from importer.sheets.workbooks.text_formats import shows_text

_MOST_PARENTS: Final = 16
_DEFAULT: Final = "Default"
_LONGEST_NUMBER: Final = 6


class Xml2003Looks:
    """Takes in the styles of a workbook, and which of them the columns of a sheet have."""

    def __init__(self) -> None:
        self._style = ""
        self._parents: dict[str, str] = {}
        self._struck: dict[str, bool] = {}
        self._shown: dict[str, bool] = {}
        self._known: dict[str, Doubt | None] = {}
        self._table = ""
        """The style of the sheet's cells for which nothing else says one."""
        self._columns: dict[int, str] = {}
        self._next_column = 0

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """Take in that an element begins that is in no cell."""
        match name:
            case "Worksheet":
                self._table, self._columns, self._next_column = "", {}, 0
            case "Table":
                self._table = attributes.get("StyleID", "")
            case "Style":
                self._style = attributes.get("ID", "")
                self._parents[self._style] = attributes.get("Parent", "")
            case "Font" if "StrikeThrough" in attributes:
                self._struck[self._style] = is_true(attributes["StrikeThrough"])
            case "NumberFormat" if "Format" in attributes:
                self._shown[self._style] = shows_text(attributes["Format"])
            case "Column":
                self._start_column(attributes)

    def doubt(self, cell: str, row: str, column: int) -> Doubt | None:
        """Return why text is not simply seen in a cell; None where it is.

        Args:
            cell: The name of its style; "" where it has none: then its row's counts, or else its column's, or
                else that of the whole table.
            row: The name of the row's style.
            column: Where it is.
        """
        style = cell or row or self._columns.get(column, "") or self._table or _DEFAULT
        if style not in self._known:
            is_shown = self._of(style, self._shown, otherwise=True)
            is_struck = self._of(style, self._struck, otherwise=False)
            self._known[style] = Doubt.STRUCK if is_struck else None if is_shown else Doubt.FORMATTED
        return self._known[style]

    def _of(self, style: str, said: Mapping[str, bool], *, otherwise: bool) -> bool:
        """Return what a style says, or else what it is made from."""
        for _ in range(_MOST_PARENTS):
            if style in said:
                return said[style]
            if style == _DEFAULT:
                break
            style = self._parents.get(style) or _DEFAULT
        return otherwise

    def _start_column(self, attributes: Mapping[str, str]) -> None:
        first = _number(attributes.get("Index"), self._next_column + 1) - 1
        end = min(first + _number(attributes.get("Span"), 0) + 1, MAX_COLUMNS)
        if style := attributes.get("StyleID"):
            self._columns.update(dict.fromkeys(range(first, end), style))
        self._next_column = end


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isdecimal() and len(text) < _LONGEST_NUMBER else otherwise
