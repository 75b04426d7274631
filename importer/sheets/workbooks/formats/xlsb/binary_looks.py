"""What the formats of a binary Excel workbook's cells make of what is in them ([MS-XLSB] 2.1.7.50)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final

from importer.sheets.workbooks.book import Doubt
from importer.sheets.workbooks.formats.xlsb.biff12 import Fields, records
from importer.sheets.workbooks.package.archive import Archive
from importer.sheets.workbooks.serials import NumberKind, code_of_id, kind_of_format, kind_of_id
from importer.sheets.workbooks.text_formats import shows_text

_STRUCK_OUT: Final = 0x8
"""In the flags of a font."""


class _StylesRecord(IntEnum):
    FONT = 43
    FORMAT = 44
    XF = 47
    CELL_XFS = 617
    CELL_XFS_END = 618


@dataclass(frozen=True, slots=True)
class BinaryLooks:
    """What cell formats make of what is in a cell, by the positions by which cells name them.

    Attributes:
        kinds: Of a number, for each of them.
        codes: The number formats, for each of them; "" where it is built in and no date's.
        doubts: Of text, for those in which it is not simply seen.
        struck_fonts: The fonts that strike text through, by the positions by which pieces of text name them.
    """

    kinds: Sequence[NumberKind] = ()
    codes: Sequence[str] = ()
    doubts: Mapping[int, Doubt] = field(default_factory=dict)
    struck_fonts: frozenset[int] = frozenset()


def read_binary_looks(archive: Archive, part: str) -> BinaryLooks:
    """Return what is in the part with the formats; raise `SourceError` where it is damaged."""
    codes: dict[int, str] = {}
    fonts: list[bool] = []
    formats: list[tuple[int, int]] = []
    inside = False
    for kind, data in records(archive, part):
        fields = Fields(data, archive.damaged)
        if kind == _StylesRecord.FORMAT:
            codes.setdefault(fields.number(2), fields.text())
        elif kind == _StylesRecord.FONT:
            fields.skip(2)
            fonts.append(bool(fields.number(2) & _STRUCK_OUT))
        elif kind in {_StylesRecord.CELL_XFS, _StylesRecord.CELL_XFS_END}:
            inside = kind == _StylesRecord.CELL_XFS
        elif kind == _StylesRecord.XF and inside:
            fields.skip(2)
            formats.append((fields.number(2), fields.number(2)))
    struck = frozenset(at for at, is_struck_out in enumerate(fonts) if is_struck_out)
    kinds = [kind_of_format(codes[id_]) if id_ in codes else kind_of_id(id_) for id_, _ in formats]
    doubts = {
        at: Doubt.STRUCK if font in struck else Doubt.FORMATTED
        for at, (id_, font) in enumerate(formats)
        if font in struck or not shows_text(codes.get(id_, ""))
    }
    return BinaryLooks(kinds, [codes.get(id_) or code_of_id(id_) for id_, _ in formats], doubts, struck)
