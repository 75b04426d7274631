"""What the cells of an Excel workbook hold, by their type, their number format and their text (ECMA-376, 18.18.11)."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from importer.errors import SourceError
from importer.sheets.table import CellError
from importer.sheets.workbooks.areas import cell_name
from importer.sheets.workbooks.book import ERRORS, UNNAMED_ERROR, Doubtful, LineCell, Uncomputed, stored
from importer.sheets.workbooks.formats.known_results import KnownResults
from importer.sheets.workbooks.formats.written_values import date_or_moment, naive_moment
from importer.sheets.workbooks.formats.xlsx.cell_looks import CellLooks
from importer.sheets.workbooks.serials import NumberKind, from_serial

_CODES: Final = re.compile(r"(?:_x[0-9A-Fa-f]{4}_)+")
_NUMBER: Final = re.compile(r"\s*([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[Ee][+-]?[0-9]+)?)\s*")
_INDEX: Final = re.compile(r"\s*[0-9]{1,9}\s*")
_OTHER_ERROR: Final = re.compile(r"#[A-Z0-9/_]{1,20}[!?]?|Err:[0-9]{3}")
"""What errors of other and of later programs look like: nothing of a customer is written so."""
_KINDS: Final = frozenset({"", "n", "s", "str", "b", "e", "d", "inlineStr"})
_TRUTHS: Final = {"1": True, "0": False, "true": True, "false": False}


def plain_text(text: str) -> str:
    """Return text with Excel's own codes for characters (`_x000D_`) replaced (ECMA-376 part 1, 22.9.2.19).

    They are units of UTF-16; half of a pair without the other stands for no character, and becomes U+FFFD.

    Example: `plain_text("a_x0041_")` is `"aA"`.
    """
    return _CODES.sub(_letters, text) if "_x" in text else text


def _letters(match: re.Match[str]) -> str:
    units = match[0].replace("_x", "").replace("_", "")
    return bytes.fromhex(units).decode("utf-16-be", errors="replace")


@dataclass(frozen=True, slots=True)
class CellValues:
    """Makes values of what is written in cells.

    Args:
        strings: The workbook's shared strings.
        looks: What cell formats make of what is in a cell.
        since_1904: How days are counted.
        results: Which stored results of formulas are what the formulas come to.
        damage: Makes an error of what is wrong.
    """

    strings: Sequence[str | Doubtful]
    looks: CellLooks
    since_1904: bool
    damage: Callable[[str], SourceError]
    results: KnownResults = KnownResults.ALL

    def value(self, kind: str, style: int, text: str, *, row: int, column: int) -> LineCell:
        """Return the value of a cell that is no inline text; of text that is empty, None."""
        cell: LineCell = None
        match kind:
            case "n" | "" if text:
                cell = self.number(text, style, row=row, column=column)
            case "s" if text:
                cell = self.shared(text, row=row, column=column)
            case "str":
                cell = plain_text(text) or None
            case "b" if text:
                cell = _TRUTHS.get(text.strip())
                if cell is None:
                    raise self.damage(f"cell {cell_name(row, column)} holds a truth value that is none")
            case "e":
                cell = CellError(text.strip() or UNNAMED_ERROR)
                if cell.code not in ERRORS and not _OTHER_ERROR.fullmatch(cell.code):
                    raise self.damage(f"cell {cell_name(row, column)} holds an error that is none")
            case "d" if text:
                cell = _moment(text)
            case _ if kind not in _KINDS:
                raise self.damage(f"cell {cell_name(row, column)} is of a kind that is not known")
        return cell

    def number(self, text: str, style: int, *, row: int, column: int) -> LineCell:
        """Return a number, or the date or span of time that its cell format makes of it."""
        match = _NUMBER.fullmatch(text)
        number = float(match[1]) if match else math.inf
        if math.isinf(number):
            raise self.damage(f"cell {cell_name(row, column)} holds a number that is none")
        kinds = self.looks.kinds
        kind = kinds[style] if style < len(kinds) else NumberKind.NUMBER
        if kind is NumberKind.NUMBER:
            return number
        code = self.looks.codes[style] if style < len(self.looks.codes) else ""
        return from_serial(number, kind, since_1904=self.since_1904, number_format=code)

    def shared(self, text: str, *, row: int, column: int) -> str | Doubtful | None:
        """Return one of the shared strings."""
        index = int(text) if _INDEX.fullmatch(text) else -1
        if not 0 <= index < len(self.strings):
            raise self.damage(f"cell {cell_name(row, column)} refers to a text that is not there")
        return self.strings[index] or None

    def seen(self, cell: LineCell, style: int) -> LineCell:
        """Return a cell, in doubt where it is text that its cell format does not simply show."""
        why = self.looks.doubts.get(style) if isinstance(cell, str) else None
        return cell if why is None else Doubtful(stored(cell), why)

    def computed(self, cell: LineCell, kind: str) -> LineCell:
        """Return the value of a cell with a formula, or that it is missing, or that it may be another."""
        if cell is None and kind != "str":
            return Uncomputed.FORMULA
        return self.results.seen(cell)


def _moment(text: str) -> LineCell:
    """Return a date that is written in ISO 8601, without what it says of a time zone; other text as it is."""
    try:
        if "T" not in text and ":" in text:
            return dt.time.fromisoformat(text.strip()).replace(tzinfo=None)
        return date_or_moment(naive_moment(text.strip()))
    except ValueError:
        return text
