"""The copy of a sheet's bytes, held to what an independent parser sees before and after."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from importer.phrases import column_letter
from importer.sheets.source_file import SourceFile
from importer.sheets.workbooks.annotate.appended_area import AppendedArea
from importer.sheets.workbooks.annotate.sheet_copy import SheetCopy
from importer.sheets.workbooks.annotate.sheet_survey import SheetSurvey
from importer.sheets.workbooks.areas import column_position
from importer.sheets.workbooks.package.archive import Archive
from tests.sheets.files import MAIN
from tests.sheets.workbooks.annotate.users_files import SHEET, package, parts_of

FIRST, LAST = 2, 3
PLACE = AppendedArea(1, FIRST, ["status", "message"])
Cells = Mapping[tuple[int, int], tuple[str | None, str, str, bool]]
"""By row and column: style, type and text, and whether there is anything in it."""

JUNK = st.sampled_from(["", "", "", " ", "\n", "<!-- <c r='C1'><v>9</v></c> </row> -->", "<?x <row r='9'/> ?>"])
VALUES = st.sampled_from(["<v>1</v>", "<v> x </v>", "<v><![CDATA[</c><f>]]></v>", "<v>&lt;f&gt;</v>", "", "<v/>"])
FORMULAS = st.sampled_from(["", "", "<f>A1+1</f>", "<f t='shared' si='0'/>", "<f><![CDATA[</f><v>]]></f>", "<f ></f >"])
INLINE = st.just("<is><t>text</t><extLst><c><f>x</f></c></extLst></is>")


@dataclass(frozen=True)
class MadeRow:
    """A row of a sheet that Hypothesis made: its number, its XML, and what is to be done with it."""

    number: int
    xml: str
    written: bool


@st.composite
def made_rows(draw: st.DrawFn) -> list[MadeRow]:
    """Make rows in order, with gaps, written in every way that XML allows."""
    rows: list[MadeRow] = []
    number = 0
    for _ in range(draw(st.integers(0, 5))):
        gap = draw(st.integers(1, 3))
        number += gap
        told = gap > 1 or draw(st.booleans())
        quote = draw(st.sampled_from("\"'"))
        attributes = f" r={quote}{number}{quote}" if told else ""
        attributes += draw(st.sampled_from(["", " spans='1:3'", '\n spans = "1:9" x="a>b"', " ht='3' x=' spans=1'"]))
        cells = draw(_made_cells(number))
        xml = f"<row{attributes}>{cells}</row\n>" if cells or draw(st.booleans()) else f"<row{attributes} />"
        rows.append(MadeRow(number, draw(JUNK) + xml, draw(st.booleans())))
    return rows


@st.composite
def _made_cells(draw: st.DrawFn, row: int) -> str:
    made = ""
    column = -1
    for _ in range(draw(st.integers(0, 4))):
        gap = draw(st.integers(1, 2))
        column += gap
        told = gap > 1 or column > LAST or draw(st.booleans())
        reference = f' r="{column_letter(column)}{row}"' if told else ""
        kind = draw(st.sampled_from(["", ' t="str"', " t='e' cm=\"1\"", ' s="0" vm="2"']))
        inside = draw(JUNK) + draw(FORMULAS) + draw(JUNK) + draw(VALUES | INLINE) + draw(JUNK)
        made += draw(JUNK) + (f"<c{reference}{kind}>{inside}</c>" if inside else f"<c{reference}{kind}/>")
    return made + draw(JUNK)


@pytest.mark.slow
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=made_rows(), size=st.sampled_from([1, 7, 64, 10_000]))
def test_only_formulas_go_and_only_the_appended_cells_come(tmp_path: Path, rows: list[MadeRow], size: int) -> None:
    """That is so however the XML is written, and in whatever pieces it is read."""
    source = package(tmp_path / "a.xlsx", "".join(row.xml for row in rows))
    before = parts_of(source)[SHEET]
    made = _copied(source, before, rows, size)
    expected = dict(_cells(before))
    for row in rows:
        own = {(row.number, column) for column in range(FIRST, LAST + 1)}
        if row.written or any(expected[cell][3] for cell in own & expected.keys()):
            expected = {cell: value for cell, value in expected.items() if cell not in own}
        if row.written:
            expected |= {(row.number, FIRST): (None, "n", "5", True), (row.number, LAST): (None, "n", "6", True)}
    after = _cells(made)
    assert {at: cell[:3] for at, cell in after.items()} == {at: cell[:3] for at, cell in expected.items()}
    path = "/".join(f"{{{MAIN}}}{name}" for name in ("sheetData", "row", "c", "f"))
    assert ET.fromstring(made).find(path) is None  # noqa: S314 - made here


def _copied(source: Path, before: bytes, rows: list[MadeRow], size: int) -> bytes:
    out = io.BytesIO()
    with Archive(SourceFile(source, "a.xlsx")) as archive:
        survey = SheetSurvey(archive, SHEET, PLACE)
    copy = SheetCopy(_pieces(before, size), survey, out)
    for row in rows:
        if row.written:
            cells = f'<c r="C{row.number}"><v>5</v></c><c r="D{row.number}"><v>6</v></c>'
            copy.write_row(row.number, cells.encode(), None)
        else:
            copy.clear_row(row.number)
    copy.finish()
    return out.getvalue()


def _pieces(data: bytes, size: int) -> Iterator[bytes]:
    for at in range(0, len(data), size):
        yield data[at : at + size]


def _cells(data: bytes) -> Cells:
    """Return what a parser that knows nothing of bytes sees."""
    found: dict[tuple[int, int], tuple[str | None, str, str, bool]] = {}
    root = ET.fromstring(data)  # noqa: S314 - made here
    number = 0
    for row in root.iterfind(f"{{{MAIN}}}sheetData/{{{MAIN}}}row"):
        number = int(row.get("r", number + 1))
        column = -1
        for cell in row.iterfind(f"{{{MAIN}}}c"):
            reference = cell.get("r")
            column = column + 1 if reference is None else column_position(reference.rstrip("0123456789"))
            value = cell.find(f"{{{MAIN}}}v")
            text = (value.text or "") if value is not None else ""
            text += "".join(t.text or "" for t in cell.iterfind(f"{{{MAIN}}}is/{{{MAIN}}}t"))
            formula = cell.find(f"{{{MAIN}}}f") is not None
            kind = cell.get("t", "n") if text or not formula else "n"
            found[number, column] = (cell.get("s"), kind, text, len(cell) > 0)
    return found
