"""Rows of a sheet's XML, column by column; for speed, where most rows of a block are written alike.

Speed is its only reason: `sheet_rows.py` reads the same rows one by one. What a few rows of a block have in common
becomes one expression for a row, which takes the whole block apart at once. A row that it does not match is read by
itself, and whatever needs a second look (a number that is none, rows out of order) makes the block one for reading row
by row, which says what is wrong. A test holds both to the same lines.
"""

from __future__ import annotations

import functools
import itertools
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from importer.sheets.workbooks.areas import column_position
from importer.sheets.workbooks.book import TEXTS, Doubtful, LineCell, LineColumns
from importer.sheets.workbooks.formats.xlsx.sheet_xml import is_hidden
from importer.sheets.workbooks.formats.xlsx.xlsx_values import CellValues
from importer.sheets.workbooks.serials import NumberKind

ATTRIBUTE: Final = re.compile(r'([A-Za-z0-9:]+)="([^"]*)"')
_ROW: Final = r'<row r="([1-9][0-9]{0,6})"((?: [A-Za-z0-9:]+="[^"<>&]*")*) ?>'
_STYLE: Final = r'(?: s="(0|[1-9][0-9]{0,5})")?'
_CELL: Final = re.compile(
    r'<c r="([A-Z]{1,3})[0-9]+"(?: s="[0-9]+")?(?: t="(n|s|str|inlineStr|b)")?>'
    r'<(?:v>[^<]*</v|is><t(?: xml:space="preserve")?>[^<]*</t></is)></c>'
)
"""The column and the type of a cell that holds a value and no formula."""
_VALUES: Final[Mapping[str, str]] = {
    "s": r' t="s"><v>([0-9]{1,8})</v>',
    "str": r' t="str"><v>([^<]*)</v>',
    "inlineStr": r' t="inlineStr"><is><t(?: xml:space="preserve")?>([^<]*)</t></is>',
    "b": r' t="b"><v>([01])</v>',
    "n": r'(?: t="n")?><v>(-?[0-9]+(?:\.[0-9]+)?(?:E[+-]?[0-9]+)?)</v>',
}
"""How the value of a cell is written, by its type."""
_EMPTY: Final = r'(?: t="(?:n|s|str|inlineStr|b)")? ?/>'
_SAMPLES: Final = 64
_WIDEST: Final = 128
"""Columns; an expression for more takes longer to make than it saves."""
_MOST_SHAPES: Final = 40
"""So many expressions are made for one sheet: making one takes some milliseconds."""
_MOST_TEXT: Final = 4 * 1024**2
"""Characters of a block's cells; where shared strings make more of it, lines come one by one."""
ROWS_A_PIECE: Final = 8
"""Where fewer rows than that, at an average, follow each other without another one, columns do not pay."""

_MOST_ROWS: Final = 500
"""So many are together at most: what is special in a row is looked for in all that are together with it."""
_MOST_MADE: Final = 20_000
"""Numbers that are remembered with what they are."""

_Number = tuple[str | None, str | None]
"""The format and the text of a cell, as they are written."""
Shape = tuple[tuple[str, tuple[str, ...]], ...]
"""For each column of a row its letters and the types of its cells."""


class _OneByOneError(Exception):
    """Rows are to be read one by one: something may be wrong with one of them, or columns do not pay."""


class _AlikeRows(NamedTuple):
    """The rows of a block that are of one shape.

    Attributes:
        between: The text before each of them, and behind the last one; "" where that is white space.
        numbers: Their numbers.
        attributes: Their other attributes, as they are written.
        gaps: Which of them, from 0, do not follow right on the one before: text is between, or no row.
        cells: For each column the formats of its cells, and of each type their values, as they are written; None where
            there is none.
    """

    between: Sequence[str]
    numbers: Sequence[int]
    attributes: Sequence[str]
    gaps: Sequence[int]
    cells: Sequence[Sequence[Sequence[str | None]]]


class RowShapes:
    """Takes blocks of one sheet's rows apart.

    Args:
        values: Makes values of what is written in cells.
        plain: Makes text of what is written between two tags.
        fewest: How many rows must follow each other at an average, so that columns are made of them.
    """

    def __init__(self, values: CellValues, plain: Callable[[str], str], fewest: int = ROWS_A_PIECE) -> None:
        self._values = values
        self._plain = plain
        self._fewest = fewest
        self._strings: Sequence[LineCell] = [string or None for string in values.strings]
        self._doubts = frozenset(map(str, values.looks.doubts))
        self._longest = max(_lengths(values.strings), default=0)
        self._made: dict[_Number, LineCell] = {}
        self._shapes: set[Shape] = set()

    def taken_apart(self, text: str) -> Iterator[LineColumns | str] | None:
        """Return some rows in their order: column by column, and the text of those that are to be read one by one.

        Args:
            text: Whole rows. That their numbers go up is not looked at.

        Returns:
            None: All of them are to be read one by one.
        """
        if "0" in self._doubts or len(text) > _MOST_TEXT:
            return None
        shape = _shape(text)
        self._shapes.add(shape)
        if not shape or column_position(shape[-1][0]) >= _WIDEST or len(self._shapes) > _MOST_SHAPES:
            return None
        try:
            rows = _alike(shape, text, self._fewest)
            return _pieces(rows, self._columns(shape, rows))
        except _OneByOneError:
            return None

    def _columns(self, shape: Shape, rows: _AlikeRows) -> Sequence[Sequence[LineCell]]:
        """Return all columns from A to the last one."""
        columns: list[Sequence[LineCell]] = []
        room = _MOST_TEXT
        for (letters, kinds), (styles, *written) in zip(shape, rows.cells, strict=True):
            of_kinds = [self._column(kind, styles, of_kind) for kind, of_kind in zip(kinds, written, strict=True)]
            column = functools.reduce(_either, of_kinds)
            if odd := self._doubts.intersection(map(str, set(styles))):
                seen = self._values.seen
                column = [
                    seen(cell, int(style)) if style in odd else cell for cell, style in zip(column, styles, strict=True)
                ]
            if "s" in kinds:
                most = self._longest * len(column)
                room -= most if most <= _MOST_TEXT // len(shape) else sum(_lengths(column))
            columns += [[None] * len(rows.numbers)] * (column_position(letters) - len(columns))
            columns.append(column)
        if room < 0 or _has_blank_line(columns):
            raise _OneByOneError
        return columns

    def _column(self, kind: str, styles: Sequence[str | None], written: Sequence[str | None]) -> Sequence[LineCell]:
        """Return the cells of a type in a column, None for all others."""
        if kind == "n":
            return self._numbers(styles, written)
        if kind == "b":
            return [None if text is None else text == "1" for text in written]
        return self._texts(kind, written)

    def _texts(self, kind: str, written: Sequence[str | None]) -> Sequence[LineCell]:
        if kind == "s":
            try:
                return [None if index is None else self._strings[int(index)] for index in written]
            except IndexError as error:  # there is no such text
                raise _OneByOneError from error
        plain = self._plain
        return [plain(text) or None if text and ("&" in text or "_x" in text) else text or None for text in written]

    def _numbers(self, styles: Sequence[str | None], written: Sequence[str | None]) -> Sequence[LineCell]:
        """Return numbers and dates, equal dates made once."""
        if all(self._is_number(style) for style in set(styles)):
            numbers = [None if text is None else float(text) for text in written]
            if math.inf in numbers or -math.inf in numbers:
                raise _OneByOneError
            return numbers
        if len(self._made) > _MOST_MADE:
            self._made.clear()
        made = self._made
        for style, text in set(zip(styles, written, strict=True)).difference(made):
            if text is not None and math.isinf(float(text)):
                raise _OneByOneError
            made[style, text] = text and self._values.number(text, int(style or 0), row=0, column=0)
        return [made[number] for number in zip(styles, written, strict=True)]

    def _is_number(self, style: str | None) -> bool:
        """Return whether a number in a cell of that format is shown as one."""
        at, kinds = int(style or 0), self._values.looks.kinds
        return at >= len(kinds) or kinds[at] is NumberKind.NUMBER


def _shape(text: str) -> Shape:
    """Return what some rows of a text have in common, as far as it can be taken apart here; () for nothing."""
    step = max(len(text) // _SAMPLES, 1)
    kinds: dict[str, set[str]] = {}
    for at in range(step // 2, len(text), step):
        begin = text.find("<row ", at)
        if begin >= 0:
            for letters, kind in _CELL.findall(text, begin, text.find("</row>", begin)):
                kinds.setdefault(letters, set()).add(kind or "n")
    columns = sorted(kinds, key=column_position)
    return tuple((letters, tuple(sorted(kinds[letters]))) for letters in columns)


def _alike(shape: Shape, text: str, fewest: int) -> _AlikeRows:
    """Return the rows of a text that are of a shape."""
    pieces = _expression(shape).split(text)
    groups = [1 + len(kinds) for _, kinds in shape]
    width = 3 + sum(groups)
    between = ["" if piece.isspace() else piece for piece in pieces[::width]]
    numbers = list(map(int, pieces[1::width]))
    gaps = [at for at in range(1, len(numbers)) if between[at] or numbers[at] != numbers[at - 1] + 1]
    are_rows = all(piece.endswith("</row>") for piece in between if piece)
    if len(numbers) < fewest * (1 + len(gaps)) or not are_rows:
        raise _OneByOneError
    written = iter([pieces[at::width] for at in range(3, width)])
    cells = [list(itertools.islice(written, count)) for count in groups]
    return _AlikeRows(between, numbers, pieces[2::width], gaps, cells)


@functools.lru_cache(maxsize=_MOST_SHAPES)
def _expression(shape: Shape) -> re.Pattern[str]:
    cells = "".join(_cell_expression(letters, kinds) for letters, kinds in shape)
    return re.compile(f"{_ROW}{cells}</row>")


def _cell_expression(letters: str, kinds: Sequence[str]) -> str:
    values = "|".join(f"{_VALUES[kind]}</c>" for kind in kinds)
    return rf'(?:<c r="{letters}\1"{_STYLE}(?:{_EMPTY}|{values}))?'


def _either(one: Sequence[LineCell], other: Sequence[LineCell]) -> Sequence[LineCell]:
    return [here if here is not None else there for here, there in zip(one, other, strict=True)]


def _has_blank_line(columns: Sequence[Sequence[LineCell]]) -> bool:
    """Return whether in one of the lines nothing is: of such a one nothing is to be said."""
    if any(None not in column for column in columns):
        return False
    return any(cells.count(None) == len(cells) for cells in zip(*columns, strict=True))


def _pieces(rows: _AlikeRows, columns: Sequence[Sequence[LineCell]]) -> Iterator[LineColumns | str]:
    """Yield rows that follow each other column by column, and what is between them as it is written."""
    numbers, between = rows.numbers, rows.between
    hides = {text: is_hidden(dict(ATTRIBUTE.findall(text))) for text in set(rows.attributes)}
    hidden = [number for number, text in zip(numbers, rows.attributes, strict=True) if hides[text]]
    if between[0]:
        yield between[0]
    starts = sorted({*range(0, len(numbers), _MOST_ROWS), *rows.gaps})
    for start, end in itertools.pairwise([*starts, len(numbers)]):
        own = range(numbers[start], numbers[start] + end - start)
        yield LineColumns(
            own.start, [column[start:end] for column in columns], [number for number in hidden if number in own]
        )
        if between[end]:
            yield between[end]


def _lengths(cells: Sequence[LineCell]) -> Iterator[int]:
    """Yield the lengths of texts."""
    kinds = {*map(type, cells)}
    if kinds <= TEXTS:
        return map(len, filter(None, cells))  # type: ignore[arg-type]  # each is text
    texts = (cell.value if isinstance(cell, Doubtful) else cell for cell in cells)
    return (len(text) for text in texts if isinstance(text, str))
