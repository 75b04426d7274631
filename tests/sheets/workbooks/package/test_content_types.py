"""What the annotated workbook says of its parts: nothing of macros, which an .xlsx file has none of."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from importer.sheets.open import open_table
from tests.sheets.files import ANA, HEADER, cells_of, text_row
from tests.sheets.workbooks.annotate.users_files import annotate_own, cells, package, parts_of, rewritten, texts

TYPES = "[Content_Types].xml"
BINARY = '<Default Extension="bin" ContentType="application/vnd.{}"/>'
MACROS = BINARY.format("ms-office.vbaProject").encode()
PRINTER = BINARY.format("openxmlformats-officedocument.spreadsheetml.printerSettings").encode()
OTHER = BINARY.format("ms-excel.sheet.binary.macroEnabled.main").encode()


def test_macros_that_nothing_refers_to_stay_behind_too(tmp_path: Path) -> None:
    """An .xlsx file with them in it does not open."""
    usual = package(tmp_path / "usual.xlsx", text_row(1, HEADER) + text_row(2, ANA))
    types = parts_of(usual)[TYPES]
    stated = types.replace(b"<Override", MACROS + b"<Override", 1)
    source = rewritten(usual, tmp_path / "a.xlsx", {TYPES: stated, "xl/vbaProject.bin": b"x"})
    [note] = annotate_own(source, tmp_path / "b.xlsx").notes
    assert note.startswith("The macros of the workbook")
    after = parts_of(tmp_path / "b.xlsx")
    assert after[TYPES] == types
    assert "xl/vbaProject.bin" not in after


def test_a_workbook_in_another_folder_is_none_of_binary_records_by_an_ending(tmp_path: Path) -> None:
    """SheetJS says of every file that ends in .bin that it is such a one, in all workbooks."""
    parts = parts_of(package(tmp_path / "a.xlsx", text_row(1, HEADER) + text_row(2, ANA)))
    parts[TYPES] = parts[TYPES].replace(b"<Override", OTHER + b"<Override", 1)
    with zipfile.ZipFile(tmp_path / "b.xlsx", "w") as moved:
        for name, data in parts.items():
            moved.writestr(name.replace("xl/", "book/"), data.replace(b"xl/", b"book/"))
    assert [list(row.values()) for row in cells_of(open_table(tmp_path / "b.xlsx"))] == [ANA]


@pytest.mark.parametrize(
    ("stated", "parts", "left"),
    [
        pytest.param(MACROS, ["xl/printerSettings/printerSettings1.bin"], PRINTER, id="printer"),
        pytest.param(MACROS, [], b"", id="none"),
        pytest.param(MACROS, ["xl/embeddings/oleObject1.bin"], MACROS, id="not-known"),
        pytest.param(OTHER, [], OTHER, id="as-libraries-write-it"),
        pytest.param(PRINTER, ["xl/printerSettings/printerSettings1.bin"], PRINTER, id="right"),
    ],
)
def test_a_type_of_macros_by_an_ending_is_that_of_no_part(
    tmp_path: Path, stated: bytes, parts: list[str], left: bytes
) -> None:
    """Some programs say it of every file that ends in .bin; there is no word of macros where there are none."""
    usual = package(tmp_path / "usual.xlsx", text_row(1, HEADER) + text_row(2, ANA))
    types = parts_of(usual)[TYPES].replace(b"<Override", stated + b"<Override", 1)
    source = rewritten(usual, tmp_path / "a.xlsx", {TYPES: types, **dict.fromkeys(parts, b"x")})
    assert not annotate_own(source, tmp_path / "b.xlsx").notes
    after = parts_of(tmp_path / "b.xlsx")[TYPES]
    assert after == types.replace(stated, left)
    assert texts(cells(tmp_path / "b.xlsx"), 2)[4] == "updated"
