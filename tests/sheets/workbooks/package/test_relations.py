"""What a part of a package has to do with others: which part a relation leads to, however it is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from importer.sheets.open import open_table
from tests.sheets.files import ANA, HEADER, cells_of, refusal, text_row, write_package
from tests.sheets.workbooks.annotate.users_files import SHEET, annotate_own, changed_parts, parts_of, rewritten

_RELATIONS = "xl/_rels/workbook.xml.rels"


def _related(path: Path, target: str, *, part: str = SHEET) -> Path:
    """Write a workbook whose relation to its sheet has this target, and whose sheet is that part."""
    plain = write_package(path.with_name("plain.xlsx"), text_row(1, HEADER) + text_row(2, ANA))
    parts = parts_of(plain)
    usual = b'Target="worksheets/sheet1.xml"'
    assert usual in parts[_RELATIONS]
    related = parts[_RELATIONS].replace(usual, target.encode())
    types = parts["[Content_Types].xml"].replace(SHEET.encode(), part.encode())
    sheet = parts[SHEET]
    return rewritten(plain, path, {SHEET: None, part: sheet, _RELATIONS: related, "[Content_Types].xml": types})


@pytest.mark.parametrize(
    ("target", "part"),
    [
        pytest.param('Target="worksheets/sheet1.xml"', SHEET, id="from the workbook on"),
        pytest.param('Target="/xl/worksheets/sheet1.xml"', SHEET, id="from the root on"),
        pytest.param('Target="worksheets\\sheet1.xml"', SHEET, id="backslashes"),
        pytest.param('Target="./worksheets/../worksheets/sheet1.xml"', SHEET, id="dots"),
        pytest.param('Target="../../xl/worksheets/sheet1.xml"', SHEET, id="above the root"),
        pytest.param('Target="/XL/Worksheets/Sheet1.xml"', SHEET, id="capitals"),
        pytest.param('Target="/.xl/sheet1.xml"', ".xl/sheet1.xml", id="a folder that begins with a dot"),
        pytest.param('Target="worksheets/my%20sheet.xml"', "xl/worksheets/my sheet.xml", id="percent sign"),
        pytest.param('Target="worksheets/my%20sheet.xml"', "xl/worksheets/my%20sheet.xml", id="as it is written"),
        pytest.param('Target="worksheets/sheet1.xml" TargetMode="internal"', SHEET, id="an unknown mode"),
        pytest.param('Target="worksheets/sheet1.xml" TargetMode="External"', SHEET, id="a wrong mode"),
    ],
)
def test_a_sheet_is_found_however_its_relation_is_written(tmp_path: Path, target: str, part: str) -> None:
    """It is read, and annotated where it is: whoever reads a package finds what whoever changes it finds."""
    source = _related(tmp_path / "a.xlsx", target, part=part)
    assert [list(row.values()) for row in cells_of(open_table(source))] == [ANA]
    annotate_own(source, tmp_path / "b.xlsx")
    assert part in changed_parts(source, tmp_path / "b.xlsx")


@pytest.mark.parametrize(
    "target", ['Target="worksheets/other.xml"', 'Target="https://example.com/" TargetMode="External"']
)
def test_a_sheet_that_is_not_in_the_package_is_missed(tmp_path: Path, target: str) -> None:
    """A workbook that names a sheet and does not have it is damaged."""
    assert "is missing in it" in str(refusal(_related(tmp_path / "a.xlsx", target)))
