"""Why workbooks are not read by calamine: what it makes of small files, beside what our own readers make of them.

Each test is one reason, and fails once calamine does not give it any more: then the decision in
docs/decisions/sheets/workbooks-read.md is to be looked at anew.
"""

from __future__ import annotations

import subprocess
import sys
import tracemalloc
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import pytest
from python_calamine import CalamineError, CalamineWorkbook

from importer.sheets.open import open_table
from importer.sheets.table import CellError, RecordKind
from tests.sheets.files import (
    ANA,
    BEN,
    HEADER,
    cells_of,
    issues_of,
    refusal,
    text_cell,
    text_row,
)
from tests.sheets.workbooks.annotate.users_files import FORMATS, package, rewritten

HEAD: Final = text_row(1, [*HEADER, "More"])
ANEW: Final = "calamine does not give this reason any more: look at docs/decisions/sheets/workbooks-read.md anew"
_DATES: Final = FORMATS.replace('numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"', 'numFmtId="14" xfId="0"')


def _calamine(path: Path) -> list[list[object]]:
    """Return the rows below the header."""
    _, *rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).iter_rows()
    return [[*row] for row in rows]


def _ours(path: Path) -> list[list[object]]:
    """Return the rows below the header."""
    return [list(record.cells) for record in open_table(path).records() if record.kind is RecordKind.ROW]


def _codes(path: Path) -> list[str]:
    return [issue.code for issue in issues_of(open_table(path))]


def _more(path: Path, cell: str, *, formats: str = FORMATS) -> Path:
    """Write a workbook with one row, which has one more cell."""
    return rewritten(
        package(path.with_suffix(".tmp"), HEAD + text_row(2, ANA, cell)), path, {"xl/styles.xml": formats.encode()}
    )


@pytest.mark.parametrize(
    ("cell", "calamines", "ours"),
    [
        pytest.param('<c r="E2" t="str"><v><![CDATA[VIP]]></v></c>', "", "VIP", id="in-cdata"),
        pytest.param('<c r="E2"><v>1<!-- of two -->2</v></c>', 1.0, 12.0, id="around-a-comment"),
    ],
)
def test_calamine_loses_what_xml_says_in_another_way(
    tmp_path: Path, cell: str, calamines: object, ours: object
) -> None:
    """Of a stored value it takes the first piece of plain text, without a word about the rest."""
    path = _more(tmp_path / "a.xlsx", cell)
    assert _calamine(path) == [[*ANA, calamines]], ANEW
    assert _ours(path) == [[*ANA, ours]]


def test_calamine_makes_midnight_of_a_day_before_the_first(tmp_path: Path) -> None:
    """Excel shows no date for it; ours gives the number, which is then refused where text is needed."""
    path = _more(tmp_path / "a.xlsx", '<c r="E2" s="0"><v>-1</v></c>', formats=_DATES)
    assert str(_calamine(path)[0][4]) == "00:00:00", ANEW
    assert _ours(path) == [[*ANA, -1.0]]


def test_calamine_gives_up_a_sheet_for_an_error_that_it_does_not_know(tmp_path: Path) -> None:
    """One cell in a column that nobody sends would cost all rows."""
    path = _more(tmp_path / "a.xlsx", '<c r="E2" t="e"><v>#SPILL!</v></c>')
    with pytest.raises(CalamineError, match="#SPILL!"):  # else look at docs/decisions/sheets/workbooks-read.md anew
        _calamine(path)
    assert _ours(path) == [[*ANA, CellError("#SPILL!")]]


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        pytest.param('<c r="B2" t="e"><v>#N/A</v></c>', "error_cell", id="an-error"),
        pytest.param('<c r="B2"><f>A1</f></c>', "formula_without_value", id="a-formula-without-value"),
    ],
)
def test_calamine_does_not_tell_from_an_empty_cell(tmp_path: Path, cell: str, code: str) -> None:
    """What to do about the row depends on it."""
    others = text_cell("A2", ANA[0]) + text_cell("C2", ANA[2]) + text_cell("D2", ANA[3]) + text_cell("E2", "x")
    path = package(tmp_path / "a.xlsx", f'{HEAD}<row r="2">{cell}{others}</row>')
    assert _calamine(path) == [[ANA[0], "", *ANA[2:], "x"]], ANEW
    assert code in _codes(path)


def test_calamine_does_not_tell_which_rows_are_hidden(tmp_path: Path) -> None:
    """Whoever filters a sheet before saving it may mean what is seen."""
    hidden = text_row(3, BEN).replace('r="3"', 'r="3" hidden="1"', 1)
    path = package(tmp_path / "a.xlsx", HEAD + text_row(2, ANA) + hidden)
    sheet = CalamineWorkbook.from_path(path).get_sheet_by_index(0)
    assert not [name for name in dir(sheet) if "hidden" in name or "visible" in name], ANEW
    assert [number for chunk in open_table(path).chunks(9) for number in chunk.hidden] == [3]


def test_calamine_shows_one_row_of_two_with_one_number(tmp_path: Path) -> None:
    """The other row is gone; ours refuses the workbook, as Excel does."""
    path = package(tmp_path / "a.xlsx", HEAD + text_row(2, ANA) + text_row(2, BEN))
    assert _calamine(path) == [[*BEN, ""]], ANEW
    assert "not in order" in refusal(path).message


_PARTS: Final = """<office:document-content
 xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" office:version="1.2"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>
<table:table table:name="Data">
{rows}
</table:table></office:spreadsheet></office:body></office:document-content>"""


def _write_ods(path: Path, rows: Iterable[Iterable[str]]) -> Path:
    """Write an OpenDocument sheet by hand, each element on a line of its own."""
    cell = '<table:table-cell office:value-type="string">\n<text:p>{}</text:p>\n</table:table-cell>'
    lines = ("\n".join(cell.format(one) for one in row) for row in rows)
    text = "\n".join(f"<table:table-row>\n{line}\n</table:table-row>" for line in lines)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", _PARTS.format(rows=text))
        archive.writestr(
            "META-INF/manifest.xml", '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
        )
    return path


def test_calamine_refuses_open_documents_with_white_space_between_cells(tmp_path: Path) -> None:
    """SheetJS writes each cell on a line of its own."""
    path = _write_ods(tmp_path / "a.ods", [HEADER, ANA])
    with pytest.raises(CalamineError, match="table-cell"):  # else look at docs/decisions/sheets/workbooks-read.md anew
        _calamine(path)
    assert [list(row.values()) for row in cells_of(open_table(path))] == [ANA]


_PEAK: Final = """
import re, sys
from pathlib import Path
from python_calamine import CalamineWorkbook
next(CalamineWorkbook.from_path(sys.argv[1]).get_sheet_by_index(0).iter_rows())
print(re.search("VmHWM:[^0-9]*([0-9]+) kB", Path("/proc/self/status").read_text())[1])
"""


def _peak_kb(path: Path) -> int:
    """Return how large a process gets that reads the first row of a sheet with calamine."""
    done = subprocess.run((sys.executable, "-c", _PEAK, str(path)), check=True, capture_output=True, text=True)
    return int(done.stdout)


def _first_row(path: Path) -> int:
    return int(next(iter(open_table(path).chunks(1))).frame.index[0])


@pytest.mark.slow
def test_calamine_keeps_a_whole_sheet_in_memory(tmp_path: Path) -> None:
    """It takes them all before it gives the first row; ours are taken from a file, as many as are wanted."""
    few, many = (
        package(tmp_path / f"{count}.xlsx", HEAD + "".join(text_row(row, ANA) for row in range(2, count)))
        for count in (100, 10_000)
    )
    assert _peak_kb(many) - _peak_kb(few) > 2 * 1024, ANEW
    assert _first_row(few) == 2  # what this imports is not measured
    tracemalloc.start()
    try:
        assert _first_row(many) == 2
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 2 * 1024**2
