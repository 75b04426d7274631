"""The cells of an OpenDocument spreadsheet: their text as a person sees it, and their values."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Final

from importer.sheets.table import CellError
from importer.sheets.workbooks.book import ERRORS, UNNAMED_ERROR, LineCell, Uncomputed
from importer.sheets.workbooks.formats.ods.ods_looks import OdsLooks
from importer.sheets.workbooks.formats.written_values import date_or_moment, finite_number, naive_moment

_PARAGRAPHS: Final = frozenset({"p", "h"})
_UNSEEN: Final = frozenset({"annotation", "ruby-text", "note"})
_LINE_BREAKS: Final = re.compile(r" *[\t\r\n][ \t\r\n]*")
_STYLE: Final = ":style-name"
_MAX_SPACES: Final = 32_767
_NUMBERS: Final = frozenset({"float", "percentage", "currency"})
_ERROR: Final = re.compile("|".join([*map(re.escape, sorted(ERRORS)), "Err:[0-9]{3}"]))
_TRUTHS: Final = {"true": True, "false": False}
_TRUTHS_SHOWN: Final = {("1", "TRUE"): True, ("0", "FALSE"): False}
"""The number and the text of a formula's truth value, which LibreOffice stores as a number."""
_SPAN: Final = re.compile(
    r"(-?)P(?:([0-9]{1,9})D)?T?(?:([0-9]{1,9})H)?(?:([0-9]{1,9})M)?(?:([0-9]{1,9})(?:[.,]([0-9]{1,9}))?S)?"
)
_DAY: Final = dt.timedelta(days=1)


class OdsText:
    """Collects the text of a cell: its paragraphs, as LibreOffice shows them.

    A line break between letters of the XML is a space; spaces are not made one, though the format says so, since
    LibreOffice neither does so nor writes them otherwise in text of several lines.
    """

    __slots__ = ("_ignored", "_inside", "_looks", "_paragraphs", "_pieces", "_strikes", "has_struck")

    def __init__(self, looks: OdsLooks) -> None:
        self._looks = looks
        self._strikes: list[int] = []
        """How deep the elements are that are open and strike text through."""
        self.has_struck = False
        """Whether something in it is struck through."""
        self._paragraphs: list[str] = []
        self._pieces: list[str] = []
        self._inside = False
        self._ignored = 0

    def start(self, name: str, attributes: Mapping[str, str], depth: int) -> None:
        """Take in that an element begins; one right inside the cell has the depth 1."""
        if self._ignored:
            return
        if attributes and self._looks.is_struck(next((v for k, v in attributes.items() if k.endswith(_STYLE)), "")):
            self._strikes.append(depth)
        if depth == 1 and name in _PARAGRAPHS:
            self._pieces, self._inside = [], True
        elif depth == 1 or name in _UNSEEN:
            self._ignored = depth
        elif name == "s":
            count = next((value for key, value in attributes.items() if key.rpartition(":")[2] == "c"), "1")
            is_count = count.isdecimal() and len(count) < len(str(_MAX_SPACES))
            self._pieces.append(" " * (int(count) if is_count else _MAX_SPACES))
        elif name == "tab":
            self._pieces.append("\t")
        elif name == "line-break":
            self._pieces.append("\n")

    def end(self, _name: str, depth: int) -> None:
        """Take in that an element ends."""
        if self._strikes and self._strikes[-1] == depth:
            self._strikes.pop()
        if self._ignored == depth:
            self._ignored = 0
        elif depth == 1 and self._inside:
            self._paragraphs.append("".join(self._pieces))
            self._inside = False

    def add(self, text: str) -> None:
        """Take in characters."""
        if self._inside and not self._ignored:
            self._pieces.append(_LINE_BREAKS.sub(" ", text) if "\n" in text or "\t" in text else text)
            if self._strikes and text.strip():
                self.has_struck = True

    @property
    def shows_nothing(self) -> bool:
        """Whether there is text for a person to see, and it is empty."""
        return bool(self._paragraphs) and not any(self._paragraphs)

    def joined(self) -> str:
        """Return the text."""
        return "\n".join(self._paragraphs)


def cell_value(attributes: Mapping[str, str], text: str) -> LineCell:
    """Return the value of a cell.

    Args:
        attributes: Of its element, names without prefixes. Of two that differ in the prefix only, any: a value's type
            is the same in both, but for errors.
        text: What a person sees in it.
    """
    has_formula = "formula" in attributes
    kind = attributes.get("value-type")
    if kind == "error" or (has_formula and _ERROR.fullmatch(text)):
        return CellError(text if _ERROR.fullmatch(text) else UNNAMED_ERROR)
    truth = _TRUTHS_SHOWN.get((attributes.get("value", ""), text)) if has_formula else None
    value = _typed(kind, attributes, text) if truth is None else truth
    if value is None and has_formula and kind != "string":
        return Uncomputed.FORMULA
    return value


def _typed(kind: str | None, attributes: Mapping[str, str], text: str) -> LineCell:
    try:
        if kind in _NUMBERS:
            return finite_number(attributes["value"])
        if kind == "date":
            return date_or_moment(naive_moment(attributes["date-value"]))
        if kind == "time":
            return _time(attributes["time-value"])
        if kind == "boolean":
            return _TRUTHS[attributes["boolean-value"]]
    except (KeyError, ValueError, OverflowError):
        return text or None
    return text or (attributes.get("string-value") or None if kind == "string" else None)


def _time(text: str) -> dt.time | dt.timedelta:
    """Return a time of day, or a span where it is none."""
    match = _SPAN.fullmatch(text)
    if match is None:
        raise ValueError(text)
    sign, days, hours, minutes, seconds, fraction = match.groups(default="0")
    micro = int(f"{fraction[:6]:<06}")
    span = dt.timedelta(int(days), int(seconds), micro, minutes=int(minutes), hours=int(hours))
    if sign == "-":
        return -span
    return (dt.datetime(1904, 1, 1) + span).time() if span < _DAY else span  # noqa: DTZ001 - only the time of it
