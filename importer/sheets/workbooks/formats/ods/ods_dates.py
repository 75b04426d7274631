"""Styles of dates and times in OpenDocument spreadsheets, as number formats (OpenDocument 1.2 part 1, 16.27.10)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Final
from xml.parsers.expat import XMLParserType

_KINDS: Final = frozenset({"date-style", "time-style"})
_UNITS: Final[Mapping[str, tuple[str, str]]] = {
    "day": ("d", "dd"),
    "day-of-week": ("ddd", "dddd"),
    "month": ("m", "mm"),
    "year": ("yy", "yyyy"),
    "hours": ("h", "hh"),
    "minutes": ("m", "mm"),
    "seconds": ("s", "ss"),
    "am-pm": ("AM/PM", "AM/PM"),
}
"""What stands for each unit, as it is and as `long`."""
_OF_A_SPAN: Final = frozenset({"hours", "minutes", "seconds"})
_PLAIN: Final = re.compile(r"[ ,./:-]*")
"""What stands for itself in a number format."""


class OdsDates:
    """Takes in such styles from a parser; what a number format cannot say is none."""

    def __init__(self) -> None:
        self._codes: dict[str, str] = {}
        self._name = ""
        self._parts: list[tuple[str, str]] = []
        """The units of the style that is open, each with its name; text has none."""
        self._is_span = False
        self._is_odd = False

    def code(self, style: str) -> str | None:
        """Return the number format of a style; "" where it has none, None where there is no such style."""
        return self._codes.get(style)

    def is_about(self, element: str) -> bool:
        """Return whether an element is such a style, or in one."""
        return bool(self._name) or element in _KINDS

    def start(self, element: str, attributes: Mapping[str, str], parser: XMLParserType) -> None:
        """Take in that an element begins; names are without prefixes."""
        if element in _KINDS:
            self._name, self._parts, self._is_odd = attributes.get("name", ""), [], False
            self._is_span = attributes.get("truncate-on-overflow") == "false"
        elif element in _UNITS:
            self._parts.append((element, self._unit(element, attributes)))
            self._is_odd |= "calendar" in attributes
        elif element == "text":
            self._parts.append(("", ""))
            parser.CharacterDataHandler = self._add
        elif element != "text-properties":
            self._is_odd = True

    def _add(self, text: str) -> None:
        self._parts[-1] = ("", self._parts[-1][1] + text)

    def end(self, element: str, parser: XMLParserType) -> None:
        """Take in that an element ends."""
        parser.CharacterDataHandler = None
        if element in _KINDS:
            is_sound = self._parts and not self._is_odd and _is_clear([unit for unit, _ in self._parts if unit])
            self._codes[self._name] = "".join(_told(*part) for part in self._parts) if is_sound else ""
            self._name = ""

    def _unit(self, element: str, attributes: Mapping[str, str]) -> str:
        code = _UNITS[element][attributes.get("style") == "long"]
        if element == "month" and attributes.get("textual") == "true":
            return code + "mm"
        if self._is_span and element in _OF_A_SPAN and not any(unit in _OF_A_SPAN for unit, _ in self._parts):
            code = f"[{code}]"  # the greatest unit counts on
        places = attributes.get("decimal-places", "0") if element == "seconds" else "0"
        return f"{code}.{'0' * int(places)}" if places in {"1", "2", "3"} else code


def _told(unit: str, text: str) -> str:
    """Return a unit, or text so that it stands for itself."""
    return text if unit or _PLAIN.fullmatch(text) else '"{}"'.format(text.replace('"', '"\\""'))


def _is_clear(units: list[str]) -> bool:
    """Return whether an `m` is read as what it is: beside hours or seconds as minutes, else as a month."""
    beside = list(pairwise(["", *units, ""]))
    return all(
        (unit != "month" or (before != "hours" and after != "seconds"))
        and (unit != "minutes" or before == "hours" or after == "seconds")
        for (before, unit), (_, after) in pairwise(beside)
    )
