"""The annotated workbook in a real spreadsheet program: it opens, and shows what was there and what was appended."""

from __future__ import annotations

import csv
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from importer.sheets.open import open_table
from tests.sheets.files import ANA, HEADER, cells_of
from tests.sheets.workbooks.annotate.test_shown_rows import annotate_showing, filtered, hidden_in, names_only
from tests.sheets.workbooks.annotate.test_table_objects import names_of, table_of, table_workbook
from tests.sheets.workbooks.annotate.users_files import (
    NAMES,
    UPDATED,
    annotate_own,
    cells,
    parts_of,
    rich_workbook,
    texts,
)

SOFFICE = shutil.which("soffice")
pytestmark = [
    pytest.mark.proof,
    pytest.mark.skipif(SOFFICE is None and not os.environ.get("CI"), reason="LibreOffice (soffice) is not installed"),
]
EVERY_SHEET = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
"""Comma, double quotes, UTF-8, from line 1 on, cells as they are shown, and a file for each sheet."""


def convert(path: Path, to: str, folder: Path) -> Path:
    """Have LibreOffice open a workbook and save it in another format; return the folder."""
    assert SOFFICE is not None, "LibreOffice (soffice) is not installed"
    folder.mkdir(exist_ok=True)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [SOFFICE, "--headless", profile, "--convert-to", to, "--outdir", str(folder), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return folder


def shown(path: Path, sheet: str, folder: Path) -> list[list[str]]:
    """Return what LibreOffice shows in the cells of a sheet."""
    convert(path, EVERY_SHEET, folder)
    with (folder / f"{path.stem}-{sheet}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_it_shows_what_was_there_and_what_was_appended(tmp_path: Path) -> None:
    """All sheets show the same as before, and formulas of other sheets still count on the annotated one."""
    source, target = rich_workbook(tmp_path / "a.xlsx"), tmp_path / "b.xlsx"
    results = {3: ("failed", None, "=1+1", "connect_failed", None, 5)}
    annotate_own(source, target, results=results)
    before, after = (shown(path, "Customers", tmp_path / "out") for path in (source, target))
    assert [line[:6] for line in after] == [line[:6] for line in before]
    assert after[0][6:] == NAMES
    assert after[1][6:] == ["" if cell is None else str(cell) for cell in UPDATED]
    assert after[2][6:] == ["failed", "", "=1+1", "connect_failed", "", "5"]
    sums = [shown(path, "Sums", tmp_path / "out") for path in (source, target)]
    assert sums[0] == sums[1]
    assert sums[1][0][0] == "7407"


def test_it_saves_what_it_opened(tmp_path: Path) -> None:
    """After that the text is still text, the table is still a table, and the filter and the columns are ours."""
    annotate_own(table_workbook(tmp_path / "a.xlsx"), tmp_path / "b.xlsx")
    folder = convert(tmp_path / "b.xlsx", "xlsx", tmp_path / "out")
    assert names_of(table_of(folder / "b.xlsx")) == [*HEADER, *NAMES]
    sheet = cells(folder / "b.xlsx")
    assert texts(sheet, 2) == [*ANA, *UPDATED]
    assert sheet.freeze_panes == cells(tmp_path / "a.xlsx").freeze_panes


def test_a_workbook_that_libreoffice_wrote_is_annotated_again_and_again(tmp_path: Path) -> None:
    """Whoever opens a report there and saves it can give it back; the cells of the source stay the same."""
    folder = convert(rich_workbook(tmp_path / "a.xlsx"), "xlsx", tmp_path / "out")
    source = folder / "a.xlsx"
    annotate_own(source, tmp_path / "once.xlsx")
    saved = convert(tmp_path / "once.xlsx", "xlsx", tmp_path / "out") / "once.xlsx"
    writer = annotate_own(saved, tmp_path / "twice.xlsx", results={2: ("failed", None, None, None, None, 3)})
    assert writer.appended_area.replaces
    assert cells_of(open_table(tmp_path / "twice.xlsx")) == cells_of(open_table(source))
    sheet = cells(tmp_path / "twice.xlsx")
    assert texts(sheet, 1)[6:12] == NAMES
    assert texts(sheet, 2)[6:12] == ["failed", None, None, None, None, 3]
    data = parts_of(tmp_path / "twice.xlsx")["xl/worksheets/sheet1.xml"]
    assert b"<f>" not in data
    assert b"<f " not in data


def test_it_prints(tmp_path: Path) -> None:
    """As many pages come out as cells, pictures and charts need."""
    annotate_own(rich_workbook(tmp_path / "a.xlsx"), tmp_path / "b.xlsx")
    folder = convert(tmp_path / "b.xlsx", "pdf", tmp_path / "out")
    assert (folder / "b.pdf").read_bytes().count(b"/Type/Page/") > 1


def test_what_a_filter_hid_is_seen_and_what_it_may_hide_is_not(tmp_path: Path) -> None:
    """A spreadsheet program shows every row of a cleared filter, and hides what one hides that stays."""
    source = filtered(tmp_path / "a.xlsx", names_only())
    ends = {"cleared": [3], "kept": [2]}
    for name, needing in ends.items():
        annotate_showing(source, tmp_path / f"{name}.xlsx", needing)
    printed = {}
    for name in ends:
        folder = convert(tmp_path / f"{name}.xlsx", "pdf", tmp_path / "out")
        command = ["pdftotext", "-layout", str(folder / f"{name}.pdf"), "-"]
        printed[name] = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    seen = {name: len(re.findall(r"\b(?:updated|failed)\b", text)) for name, text in printed.items()}
    assert seen == {"cleared": 6, "kept": 4}
    for name in ends:
        saved = convert(tmp_path / f"{name}.xlsx", "xlsx", tmp_path / "out") / f"{name}.xlsx"
        assert hidden_in(saved) == ([] if name == "cleared" else [3, 5])


def test_what_libreoffice_filters_is_shown(tmp_path: Path) -> None:
    """It writes more than others: which rows are hidden, that one is, and the filter's name."""
    folder = convert(filtered(tmp_path / "a.xlsx", names_only()), "xlsx", tmp_path / "out")
    assert hidden_in(folder / "a.xlsx") == [3, 5]
    annotate_showing(folder / "a.xlsx", tmp_path / "b.xlsx", [5])
    assert hidden_in(tmp_path / "b.xlsx") == []
    sheet = parts_of(tmp_path / "b.xlsx")["xl/worksheets/sheet1.xml"]
    assert b"filterColumn" not in sheet
    assert b"filterMode" not in sheet
