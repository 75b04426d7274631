"""The package of the user's own workbook: which parts come along, which change, and which must stay behind.

Sources: ECMA-376 part 2 (packages, their content types and relations, digital signatures); [MS-OFFMACRO2] (macros).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from importer.errors import SourceError
from importer.sheets.workbooks.package.parts import Parts
from importer.sheets.workbooks.package.relations import Relation, read_relation, relations_part, workbook_part
from importer.sheets.workbooks.package.xml_edits import Edit, Part, UnfitWorkbookError

CONTENT_TYPES: Final = "[Content_Types].xml"
_USUAL_WORKBOOK: Final = "xl/workbook.xml"
_PLAIN: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_NOT_PLAIN: Final = frozenset({
    "application/vnd.ms-excel.sheet.macroEnabled.main+xml",
    "application/vnd.ms-excel.template.macroEnabled.main+xml",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.template.main+xml",
})  # fmt: skip
_CALCULATION: Final = "calcChain"
_MACROS: Final = "vbaProject"
_MACROS_PART: Final = "/vbaproject.bin"
_MACROS_TYPE: Final = "application/vnd.ms-office.vbaProject"
_PRINTER_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.printerSettings"
_PRINTER_FOLDER: Final = "/printersettings/"
_SIGNATURE: Final = "/digital-signature/origin"
_SIGNATURES: Final = "_xmlsignatures/"
_MACRO_SHEETS: Final = frozenset({"xlMacrosheet", "xlIntlMacrosheet"})
_NO_MACROS: Final = (
    "The macros of the workbook are not in the annotated one, since an .xlsx file has none; the source keeps them."
)
_NO_SIGNATURE: Final = (
    "The digital signature of the workbook is not on the annotated one, since it is of the source as it was."
)


class Relations:
    """The relations of a part; none where it has none.

    Args:
        archive: The workbook.
        part: The part; empty for the package itself.
    """

    def __init__(self, archive: Parts, part: str) -> None:
        self._archive = archive
        self._of = part
        self.name = relations_part(part)
        self.part = Part(archive, self.name) if self.name in archive else None

    def __iter__(self) -> Iterator[Relation]:
        for element in self.part.of("Relationship", 1) if self.part else ():
            yield read_relation(element.attributes, self._archive, self._of, element)


class Package:
    """What of a package changes on the way; a part that is not mentioned comes along byte for byte.

    Args:
        archive: The workbook.
        names: Its parts, as they are called in it.

    Raises:
        SourceError: A part that says what there is cannot be read.
        UnfitWorkbookError: The package cannot be taken along as an ordinary workbook.
    """

    def __init__(self, archive: Parts, names: Iterable[str]) -> None:
        self.workbook: Final = workbook_part(archive, _USUAL_WORKBOOK)
        """The part that lists the sheets."""
        self.left_out: list[str] = []
        """What stays behind, each in a sentence."""
        self.leaves_macros = False
        """Whether macros are among that."""
        self._archive = archive
        self._names = {_key(name) for name in names}
        self._changed: dict[str, bytes] = {}
        self._added: dict[str, bytes] = {}
        self._dropped: set[str] = set()
        self._leave_calculation_and_macros()
        self._leave_signatures()
        self._leave_content_types()

    def change(self, name: str, data: bytes) -> None:
        """Have a part replaced."""
        self._changed[_key(name)] = data

    def changed(self, name: str) -> bytes | None:
        """Return what a part is to be; None where it comes along as it is."""
        return self._changed.get(_key(name))

    def is_dropped(self, name: str) -> bool:
        """Return whether a part stays behind."""
        return _key(name) in self._dropped

    def put(self, name: str, data: bytes) -> None:
        """Have a part replaced if it is there, and added otherwise."""
        if _key(name) in self._names:
            self.change(name, data)
        else:
            self._added[name] = data

    def drop(self, names: Iterable[str]) -> None:
        """Leave parts behind."""
        self._dropped.update(map(_key, names))

    def added(self) -> Mapping[str, bytes]:
        """Return the parts that are not in the archive, in the order in which they were added."""
        return self._added

    def is_free(self, name: str) -> bool:
        """Return whether no part has that name, nor has had it."""
        return _key(name) not in self._names and name not in self._added

    def _leave_calculation_and_macros(self) -> None:
        relations = Relations(self._archive, self.workbook)
        if any(relation.kind in _MACRO_SHEETS for relation in relations):
            raise UnfitWorkbookError("it has sheets of macros, which an .xlsx file cannot have")
        dropped = self._drop_relations(relations, lambda relation: relation.kind in {_CALCULATION, _MACROS})
        macros = [relation.part for relation in dropped if relation.kind == _MACROS]
        for part in macros:
            signatures = Relations(self._archive, part)
            self._dropped.update(_key(signature.part) for signature in signatures)
            self._dropped.add(_key(signatures.name))
        unnamed = {name for name in self._names - self._dropped if name.endswith(_MACROS_PART)}
        self._dropped |= unnamed  # nothing refers to it
        macros += unnamed
        self.leaves_macros = bool(macros)
        if macros:
            self.left_out.append(_NO_MACROS)

    def _leave_signatures(self) -> None:
        relations = Relations(self._archive, "")
        if self._drop_relations(relations, lambda relation: relation.type.endswith(_SIGNATURE)):
            self._dropped.update(name for name in self._names if name.startswith(_SIGNATURES))
            self.left_out.append(_NO_SIGNATURE)

    def _drop_relations(self, relations: Relations, is_left: Callable[[Relation], bool]) -> Sequence[Relation]:
        dropped = [relation for relation in relations if is_left(relation)]
        if dropped and relations.part is not None:
            self.change(
                relations.name,
                relations.part.edited(
                    relations.part.without(relation.element) for relation in dropped if relation.element
                ),
            )
            self._dropped.update(_key(relation.part) for relation in dropped)
        return dropped

    def _leave_content_types(self) -> None:
        part = Part(self._archive, CONTENT_TYPES)
        edits = [
            part.tag_edit(element, {"ContentType": _PLAIN})
            for element in part.elements
            if element.attributes.get("ContentType") in _NOT_PLAIN
        ]
        edits += [
            part.without(element)
            for element in part.of("Override", 1)
            if self.is_dropped(_part_name(element.attributes))
        ]
        edits += self._without_macro_default(part)
        if edits:
            self.change(CONTENT_TYPES, part.edited(edits))

    def _without_macro_default(self, types: Part) -> Iterator[Edit]:
        """Yield what takes the type of macros from parts that are said to have it only by their ending.

        An .xlsx file has no such parts; what is left with that ending is how a printer is set, as far as is known.
        """
        stated = {_key(_part_name(element.attributes)) for element in types.of("Override", 1)}
        for element in types.of("Default", 1):
            if element.attributes.get("ContentType") != _MACROS_TYPE:
                continue
            ending = f".{element.attributes.get('Extension', '').lower()}"
            left = [name for name in self._names - self._dropped - stated if name.endswith(ending)]
            if not left:
                yield types.without(element)
            elif all(_PRINTER_FOLDER in name for name in left):
                yield types.tag_edit(element, {"ContentType": _PRINTER_TYPE})


@dataclass(frozen=True, slots=True)
class PartsToBe:
    """The parts of a package as they are to be, after what was changed so far; those that were added are not in it.

    Attributes:
        package: What changes.
        parts: Where it does not.
    """

    package: Package
    parts: Parts

    def __contains__(self, part: str) -> bool:
        return part in self.parts and not self.package.is_dropped(part)

    def read(self, part: str, max_bytes: int) -> bytes:
        """Return a part as a whole; raise `SourceError` as `Parts` says."""
        changed = self.package.changed(part)
        return self.parts.read(part, max_bytes) if changed is None else changed

    def damaged(self, why: str) -> SourceError:
        """Return the error for a workbook that is not as a workbook should be."""
        return self.parts.damaged(why)


def _part_name(attributes: Mapping[str, str]) -> str:
    return attributes.get("PartName", "").lstrip("/")


def _key(name: str) -> str:
    """Return a part's name as it is compared: programs differ in capitals and in the bars between folders."""
    return name.replace("\\", "/").lower()
