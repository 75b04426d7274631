"""The columns of an earlier run in a header, and where the rows of a sheet of rows to fix come from."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.errors import SourceError
from importer.model.source import APPENDED_COLUMNS, MORE_COLUMNS, ORIGIN_COLUMNS, TO_FIX_COLUMNS, Origin
from importer.sheets.header.appended_columns import find_appended
from importer.sheets.header.layout import read_layout
from importer.sheets.open import open_table
from importer.sheets.reading import Reading
from importer.sheets.table import RecordKind, Table
from tests.sheets.files import ANA, HEADER, write_xlsx

ASKED = st.sets(st.sampled_from(MORE_COLUMNS)).map(lambda some: [name for name in MORE_COLUMNS if name in some])
ORIGINS = st.sampled_from([(), ORIGIN_COLUMNS, TO_FIX_COLUMNS])
OTHERS = st.lists(st.sampled_from(["Remark", "Changed on", "import_notes", "status", "source_run"]), max_size=3)


@given(
    asked=ASKED,
    origins=st.sampled_from([(), ORIGIN_COLUMNS, TO_FIX_COLUMNS]),
    prefix=st.sampled_from(["", "import_"]),
    before=OTHERS,
    after=OTHERS,
)
def test_what_a_run_has_appended_is_recognised_as_a_whole(
    *, asked: list[str], origins: tuple[str, ...], prefix: str, before: list[str], after: list[str]
) -> None:
    """Whatever was asked for and whatever stands around it: all of our columns are found, and nothing else."""
    names = [*APPENDED_COLUMNS, *asked, *origins]
    found = find_appended([*before, *(prefix + name for name in names), *after])
    assert found is not None
    assert (found.at, list(found.names)) == (len(before), names)


@pytest.mark.parametrize(
    ("header", "ours"),
    [
        pytest.param([*APPENDED_COLUMNS, "source_run", "source_row"], 6, id="in another order"),
        pytest.param([*APPENDED_COLUMNS, "source_row"], 6, id="one of two"),
        pytest.param([*APPENDED_COLUMNS, "import_source_row", "import_source_run"], 6, id="another prefix"),
        pytest.param([*APPENDED_COLUMNS, "Remark", "source_row", "source_run"], 6, id="not right behind"),
        pytest.param([*APPENDED_COLUMNS, "settled"], 6, id="a mark of no sheet of rows to fix"),
        pytest.param([*APPENDED_COLUMNS, *ORIGIN_COLUMNS, "Remark", "settled"], 8, id="a mark further right"),
        pytest.param([*APPENDED_COLUMNS, "changed", "sent_at"], 7, id="asked for in another order"),
    ],
)
def test_a_column_that_is_not_in_its_place_is_the_users_own(header: list[str], ours: int) -> None:
    """Nothing of the user's is dropped because of its name alone."""
    found = find_appended(header)
    assert found is not None
    assert len(found.names) == ours
    assert find_appended(list(ORIGIN_COLUMNS)) is None


OURS = (*APPENDED_COLUMNS, *TO_FIX_COLUMNS)
PREFIXED = tuple(f"import_{name}" for name in OURS)


@pytest.mark.parametrize(
    "further",
    [
        pytest.param([name for name in OURS if name != "source_row"], id="without the row"),
        pytest.param([name for name in OURS if name != "source_run"], id="without the run"),
        pytest.param([*APPENDED_COLUMNS, "settled"], id="without both"),
        pytest.param([*APPENDED_COLUMNS, "Remark", "Settled?"], id="without both, further right"),
        pytest.param(TO_FIX_COLUMNS, id="without the six"),
        pytest.param([name for name in OURS if name != "message"], id="without one of the six"),
        pytest.param(["settled", *OURS[:-1]], id="moved to the front"),
        pytest.param([*OURS[:-1], "Remark", "SETTLED"], id="moved to the right"),
        pytest.param([name for name in PREFIXED if name != "import_source_row"], id="prefixed, without the row"),
        pytest.param([*PREFIXED[:-1], "", "Import settled"], id="prefixed, moved to the right"),
    ],
)
def test_a_sheet_whose_marks_are_not_where_they_were_is_refused(further: Sequence[str]) -> None:
    """Its rows would be sent as if nobody had marked them."""
    with pytest.raises(SourceError) as refused:
        read_layout([*HEADER, *further], number=1, where="to_fix.xlsx")
    assert refused.value.code == "misplaced_marks"
    assert "http_status, attempts, source_row, source_run and settled." in refused.value.hint


@pytest.mark.parametrize(
    "header",
    [
        pytest.param([*HEADER, *OURS], id="as they were"),
        pytest.param([*HEADER, *OURS[:-1], "Settled?"], id="in another case"),
        pytest.param([*HEADER, *OURS[:-1]], id="of an earlier version"),
        pytest.param([*HEADER, "Settled"], id="one's own"),
        pytest.param([*HEADER, "Settled", *APPENDED_COLUMNS], id="one's own, in an annotated sheet"),
        pytest.param([*HEADER, "Settled", *PREFIXED], id="one's own, in a sheet of rows to fix"),
        pytest.param([*HEADER, "Settled", *PREFIXED[:-1]], id="one's own, in one of an earlier version"),
        pytest.param([*HEADER, "settled", "status", "message"], id="one's own, beside others of our names"),
    ],
)
def test_a_column_of_the_same_name_may_be_ones_own(header: Sequence[str]) -> None:
    """Where nothing tells that somebody has moved it away from ours."""
    layout = read_layout(header, number=1, where="to_fix.xlsx")
    assert list(layout.header) == [name for name in header if name in {*HEADER, "Settled"} or layout.appended is None]
    note = f'"{next((name for name in layout.header if name.lower() == "settled"), "")}" is taken for your own:'
    assert [told.startswith(note) for told in layout.notes] == [True] * ("settled" in map(str.lower, layout.header))


@pytest.mark.parametrize(
    ("header", "named"),
    [
        pytest.param([*HEADER, *OURS[:-1], "Erledigt"], True, id="renamed"),
        pytest.param([*HEADER, *OURS[:-1], "Erledigt", "Remark"], True, id="renamed, and another"),
        pytest.param([*HEADER, *OURS[:-1]], False, id="nothing there"),
        pytest.param([*HEADER, *OURS[:-1], "", "Remark"], False, id="without a name"),
        pytest.param([*HEADER, *OURS, "Erledigt"], False, id="behind the marks"),
        pytest.param([*HEADER, *APPENDED_COLUMNS, "Erledigt"], False, id="no sheet of rows to fix"),
        pytest.param([*HEADER[:-1], *OURS[:-1], HEADER[-1]], False, id="a column that is read"),
    ],
)
def test_a_column_in_the_place_of_the_marks_is_named(header: Sequence[str], *, named: bool) -> None:
    """Somebody may have translated the name, and believe that the rows they mark are not sent."""
    layout = read_layout(header, number=1, where="to_fix.xlsx")
    told = [note for note in layout.notes if note.startswith('"Erledigt" is taken for your own, and rows are sent')]
    assert len(told) == named == len(layout.notes)
    assert all(note.endswith('name it "settled".') for note in told)


def test_one_prefix_is_for_all_columns_that_are_appended_together() -> None:
    """A source with a column of its own called source_row keeps it; without such columns nothing gets a prefix."""
    layout = read_layout([*HEADER, "Source_Row"], number=1, where="a.csv")
    assert layout.appended_names(["status", "source_row"]) == ["import_status", "import_source_row"]
    assert layout.appended_names(["status", "changed"]) == ["status", "changed"]


ROWS = [
    (ANA, "12", "k3f9abcd", Origin(2, 12, "k3f9abcd")),
    (ANA, "", "", None),
    (ANA, "0", "k3f9abcd", None),
    (ANA, "12.5", "k3f9abcd", None),
    (ANA, "=1+1", "k3f9abcd", None),
    (ANA, " 7 ", " k3f9abcd ", Origin(7, 7, "k3f9abcd")),
    (ANA, "8", "../../etc", None),
    (ANA, "8", "K3F9'; DROP TABLE rows", None),
    (ANA, "99999999999999999999", "k3f9abcd", None),
]


def _table_of(path: Path, header: Sequence[str], lines: Sequence[Sequence[str]]) -> Table:
    """Write a sheet, as CSV or as a workbook, and open it."""
    if path.suffix == ".csv":
        path.write_text("\n".join(",".join(line) for line in [header, *lines]), "utf-8")
    else:
        write_xlsx(path, {"Data": [header, *([cell or None for cell in line] for line in lines)]})
    return open_table(path, Reading())


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_rows_tell_where_they_come_from_if_they_tell_it_rightly(tmp_path: Path, form: str) -> None:
    """What is no row number, or no run's id, is nothing; the chunks and the records say the same."""
    header = [*HEADER, *APPENDED_COLUMNS, *ORIGIN_COLUMNS]
    lines = [[*ana, "rejected", "", "", "", "", "1", row, run] for ana, row, run, _ in ROWS]
    table = _table_of(tmp_path / f"a.{form}", header, lines)
    expected = [origin for *_, origin in ROWS if origin]
    assert table.has_origins
    assert [one for chunk in table.chunks(4) for one in chunk.origins] == expected
    records = [record for record in table.records() if record.kind is RecordKind.ROW]
    assert [record.origin for record in records if record.origin] == expected
    assert [list(record.cells) for record in records] == [ANA] * len(ROWS)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_mark_is_read_of_every_row_that_has_one(tmp_path: Path, form: str) -> None:
    """Also of a row that does not say where it comes from: else it would be sent as if nobody had marked it."""
    header = [*HEADER, *APPENDED_COLUMNS, *TO_FIX_COLUMNS]
    marks = [("7", "k3f9abcd", " x ", "http_404"), ("", "", "Yes", ""), ("", "", "", "http_404")]
    lines = [[*ANA, "rejected", "", "", code, "", "1", row, run, mark] for row, run, mark, code in marks]
    table = _table_of(tmp_path / f"a.{form}", header, lines)
    expected = [Origin(2, 7, "k3f9abcd", "x", "http_404"), Origin(3, 0, "", "Yes")]
    assert [one for chunk in table.chunks(4) for one in chunk.origins] == expected
    assert [record.origin for record in table.records() if record.origin] == expected


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("more", [[], ["Remark"]])
def test_a_mark_in_a_column_whose_name_is_gone_refuses_the_sheet(tmp_path: Path, form: str, more: list[str]) -> None:
    """Its row would be sent as if nobody had marked it; the place says what it was, and the hint what it is called."""
    header = [*HEADER, *APPENDED_COLUMNS, *ORIGIN_COLUMNS, "", *more]
    lines = [
        [*ANA, "rejected", "", "", "", "", "1", row, "k3f9abcd", mark, *more] for row, mark in [("2", ""), ("3", "X")]
    ]
    table = _table_of(tmp_path / f"a.{form}", header, lines)
    with pytest.raises(SourceError, match="Row 3 is marked in column M") as refused:
        list(table.chunks(4))
    assert refused.value.code == "misplaced_marks"
    assert refused.value.hint.startswith('Put "settled" into the header of column M, ')


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize(
    ("name", "remark"),
    [
        pytest.param("", "called her", id="a remark beside the table"),
        pytest.param("", "", id="nothing"),
        pytest.param("Done", "x", id="a column of one's own"),
    ],
)
def test_what_stands_beside_a_sheet_of_an_earlier_version_is_no_mark(
    tmp_path: Path, form: str, name: str, remark: str
) -> None:
    """Its columns end with the run; the sheet is read as it always was."""
    header = [*HEADER, *APPENDED_COLUMNS, *ORIGIN_COLUMNS, name]
    table = _table_of(tmp_path / f"a.{form}", header, [[*ANA, *[""] * 6, "2", "k3f9abcd", remark]])
    assert [one for chunk in table.chunks(4) for one in chunk.origins] == [Origin(2, 2, "k3f9abcd")]
