"""Small parts of the user's own workbook, changed at exact places: all that is not changed stays byte for byte."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from xml.parsers import expat
from xml.sax.saxutils import escape

from importer.sheets.workbooks.package.parts import Parts
from importer.sheets.workbooks.package.xml_reading import feed, local_name, new_parser

TAG: Final = re.compile(rb"""<[^<>"'\s]+(?:\s+[^<>"'\s=]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*\s*/?>""")
"""A start tag; an attribute's value may hold `>`."""
_ATTRIBUTE: Final = re.compile(rb"""\s+([^<>"'\s=]+)\s*=\s*("[^"]*"|'[^']*')""")
_MAX_PART_BYTES: Final = 16 * 1024**2
_QUOTED: Final = {'"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}


class UnfitWorkbookError(Exception):
    """A workbook that cannot be written into without the danger of a wrong result; the plain writer must do.

    Args:
        why: The reason, as the part of a sentence that follows "since".
    """

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Element:
    """An element of a part, and where its bytes are.

    Attributes:
        name: Without its prefix.
        prefix: With its colon; empty where there is none.
        attributes: By their names as they stand there.
        depth: 0 for the root.
        start: Of its start tag.
        inner: Where its content begins.
        inner_end: Where its content ends.
        end: Behind its end tag.
    """

    name: str
    prefix: str
    attributes: Mapping[str, str]
    depth: int
    start: int
    inner: int
    inner_end: int
    end: int


@dataclass(frozen=True, slots=True)
class Edit:
    """Bytes of a part that are to be replaced; an empty stretch is a place where something is inserted."""

    start: int
    end: int
    text: bytes


class Part:
    """A small part, read as a whole.

    Args:
        archive: The workbook.
        name: The part.

    Raises:
        SourceError: It is not there, damaged, too large or no sound XML.
        UnfitWorkbookError: It is not in UTF-8, or written in a way that cannot be followed.
    """

    def __init__(self, archive: Parts, name: str) -> None:
        self.name = name
        self.data = archive.read(name, _MAX_PART_BYTES)
        self._open: list[tuple[str, Mapping[str, str], int]] = []
        self._numbered: list[tuple[int, Element]] = []
        self._parser = new_parser(archive.damaged)
        watch_encoding(self._parser, self.data)
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        feed(self._parser, self.data, archive.damaged, name)
        end_of(self._parser)
        self.elements = [element for _, element in sorted(self._numbered, key=lambda entry: entry[0])]
        """Every element, in the order of the start tags."""

    def of(self, name: str, depth: int | None = None) -> list[Element]:
        """Return the elements of a name, at a depth or at any."""
        return [element for element in self.elements if element.name == name and depth in {None, element.depth}]

    def children(self, element: Element) -> list[Element]:
        """Return the elements that stand directly in one."""
        return [
            child
            for child in self.elements
            if child.depth == element.depth + 1 and element.start < child.start < element.inner_end
        ]

    def raw(self, element: Element) -> bytes:
        """Return the bytes of an element."""
        return self.data[element.start : element.end]

    def tag_edit(self, element: Element, changes: Mapping[str, str | None]) -> Edit:
        """Return the edit that changes attributes of an element; see `changed_tag`."""
        tag = self.data[element.start : element.inner]
        return Edit(element.start, element.inner, changed_tag(tag, changes))

    def without(self, element: Element) -> Edit:
        """Return the edit that takes an element out."""
        return Edit(element.start, element.end, b"")

    def edited(self, edits: Iterable[Edit]) -> bytes:
        """Return the part with edits, which do not overlap."""
        pieces: list[bytes] = []
        at = 0
        for edit in sorted(edits, key=lambda each: (each.start, each.end)):
            pieces += [self.data[at : edit.start], edit.text]
            at = edit.end
        return b"".join([*pieces, self.data[at:]])

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._open.append((name, attributes, self._parser.CurrentByteIndex))

    def _end(self, name: str) -> None:
        _, attributes, start = self._open.pop()
        tag = TAG.match(self.data, start)
        if tag is None:
            raise UnfitWorkbookError(f"its part {self.name} is written in an unusual way")
        inner_end = self._parser.CurrentByteIndex
        end = inner_end if tag[0].endswith(b"/>") else self.data.index(b">", inner_end) + 1
        prefix = name[: -len(local_name(name))]
        element = Element(local_name(name), prefix, attributes, len(self._open), start, tag.end(), inner_end, end)
        self._numbered.append((start, element))


def changed_tag(tag: bytes, changes: Mapping[str, str | None]) -> bytes:
    """Return a start tag with other values of some attributes, all others byte for byte as they were.

    Example: `changed_tag(b'<c r="A1" s="3">', {"s": "7"})` is `b'<c r="A1" s="7">'`.

    Args:
        tag: The tag.
        changes: The new value of each attribute, which is added where it is missing; None takes it out.
    """
    missing = {name.encode(): value for name, value in changes.items()}

    def change(match: re.Match[bytes]) -> bytes:
        if match[1] not in missing:
            return match[0]
        value = missing.pop(match[1])
        return b"" if value is None else attribute(match[1].decode(), value)

    changed = _ATTRIBUTE.sub(change, tag)
    end = -2 if changed.endswith(b"/>") else -1
    added = b"".join(attribute(name.decode(), value) for name, value in missing.items() if value is not None)
    return changed[:end].rstrip() + added + changed[end:] if added else changed


def tag_attributes(tag: bytes) -> dict[bytes, bytes]:
    """Return the attributes of a start tag, their values as they are written.

    Example: `tag_attributes(b'<c r="A1" s="3">')` is `{b"r": b"A1", b"s": b"3"}`.
    """
    return {match[1]: match[2][1:-1] for match in _ATTRIBUTE.finditer(tag)}


def attribute(name: str, value: str) -> bytes:
    """Return an attribute as it stands in a tag, with the space before it."""
    return f' {name}="{escape(value, _QUOTED)}"'.encode()


def watch_encoding(parser: expat.XMLParserType, start: bytes) -> None:
    """Have a parser raise `UnfitWorkbookError` where a part is in another encoding than UTF-8."""

    def declared(_version: str, encoding: str | None, _standalone: int) -> None:
        if encoding is not None and encoding.lower() != "utf-8":
            raise UnfitWorkbookError("a part of it is not written in UTF-8")

    if b"\x00" in start[:4] or start[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        raise UnfitWorkbookError("a part of it is not written in UTF-8")
    parser.XmlDeclHandler = declared


def end_of(parser: expat.XMLParserType) -> None:
    """Tell a parser that there is no more; raise `UnfitWorkbookError` where more was needed."""
    try:
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise UnfitWorkbookError("a part of it is not complete") from error


def points(text: str) -> float:
    """Return a height or a size as a workbook states it; 0 where it states none."""
    try:
        height = float(text)
    except ValueError:
        return 0.0
    return height if math.isfinite(height) else 0.0
