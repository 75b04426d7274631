"""Workbooks of the old kind, binary ones, and what can be told of files that only a password opens."""

from __future__ import annotations

import datetime as dt
import struct
from pathlib import Path

import pytest

from importer.errors import SourceError
from importer.sheets.open import open_table
from importer.sheets.reading import Reading
from importer.sheets.table import CellError
from importer.sheets.workbooks.formats.xls.ole import stream_names
from tests.sheets.files import ANA, HEADER, cells_of, refusal, write_xlsx
from tests.sheets.workbooks.formats import xlsb_files as xlsb
from tests.sheets.workbooks.office import convert

FREE, END, TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def write_container(path: Path, names: list[str]) -> Path:
    """Write a container of the old kind by hand: a header, its table, and a directory of nothing but names."""
    entries = b"".join(
        name.encode("utf-16-le").ljust(64, b"\0") + struct.pack("<H", len(name) * 2 + 2) + bytes(62) for name in names
    )
    sectors = -(-len(entries) // 512)
    chain = [*range(2, sectors + 1), END]
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(24, b"\0") + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
    header = header.ljust(44, b"\0") + struct.pack("<II", 1, 1) + bytes(8) + struct.pack("<I", 4096)
    header = header[:60] + struct.pack("<IIII", END, 0, END, 0) + struct.pack("<109I", 0, *[FREE] * 108)
    table = struct.pack("<128I", *([TABLE, *chain] + [FREE] * (127 - len(chain))))
    path.write_bytes(header + table + entries.ljust(sectors * 512, b"\0"))
    return path


@pytest.mark.parametrize(
    ("stream", "code", "word"),
    [
        ("EncryptedPackage", "password_protected", "the one that Excel uses by itself"),
        ("DRMEncryptedDataSpace", "unknown_format", "rights management"),
        ("WordDocument", "unknown_format", "Word"),
        ("PowerPoint Document", "unknown_format", "presentation"),
        ("__properties_version1.0", "unknown_format", "Outlook"),
        ("Workbook", "damaged_workbook", "damaged"),
        ("Nobody knows", "unknown_format", "another program"),
    ],
)
def test_a_container_of_the_old_kind_is_told_by_what_is_in_it(
    tmp_path: Path, stream: str, code: str, word: str
) -> None:
    """Excel's own encryption makes such a container of a new workbook, too."""
    path = write_container(tmp_path / "a.xls", ["Root Entry", "x", "y", "z", "Other", stream])
    assert stream_names(path) >= {"root entry", stream.lower()}
    error = refusal(path)
    assert error.code == code
    assert word in error.message


def test_a_container_with_a_damaged_directory_is_damaged(tmp_path: Path) -> None:
    """Nobody knows what was in it."""
    assert refusal(write_container(tmp_path / "a.xls", ["", "Other"])).code == "damaged_workbook"


@pytest.mark.slow
def test_a_container_that_runs_in_circles_or_is_cut_off_comes_to_an_end(tmp_path: Path) -> None:
    """Nothing in it is trusted."""
    whole = write_container(tmp_path / "a", ["Root Entry"] * 20).read_bytes()
    for at in range(24, len(whole), 4):
        for value in (b"\xff\xff\xff\xff", b"\1\0\0\0", b"\0\0\0\0"):
            (tmp_path / "b").write_bytes(whole[:at] + value + whole[at + 4 :])
            stream_names(tmp_path / "b")
        (tmp_path / "b").write_bytes(whole[:at])
        stream_names(tmp_path / "b")


def test_an_old_workbook_with_a_password_says_so(tmp_path: Path) -> None:
    """The record after the first one says that the rest is encrypted; there need be no container around it."""
    begin = struct.pack("<HHHHHHII", 0x809, 16, 0x600, 5, 0, 0, 0, 0)
    (tmp_path / "a.xls").write_bytes(begin + struct.pack("<HH", 0x2F, 54) + bytes(54) + struct.pack("<HH", 0x0A, 0))
    error = refusal(tmp_path / "a.xls")
    assert error.code == "password_protected"
    assert "or with the one that Excel uses by itself" in error.message
    assert "password" in error.hint


def _record(kind: int, data: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def biff5(cells: list[list[str]], more: bytes = b"", below: bytes = b"") -> bytes:
    """Return a workbook of Excel 5 without a container, in Windows-1252.

    Args:
        cells: The text of its only sheet.
        more: More records, before the sheet's name.
        below: More records of the sheet.
    """
    begin = struct.pack("<HHHH", 0x500, 5, 0, 0)
    sheet_begin = struct.pack("<HHHH", 0x500, 0x10, 0, 0)
    head = _record(0x809, begin) + _record(0x42, struct.pack("<H", 1252)) + more
    name = b"Data"
    sheet_at = len(head) + 4 + 6 + 1 + len(name) + 4
    book = head + _record(0x85, struct.pack("<IHB", sheet_at, 0, len(name)) + name) + _record(0x0A)
    lines = b"".join(
        _record(0x204, struct.pack("<HHHH", row, column, 0, len(text.encode("cp1252"))) + text.encode("cp1252"))
        for row, line in enumerate(cells)
        for column, text in enumerate(line)
    )
    return book + _record(0x809, sheet_begin) + lines + below + _record(0x0A)


def test_a_workbook_of_1995_is_read_in_its_own_encoding(tmp_path: Path) -> None:
    """There need be no container around it."""
    (tmp_path / "a.xls").write_bytes(biff5([HEADER, ["1", "José", "Müller", "a@example.com"]]))
    table = open_table(tmp_path / "a.xls")
    assert (table.detected.format, table.sheet) == ("xls", "Data")
    assert [list(row.values()) for row in cells_of(table)] == [["1", "José", "Müller", "a@example.com"]]


def test_an_old_workbook_whose_formats_are_damaged_is_read_without_them(tmp_path: Path) -> None:
    """The report says what cannot be known then."""
    path = tmp_path / "a.xls"
    path.write_bytes(biff5([HEADER, ANA], more=_record(0x31, b"no font")))
    table = open_table(path)
    assert [list(row.values()) for row in cells_of(table)] == [ANA]
    assert "cannot be read" in "".join(table.detected.notes)
    with pytest.raises(SourceError, match=r"Which rows of a\.xls are hidden cannot be read") as caught:
        open_table(path, Reading(visible_only=True))
    assert "--visible-only" in caught.value.hint


def test_a_comment_or_a_name_that_is_damaged_costs_no_cell(tmp_path: Path) -> None:
    """Nothing that is sent depends on it, nor on drawings, links and what formulas refer to."""
    path = tmp_path / "a.xls"
    others = b"".join(_record(kind, b"x") for kind in (0x1C, 0x5D, 0x1B6, 0x1B8, 0x4BC))
    path.write_bytes(biff5([HEADER, ANA], more=_record(0x18, b"x") + _record(0x17, b""), below=others))
    table = open_table(path)
    assert [list(row.values()) for row in cells_of(table)] == [ANA]
    assert table.detected.notes == ()


@pytest.mark.parametrize(
    ("height", "flags", "hidden"),
    [
        pytest.param(0x8000, 0, False, id="usual"),
        pytest.param(0x8000, 0x20, True, id="hidden"),
        pytest.param(0, 0x40, True, id="of-no-height"),
        pytest.param(300, 0x40, False, id="of-its-own-height"),
    ],
)
def test_a_row_of_the_usual_height_is_seen(tmp_path: Path, height: int, flags: int, *, hidden: bool) -> None:
    """Some programs store nothing as its height then."""
    row = _record(0x208, struct.pack("<6HI", 1, 0, 4, height, 0, 0, flags))
    path = tmp_path / "a.xls"
    path.write_bytes(biff5([HEADER, ANA], below=row))
    assert [chunk.hidden for chunk in open_table(path).chunks(9)] == [(2,) if hidden else ()]


@pytest.mark.slow
def test_a_container_whose_streams_overlap_is_read(tmp_path: Path) -> None:
    """Some programs say that small streams are in the sectors of the workbook; there are none that matter."""
    rows = [HEADER, *[[f"{number}", f"name {number}", *ANA[2:]] for number in range(99)]]
    path = convert(write_xlsx(tmp_path / "a.xlsx", {"Data": rows}), "xls", tmp_path / "office")
    data = bytearray(path.read_bytes())
    root = (struct.unpack_from("<I", data, 48)[0] + 1) * 512
    workbook = data.index("Workbook".encode("utf-16-le"), root)
    data[root + 116 : root + 120] = data[workbook + 116 : workbook + 120]
    path.write_bytes(data)
    assert [list(row.values()) for row in cells_of(open_table(path))] == rows[1:]


def test_a_date_of_a_format_that_only_some_languages_have_is_a_date(tmp_path: Path) -> None:
    """The number of the format is all that the file says of it."""
    formats = _record(0xE0, struct.pack("<HHHBBIi", 0, 56, 0, 0, 0, 0, 0))
    number = _record(0x203, struct.pack("<HHHd", 1, 4, 0, 37438.0))
    path = tmp_path / "a.xls"
    path.write_bytes(biff5([HEADER, ANA], more=formats, below=number))
    assert list(list(open_table(path).records())[1].cells) == [*ANA, dt.date(2002, 7, 1)]


def _typed_rows(*, short: bool = False) -> bytes:
    pack = struct.pack
    typed = [
        xlsb.cell(7, 0, pack("<I", 0)),
        xlsb.cell(6, 1, xlsb.text("José")),
        xlsb.cell(62, 2, b"\0" + xlsb.text("rich")),
        xlsb.cell(8, 3, xlsb.text("a@b.c") + bytes(10)),
        xlsb.cell(2, 4, pack("<I", 7 << 2 | 2)),
        xlsb.cell(2, 5, pack("<I", 150 << 2 | 3)),
        xlsb.cell(2, 6, pack("<I", (-5 << 2 | 2) & 0xFFFFFFFF)),
        xlsb.cell(2, 7, pack("<d", 1.5)[4:]),
        xlsb.cell(5, 8, pack("<d", 45351), style=1),
        xlsb.cell(9, 9, pack("<d", 45351.5) + bytes(10), style=2),
        xlsb.cell(5, 10, pack("<d", 1.25), style=3),
        xlsb.cell(4, 11, b"\1"),
        xlsb.cell(10, 12, b"\0" + bytes(10)),
        xlsb.cell(3, 13, b"\x2a"),
        xlsb.cell(11, 14, b"\x07" + bytes(10)),
        xlsb.cell(1, 15),
    ]
    if short:
        typed = [typed[0], *map(xlsb.short, typed[1:])]
    merged = [
        xlsb.cell(6, 0, xlsb.text("id")),
        xlsb.cell(6, 1, xlsb.text("seen")),
        xlsb.cell(6, 2, xlsb.text("covered")),
    ]
    return xlsb.text_row(1, HEADER) + xlsb.row(2, typed) + xlsb.row(4, merged, hidden=True)


TYPED = ["id1", "José", "rich", "a@b.c", 7.0, 1.5, -5.0, 1.5]
FORMATS = (0, 14, "yyyy\\-mm\\-dd hh:mm", "[h]:mm")


@pytest.mark.parametrize("short", [False, True])
@pytest.mark.parametrize("since_1904", [False, True])
def test_the_cells_of_a_binary_workbook_have_their_types(tmp_path: Path, *, since_1904: bool, short: bool) -> None:
    """Numbers in both of their forms, dates of both calendars, results of formulas, errors, merged and hidden cells.

    The records may be short ones, which have no columns of their own.
    """
    sheets = {"Data": xlsb.sheet(_typed_rows(short=short), [(3, 3, 1, 2)]), "Old": xlsb.sheet(xlsb.text_row(1, HEADER))}
    path = xlsb.write_xlsb(
        tmp_path / "a.xlsb", sheets, strings=["id1"], formats=FORMATS, hidden=["Old"], since_1904=since_1904
    )
    table = open_table(path)
    years = dt.timedelta(days=1462 if since_1904 else 0)
    day = dt.date(2024, 2, 29) + years
    moment = dt.datetime(2024, 2, 29, 12) + years  # noqa: DTZ001 - a sheet has no zones
    [_, typed, _, merged] = table.records()
    assert list(typed.cells[:8]) == TYPED
    assert list(typed.cells[8:11]) == [day, moment, dt.timedelta(hours=30)]
    assert list(typed.cells[11:]) == [True, False, CellError("#N/A"), CellError("#DIV/0!")]
    assert (merged.number, list(merged.cells)) == (4, ["id", "seen"])
    assert [chunk.hidden for chunk in table.chunks(9)] == [(4,)]
    assert (table.sheet, table.detected.format) == ("Data", "xlsb")
    assert open_table(path, Reading(sheet="Old")).sheet == "Old"


@pytest.mark.slow
def test_trap_16_another_program_reads_the_same_from_our_binary_workbooks(tmp_path: Path) -> None:
    """Trap 16: they are made by hand for these tests, and LibreOffice reads them too."""
    path = xlsb.write_xlsb(
        tmp_path / "a.xlsb", {"Data": xlsb.sheet(xlsb.text_row(1, HEADER) + xlsb.text_row(3, ANA))}, strings=["x"]
    )
    again = convert(path, "xlsx", tmp_path / "office")
    assert cells_of(open_table(again)) == cells_of(open_table(path))


def test_a_cell_of_a_binary_workbook_that_is_in_no_row_is_refused(tmp_path: Path) -> None:
    """Nobody could say where it is."""
    rows = xlsb.cell(6, 0, xlsb.text("x")) + xlsb.text_row(1, HEADER)
    assert "outside" in refusal(xlsb.write_xlsb(tmp_path / "a.xlsb", {"Data": rows})).message


def test_a_short_record_follows_its_neighbour_wherever_that_is(tmp_path: Path) -> None:
    """Behind a gap, a record has its column, and those behind it none; a blank one counts as any other."""
    cells = [xlsb.cell(6, at, xlsb.text(one)) for at, one in zip((0, 2, 3, 5), ANA, strict=True)]
    head = [xlsb.cell(6, at, xlsb.text(one)) for at, one in zip((0, 2, 3, 5), HEADER, strict=True)]
    blank = xlsb.short(xlsb.cell(1, 4))
    rows = b"".join(
        xlsb.row(number, [one[0], one[1], xlsb.short(one[2]), blank, xlsb.short(one[3])])
        for number, one in enumerate((head, cells), start=1)
    )
    table = open_table(xlsb.write_xlsb(tmp_path / "a.xlsb", {"Data": xlsb.sheet(rows)}))
    assert [list(row.values()) for row in cells_of(table)] == [ANA]


@pytest.mark.parametrize("kind", [60, 300, 2_000])
def test_a_record_among_the_cells_that_nobody_knows_is_refused(tmp_path: Path, kind: int) -> None:
    """It may be a cell: what holds none has its number in the specification, or says that it was added later."""
    rows = xlsb.text_row(1, HEADER) + xlsb.text_row(2, ANA) + xlsb.record(kind, bytes(8))
    refused = refusal(xlsb.write_xlsb(tmp_path / "a.xlsb", {"Data": xlsb.sheet(rows)}))
    assert (refused.code, f"of kind {kind}" in refused.message) == ("damaged_workbook", True)


@pytest.mark.parametrize("kind", [37, 38, 49, 50, 426, 427, 428, 1024])
def test_records_among_the_cells_that_hold_none_are_passed_over(tmp_path: Path, kind: int) -> None:
    """What is said of a cell or a row beside its value changes no value."""
    rows = xlsb.text_row(1, HEADER) + xlsb.record(kind, bytes(16)) + xlsb.text_row(2, ANA)
    table = open_table(xlsb.write_xlsb(tmp_path / "a.xlsb", {"Data": xlsb.sheet(rows)}))
    assert [list(row.values()) for row in cells_of(table)] == [ANA]


@pytest.mark.parametrize(
    "added",
    [
        pytest.param(xlsb.record(35) + xlsb.cell(1, 0) + xlsb.cell(6, 1, xlsb.text("x")) + xlsb.record(36), id="added"),
        pytest.param(xlsb.record(146) + xlsb.cell(1, 0) + xlsb.row(9, [xlsb.cell(4, 1, b"\1")]), id="after-the-rows"),
    ],
)
def test_records_of_later_additions_are_no_cells(tmp_path: Path, added: bytes) -> None:
    """They have the numbers of cells, and would put something else over those of the last row."""
    rows = xlsb.text_row(1, HEADER) + xlsb.text_row(2, ANA) + added
    table = open_table(xlsb.write_xlsb(tmp_path / "a.xlsb", {"Data": xlsb.sheet(rows)}))
    assert [list(row.values()) for row in cells_of(table)] == [ANA]


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        pytest.param(xlsb.row(2, [xlsb.cell(4, 1, b"\1"), xlsb.cell(1, 1)]), "cell B2 is in it twice", id="twice"),
        pytest.param(xlsb.row(2, []) + xlsb.row(2, []), "not in order", id="order"),
        pytest.param(xlsb.row(1_048_577, []), "more than", id="row"),
        pytest.param(xlsb.row(2, [xlsb.cell(6, 16_384, xlsb.text("x"))]), "outside", id="column"),
        pytest.param(xlsb.row(2, [xlsb.cell(7, 0, b"\xff\0\0\0")]), "not there", id="string"),
        pytest.param(xlsb.row(2, [xlsb.cell(6, 0, b"\xff\xff\0\0")]), "too short", id="text"),
        pytest.param(xlsb.row(2, [xlsb.cell(5, 0, b"\0")]), "too short", id="number"),
        pytest.param(xlsb.row(2, [b"\x06\xff\xff\xff\x7f"]), "bytes", id="long"),
        pytest.param(xlsb.row(2, [b"\x06\x7f"]), "cut off", id="cut"),
    ],
)
def test_a_damaged_binary_workbook_is_refused(tmp_path: Path, rows: bytes, why: str) -> None:
    """The message says what is wrong with it."""
    path = xlsb.write_xlsb(tmp_path / "a.xlsb", {"Data": xlsb.text_row(1, HEADER) + rows})
    error = refusal(path)
    assert error.code == "damaged_workbook"
    assert why in error.message
