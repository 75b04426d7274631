"""Dialects that hardly any program writes, found out where a person sees them, and only there."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from importer.sheets.open import open_raw, open_table
from importer.sheets.source_file import SourceFile
from importer.sheets.text.batches import split_text
from importer.sheets.text.cell_quotes import written
from importer.sheets.text.csv_table import CsvTable, open_csv
from importer.sheets.text.found_out.dialect import Dialect
from importer.sheets.text.found_out.encoding import Encoding
from importer.sheets.text.lines import line_end_of
from importer.sheets.text.raw_text import open_raw_text
from importer.sheets.text.records import raw_cells
from tests.sheets.files import ANA, BEN, HEADER, annotate, cells_of, issues_of, numbers_of, write_csv, write_xlsx
from tests.sheets.text.pollution import Style

ORDERS = [
    ["product", "opens", "price", "day"],
    ["Lamp, oak", "12:30", "$1,200.50", "2024-01-31"],
    ["Desk", "07:45", "$12.00", "2024-02-01"],
    ["Paper garden", "18:00:30", "$3.10", "2024-02-02"],
]
HOURS = [["product", "opens"], ["Lamp desk", "12:30"], ["oak", "07:45"], ["garden hose", "18:00"]]
TALK = [
    ["who", "what"], ["Ana", 'He said "fine" twice'], ["Ben", 'a "5 inch" pipe, short'], ["Cleo", "nothing"],
    ["Dan", "https://shop.example/a/b"],
]  # fmt: skip
ODD_ENDS = ["\r\r\n", "\n\r"]


def _table(path: Path, data: bytes) -> CsvTable:
    path.write_bytes(data)
    return open_csv(SourceFile(path, path.name))


def _raw(path: Path, data: bytes | str) -> list[list[str]]:
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return [cells for _, cells in open_raw_text(SourceFile(path, path.name)).records()]


@pytest.mark.parametrize("end", ODD_ENDS)
@pytest.mark.parametrize("is_final", [True, False], ids=["final", "not-final"])
def test_a_line_end_that_all_lines_have_is_one_line_end(tmp_path: Path, end: str, *, is_final: bool) -> None:
    """No blank record comes after each record, so that numbers count records."""
    rows = [[*HEADER, "Note"], [*ANA, "over\ntwo lines, or\r\nthree"], [*BEN, ""]]
    table = _table(tmp_path / "a.csv", Style(line_end=end, final=is_final).file(rows))
    assert numbers_of(table) == [2, 3]
    assert [list(row.values()) for row in cells_of(table)] == [ANA, BEN]
    assert [record.cells for record in table.records()] == [tuple(row) for row in rows]


@pytest.mark.parametrize("end", ODD_ENDS)
def test_a_blank_line_among_such_line_ends_is_one_blank_record(tmp_path: Path, end: str) -> None:
    """Two of them in a row are a blank line."""
    assert _raw(tmp_path / "a.csv", Style(line_end=end).file([["a", "b"], [], ["c", "d"]])) == [
        ["a", "b"], [], ["c", "d"],
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["a,b\r\r\nc,d\r\n", "a,b\n\rc,d\n", "a,b\n\r\nc,d\n", "a,b\r\rc,d\r"])
def test_such_line_ends_beside_others_are_two(tmp_path: Path, text: str) -> None:
    """One line with a blank one after it says nothing of the others."""
    more = text + "e,f\n" + "g,h\n"
    assert _raw(tmp_path / "a.csv", more) == [["a", "b"], [], ["c", "d"], ["e", "f"], ["g", "h"]]


@pytest.mark.parametrize("end", ODD_ENDS)
def test_a_report_keeps_such_line_ends(tmp_path: Path, end: str) -> None:
    """What the source has is copied byte for byte, a stray quote too, and read again it is the same."""
    rows = [HEADER, ANA, BEN]
    style = Style(line_end=end, broken={2: f'"{BEN[0]},x'})
    data = style.file(rows)
    report = annotate(write_csv(tmp_path / "a.csv", data.decode()), tmp_path / "b.csv")
    lines = report.read_bytes().split(end.encode())
    assert [line[: len(source)] for line, source in zip(lines, data.split(end.encode()), strict=True)][1:3] == [
        ",".join(ANA).encode(), f'"{BEN[0]},x'.encode(),
    ]  # fmt: skip
    table = open_csv(SourceFile(report, "b.csv"))
    assert (numbers_of(table), [issue.code for issue in issues_of(table)]) == ([2, 3], ["stray_quote"])


@pytest.mark.parametrize("end", ODD_ENDS)
def test_such_line_ends_may_come_in_different_blocks(tmp_path: Path, end: str) -> None:
    """A file is read in blocks, and where one ends makes no difference."""
    head = f"a,b{end}" + f"x,{'y' * 99_000}{end}" * 2
    for length in range(262_144 - 4, 262_144 + 4):
        data = f"{head}x,{'y' * (length - len(head) - 2 - len(end))}{end}c,d{end}e,f"
        assert [len(cells) for cells in _raw(tmp_path / "a.csv", data)] == [2] * 6


@pytest.mark.slow
@pytest.mark.alike
@pytest.mark.parametrize("end", ODD_ENDS)
def test_other_line_ends_after_the_sample_are_read_too(tmp_path: Path, end: str) -> None:
    """The start of a file says nothing for sure of the rest, however long that is."""
    data = f"a,b{end}" * 20_000 + "c,d\n" * 300_000 + "e,f\r\n"
    cells = _raw(tmp_path / "a.csv", data)
    assert (len(cells), cells[-1], {len(row) for row in cells}) == (320_001, ["e", "f"], {2})


JOINED = ["^|^", "||", "::", ";;", "|~|", "~|~", "@@", "$$", "|;|", "#|#", "<|>", "##", "&&", "|||", " => "]


@pytest.mark.parametrize("delimiter", JOINED)
@pytest.mark.parametrize("is_quoted", [True, False], ids=["all quoted", "hardly quoted"])
def test_a_delimiter_of_several_signs_is_found_between_bare_cells(
    tmp_path: Path, delimiter: str, *, is_quoted: bool
) -> None:
    """No name of a column has to be known, and a title above the table has none of them."""
    style = Style(delimiter=delimiter, quote_all=is_quoted, broken={0: "Orders of May"})
    assert _raw(tmp_path / "a.csv", style.file([["Orders of May"], *ORDERS])) == [["Orders of May"], *ORDERS]


@pytest.mark.parametrize("delimiter", JOINED)
def test_names_without_the_signs_around_them_are_sent(tmp_path: Path, delimiter: str) -> None:
    """The names of the columns are found with one of the signs, too, and then the others would be part of a name."""
    table = _table(tmp_path / "a.csv", Style(delimiter=delimiter).file([HEADER, ANA, BEN]))
    assert [list(row.values()) for row in cells_of(table)] == [ANA, BEN]
    assert table.detected.delimiter == delimiter


@pytest.mark.parametrize("delimiter", ["#", "%", "*", "!", "\u00a6"])
def test_a_sign_that_divides_every_line_is_a_delimiter_without_known_names(tmp_path: Path, delimiter: str) -> None:
    """It has to do so more than once."""
    rows = [[cell.replace(delimiter, "") for cell in row] for row in ORDERS]
    assert _raw(tmp_path / "a.csv", Style(delimiter=delimiter).file(rows)) == rows


@pytest.mark.parametrize("delimiter", [" ", ":"])
@pytest.mark.parametrize("title", [["Orders"], ["By", "hand"]], ids=["title", "title of two cells"])
def test_a_sign_of_ordinary_text_is_a_delimiter_below_a_title(
    tmp_path: Path, delimiter: str, title: Sequence[str]
) -> None:
    """A column of values under a name says that it is a table."""
    rows = [title, *ORDERS, [], *ORDERS[:1], *ORDERS[2:]]
    assert _raw(tmp_path / "a.csv", Style(delimiter=delimiter).file(rows)) == rows


@pytest.mark.parametrize("delimiter", [" ", ":"])
@pytest.mark.parametrize("is_quoted", [True, False], ids=["all quoted", "hardly quoted"])
def test_a_sign_of_ordinary_text_divides_two_columns_where_quotes_say_so(
    tmp_path: Path, delimiter: str, *, is_quoted: bool
) -> None:
    """Times with colons stand in quotes then."""
    data = Style(delimiter=delimiter, quote_all=is_quoted).file(HOURS)
    assert _raw(tmp_path / "a.csv", data) == HOURS


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param(["Names", "Ana Maria Reyes", "Ben M. Okafor", "Cleo A. Lind"], id="names"),
        pytest.param(["Phone", "+49 30 1234 5678", "+49 30 8765 4321", "+49 30 1111 2222"], id="telephones"),
        pytest.param(["https://a.example/?a=1&b=2&c=3", "https://b.example/?a=1&b=2&c=4"], id="links"),
        pytest.param(["Ana Reyes", "Ben Okafor", "Cleo Lind"], id="two words"),
        pytest.param(["**Ana**", "**Ben**", "**Cleo**"], id="stars"),
        pytest.param(["10%", "20%", "30%"], id="percent"),
        pytest.param(["$1", "$2", "$3"], id="dollars"),
    ],
)
def test_a_list_of_one_column_is_not_divided(tmp_path: Path, lines: Sequence[str]) -> None:
    """Signs that are part of its cells stand in every line, too."""
    assert _raw(tmp_path / "a.csv", "\n".join(lines)) == [[line] for line in lines]


@pytest.mark.parametrize("sign", ["|", "^", "~", ";", "\t"])
@pytest.mark.parametrize("blank", [1, 4, 20])
def test_blank_cells_at_the_end_of_lines_make_no_doubled_delimiter(tmp_path: Path, sign: str, blank: int) -> None:
    """Where it also stands alone in every line."""
    text = "".join(sign.join(row) + sign * blank + "\n" for row in (HEADER, ANA, BEN))
    table = open_table(write_csv(tmp_path / "a.csv", text))
    assert table.detected.delimiter == sign
    assert [list(row.values()) for row in cells_of(table)] == [ANA, BEN]
    raw = open_raw(write_csv(tmp_path / "b.csv", f"a{sign}b{sign * blank}\n"))
    assert [list(cells) for _, cells in raw.records()] == [["a", "b", *[""] * blank]]


@pytest.mark.parametrize(
    "line", ["Customer ID Number", "Customer ID First Name Last Name", "Full name: of the customer"]
)
def test_a_line_of_words_alone_is_not_divided_at_its_blanks(tmp_path: Path, line: str) -> None:
    """One line says nothing of how regular a table is."""
    assert list(open_raw(write_csv(tmp_path / "a.csv", f"{line}\n")).records()) == [(1, [line])]


@pytest.mark.parametrize("delimiter", [",", ";", "|"])
@pytest.mark.parametrize("at", [0, 1, 3])
def test_a_line_without_the_space_after_its_delimiters_is_read_as_the_others(
    tmp_path: Path, delimiter: str, at: int
) -> None:
    """The space is no part of any cell, before a quote either."""
    bare = delimiter.join(map(Style(delimiter=delimiter).cell, ORDERS[at]))
    assert _raw(tmp_path / "a.csv", Style(delimiter=f"{delimiter} ", broken={at: bare}).file(ORDERS)) == ORDERS


def test_a_space_that_is_missing_moves_no_cell(tmp_path: Path) -> None:
    """Where a comma may belong to a name, the row is refused, since every comma divides."""
    rows = [*(", ".join(row) for row in (HEADER, ANA)), ",".join(BEN), f"{BEN[0]}, Ben,Benny, Okafor, ben@example.com"]
    table = _table(tmp_path / "a.csv", "\n".join(rows).encode())
    assert [list(row.values()) for row in cells_of(table)][:2] == [ANA, BEN]
    assert [(issue.row, issue.code) for issue in issues_of(table)] == [(4, "wrong_field_count")]


def test_a_report_on_lines_with_and_without_spaces_is_read_as_its_source(tmp_path: Path) -> None:
    """Guarded cells keep the spaces before them."""
    rows = [
        ", ".join([*HEADER, "Note"]), ", ".join([*ANA, '"=1, 2"']), ",".join([*BEN, "=3"]), ", ".join([*BEN, "  =4"]),
    ]  # fmt: skip
    source = write_csv(tmp_path / "a.csv", "\n".join(rows) + "\n")
    report = annotate(source, tmp_path / "b.csv")
    before, after = (open_csv(SourceFile(path, path.name)) for path in (source, report))
    assert [record.cells for record in after.records()] == [record.cells for record in before.records()]
    assert [record.raw for record in after.records()] == [record.raw for record in before.records()]
    assert [line.split(", updated", maxsplit=1)[0] for line in report.read_text().splitlines()][1:] == [
        ", ".join([*ANA, "\"'=1, 2\""]), ",".join([*BEN, "'=3"]), ", ".join([*BEN, "  '=4"]),
    ]  # fmt: skip


@pytest.mark.parametrize("escape", ["/", "^", "~", "#", "%", "\\"])
@pytest.mark.parametrize("is_quoted", [True, False], ids=["all quoted", "hardly quoted"])
def test_a_sign_before_quotes_within_cells_escapes_them(tmp_path: Path, escape: str, *, is_quoted: bool) -> None:
    """Before anything else, it is text: links and paths keep theirs."""
    rows = [*TALK, ["Eve", f"a{escape}b"]]
    assert _raw(tmp_path / "a.csv", Style(escape=escape, quote_all=is_quoted).file(rows)) == rows


@pytest.mark.parametrize("escape", ["^", "~", "#", "%", "\\"])
def test_a_sign_that_only_escapes_escapes_itself(tmp_path: Path, escape: str) -> None:
    """Python's csv writes so, where it is told not to double quotes."""
    text = io.StringIO(newline="")
    rows = [*TALK, ["Eve", f"a{escape}b, {escape}"]]
    csv.writer(text, doublequote=False, escapechar=escape, quoting=csv.QUOTE_ALL).writerows(rows)
    assert _raw(tmp_path / "a.csv", text.getvalue()) == rows


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        pytest.param(['a,"x/"', 'b,"y/"', 'c,"z/"'], ["x/", "y/", "z/"], id="before a quote that closes"),
        pytest.param(['a,x/"y', 'b,z/"u', "c,v"], ['x/"y', 'z/"u', "v"], id="in bare cells"),
        pytest.param(['a,"x ""/""y"', 'b,"z /""u/"" "', "c,v"], ['x "/"y', 'z /"u/" ', "v"], id="before doubled ones"),
    ],
)
def test_a_sign_before_other_quotes_escapes_nothing(tmp_path: Path, lines: Sequence[str], found: Sequence[str]) -> None:
    """It is text, and so is the quote."""
    assert [cells[1] for cells in _raw(tmp_path / "a.csv", "\n".join(lines))] == found


def test_a_report_on_cells_with_escaped_quotes_is_read_as_its_source(tmp_path: Path) -> None:
    """What the report adds escapes its quotes in the same way."""
    rows = [[*HEADER, "Note"], [*ANA, 'say "hi", or "ho"'], [*BEN, "https://a.example/"], [*BEN, '=1 "x"']]
    source = tmp_path / "a.csv"
    source.write_bytes(Style(escape="/").file(rows))
    report = annotate(source, tmp_path / "b.csv")
    assert [record.cells for record in open_csv(SourceFile(report, "b.csv")).records()] == [tuple(row) for row in rows]


@pytest.mark.parametrize("quote", ["'", "`"])
@pytest.mark.parametrize("is_quoted", [True, False], ids=["all quoted", "hardly quoted"])
def test_a_quote_is_found_that_makes_the_table_regular(tmp_path: Path, quote: str, *, is_quoted: bool) -> None:
    """Double quotes in its cells are text then."""
    rows = [*TALK, ["Eve", '"quoted", all of it'], ["Fay", "one, two"], ["Gil", '"x"']]
    assert _raw(tmp_path / "a.csv", Style(quote=quote, quote_all=is_quoted).file(rows)) == rows


CELL = st.text(st.sampled_from("ab \t,\"/\\\n\r='\ue000"), max_size=6)


@pytest.mark.slow
@settings(max_examples=400)
@given(
    rows=st.lists(st.lists(CELL, min_size=1, max_size=4), min_size=1, max_size=5),
    delimiter=st.sampled_from([",", ";", "\t", "^|^"]),
    escape=st.sampled_from(["", "/", "\\"]),
    padding=st.integers(0, 2),
    odd_end=st.sampled_from(["", *ODD_ENDS]),
)
def test_any_table_in_an_unusual_dialect_reads_back_to_the_same_cells(
    rows: Sequence[Sequence[str]], delimiter: str, escape: str, padding: int, odd_end: str
) -> None:
    """Each cell's text in the file is kept too, and what cannot be written is not what it would look like."""
    dialect = Dialect(Encoding("utf-8"), delimiter, '"', escape, escapes_only_quotes=bool(escape))
    dialect = replace(dialect, is_padded=bool(padding), odd_end=odd_end)
    texts = [[" " * padding + written(cell, dialect) for cell in row] for row in rows]
    text = "".join(delimiter.join(line) + (odd_end or "\n") for line in texts)
    records = [record for batch in split_text([text], dialect, "") for record in batch.records()]
    wanted = [[_as_read(cell, dialect) for cell in row] for row in rows]
    assert [record.cells or [""] for record in records] == wanted
    assert [delimiter.join(raw_cells(record, dialect)) + line_end_of(record.raw, odd_end) for record in records] == [
        record.raw for record in records
    ]


def _as_read(cell: str, dialect: Dialect) -> str:
    """Return a cell as it can be written: an escape at its end gets a space, and spaces before it may be padding."""
    if dialect.escape and cell.endswith(dialect.escape):
        return f"{cell} "
    is_bare = written(cell, dialect) == cell
    return cell.lstrip(" ") if dialect.is_padded and is_bare else cell


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        pytest.param("'Ana'", ["other_quotes"], id="apostrophes"),
        pytest.param(" `Ana, the elder` ".replace(",", ""), ["other_quotes"], id="backticks"),
        pytest.param("\u201eAna\u201c", ["other_quotes"], id="curly"),
        pytest.param("''", ["other_quotes"], id="nothing in them"),
        pytest.param("\"'Ana'\"", [], id="in the quotes of the file too"),
        pytest.param('"""Ana"""', [], id="double quotes within quotes"),
        pytest.param("'t Hooft", [], id="only before"),
        pytest.param("Hanssens'", [], id="only after"),
        pytest.param("O'Neil", [], id="inside"),
    ],
)
def test_a_name_in_quotes_that_are_not_those_of_the_file_is_refused(
    tmp_path: Path, name: str, codes: Sequence[str]
) -> None:
    """Somebody may have quoted one row in another way, and then the quotes are no part of the name."""
    rows = [",".join(HEADER), ",".join(ANA), f"{BEN[0]},{name},Okafor,ben@example.com", ",".join(BEN)]
    table = _table(tmp_path / "a.csv", "\n".join(rows).encode())
    assert [(issue.row, issue.code) for issue in issues_of(table)] == [(3, code) for code in codes]


def test_a_name_in_quotes_of_a_workbook_is_in_the_quotes_of_its_report_as_well(tmp_path: Path) -> None:
    """It is a name like any other there, and what is read from the report is what was sent."""
    source = write_xlsx(tmp_path / "a.xlsx", {"Sheet1": [HEADER, [ANA[0], "'Ana'", *ANA[2:]]]})
    report = open_table(annotate(source, tmp_path / "b.csv", form="csv"))
    assert issues_of(report) == []
    assert [row["first_name"] for row in cells_of(report)] == ["'Ana'"]


@pytest.mark.parametrize("quote", ["|", "~", "*", "$", "%"])
def test_any_sign_is_a_quote_where_every_cell_is_in_it(tmp_path: Path, quote: str) -> None:
    """With the delimiter between two of them, it is no delimiter of three signs."""
    rows = [[*HEADER, "Note"], [*ANA, "one, two"], [*BEN, "three"]]
    table = _table(tmp_path / "a.csv", Style(quote=quote, quote_all=True).file(rows))
    assert (table.detected.delimiter, table.detected.quote) == (",", quote)
    assert [record.cells for record in table.records()] == [tuple(row) for row in rows]


@pytest.mark.parametrize("lines", [300, 3_000])
def test_a_file_of_many_short_lines_is_read_at_once(tmp_path: Path, lines: int) -> None:
    """However a line end of two signs might be taken for two, that is not tried for every line."""
    cells = _raw(tmp_path / "a.csv", "a,b\r\n" * lines)
    assert (len(cells), cells[-1]) == (lines, ["a", "b"])
