"""Binary Excel workbooks, made by hand: LibreOffice and openpyxl write none."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from tests.sheets.files import PACKAGE, RELATIONS

_TYPES: Final = f"""<?xml version="1.0" encoding="UTF-8"?><Types xmlns="{PACKAGE}/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="bin" ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/>
<Override PartName="/xl/worksheets/sheet1.bin" ContentType="application/vnd.ms-excel.worksheet"/>
<Override PartName="/xl/worksheets/sheet2.bin" ContentType="application/vnd.ms-excel.worksheet"/>
<Override PartName="/xl/styles.bin" ContentType="application/vnd.ms-excel.styles"/>
<Override PartName="/xl/sharedStrings.bin" ContentType="application/vnd.ms-excel.sharedStrings"/></Types>"""


def record(kind: int, data: bytes = b"") -> bytes:
    """Return a record."""
    head = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
    length, rest = b"", len(data)
    while True:
        length += bytes([rest & 0x7F | (0x80 if rest > 0x7F else 0)])
        rest >>= 7
        if not rest:
            return head + length + data


def text(value: str) -> bytes:
    """Return a string as records hold it."""
    data = value.encode("utf-16-le")
    return struct.pack("<I", len(data) // 2) + data


def cell(kind: int, column: int, data: bytes = b"", style: int = 0) -> bytes:
    """Return the record of a cell."""
    return record(kind, struct.pack("<II", column, style) + data)


def short(one: bytes) -> bytes:
    """Return the record of a cell without its column, as it may stand behind its neighbour; a formula's stays as it is.

    Their kinds are 12 to 18, in the order of 1 to 7 ([MS-XLSB] 2.3.1).
    """
    kind = one[0]
    if not 1 <= kind <= 7:
        return one
    begin = next(at for at, byte in enumerate(one[1:], start=2) if byte < 0x80)
    return record(kind + 11, one[begin + 4 :])


def row(number: int, cells: Iterable[bytes], *, hidden: bool = False) -> bytes:
    """Return the records of a row, whose number counts from 1."""
    head = struct.pack("<IIHBBBI", number - 1, 0, 300, 0, 0x10 if hidden else 0, 0, 0)
    return record(0, head) + b"".join(cells)


def rich_text(pieces: Sequence[tuple[str, int]]) -> bytes:
    """Return text in several looks: each piece, and the number of its font."""
    runs = [(sum(len(one) for one, _ in pieces[:at]), font) for at, (_, font) in enumerate(pieces)]
    whole = "".join(one for one, _ in pieces)
    return b"\1" + text(whole) + struct.pack("<I", len(runs)) + b"".join(struct.pack("<HH", *run) for run in runs)


def text_row(number: int, cells: Sequence[str | None]) -> bytes:
    """Return the records of a row of text."""
    return row(number, [cell(6, at, text(one)) for at, one in enumerate(cells) if one is not None])


def sheet(rows: bytes, merged: Sequence[tuple[int, int, int, int]] = ()) -> bytes:
    """Return the part of a sheet; merged areas as first and last row, first and last column, from 0."""
    areas = b"".join(record(176, struct.pack("<4I", *area)) for area in merged)
    area_records = record(177, struct.pack("<I", len(merged))) + areas + record(178) if merged else b""
    return record(129) + record(145) + rows + record(146) + area_records + record(130)


def styles(formats: Sequence[str | int], struck: Collection[int] | None = None) -> bytes:
    """Return the part with cell formats: each the code of a number format, or the number of one that is built in.

    Where `struck` says which of the formats strike text through, two fonts are in it, and the second does so.
    """
    codes = [one for one in formats if isinstance(one, str)]
    numbers = {code: 170 + at for at, code in enumerate(codes)}
    known = b"".join(record(44, struct.pack("<H", numbers[code]) + text(code)) for code in codes)
    xfs = b"".join(
        record(
            47,
            struct.pack(
                "<HHHHHBBHH",
                0,
                numbers.get(str(one), one if isinstance(one, int) else 0),
                int(at in (struck or ())),
                *[0] * 6,
            ),
        )
        for at, one in enumerate(formats)
    )
    font_records = b"".join(
        record(43, struct.pack("<HHHHBBBB8sB", 220, flags, 400, 0, 0, 2, 0, 0, b"\0\xff" + bytes(6), 0) + text("Arial"))
        for flags in (0, 8)
    )
    return (
        record(278)
        + record(615, struct.pack("<I", len(codes)))
        + known
        + record(616)
        + (b"" if struck is None else record(611, struct.pack("<I", 2)) + font_records + record(612))
        + record(617, struct.pack("<I", len(formats)))
        + xfs
        + record(618)
        + record(279)
    )


def write_xlsb(
    path: Path,
    sheets: Mapping[str, bytes],
    *,
    strings: Sequence[str] = (),
    formats: Sequence[str | int] = (0,),
    hidden: Iterable[str] = (),
    since_1904: bool = False,
    struck: Collection[int] | None = None,
    calculation: bytes = b"",
) -> Path:
    """Write a workbook of sheets, each the bytes of its part; `calculation` says how it is calculated."""
    unseen = set(hidden)
    listed = b"".join(
        record(156, struct.pack("<II", int(name in unseen), at) + text(f"rId{at}") + text(name))
        for at, name in enumerate(sheets, start=1)
    )
    properties = record(153, struct.pack("<II", int(since_1904), 0) + text(""))
    workbook = record(131) + properties + record(143) + listed + record(144)
    workbook += (record(157, calculation) if calculation else b"") + record(132)
    table = record(159, struct.pack("<II", len(strings), len(strings)))
    table += b"".join(record(19, b"\0" + text(one)) for one in strings) + record(160)
    relations = "".join(
        f'<Relationship Id="rId{at}" Type="{RELATIONS}/worksheet" Target="worksheets/sheet{at}.bin"/>'
        for at in range(1, len(sheets) + 1)
    )
    relations += f'<Relationship Id="s" Type="{RELATIONS}/styles" Target="styles.bin"/>'
    relations += f'<Relationship Id="t" Type="{RELATIONS}/sharedStrings" Target="sharedStrings.bin"/>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", _TYPES)
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1" Type="{RELATIONS}/officeDocument" '
            'Target="xl/workbook.bin"/></Relationships>',
        )
        archive.writestr("xl/workbook.bin", workbook)
        archive.writestr(
            "xl/_rels/workbook.bin.rels",
            f'<Relationships xmlns="{PACKAGE}/relationships">{relations}</Relationships>',
        )
        archive.writestr("xl/styles.bin", styles(formats, struck))
        archive.writestr("xl/sharedStrings.bin", table)
        for at, data in enumerate(sheets.values(), start=1):
            archive.writestr(f"xl/worksheets/sheet{at}.bin", data)
    return path
