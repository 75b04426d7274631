"""Cells of text that are longer than Python's csv takes: they cost no more than their own row."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from importer.sheets.open import open_raw, open_table
from importer.sheets.reading import Reading
from importer.sheets.text.long_records import LONGEST_OF_LINES, LongRecord, long_record
from importer.sheets.text.splitting import Marks, split
from tests.sheets.files import ANA, BEN, HEADER, cells_of, issues_of, write_csv

LONG = 140_000
HEAD = f"{','.join(HEADER)},Notes\n"
ROW = f"{','.join(ANA)},\n"
NOTE = "a note, of a line\n"
WORD = "line\r\n"
LAST = f"{','.join(BEN)},x\n"


@pytest.fixture(autouse=True)
def limit_of_csv() -> Iterator[None]:
    """Hold the interpreter's own limit to what it was."""
    before = csv.field_size_limit()
    yield
    assert csv.field_size_limit() == before


@pytest.mark.parametrize(
    ("cell", "content"),
    [
        pytest.param("x" * LONG, "x" * LONG, id="bare"),
        pytest.param(f'"{"x," * LONG}"', "x," * LONG, id="quoted"),
        pytest.param(f'"{"x" * LONG}""y"""', f'{"x" * LONG}"y"', id="doubled"),
        pytest.param(f'"{NOTE * 9_000}"', NOTE * 9_000, id="lines"),
        pytest.param(f'"{WORD * 100_000}"', WORD * 100_000, id="over-blocks"),
        pytest.param("x" * 3_000_000, "x" * 3_000_000, id="millions"),
    ],
)
def test_a_cell_in_a_column_that_is_not_sent_costs_nothing(tmp_path: Path, cell: str, content: str) -> None:
    """All rows are read, and the cell comes into the report as it stands in the file."""
    path = write_csv(tmp_path / "a.csv", HEAD + ROW + f"{','.join(ANA)},{cell}\n" + LAST)
    table = open_table(path)
    assert [list(row.values()) for row in cells_of(table)] == [ANA, ANA, BEN]
    assert issues_of(table) == []
    records = list(table.records())
    assert records[2].cells[4] == content
    assert "".join(",".join(record.raw or ()) + record.line_end for record in records).encode() == path.read_bytes()
    assert [len(cells) for _, cells in open_raw(path).records()] == [5] * 4


def test_a_cell_in_a_column_that_is_sent_costs_its_row_at_most(tmp_path: Path) -> None:
    """The row is read, and its name is what the checks find too long."""
    name = "x" * LONG
    path = write_csv(tmp_path / "a.csv", HEAD + ROW + f'{ANA[0]},"{name}",Reyes,ana@example.com,\n' + LAST)
    assert [row["first_name"] for row in cells_of(open_table(path))] == [ANA[1], name, BEN[1]]


@pytest.mark.parametrize("at_end", [True, False])
@pytest.mark.parametrize(
    "stray",
    [
        pytest.param(f'{ANA[0]},"Ana,{"x" * LONG},c,\n', id="line"),
        pytest.param(f'{ANA[0]},"{"x" * LONG}"y,b,c,\n', id="after"),
        pytest.param(f'{ANA[0]},"Ana,b,c,\n', id="open"),
    ],
)
def test_a_quote_that_is_never_closed_costs_its_line_alone(tmp_path: Path, stray: str, *, at_end: bool) -> None:
    """Whatever comes behind it, and however much that is."""
    rows = 0 if at_end else 20_000
    table = open_table(write_csv(tmp_path / "a.csv", HEAD + ROW + stray + LAST * rows))
    assert [(issue.row, issue.code) for issue in issues_of(table)] == [(3, "stray_quote")]
    assert len(list(table.records())) == rows + 3


def test_quotes_that_have_swallowed_many_rows_cost_those_two_lines(tmp_path: Path) -> None:
    """What is between them is no cell, since it is divided as the rows are."""
    swallowing = f'{ANA[0]},"Ana,b,c,\n' + ROW * 3_000 + f'{ANA[0]},Ana",b,c,\n'
    table = open_table(write_csv(tmp_path / "a.csv", HEAD + swallowing + LAST), Reading(delimiter=",", quote='"'))
    assert {issue.code for issue in issues_of(table)} == {"stray_quote"}
    assert [issue.row for issue in issues_of(table)] == [2]
    assert len(list(table.records())) == 3_004


def test_a_record_of_lines_has_a_measure() -> None:
    """More lines are waited for up to it, and no further."""
    marks = Marks(",", '"', "")
    assert long_record(['"a\n', "b\n"], marks) == LongRecord(goes_on=True)
    assert long_record(['"a\n', "b" * LONGEST_OF_LINES], marks) == LongRecord()
    assert long_record(["x" * 2 * LONGEST_OF_LINES], marks) == LongRecord(1)


CELLS = st.text(st.sampled_from('ab"\\,; \t\r\n'), max_size=6)


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cells=st.lists(CELLS, min_size=1, max_size=4), quoting=st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]))
def test_it_finds_what_csv_finds(cells: list[str], quoting: int) -> None:
    """The first record has as many lines, whatever is in its cells."""
    out = io.StringIO(newline="")
    csv.writer(out, quoting=csv.QUOTE_ALL if quoting == csv.QUOTE_ALL else csv.QUOTE_MINIMAL).writerow(cells)
    lines = [*io.StringIO(out.getvalue(), newline=""), "next,one\n"]
    marks = Marks(",", '"', "")
    reader = split(lines, marks)
    assert next(reader) == cells
    found = long_record(lines, marks)
    assert found == LongRecord(reader.line_num) or any(
        line.count(",") >= len(cells) - 1 for line in lines[1 : reader.line_num - 1]
    )
