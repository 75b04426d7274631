"""One table that is drawn in a text: its lines, put together to rows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from importer.errors import SourceError
from importer.model.source import Field
from importer.sheets.header.columns import find_columns
from importer.sheets.header.likeness import is_address
from importer.sheets.reading import Reading
from importer.sheets.workbooks.book import Line
from importer.sheets.workbooks.formats.drawn.cutting import Cutter
from importer.sheets.workbooks.formats.drawn.drawn_header import header_names
from importer.sheets.workbooks.formats.drawn.drawn_row import DrawnRow, shows_a_part
from importer.sheets.workbooks.formats.drawn.rule_lines import RuleLine, Style

_MOST_OF_A_ROW: Final = 100
"""So many rows between two rules are certainly no lines of one."""
_COUNT: Final = re.compile(r"\s*\(\d[^|@]*\)\s*")
_OPEN_ENDED: Final = frozenset({Style.OPEN, Style.FIXED, Style.PIPES, Style.STARTED})
"""Nothing tells where a row ends but the end of its line."""
_PART_ONLY: Final = re.compile(
    r"only showing top \d|showed (?:first )?\d|\(\d[\d,.]* shown\)|\d more (?:rows?|variables?)\b", re.IGNORECASE
)


class Drawing:
    """A table, line by line.

    Args:
        rule: The first of its rules.
        name: What messages call the file.
        reading: May say which column holds which field.
        number: That of the rule.
        header: The number and the text of the line above that rule, where it has the names of the columns.
    """

    def __init__(
        self, rule: RuleLine, name: str, reading: Reading, number: int, header: tuple[int, str] | None = None
    ) -> None:
        self._rule = rule
        self._number = number
        self._name = name
        self._reading = reading
        self._cutter = Cutter(rule)
        self._heads: list[tuple[int, str]] = []
        self._is_padded = rule.style in {Style.FRAMED, Style.FIXED}
        self._id_at: int | None = None
        self._email_at = 0
        self._is_heading = header is None and not rule.names
        self._is_marked = rule.style is Style.OPEN
        """Whether cells that go on in the next line say so."""
        self._is_merged = False
        self._rows = _Groups(name)
        self._row: DrawnRow | None = None
        self._is_after_gap = rule.style is Style.FRAMED
        self.has_ended = False
        """Whether its last rule was read."""
        self.may_be_cut = False
        """Whether text fills a column of a fixed width, so that nobody can know whether that was all of it."""
        self._header = header
        around = 2 if rule.style in {Style.FRAMED, Style.OPEN} else 0
        self._rooms = [end - start - around for start, end in rule.spans]

    def begin(self) -> Iterator[Line]:
        """Yield the header, where it stands above the first rule."""
        if self._rule.names:
            yield self._named(self._number, [self._rule.names])
        elif self._header is not None:
            yield from self._headed([self._header])

    @property
    def certain(self) -> int:
        """How many rows have been in its columns."""
        return self._rows.certain

    @property
    def uncertain(self) -> int:
        """How many rows have not been."""
        return self._rows.uncertain

    def goes_on_with(self, rule: RuleLine) -> bool:
        """Return whether a rule is one of this table."""
        if rule.names and not rule.ends:
            return False
        if rule.spans == self._rule.spans:
            return True
        is_frame = self._rule.style is Style.FRAMED and rule.style is Style.FRAMED
        return is_frame and not self._is_heading and (rule.ends or rule.merges or len(rule.spans) == 1)

    def takes(self, text: str) -> bool:
        """Return whether a line that is no rule belongs to this table."""
        is_framed = self._rule.style is Style.FRAMED
        if not text.strip():
            return not self._is_heading and (not is_framed or self._is_torn())
        if is_framed and (self._is_merged or self._is_heading or self._is_after_gap):
            return text.strip()[0] in self._rule.dividers or self._cutter.cells(text) is not None
        if self._is_after_gap:
            return self._cutter.cells(text) is not None
        return not _COUNT.fullmatch(text) or self._is_torn()

    def take(self, number: int, text: str) -> Iterator[Line]:
        """Take a line, and yield the rows of which it is known now what they are."""
        if self._is_heading:
            self._heads.append((number, text))
        elif self._is_merged:
            yield self._words(number, text)
        elif not text.strip() and not self._is_torn():
            yield from self._gap()
        else:
            yield from self._body(number, text)

    def rule(self, rule: RuleLine) -> Iterator[Line]:
        """Take a rule, and yield the same."""
        if self._is_heading:
            if self._heads:
                heads, self._heads = self._heads, []
                yield from self._headed(heads)
            return
        yield from self._gap()
        self._is_merged = rule.merges
        if rule.ends:
            yield from self.end()
            self.has_ended = True

    def last_line(self) -> tuple[int, str] | None:
        """Take the last line back, and return it: it may be the header of another table."""
        row = self._row
        if row is None or row.lines > 1:
            return None
        self._row = None
        return row.number, row.text

    def tear(self) -> None:
        """Take the end of the text without a line end: the last row may be cut off, unless something ends it."""
        if self._row is not None and self._rule.style in _OPEN_ENDED and not self._rule.is_closed:
            self._row.is_certain = False

    def end(self) -> Iterator[Line]:
        """Yield all that is left."""
        for number, text in self._heads:
            yield self._words(number, text)
        self._heads = []
        yield from self._gap()
        yield from self._rows.rest()

    def _is_torn(self) -> bool:
        """Return whether the row before is without its end, as where a line break in a cell was written as it is."""
        row = self._row
        return row is not None and not row.is_certain and self._cutter.is_open(row.last)

    def _headed(self, heads: Sequence[tuple[int, str]]) -> Iterator[Line]:
        """Take the lines of the header, and yield them as one."""
        cells = [self._cutter.cells(text) for _, text in heads]
        self._is_heading = False
        if any(cut is None for cut in cells):
            yield from (self._words(number, text) for number, text in heads)
            return
        known = [cut for cut in cells if cut is not None]
        if self._rule.style in {Style.FRAMED, Style.OPEN}:
            self._is_padded = all(cell.startswith(" ") for cell in known[0])
        yield self._named(heads[0][0], known)

    def _named(self, number: int, lines: Sequence[Sequence[str]]) -> Line:
        """Take the names of the columns, and return them as a line."""
        names = header_names(lines, self._name)
        self._is_heading = False
        try:
            columns = find_columns(names, self._name, self._reading.columns)
        except SourceError:
            pass
        else:
            self._id_at, self._email_at = columns[Field.CUSTOMER_ID].position, columns[Field.EMAIL].position
        return Line(number, [name or None for name in names], is_text=True)

    def _body(self, number: int, text: str) -> Iterator[Line]:
        cells, row = self._cutter.cells(text), self._row
        self._is_after_gap = False
        if cells is not None and self._rule.style is Style.FIXED and not self.may_be_cut:
            self.may_be_cut = self._fills_column(cells)
        if cells is None:
            if row is not None and (self._is_torn() or self._lacks_first(text)):
                row.blur(text)
                return
        elif row is not None and row.goes_on:
            row.go_on(cells)
            return
        elif row is not None and self._belongs_to(row, cells):
            row.join(cells, self._rooms)
            return
        self._row = DrawnRow(number, cells, text, self._cutter.count, is_padded=self._is_padded)
        self._is_marked = self._is_marked or self._row.goes_on
        if row is not None:
            yield from self._rows.add(row, self._has_id(row))

    def _fills_column(self, cells: Sequence[str]) -> bool:
        """Return whether text fills its column, but for an id, which does so in any case."""
        sizes = enumerate(zip(map(len, map(str.strip, cells)), self._rooms, strict=True))
        return any(size >= room for at, (size, room) in sizes if at != self._id_at)

    def _lacks_first(self, text: str) -> bool:
        """Return whether there is nothing in a line where its first cell should be."""
        end = self._rule.spans[0][1]
        return end > 0 and not text[:end].strip(self._around)

    @property
    def _around(self) -> str:
        return f" {self._rule.dividers}"

    def _belongs_to(self, row: DrawnRow, cells: Sequence[str]) -> bool:
        """Return whether a line without an id is more of the row above it, and no row of its own."""
        if self._id_at is None or self._is_marked or cells[self._id_at].strip() or not row.is_certain:
            return False
        return not (is_address(cells[self._email_at]) and is_address(row.cells[self._email_at]))

    def _has_id(self, row: DrawnRow) -> bool:
        return self._id_at is not None and bool(row.cells[self._id_at]) and sum(map(bool, row.cells)) > 1

    def _gap(self) -> Iterator[Line]:
        """Take a rule, or a blank line, below a row."""
        row, self._row = self._row, None
        if row is not None:
            yield from self._rows.add(row, self._has_id(row))
        yield from self._rows.gap()
        self._is_after_gap = True

    def _words(self, number: int, text: str) -> Line:
        """Return a line of text that is in no columns."""
        return words(number, text.strip().strip(self._around), self._name)


class _Groups:
    """The rows between two rules: where it is one each, lines between them are all of one row.

    Args:
        name: What messages call the file.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._waiting: list[DrawnRow] = []
        self._group: list[DrawnRow] = []
        self._count = self._of_somebody = 0
        self._is_ruled = False
        self.certain = self.uncertain = 0

    def add(self, row: DrawnRow, has_id: bool) -> Iterator[Line]:  # noqa: FBT001 - one of two
        """Take the next row, and yield those of which it is known now how they are read."""
        self._group.append(row)
        self._count += 1
        self._of_somebody += has_id
        if self._waiting and has_id:
            yield from self._released(is_ruled=len(self._waiting) == 1)
        if self._count > _MOST_OF_A_ROW:
            yield from self._released(is_ruled=False)
            yield from self._lines(self._group, is_ruled=False)
            self._group = []

    def gap(self) -> Iterator[Line]:
        """Take a rule."""
        if not self._group:
            self._count = self._of_somebody = 0
            return
        if self._waiting:
            yield from self._released(is_ruled=self._is_ruled)
        is_one = self._count == 1 and self._of_somebody == 1
        self._waiting, self._group = self._group, []
        if not is_one:
            yield from self._lines(self._waiting, is_ruled=False)
            self._waiting = []
        self._count = self._of_somebody = 0

    def rest(self) -> Iterator[Line]:
        """Yield the rows that are left."""
        yield from self._released(is_ruled=self._is_ruled)
        yield from self._lines(self._group, is_ruled=False)
        self._group = []

    def _released(self, *, is_ruled: bool) -> Iterator[Line]:
        waiting, self._waiting = self._waiting, []
        self._is_ruled = self._is_ruled or (is_ruled and bool(waiting))
        yield from self._lines(waiting, is_ruled=is_ruled)

    def _lines(self, rows: Sequence[DrawnRow], *, is_ruled: bool) -> Iterator[Line]:
        for row in rows:
            if row.is_certain:
                self.certain += 1
            else:
                self.uncertain += 1
            yield row.line(self._name, is_ruled=is_ruled)


def words(number: int, text: str, name: str) -> Line:
    """Return a line of text around a table; raise `SourceError` where it says that the table is not all."""
    if _PART_ONLY.search(text):
        raise shows_a_part(name, f"line {number:,} says so")
    return Line(number, (text.strip() or None,), is_text=True)
