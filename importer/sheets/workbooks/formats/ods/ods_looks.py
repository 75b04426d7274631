"""What the styles of an OpenDocument spreadsheet make of what is in its cells (OpenDocument 1.2 part 1, 16.27)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from importer.sheets.workbooks.formats.ods.ods_dates import OdsDates
from importer.sheets.workbooks.package.xml_reading import Damage, feed, local_name, new_parser

_FAMILIES: Final = frozenset({"table-cell", "text", "paragraph"})
_THROUGH: Final = ("text-line-through-style", "text-line-through-type")
_MOST_PARENTS: Final = 16


class OdsLooks:
    """Takes in the styles of cells and of text, by their names."""

    def __init__(self) -> None:
        self._style = ""
        self._parents: dict[str, str] = {}
        self._struck: dict[str, bool] = {}
        self._data_styles: dict[str, tuple[str, Sequence[OdsDates]]] = {}
        """The name of each style's number format, and where to look for that."""
        self.dates = OdsDates()
        self._common = self.dates
        self._formats: dict[str, str] = {}

    def begin_content(self) -> None:
        """Take note that what follows is the part of the archive that may have number formats of its own."""
        self.dates = OdsDates()

    def start_style(self, attributes: Mapping[str, str]) -> None:
        """Take in that a style begins; names of attributes are without prefixes."""
        self._style = attributes.get("name", "") if attributes.get("family") in _FAMILIES else ""
        if self._style:
            self._parents[self._style] = attributes.get("parent-style-name", "")
            if "data-style-name" in attributes:
                self._data_styles[self._style] = (attributes["data-style-name"], (self.dates, self._common))

    def start_text_properties(self, attributes: Mapping[str, str]) -> None:
        """Take in what the style says of its text."""
        said = [attributes[name] for name in _THROUGH if name in attributes]
        if said and self._style:
            self._struck[self._style] = any(value != "none" for value in said)

    def is_struck(self, style: str) -> bool:
        """Return whether a style strikes text through: itself, or what it is made from."""
        if not self._struck:
            return False
        return next((self._struck[one] for one in self._line(style) if one in self._struck), False)

    def date_format(self, style: str) -> str:
        """Return the number format in which a style shows dates and times; "" where it says none."""
        if style not in self._formats:
            named = next((one for one in self._line(style) if one in self._data_styles), None)
            name, places = self._data_styles[named] if named is not None else ("", ())
            self._formats[style] = next(filter(None, (place.code(name) for place in places)), "")
        return self._formats[style]

    def _line(self, style: str) -> Iterator[str]:
        """Yield a style and what it is made from."""
        for _ in range(_MOST_PARENTS):
            yield style
            style = self._parents.get(style, "")


class CommonStyles:
    """Parses the part of an archive with the styles that a person has given names.

    Args:
        damage: Makes an error of what is wrong.
        looks: Takes in what is found.
    """

    def __init__(self, damage: Damage, looks: OdsLooks) -> None:
        self._damage = damage
        self._looks = looks
        self._parser = new_parser(damage)
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end

    def feed(self, data: bytes, *, last: bool = False) -> None:
        """Parse some more bytes; raise `SourceError` where they are not sound."""
        feed(self._parser, data, self._damage, "styles.xml", last=last)

    def _start(self, name: str, given: dict[str, str]) -> None:
        local = local_name(name)
        attributes = {local_name(key): value for key, value in given.items()}
        if self._looks.dates.is_about(local):
            self._looks.dates.start(local, attributes, self._parser)
        elif local in {"style", "text-properties"}:
            take = self._looks.start_style if local == "style" else self._looks.start_text_properties
            take(attributes)

    def _end(self, name: str) -> None:
        if self._looks.dates.is_about(local := local_name(name)):
            self._looks.dates.end(local, self._parser)
