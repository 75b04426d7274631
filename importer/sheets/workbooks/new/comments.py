"""Comments on the cells of a workbook that is written: as text, in flat memory, in boxes that can be read.

openpyxl keeps some 50 KB for each comment until the file is written. It writes what a comment needs around it for one
of them; the two parts that hold them all are written here instead of its own.

Forms: ECMA-376 part 1, 18.7 (comments), and part 4, 19 (the boxes, in VML, which every spreadsheet program asks for).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final
from xml.sax.saxutils import escape

from openpyxl.comments import Comment

from importer.phrases import column_letter
from importer.sheets.workbooks.cell_text import sheet_text

AUTHOR: Final = "importer"
MOST_COMMENTS: Final = 20_000
"""Spreadsheet programs take ever longer to open a sheet with more."""
_LONGEST: Final = 1_000
"""Characters; the message has the whole text."""
_WIDTH_PX: Final = 320
_LETTERS_A_LINE: Final = 44
_LINE_PX: Final = 17
_MARGIN_PX: Final = 16
_MOST_LINES: Final = 16
_COLUMN_PX: Final = 68
"""Of a column, and below of a row, whose size nobody has set."""
_ROW_PX: Final = 20
_GAP_PX: Final = 12
_IDS_IN_A_BLOCK: Final = 1_024
"""The ids of boxes come in blocks of so many, and the first of each is not used."""

_COMMENTS: Final = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<comments xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    f"<authors><author>{AUTHOR}</author></authors><commentList>"
)
_BOXES: Final = (
    '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
    ' xmlns:x="urn:schemas-microsoft-com:office:excel">'
    '<o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="{blocks}"/></o:shapelayout>'
    '<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
_BOX: Final = (
    '<v:shape id="_x0000_s{id}" type="#_x0000_t202" style="position:absolute;margin-left:60pt;margin-top:2pt;'
    'width:{width}px;height:{height}px;z-index:{order};visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto">'
    '<v:fill color2="#ffffe1"/><v:shadow color="black" obscured="t"/><v:path o:connecttype="none"/>'
    '<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>'
    '<x:ClientData ObjectType="Note"><x:Anchor>{anchor}</x:Anchor><x:AutoFill>False</x:AutoFill>'
    "<x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
)


class Comments:
    """The comments of a sheet; of more than can be shown well, there are the first ones."""

    def __init__(self) -> None:
        self._texts: list[tuple[int, int, str]] = []
        self._heights: dict[int, float] = {}
        self.widths: Sequence[float] = ()
        """Of the sheet's columns, in characters."""
        self.left_out = 0
        """Comments that are not there, since there were enough."""

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._texts)

    def add(self, row: int, column: int, reason: str) -> None:
        """Take a comment on a cell, whose row counts from 1 and its column from 0."""
        if len(self._texts) >= MOST_COMMENTS:
            self.left_out += 1
        else:
            self._texts.append((row, column, _shortened(sheet_text(reason)[0])))

    def sample(self) -> Comment | None:
        """Return what a cell must have for openpyxl to write what is around comments; None where there are none."""
        return Comment("", AUTHOR) if self._texts else None

    def note_height(self, row: int, points: float) -> None:
        """Note the height of a row that has comments."""
        self._heights[row] = points

    def parts(self) -> Mapping[str, Callable[[], Iterator[str]]]:
        """Return what a workbook is to have in the place of openpyxl's two parts, by how their names begin."""
        return {"xl/comments/": self.texts, "xl/drawings/commentsDrawing": self.boxes}

    def texts(self) -> Iterator[str]:
        """Yield the part with what they say."""
        yield _COMMENTS
        for row, column, text in self._texts:
            reference = f"{column_letter(column)}{row}"
            text_xml = f'<text><t xml:space="preserve">{escape(text)}</t></text>'
            yield f'<comment ref="{reference}" authorId="0">{text_xml}</comment>'
        yield "</commentList></comments>"

    def boxes(self) -> Iterator[str]:
        """Yield the part with the boxes that they are shown in."""
        usable = _IDS_IN_A_BLOCK - 1
        yield _BOXES.format(blocks=",".join(map(str, range(1, math.ceil(len(self._texts) / usable) + 1))))
        for at, (row, column, text) in enumerate(self._texts):
            number = _IDS_IN_A_BLOCK * (at // usable + 1) + at % usable + 1
            yield _BOX.format(
                id=number,
                order=at + 1,
                row=row - 1,
                column=column,
                width=_WIDTH_PX,
                height=_height_px(text),
                anchor=self._anchor(row, column, _height_px(text)),
            )
        yield "</xml>"

    def _anchor(self, row: int, column: int, height_px: int) -> str:
        """Return where a box begins and ends: columns and rows from 0, each with pixels in it.

        It begins right of its cell, which stays in sight, and a little above.
        """
        left, top = column + 1, max(row - 2, 0)
        right, right_px = _reached(left, _GAP_PX + _WIDTH_PX, self._column_px)
        bottom, bottom_px = _reached(top, _GAP_PX + height_px, self._row_px)
        return f"{left}, {_GAP_PX}, {top}, {_GAP_PX}, {right}, {right_px}, {bottom}, {bottom_px}"

    def _column_px(self, column: int) -> int:
        return round(self.widths[column] * 7) + 5 if column < len(self.widths) else _COLUMN_PX

    def _row_px(self, row: int) -> int:
        points = self._heights.get(row + 1)
        return _ROW_PX if points is None else round(points * 4 / 3)


def _reached(first: int, distance_px: int, size_px: Callable[[int], int]) -> tuple[int, int]:
    """Return in which column or row one is so many pixels from the start of the first, and how many pixels into it."""
    at = first
    while distance_px >= size_px(at):
        distance_px -= size_px(at)
        at += 1
    return at, distance_px


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST].rstrip()} …"


def _height_px(text: str) -> int:
    lines = sum(len(line) // _LETTERS_A_LINE + 1 for line in text.split("\n"))
    return _MARGIN_PX + _LINE_PX * min(lines, _MOST_LINES)
