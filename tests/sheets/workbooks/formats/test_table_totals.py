"""Rows of totals that table objects say that they have."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from importer.model.source import Skip
from importer.sheets.open import open_table
from tests.sheets.files import ANA, BEN, HEADER, MAIN, PACKAGE, RELATIONS, numbers_of, text_row, write_package
from tests.sheets.workbooks.formats import xlsb_files as xlsb

WITH_BALANCE = [*HEADER, "Balance"]
TOTAL = ["", "Everybody", "", "", "12.5"]


def _relations(parts: Mapping[str, str]) -> str:
    listed = "".join(
        f'<Relationship Id="{key}" Type="{RELATIONS}/table" Target="{part}"/>' for key, part in parts.items()
    )
    return f'<Relationships xmlns="{PACKAGE}/relationships">{listed}</Relationships>'


def _xlsx(path: Path, table: str, total: list[str]) -> Path:
    rows = text_row(1, WITH_BALANCE) + text_row(2, ANA) + text_row(3, BEN) + text_row(4, total) + text_row(5, ANA)
    parts = {
        "xl/worksheets/_rels/sheet1.xml.rels": _relations({"r1": "../tables/table1.xml", "r2": "../tables/none.xml"}),
        "xl/tables/table1.xml": table,
    }
    return write_package(path, rows, parts=parts)


def _table(said: str) -> str:
    return f'<table xmlns="{MAIN}" id="1" name="a" displayName="a" ref="A1:E4" {said}><tableColumns/></table>'


@pytest.mark.parametrize(
    ("table", "is_total"),
    [
        (_table('totalsRowCount="1"'), True),
        (_table('totalsRowCount="0" totalsRowShown="1"'), False),
        (_table('totalsRowShown="1"'), False),
        (_table('totalsRowCount="1"').replace("A1:E4", "A1:E"), False),
        (_table('totalsRowCount="1"').replace("A1:E4", "C1:E4"), False),
        (_table('totalsRowCount="1"').replace("A1:E4", "G1:H4"), False),
        (_table('totalsRowCount="1"').replace("A1:E4", "A3:E4"), False),
        ("<table", False),
    ],
)
def test_a_table_object_says_which_row_is_its_total(tmp_path: Path, table: str, *, is_total: bool) -> None:
    """Whatever stands in it, and whatever comes below; one beside the customers or a damaged one says nothing."""
    opened = open_table(_xlsx(tmp_path / "a.xlsx", table, TOTAL))
    assert numbers_of(opened) == ([2, 3, 5] if is_total else [2, 3, 4, 5])
    assert opened.skips.get(Skip.TOTAL, 0) == is_total


def test_a_customer_in_the_place_of_the_total_is_a_row(tmp_path: Path) -> None:
    """Nobody goes missing because of what a table says."""
    path = _xlsx(tmp_path / "a.xlsx", _table('totalsRowCount="1"'), [*ANA, "12.5"])
    assert numbers_of(open_table(path)) == [2, 3, 4, 5]


@pytest.mark.parametrize(("totals", "cut"), [(1, 0), (0, 0), (1, 6)])
def test_a_binary_table_object_says_it_too(tmp_path: Path, totals: int, cut: int) -> None:
    """With a number behind its area; where the record is cut off, it says nothing."""
    lines = [WITH_BALANCE, ANA, BEN, TOTAL, ANA]
    rows = b"".join(xlsb.text_row(at, [cell or None for cell in line]) for at, line in enumerate(lines, start=1))
    path = xlsb.write_xlsb(tmp_path / "a.xlsb", {"Data": xlsb.sheet(rows)})
    data = struct.pack("<8I", 0, 3, 0, 4, 0, 1, 1, totals)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/worksheets/_rels/sheet1.bin.rels", _relations({"r1": "../tables/table1.bin"}))
        archive.writestr("xl/tables/table1.bin", xlsb.record(343, data[: len(data) - cut]) + xlsb.record(344))
    is_total = bool(totals and not cut)
    assert numbers_of(open_table(path)) == ([2, 3, 5] if is_total else [2, 3, 4, 5])
