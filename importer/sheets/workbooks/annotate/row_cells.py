"""The XML of the appended cells of a row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from importer.phrases import column_letter
from importer.sheets.workbooks.annotate.appended_area import AppendedArea
from importer.sheets.workbooks.package.cell_formats import Looks
from importer.sheets.workbooks.package.cell_xml import cell_xml, style_attribute
from importer.sheets.workbooks.package.looks import NUMBER_HEADERS

Appended = Sequence[str | int | None]


class RowCells:
    """Makes the appended cells of rows. Text is stored in the cell itself, as text, whatever it begins with.

    Args:
        place: Where they stand.
        looks: How they look.
        sentences_at: Which of them has text over several lines; None for none.
    """

    def __init__(self, appended: AppendedArea, looks: Looks, *, sentences_at: int | None) -> None:
        self._letters = [column_letter(appended.first + at) for at in range(len(appended.names))]
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
