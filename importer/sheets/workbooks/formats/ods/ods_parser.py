"""The content of an OpenDocument spreadsheet, parsed in one go (OpenDocument 1.2 part 1, sections 6.1 and 9)."""

from __future__ import annotations

import datetime as dt
import re
from bisect import bisect_right
from collections.abc import Callable, Mapping
from operator import itemgetter
from typing import Final

from importer.sheets.shown_dates import shown
from importer.sheets.workbooks.areas import MAX_COLUMNS, MAX_ROWS, Area
from importer.sheets.workbooks.book import Doubt, Doubtful, Line, LineCell, SheetName
from importer.sheets.workbooks.formats.known_results import KnownResults
from importer.sheets.workbooks.formats.ods.ods_cells import OdsText, cell_value
from importer.sheets.workbooks.formats.ods.ods_looks import OdsLooks
from importer.sheets.workbooks.formats.parsed_book import ParsedSheet
from importer.sheets.workbooks.merged_cells import MergedCells
from importer.sheets.workbooks.package.xml_reading import Damage, feed, local_name, new_parser
from importer.sheets.workbooks.packed_lines import PackedLines

_UNSEEN: Final = frozenset({"collapse", "filter"})
_UNREAD: Final = frozenset({"shapes", "dde-links", "tracked-changes"})
"""What has tables of its own, which are none of the sheets: those of charts, of other files, and earlier rows."""
_UNSEEN_FAMILIES: Final = frozenset({"table", "table-row"})
_NO_HEIGHT: Final = re.compile(r"0+(?:\.0*)?[a-z]*")
_MAX_SHEETS: Final = 10_000


class _LocalNames(dict[str, str]):
    """Names without their prefixes, each taken apart once."""

    def __missing__(self, name: str) -> str:
        local = self[name] = local_name(name)
        return local


class OdsParser:
    """Parses the content bit by bit.

    Args:
        damage: Makes an error of what is wrong.
        looks: The styles that are known already, and takes in those that are in the content.
        results: Which stored results of formulas are what the formulas come to.
    """

    def __init__(self, damage: Damage, looks: OdsLooks, results: KnownResults = KnownResults.ALL) -> None:
        self._looks = looks
        looks.begin_content()
        self._results = results
        self._columns: dict[int, Doubt] = {}
        """Where text is not simply seen in the cells of a column that say nothing else."""
        self._column_styles: list[tuple[int, str]] = []
        """For each run of columns, where it ends, and the style of its cells that say nothing else."""
        self._next_column = 0
        self._damage = damage
        self._parser = new_parser(damage)
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._names = _LocalNames()
        self._starts: Final[Mapping[str, Callable[[dict[str, str]], None]]] = {
            "style": self._start_style,
            "table-properties": self._start_look,
            "text-properties": looks.start_text_properties,
            "table-column": self._start_column,
            "table": self._start_table,
            "table-row-properties": self._start_height,
            "table-row-group": self._start_group,
            "table-row": self._start_row,
            "table-cell": self._start_cell,
            "covered-table-cell": self._start_covered,
        }
        self._ends: Final[Mapping[str, Callable[[], None]]] = {
            "table": self._end_table,
            "table-row-group": self._end_group,
            "table-row": self._end_row,
            "table-cell": self._end_cell,
            "covered-table-cell": self._end_cell,
        }
        self._style = ""
        self._unseen_styles: set[str] = set()
        """Of tables, and of rows."""
        self._groups: list[bool] = []
        """For each group of rows that is open, whether it is shown."""
        self._sheets: list[ParsedSheet] = []
        self._tables = 0
        self._name = SheetName("")
        self._lines = PackedLines()
        self._number = 0
        self._row: dict[str, str] = {}
        self._merged = MergedCells()
        self._areas: list[Area] = []
        self._cells: list[LineCell] = []
        self._column = 0
        self._cell: dict[str, str] | None = None
        self._covered = False
        self._depth = 0
        self._unread = 0
        """How deep inside of what is not read."""
        self._text = OdsText(looks)

    def feed(self, data: bytes) -> None:
        """Parse some more bytes; raise `SourceError` where they are not sound."""
        feed(self._parser, data, self._damage, "content.xml")

    def close(self) -> list[ParsedSheet]:
        """Return the sheets; raise `SourceError` where the content does not end as it should."""
        feed(self._parser, b"", self._damage, "content.xml", last=True)
        return self._sheets

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        local = self._names[name]
        if self._cell is not None:
            self._depth += 1
            self._text.start(local, attributes, self._depth)
        elif self._unread or local in _UNREAD:
            self._unread += 1
        elif not self._tables and self._looks.dates.is_about(local):
            named = {self._names[key]: value for key, value in attributes.items()}
            self._looks.dates.start(local, named, self._parser)
        elif (handler := self._starts.get(local)) is not None:
            handler({self._names[key]: value for key, value in attributes.items()})

    def _end(self, name: str) -> None:
        local = self._names[name]
        if self._depth:
            self._text.end(local, self._depth)
            self._depth -= 1
        elif self._unread:
            self._unread -= 1
        elif not self._tables and self._looks.dates.is_about(local):
            self._looks.dates.end(local, self._parser)
        elif (handler := self._ends.get(local)) is not None:
            handler()

    def _start_style(self, attributes: dict[str, str]) -> None:
        self._style = attributes.get("name", "") if attributes.get("family") in _UNSEEN_FAMILIES else ""
        self._looks.start_style(attributes)

    def _start_look(self, attributes: dict[str, str]) -> None:
        if attributes.get("display") == "false":
            self._unseen_styles.add(self._style)

    def _start_height(self, attributes: dict[str, str]) -> None:
        if _NO_HEIGHT.fullmatch(attributes.get("row-height", "")):
            self._unseen_styles.add(self._style)

    def _start_group(self, attributes: dict[str, str]) -> None:
        self._groups.append(attributes.get("display") != "false")

    def _end_group(self) -> None:
        del self._groups[-1:]

    def _start_table(self, attributes: dict[str, str]) -> None:
        self._tables += 1
        if self._tables > 1:
            raise self._damage("it has a table inside of another one")
        if len(self._sheets) == _MAX_SHEETS:
            raise self._damage(f"it has more than {_MAX_SHEETS:,} sheets")
        style = attributes.get("style-name", "")
        self._name = SheetName(attributes.get("name", ""), not style or style not in self._unseen_styles)
        self._number = 0
        self._lines = PackedLines()
        self._merged = MergedCells()
        self._columns, self._column_styles, self._next_column, self._groups = {}, [], 0, []

    def _end_table(self) -> None:
        self._tables -= 1
        self._sheets.append(ParsedSheet(self._name, self._lines))

    def _start_column(self, attributes: dict[str, str]) -> None:
        end = min(self._next_column + _count(attributes.get("number-columns-repeated")), MAX_COLUMNS)
        style = attributes.get("default-cell-style-name", "")
        if end > self._next_column:
            self._column_styles.append((end, style))
        if self._looks.is_struck(style):
            self._columns.update(dict.fromkeys(range(self._next_column, end), Doubt.STRUCK))
        self._next_column = end

    def _start_row(self, attributes: dict[str, str]) -> None:
        self._row = attributes
        self._cells, self._areas = [], []
        self._column = 0

    def _end_row(self) -> None:
        repeated = _count(self._row.get("number-rows-repeated"))
        if self._tables and self._cells:
            if self._number + repeated > MAX_ROWS:
                raise self._damage("it has a row outside of what a sheet can have")
            hidden = self._row.get("visibility") in _UNSEEN or not all(self._groups)
            hidden = hidden or self._row.get("style-name") in self._unseen_styles
            for number in range(self._number + 1, self._number + repeated + 1):
                self._lines.append(self._merged.shown(Line(number, self._cells, hidden), self._areas))
                self._areas = []
        self._number = min(self._number + repeated, MAX_ROWS)

    def _start_cell(self, attributes: dict[str, str]) -> None:
        self._cell = attributes
        self._covered = False
        self._text = OdsText(self._looks)
        self._parser.CharacterDataHandler = self._text.add

    def _start_covered(self, attributes: dict[str, str]) -> None:
        self._start_cell(attributes)
        self._covered = True

    def _end_cell(self) -> None:
        attributes = self._cell or {}
        self._cell = None
        self._parser.CharacterDataHandler = None
        repeated = _count(attributes.get("number-columns-repeated"))
        value = None if self._covered else self._seen(attributes, cell_value(attributes, self._text.joined()))
        if "formula" in attributes and not self._covered:
            value = self._results.seen(value)
        if value is not None:
            end = self._column + repeated
            if end > MAX_COLUMNS:
                raise self._damage("it has a cell outside of what a sheet can have")
            self._cells += [None] * (self._column - len(self._cells)) + [value] * repeated
            self._merge(attributes)
        self._column = min(self._column + repeated, MAX_COLUMNS)

    def _seen(self, attributes: Mapping[str, str], value: LineCell) -> LineCell:
        """Return a value, in doubt where it is text that is not simply seen."""
        if isinstance(value, dt.date | dt.time | dt.timedelta):
            style = attributes.get("style-name") or self._row.get("default-cell-style-name") or self._column_style()
            return shown(value, self._looks.date_format(style))
        if not isinstance(value, str):
            return value
        own = attributes.get("style-name") or self._row.get("default-cell-style-name")
        is_struck = self._text.has_struck or self._looks.is_struck(own or "")
        why = Doubt.STRUCK if is_struck else None if own else self._columns.get(self._column)
        why = why or (Doubt.FORMATTED if self._text.shows_nothing else None)
        return value if why is None else Doubtful(value, why)

    def _column_style(self) -> str:
        at = bisect_right(self._column_styles, self._column, key=itemgetter(0))
        return self._column_styles[at][1] if at < len(self._column_styles) else ""

    def _merge(self, attributes: Mapping[str, str]) -> None:
        """Note the area of a cell that is seen over several lines or columns."""
        down, across = (_count(attributes.get(f"number-{name}-spanned")) - 1 for name in ("rows", "columns"))
        if down or across:
            first = self._number + 1
            self._areas.append(Area(first, self._column, first + down, min(self._column + across, MAX_COLUMNS - 1)))


def _count(repeated: str | None) -> int:
    """Return how many times something stands there."""
    if repeated is None:
        return 1
    return max(int(repeated), 1) if repeated.isdecimal() and len(repeated) < len("100000000") else MAX_ROWS
