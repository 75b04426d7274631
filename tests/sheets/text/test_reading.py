"""CSV files, read."""

from __future__ import annotations

import csv
import io
import tracemalloc
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from importer.errors import SourceError
from importer.model.source import APPENDED_COLUMNS, Field, Skip
from importer.sheets.cells import is_blank
from importer.sheets.header.asides import is_nobodys
from importer.sheets.open import open_table
from importer.sheets.reading import Reading
from importer.sheets.source_file import SourceFile
from importer.sheets.table import RecordKind
from importer.sheets.text.batches import split_text
from importer.sheets.text.csv_table import open_csv
from importer.sheets.text.found_out.dialect import Dialect
from importer.sheets.text.found_out.encoding import Encoding
from importer.sheets.text.splitting import Marks, split
from tests.proving import examples
from tests.sheets.files import ANA, BEN, HEADER, annotate, cells_of, issues_of, numbers_of, refusal, write_csv

HEAD = ",".join(HEADER) + "\n"
ROW = ",".join(ANA) + "\n"
EMPTY_ROW = dict.fromkeys(("customer_id", "first_name", "last_name", "email"), "")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("start", ["", "\ufeff"], ids=["plain", "bom"])
def test_a_file_is_read_in_each_dialect(tmp_path: Path, delimiter: str, line_end: str, start: str) -> None:
    """Delimiter, line end and BOM make no difference to what is in the rows."""
    lines = [delimiter.join(line) for line in (HEADER, ANA, BEN)]
    table = open_table(write_csv(tmp_path / "a.txt", start + line_end.join(lines)))
    assert [list(row.values()) for row in cells_of(table)] == [ANA, BEN]
    assert (table.format, table.sheet, table.prefix) == ("csv", None, "")
    assert numbers_of(table) == [2, 3]


def test_the_names_in_the_header_decide_on_the_delimiter(tmp_path: Path) -> None:
    """A header with more commas than semicolons is still one of semicolons."""
    head = 'Customer ID;First Name;Last Name;E-mail;"Notes, remarks, calls, visits, and so on"\n'
    table = open_table(write_csv(tmp_path / "a.csv", head + ";".join([*ANA, "a, b"]) + "\n"))
    assert [list(row.values()) for row in cells_of(table)] == [ANA]


def test_a_header_that_one_delimiter_cannot_read_is_read_with_another(tmp_path: Path) -> None:
    """With semicolons, the quotation mark would open a cell that is never closed."""
    table = open_table(write_csv(tmp_path / "a.csv", f'{",".join(HEADER)},x;"y\n{ROW.strip()},z\n'))
    assert [list(row.values()) for row in cells_of(table)] == [ANA]


@pytest.mark.parametrize("line", ["sep=|\n", "SEP=|\r\n", '"sep=|"\n', "\ufeffsep=|\n"])
def test_a_sep_line_decides_on_the_delimiter_and_is_not_counted(tmp_path: Path, line: str) -> None:
    """The header after it is record 1."""
    table = open_table(write_csv(tmp_path / "a.csv", line + "|".join(HEADER) + "\n" + "|".join(ANA) + "\n"))
    assert numbers_of(table) == [2]
    assert [list(row.values()) for row in cells_of(table)] == [ANA]


@pytest.mark.alike
@pytest.mark.parametrize("blank", ["\n", ",\r\n", ',"",\n', " , ,\t,\n"])
def test_a_great_many_blank_records_are_counted_and_shift_no_number(tmp_path: Path, blank: str) -> None:
    """Whole batches of them are passed over at once, and the rows around them keep their numbers."""
    many = 80_000
    table = open_table(write_csv(tmp_path / "a.csv", HEAD + ROW + blank * many + ROW + "\n" + ROW))
    assert numbers_of(table) == [2, many + 3, many + 5]
    assert table.skips == {Skip.BLANK: many + 1}
    assert [record.number for record in table.records() if record.kind is RecordKind.ROW] == [2, many + 3, many + 5]


@pytest.mark.slow
def test_a_total_that_many_blank_records_and_a_row_follow_is_a_row(tmp_path: Path) -> None:
    """It is not at the end, however many batches of blank records are between."""
    table = open_table(write_csv(tmp_path / "a.csv", HEAD + ROW + "Total,,,\n" + "\n" * 200_000 + ROW))
    assert numbers_of(table) == [2, 3, 200_004]
    assert table.skips == {Skip.BLANK: 200_000}


@pytest.mark.slow
def test_a_header_is_repeated_also_behind_the_columns_of_an_earlier_run(tmp_path: Path) -> None:
    """What a record is, its own cells say, wherever somebody has moved ours, and however far down it is."""
    ours, many = ",".join(APPENDED_COLUMNS) + ",", 1_500
    rows = ("updated,,,,200,1," + ROW) * many
    table = open_table(write_csv(tmp_path / "a.csv", ours + HEAD + rows + ours + HEAD + rows))
    assert len(numbers_of(table)) == 2 * many
    assert table.skips == {Skip.REPEATED_HEADER: 1}
    assert [record.number for record in table.records() if record.kind is RecordKind.SKIPPED] == [many + 2]


RECORD = st.sampled_from(
    [
        ROW,
        "\n",
        ",,,\n",
        " , ,\n",
        '"",\n',
        "\u200b,,,\n",
        HEAD,
        HEAD.upper(),
        "Total,,,\n",
        "x\n",
        'a"b",\n',
        "'=1,,,\n",
    ]
)
OURS = "updated,,,,200,1"


@pytest.mark.proof
@settings(max_examples=examples(60), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    parts=st.lists(st.tuples(RECORD, st.sampled_from([1, 2, 150, 20_000])), min_size=1, max_size=5),
    ours=st.sampled_from(["none", "before", "after"]),
)
def test_rows_are_the_same_some_at_a_time_and_one_by_one(
    tmp_path: Path, parts: list[tuple[str, int]], ours: str
) -> None:
    """However many records of a kind follow each other: what is checked and sent is what the report is written for."""
    text = HEAD + "".join(record * count for record, count in parts)
    names = ",".join(APPENDED_COLUMNS)
    if ours == "before":
        text = "".join(f"{names if line == HEAD else OURS},{line}" for line in text.splitlines(keepends=True))
    elif ours == "after":
        text = "".join(f"{line[:-1]},{names if line == HEAD else OURS}\n" for line in text.splitlines(keepends=True))
    table = open_table(write_csv(tmp_path / "a.csv", text), Reading(delimiter=",", quote='"', escape=""))
    numbers = [number for chunk in table.chunks(10_000) for number in chunk.frame.index.tolist()]
    kinds = [(record.number, record.kind) for record in table.records()]
    assert numbers == [number for number, kind in kinds if kind is RecordKind.ROW]
    assert sum(table.skips.values()) == sum(kind is RecordKind.SKIPPED for _, kind in kinds)


def test_blank_lines_are_counted_and_are_no_rows(tmp_path: Path) -> None:
    """A line of separators and white space is as blank as an empty one, and may stand above the header."""
    path = write_csv(tmp_path / "a.csv", f"\n{HEAD}{ROW}\n , \u00a0,\t,\n{','.join(BEN)}\n\n")
    table = open_table(path)
    assert sum(table.skips.values()) == 0
    assert numbers_of(table) == [3, 6]
    assert sum(table.skips.values()) == 4
    kinds = {record.number: record.kind for record in table.records()}
    assert [number for number, kind in kinds.items() if kind is RecordKind.SKIPPED] == [1, 4, 5, 7]
    assert kinds[2] is RecordKind.HEADER


def test_a_record_keeps_its_text_and_its_line_end(tmp_path: Path) -> None:
    """Joined by the delimiter, the text of the cells is the record again."""
    body = b'Customer ID,"First Name",Last Name,E-mail\r\nx,"A ""q"" \n b",  c"d ,\n1,2,3,4'
    path = tmp_path / "a.csv"
    path.write_bytes(body)
    records = list(open_table(path).records())
    assert [record.raw for record in records] == [
        ("Customer ID", '"First Name"', "Last Name", "E-mail"),
        ("x", '"A ""q"" \n b"', '  c"d ', ""),
        ("1", "2", "3", "4"),
    ]
    assert records[1].cells == ("x", 'A "q" \n b', '  c"d ', "")
    assert [record.line_end for record in records] == ["\r\n", "\n", ""]


@pytest.mark.parametrize("name", ["Null", "NA", "None", "nan", "N/A", "NULL", "<NA>", "007", "1e5", "TRUE"])
def test_trap_15_a_customer_named_null_stays_one(tmp_path: Path, name: str) -> None:
    """Every cell is text, and only a blank one is blank."""
    table = open_table(write_csv(tmp_path / "a.csv", f"{HEAD}1,{name},{name},\n"))
    [chunk] = table.chunks(10)
    assert list(chunk.frame.itertuples(name=None)) == [(2, "1", name, name, "")]
    assert not chunk.frame.isna().to_numpy().any()
    assert {str(dtype) for dtype in chunk.frame.dtypes} == {"str"}


def test_trap_14_chunks_are_joined_by_row_number(tmp_path: Path) -> None:
    """The index of every chunk holds the numbers that a person sees, unique over the whole file."""
    path = write_csv(tmp_path / "a.csv", HEAD + "".join(f"{n},a,b,c\n\n" for n in range(7)))
    chunks = list(open_table(path).chunks(3))
    assert [len(chunk.frame) for chunk in chunks] == [3, 3, 1]
    assert [chunk.frame.index.name for chunk in chunks] == ["row"] * 3
    assert [n for chunk in chunks for n in chunk.frame.index] == [2, 4, 6, 8, 10, 12, 14]


def test_a_table_without_rows_has_no_chunks(tmp_path: Path) -> None:
    """A header alone is a table."""
    table = open_table(write_csv(tmp_path / "a.csv", HEAD))
    assert list(table.chunks(10)) == []
    assert table.width() == 4


@pytest.mark.parametrize(
    ("line", "cells"), [("1,2,3", 3), ("1,2,3,4,5", 5), ("1,2,3,4,", 5)], ids=["short", "long", "long-and-empty"]
)
def test_a_row_of_another_width_is_an_issue_and_never_shifted(tmp_path: Path, line: str, cells: int) -> None:
    """Its cells are not given to any column, and the rows around it are as they were."""
    table = open_table(write_csv(tmp_path / "a.csv", f"{HEAD}{ROW}{line}\n{ROW}"))
    assert cells_of(table)[1] == EMPTY_ROW
    assert list(cells_of(table)[2].values()) == ANA
    [issue] = issues_of(table)
    assert (issue.row, issue.code, issue.column) == (3, "wrong_field_count", "")
    assert issue.message.startswith(f"This record has {cells} cells and the header has 4")
    assert table.width() == max(cells, 4)


def test_a_nul_byte_is_an_issue_of_its_cell(tmp_path: Path) -> None:
    """That is so in a column that is not sent, too."""
    path = tmp_path / "a.csv"
    filler = ROW.encode() * 20
    path.write_bytes(b"Customer ID,First Name,Last Name,E-mail,Notes\n" + b"1,A\0b,c,d,\0\n" + filler)
    found = [(issue.row, issue.code, issue.column) for issue in issues_of(open_table(path)) if issue.row == 2]
    assert found == [(2, "nul_character", "First Name"), (2, "nul_character", "Notes")]


def test_a_quote_that_swallows_lines_is_an_issue(tmp_path: Path) -> None:
    """It closes at the next quote further down, and what follows does not begin a cell."""
    path = write_csv(tmp_path / "a.csv", HEAD + '1,"a,b,c\n2,"d",e,f\n' + ROW)
    [issue] = issues_of(open_table(path))
    assert (issue.row, issue.code) == (2, "stray_quote")


def test_line_breaks_within_quotes_are_part_of_the_cell(tmp_path: Path) -> None:
    """They end no record, and are kept as they are."""
    path = write_csv(tmp_path / "a.csv", HEAD + '1,"a\r\nb\rc\nd",e,f\n' + ROW)
    table = open_table(path)
    assert issues_of(table) == []
    assert cells_of(table)[0]["first_name"] == "a\r\nb\rc\nd"
    assert numbers_of(table) == [2, 3]


def test_a_quote_that_is_never_closed_spoils_only_its_own_line(tmp_path: Path) -> None:
    """The rows that follow it are read as they are."""
    path = write_csv(tmp_path / "a.csv", HEAD + ROW + '1,"a,b,c\n' + ROW * 3)
    table = open_table(path)
    assert [(issue.row, issue.code) for issue in issues_of(table)] == [(3, "stray_quote")]
    assert numbers_of(table) == [2, 3, 4, 5, 6]
    assert [list(row.values()) for row in cells_of(table)][2:] == [ANA] * 3


def test_a_line_beyond_all_measure_is_refused_with_its_record(tmp_path: Path) -> None:
    """It would have to be kept as a whole."""
    error = refusal(write_csv(tmp_path / "a.csv", HEAD + ROW + "x" * 9_000_000))
    assert error.code == "record_too_long"
    assert "record 3" in error.message


def test_a_file_of_blank_lines_has_no_header(tmp_path: Path) -> None:
    """A BOM is not anything either."""
    assert refusal(write_csv(tmp_path / "a.csv", "\ufeff\n ,\n")).code == "empty_source"
    assert refusal(write_csv(tmp_path / "b.csv", "sep=;")).code == "empty_source"


def test_a_csv_file_has_no_sheets(tmp_path: Path) -> None:
    """To ask for one is a mistake that is said."""
    assert refusal(write_csv(tmp_path / "a.csv", HEAD), sheet="Data").code == "no_sheets"


def test_messages_use_the_name_that_is_given(tmp_path: Path) -> None:
    """A run reads a copy of its own, whose name says nothing."""
    assert refusal(write_csv(tmp_path / "copy", "a,b\n"), name="orders.csv").message.startswith("orders.csv has no")


@pytest.mark.slow
def test_a_cell_at_the_edge_of_what_is_read_at_once_is_whole(tmp_path: Path) -> None:
    """A carriage return and its line feed may come in different blocks, and are one line end."""
    for pad in range(262_144 - 8, 262_144 + 3):
        head = HEAD.replace("\n", ",Notes\r\n")
        notes = "x" * (100_000 - len(head) % 7)
        lines = "".join(f"1,a,b,c,{notes}\r\n" for _ in range(2))
        last = pad - len(head) - len(lines) - len("1,a,b,c,")
        path = write_csv(tmp_path / "a.csv", f"{head}{lines}1,a,b,c,{'y' * last}\r\n2,a,b,c,d\r\n")
        assert numbers_of(open_table(path)) == [2, 3, 4, 5]


TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12) | st.sampled_from(
    ["", "'", '"', ",", ";", "\t", "\n", "\r\n", "=1", "a\rb", "NA", "\ufeff", "sep=;"]
)

QUOTING: st.SearchStrategy[Literal[0, 1]] = st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])


@pytest.mark.slow
@settings(max_examples=examples(150), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.tuples(TEXT, TEXT, TEXT, TEXT), max_size=6),
    delimiter=st.sampled_from(",;\t"),
    line_end=st.sampled_from(["\n", "\r\n"]),
    quoting=QUOTING,
)
@example(rows=[("", "", "", "a")], delimiter=";", line_end="\n", quoting=csv.QUOTE_MINIMAL)
@example(rows=[('"', '"', "NA", "")], delimiter=",", line_end="\n", quoting=csv.QUOTE_MINIMAL)
def test_any_table_of_text_reads_back_to_the_same_cells(
    tmp_path: Path, rows: list[tuple[str, ...]], delimiter: str, line_end: str, quoting: Literal[0, 1]
) -> None:
    """Whatever the delimiter, line end and quoting that Python's csv writes; its bytes are kept too."""
    if line_end == "\n" and any("\r" in cell for row in rows for cell in row):
        quoting = csv.QUOTE_ALL  # Python's csv would write it without quotation marks
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator=line_end, quoting=quoting)
    writer.writerows([HEADER, *rows])
    path = write_csv(tmp_path / "a.csv", text.getvalue())
    table = open_csv(SourceFile(path, path.name))
    filled = [list(row) for row in rows if not is_blank(row) and not is_nobodys(row, table.layout)]
    assert [list(row.values()) for row in cells_of(table)] == filled
    records = list(table.records())
    assert [list(record.cells) for record in records] == [HEADER, *map(list, rows)]
    assert "".join(delimiter.join(record.raw or ()) + record.line_end for record in records) == text.getvalue()


BODIES = st.lists(st.sampled_from(["a", ",", "\n", "\r\n", "\r", "b c", " d", "\0", "\u2028", "\\"]), max_size=12).map(
    "".join
)


@given(body=BODIES, quote=st.sampled_from(["", '"']), escape=st.sampled_from(["", "\\"]), is_padded=st.booleans())
@example(body="a,b\nc,d\n", quote='"', escape="", is_padded=False)
@example(body="a,b\r\n,\r\n", quote="", escape="", is_padded=False)
@example(body="a, b\n", quote='"', escape="", is_padded=True)
def test_records_without_quotes_are_read_as_csv_reads_them(
    body: str, quote: str, escape: str, *, is_padded: bool
) -> None:
    """They are divided all at once, and it makes no difference."""
    marks = Marks(",", quote, escape, is_padded)
    lines = body.replace("\\", "/" if escape else "\\")
    dialect = Dialect(Encoding("utf-8"), ",", quote, escape, is_padded=is_padded)
    records = [record for batch in split_text([lines], dialect, "a.csv") for record in batch.records()]
    assert [record.raw for record in records] == list(io.StringIO(lines, newline=""))
    assert [record.cells for record in records] == [next(split([record.raw], marks)) for record in records]


@pytest.mark.parametrize("size", [100, 5_000, 10**6])
@pytest.mark.parametrize("line", ["{},b\n", '{},"b"\n', "\n"])
@pytest.mark.parametrize("again", ['k,"two\nlines"\n', 'k,"two lines"\n', 'k"",b\n'])
def test_records_behind_a_quote_that_is_not_closed_are_what_they_are_elsewhere(
    size: int, line: str, again: str
) -> None:
    """However many there are, and in whatever pieces the text comes: only the line of the quote is a stray one."""
    written = ['x,"y\n', *(line.format(number) for number in range(3_000)), again, *["c,d\n"] * 3_000, again]
    text = "".join(written)
    pieces = [text[start : start + size] for start in range(0, len(text), size)]
    batches = list(split_text(pieces, Dialect(Encoding("utf-8"), ","), "a.csv"))
    records = [record for batch in batches for record in batch.records()]
    assert [record.raw for record in records] == written
    assert [record.number for record in records if record.is_stray] == [1]
    assert [record.cells for record in records[1:]] == [
        next(split(raw.splitlines(keepends=True), Marks(",", '"', ""))) for raw in written[1:]
    ]


@pytest.mark.slow
@settings(max_examples=examples(150), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.text(alphabet=st.sampled_from('",;\n\ra =')) | st.text())
def test_the_bytes_of_every_record_are_those_of_the_file(tmp_path: Path, body: str) -> None:
    """However the quotes stand, as many cells have bytes as have text, and nothing of the file is missing."""
    path = write_csv(tmp_path / "a.csv", HEAD + body.replace("\0", "").encode("utf-8", "ignore").decode())
    records = list(open_table(path, Reading(delimiter=",", quote='"', escape="")).records())
    assert [len(record.raw or ()) for record in records] == [len(record.cells) for record in records]
    assert "".join(",".join(record.raw or ()) + record.line_end for record in records).encode() == path.read_bytes()


@pytest.mark.slow
@settings(max_examples=examples(200), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=st.binary(max_size=200),
    head=st.sampled_from([b"", HEAD.encode(), b"sep=|\n", b"\xef\xbb\xbf" + HEAD.encode()]),
)
def test_any_bytes_at_all_are_read_or_refused(tmp_path: Path, body: bytes, head: bytes) -> None:
    """No other exception comes out, and what is refused is refused with what to do."""
    path = tmp_path / "a.csv"
    path.write_bytes(head + body)
    hint = "read"
    try:
        table = open_table(path)
        rows = numbers_of(table)
        assert rows == [record.number for record in table.records() if record.kind is RecordKind.ROW]
    except SourceError as error:
        hint = error.hint
    assert hint


@pytest.mark.slow
def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    """Three times the rows take about the same: the file is read in blocks, and the rows go out in chunks."""
    peaks = []
    for count in (15_000, 45_000):
        path = write_csv(tmp_path / f"{count}.csv", HEAD + ROW * count)
        table = open_table(path)
        next(table.chunks(1_000))
        tracemalloc.start()
        for _ in table.chunks(1_000):
            pass
        assert table.width() == 4
        for _ in table.records():
            pass
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] * 1.4


def test_own_columns_of_an_earlier_run_are_no_columns_of_the_source(tmp_path: Path) -> None:
    """They are recognised together, in order, with one prefix; the cells around them stay."""
    own = "status,updated_at,message,error_code,http_status,attempts"
    text = f"Customer ID,First Name,{own},Last Name,E-mail\n1,Ana,updated,t,m,,200,1,Reyes,a@b.c\n"
    table = open_table(write_csv(tmp_path / "a.csv", text))
    assert table.width() == 4
    assert list(cells_of(table)[0].values()) == ["1", "Ana", "Reyes", "a@b.c"]
    assert [record.cells for record in table.records()][1] == ("1", "Ana", "Reyes", "a@b.c")
    assert table.prefix == ""
    assert table.columns[Field.EMAIL].position == 3


@pytest.mark.parametrize(
    ("names", "prefix", "width"),
    [
        pytest.param("Status", "import_", 5, id="a-column-of-that-name"),
        pytest.param("status,updated_at,message,error_code,http_status", "import_", 9, id="not-all"),
        pytest.param("updated_at,status,message,error_code,http_status,attempts", "import_", 10, id="order"),
        pytest.param("Stage", "", 5, id="none"),
        pytest.param(
            "status,import_status,import_updated_at,import_message,import_error_code,import_http_status,"
            "import_attempts",
            "import_",
            5,
            id="prefixed",
        ),
        pytest.param(
            "status,updated_at,message,error_code,http_status,attempts,import_status,import_updated_at,"
            "import_message,import_error_code,import_http_status,import_attempts",
            "import_",
            10,
            id="both",
        ),
    ],
)
def test_columns_of_the_source_with_an_appended_name_give_a_prefix(
    tmp_path: Path, names: str, prefix: str, width: int
) -> None:
    """Only a whole group in order is ours from an earlier run; of two, the last."""
    table = open_table(write_csv(tmp_path / "a.csv", f"{HEAD.strip()},{names}\n"))
    assert (table.prefix, table.width(), table.width()) == (prefix, width, width)


def test_a_row_too_long_stays_an_issue_when_the_annotated_file_comes_back(tmp_path: Path) -> None:
    """The report pads the header to the widest record, and what lies under that padding was too much before."""
    source = write_csv(tmp_path / "a.csv", f"{HEAD}{ROW}x,y,z,Ana,Reyes\n{ROW}")
    again = open_table(annotate(source, tmp_path / "b.csv"))
    assert [(issue.row, issue.code) for issue in issues_of(again)] == [(3, "wrong_field_count")]
    assert "has 5 cells and the header has 4" in issues_of(again)[0].message
    assert list(cells_of(again)[0].values()) == ANA


def test_an_annotated_blank_line_is_blank_again(tmp_path: Path) -> None:
    """What stands in our own columns does not make a row of it."""
    source = write_csv(tmp_path / "a.csv", f"{HEAD}{ROW}\n")
    path = annotate(source, tmp_path / "b.csv")
    path.write_bytes(path.read_bytes() + b",,,,a note,,,,,\n")
    table = open_table(path)
    assert numbers_of(table) == [2]
    assert sum(table.skips.values()) == 2
