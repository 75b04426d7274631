"""Rows that are plain lines, many at a time: what is read and written of them is what is of each record by itself."""

from __future__ import annotations

import csv
import io
from itertools import repeat
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from importer.errors import ImporterError
from importer.model.source import APPENDED_COLUMNS
from importer.sheets.open import open_raw, open_table, open_writer
from importer.sheets.reading import Reading
from importer.sheets.source_file import SourceFile
from importer.sheets.table import BlockTable, BlockWriter, PlainRecords, Record, RecordKind, Table
from importer.sheets.text.csv_table import CsvTable
from importer.sheets.text.found_out.codec import encoder
from importer.sheets.text.found_out.encoding import read_text
from tests.proving import examples
from tests.sheets.files import ANA, BEN, HEADER, numbers_of, write_csv
from tests.sheets.text.odd_files import ENCODINGS, OddFile, odd_files

LONG = 3_000
"""Rows that are more than one batch."""


def blocks(table: Table) -> list[Record | PlainRecords]:
    """Return the blocks of a table of text."""
    assert isinstance(table, BlockTable)
    return list(table.blocks())


def _written(table: Table, path: Path, *, many: bool) -> bytes:
    """Write the records of a table with appended cells that differ in some rows, and return the file."""
    with open_writer(path, table, format="csv") as writer:
        for block in blocks(table) if many else table.records():
            if isinstance(block, Record):
                is_row = block.kind is RecordKind.ROW
                writer.write(block, _cells(block.number) if is_row else APPENDED_COLUMNS)
            else:
                assert isinstance(writer, BlockWriter)
                numbers = range(block.first, block.first + len(block))
                is_row = block.kind is RecordKind.ROW
                cells = map(_cells, numbers) if is_row else repeat(APPENDED_COLUMNS, len(block))
                writer.write_many(block, list(zip(*cells, strict=True)))
    return path.read_bytes()


def _cells(number: int) -> tuple[str | int | None, ...]:
    """Return appended cells: hostile ones in some rows, and all alike below those."""
    message = {2: "=1+1", 3: 'a;b, "c"\tÄ', 5: "- \u2018so\u2019"}.get(number)
    return ("updated", f"2025-07-21T12:43:{number:02}Z" if number < 8 else None, message, None, 200, 1)


@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL], ids=["bare", "quoted"])
def test_nearly_all_of_a_usual_file_comes_many_at_a_time(tmp_path: Path, quoting: Literal[0, 1]) -> None:
    """Behind the header all rows do, with a comma in a quoted cell too; one of two lines comes by itself between."""
    rows = [ANA] * LONG
    rows[999], rows[1_000] = [*ANA[:3], "Reyes, Jr."], ["two\nlines", *ANA[1:]]
    text = io.StringIO()
    csv.writer(text, quoting=quoting, lineterminator="\n").writerows([HEADER, *rows])
    header, *rest = blocks(open_table(write_csv(tmp_path / "a.csv", text.getvalue())))
    assert isinstance(header, Record)
    assert header.kind is RecordKind.HEADER
    assert [one.number for one in rest if isinstance(one, Record)] == [1_002]
    assert sum(len(one) for one in rest if isinstance(one, PlainRecords)) == LONG - 1
    assert len(rest) < 20
    [found] = [one for one in rest if isinstance(one, PlainRecords) and one.first <= 1_001 < one.first + len(one)]
    raw = found.record(1_001 - found.first).raw
    assert raw == tuple(f'"{cell}"' if quoting == csv.QUOTE_ALL or "," in cell else cell for cell in rows[999])


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        pytest.param("{0}\n{0}\n", [2, 3], id="plain"),
        pytest.param("{0}\n\n{0}\n", [], id="blank line between"),
        pytest.param("{0}\n{0}", [2], id="no line end at the end"),
        pytest.param("{0}\r\n{0}\n", [2, 3], id="two line ends"),
        pytest.param("{0},x\n{0}\n", [2, 3], id="two widths"),
        pytest.param('{0}\n"Ana",{0}\n', [2, 3], id="quoted"),
        pytest.param('{0}\n"Ana"{0}\n', [2], id="badly quoted"),
        pytest.param('{0}\n"A,\na",{0}\n{0}\n', [2, 4], id="of two lines"),
        pytest.param("{0}ëÄÖ\nJos\udce9{0}\n", [2], id="a byte that is no character"),
        pytest.param("{0}\n{1}\n{0}\n", [], id="a repeated header"),
        pytest.param("{0}\nTotal: 1,,,\n", [], id="a total"),
    ],
)
def test_only_rows_are_plain_that_have_nothing_but_cells(tmp_path: Path, text: str, plain: list[int]) -> None:
    """Whatever else there is comes one by one, in its place; so does all that is read together with what is no row."""
    lines = text.format(",".join(ANA), ",".join(HEADER))
    (tmp_path / "a.csv").write_bytes(f"{','.join(HEADER)}\n{lines}".encode("utf-8", "surrogateescape"))
    table = open_table(tmp_path / "a.csv")
    found = [block for block in blocks(table) if isinstance(block, PlainRecords)]
    assert [block.first + at for block in found for at in range(len(block))] == plain
    assert _written(table, tmp_path / "b.csv", many=True) == _written(table, tmp_path / "c.csv", many=False)


@pytest.mark.parametrize("line", ["", ",,,", " ,\t", "\u00a0"], ids=repr)
def test_blank_lines_come_many_at_a_time(tmp_path: Path, line: str) -> None:
    """Those that are read together with rows do not; all of them are written."""
    lines = [",".join(HEADER), ",".join(ANA), *[line] * (150_000 // len(f"{line}\n")), ",".join(BEN), ""]
    table = open_table(write_csv(tmp_path / "a.csv", "\n".join(lines)))
    found = [one for one in blocks(table) if isinstance(one, PlainRecords) and one.kind is RecordKind.SKIPPED]
    assert sum(map(len, found)) >= 65_536 // len(f"{line}\n") // 2
    assert _written(table, tmp_path / "b.csv", many=True) == _written(table, tmp_path / "c.csv", many=False)


@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL], ids=["bare", "quoted"])
def test_a_guard_is_put_into_quotation_marks(tmp_path: Path, quoting: Literal[0, 1]) -> None:
    """And bare words of a file that quotes all text stay as they are, for all that they are no text."""
    rows = [[*ANA, "=1"], [*BEN, 'x, "y"'], ["@x", *BEN[1:], "-"], [*ANA, "'=a,b"], ["'x", *BEN[1:], '"=1']]
    text = io.StringIO()
    csv.writer(text, quoting=quoting).writerows([[*HEADER, "Notes"], *rows * 9])
    source = write_csv(tmp_path / "a.csv", text.getvalue().replace('"Reyes"', "NA"))
    table = open_table(source)
    written = _written(table, tmp_path / "b.csv", many=True)
    assert written == _written(table, tmp_path / "c.csv", many=False)
    assert sum(len(one) for one in blocks(table) if isinstance(one, PlainRecords)) == 45
    assert (b",NA," in written) is (quoting == csv.QUOTE_ALL)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "'"])
def test_a_guard_is_put_before_cells_of_plain_lines_too(tmp_path: Path, delimiter: str) -> None:
    """Wherever in the line a cell stands; a telephone number and a negative one need none."""
    rows = [[*ANA, "+44 20 7946 0018"], ["=1", *BEN[1:], "-5"], [*ANA, "@x"], ["-", *BEN[1:], "'=1"], [*ANA, ""]]
    source = write_csv(tmp_path / "a.csv", "".join(f"{delimiter.join(row)}\r\n" for row in [[*HEADER, "Tel."], *rows]))
    table = open_table(source, Reading(delimiter=delimiter, quote=""))
    written = _written(table, tmp_path / "b.csv", many=True)
    assert written == _written(table, tmp_path / "c.csv", many=False)
    assert f"\n'=1{delimiter}".encode() in written or delimiter == "'"


@pytest.mark.slow
@settings(max_examples=examples(400), suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(file=odd_files(), encoding=st.sampled_from(ENCODINGS))
@example(file=OddFile([[*ANA], [*BEN]], widths=[5]), encoding="utf-8")
def test_what_is_read_at_once_is_what_stands_in_the_file(tmp_path: Path, file: OddFile, encoding: str) -> None:
    """Its cells joined are the file again, its rows are those of the checks, and its cells those of the raw table."""
    reading, path = file.write(tmp_path / "a.csv", encoding)
    try:
        table = open_table(path, reading)
        numbers = numbers_of(table)
    except ImporterError:
        return
    assert isinstance(table, CsvTable)
    records = list(table.records())
    texts = [table.dialect.delimiter.join(one.raw or ()) + one.line_end for one in records]
    whole = "".join(read_text(SourceFile(path, "a.csv"), table.dialect.encoding))
    assert table.dialect.preamble + "".join(texts) == whole
    assert [one.number for one in records if one.kind is RecordKind.ROW] == numbers
    raw = [list(cells) for _, cells in open_raw(path, reading).records()]
    if len(raw) == len(records):  # otherwise one of them was taken apart into its lines
        pairs = [pair for one, cells in zip(records, raw, strict=True) for pair in zip(one.cells, cells, strict=True)]
        assert all(found in {cell, ""} for found, cell in pairs)  # where other text is quoted, a bare word may be none
    assert all(one.origin is None for one in records)


@pytest.mark.slow
@settings(max_examples=examples(600), suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(file=odd_files(), encoding=st.sampled_from(ENCODINGS))
def test_what_is_written_at_once_is_what_is_written_one_by_one(tmp_path: Path, file: OddFile, encoding: str) -> None:
    """The file is the same byte for byte, in every dialect and encoding, with every appended text."""
    reading, path = file.write(tmp_path / "a.csv", encoding)
    try:
        table = open_table(path, reading)
        one_by_one = _written(table, tmp_path / "b.csv", many=False)
    except ImporterError:
        return
    assert _written(table, tmp_path / "c.csv", many=True) == one_by_one


@pytest.mark.parametrize(
    ("encoding", "word"),
    [
        *((encoding, "Zoë") for encoding in ("utf-8", "utf-7", "utf-16-be", "utf-32-le", "cp1252", "mac-roman")),
        *((encoding, "語か\u309aか") for encoding in ("shift_jisx0213", "euc_jis_2004", "iso2022_jp_2004")),
        *((encoding, "中文") for encoding in ("hz", "gb18030", "big5hkscs", "iso2022_kr")),
    ],
)
def test_each_encoding_is_written_as_by_its_encoder(tmp_path: Path, encoding: str, word: str) -> None:
    """Also those that change to other characters, and back, and those in which two characters may be one."""
    rows = [[*ANA, word[: at % 4]] for at in range(12)]
    text = "".join(f"{','.join(line)}\n" for line in [[*HEADER, "Notes"], *rows])
    (tmp_path / "a.csv").write_bytes(encoder(encoding).encode(text, final=True))
    table = open_table(tmp_path / "a.csv", Reading(encoding=encoding))
    assert any(isinstance(one, PlainRecords) for one in blocks(table))
    assert _written(table, tmp_path / "b.csv", many=True) == _written(table, tmp_path / "c.csv", many=False)


def test_escaped_signs_come_one_by_one(tmp_path: Path) -> None:
    """A backslash makes text of what comes after it: where a cell ends is not for a line to say."""
    lines = [
        ",".join(line) for line in ([*HEADER, "Notes"], [*ANA, "x"], [*ANA, "a\\,b"], [*BEN, "c\\\\"], [*BEN, "-"])
    ]
    table = open_table(write_csv(tmp_path / "a.csv", "\n".join([*lines, ""])), Reading(escape="\\"))
    found = [one for one in blocks(table) if isinstance(one, PlainRecords)]
    assert [(one.first, len(one)) for one in found] == [(2, 1), (5, 1)]
    assert _written(table, tmp_path / "b.csv", many=True) == _written(table, tmp_path / "c.csv", many=False)


def test_where_spaces_are_no_part_of_cells_records_come_one_by_one(tmp_path: Path) -> None:
    """They stand in the file all the same."""
    cells = [(HEADER, "Notes"), (ANA, "x"), (BEN, "y")]
    lines = [f'{own[0]},"{own[1]}",   "{own[2]}",  "{own[3]}","{last}"' for own, last in cells]
    table = open_table(write_csv(tmp_path / "a.csv", "\n".join([*lines, ",  ".join([*ANA, "-"]), ""])))
    assert isinstance(table, CsvTable)
    assert table.dialect.is_padded
    assert all(isinstance(one, Record) for one in blocks(table))
    assert _written(table, tmp_path / "b.csv", many=True) == _written(table, tmp_path / "c.csv", many=False)
