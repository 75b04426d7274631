"""The lines of a sheet between two processes."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from importer.errors import SourceError
from importer.sheets.limits import Limits
from importer.sheets.source_file import SourceFile
from importer.sheets.table import CellError
from importer.sheets.workbooks.book import Line, LineCell, Merge, Uncomputed
from importer.sheets.workbooks.grid import Grid
from importer.sheets.workbooks.packed_lines import PackedLines
from importer.sheets.workbooks.parser.spool import read_spool, write_spool

CELLS: st.SearchStrategy[LineCell] = st.one_of(
    st.none(),
    st.text(min_size=1),
    st.text(st.characters(categories=["Cs"]), min_size=1),
    st.booleans(),
    st.integers(-(2**53), 2**53),
    st.floats(allow_nan=False),
    st.dates(),
    st.times(),
    st.datetimes(),
    st.timedeltas(),
    st.sampled_from([CellError("#N/A"), Uncomputed.FORMULA]),
)
LINES = st.lists(st.tuples(st.integers(1, 9), st.lists(CELLS, max_size=5), st.booleans()), max_size=600)
MERGES = ((), (Merge(1, 0, 3),), (Merge(1, 0, 0), Merge(2, 1, 9)))


def write(path: Path, lines: list[Line], limits: Limits | None = None) -> Path:
    """Write lines as those of a workbook of a few bytes."""
    book = path.with_suffix(".xlsx")
    book.write_bytes(b"x" * 100)
    path.unlink(missing_ok=True)
    write_spool(path, lines, file=SourceFile(book, "a.xlsx"), where="The sheet", limits=limits or Limits())
    return path


@pytest.mark.slow
@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=LINES)
def test_lines_are_read_as_they_were_written(tmp_path: Path, drawn: list[tuple[int, list[LineCell], bool]]) -> None:
    """With every type of cell, in their order; lines that hold nothing are left out, and so are empty ends."""
    number, lines, wanted = 0, [], []
    for gap, cells, hidden in drawn:
        number += gap
        merged = MERGES[number % len(MERGES)]
        lines.append(Line(number, cells, hidden, merged=merged))
        end = max((at for at, cell in enumerate(cells, start=1) if cell is not None), default=0)
        is_text = all(cell is None or isinstance(cell, str) for cell in cells)
        if end:
            wanted.append(Line(number, tuple(cells[:end]), hidden, is_text, merged))
    packed = PackedLines()
    for line in lines:
        packed.append(line)
    assert list(read_spool(write(tmp_path / "spool", lines, Limits(max_gaps=10**9)))) == list(packed) == wanted
    assert [[type(cell) for cell in line.cells] for line in packed] == [
        [type(cell) for cell in line.cells] for line in wanted
    ]


def grid(path: Path, lines: list[Line]) -> Grid:
    """Return a sheet of lines."""
    width = max(len(line.cells) for line in lines)
    last = lines[-1].number
    return Grid("xlsx", "Data", "The sheet", last, width, (), write(path, lines), SourceFile(path, "a.xlsx"))


def test_blank_lines_are_filled_in(tmp_path: Path) -> None:
    """Line numbers go on without a gap, from line 1."""
    found = list(grid(tmp_path / "spool", [Line(3, ["a"]), Line(5, [None, 1.0])]).lines())
    assert [(line.number, list(line.cells)) for line in found] == [
        (1, []),
        (2, []),
        (3, ["a"]),
        (4, []),
        (5, [None, 1.0]),
    ]


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        pytest.param([Line(n, ["x" * 10_000] * 100) for n in range(1, 200)], "hold more than", id="text"),
        pytest.param([Line(n, [1.0] * 100) for n in range(1, 5_000)], "repeat one another", id="cells"),
        pytest.param([Line(1, ["a"]), Line(1_000_000, [None, None, "b"])], "far apart", id="gaps"),
    ],
)
def test_trap_18_more_than_a_file_can_hold_is_refused(tmp_path: Path, lines: list[Line], why: str) -> None:
    """Trap 18: a string that is used again and again, cells repeated a million times, two cells at opposite ends."""
    with pytest.raises(SourceError, match=why) as caught:
        write(tmp_path / "spool", lines)
    assert caught.value.code == "workbook_too_large"


def test_a_line_beyond_all_measure_counts_as_too_much_memory(tmp_path: Path) -> None:
    """It would be there several times before it is written."""
    with pytest.raises(MemoryError):
        write(tmp_path / "spool", [Line(1, ["x" * 9_000_000, "x" * 9_000_000])])


def test_a_span_of_time_keeps_its_parts(tmp_path: Path) -> None:
    """Days, seconds and parts of them."""
    span = dt.timedelta(days=-2, seconds=3, microseconds=4)
    assert next(read_spool(write(tmp_path / "spool", [Line(1, [span])]))).cells == (span,)
