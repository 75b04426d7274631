"""A look through the rows of the sheet that is to be annotated: at which bytes they must change."""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Final, NoReturn
from xml.parsers import expat

from importer.sheets.workbooks.annotate.appended_area import AppendedArea
from importer.sheets.workbooks.annotate.filter_criteria import is_hidden
from importer.sheets.workbooks.annotate.lasting_formulas import LastingFormulas
from importer.sheets.workbooks.areas import MAX_COLUMNS, MAX_ROWS, column_position
from importer.sheets.workbooks.package.prefixes import declaration
from importer.sheets.workbooks.package.xml_edits import UnfitWorkbookError

_LETTERS: Final = re.compile("[A-Z]{1,3}")
_NUMBER: Final = re.compile("[1-9][0-9]{0,6}")
_CELL_CHILDREN: Final = frozenset({"v", "f", "is", "extLst"})
_NOTHING: Final = frozenset({"0", "0.0"})
"""What programs store as the result of a formula that cannot calculate."""
_IN_DATA, _IN_ROW, _IN_CELL = range(3)
"""How deep the parser is in the rows."""


def _offsets() -> array[int]:
    return array("Q")


@dataclass(slots=True)
class SurveyedRows:
    """The rows that the sheet has an element for, in order; one entry for each in every list.

    Attributes:
        numbers: Their numbers.
        starts: Where each begins.
        own_from: Where in it the appended cells go.
        own_to: Where the cells end that stand in their place now; the same where there are none.
        filled: 1 where one of these holds something, else 0.
        hidden: 1 where nobody sees the row, else 0.
    """

    numbers: array[int] = field(default_factory=_offsets)
    starts: array[int] = field(default_factory=_offsets)
    own_from: array[int] = field(default_factory=_offsets)
    own_to: array[int] = field(default_factory=_offsets)
    filled: bytearray = field(default_factory=bytearray)
    hidden: bytearray = field(default_factory=bytearray)


@dataclass(slots=True)
class Formulas:
    """The cells with a formula, in order; one entry for each in every list.

    Attributes:
        cells: Where each cell begins.
        cut_from: Where in it begins what is to be left out.
        cut_to: Where that ends.
        valued: 1 where a stored value remains, else 0.
        kinds: What decides whether it stays a formula; 0 for one that does not.
        left: How many stay, and are in none of the lists any more.
    """

    cells: array[int] = field(default_factory=_offsets)
    cut_from: array[int] = field(default_factory=_offsets)
    cut_to: array[int] = field(default_factory=_offsets)
    valued: bytearray = field(default_factory=bytearray)
    kinds: array[int] = field(default_factory=lambda: array("I"))
    left: int = 0

    def leave(self, kinds: Collection[int]) -> None:
        """Forget those of some kinds, so that they stay as they are."""
        if kinds:
            kept = [at for at, kind in enumerate(self.kinds) if kind not in kinds]
            self.left = len(self.kinds) - len(kept)
            self.valued = bytearray(self.valued[at] for at in kept)
            for offsets in (self.cells, self.cut_from, self.cut_to, self.kinds):
                offsets[:] = array(offsets.typecode, (offsets[at] for at in kept))


class RowSurvey:
    """One look through the rows, as a parser's handlers while it is inside of them.

    Positions are counted as spreadsheet programs do: a row or a cell without a number follows the one before it.

    Args:
        parser: The sheet's.
        place: Where the appended columns go.
        lasting: Decides which formulas stay.
    """

    def __init__(self, parser: expat.XMLParserType, appended: AppendedArea, lasting: LastingFormulas) -> None:
        self.rows = SurveyedRows()
        self.formulas = Formulas()
        self.header_style = 0
        """The look of the last header cell that holds something, by its number among the cell formats."""
        self.body_style = 0
        """The look of the last cell of the first row below that."""
        self._parser = parser
        self._first, self._last, self._header_row = appended.first, appended.last, appended.header_row
        self._positions: dict[str, int] = {}
        self._level = _IN_DATA
        self._row = self._body_row = 0
        self._row_text = ""
        self._digits = 1
        self._new_row()
        self._cell_at = 0
        self._attributes: Mapping[str, str] = {}
        self._is_own = self._watched = self._sampled = self._has_child = False
        self._formula_at = self._formula_end = 0
        self._has_value = False
        self._lasting = lasting
        self._formula_attributes: Mapping[str, str] = {}
        self._formula_text: list[str] = []
        self._value_text: list[str] = []

    def begin(self, prefix: str, then: Callable[[], None]) -> None:
        """Take the parser's handlers, and call the function where the rows have ended.

        Args:
            prefix: What the sheet's own elements have before their names.
            then: The function.
        """
        self._then = then
        self._row_name, self._cell_name, self._value_name = (prefix + name for name in ("row", "c", "v"))
        self._child_names = {prefix + name: name for name in _CELL_CHILDREN}
        self._declaration = declaration(prefix)
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end

    def _new_row(self) -> None:
        self._column = -1
        self._own_from = self._own_to = 0
        self._filled = False

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        level = self._level
        self._level = level + 1
        if level == _IN_CELL:
            if self._watched or name != self._value_name:
                self._child_start(name, attributes)
            self._has_child = True
        elif level == _IN_ROW:
            if name != self._cell_name or self._declaration in attributes:
                _refuse("a row of its sheet holds something else than cells")
            reference = attributes.get("r")
            column = self._column + 1 if reference is None else self._position(reference)
            if column <= self._column:
                _refuse("the cells of a row are not in order")
            self._column = column
            self._cell_at = self._parser.CurrentByteIndex
            self._attributes = attributes
            self._watched = self._sampled
            self._has_child = self._is_own = False
            if column >= self._first:
                self._cell_beyond(column)
        elif level == _IN_DATA:
            self._row_start(name, attributes)

    def _end(self, _name: str) -> None:
        level = self._level = self._level - 1
        if level == _IN_CELL:
            if self._formula_at:
                self._parser.CharacterDataHandler = None
        elif level == _IN_ROW:
            if self._formula_at:
                self._formula_cell_end()
        elif level == _IN_DATA:
            self._row_end()
        elif level < _IN_DATA:
            self._then()

    def _row_start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name != self._row_name or self._declaration in attributes:
            _refuse("its sheet holds something else than rows between them")
        text = attributes.get("r", str(self._row + 1))
        if not _NUMBER.fullmatch(text) or int(text) > MAX_ROWS:
            _refuse("it has a row where no row can be")
        if int(text) <= self._row:
            _refuse("its rows are not in order")
        self._row, self._row_text, self._digits = int(text), text, len(text)
        self._sampled = self._row == self._header_row or (self._row > self._header_row and not self._body_row)
        self._new_row()
        self.rows.numbers.append(self._row)
        self.rows.starts.append(self._parser.CurrentByteIndex)
        self.rows.hidden.append(is_hidden(attributes))

    def _row_end(self) -> None:
        at = self._parser.CurrentByteIndex
        self.rows.own_from.append(self._own_from or at)
        self.rows.own_to.append(self._own_to or at)
        self.rows.filled.append(self._filled)

    def _position(self, reference: str) -> int:
        """Return the column of a cell's reference, which must be in the row that it stands in."""
        letters = reference[: -self._digits]
        if reference[-self._digits :] != self._row_text or not letters:
            _refuse("a cell says that it is in another row than its own")
        position = self._positions.get(letters)
        if position is None:
            if not _LETTERS.fullmatch(letters) or column_position(letters) >= MAX_COLUMNS:
                _refuse("it has a cell where no cell can be")
            position = self._positions[letters] = column_position(letters)
        return position

    def _cell_beyond(self, column: int) -> None:
        """Take in a cell that is not left of the appended ones."""
        self._own_from = self._own_from or self._cell_at
        if column <= self._last:
            self._is_own = self._watched = True
            return
        self._own_to = self._own_to or self._cell_at
        if "r" not in self._attributes:
            _refuse("cells to the right of its table do not say where they are")

    def _child_start(self, name: str, attributes: Mapping[str, str]) -> None:
        child = self._child_names.get(name)
        if child is None:
            _refuse("a cell of its sheet holds what no cell holds")
        at = self._parser.CurrentByteIndex
        if self._formula_at:
            self._formula_end = self._formula_end or at
            self._has_value = self._has_value or child == "is"
            if child == "v":
                self._parser.CharacterDataHandler = self._value
        if child == "f":
            self._formula(at, attributes)
        elif self._sampled and not self._is_own and self._column < self._first:
            self._sample()
        self._filled = self._filled or self._is_own

    def _sample(self) -> None:
        style = int(text) if (text := self._attributes.get("s", "0")).isdecimal() else 0
        if self._row == self._header_row:
            self.header_style = style
        else:
            self._body_row, self.body_style = self._row, style

    def _formula(self, at: int, attributes: Mapping[str, str]) -> None:
        if self._has_child:
            _refuse("a formula of its sheet does not stand where formulas stand")
        self._watched = True
        self._formula_at, self._formula_attributes = at, attributes
        self._formula_text, self._value_text = [], []
        self._parser.CharacterDataHandler = self._formula_text.append

    def _value(self, text: str) -> None:
        self._has_value = True
        self._value_text.append(text)

    def _formula_cell_end(self) -> None:
        at = self._parser.CurrentByteIndex
        self.formulas.cells.append(self._cell_at)
        self.formulas.cut_from.append(self._formula_at)
        self.formulas.cut_to.append((self._formula_end or at) if self._has_value else at)
        self.formulas.valued.append(self._has_value)
        self.formulas.kinds.append(self._kind())
        self._formula_at = self._formula_end = 0
        self._has_value = False

    def _kind(self) -> int:
        """Return what kind of formula it is that may stay; 0 for one whose result is known, or that does not stay."""
        is_nothing = self._attributes.get("t", "n") == "n" and "".join(self._value_text).strip() in _NOTHING
        if self._has_value and not (is_nothing and self._lasting.zeros_are_nothing):
            return 0
        return self._lasting.kind(self._column, self._formula_attributes, "".join(self._formula_text))


def _refuse(why: str) -> NoReturn:
    raise UnfitWorkbookError(why)
