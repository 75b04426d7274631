"""What the styles of an OpenDocument spreadsheet make of the text in its cells (OpenDocument 1.2 part 1, 16.27)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

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

    def start_style(self, attributes: Mapping[str, str]) -> None:
        """Take in that a style begins; names of attributes are without prefixes."""
        self._style = attributes.get("name", "") if attributes.get("family") in _FAMILIES else ""
        if self._style:
            self._parents[self._style] = attributes.get("parent-style-name", "")

    def start_text_properties(self, attributes: Mapping[str, str]) -> None:
        """Take in what the style says of its text."""
        said = [attributes[name] for name in _THROUGH if name in attributes]
        if said and self._style:
            self._struck[self._style] = any(value != "none" for value in said)

    def is_struck(self, style: str) -> bool:
        """Return whether a style strikes text through: itself, or what it is made from."""
        if not self._struck:
            return False
        for _ in range(_MOST_PARENTS):
            if style in self._struck:
                return self._struck[style]
            style = self._parents.get(style, "")
        return False


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

    def feed(self, data: bytes, *, last: bool = False) -> None:
        """Parse some more bytes; raise `SourceError` where they are not sound."""
        feed(self._parser, data, self._damage, "styles.xml", last=last)

    def _start(self, name: str, given: dict[str, str]) -> None:
        local = local_name(name)
        if local in {"style", "text-properties"}:
            attributes = {local_name(key): value for key, value in given.items()}
            take = self._looks.start_style if local == "style" else self._looks.start_text_properties
            take(attributes)
