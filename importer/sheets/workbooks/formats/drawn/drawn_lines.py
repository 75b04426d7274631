"""The lines of a text in which tables are drawn, as lines of a sheet."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from importer.errors import SourceError
from importer.sheets.drawn_table_error import drawn_table
from importer.sheets.reading import Reading
from importer.sheets.workbooks.book import Line
from importer.sheets.workbooks.formats.drawn.cutting import Cutter
from importer.sheets.workbooks.formats.drawn.drawing import Drawing, words
from importer.sheets.workbooks.formats.drawn.drawn_header import rule_of_names
from importer.sheets.workbooks.formats.drawn.rule_lines import RuleLine, Style, rule_of

_MAY_BE_CUT: Final = (
    "The columns of this table have a fixed width, and text fills one of them: programs that draw such tables may cut"
    " longer text without a sign. Look at the longest names and addresses."
)
_COLOUR: Final = re.compile(r"\x1b\[[0-9;]*m")


class DrawnLines:
    """Reads a text, line by line.

    Args:
        name: What messages call the file.
        reading: May say which column holds which field.
    """

    def __init__(self, name: str, reading: Reading) -> None:
        self._name = name
        self._reading = reading
        self._drawing: Drawing | None = None
        self._before: tuple[int, str] | None = None
        self._certain = self._uncertain = 0
        self.notes: Sequence[str] = ()
        """What a person should know of the tables that were read."""

    def lines(self, texts: Iterable[str]) -> Iterator[Line]:
        """Yield what a text holds: a rule is a blank line, and what stands around a table is one cell.

        Raises:
            SourceError: The table is only a part of one, or most of its lines do not keep to its columns.
        """
        line = "\n"
        for number, line in enumerate(texts, start=1):
            text = plain(line)
            rule = rule_of(text)
            yield from self._text(number, text) if rule is None else self._rule(number, text, rule)
        if self._drawing is not None and not line.endswith(("\n", "\r")):
            self._drawing.tear()
        yield from self._end()
        if self._uncertain > self._certain and self._uncertain > 1:
            raise does_not_keep_to_columns(self._name)

    def _text(self, number: int, text: str) -> Iterator[Line]:
        if self._drawing is not None:
            if self._drawing.takes(text):
                yield from self._drawing.take(number, text)
                return
            yield from self._end()
        before = self._before
        named = rule_of_names(before[1], text, self._reading) if before else None
        if named is not None and before is not None:
            self._before = None
            yield from self._begin(named, before[0])
            yield from self._text(number, text)
            return
        yield from self._flush()
        self._before = (number, text)

    def _rule(self, number: int, text: str, rule: RuleLine) -> Iterator[Line]:
        drawing, before = self._drawing, self._before
        if drawing is not None and drawing.goes_on_with(rule):
            yield from drawing.rule(rule)
            if drawing.has_ended:
                yield from self._end()
            return
        if drawing is not None:
            before = drawing.last_line()
            yield from self._end()
        self._before = None
        if before is not None and is_header(before[1], rule):
            yield from self._begin(rule, number, before)
            return
        if before is not None and before[1].strip():
            yield words(*before, self._name)
        if rule.style is Style.FRAMED and not rule.ends:
            yield from self._begin(rule, number)
        else:
            yield words(number, text, self._name)

    def _begin(self, rule: RuleLine, number: int, header: tuple[int, str] | None = None) -> Iterator[Line]:
        self._drawing = Drawing(rule, self._name, self._reading, number, header)
        yield from self._drawing.begin()

    def _flush(self) -> Iterator[Line]:
        before, self._before = self._before, None
        if before is not None and before[1].strip():
            yield words(*before, self._name)

    def _end(self) -> Iterator[Line]:
        drawing, self._drawing = self._drawing, None
        if drawing is not None:
            yield from drawing.end()
            self._certain += drawing.certain
            self._uncertain += drawing.uncertain
            if drawing.may_be_cut:
                self.notes = (_MAY_BE_CUT,)
        yield from self._flush()


def plain(line: str) -> str:
    """Return a line without its end, colours and the sign for a new page."""
    text = line.rstrip("\r\n").lstrip("\f")
    return _COLOUR.sub("", text) if "\x1b" in text else text


def is_header(text: str, rule: RuleLine) -> bool:
    """Return whether a line above a rule has the names of its columns."""
    cells = Cutter(rule).cells(text) if len(rule.spans) > 1 and not rule.ends else None
    return cells is not None and any(map(str.strip, cells))


def does_not_keep_to_columns(name: str) -> SourceError:
    """Return the error for a text of which it is not certain what its cells are."""
    return drawn_table(
        f"{name} is a table that was drawn with lines or blanks, and most of its lines do not keep to its columns."
    )
