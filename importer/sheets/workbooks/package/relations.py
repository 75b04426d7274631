"""The parts of an Excel workbook that say what it consists of (Open Packaging Conventions; ECMA-376, strict or not)."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

from importer.errors import SourceError
from importer.sheets.workbooks.book import SheetName
from importer.sheets.workbooks.package.parts import Parts
from importer.sheets.workbooks.package.xml_edits import Element
from importer.sheets.workbooks.package.xml_reading import elements

_TYPES: Final = "[Content_Types].xml"
_MAX_TYPES_BYTES: Final = 16 * 1024**2
_PROPERTIES: Final = "docProps/app.xml"
_MAX_PROPERTIES_BYTES: Final = 1024**2
_APPLICATION: Final = re.compile(rb"<(?:[A-Za-z0-9]+:)?Application>\s*([^<]*)")
_MACROS_PART: Final = "xl/vbaproject.bin"
_MACRO_KINDS: Final = frozenset({"vbaProject", "xlMacrosheet", "xlIntlMacrosheet"})
MACROS_NOTE: Final = "The macros in the file are not run."


@dataclass(frozen=True, slots=True)
class Relation:
    """What a part has to do with another.

    Attributes:
        id: Its id among the relations of the part.
        type: What kind of thing the other one is; its beginning differs between editions of the standard.
        part: The other part; empty where it is not in the package.
        element: Where it stands, for those who change it.
    """

    id: str
    type: str
    part: str
    element: Element | None = None

    @property
    def kind(self) -> str:
        """The last word of the type, such as `worksheet`."""
        return self.type.rpartition("/")[2]


def relations_part(part: str) -> str:
    """Return the name of the part that says what a part has to do with others; "" is the package itself.

    Example: `relations_part("xl/workbook.xml")` is `"xl/_rels/workbook.xml.rels"`.
    """
    folder, base = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{base}.rels")


def read_relation(attributes: Mapping[str, str], archive: Parts, part: str, element: Element | None = None) -> Relation:
    """Return the relation of a part that an element with these attributes states.

    A part that is in the package is the other one, even if the relation says that it is outside.
    """
    other = _resolved(archive, posixpath.dirname(part), attributes.get("Target", ""))
    if attributes.get("TargetMode", "Internal") != "Internal" and other not in archive:
        other = ""
    return Relation(attributes.get("Id", ""), attributes.get("Type", ""), other, element)


def workbook_part(archive: Parts, usual: str) -> str:
    """Return the part that lists the sheets: the one that the package names, or else the usual one."""
    for relation in relations(archive, "").values():
        if relation.kind == "officeDocument" and relation.part in archive:
            return relation.part
    return usual


def relations(archive: Parts, part: str) -> Mapping[str, Relation]:
    """Return what a part has to do with others, by the ids that it uses; none where it has nothing to do with any."""
    where = relations_part(part)
    if where not in archive:
        return {}
    stated = (attributes for element, attributes in elements(archive, where) if element == "Relationship")
    return {
        attributes["Id"]: read_relation(attributes, archive, part)
        for attributes in stated
        if {"Id", "Target"} <= attributes.keys()
    }


def parts_of_kind(by_id: Mapping[str, Relation], archive: Parts, kind: str) -> Iterator[str]:
    """Yield the parts of a kind that are there."""
    for relation in by_id.values():
        if relation.kind.casefold() == kind.casefold() and relation.part in archive:
            yield relation.part


def program_of(archive: Parts) -> bytes:
    """Return the name of the program that wrote a package, as it says; b"" where it says none."""
    if _PROPERTIES not in archive:
        return b""
    try:
        match = _APPLICATION.search(archive.read(_PROPERTIES, _MAX_PROPERTIES_BYTES))
    except SourceError:  # nothing else depends on it
        return b"damaged"
    return match[1] if match else b""


def is_macro_enabled(archive: Parts, part: str) -> bool:
    """Return whether the package says that the part that lists the sheets is one that may have macros.

    That is said of the part itself; what is said of an ending, such as `bin`, is of other parts.
    """
    types = archive.read(_TYPES, _MAX_TYPES_BYTES) if _TYPES in archive else b""
    said = re.search(
        rb"<[^<>]*PartName\s*=\s*[\"']/?" + re.escape(part.encode()) + rb"[\"'][^<>]*>", types, re.IGNORECASE
    )
    return said is not None and b"macroEnabled" in said[0]


def has_macros(archive: Parts, by_id: Mapping[str, Relation]) -> bool:
    """Return whether there are macros in a package, whatever it says that it may have."""
    return _MACROS_PART in archive or any(relation.kind in _MACRO_KINDS for relation in by_id.values())


@dataclass(frozen=True, slots=True)
class SheetPart:
    """A sheet of cells: its name, and the part that it is in."""

    name: SheetName
    part: str


def _resolved(archive: Parts, folder: str, target: str) -> str:
    """Return the name of the part that a relation points to: as it is written, or without its percent signs."""
    joined = posixpath.join("/", folder, target.replace("\\", "/"))
    part = posixpath.normpath(joined).lstrip("/")
    return part if part in archive else unquote(part)
