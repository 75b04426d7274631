"""The XML of cells that are written: those that are appended to the rows of the user's own workbook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final
from xml.sax.saxutils import escape

from importer.sheets.phrases import column_letter
from importer.sheets.workbooks.looks import NUMBER_HEADERS
from importer.sheets.workbooks.own_areas import AppendedPlace
from importer.sheets.workbooks.own_styles import Looks
from importer.sheets.workbooks.sheet_text import sheet_text

_KEPT_TEXTS: Final = 4_096
"""Statuses and codes come again and again."""
_MARGINS: Final = (" ", "\n", "\t")

Appended = Sequence[str | int | None]


class RowCells:
    """Makes the appended cells of rows. Text is stored in the cell itself, as text, whatever it begins with.

    Args:
        place: Where they stand.
        looks: How they look.
        sentences_at: Which of them has text over several lines; None for none.
    """

    def __init__(self, place: AppendedPlace, looks: Looks, *, sentences_at: int | None) -> None:
        self._letters = [column_letter(place.first + at) for at in range(len(place.names))]
        self._looks = looks
        self._sentences_at = sentences_at
        self._styles: dict[str, list[str]] = {}

    def header(self, row: int, names: Sequence[str]) -> bytes:
        """Return the cells of the header."""
        styles = [
            style_attribute(self._looks.number_header if name in NUMBER_HEADERS else self._looks.header)
            for name in names
        ]
        return self._cells(row, names, styles)

    def body(self, row: int, values: Appended, tone: str) -> bytes:
        """Return the cells of a row in the colour of a tone; none where there is neither a value nor a tone."""
        if not tone and all(value is None for value in values):
            return b""
        styles = self._styles.get(tone)
        if styles is None:
            styles = self._styles[tone] = [self._body_style(at, tone) for at in range(len(self._letters))]
        return self._cells(row, values, styles)

    def _body_style(self, at: int, tone: str) -> str:
        looks: Mapping[str, int] = self._looks.sentences if at == self._sentences_at else self._looks.body
        return style_attribute(looks.get(tone, looks.get("")))

    def _cells(self, row: int, values: Appended, styles: Sequence[str]) -> bytes:
        cells = zip(self._letters, values, styles, strict=True)
        return "".join(cell_xml(f"{letters}{row}", value, style) for letters, value, style in cells).encode()


def cell_xml(reference: str, value: str | int | None, style: str) -> str:
    """Return the element of a cell, text stored in it; nothing where there is neither a value nor a look.

    Args:
        reference: Where it is, such as `A1`.
        value: What is in it.
        style: The attribute with its look, as `style_attribute` returns it.
    """
    if isinstance(value, str):
        return f'<c r="{reference}"{style} t="inlineStr"><is>{inline_text(value)}</is></c>'
    if value is None:
        return f'<c r="{reference}"{style}/>' if style else ""
    return f'<c r="{reference}"{style}><v>{value}</v></c>'


def style_attribute(number: int | None) -> str:
    """Return the attribute with the number of a cell's format, and the space before it; "" for a cell without one."""
    return "" if number is None else f' s="{number}"'


@lru_cache(_KEPT_TEXTS)
def inline_text(text: str) -> str:
    """Return the element of a text as a cell can hold it."""
    return text_element(sheet_text(text)[0])


def text_element(safe: str) -> str:
    """Return the element of a text that is in the form in which a cell can hold it, as `sheet_text` returns it."""
    margin = safe.startswith(_MARGINS) or safe.endswith(_MARGINS) or "\n" in safe
    start = '<t xml:space="preserve">' if margin else "<t>"
    return f"{start}{escape(safe)}</t>"
