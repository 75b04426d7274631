"""XML read safely: no document type is accepted, and so no entity can be defined."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Mapping
from typing import Final
from xml.parsers import expat

from importer.errors import SourceError
from importer.sheets.workbooks.package.parts import Parts

Damage = Callable[[str], SourceError]
"""Makes an error of what is wrong, which is a part of a sentence."""

_MAX_PART_BYTES: Final = 16 * 1024**2
EXTENSIONS: Final = "extLst"
"""The element with what a program has added to the format."""
_HIDDEN_STATES: Final = frozenset({"hidden", "veryhidden"})
_NO_MEMORY: Final = 1
"""Expat's XML_ERROR_NO_MEMORY."""
_BAD_REFERENCE: Final = 14
"""Expat's XML_ERROR_BAD_CHAR_REF."""
_DECLARED: Final = re.compile(rb"""^(\xef\xbb\xbf<\?xml[^>]*?\bencoding\s*=\s*["'])[A-Za-z0-9._:-]+""")
_ENTITIES: Final = {"&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'"}
_ENTITY: Final = re.compile(r"&(?:#x([0-9A-Fa-f]{1,6})|#([0-9]{1,7})|[A-Za-z]*);?")
NOT_IN_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What XML 1.0 does not allow (section 2.2)."""


def new_parser(damage: Damage) -> expat.XMLParserType:
    """Return a parser that raises `SourceError` where a document type begins."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.buffer_size = 65_536

    def refuse(*_: object) -> None:
        raise damage("it has a document type, which no workbook has")

    parser.StartDoctypeDeclHandler = refuse
    return parser


def feed(parser: expat.XMLParserType, data: bytes, damage: Damage, part: str, *, last: bool = False) -> None:
    """Parse some bytes of a part; raise `SourceError` where they are not sound XML.

    A mark of UTF-8 at the beginning counts, whatever encoding is declared after it: Expat would take the other.
    """
    if parser.CurrentByteIndex < 0 and data.startswith(codecs.BOM_UTF8):
        data = _DECLARED.sub(rb"\1utf-8", data, count=1)
    try:
        parser.Parse(data, last)
    except expat.ExpatError as error:
        if error.code == _NO_MEMORY:
            raise MemoryError from error
        if error.code == _BAD_REFERENCE:
            raise damage(f"its part {part} has a control character in it, which XML does not allow") from error
        raise damage(f"its part {part} is not sound XML") from error
    except (LookupError, ValueError) as error:  # an encoding that is none
        raise damage(f"its part {part} is not sound XML") from error


def local_name(name: str) -> str:
    """Return the name of an element or attribute without its prefix.

    Example: `local_name("x:row")` is `"row"`.
    """
    return name.rpartition(":")[2]


def elements(archive: Parts, part: str) -> list[tuple[str, dict[str, str]]]:
    """Return every element of a small part with its attributes, all names without prefixes.

    Those of extensions are left out: they have the names of others, and say other things.
    """
    named_elements: list[tuple[str, dict[str, str]]] = []
    inside = [0]

    def start(name: str, attributes: dict[str, str]) -> None:
        local = local_name(name)
        if inside[0] or local == EXTENSIONS:
            inside[0] += 1
        else:
            named_elements.append((local, {local_name(key): value for key, value in attributes.items()}))

    def end(_: str) -> None:
        inside[0] = max(inside[0] - 1, 0)

    parser = new_parser(archive.damaged)
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    feed(parser, archive.read(part, _MAX_PART_BYTES), archive.damaged, part, last=True)
    return named_elements


def says_utf8(encoding: str | None) -> bool:
    """Return whether the encoding that a part declares is UTF-8 or a part of it; where it declares none, it is."""
    return encoding is None or encoding.lower() in {"utf-8", "utf8", "us-ascii", "ascii"}


def is_true(value: str | None) -> bool:
    """Return whether an attribute says yes."""
    return value in {"1", "true", "on"}


def is_hidden_sheet(sheet: Mapping[str, str]) -> bool:
    """Return whether the attributes of a sheet, in the list of the workbook, hide it."""
    return sheet.get("state", "").lower() in _HIDDEN_STATES


def unescaped(text: str, damage: Damage) -> str:
    """Return text with its entities and character references replaced, as a parser of XML does."""

    def replaced(match: re.Match[str]) -> str:
        if match[1] or match[2]:
            number = int(match[1], 16) if match[1] else int(match[2])
            letter = chr(number) if number <= 0x10FFFF else "\0"  # noqa: PLR2004 - where Unicode ends
        else:
            letter = _ENTITIES.get(match[0], "\0")
        if NOT_IN_XML.match(letter) or not match[0].endswith(";"):
            raise damage("it has a character in it that XML does not know")
        return letter

    return _ENTITY.sub(replaced, text)
