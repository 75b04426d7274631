"""The XML inside a workbook, read safely: no document type is accepted, and so no entity can be defined."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from typing import Final
from xml.parsers import expat

from importer.sheets.workbooks.archive import Archive

_WORKBOOK: Final = "xl/workbook.xml"
_RELATIONS: Final = "xl/_rels/workbook.xml.rels"
_STRINGS_TYPE: Final = "/sharedStrings"
_USUAL_STRINGS: Final = "xl/sharedStrings.xml"
_MAX_PART_BYTES: Final = 16 * 1024**2
_SHORTEST_STRING: Final = len("<si/>")


def new_parser(archive: Archive) -> expat.XMLParserType:
    """Return a parser that raises `SourceError` where a document type begins."""
    parser = expat.ParserCreate()

    def refuse(*_: object) -> None:
        raise archive.damaged("it has a document type, which no workbook has")

    parser.StartDoctypeDeclHandler = refuse
    return parser


def local_name(name: str) -> str:
    """Return the name of an element or attribute without its prefix."""
    return name.rpartition(":")[2]


def sheet_parts(archive: Archive) -> Mapping[str, str]:
    """Return the part that holds each sheet, by the sheet's name.

    Raises:
        SourceError: The workbook does not say so in the way that workbooks do.
    """
    relations = {
        attributes["Id"]: _resolved(attributes["Target"])
        for name, attributes in _elements(archive, _RELATIONS)
        if name == "Relationship" and {"Id", "Target"} <= attributes.keys()
    }
    parts: dict[str, str] = {}
    for element, attributes in _elements(archive, _WORKBOOK):
        if element == "sheet" and "name" in attributes:
            if attributes["name"] in parts:
                raise archive.damaged("it has two sheets of one name")
            parts[attributes["name"]] = relations.get(attributes.get("id", ""), "")
    return parts


def check_strings(archive: Archive) -> None:
    """Look whether a table of shared strings says that it is longer than it can be.

    The reader makes room for as many strings as the table declares, before it has seen one: a lie there ends the
    process, and no exception is raised.

    Raises:
        SourceError: It declares more strings than its size has room for.
    """
    parts = {_USUAL_STRINGS} | {
        _resolved(attributes.get("Target", ""))
        for _, attributes in _elements(archive, _RELATIONS)
        if attributes.get("Type", "").endswith(_STRINGS_TYPE)
    }
    for part in parts:
        if part in archive:
            _check_table(archive, part)


def _check_table(archive: Archive, part: str) -> None:
    declared: list[str] = []
    size = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        if local_name(name) == "sst":
            declared.append(attributes.get("uniqueCount", "0"))

    parser = new_parser(archive)
    parser.StartElementHandler = start
    for block in archive.blocks(part):
        size += len(block)
        if not declared:
            feed(parser, block, archive, part)
    if any(not count.isdecimal() or int(count) * _SHORTEST_STRING > size for count in declared):
        raise archive.damaged("its table of shared strings is not as long as it says")


def _elements(archive: Archive, part: str) -> list[tuple[str, dict[str, str]]]:
    """Return every element of a small part with its attributes, all names without prefixes."""
    found: list[tuple[str, dict[str, str]]] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        found.append((local_name(name), {local_name(key): value for key, value in attributes.items()}))

    parser = new_parser(archive)
    parser.StartElementHandler = start
    feed(parser, archive.read(part, _MAX_PART_BYTES), archive, part)
    return found


def feed(parser: expat.XMLParserType, data: bytes, archive: Archive, part: str) -> None:
    """Parse some bytes of a part; raise `SourceError` where they are not sound XML."""
    try:
        parser.Parse(data, False)
    except (expat.ExpatError, LookupError, ValueError) as error:  # the last two: an encoding that is none
        raise archive.damaged(f"its part {part} is not sound XML") from error


def _resolved(target: str) -> str:
    """Return the name of the part that a relation of the workbook points to."""
    return posixpath.normpath(target.lstrip("/") if target.startswith("/") else f"xl/{target}")
