"""What the formats of an Excel workbook's cells make of what is in them (ECMA-376 part 1, 18.8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from importer.sheets.workbooks.book import Doubt
from importer.sheets.workbooks.package.archive import Archive
from importer.sheets.workbooks.package.xml_reading import feed, is_true, local_name, new_parser
from importer.sheets.workbooks.serials import NumberKind, code_of_id, kind_of_format, kind_of_id
from importer.sheets.workbooks.text_formats import shows_text

_LISTS: Final = frozenset({"numFmts", "fonts", "cellXfs"})


@dataclass(frozen=True, slots=True)
class CellLooks:
    """What cell formats make of what is in a cell, by the positions by which cells name them.

    Attributes:
        kinds: Of a number, for each of them.
        doubts: Of text, for those in which it is not simply seen.
        codes: The number formats, for each of them; "" where it is built in and no date's.
    """

    kinds: Sequence[NumberKind] = ()
    doubts: Mapping[int, Doubt] = field(default_factory=dict)
    codes: Sequence[str] = ()


def read_looks(archive: Archive, part: str) -> CellLooks:
    """Return what is in the part with the formats.

    Raises:
        SourceError: It is missing or damaged.
    """
    reader = _LooksReader()
    parser = new_parser(archive.damaged)
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    for block in archive.blocks(part):
        feed(parser, block, archive.damaged, part)
    feed(parser, b"", archive.damaged, part, last=True)
    return reader.looks()


class _LooksReader:
    def __init__(self) -> None:
        self._inside = ""
        self._codes: dict[str, str] = {}
        self._struck: list[bool] = []
        """For each font whether it is struck through."""
        self._formats: list[tuple[str, str]] = []
        """The number format and the font of each cell format."""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        match local_name(name), self._inside:
            case local, "" if local in _LISTS:
                self._inside = local
            case "numFmt", "numFmts" if "numFmtId" in attributes:
                self._codes.setdefault(attributes["numFmtId"], attributes.get("formatCode", ""))
            case "font", "fonts":
                self._struck.append(False)
            case "strike", "fonts" if self._struck:
                self._struck[-1] = is_struck(attributes)
            case "xf", "cellXfs":
                self._formats.append((attributes.get("numFmtId", "0"), attributes.get("fontId", "0")))

    def end(self, name: str) -> None:
        if local_name(name) == self._inside:
            self._inside = ""

    def looks(self) -> CellLooks:
        struck = {str(at) for at, is_struck in enumerate(self._struck) if is_struck}
        doubts = {
            at: Doubt.STRUCK if font in struck else Doubt.FORMATTED
            for at, (number_format, font) in enumerate(self._formats)
            if font in struck or not shows_text(self._codes.get(number_format, ""))
        }
        format_ids = [number_format for number_format, _ in self._formats]
        return CellLooks(list(map(self._kind, format_ids)), doubts, list(map(self._code, format_ids)))

    def _code(self, format_id: str) -> str:
        if format_id in self._codes:
            return self._codes[format_id]
        return code_of_id(int(format_id)) if _is_number(format_id) else ""

    def _kind(self, format_id: str) -> NumberKind:
        if format_id in self._codes:
            return kind_of_format(self._codes[format_id])
        return kind_of_id(int(format_id)) if _is_number(format_id) else NumberKind.NUMBER


def _is_number(format_id: str) -> bool:
    return format_id.isdecimal() and len(format_id) < len("10000")


def is_struck(attributes: Mapping[str, str]) -> bool:
    """Return whether an element `strike` strikes something through: it may also say that it does not."""
    return is_true(attributes.get("val", "1"))
