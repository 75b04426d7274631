"""Workbooks that are made to do harm, or are damaged."""

from __future__ import annotations

import contextlib
import struct
import zipfile
from pathlib import Path

import pytest

from importer.errors import SourceError
from importer.sheets.limits import Limits
from importer.sheets.open import open_table
from importer.sheets.source_file import SourceFile
from importer.sheets.workbooks.areas import MAX_ROWS
from importer.sheets.workbooks.package.archive import Archive
from tests.sheets.files import (
    ANA,
    HEADER,
    MAIN,
    PACKAGE,
    RELATIONS,
    cells_of,
    refusal,
    text_row,
    write_package,
    write_xlsx,
)

HEAD = text_row(1, HEADER)


@pytest.mark.slow
def test_trap_12_a_bomb_is_refused_before_anything_is_unpacked(tmp_path: Path) -> None:
    """Trap 12: 100 MB of nothing pack into 100 KB."""
    path = write_package(tmp_path / "a.xlsx", HEAD + " " * 100_000_000)
    assert path.stat().st_size < 200_000
    error = refusal(path)
    assert error.code == "workbook_too_large"
    assert "200 times" in error.message


@pytest.mark.usefixtures("parsers_are_started")
@pytest.mark.parametrize(
    ("limits", "why"),
    [
        pytest.param(Limits(max_entries=3), "5 files", id="entries"),
        pytest.param(Limits(max_unpacked_bytes=1024), "unpacks to", id="unpacked"),
        pytest.param(Limits(sparse_area=1, max_gaps=0), "4 cells lie between", id="gaps"),
        pytest.param(Limits(free_text_bytes=1, max_ratio=0), "hold more than", id="text"),
        pytest.param(Limits(free_tags=20), "more elements in a part", id="elements"),
        pytest.param(Limits(memory_bytes=1, memory_per_byte=0), "too much memory", id="memory"),
    ],
)
def test_trap_12_every_limit_is_a_parameter(tmp_path: Path, limits: Limits, why: str) -> None:
    """Trap 12: the message says what is too much."""
    with pytest.raises(SourceError, match=why) as caught:
        open_table(write_package(tmp_path / "a.xlsx", HEAD), limits=limits)
    assert caught.value.code == "workbook_too_large"


@pytest.mark.slow
@pytest.mark.usefixtures("parsers_are_started")
def test_a_file_that_takes_too_long_is_refused_and_names_the_setting(tmp_path: Path) -> None:
    """The processor's time is what counts: a busy machine is no reason."""
    path = write_package(tmp_path / "a.xlsx", HEAD + "".join(text_row(number, ANA) for number in range(2, 60_000)))
    with pytest.raises(SourceError, match="takes too long") as caught:
        open_table(path, limits=Limits(seconds=0.02, seconds_per_mb=0))
    assert caught.value.code == "workbook_too_large"
    assert "IMPORTER_READING_SECONDS" in caught.value.hint


def test_trap_12_a_part_that_is_larger_than_it_says_is_refused(tmp_path: Path) -> None:
    """Trap 12: the archive's own directory gives the sheet one byte less than it has."""
    path = write_package(tmp_path / "a.xlsx", HEAD + text_row(2, ANA))
    with zipfile.ZipFile(path) as archive:
        size = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    data = path.read_bytes()
    central = data.index(b"PK\x01\x02", data.rindex(b"xl/_rels/workbook.xml.rels") - 60)
    at = data.index(struct.pack("<I", size), central)
    path.write_bytes(data[:at] + struct.pack("<I", size - 1) + data[at + 4 :])
    error = refusal(path)
    assert error.code == "damaged_workbook"
    assert "larger than it says" in error.message


def test_trap_12_a_declared_dimension_is_not_trusted(tmp_path: Path) -> None:
    """Trap 12: the sheet says that it has sixteen billion cells, and has eight."""
    path = write_package(tmp_path / "a.xlsx", "")
    dimension = '<dimension ref="A1:XFD1048576"/>'
    sheet = f'<worksheet xmlns="{MAIN}">{dimension}<sheetData>{HEAD}{text_row(2, ANA)}</sheetData></worksheet>'
    path = write_package(path, "", parts={"xl/worksheets/sheet1.xml": sheet})
    assert [list(row.values()) for row in cells_of(open_table(path))] == [ANA]


@pytest.mark.parametrize("cell", ['<c r="XFD1048576"><v>1</v></c>', '<c r="XFD1048576" s="0" t="b" ><v>1</v></c>'])
def test_a_cell_at_the_far_corner_is_refused(tmp_path: Path, cell: str) -> None:
    """A reader that made room for all the cells in between would end there."""
    path = write_package(tmp_path / "a.xlsx", f'{HEAD}<row r="{MAX_ROWS}">{cell}</row>')
    error = refusal(path)
    assert error.code == "workbook_too_large"
    assert "17,179,869,184 cells" in error.message


def test_empty_cells_far_away_do_no_harm(tmp_path: Path) -> None:
    """A look without content takes no room, and is no reason to refuse."""
    path = write_package(
        tmp_path / "a.xlsx", f'{HEAD}{text_row(2, ANA)}<row r="{MAX_ROWS}"><c r="XFD{MAX_ROWS}" s="0"/></row>'
    )
    assert [list(row.values()) for row in cells_of(open_table(path))] == [ANA]


@pytest.mark.parametrize(
    "row",
    [
        pytest.param('<row r="3"><c r="XFE3"><v>1</v></c></row>', id="column"),
        pytest.param('<row r="3"><c r="ZZZZ3"><v>1</v></c></row>', id="long-column"),
        pytest.param('<row r="3"><c r="A1048577"><v>1</v></c></row>', id="row"),
        pytest.param('<row r="99999999999"><c><v>1</v></c></row>', id="row-of-row"),
        pytest.param('<row r="x"><c><v>1</v></c></row>', id="no-number"),
    ],
)
def test_a_cell_where_no_cell_can_be_is_refused(tmp_path: Path, row: str) -> None:
    """Some readers take such numbers as they come, or what is left of them."""
    error = refusal(write_package(tmp_path / "a.xlsx", HEAD + row))
    assert error.code == "damaged_workbook"
    assert "outside of what a sheet can have" in error.message


def test_trap_18_a_table_of_strings_that_lies_about_its_length_is_read_as_long_as_it_is(tmp_path: Path) -> None:
    """Trap 18: Calamine would make room for as many as are declared, and end the whole process over it."""
    strings = f'<sst xmlns="{MAIN}" uniqueCount="4000000000"><si><t>a</t></si></sst>'
    more = '<c r="F2" t="s"><v>0</v></c>'
    path = write_package(tmp_path / "a.xlsx", HEAD + text_row(2, ANA, more), parts={"xl/sharedStrings.xml": strings})
    assert list(open_table(path).records())[1].cells[5:] == ("a",)


@pytest.mark.parametrize(
    "part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/sharedStrings.xml"]
)
def test_a_document_type_is_refused(tmp_path: Path, part: str) -> None:
    """With it, no entity can be defined, and no bomb be built of them."""
    bomb = '<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><a>&c;</a>'
    error = refusal(write_package(tmp_path / "a.xlsx", HEAD, parts={part: bomb}))
    assert error.code == "damaged_workbook"
    assert "document type" in error.message


@pytest.mark.parametrize(
    ("parts", "why"),
    [
        pytest.param({"xl/_rels/workbook.xml.rels": "<Relationships/>"}, "", id="no-relations"),
        pytest.param(
            {
                "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
                f'Type="{RELATIONS}/worksheet" Target="worksheets/none.xml"/></Relationships>'
            },
            "the part xl/worksheets/none.xml is missing",
            id="no-part",
        ),
        pytest.param({"xl/workbook.xml": "<workbook><sheets>"}, "", id="cut-xml"),
        pytest.param(
            {"xl/workbook.xml": '<?xml version="1.0" encoding="none"?><a/>'}, "is not sound XML", id="no-encoding"
        ),
        pytest.param(
            {"xl/workbook.xml": '<?xml version="1.0" encoding="euc-jp"?><a/>'}, "is not sound XML", id="odd-encoding"
        ),
        pytest.param({"xl/workbook.xml": "not xml"}, "is not sound XML", id="no-xml"),
        pytest.param({"XL/workbook.xml": "<a/>"}, "two parts of one name", id="two-parts"),
        pytest.param({"xl/worksheets/sheet1.xml": "<worksheet><sheetData><row><c><"}, "", id="cut-sheet"),
        pytest.param(
            {
                "xl/workbook.xml": f'<workbook xmlns="{MAIN}"><sheets><sheet name="A" sheetId="1"/>'
                '<sheet name="A" sheetId="2"/></sheets></workbook>'
            },
            "two sheets of one name",
            id="two-sheets",
        ),
    ],
)
def test_a_damaged_workbook_is_refused(tmp_path: Path, parts: dict[str, str], why: str) -> None:
    """No other exception comes out."""
    error = refusal(write_package(tmp_path / "a.xlsx", HEAD, parts=parts))
    assert error.code in {"damaged_workbook", "empty_source"}
    assert why in error.message


@pytest.mark.proof
def test_a_workbook_that_is_cut_off_or_changed_anywhere_is_read_or_refused(tmp_path: Path) -> None:
    """Whatever happens to its bytes, nothing but SourceError comes out."""
    whole = write_xlsx(tmp_path / "a.xlsx", {"Data": [HEADER, ANA]}).read_bytes()
    path = tmp_path / "b.xlsx"
    for at in range(0, len(whole), 41):
        for data in (whole[:at], whole[:at] + bytes([whole[at] ^ 0x41]) + whole[at + 1 :]):
            path.write_bytes(data)
            with contextlib.suppress(SourceError):
                cells_of(open_table(path))


def test_an_encrypted_part_is_said_to_be_protected(tmp_path: Path) -> None:
    """Excel's own encryption makes a file of another kind; this is the archive's."""
    path = write_package(tmp_path / "a.xlsx", HEAD)
    data = bytearray(path.read_bytes())
    at = data.index(b"PK\x01\x02")
    data[at + 8] |= 1
    path.write_bytes(data)
    assert refusal(path).code == "password_protected"


def test_a_small_part_that_is_large_is_refused(tmp_path: Path) -> None:
    """What is read as a whole has a limit of its own."""
    path = write_package(tmp_path / "a.xlsx", HEAD)
    with Archive(SourceFile(path, "a.xlsx")) as archive, pytest.raises(SourceError, match="larger than 0 MiB"):
        archive.read("xl/workbook.xml", 10)


def test_a_file_that_is_no_archive_is_refused_by_the_archive_itself(tmp_path: Path) -> None:
    """It does not rely on the file having been recognised before."""
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"no archive")
    with pytest.raises(SourceError, match="no sound archive"):
        Archive(SourceFile(path, "a.xlsx"))


@pytest.mark.usefixtures("parsers_are_started")
def test_a_few_cells_far_apart_are_refused_before_they_fill_the_memory(tmp_path: Path) -> None:
    """Two cells of a small file span a rectangle that the reader would keep as a whole."""
    path = write_package(tmp_path / "a.xlsx", HEAD + '<row r="1953"><c r="XFD1953"><v>1</v></c></row>')
    error = refusal(path)
    assert error.code == "workbook_too_large"
    assert "nearly all of them empty" in error.message


def test_a_workbook_without_any_sheet_is_refused(tmp_path: Path) -> None:
    """There is nothing to choose from, and the message says so."""
    path = write_package(
        tmp_path / "a.xlsx", HEAD, parts={"xl/workbook.xml": f'<workbook xmlns="{MAIN}"><sheets/></workbook>'}
    )
    assert "none at all" in refusal(path).message
