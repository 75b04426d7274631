"""The texts that the cells of an Excel workbook share."""

from __future__ import annotations

import re
from typing import Final

from importer.sheets.workbooks.book import Doubt, Doubtful
from importer.sheets.workbooks.formats.xlsx.cell_looks import is_struck
from importer.sheets.workbooks.formats.xlsx.sheet_rows import usual_text
from importer.sheets.workbooks.formats.xlsx.xlsx_values import plain_text
from importer.sheets.workbooks.package.archive import Archive
from importer.sheets.workbooks.package.xml_reading import feed, local_name, new_parser, says_utf8, unescaped

_END: Final = b"</si>"
_BEGINS: Final = ("<si><t>", '<si><t xml:space="preserve">')
_USUAL: Final = re.compile(r'<si><t(?: xml:space="preserve")?>([^<]*)</t></si>')


def read_shared_strings(archive: Archive, part: str) -> list[str | Doubtful]:
    """Return the strings of a part in their order: rich text joined, without how it is spoken.

    Where a piece of it is struck through, all of it is in doubt.

    As with a sheet's rows, what is written in the way of nearly all programs needs no parser.

    Raises:
        SourceError: The part is missing or damaged.
    """
    parser = _StringsParser(archive, part)
    pending, quick, begun = b"", True, False
    for block in archive.blocks(part):
        pending += block
        if quick and not begun:
            at = max(pending.find(b"<si>"), 0)
            parser.feed(pending[:at])
            pending, quick, begun = pending[at:], at > 0 and parser.is_utf8, True
        end = pending.rfind(_END) + len(_END)
        text = usual_text(pending[:end]) if quick and end >= len(_END) else None
        if text is None:
            quick = quick and end < len(_END)
            if not quick:
                parser.feed(pending)
                pending = b""
            continue
        between, *strings = _USUAL.split(text)
        if text and not between and not any(strings[1::2]):
            parser.strings += [
                _plain(string, archive) if "&" in string or "_x" in string else string for string in strings[::2]
            ]
        else:
            for piece in text.split("</si>")[:-1]:
                parser.strings.append(_quick(piece, archive) or parser.alone(piece))
        pending = pending[end:]
    parser.feed(pending, last=True)
    return parser.strings


def _quick(piece: str, archive: Archive) -> str:
    """Return the string of a piece; "" where it is not written as usual, or is empty."""
    for begin in _BEGINS:
        if piece.startswith(begin) and piece.endswith("</t>"):
            text = piece[len(begin) : -len("</t>")]
            if "<" in text:
                return ""
            return _plain(text, archive)
    return ""


def _plain(text: str, archive: Archive) -> str:
    return plain_text(unescaped(text, archive.damaged) if "&" in text else text)


class _StringsParser:
    """Parses the strings that are not written as usual."""

    def __init__(self, archive: Archive, part: str) -> None:
        self._archive = archive
        self._part = part
        self._parser = new_parser(archive.damaged)
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._parser.XmlDeclHandler = self._declared
        self._pieces: list[str] = []
        self._spoken = 0
        self._collects = False
        self._struck = self._has_struck = False
        """Whether the run of text is struck through, and whether something in the string is."""
        self.strings: list[str | Doubtful] = []
        self.is_utf8 = True

    def feed(self, data: bytes, *, last: bool = False) -> None:
        """Parse some more bytes."""
        feed(self._parser, data, self._archive.damaged, self._part, last=last)

    def alone(self, piece: str) -> str | Doubtful:
        """Return the one string of a piece whose end is cut off."""
        parser = _StringsParser(self._archive, self._part)
        parser.feed(f"<x>{piece}</si></x>".encode(), last=True)
        if len(parser.strings) < 1:
            raise self._archive.damaged("its shared strings are not as they should be")
        self.strings += parser.strings[:-1]
        return parser.strings[-1]

    def _declared(self, _version: str, encoding: str | None, _alone: int) -> None:
        self.is_utf8 = says_utf8(encoding)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        match local_name(name):
            case "si":
                self._pieces = []
                self._struck = self._has_struck = False
            case "r":
                self._struck = False
            case "strike":
                self._struck = is_struck(attributes)
            case "rPh":
                self._spoken += 1
            case "t":
                self._collects = not self._spoken

    def _end(self, name: str) -> None:
        match local_name(name):
            case "si":
                text = plain_text("".join(self._pieces))
                self.strings.append(Doubtful(text, Doubt.STRUCK) if self._has_struck else text)
            case "rPh":
                self._spoken -= 1
            case "t":
                self._collects = False

    def _text(self, text: str) -> None:
        if self._collects:
            self._pieces.append(text)
            self._has_struck = self._has_struck or (self._struck and bool(text.strip()))
