"""The parts of an Excel workbook that say what it consists of (Open Packaging Conventions; ECMA-376, strict or not)."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

from importer.sheets.workbooks.book import SheetName
from importer.sheets.workbooks.package.parts import Parts
from importer.sheets.workbooks.package.xml_reading import elements

_ROOT_RELATIONS: Final = "_rels/.rels"
_TYPES: Final = "[Content_Types].xml"
_MAX_TYPES_BYTES: Final = 16 * 1024**2
MACROS_NOTE: Final = "The macros in the file are not run."


@dataclass(frozen=True, slots=True)
class Relation:
    """What a part points to: what kind of thing it is, without the kind's long name, and the part that it is in."""

    kind: str
    part: str


def workbook_part(archive: Parts, usual: str) -> str:
    """Return the part that lists the sheets: the one that the package names, or else the usual one."""
    if _ROOT_RELATIONS in archive:
        for relation in relations(archive, "").values():
            if relation.kind == "officeDocument" and relation.part in archive:
                return relation.part
    return usual


def relations(archive: Parts, part: str) -> Mapping[str, Relation]:
    """Return what a part points to, by the ids that it uses; none where it points to nothing."""
    folder, _, name = part.rpartition("/")
    where = f"{folder}/_rels/{name}.rels" if folder else f"_rels/{name}.rels"
    if where not in archive:
        return {}
    return {
        attributes["Id"]: Relation(
            attributes.get("Type", "").rpartition("/")[2], _resolved(archive, folder, attributes["Target"])
        )
        for element, attributes in elements(archive, where)
        if element == "Relationship" and {"Id", "Target"} <= attributes.keys()
    }


def parts_of_kind(found: Mapping[str, Relation], archive: Parts, kind: str) -> Iterator[str]:
    """Yield the parts of a kind that are there."""
    for relation in found.values():
        if relation.kind.casefold() == kind.casefold() and relation.part in archive:
            yield relation.part


def has_macros(archive: Parts) -> bool:
    """Return whether the package says that it has macros."""
    return _TYPES in archive and b"macroEnabled" in archive.read(_TYPES, _MAX_TYPES_BYTES)


@dataclass(frozen=True, slots=True)
class SheetPart:
    """A sheet of cells: its name, and the part that it is in."""

    name: SheetName
    part: str


def _resolved(archive: Parts, folder: str, target: str) -> str:
    """Return the name of the part that a relation points to: as it is written, or without its percent signs."""
    target = target.replace("\\", "/")
    part = posixpath.normpath(target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target))
    return part if part in archive else unquote(part)
