"""What a formula of an Excel workbook refers to, as far as that is certain from its text (ECMA-376 part 1, 18.17)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from importer.sheets.workbooks.areas import MAX_COLUMNS, Area, column_position

Span = tuple[int, int]
"""The first and the last of some columns, from 0."""

_LONGEST: Final = 8_192
_CELL: Final = r"\$?[A-Za-z]{1,3}\$?[1-9][0-9]{0,6}"
_COLUMN: Final = r"\$?[A-Za-z]{1,3}"
_ROW: Final = r"\$?[1-9][0-9]{0,6}"
_TOKEN: Final = re.compile(
    rf"""
    (?P<nothing>"(?:[^"]|"")*" | \#(?:N/A|REF!|DIV/0!|VALUE!|NAME\?|NUM!|NULL!) | [-+*/^&=<>%@(),;{{}}\s]+)
    | (?P<call>[A-Za-z_][\w.]*)\(
    | (?P<sheet>'(?:[^']|'')+'|[^\W\d][\w.]*)!
    | (?P<area>{_CELL}(?::{_CELL})?|{_COLUMN}:{_COLUMN}|{_ROW}:{_ROW})(?![\w.(!:\[\#])
    | (?P<table>(?:[^\W\d][\w.]*)?)\[(?P<columns>(?:[^][']|'.|\[(?:[^][']|'.)*\])*)\](?![\w.(!:\[\#])
    | (?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[Ee][+-]?[0-9]+)?)(?![\w.(!:\[\#])
    | (?P<name>[^\W\d][\w.]*)(?![\w.(!:\[\#])
    """,
    re.VERBOSE | re.DOTALL,
)
_IN_COLUMNS: Final = re.compile(r"\[((?:[^][']|'.)*)\]")
_ESCAPED: Final = re.compile(r"'(.)", re.DOTALL)
_LETTERS: Final = re.compile(r"[A-Za-z]+")
_TRUTHS: Final = frozenset({"true", "false"})
_FURTHER: Final = frozenset({
    "CALL", "CELL", "EXEC", "FORMULATEXT", "GETPIVOTDATA", "HYPERLINK", "IMAGE", "INDIRECT", "INFO", "OFFSET",
    "REGISTER.ID", "RTD", "SHEET", "SHEETS", "SQL.REQUEST", "STOCKHISTORY", "WEBSERVICE",
})  # fmt: skip
"""Functions whose result depends on more than what stands between their parentheses."""
_CUBE: Final = "CUBE"


@dataclass(frozen=True, slots=True)
class TableColumns:
    """The columns of a table object.

    Attributes:
        area: On the sheet; None for a table of another sheet than the one that is looked at.
        names: Left to right.
    """

    area: Area | None
    names: Sequence[str]


@dataclass(frozen=True, slots=True)
class Reach:
    """Tells which columns of a sheet a formula on it refers to.

    Attributes:
        sheet: The sheet's name.
        others: The names of the other sheets.
        tables: The table objects of the workbook, by name without regard to case.
        names: What the workbook's own names stand for, in the same way; several where each sheet has its own.
    """

    sheet: str
    others: Collection[str]
    tables: Mapping[str, TableColumns] = field(default_factory=dict)
    names: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def columns(self, formula: str) -> frozenset[Span] | None:
        """Return the columns of the sheet; None where it is not certain that they are all that it refers to.

        Nothing is certain of what is outside of the workbook, nor of functions that look where their text does not say.
        """
        if not formula or len(formula) > _LONGEST:
            return None
        spans = list(self._spans(formula, frozenset()))
        return None if None in spans else frozenset(span for span in spans if span is not None)

    def _spans(self, formula: str, inside: frozenset[str]) -> Iterator[Span | None]:
        """Yield the columns, or None for what is not certain; `inside` are the names in which the text stands."""
        at, sheet = 0, ""
        while at < len(formula):
            match = _TOKEN.match(formula, at)
            if match is None or (sheet and match["area"] is None):
                yield None
                return
            at = match.end()
            if match["area"] is not None:
                yield from self._area(match["area"], sheet, is_absolute=bool(inside))
            elif match["call"] is not None:
                function = match["call"].upper().removeprefix("_XLFN.").removeprefix("_XLWS.")
                if function in _FURTHER or function.startswith(_CUBE):
                    yield None
            elif match["columns"] is not None:
                yield self._table_columns(match["table"], match["columns"])
            elif match["name"] is not None:
                yield from self._name(match["name"].casefold(), inside)
            sheet = match["sheet"] or ""
        if sheet:
            yield None

    def _area(self, area: str, sheet: str, *, is_absolute: bool) -> Iterator[Span | None]:
        name = sheet[1:-1].replace("''", "'") if sheet.startswith("'") else sheet
        ends = area.split(":")
        if is_absolute and (not sheet or any(not re.fullmatch(r"(?:\$[A-Za-z]+)?(?:\$[0-9]+)?", end) for end in ends)):
            yield None  # what it refers to depends on where the name is used
        elif not name or name.casefold() == self.sheet.casefold():
            letters = [_LETTERS.search(end) for end in ends]
            columns = sorted(column_position(match[0]) for match in letters if match)
            yield (columns[0], columns[-1]) if columns else (0, MAX_COLUMNS - 1)
        elif name.casefold() not in {other.casefold() for other in self.others}:
            yield None

    def _table_columns(self, name: str, columns: str) -> Span | None:
        """Return the columns of a structured reference, such as `People[Amount]` or `[@Amount]`."""
        own = [table for table in self.tables.values() if table.area is not None]
        table = self.tables.get(name.casefold()) if name else own[0] if len(own) == 1 else None
        named = [_ESCAPED.sub(r"\1", text) for text in _IN_COLUMNS.findall(columns) or [columns.removeprefix("@")]]
        positions = [
            table.names.index(text)
            for text in named
            if table is not None and not text.startswith("#") and text in table.names
        ]
        is_known = len(positions) == sum(not text.startswith("#") for text in named)
        if table is None or not positions or not is_known:
            return None
        if table.area is None:
            return -1, -1
        return table.area.first_column + min(positions), table.area.first_column + max(positions)

    def _name(self, name: str, inside: frozenset[str]) -> Iterator[Span | None]:
        if name in _TRUTHS:
            return
        texts = self.names.get(name, ())
        if not texts or name in inside:
            yield None
            return
        for text in texts:
            yield from self._spans(text, inside | {name})
