"""A file of which nearly no row is divided as its header is is refused as a whole; with fewer, they are rows to fix."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.errors import SourceError
from importer.model.rows import Issue
from importer.sheets.header.layout import read_layout
from importer.sheets.open import open_table
from importer.sheets.text.batches import Batch
from importer.sheets.text.rows.left_out_cells import LeftOutCells
from importer.sheets.text.rows.undivided import FEWEST, Undivided
from tests.sheets.files import ANA, HEADER, issues_of, refusal, write_csv

HEAD = ",".join(HEADER) + "\n"
ROW = ",".join(ANA) + "\n"
OPEN = f'{ANA[0]},"Ana,Reyes,ana@example.com\n'


@pytest.mark.parametrize("line", ["a,b\n", 'a,"b",c\n', "a;b\n", 'a "b" c,d\n', "a,b,c,d,e\n", "a\r\n"])
@pytest.mark.parametrize("above", [0, 99])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_quotation_mark_that_never_closes_is_told_once(tmp_path: Path, line: str, above: int, encoding: str) -> None:
    """The error names its row, how many rows are refused, and what they have instead; none is told by itself."""
    path = tmp_path / "a.csv"
    path.write_bytes((HEAD + ROW * above + OPEN + line * FEWEST).encode(encoding))
    error = refusal(path)
    assert error.code == "undivided_rows"
    assert f"{FEWEST + 1:,} of {FEWEST + 1 + above:,} rows are not divided as the header is" in error.message
    assert f"row {2 + above} " in error.message
    assert f"missing in row {2 + above}" in error.hint


@pytest.mark.parametrize("at", range(4))
def test_in_whichever_column_it_opens(tmp_path: Path, at: int) -> None:
    """The first, one in the middle and the last one."""
    cells = [*ANA]
    cells[at] = f'"{cells[at]}'
    assert (
        refusal(write_csv(tmp_path / "a.csv", HEAD + ",".join(cells) + "\n" + "a,b\n" * FEWEST)).code
        == "undivided_rows"
    )


def test_no_quotation_mark_is_named_where_there_is_none(tmp_path: Path) -> None:
    """What most of the rows have is told, and where it begins."""
    error = refusal(write_csv(tmp_path / "a.csv", HEAD + ROW + "a,b,c\n" + "a,b\n" * FEWEST))
    assert error.message == (
        "In a.csv, 10,001 of 10,002 rows are not divided as the header is, so it is not certain which cell is which:"
        " 10,000 rows, from row 4 on, have 2 cells where the header has 4."
    )
    assert error.hint == "Export the file again, or say with --delimiter and --quote how it is written."


def test_fewer_are_rows_to_fix(tmp_path: Path) -> None:
    """Each is refused by itself, with its reason."""
    table = open_table(write_csv(tmp_path / "a.csv", HEAD + OPEN + "a,b\n" * (FEWEST - 2)))
    assert [issue.row for issue in issues_of(table)] == list(range(2, FEWEST + 1))


def test_rows_that_are_sound_behind_them_are_rows(tmp_path: Path) -> None:
    """More than a tenth of all is enough: the file is read to its end before it is refused."""
    text = HEAD + "a,b\n" * FEWEST + ROW * (FEWEST // 9 + 1)
    assert len(issues_of(open_table(write_csv(tmp_path / "a.csv", text)))) == FEWEST
    text = HEAD + "a,b\n" * FEWEST + ROW * (FEWEST // 9)
    assert refusal(write_csv(tmp_path / "b.csv", text)).code == "undivided_rows"


@pytest.mark.parametrize("name", ["", "Notes"])
def test_rows_without_the_blank_cells_at_their_end_are_sound(tmp_path: Path, name: str) -> None:
    """As Excel leaves them out: under the blank end of the header, and in sixteen rows at a time."""
    whole = (HEAD + ROW * 15).replace("\n", f",{name}\n")
    text = whole + ROW * (16 * FEWEST // 100) + "a,b\n" * FEWEST
    table = open_table(write_csv(tmp_path / "a.csv", text))
    assert len(issues_of(table)) == FEWEST


def test_blank_records_are_no_rows(tmp_path: Path) -> None:
    """However many there are, and of whatever shape, they do not make a file sound."""
    error = refusal(write_csv(tmp_path / "a.csv", HEAD + "\n,,,\n,\n".join([ROW, *["a,b\n"] * FEWEST])))
    assert f"{FEWEST:,} of {FEWEST + 1:,} rows" in error.message


def test_an_annotated_sheet_is_read_as_it_was(tmp_path: Path) -> None:
    """Its rows were rows once, and what the earlier run said of them stands."""
    names = ",status,updated_at,message,error_code,http_status,attempts\n"
    text = HEAD.replace("\n", names) + "a,b,,,invalid,,Why.,wrong_field_count,,0\n" * FEWEST
    assert len(issues_of(open_table(write_csv(tmp_path / "a.csv", text)))) == FEWEST


def _refused(batches: Sequence[Batch], faults: Sequence[Issue]) -> tuple[bool, int]:
    """Return whether a file of these batches is refused for these faults, and how often it was read for that."""
    readings = 0

    def read() -> Sequence[Batch]:
        nonlocal readings
        readings += 1
        return batches

    layout = read_layout(HEADER, number=1, where="a.csv")
    undivided = Undivided(layout, {len(HEADER)}, "a.csv", LeftOutCells(layout, list), read)
    try:
        for fault in faults:
            assert undivided.counted(fault) is fault
    except SourceError:
        return True, readings
    return False, readings


@given(sound=st.integers(0, 3 * FEWEST), faulty=st.integers(FEWEST - 1, 2 * FEWEST), is_first=st.booleans())
def test_the_file_is_read_once_more_at_most(sound: int, faulty: int, *, is_first: bool) -> None:
    """Whatever comes of it, and wherever the sound rows are."""
    cells = [ANA] * sound + [["a"]] * faulty if is_first else [["a"]] * faulty + [ANA] * sound
    batch = Batch(2, cells, [",".join(one) + "\n" for one in cells], frozenset(), "")
    numbers = range(2 + sound * is_first, 2 + sound * is_first + faulty)
    is_refused, readings = _refused([batch], [Issue(row, "wrong_field_count", "", "Why.") for row in numbers])
    assert is_refused == (faulty >= FEWEST and sound <= 0.1 * (sound + faulty))
    assert readings <= 1


def test_other_faults_are_rows_to_fix() -> None:
    """Where a row is divided as it should be, what is wrong with it is told of it."""
    faults = [Issue(row, "undecodable_bytes", "E-mail", "Why.") for row in range(2, 2 + 2 * FEWEST)]
    assert _refused([], faults) == (False, 0)
