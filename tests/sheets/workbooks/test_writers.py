"""Which writer a workbook's annotated sheet gets, and what is said of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from importer.sheets.open import open_table, open_writer
from tests.sheets.files import ANA, HEADER, text_row, write_csv, write_package
from tests.sheets.workbooks.formats import xlsb_files
from tests.sheets.workbooks.parser.bombs import ods_row, write_ods


def _xlsx(path: Path) -> Path:
    return write_package(path, text_row(1, HEADER) + text_row(2, ANA))


def _xlsb(path: Path) -> Path:
    rows = xlsb_files.text_row(1, HEADER) + xlsb_files.text_row(2, ANA)
    return xlsb_files.write_xlsb(path, {"Data": xlsb_files.sheet(rows)})


def _ods(path: Path) -> Path:
    return write_ods(path, ods_row(HEADER) + ods_row(ANA))


def _csv(path: Path) -> Path:
    return write_csv(path, f"{','.join(HEADER)}\n{','.join(ANA)}\n")


def _notes(source: Path, *, own_workbook: bool = True) -> str:
    table = open_table(source)
    return " ".join(
        open_writer(
            source.with_name("b.xlsx"), table, format="xlsx", own_workbook=tuple if own_workbook else None
        ).notes
    )


@pytest.mark.parametrize(
    ("write", "format_"), [pytest.param(_xlsb, "xlsb", id="xlsb"), pytest.param(_ods, "ods", id="ods")]
)
def test_a_workbook_that_only_its_own_program_writes_becomes_a_plain_sheet_and_that_is_said(
    tmp_path: Path, write: Callable[[Path], Path], format_: str
) -> None:
    """Its looks and its other sheets are lost, and never without a word."""
    assert f"a plain sheet, without the looks and other sheets of the source, since that is {format_}" in _notes(
        write(tmp_path / "a")
    )


@pytest.mark.parametrize("write", [_xlsx, _csv])
def test_where_nothing_is_lost_nothing_is_said(tmp_path: Path, write: Callable[[Path], Path]) -> None:
    """Text has no looks, and a workbook of today is written into."""
    assert _notes(write(tmp_path / "a")) == ""


def test_a_workbook_that_is_larger_than_allowed_names_the_setting(tmp_path: Path) -> None:
    """Whoever wants to have it can."""
    assert "IMPORTER_OWN_WORKBOOK_ROWS" in _notes(_xlsx(tmp_path / "a"), own_workbook=False)
