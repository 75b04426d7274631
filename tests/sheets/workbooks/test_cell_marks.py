"""The look at a sheet's XML beside the reader."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from importer.errors import SourceError
from importer.sheets.source_file import SourceFile
from importer.sheets.table import CellError
from importer.sheets.workbooks.archive import Archive, Limits
from importer.sheets.workbooks.cell_marks import Uncomputed, marks, survey
from tests.sheets.files import write_package

PART = "xl/worksheets/sheet1.xml"
VALUES = [
    '<c r="{}"><v>1</v></c>',
    '<c r="{}" s="1" t="str"><f>A1</f><v>a</v></c>',
    '<c r="{}" t="str"><f>A1</f><v></v></c>',
    '<c r="{}"><f>A1</f><v>1</v></c>',
    '<c r="{}" t="n" />',
    '<c t="n" r="{}"><v>1</v></c>',
]
MARKS = ['<c r="{}" t="e"><v>#N/A</v></c>', "<c r='{}'><f>A1</f></c>", '<c r="{}"><f t="shared" si="1"/><v></v></c>']


def look(path: Path, rows: str) -> tuple[int, bool, int, dict[int, dict[int, object]]]:
    """Return the area, whether there are marks, how wide they reach, and the marks."""
    write_package(path, rows)
    with Archive(SourceFile(path, path.name)) as archive:
        seen = survey(archive, PART, max_area=10_000)
        return seen.area, seen.marked, seen.width, {row: dict(cells) for row, cells in marks(archive, PART)}


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    cells=st.dictionaries(
        st.tuples(st.integers(1, 9), st.integers(0, 5)), st.sampled_from([*VALUES, *MARKS]), max_size=12
    )
)
def test_trap_10_the_quick_look_never_misses_a_mark(tmp_path: Path, cells: dict[tuple[int, int], str]) -> None:
    """Whatever cells there are, it says that there are marks wherever the parser finds one."""
    rows = "".join(
        f'<row r="{row}">' + "".join(cells[at].format(f"{'ABCDEF'[at[1]]}{row}") for at in group) + "</row>"
        for row, group in itertools.groupby(sorted(cells), key=lambda at: at[0])
    )
    marked = sorted(at for at, cell in cells.items() if cell in MARKS)
    _, has_marks, width, found = look(tmp_path / "a.xlsx", rows)
    assert sorted((row, column) for row, line in found.items() for column in line) == marked
    assert has_marks is bool(marked)
    assert width == max((column + 1 for _, column in marked), default=0)


def test_positions_that_are_not_written_are_counted(tmp_path: Path) -> None:
    """Rows and cells may come without their references."""
    rows = '<row><c><v>1</v></c><c t="e"><v>#N/A</v></c></row><row r="4"><c/><c/><c><f>A1</f></c></row>'
    rows += '<row><c t="e"/></row>'
    area, _, width, found = look(tmp_path / "a.xlsx", rows)
    assert found == {1: {1: CellError("#N/A")}, 4: {2: Uncomputed.FORMULA}, 5: {0: CellError("#N/A")}}
    assert (area, width) == (15, 3)


def test_elements_with_a_prefix_are_seen(tmp_path: Path) -> None:
    """Some programs write every element with one."""
    path = tmp_path / "a.xlsx"
    sheet = (
        '<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:sheetData>'
        '<x:row r="2"><x:c r="B2" t="e"><x:v>#N/A</x:v></x:c></x:row></x:sheetData></x:worksheet>'
    )
    write_package(path, "", parts={PART: sheet})
    with Archive(SourceFile(path, "a.xlsx")) as archive:
        assert survey(archive, PART, max_area=10).marked
        assert dict(marks(archive, PART)) == {2: {1: CellError("#N/A")}}


def test_of_a_cell_that_is_there_twice_the_last_one_counts(tmp_path: Path) -> None:
    """As the reader sees it."""
    twice = '<row r="1"><c r="A1" t="e"><v>#N/A</v></c><c r="A1"><v>1</v></c><c r="B1"><v>1</v></c></row>'
    assert look(tmp_path / "a.xlsx", twice)[3] == {1: {}}


def test_marked_rows_that_are_not_in_order_are_refused(tmp_path: Path) -> None:
    """Excel calls such a file damaged, and marks could not be joined to rows."""
    rows = "".join(f'<row r="{row}"><c r="A{row}" t="e"><v>#N/A</v></c></row>' for row in (3, 2))
    with pytest.raises(SourceError, match="not in order"):
        look(tmp_path / "a.xlsx", rows)


def test_marks_come_a_row_at_a_time(tmp_path: Path) -> None:
    """A sheet that is longer than what is read at once gives its first row before the last is read."""
    row = '<row r="{0}"><c r="A{0}" t="e"><v>#N/A</v></c><c r="B{0}" t="str"><v>{1}</v></c></row>'
    path = write_package(tmp_path / "a.xlsx", "".join(row.format(n, f"{n:x}" * 900) for n in range(1, 900)))
    with Archive(SourceFile(path, "a.xlsx")) as archive:
        assert [number for number, _ in marks(archive, PART)] == list(range(1, 900))


def test_what_follows_the_cells_is_looked_at_in_flat_memory(tmp_path: Path) -> None:
    """Megabytes without a cell, in one piece of text or in elements, do not pile up."""
    path = tmp_path / "a.xlsx"
    for more in ("<d>" + "x" * 20_000_000 + "</d>", "<d/>" * 600_000):
        write_package(path, '<row r="1"><c r="A1"><v>1</v></c></row>' + more)
        with Archive(SourceFile(path, "a.xlsx"), Limits(max_ratio=2_000)) as archive:
            assert not survey(archive, PART, max_area=10).marked
