"""Dialects of delimited text: found out, said, and read back."""

from __future__ import annotations

from pathlib import Path
from typing import TypedDict, Unpack

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from importer.errors import SettingsError, SourceError
from importer.sheets.open import open_table
from importer.sheets.reading import Reading
from importer.sheets.source_file import SourceFile
from importer.sheets.text.cell_quotes import written
from importer.sheets.text.csv_table import CsvTable, open_csv
from importer.sheets.text.found_out.dialect import Dialect
from importer.sheets.text.found_out.encoding import Encoding
from importer.sheets.text.raw_text import RawText, open_raw_text
from tests.growth import grows_with_size
from tests.sheets.files import ANA, BEN, HEADER, cells_of, issues_of, numbers_of, write_csv

UTF8 = Encoding("utf-8")


class _Said(TypedDict, total=False):
    """What somebody has said of a file."""

    delimiter: str
    quote: str
    escape: str
    encoding: str


def _table(path: Path, text: str, **said: Unpack[_Said]) -> CsvTable:
    write_csv(path, text)
    return open_csv(SourceFile(path, path.name), Reading(**said))


def _raw(path: Path, data: bytes, **said: Unpack[_Said]) -> RawText:
    path.write_bytes(data)
    return open_raw_text(SourceFile(path, path.name), Reading(**said))


def _cells(raw: RawText) -> list[list[str]]:
    return [cells for _, cells in raw.records()]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", ":", "^", "~", " ", ", ", " ; ", "||", "::", "\x1f"])
@pytest.mark.parametrize("quote", ['"', "'"])
@pytest.mark.parametrize("escape", ["", "\\"])
def test_the_dialect_of_a_source_is_found_out(tmp_path: Path, delimiter: str, quote: str, escape: str) -> None:
    """Header names, and cells that need their quotes, are evidence enough."""
    dialect = Dialect(UTF8, delimiter, quote, escape)
    rows = [[*ANA, f"a{delimiter}b", f"say {quote}hi{quote}"], [*BEN, "x\ny", "plain"]]
    lines = [delimiter.join(written(cell, dialect) for cell in row) for row in [[*HEADER, "One", "Two"], *rows]]
    table = _table(tmp_path / "a.csv", "\n".join(lines))
    found = table.detected
    assert (found.delimiter, found.quote, found.escape) == (delimiter, quote, escape)
    assert (found.format, found.header_row, found.columns["email"]) == ("csv", 1, "E-mail")
    assert [record.cells for record in table.records()][1:] == [tuple(row) for row in rows]
    assert issues_of(table) == []


UNUSUAL = ["#", "*", "/", "&", "=", "\u00a6", "\u00a7", "\u2014", "\u00a0", "\x1e", "%"]


@pytest.mark.parametrize("delimiter", UNUSUAL)
def test_any_sign_is_a_delimiter_where_it_divides_the_names_of_columns(tmp_path: Path, delimiter: str) -> None:
    """Nobody has to have thought of it before."""
    lines = [delimiter.join(row) for row in [[*HEADER, "Note"], [*ANA, "one, two"], [*BEN, "a;b"]]]
    table = _table(tmp_path / "a.csv", "\n".join(lines))
    assert table.detected.delimiter == delimiter
    assert [list(row.values()) for row in cells_of(table)] == [ANA, BEN]
    assert issues_of(table) == []


@pytest.mark.parametrize("delimiter", [*UNUSUAL, "^|^", "|~|", "#*#"])
def test_any_sign_is_a_delimiter_where_it_stands_between_quoted_cells(tmp_path: Path, delimiter: str) -> None:
    """Without any known name, too."""
    rows = [["name", "amount", "day"], ["Lamp, oak", "12", "2024-01-31"], ["Desk", "7,50", "2024-02-01"]]
    text = "\n".join(delimiter.join(f'"{cell}"' for cell in row) for row in rows)
    assert _cells(_raw(tmp_path / "a.csv", text.encode("utf-8"))) == rows


def test_a_sign_that_divides_nothing_is_no_delimiter(tmp_path: Path) -> None:
    """A list of one column stays one, whatever stands in its cells."""
    rows = ["Email #", "#12 *", "#13 *", "#14 / 15 *"]
    assert _cells(_raw(tmp_path / "a.csv", "\n".join(rows).encode("utf-8"))) == [[row] for row in rows]


@pytest.mark.parametrize(
    ("name", "escape", "read"),
    [
        pytest.param('Ana \\"Anita\\" Maria', "\\", 'Ana "Anita" Maria', id="within"),
        pytest.param('Ana \\"Anita\\"', "\\", 'Ana "Anita"', id="at-the-end"),
        pytest.param('C:\\Ana \\"x', "", 'C:\\Ana \\"x', id="beside-others"),
        pytest.param('Ana\\"', "", 'Ana\\"', id="where-a-cell-ends"),
    ],
)
def test_a_backslash_before_a_quote_in_a_bare_cell_escapes_it(
    tmp_path: Path, name: str, escape: str, read: str
) -> None:
    """Python's csv writes so without doubled quotes; where backslashes stand before anything else, they are text."""
    table = _table(tmp_path / "a.csv", f"{','.join(HEADER)}\n1,{name},b,c\n")
    assert (table.detected.escape, cells_of(table)[0]["first_name"]) == (escape, read)


def test_names_above_rows_of_one_cell_are_still_a_header(tmp_path: Path) -> None:
    """Each row is then too short, which is said of it."""
    table = _table(tmp_path / "a.csv", ";".join(HEADER) + "\nx, y\nz\n")
    assert [issue.code for issue in issues_of(table)] == ["wrong_field_count"] * 2


def test_apostrophes_around_some_words_are_no_quotation_marks(tmp_path: Path) -> None:
    """They are part of the words, unless the table is more regular without them."""
    rows = ["1,'Ana',b,c", "2,d,',e", "3,f,',g"]
    table = _table(tmp_path / "a.csv", "\n".join([",".join(HEADER), *rows]))
    assert [list(row.values()) for row in cells_of(table)] == [row.split(",") for row in rows]


@pytest.mark.parametrize(
    ("text", "said", "cells"),
    [
        pytest.param("a;b,c\n", {"delimiter": ","}, [["a;b", "c"]], id="delimiter"),
        pytest.param("a\tb\n", {"delimiter": "\\t"}, [["a", "b"]], id="delimiter-spelt-out"),
        pytest.param("aXXb\n", {"delimiter": "XX"}, [["a", "b"]], id="delimiter-of-two"),
        pytest.param('"a,b",c\n', {"quote": ""}, [['"a', 'b"', "c"]], id="no-quote"),
        pytest.param("*a,b*,c\n", {"quote": "*"}, [["a,b", "c"]], id="quote"),
        pytest.param("a/,b,c\n", {"escape": "/"}, [["a,b", "c"]], id="escape"),
        pytest.param('"a\\"",b\n', {"escape": ""}, [['a\\"', "b"]], id="no-escape"),
        pytest.param('"a""",b\n', {"escape": '"', "quote": '"'}, [['a"', "b"]], id="escape-is-quote"),
        pytest.param("sep=;\na,b;c\n", {"delimiter": ","}, [["a", "b;c"]], id="delimiter-over-sep-line"),
        pytest.param("sep=;\na,b;c\n", {}, [["a,b", "c"]], id="sep-line"),
    ],
)
def test_what_is_said_of_a_dialect_holds(
    tmp_path: Path, text: str, said: dict[str, str], cells: list[list[str]]
) -> None:
    """Each part of it by itself."""
    assert _cells(_raw(tmp_path / "a.csv", text.encode(), **said)) == cells


@pytest.mark.parametrize(
    "said",
    [
        {"delimiter": ""}, {"delimiter": "\n"}, {"delimiter": "a\r"}, {"quote": "ab"}, {"quote": "\n"},
        {"escape": "ab"}, {"delimiter": '"', "quote": '"'}, {"delimiter": "a\\", "escape": "\\"},
    ],
)  # fmt: skip
def test_what_no_dialect_can_be_is_a_mistake_of_the_call(tmp_path: Path, said: dict[str, str]) -> None:
    """It is refused before the file is read."""
    with pytest.raises(SettingsError) as caught:
        _raw(tmp_path / "a.csv", b"a,b", **said)
    assert caught.value.code == "wrong_dialect"


@pytest.mark.parametrize("sign", ["\v", "\f", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029"])
def test_only_line_feeds_and_carriage_returns_end_a_line(tmp_path: Path, sign: str) -> None:
    """Other signs that Unicode calls line ends are part of a cell."""
    raw = _raw(tmp_path / "a.csv", f"a,b{sign}c\r\nd,e\n".encode())
    assert _cells(raw) == [["a", f"b{sign}c"], ["d", "e"]]


def test_a_carriage_return_alone_within_quotes_ends_no_record(tmp_path: Path) -> None:
    """Nor does one at the edge of what is read at once."""
    assert _cells(_raw(tmp_path / "a.csv", b'a,"b\rc"\rd,e')) == [["a", "b\rc"], ["d", "e"]]


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf", b"sep=,\n", b"\xff\xfe"])
def test_an_empty_file_has_no_records(tmp_path: Path, data: bytes) -> None:
    """It is nothing to refuse where it is only looked at."""
    assert _cells(_raw(tmp_path / "a.csv", data)) == []


def test_raw_records_are_all_there_with_their_numbers(tmp_path: Path) -> None:
    """Blank lines are records without cells, and a byte that is no character is shown as its code."""
    raw = _raw(tmp_path / "a.csv", b"\nTitle\n\nname;x\nJos\x81\xe9;1;2\n;;\n")
    assert list(raw.records()) == [
        (1, []), (2, ["Title"]), (3, []), (4, ["name", "x"]), (5, ["Jos\\x81é", "1", "2"]), (6, ["", "", ""]),
    ]  # fmt: skip
    assert (raw.detected.header_row, raw.detected.encoding, raw.detected.delimiter) == (None, "windows-1252", ";")


@pytest.mark.parametrize(
    ("line", "cells"),
    [
        pytest.param('1,"Ana,b,c', ["1", '"Ana', "b", "c"], id="opens"),
        pytest.param('1,"Ana,"b, c",d', ["1", '"Ana', "b, c", "d"], id="opens-before-a-quoted-cell"),
        pytest.param('1,"Ana" Maria,b,c', ["1", '"Ana" Maria', "b", "c"], id="closes-early"),
        pytest.param('1,"say "hi" now",b,c', ["1", 'say "hi" now', "b", "c"], id="inside"),
        pytest.param('1, "Ana, x",b,c', ["1", "Ana, x", "b", "c"], id="space-before"),
        pytest.param('1,"Ana"",b,c', ["1", 'Ana"', "b", "c"], id="one-too-many"),
    ],
)
def test_a_stray_quote_spoils_only_its_own_row(tmp_path: Path, line: str, cells: list[str]) -> None:
    """It is never sent; the rows around it are, and its cells are shown as a person sees them."""
    rows = ",".join(ANA) + "\n"
    table = _table(tmp_path / "a.csv", ",".join(HEADER) + f"\n{rows}{line}\n" + rows * 2)
    assert [(issue.row, issue.code) for issue in issues_of(table)] == [(3, "stray_quote")]
    assert numbers_of(table) == [2, 3, 4, 5]
    assert [list(row.values()) for row in cells_of(table)][2:] == [ANA, ANA]
    assert list(list(table.records())[2].cells) == cells


def test_white_space_after_a_closing_quote_is_no_fault(tmp_path: Path) -> None:
    """Cleaning takes it off."""
    table = _table(tmp_path / "a.csv", ",".join(HEADER) + '\n1,"Ana" ,b,c\n')
    assert issues_of(table) == []


@pytest.mark.parametrize(
    ("rows", "codes"),
    [
        pytest.param([",".join(ANA) + ",,", ",".join(BEN) + ",,"], [], id="every-row"),
        pytest.param([",".join(ANA) + ",,", ",".join(BEN)], ["wrong_field_count"], id="one-row"),
        pytest.param([",".join(ANA) + ",,", ",".join(BEN) + ",x,"], ["wrong_field_count"] * 2, id="not-blank"),
        pytest.param([",".join(ANA) + ","], ["wrong_field_count"], id="a-single-row"),
    ],
)
def test_delimiters_at_the_end_of_rows_are_blank_cells_where_every_row_has_them(
    tmp_path: Path, rows: list[str], codes: list[str]
) -> None:
    """In one row alone, they may come from a delimiter too many in the middle."""
    table = _table(tmp_path / "a.csv", "\n".join([",".join(HEADER), *rows]))
    assert [issue.code for issue in issues_of(table)] == codes


def test_cells_may_be_missing_under_the_blank_end_of_a_header(tmp_path: Path) -> None:
    """Excel leaves them out; one cell less is one too few."""
    rows = [",".join(ANA), ",".join(ANA) + ",", ",".join(ANA) + ",,", ",".join(ANA[:3])]
    table = _table(tmp_path / "a.csv", "\n".join([",".join(HEADER) + ",,", *rows, ""]))
    assert [(issue.row, issue.code) for issue in issues_of(table)] == [(5, "wrong_field_count")]
    assert [list(row.values()) for row in cells_of(table)][:3] == [ANA] * 3


@pytest.mark.slow
@pytest.mark.alike
@pytest.mark.parametrize(
    "line",
    [
        pytest.param('x,"\n', id="opens-everywhere"),
        pytest.param('"a"b\n', id="closes-early-everywhere"),
        pytest.param('"\n', id="nothing-else"),
        pytest.param('"\\"\n', id="escaped"),
    ],
)
def test_stray_quotes_everywhere_are_read_in_time_that_grows_with_the_file(tmp_path: Path, line: str) -> None:
    """No line is read again for every line before it."""

    def read(count: int) -> None:
        try:
            for _ in _raw(tmp_path / "a.csv", line.encode() * count, delimiter=",").records():
                pass
        except SourceError as error:
            assert error.code == "too_many_stray_quotes"  # noqa: PT017 - either is right

    assert grows_with_size(read, 40_000)


@pytest.mark.slow
def test_quotes_that_would_each_swallow_much_are_refused_in_the_end(tmp_path: Path) -> None:
    """What is read in vain has a bound for the whole file."""
    block = 'x,"' + ("y" * 99 + "\n") * 1_200 + '"z\n'
    write_csv(tmp_path / "a.csv", block * 150)
    with pytest.raises(SourceError) as caught:
        for _ in open_raw_text(SourceFile(tmp_path / "a.csv", "a.csv")).records():
            pass
    assert caught.value.code == "too_many_stray_quotes"


SIGNS = st.sampled_from(
    ["", "'", '"', ",", ";", "|", "||", "\\", "\n", "\r\n", " ", "=1", "\ue000", "\u2028", "é", "sep=;"]
)
CELL = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=6) | st.builds(str.__add__, SIGNS, SIGNS)


@st.composite
def dialects(draw: st.DrawFn) -> Dialect:
    """Any dialect in which every text can be written."""
    delimiter = draw(
        st.sampled_from([",", ";", "\t", "|", ":", " ", "^", ", ", "||", "::", " | ", "~|~", "aa", "\ue000"])
    )
    quote = draw(st.sampled_from(['"', "'", "`"]))
    escape = draw(st.sampled_from(["", "\\", "/"]))
    codec = draw(st.sampled_from(["utf-8", "utf-16-le", "utf-32-be", "gb18030", "utf-7"]))
    return Dialect(Encoding(codec), delimiter, quote, escape)


@pytest.mark.slow
@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.lists(CELL, min_size=1, max_size=5), max_size=6),
    dialect=dialects(),
    line_end=st.sampled_from(["\n", "\r\n", "\r"]),
    final=st.booleans(),
)
@example(rows=[["a|", "b"]], dialect=Dialect(UTF8, "||"), line_end="\n", final=True)
def test_any_table_written_in_any_dialect_reads_back_to_the_same_cells(
    tmp_path: Path, rows: list[list[str]], dialect: Dialect, line_end: str, *, final: bool
) -> None:
    """Where the dialect is said, whatever the cells hold; each cell's own text in the file is kept too."""
    lines = [dialect.delimiter.join(written(cell, dialect) for cell in row) for row in rows]
    text = line_end.join(lines) + (line_end if final and rows else "")
    if text.lower().lstrip('"').startswith("sep="):
        return
    codec = dialect.encoding.codec
    path = tmp_path / "a.csv"
    path.write_bytes(("\ufeff" if codec.startswith(("utf-16", "utf-32")) else "").encode(codec) + text.encode(codec))
    said = Reading(delimiter=dialect.delimiter, quote=dialect.quote, escape=dialect.escape, encoding=codec)
    found = list(open_raw_text(SourceFile(path, "a.csv"), said).records())
    wanted = rows if final or not rows or lines[-1] else rows[:-1]
    assert [cells or [""] for _, cells in found] == [list(row) for row in wanted]
    assert [number for number, _ in found] == list(range(1, len(wanted) + 1))


@pytest.mark.slow
@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=st.text(alphabet=st.sampled_from("\"',;|\\ \n\ra=\0\udc81")) | st.text(),
    delimiter=st.sampled_from([",", ";", "||", ", ", " "]),
    quote=st.sampled_from(['"', "'", ""]),
    escape=st.sampled_from(["", "\\"]),
)
def test_the_text_of_every_record_is_that_of_the_file(
    tmp_path: Path, body: str, delimiter: str, quote: str, escape: str
) -> None:
    """However the quotes stand, each cell has its text in the file, and nothing of the file is missing."""
    head = delimiter.join(HEADER)
    data = f"{head}\n{body}".encode("utf-8", "surrogateescape") if "\ud800" not in body else b""
    path = tmp_path / "a.csv"
    path.write_bytes(data)
    reading = Reading(delimiter=delimiter, quote=quote, escape=escape)
    try:
        records = list(open_csv(SourceFile(path, "a.csv"), reading).records())
    except SourceError:
        return
    assert [len(record.raw or ()) for record in records] == [len(record.cells) for record in records]
    text = "".join(delimiter.join(record.raw or ()) + record.line_end for record in records)
    assert text == data.decode("utf-8", "surrogateescape") or b"\0" in data or b"\x81" in data


@pytest.mark.slow
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=st.binary(max_size=120),
    encoding=st.sampled_from(
        ["cp1252", "utf-8", "utf-7", "cp037", "iso2022_jp", "gb18030", "utf-16", "utf-32-be", "hz"]
    ),
    delimiter=st.sampled_from([None, ",", "||"]),
)
def test_any_bytes_at_all_are_read_raw(tmp_path: Path, body: bytes, encoding: str, delimiter: str | None) -> None:
    """No exception comes out, and every cell can be written as UTF-8."""
    path = tmp_path / "a.csv"
    path.write_bytes(body)
    reading = Reading(encoding=encoding, delimiter=delimiter)
    for _, cells in open_raw_text(SourceFile(path, "a.csv"), reading).records():
        "".join(cells).encode("utf-8")


def test_tables_are_opened_with_what_is_said(tmp_path: Path) -> None:
    """The way that the command goes."""
    path = write_csv(tmp_path / "a.csv", "#".join(HEADER) + "\n" + "#".join(ANA) + "\n")
    assert [list(row.values()) for row in cells_of(open_table(path, Reading(delimiter="#")))] == [ANA]
