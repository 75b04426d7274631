"""Looks of the appended cells, added to the cell formats that the user's own workbook has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Self

from importer.sheets.tones import TONES
from importer.sheets.workbooks.package.prefixes import declaration, with_prefix
from importer.sheets.workbooks.package.xml_edits import Edit, Element, Part, UnfitWorkbookError, attribute, points

_MAX_FORMATS: Final = 64_000
"""Excel's own limit is 65,490."""
_OF_FORMAT: Final = ("numFmtId", "fontId", "fillId", "borderId", "xfId", "quotePrefix", "pivotButton")
_APPLIED: Final = ("applyNumberFormat", "applyFont", "applyFill", "applyBorder", "applyProtection")
_NEUTRAL: Final = frozenset({"sz", "name", "family", "charset", "scheme"})
"""What of a font is taken over: neither its colour, which the fill behind it might hide, nor bold or underlined."""
_USUAL_POINTS: Final = 11.0
_MOVABLE: Final = frozenset({"", "general", "left"})
"""Where a header's text may stand so that the header of numbers stands on the right."""


@dataclass(frozen=True, slots=True)
class Looks:
    """Numbers of cell formats; None is the look of a cell without one.

    Attributes:
        header: Of the appended header cells.
        number_header: Of those above numbers.
        body: Of the appended cells, by tone; "" is for a tone without a colour.
        sentences: Of those whose text goes over several lines, by tone.
    """

    header: int | None = None
    number_header: int | None = None
    body: Mapping[str, int] = field(default_factory=dict)
    sentences: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CellFormat:
    """How a cell looks that has nothing to do with those of the user; what is not said is as in the whole workbook.

    Attributes:
        larger: By how many points the text is larger than the workbook's usual one.
        colour: Of the text, as red, green, blue in hexadecimal digits; "" for the usual one.
        typeface: Its name; "" for the usual one.
        fill: The colour behind the text, written in the same way.
        number: The id of one of Excel's own number formats.
        alignment: The attributes of the element `alignment`.
    """

    bold: bool = False
    underlined: bool = False
    larger: int = 0
    colour: str = ""
    typeface: str = ""
    fill: str = ""
    number: str = "0"
    alignment: Mapping[str, str] = field(default_factory=dict)

    def filled(self, colour: str) -> Self:
        """Return the format with another colour behind the text."""
        return replace(self, fill=colour)


class Styles:
    """The cell formats of a workbook, to which some are added; one that is there already is used again.

    Args:
        part: The part that holds them.

    Raises:
        UnfitWorkbookError: There are so many that no more can be added, or none at all.
    """

    def __init__(self, part: Part) -> None:
        self._part = part
        self._fonts, self._fills, self._formats = (_List(part, name) for name in ("fonts", "fills", "cellXfs"))
        if len(self._formats.items) > _MAX_FORMATS:
            raise UnfitWorkbookError("it has as many cell formats as a workbook can have")

    def edited(self) -> bytes:
        """Return the part with what was added."""
        return self._part.edited(
            edit for numbered_list in (self._fonts, self._fills, self._formats) for edit in numbered_list.edits()
        )

    def looks(self, header: int, body: int) -> Looks:
        """Add what the appended cells need.

        Args:
            header: The format of the header cell that the appended ones join.
            body: The format of a cell below it: its font and its border are joined, in black and without emphasis.
        """
        base = self._format(body)
        font, border = self._font(base), base.attributes.get("borderId", "0")
        vertical = self._child(base, "alignment").get("vertical", "")
        fills = {tone: self._fill(colour) for tone, colour in TONES.items()} | {"": 0}
        plain = {"vertical": vertical} if vertical else {}
        # Where cells stand at the bottom, a text that is too long for its row would lose its beginning.
        wrapped = {"vertical": vertical if vertical == "center" else "top", "wrapText": "1"}
        return Looks(
            header=header if header < len(self._formats.items) else 0,
            number_header=self._on_the_right(header),
            body={tone: self._body(font, fill, border, plain) for tone, fill in fills.items()},
            sentences={tone: self._body(font, fill, border, wrapped) for tone, fill in fills.items()},
        )

    def add(self, cell_format: CellFormat) -> int:
        """Return the number of a format like this, which is added where there is none."""
        numbers = {
            "numFmtId": cell_format.number,
            "fontId": str(self._own_font(cell_format)),
            "fillId": str(self._fill(cell_format.fill)) if cell_format.fill else "0",
            "borderId": "0",
            "xfId": "0",
        }
        applied = {"applyNumberFormat": "1", "applyFont": "1", "applyFill": "1", "applyAlignment": "1"}
        return self._formats.add(_format_xml({**numbers, **applied}, cell_format.alignment, {}))

    def _own_font(self, cell_format: CellFormat) -> int:
        """Return the number of a font in the workbook's usual typeface, its elements in the order of the standard."""
        usual = {element.name: element for element in self._neutral(self._fonts.items[0])}
        size = points(usual["sz"].attributes.get("val", "")) if "sz" in usual else 0.0
        family = ("name", "family", "charset", "scheme")
        typeface = (
            b"<name" + attribute("val", cell_format.typeface) + b"/>"
            if cell_format.typeface
            else b"".join(self._part.raw(usual[name]) for name in family if name in usual)
        )
        return self._fonts.add(
            b"<font>"
            + (b"<b/>" if cell_format.bold else b"")
            + (b"<u/>" if cell_format.underlined else b"")
            + b"<sz"
            + attribute("val", f"{(size or _USUAL_POINTS) + cell_format.larger:g}")
            + b"/>"
            + (b"<color" + attribute("rgb", f"FF{cell_format.colour}") + b"/>" if cell_format.colour else b"")
            + typeface
            + b"</font>"
        )

    def _format(self, number: int) -> Element:
        items = self._formats.items
        return items[number] if number < len(items) else items[0]

    def _font(self, base: Element) -> int:
        number = base.attributes.get("fontId", "0")
        items = self._fonts.items
        font = items[int(number)] if number.isdecimal() and int(number) < len(items) else items[0]
        neutral = b"".join(map(self._part.raw, self._neutral(font)))
        return self._fonts.add(b"<font>" + neutral + b"</font>")

    def _neutral(self, font: Element) -> list[Element]:
        """Return what may be taken over from a font into another one as it is written."""
        if declaration(font.prefix) in font.attributes:
            return []
        return [
            element
            for element in self._part.children(font)
            if element.name in _NEUTRAL and element.prefix == font.prefix
        ]

    def _fill(self, colour: str) -> int:
        return self._fills.add(
            b'<fill><patternFill patternType="solid"><fgColor rgb="FF'
            + colour.encode()
            + b'"/><bgColor indexed="64"/></patternFill></fill>'
        )

    def _body(self, font: int, fill: int, border: str, alignment: Mapping[str, str]) -> int:
        numbers = {"numFmtId": "0", "fontId": str(font), "fillId": str(fill), "borderId": border, "xfId": "0"}
        applied = {"applyFont": "1", "applyFill": "1", "applyBorder": "1"}
        aligned = {"applyAlignment": "1"} if alignment else {}
        return self._formats.add(_format_xml({**numbers, **applied, **aligned}, alignment, {}))

    def _on_the_right(self, header: int) -> int:
        """Return the format of a header cell whose text stands on the right, if it may stand there."""
        base = self._format(header)
        alignment = self._child(base, "alignment")
        if alignment.get("horizontal", "") not in _MOVABLE:
            return header
        attributes = {name: base.attributes[name] for name in (*_OF_FORMAT, *_APPLIED) if name in base.attributes}
        moved = {name: value for name, value in alignment.items() if name != "indent"} | {"horizontal": "right"}
        return self._formats.add(
            _format_xml({**attributes, "applyAlignment": "1"}, moved, self._child(base, "protection"))
        )

    def _child(self, base: Element, name: str) -> Mapping[str, str]:
        return next((element.attributes for element in self._part.children(base) if element.name == name), {})


class _List:
    """A counted list of the part, at whose end items are added."""

    def __init__(self, part: Part, name: str) -> None:
        lists = part.of(name, 1)
        self.items = part.children(lists[0]) if len(lists) == 1 else []
        if not self.items or lists[0].prefix != part.elements[0].prefix:
            raise UnfitWorkbookError("its cell formats are not complete, or written in an unusual way")
        self._part = part
        self._element = lists[0]
        self._numbers = {part.raw(item): number for number, item in enumerate(self.items)}
        self._added: list[bytes] = []

    def add(self, item: bytes) -> int:
        """Return the number of an item, which is added where there is none like it; it gets the part's prefix."""
        item = with_prefix(self._element.prefix, item)
        if item not in self._numbers:
            self._numbers[item] = len(self.items) + len(self._added)
            self._added.append(item)
        return self._numbers[item]

    def edits(self) -> list[Edit]:
        """Return what changes the part."""
        if not self._added:
            return []
        count = str(len(self.items) + len(self._added))
        end = self._element.inner_end
        return [self._part.tag_edit(self._element, {"count": count}), Edit(end, end, b"".join(self._added))]


def _format_xml(attributes: Mapping[str, str], alignment: Mapping[str, str], protection: Mapping[str, str]) -> bytes:
    children = b"".join(
        b"<" + name + _attributes(values) + b"/>"
        for name, values in ((b"alignment", alignment), (b"protection", protection))
        if values
    )
    return b"<xf" + _attributes(attributes) + b">" + children + b"</xf>"


def _attributes(values: Mapping[str, str]) -> bytes:
    return b"".join(attribute(name, value) for name, value in values.items())
