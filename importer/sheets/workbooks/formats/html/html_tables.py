"""The tables of a web page, as lines of text cells."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Final

from importer.sheets.workbooks.areas import MAX_COLUMNS, MAX_ROWS, Area
from importer.sheets.workbooks.book import Doubt, Doubtful, Line, LineCell
from importer.sheets.workbooks.formats.html.page_styles import NO_GROUP, SEEN, Attributes, ElementLook, PageStyles
from importer.sheets.workbooks.formats.html.seen_cells import FEWEST_OF_A_HEADER, SeenCells
from importer.sheets.workbooks.formats.html.style_rules import GROUPS
from importer.sheets.workbooks.merged_cells import MergedCells
from importer.sheets.workbooks.packed_lines import PackedLines

_BREAKS: Final = frozenset({"br", "p", "div", "li"})
_UNREAD: Final = frozenset({"script", "style", "template"})
_STRUCTURE: Final = frozenset({"table", "tr", "td", "th", "caption", *GROUPS})
_NO_TEXT: Final = frozenset({
    "button", "checkbox", "color", "file", "hidden", "image", "radio", "range", "reset", "submit",
})  # fmt: skip
"""Parts of forms in which no text stands that is data."""
_AROUND: Final = frozenset({"article", "body", "center", "div", "fieldset", "form", "main", "section", "span"})
"""What may hide a table that is in it."""
_WITHOUT_END: Final = frozenset({"br", "col", "hr", "img", "input", "link", "meta", "wbr"})
_WHITE: Final = re.compile(r"[ \t\r\n\f]+")
_SPACES: Final = re.compile(" {2,}")
_AROUND_BREAK: Final = re.compile(r" ?\n[ \n]*")
_MOST_SPANNED: Final = 65_534
"""Rows: what HTML allows."""
_NUMBER: Final = re.compile(r"\s*([0-9]{1,6})")
_DEEPEST: Final = 200


@dataclass(frozen=True, slots=True)
class PageTable:
    """A table of a page.

    Attributes:
        number: How many tables begin before it.
        name: What the page calls it, by its caption or else its id; "" where it has none.
        lines: What is in it.
    """

    number: int
    name: str
    lines: PackedLines


class _OpenTable:
    """A table that is being read: the one of that number, with those attributes of its element, or rows without one."""

    def __init__(self, number: int, attributes: Attributes, look: ElementLook, *, is_implied: bool) -> None:
        self.is_implied: Final = is_implied
        self._at = number
        self._lines = PackedLines()
        self._merged = MergedCells()
        self._areas: list[Area] = []
        self._name = dict(attributes).get("id") or ""
        self._caption: list[str] | None = None
        self._number = 0
        self._cells: list[LineCell] | None = None
        self._spans: dict[int, int] = {}
        self._text: list[str] | None = None
        self._seen = SeenCells(look)
        self._size = (1, 1)
        self._is_pushed = False
        """Whether a cell of an earlier row reaches into this one, before one of its own."""
        self._width = 0
        """How many columns the first row has that may be a header."""
        self._is_broken_off = False
        self.closed: Final[set[str]] = set()
        """Of which elements the page writes the ends, which it need not."""

    def break_off(self) -> None:
        """Take in that the page ends here: a row or a cell that is open is not whole, where others were closed."""
        open_cell, open_row = self._text is not None, self._cells is not None
        self._is_broken_off = (open_cell and "td" in self.closed) or (open_row and "tr" in self.closed)

    def start_group(self, look: ElementLook) -> None:
        self.end_group()
        self.end_caption()
        self._seen.start_group(look)

    def end_group(self) -> None:
        """End some rows that belong together: no cell reaches further."""
        self.end_row()
        self._spans = {}
        self._merged.end_all()
        self._seen.start_group(SEEN)

    def start_row(self, look: ElementLook) -> None:
        self.end_row()
        self.end_caption()
        self._number += 1
        self._cells, self._areas, self._is_pushed = [], [], False
        self._seen.start_row(look)

    def end_row(self) -> None:
        self.end_cell()
        if self._is_broken_off and self._cells is not None:
            self._cells = [Doubtful(cell, Doubt.CUT_OFF) if isinstance(cell, str) else cell for cell in self._cells]
        if self._cells is not None and self._number <= MAX_ROWS:
            cells = self._aligned(self._seen.of_row(self._cells))
            self._lines.append(self._merged.shown(Line(self._number, cells, self._seen.hides_row), self._areas))
            self._spans = {column: rows - 1 for column, rows in self._spans.items() if rows > 1}
        self._cells = None

    def _aligned(self, cells: list[LineCell]) -> list[LineCell]:
        """Return a row's cells, in doubt where one that reaches into it pushes its own beyond the columns.

        So it is where a program has left hidden rows out, and not shortened the cells that reached over them.
        """
        if not self._width and len(cells) >= FEWEST_OF_A_HEADER:
            self._width = len(cells)
        if not self._is_pushed or not any(cells[self._width :]):
            return cells
        return [Doubtful(cell, Doubt.UNALIGNED) if isinstance(cell, str) else cell for cell in cells]

    def start_cell(self, attributes: Attributes, look: ElementLook) -> None:
        if self._cells is None:
            self.start_row(SEEN)
        self.end_cell()
        values = dict(attributes)
        self._size = (_span(values.get("colspan"), MAX_COLUMNS), _rows_spanned(values.get("rowspan")))
        self._text = []
        self._seen.start_cell(look)

    def end_cell(self) -> None:
        if self._text is None or self._cells is None:
            return
        cells = self._cells
        text = _AROUND_BREAK.sub("\n", _SPACES.sub(" ", "".join(self._text))).strip(" \n")
        self._text = None
        while len(cells) in self._spans:
            cells.append(None)
            self._is_pushed = True
        at, (columns, rows) = len(cells), self._size
        columns = min(columns, MAX_COLUMNS - at)
        if columns > 0:
            cells += [self._seen.cell(text, at), *[None] * (columns - 1)]
            if columns > 1 or rows > 1:
                self._areas.append(Area(self._number, at, self._number + rows - 1, at + columns - 1))
            if rows > 1:
                self._spans.update(dict.fromkeys(range(at, at + columns), rows))

    def start_caption(self) -> None:
        self._caption = []

    def end_caption(self) -> None:
        if self._caption is not None:
            self._name = " ".join("".join(self._caption).split()) or self._name
            self._caption = None

    def ended(self) -> PageTable:
        self.end_row()
        self.end_caption()
        return PageTable(self._at, self._name, self._lines)

    def add(self, text: str, *, struck: bool, unsure: bool) -> None:
        if self._caption is not None:
            self._caption.append(text)
        elif self._text is not None:
            self._text.append(_WHITE.sub(" ", text))
            if (struck or unsure) and text.strip():
                self._seen.add(struck=struck, unsure=unsure)

    def add_break(self) -> None:
        if self._text:
            self._text.append("\n")


def _span(value: str | None, most: int) -> int:
    match = _NUMBER.match(value or "")
    return min(max(int(match[1]), 1), most) if match else 1


def _rows_spanned(value: str | None) -> int:
    """Return how many rows a cell spans, as far as their group goes; 0 stands for all of it."""
    match = _NUMBER.match(value or "")
    return _MOST_SPANNED if match and int(match[1]) == 0 else _span(value, _MOST_SPANNED)


class TablesParser(HTMLParser):
    """Collects the tables of a page; one inside of another is a table of its own.

    Args:
        styles: What the page's styles make of its elements.
    """

    def __init__(self, styles: PageStyles) -> None:
        super().__init__(convert_charrefs=True)
        self._styles = styles
        self._open: list[_OpenTable] = []
        self._begun = 0
        self._unread = 0
        self._unseen = ""
        """The name of an element inside a cell that is not shown, and how deep inside of others of that name."""
        self._depth = 0
        self._struck: list[str] = []
        """Elements that are open in a cell and strike text through, or are inside of one of their name."""
        self._unsure: list[str] = []
        """The same of those that may not be shown."""
        self._around: list[str] = []
        """The same of those around tables that are not shown."""
        self.tables: list[PageTable] = []
        """Those that have ended; all, once the parser is closed."""
        self.cut_off = False
        """Whether the page ended before a table did."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take in that an element begins."""
        look = self._styles.look(tag, attrs)
        if tag in _STRUCTURE:
            self._unseen, self._struck, self._unsure = "", [], []
        elif tag not in _WITHOUT_END:
            self._note(tag, look)
        if tag in _UNREAD:
            self._unread += 1
        elif self._unseen:
            self._depth += tag == self._unseen
        elif tag == "table" and len(self._open) < _DEEPEST:
            self._begin(attrs, look)
        elif tag == "tr" and not self._open:  # as sqlite3 writes it, for a page of somebody's own
            self._begin((), SEEN, implied=True)
            self._open[-1].start_row(look)
        elif self._open:
            self._start_inside(self._open[-1], tag, attrs, look)

    def _note(self, tag: str, look: ElementLook) -> None:
        """Note an element that is no part of a table's structure, and what it does to the text in it."""
        if tag in self._struck or look.is_struck:
            self._struck.append(tag)
        if tag in self._unsure or look.is_unsure:
            self._unsure.append(tag)
        if not self._open and (tag in self._around or (look.is_unseen and tag in _AROUND)):
            self._around.append(tag)

    def _begin(self, attributes: Attributes, look: ElementLook, *, implied: bool = False) -> None:
        seen = ElementLook(is_unseen=True) if self._around else look
        self._styles.group = NO_GROUP
        self._open.append(_OpenTable(self._begun, attributes, seen, is_implied=implied))
        self._begun += 1

    def _start_inside(self, table: _OpenTable, tag: str, attributes: Attributes, look: ElementLook) -> None:
        if tag == "tr":
            table.start_row(look)
        elif tag in {"td", "th"}:
            table.start_cell(attributes, look)
        elif tag in GROUPS:
            self._styles.group = tag
            table.start_group(look)
        elif tag == "caption":
            table.start_caption()
        elif tag == "input" and not (look.is_unseen or self._unread):
            table.add(_typed_in(attributes), struck=False, unsure=True)
        elif tag not in _WITHOUT_END and look.is_unseen:
            self._unseen, self._depth = tag, 1
        elif tag in _BREAKS:
            table.add_break()

    def handle_endtag(self, tag: str) -> None:
        """Take in that an element ends."""
        if tag in _STRUCTURE:
            self._unseen, self._struck, self._unsure = "", [], []
        if tag == "table" or tag in GROUPS:
            self._styles.group = NO_GROUP
        for noted in (self._struck, self._unsure, *([] if self._open else [self._around])):
            if tag in noted:
                noted.remove(tag)
        if tag in _UNREAD:
            self._unread = max(self._unread - 1, 0)
        elif self._unseen:
            self._depth -= tag == self._unseen
            self._unseen = self._unseen if self._depth else ""
        elif self._open:
            if tag == "table":
                self.tables.append(self._open.pop().ended())
            else:
                _end_inside(self._open[-1], tag)

    def handle_data(self, data: str) -> None:
        """Take in text."""
        if self._open and not self._unread and not self._unseen:
            self._open[-1].add(data, struck=bool(self._struck), unsure=bool(self._unsure))

    def close(self) -> None:
        """End whatever is still open."""
        super().close()
        self.cut_off = any(not table.is_implied for table in self._open)
        while self._open:
            self._open[-1].break_off()
            self.handle_endtag("table")


def _typed_in(attributes: Attributes) -> str:
    """Return the text that stands in a field of a form, unless somebody has typed another one."""
    values = dict(attributes)
    is_text = (values.get("type") or "").strip().lower() not in _NO_TEXT
    return (values.get("value") or "") if is_text else ""


def _end_inside(table: _OpenTable, tag: str) -> None:
    table.closed.add("td" if tag == "th" else tag)
    if tag == "tr":
        table.end_row()
    elif tag in GROUPS:
        table.end_group()
    elif tag in {"td", "th"}:
        table.end_cell()
    elif tag == "caption":
        table.end_caption()
    elif tag in {"p", "div"}:
        table.add_break()
