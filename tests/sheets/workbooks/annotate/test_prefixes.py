"""The user's own workbook whose XML has prefixes on its elements, as libraries for .NET and others write it."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from pathlib import Path

import pytest

from importer.sheets.open import open_table
from tests.sheets.files import ANA, HEADER, MAIN, cells_of, text_row, write_package
from tests.sheets.workbooks.annotate.test_in_libreoffice import SOFFICE, shown
from tests.sheets.workbooks.annotate.test_table_objects import table_workbook
from tests.sheets.workbooks.annotate.users_files import (
    FORMATS,
    NAMES,
    SHEET,
    STRINGS,
    UPDATED,
    annotate_own,
    cells,
    parts_of,
    rewritten,
    rich_workbook,
    texts,
)
from tests.sheets.workbooks.beside.extra_sheets import extra_sheet, write_with

TYPES = "[Content_Types].xml"
WORKBOOK = "xl/workbook.xml"
RELATIONS = "xl/_rels/workbook.xml.rels"
STYLES = "xl/styles.xml"
EVERYWHERE = {
    SHEET: "x", WORKBOOK: "wb.1", STYLES: "s-t", "xl/sharedStrings.xml": "ns0", "xl/tables/table1.xml": "t",
    TYPES: "ct", RELATIONS: "p", "xl/worksheets/sheet2.xml": "x",
}  # fmt: skip
"""A prefix for each part, all of them different."""


def prefixed(source: Path, target: Path, prefixes: Mapping[str, str]) -> Path:
    """Write a workbook anew with a prefix on every element of some parts that has none."""
    parts = parts_of(source)
    return rewritten(
        source, target, {name: with_own(parts[name], prefix) for name, prefix in prefixes.items() if name in parts}
    )


def with_own(data: bytes, prefix: str) -> bytes:
    """Return a part with a prefix on every element that has none, declared on the root."""
    named = re.sub(rb"<(/?)([A-Za-z0-9]+)(?=[\s/>])", rb"<\1" + prefix.encode() + rb":\2", data)
    return named.replace(b" xmlns=", f" xmlns:{prefix}=".encode(), 1)


def meaning(data: bytes) -> object:
    """Return a part as it is understood, whatever its prefixes."""

    def of(element: ET.Element) -> object:
        return element.tag, element.attrib, element.text, element.tail, [of(child) for child in element]

    return of(ET.fromstring(data))  # noqa: S314 - made here


def same_meaning(one: Path, other: Path) -> None:
    """Assert that two workbooks have the same parts, of the same meaning."""
    found, expected = parts_of(one), parts_of(other)
    assert found.keys() == expected.keys()
    for name, data in expected.items():
        if name.endswith((".xml", ".rels")):
            assert meaning(found[name]) == meaning(data), name


@pytest.mark.slow
@pytest.mark.parametrize("part", [SHEET, STYLES, WORKBOOK, TYPES, RELATIONS, ""])
def test_what_is_written_means_the_same(tmp_path: Path, part: str) -> None:
    """With prefixes in one part or in all: appended cells, widths, looks, the wider filter, and the sheet beside."""
    usual = rich_workbook(tmp_path / "usual.xlsx")
    prefixes = {part: EVERYWHERE[part]} if part else EVERYWHERE
    source = prefixed(usual, tmp_path / "a.xlsx", prefixes)
    for path in (usual, source):
        notes = write_with(path, path.with_name(f"{path.stem}-b.xlsx"), extra_sheet(), own=True)
        assert list(notes) == ["In the annotated workbook, 3 formulas of the sheet are replaced by their values."]
    same_meaning(tmp_path / "a-b.xlsx", tmp_path / "usual-b.xlsx")


def test_the_annotated_workbook_is_opened_and_read_again(tmp_path: Path) -> None:
    """A library shows what was there and what was appended, and ours are replaced when it is given back."""
    source, target = prefixed(rich_workbook(tmp_path / "u.xlsx"), tmp_path / "a.xlsx", EVERYWHERE), tmp_path / "b.xlsx"
    annotate_own(source, target, results={3: ("failed", None, "=1+1", "connect_failed", None, 5)})
    sheet = cells(target, "Customers")
    assert texts(sheet, 1)[6:12] == NAMES
    assert texts(sheet, 2)[6:12] == list(UPDATED)
    assert texts(sheet, 3)[6:12] == ["failed", None, "=1+1", "connect_failed", None, 5]
    assert sheet.auto_filter.ref == "A1:L4"
    assert cells_of(open_table(target)) == cells_of(open_table(source))
    write_with(target, tmp_path / "c.xlsx", extra_sheet(), own=True)
    write_with(tmp_path / "c.xlsx", tmp_path / "d.xlsx", extra_sheet(), own=True)
    assert texts(cells(tmp_path / "d.xlsx", "Customers"), 3)[6:12] == ["updated", None, None, None, 200, 1]
    assert cells(tmp_path / "d.xlsx", "Summary")["A1"].value == "Title"
    assert cells(tmp_path / "d.xlsx", "Sums")["A1"].value == "=SUM(Customers!E2:E9)"


def test_a_table_object_with_a_prefix_grows(tmp_path: Path) -> None:
    """As one without does."""
    usual = table_workbook(tmp_path / "usual.xlsx")
    source = prefixed(usual, tmp_path / "a.xlsx", EVERYWHERE)
    for path in (usual, source):
        annotate_own(path, path.with_name(f"{path.stem}-b.xlsx"))
    same_meaning(tmp_path / "a-b.xlsx", tmp_path / "usual-b.xlsx")


def test_rows_that_are_empty_elements_get_their_end(tmp_path: Path) -> None:
    """The first of a workbook whose table begins further down may be one."""
    rows = f'<row r="1"/>{text_row(2, HEADER)}{text_row(3, ANA)}'
    annotate_own(_by_hand(tmp_path / "a.xlsx", rows), tmp_path / "b.xlsx")
    assert texts(cells(tmp_path / "b.xlsx"), 3) == [*ANA, *UPDATED]


def test_widths_that_are_not_the_sheets_own_stay(tmp_path: Path) -> None:
    """excel-export 0.5.1 writes them without the prefix that all others have; ours are added to none of them."""
    widths = b'<cols><col customWidth = "1" width="25" max = "1" min="1"/></cols>'
    source = _by_hand(tmp_path / "a.xlsx", text_row(1, HEADER) + text_row(2, ANA))
    parts = parts_of(source)
    data = parts[SHEET].replace(b"<x:sheetData>", widths * 2 + b"<x:sheetData>")
    annotate_own(rewritten(source, tmp_path / "w.xlsx", {SHEET: data}), tmp_path / "b.xlsx")
    written = parts_of(tmp_path / "b.xlsx")[SHEET]
    assert widths * 2 + b"<x:cols><x:col " in written
    assert cells(tmp_path / "b.xlsx").column_dimensions["E"].width > len("status")


@pytest.mark.parametrize(
    ("prefix", "entry"),
    [pytest.param("r", b"<r:sheet xmlns:rel=", id="r"), pytest.param("rel", b"<rel:sheet xmlns:r=", id="rel")],
)
def test_the_prefix_of_relations_is_another_one(tmp_path: Path, prefix: str, entry: bytes) -> None:
    """Where the list of sheets has the usual one of relations as its own, too."""
    usual = _by_hand(tmp_path / "usual.xlsx", text_row(1, HEADER) + text_row(2, ANA))
    data = with_own(parts_of(usual)[WORKBOOK].replace(b"r:id", b"of:id").replace(b"xmlns:r=", b"xmlns:of="), prefix)
    source = rewritten(usual, tmp_path / "a.xlsx", {WORKBOOK: data})
    assert not write_with(source, tmp_path / "b.xlsx", extra_sheet(), own=True)
    assert entry in parts_of(tmp_path / "b.xlsx")[WORKBOOK]
    assert cells(tmp_path / "b.xlsx", "Summary")["A1"].value == "Title"


@pytest.mark.proof
@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice (soffice) is not installed")
def test_libreoffice_shows_the_same(tmp_path: Path) -> None:
    """All sheets as before, and the appended columns."""
    source, target = prefixed(rich_workbook(tmp_path / "u.xlsx"), tmp_path / "a.xlsx", EVERYWHERE), tmp_path / "b.xlsx"
    annotate_own(source, target)
    before, after = (shown(path, "Customers", tmp_path / "out") for path in (source, target))
    assert [line[:6] for line in after] == [line[:6] for line in before]
    assert after[0][6:] == NAMES
    assert shown(target, "Sums", tmp_path / "out") == shown(source, "Sums", tmp_path / "out")


def _by_hand(path: Path, rows: str) -> Path:
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'
    usual = write_package(path, "", parts={SHEET: sheet, "xl/sharedStrings.xml": STRINGS, STYLES: FORMATS})
    return prefixed(usual, path, {SHEET: "x", STYLES: "y"})
