"""The Summary sheet in a real spreadsheet program, which calculates it and saves it."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from importer.sheets.open import open_table, sheet_sizes
from tests.reports.reviews import CAUSE, annotate, review
from tests.sheets.files import ANA, BEN, HEADER, cells_of, write_xlsx
from tests.sheets.workbooks.annotate.users_files import parts_of, rewritten
from tests.sheets.workbooks.beside.extra_sheets import HOSTILE, WRITERS, charts_of, formulas_of, sheet_of
from tests.sheets.workbooks.office import convert

pytestmark = pytest.mark.proof
TITLE: Final = "Ana's list"
_ALWAYS: Final = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item></oor:items>"""


def _saved(path: Path, folder: Path) -> Path:
    """Return a workbook that LibreOffice has opened, calculated anew, and saved."""
    settings = folder / "home" / "user" / "registrymodifications.xcu"
    if not settings.exists():
        settings.parent.mkdir(parents=True)
        settings.write_text(_ALWAYS)
    return convert(path, "xlsx", folder)


def _source(path: Path) -> Path:
    return write_xlsx(path, {TITLE: [HEADER, ANA, BEN, ANA, BEN]})


@pytest.mark.parametrize("own", WRITERS)
def test_it_calculates_what_is_stored_and_shows_the_rest_as_it_is(tmp_path: Path, *, own: bool) -> None:
    """Sums agree, no cell is a formula but those we meant, text is text, links lead to their rows, charts are there."""
    texts = [text for text in HOSTILE if text.isprintable() and len(text) < 100 and "_x" not in text]
    causes = [replace(CAUSE, to_do=text, first_rows=(3,)) for text in texts]
    annotate(_source(tmp_path / "a.xlsx"), tmp_path / "b.xlsx", review(causes=causes), own=own)
    wrong = parts_of(tmp_path / "b.xlsx")["xl/worksheets/sheet2.xml"].replace(b"</f><v>7</v>", b"</f><v>99</v>")
    rewritten(tmp_path / "b.xlsx", tmp_path / "c.xlsx", {"xl/worksheets/sheet2.xml": wrong})
    assert sheet_of(tmp_path / "c.xlsx", "Summary", values=True)["B21"].value == 99
    saved = _saved(tmp_path / "c.xlsx", tmp_path / "out")
    values, sheet = sheet_of(saved, "Summary", values=True), sheet_of(saved, "Summary")
    assert [values[at].value for at in ("B21", "B22", "C22")] == [7, 7, "agrees with the sum: no row is lost"]
    assert [values.cell(row, 2).value for row in range(10, 21)] == [5, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0]
    assert len(formulas_of(sheet)) == 2
    shown = [values.cell(row, 7).value for row in range(1, values.max_row + 1)]
    assert shown[shown.index("What to do") + 1 :][: len(texts)] == texts
    links = [cell.hyperlink for row in sheet.iter_rows() for cell in row if cell.hyperlink]
    assert len(links) == len(texts)
    assert {re.sub("^#", "", str(link.location)) for link in links} == {"'Ana''s list'!A3"}
    assert sheet_of(saved, TITLE)["A3"].value == BEN[0]
    assert len(charts_of(saved)) == 2


def test_one_that_it_has_saved_is_still_known_as_ours(tmp_path: Path) -> None:
    """Opened, saved and fed back, the report has one Summary sheet, with the charts of the last run only."""
    annotate(_source(tmp_path / "a.xlsx"), tmp_path / "b.xlsx", review(), own=True)
    saved = _saved(tmp_path / "b.xlsx", tmp_path / "out")
    annotate(saved, tmp_path / "c.xlsx", review(timing=None), own=True)
    assert [sheet.name for sheet in sheet_sizes(tmp_path / "c.xlsx")] == [TITLE, "Summary"]
    assert cells_of(open_table(tmp_path / "c.xlsx")) == cells_of(open_table(tmp_path / "a.xlsx"))
    charts = [name for name in parts_of(tmp_path / "c.xlsx") if re.fullmatch(r"xl/charts/chart\d+\.xml", name)]
    assert len(charts) == 1
    again = _saved(tmp_path / "c.xlsx", tmp_path / "again")
    assert sheet_of(again, "Summary", values=True)["B21"].value == 7
    assert len(charts_of(again)) == 1
