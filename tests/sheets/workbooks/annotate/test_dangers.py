"""Workbooks that are hostile, damaged or strange: a right result or none, and never a wrong one."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path
from typing import IO, cast

import pytest

from importer.model.source import APPENDED_COLUMNS
from importer.sheets.limits import Limits
from importer.sheets.source_file import SourceFile
from importer.sheets.workbooks.annotate.appended_area import AppendedArea
from importer.sheets.workbooks.annotate.users_workbook import UsersWorkbookWriter
from importer.sheets.workbooks.package.xml_edits import UnfitWorkbookError, changed_tag
from tests.sheets.files import ANA, HEADER, MAIN, text_row, write_package
from tests.sheets.workbooks.annotate.users_files import (
    FORMATS,
    NAMES,
    SHEET,
    UPDATED,
    cells,
    package,
    parts_of,
    rewritten,
    texts,
    write_own,
)

HEAD, ROW = text_row(1, HEADER), text_row(2, ANA)
PLACE = AppendedArea(1, 4, NAMES)


def refusal(path: Path, place: AppendedArea = PLACE, limits: Limits | None = None) -> str:
    """Return why a workbook is not written into; nothing may have been written by then."""
    target = path.with_name("never.xlsx")
    with pytest.raises(UnfitWorkbookError) as caught:
        UsersWorkbookWriter(target, SourceFile(path, path.name), SHEET, place, limits=limits or Limits())
    assert not target.exists()
    return caught.value.why


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        pytest.param('<row r="2"/><row r="1"/>', "rows are not in order", id="rows-out-of-order"),
        pytest.param('<row r="1"/><row r="1"/>', "rows are not in order", id="row-twice"),
        pytest.param('<row r="1"><c r="B1"/><c r="A1"/></row>', "not in order", id="cells-out-of-order"),
        pytest.param('<row r="1"><c r="A1"/><c r="A1"/></row>', "not in order", id="cell-twice"),
        pytest.param('<row r="1"><c r="A2"/></row>', "another row", id="cell-of-another-row"),
        pytest.param('<row r="2"><c r="12"/></row>', "no cell can be", id="no-letters"),
        pytest.param('<row r="1"><c r="a1"/></row>', "no cell can be", id="small-letters"),
        pytest.param('<row r="1"><c r="XFE1"/></row>', "no cell can be", id="too-far-right"),
        pytest.param('<row r="1048577"/>', "no row can be", id="too-far-down"),
        pytest.param('<row r="01"/>', "no row can be", id="zero-before"),
        pytest.param('<row r="-1"/>', "no row can be", id="negative"),
        pytest.param('<row r="1"><c r="K1"/><c/></row>', "where they are", id="uncounted-cell-beyond"),
        pytest.param('<row r="1"><c><v>1</v><f>A1</f></c></row>', "formulas stand", id="formula-behind-value"),
        pytest.param('<row r="1"><c><f>1</f><f>2</f></c></row>', "formulas stand", id="two-formulas"),
        pytest.param('<row r="1"><c><c/></c></row>', "what no cell holds", id="cell-in-cell"),
        pytest.param('<row r="1"><row r="2"/></row>', "than cells", id="row-in-row"),
        pytest.param('<c r="A1"/>', "than rows", id="cell-without-row"),
        pytest.param(f'<row xmlns="urn:other" r="1"/>{HEAD}', "than rows", id="foreign-row"),
        pytest.param('<row r="1"><c xmlns="urn:other"/></row>', "than cells", id="foreign-cell"),
        pytest.param(
            '<mc:AlternateContent xmlns:mc="urn:mc"><row r="1"/></mc:AlternateContent>', "than rows", id="alternatives"
        ),
        pytest.param('<x:row xmlns:x="urn:x" r="1"/>', "than rows", id="prefixed-row"),
        pytest.param('</sheetData><sheetData><row r="1"/>', "two places", id="data-twice"),
        pytest.param("</sheetData><cols/><cols/><sheetData>", "two places", id="widths-twice"),
        pytest.param('<row r="1" r="2"/>', "damaged", id="attribute-twice"),
        pytest.param('<row r="1"><c r="A1"><v>&x;</v></c></row>', "damaged", id="entity"),
        pytest.param('<row r="1">', "damaged", id="not-closed"),
    ],
)
def test_a_sheet_that_could_be_misunderstood_is_refused(tmp_path: Path, rows: str, why: str) -> None:
    """Before anything is written, and with the reason."""
    assert why in refusal(write_package(tmp_path / "a.xlsx", rows))


@pytest.mark.parametrize(
    ("sheet", "why"),
    [
        pytest.param(f'<x:worksheet xmlns:y="{MAIN}"><x:sheetData/></x:worksheet>', "unusual", id="prefix"),
        pytest.param(
            f'<x:worksheet xmlns:x="{MAIN}"><sheetData/><x:sheetData/></x:worksheet>', "unusual", id="two-prefixes"
        ),
        pytest.param(
            f'<worksheet xmlns="{MAIN}"><sheetData xmlns="urn:x"/></worksheet>', "unusual", id="other-name-space"
        ),
        pytest.param('<worksheet xmlns="urn:x"><sheetData/></worksheet>', "unusual", id="name-space"),
        pytest.param("<worksheet><sheetData/></worksheet>", "unusual", id="no-name-space"),
        pytest.param(f'<worksheet xmlns="{MAIN}"/>', "usual place", id="no-data"),
        pytest.param(f'<chartsheet xmlns="{MAIN}"/>', "unusual", id="chart"),
        pytest.param(
            f'<worksheet xmlns="{MAIN}"><a><sheetData>{HEAD}</sheetData></a></worksheet>', "usual place", id="deeper"
        ),
        pytest.param(
            f'<!DOCTYPE worksheet [<!ENTITY x "y">]><worksheet xmlns="{MAIN}"><sheetData/></worksheet>',
            "damaged",
            id="document-type",
        ),
        pytest.param(
            f'<?xml version="1.0" encoding="ISO-8859-1"?><worksheet xmlns="{MAIN}"><sheetData/></worksheet>',
            "UTF-8",
            id="latin",
        ),
        pytest.param(f'<worksheet xmlns="{MAIN}"><sheetData/>', "not complete", id="cut-off"),
        pytest.param("", "not complete", id="empty"),
        pytest.param(
            f'<worksheet xmlns="{MAIN}"><sheetData>{HEAD}</sheetData>'
            '<mergeCells><mergeCell ref="D1:E1"/></mergeCells></worksheet>',
            "merged cells",
            id="merged-into-ours",
        ),
        pytest.param(
            f'<worksheet xmlns="{MAIN}"><sheetData>{HEAD}</sheetData><mergeCells><mergeCell ref="x"/></mergeCells>'
            "</worksheet>",
            "merged cells",
            id="merged-nowhere",
        ),
    ],
)
def test_a_sheet_of_another_make_is_refused(tmp_path: Path, sheet: str, why: str) -> None:
    """What is not understood is not changed."""
    assert why in refusal(write_package(tmp_path / "a.xlsx", "", parts={SHEET: sheet}))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_a_sheet_in_utf_16_is_refused(tmp_path: Path, encoding: str) -> None:
    """Its bytes are not those of the text that would be put in."""
    plain = write_package(tmp_path / "c.xlsx", HEAD)
    data = parts_of(plain)[SHEET].decode().encode(encoding)
    assert "UTF-8" in refusal(rewritten(plain, tmp_path / "a.xlsx", {SHEET: data}))


def test_a_byte_order_mark_moves_nothing(tmp_path: Path) -> None:
    """Places in the bytes are counted with it."""
    source = package(tmp_path / "c.xlsx", HEAD + ROW)
    data = parts_of(source)[SHEET]
    marked = rewritten(
        source, tmp_path / "a.xlsx", {SHEET: b"\xef\xbb\xbf<?xml version='1.0' encoding='utf-8'?>" + data}
    )
    write_own(marked, tmp_path / "b.xlsx", PLACE, [2])
    assert texts(cells(tmp_path / "b.xlsx"), 2) == [*ANA, *UPDATED]


def test_what_only_looks_like_a_cell_is_none(tmp_path: Path) -> None:
    """Comments, processing instructions, sections of character data and attributes may hold any signs."""
    noise = '<!-- <row r="9"><c r="Z1"/></row> </sheetData> --><?x </row> ?>'
    cell = '<c r="E1" t="str"><v><![CDATA[</v></c></row><row r="7"><c r="A7"><f>]]></v></c>'
    rows = f'{noise}<row r="1" x="</row>" spans="1:5">'.replace('"</row>"', '"/row>"')
    rows += f"{noise}{cell}{noise}</row>{noise}<row r='2'>{noise}</row>"
    source = package(tmp_path / "a.xlsx", rows)
    write_own(source, tmp_path / "b.xlsx", AppendedArea(1, 5, NAMES), [2])
    sheet = cells(tmp_path / "b.xlsx")
    assert texts(sheet, 1)[4:] == ['</v></c></row><row r="7"><c r="A7"><f>', *NAMES]
    assert texts(sheet, 2)[5:] == list(UPDATED)
    assert sheet.max_row == 2


def test_a_cell_at_the_far_corner_is_copied(tmp_path: Path) -> None:
    """No room is made for the cells before it."""
    source = package(tmp_path / "a.xlsx", f'{HEAD}{ROW}<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')
    write_own(source, tmp_path / "b.xlsx", PLACE, [2])
    assert b'<c r="XFD1048576"><v>1</v></c>' in parts_of(tmp_path / "b.xlsx")[SHEET]


def test_columns_beyond_the_last_one_are_refused(tmp_path: Path) -> None:
    """A sheet has 16,384."""
    source = write_package(tmp_path / "a.xlsx", HEAD)
    assert "no room" in refusal(source, AppendedArea(1, 16_379, NAMES))
    UsersWorkbookWriter(tmp_path / "b.xlsx", SourceFile(source, ""), SHEET, AppendedArea(1, 16_378, APPENDED_COLUMNS))


def test_a_damaged_part_is_refused_though_it_would_only_be_copied(tmp_path: Path) -> None:
    """The annotated workbook must be sound as a whole."""
    path = tmp_path / "a.xlsx"
    source = package(tmp_path / "c.xlsx", HEAD)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, data in {**parts_of(source), "xl/media/image1.png": b"picture" * 9}.items():
            archive.writestr(name, data)
    path.write_bytes(path.read_bytes().replace(b"picturepicture", b"pictureXicture", 1))
    assert "damaged" in refusal(path)


def test_a_part_that_is_missing_or_twice_is_refused(tmp_path: Path) -> None:
    """So is a file that is no archive, and one that is larger than allowed."""
    plain = package(tmp_path / "c.xlsx", HEAD)
    assert "not in it" in refusal(rewritten(plain, tmp_path / "a.xlsx", {SHEET: None}))
    assert "damaged" in refusal(rewritten(plain, tmp_path / "a.xlsx", {"[Content_Types].xml": None}))
    assert "damaged" in refusal(rewritten(plain, tmp_path / "a.xlsx", {"XL/styles.XML": b"<a/>"}))
    assert "larger than allowed" in refusal(plain, limits=Limits(max_entries=2))
    (tmp_path / "a.xlsx").write_bytes(b"PK\x03\x04 no archive")
    assert "damaged" in refusal(tmp_path / "a.xlsx")


def test_a_name_in_an_unknown_encoding_is_refused(tmp_path: Path) -> None:
    """It would come out as another name."""
    path = package(tmp_path / "c.xlsx", HEAD)
    target = rewritten(path, tmp_path / "a.xlsx", {"xl/media/image_.png": b""})
    target.write_bytes(target.read_bytes().replace(b"image_.png", b"image\xe9.png"))
    assert "encoding" in refusal(target)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("styles", "why"),
    [
        pytest.param("<styleSheet/>", "not complete", id="empty"),
        pytest.param(FORMATS.replace("cellXfs", "x:cellXfs"), "unusual way", id="prefix"),
        pytest.param("<styleSheet>", "not complete", id="cut-off"),
        pytest.param(FORMATS.replace("</cellXfs>", "<xf/>" * 64_000 + "</cellXfs>"), "as many", id="too-many"),
    ],
)
def test_cell_formats_that_cannot_be_added_to_are_refused(tmp_path: Path, styles: str, why: str) -> None:
    """A workbook with more formats than Excel allows would not open."""
    assert why in refusal(write_package(tmp_path / "a.xlsx", HEAD, parts={"xl/styles.xml": styles}))


def test_sheets_of_macros_are_refused(tmp_path: Path) -> None:
    """An .xlsx file with one does not open."""
    plain = package(tmp_path / "c.xlsx", HEAD)
    name = "xl/_rels/workbook.xml.rels"
    kind = b"http://schemas.microsoft.com/office/2006/relationships/xlMacrosheet"
    relation = b'<Relationship Id="m" Type="' + kind + b'" Target="m.xml"/>'
    data = parts_of(plain)[name].replace(b"</Relationships>", relation + b"</Relationships>")
    assert "sheets of macros" in refusal(rewritten(plain, tmp_path / "a.xlsx", {name: data}))


def test_an_archive_behind_other_bytes_is_copied_from_the_right_place(tmp_path: Path) -> None:
    """Such a file is still a workbook to every reader."""
    source = package(tmp_path / "c.xlsx", HEAD + ROW)
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"before" * 100 + source.read_bytes())
    write_own(path, tmp_path / "b.xlsx", PLACE, [2])
    before, after = parts_of(source), parts_of(tmp_path / "b.xlsx")
    assert {name for name in before if before[name] != after[name]} == {SHEET, "xl/styles.xml"}


def test_an_archive_written_as_a_stream_is_copied(tmp_path: Path) -> None:
    """Its sizes stand behind its parts; those of the copy stand before them."""
    source = package(tmp_path / "c.xlsx", HEAD + ROW)
    path = tmp_path / "a.xlsx"
    with (
        path.open("wb") as file,
        zipfile.ZipFile(cast("IO[bytes]", _Stream(file)), "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for name, data in parts_of(source).items():
            archive.writestr(name, data)
    assert struct.pack("<I", 0x08074B50) in path.read_bytes()
    write_own(path, tmp_path / "b.xlsx", PLACE, [2])
    assert struct.pack("<I", 0x08074B50) not in (tmp_path / "b.xlsx").read_bytes()
    assert texts(cells(tmp_path / "b.xlsx"), 2) == [*ANA, *UPDATED]


class _Stream:
    """A file that can only be written from the beginning to the end."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def write(self, data: bytes) -> int:
        return self._file.write(data)

    def flush(self) -> None:
        self._file.flush()


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        (b'<row r="1" spans="1:4">', b'<row r="1" ht="30">'),
        (b"<row spans='1:4' r = '1'/>", b"<row r = '1' ht=\"30\"/>"),
        (b'<row x=" spans=\'1\'" ht="9" />', b'<row x=" spans=\'1\'" ht="30" />'),
        (b"<row >", b'<row ht="30">'),
    ],
)
def test_only_the_attributes_that_are_named_change(tag: bytes, expected: bytes) -> None:
    """What stands in the value of another one is not touched."""
    assert changed_tag(tag, {"spans": None, "ht": "30"}) == expected
