"""Why workbooks are not read by openpyxl: what it makes of small files, beside what our own reader makes of them.

It has two readers: one that keeps no rows (`read_only`), which pandas uses, and one that keeps them all. Each test is
one reason, and fails once openpyxl does not give it any more: then the decision in
docs/decisions/sheets/workbooks-read.md is to be looked at anew.
"""

from __future__ import annotations

import tracemalloc
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import openpyxl
import pytest

from importer.sheets.open import open_table
from tests.sheets.files import (
    ANA,
    BEN,
    HEADER,
    cells_of,
    issues_of,
    numbers_of,
    refusal,
    text_cell,
    text_row,
    write_xlsx,
)
from tests.sheets.workbooks.annotate.users_files import package, rewritten

HEAD: Final = text_row(1, [*HEADER, "More"])
ANEW: Final = "openpyxl does not give this reason any more: look at docs/decisions/sheets/workbooks-read.md anew"
_ANY: Final = "http://schemas.openxmlformats.org/"
_STRICT: Final = {
    f"{_ANY}spreadsheetml/2006/main": "http://purl.oclc.org/ooxml/spreadsheetml/main",
    f"{_ANY}officeDocument/2006/relationships": "http://purl.oclc.org/ooxml/officeDocument/relationships",
}
"""The names of ISO 29500 strict, as Excel saves a "Strict Open XML Spreadsheet", for those of the usual files."""


@contextmanager
def _book(path: Path, *, read_only: bool) -> Iterator[openpyxl.Workbook]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the formats of small files have no names
        book = openpyxl.load_workbook(path, read_only=read_only, data_only=True)
    try:
        yield book
    finally:
        book.close()


def _rows(path: Path, *, read_only: bool) -> list[list[object]]:
    """Return the rows below the header, without what is empty at their ends."""
    with _book(path, read_only=read_only) as book:
        rows: list[list[object]] = [[*row] for row in book.worksheets[0].iter_rows(min_row=2, values_only=True)]
    for row in rows:
        while row and row[-1] is None:
            row.pop()
    return rows


def test_openpyxl_loses_rows_that_are_not_in_order(tmp_path: Path) -> None:
    """Without a word, where it keeps no rows (`read_only`, as pandas uses it); ours refuses the workbook."""
    path = package(tmp_path / "a.xlsx", HEAD + text_row(3, ANA) + text_row(2, BEN))
    assert BEN in _rows(path, read_only=False)
    assert BEN not in _rows(path, read_only=True), ANEW
    assert "not in order" in refusal(path).message


def test_openpyxl_loses_cells_that_are_not_in_order(tmp_path: Path) -> None:
    """Each says where it is, and ours reads it there."""
    cells = [text_cell(f"{letter}2", text) for letter, text in zip("ABCD", ANA, strict=True)]
    path = package(tmp_path / "a.xlsx", f'{HEAD}<row r="2">{cells[3]}{"".join(cells[:3])}</row>')
    assert ANA[3] not in _rows(path, read_only=True)[0], ANEW
    assert [list(row.values()) for row in cells_of(open_table(path))] == [ANA]


def test_openpyxl_loses_rows_outside_of_what_a_sheet_says_to_have(tmp_path: Path) -> None:
    """Where it keeps no rows, it believes the `dimension`, which programs write before they know it."""
    rows = HEAD + text_row(2, ANA) + text_row(3, BEN)
    path = package(tmp_path / "a.xlsx", rows, before='<dimension ref="A1:E2"/>')
    assert _rows(path, read_only=True) == [ANA], ANEW
    assert numbers_of(open_table(path)) == [2, 3]


@pytest.mark.parametrize("read_only", [True, False])
def test_openpyxl_leaves_codes_for_characters_in_the_text(tmp_path: Path, *, read_only: bool) -> None:
    """A name would be sent with them, which nobody sees in Excel."""
    path = package(tmp_path / "a.xlsx", HEAD + text_row(2, [*ANA, "one_x000A_two"]))
    assert _rows(path, read_only=read_only)[0][4] == "one_x000A_two", ANEW
    assert list(open_table(path).records())[1].cells[4] == "one\ntwo"


@pytest.mark.parametrize("read_only", [True, False])
def test_openpyxl_finds_no_sheets_in_a_strict_workbook(tmp_path: Path, *, read_only: bool) -> None:
    """Excel saves one as "Strict Open XML Spreadsheet"; there is no error, only nothing."""
    path = package(tmp_path / "usual.xlsx", HEAD + text_row(2, ANA))
    parts: dict[str, bytes | None] = {}
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            text = archive.read(name).decode()
            for usual, strict in _STRICT.items():
                text = text.replace(usual, strict)
            parts[name] = text.encode()
    strict_path = rewritten(path, tmp_path / "strict.xlsx", parts)
    with _book(strict_path, read_only=read_only) as book:
        assert book.worksheets == [], ANEW
    assert [list(row.values()) for row in cells_of(open_table(strict_path))] == [ANA]


def test_openpyxl_does_not_tell_which_rows_are_hidden(tmp_path: Path) -> None:
    """Only where it keeps all cells it knows how rows look."""
    hidden = text_row(3, BEN).replace('r="3"', 'r="3" hidden="1"', 1)
    path = package(tmp_path / "a.xlsx", HEAD + text_row(2, ANA) + hidden)
    with _book(path, read_only=True) as book:
        assert not hasattr(book.worksheets[0], "row_dimensions"), ANEW
    assert [number for chunk in open_table(path).chunks(9) for number in chunk.hidden] == [3]


def test_openpyxl_must_read_a_workbook_twice_to_tell_a_formula_without_value(tmp_path: Path) -> None:
    """It gives either formulas or values, and a formula whose value was never stored is an empty cell."""
    path = write_xlsx(tmp_path / "a.xlsx", {"Data": [HEADER, [ANA[0], "=A1", *ANA[2:]]]})
    assert _rows(path, read_only=True)[0][1] is None, ANEW
    assert [issue.code for issue in issues_of(open_table(path))] == ["formula_without_value"]


def test_openpyxl_keeps_every_cell_where_it_reads_rows_in_any_order(tmp_path: Path) -> None:
    """More than a kilobyte for a row of four cells: 200,000 such rows take more than 300 MB."""
    path = write_xlsx(tmp_path / "a.xlsx", {"Data": [HEADER, *[ANA] * 400]})
    tracemalloc.start()
    try:
        with _book(path, read_only=False) as book:
            kept, _ = tracemalloc.get_traced_memory()
            assert book.worksheets[0].max_row == 401
    finally:
        tracemalloc.stop()
    assert kept > 400 * 1024, ANEW
