"""What XlsxWriter makes of cells that the importer's own writer keeps: why new workbooks are not written by it.

Where one of these fails with a newer release, the decision rests on less than it did.
"""

from __future__ import annotations

import datetime as dt
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from importer.sheets.table import CellError, CellValue, Record, RecordKind
from importer.sheets.workbooks.new.new_workbook import NewWorkbookWriter

PERSON = "ana@example.com"
ON_A_FULL_DISK = """
import sys
import xlsxwriter
book = xlsxwriter.Workbook("/dev/full", {"constant_memory": True, "tmpdir": sys.argv[1]})
book.add_worksheet("Data").write_string(0, 0, sys.argv[2])
book.close()
"""


def own(path: Path, value: CellValue) -> str:
    """Write a cell by the importer's own writer and return what is stored."""
    with NewWorkbookWriter(path, "Data", 1) as writer:
        writer.write(Record(1, RecordKind.ROW, (value,)), [])
    return stored(path)


def by_library(path: Path, write: Callable[[Worksheet], object]) -> str:
    """Write a cell by XlsxWriter and return what is stored."""
    with xlsxwriter.Workbook(path, {"constant_memory": True, "tmpdir": str(path.parent)}) as book:
        write(book.add_worksheet("Data"))
    return stored(path)


def stored(path: Path) -> str:
    """Return what is in the only cell of a workbook, as it is stored."""
    with zipfile.ZipFile(path) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    found = re.search(r"<c [^>]*>(.*?)</c>", sheet)
    return found[1] if found else ""


@pytest.mark.parametrize(
    ("value", "write", "kept", "otherwise"),
    [
        pytest.param(
            0.1 + 0.2,
            lambda sheet: sheet.write_number(0, 0, 0.1 + 0.2),
            "<v>0.30000000000000004</v>",
            "<v>0.3</v>",
            id="last-bit-of-a-number",
        ),
        pytest.param(
            12_345_678_901_234_567_890,
            lambda sheet: sheet.write_number(0, 0, 12_345_678_901_234_567_890),
            "<v>12345678901234567890</v>",
            "<v>1.234567890123457E+19</v>",
            id="digits-of-a-number",
        ),
        pytest.param(
            "_x0041\x01",
            lambda sheet: sheet.write_string(0, 0, "_x0041\x01"),
            "<is><t>_x005F_x0041_x0001_</t></is>",
            "<is><t>_x0041_x0001_</t></is>",
            id="half-a-code-and-a-control",
        ),
        pytest.param(
            dt.datetime(1900, 1, 1),  # noqa: DTZ001 - a sheet has no zones
            lambda sheet: sheet.write_datetime(0, 0, dt.datetime(1900, 1, 1)),  # noqa: DTZ001 - the same
            "<v>1</v>",
            "<v>0</v>",
            id="first-day",
        ),
        pytest.param(
            CellError("#N/A"),
            lambda sheet: sheet.write_formula(0, 0, "=#N/A", None, "#N/A"),
            "<v>#N/A</v>",
            "<f>#N/A</f><v>#N/A</v>",
            id="error-only-as-a-formula",
        ),
    ],
)
def test_a_cell_is_kept_that_xlsxwriter_stores_otherwise(
    tmp_path: Path, value: CellValue, write: Callable[[Worksheet], object], kept: str, otherwise: str
) -> None:
    """Each is what the library's public methods do, of which none does better."""
    assert own(tmp_path / "own.xlsx", value) == kept
    assert by_library(tmp_path / "library.xlsx", write) == otherwise


def test_the_rows_of_xlsxwriter_wait_in_a_file_with_a_name(tmp_path: Path) -> None:
    """A process that is killed meanwhile would leave people where nobody looks; the importer's own have no name."""
    (tmp_path / "own").mkdir()
    (tmp_path / "library").mkdir()
    with NewWorkbookWriter(tmp_path / "own" / "a.xlsx", "Data", 1) as writer:
        for number in range(1, 2_000):
            writer.write(Record(number, RecordKind.ROW, (PERSON,)), [])
        assert {one.name: one.stat().st_size for one in (tmp_path / "own").iterdir()} == {"a.xlsx": 0}
    folder = tmp_path / "library"
    with xlsxwriter.Workbook(tmp_path / "b.xlsx", {"constant_memory": True, "tmpdir": str(folder)}) as book:
        sheet = book.add_worksheet("Data")
        for row in range(2_000):
            sheet.write_string(row, 0, PERSON)
        (waiting,) = folder.iterdir()
        assert PERSON in waiting.read_text(encoding="utf-8")


def test_xlsxwriter_leaves_people_on_a_disk_that_is_full(tmp_path: Path) -> None:
    """Each part that was to be packed stays where it waited, with nobody to remove it."""
    ended = subprocess.run(
        (sys.executable, "-c", ON_A_FULL_DISK, str(tmp_path), PERSON), capture_output=True, check=False
    )
    assert b"No space left" in ended.stderr
    assert any(PERSON in left.read_text(encoding="utf-8") for left in tmp_path.iterdir())
