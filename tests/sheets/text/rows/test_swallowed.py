"""Stray quotation marks on two lines that make one cell of what is between them."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Final

import openpyxl
import pytest

from importer.sheets.open import open_table, open_writer
from importer.sheets.reading import Reading
from importer.sheets.table import Format, RecordKind
from tests.sheets.files import ANA, BEN, HEADER, cells_of, issues_of, numbers_of, refusal, write_csv
from tests.sheets.test_feeding_back import report_of

CLEO: Final = ["33333333-3333-4333-8333-333333333333", "Cleo", "Varga", "cleo@example.com"]
DAN: Final = ["44444444-4444-4444-8444-444444444444", "Dan", "Ekwall", "dan@example.com"]
SWALLOWED: Final = "swallowed_rows"


def _source(folder: Path, *lines: str, header: str = ",".join([*HEADER, "Note"])) -> Path:
    return write_csv(folder / "a.csv", "\n".join((header, *lines)) + "\n")


def _row(customer: list[str], note: str = "") -> str:
    return ",".join([*customer, note])


def _codes(path: Path) -> dict[int, str]:
    return {issue.row: issue.code for issue in issues_of(open_table(path))}


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param([_row(ANA, '"see file'), _row(BEN, 'sign of 12"')], id="notes"),
        pytest.param([_row(ANA, '"see file'), _row(BEN, "x"), "", _row(CLEO, 'sign of 12"')], id="more lines"),
        pytest.param([_row(ANA).replace("Ana,", '"Ana,'), _row(BEN).replace("Ben,", 'Ben",')], id="names"),
        pytest.param([_row(ANA).replace("Reyes", '"Reyes'), _row(BEN).replace("Ben,", 'Ben",')], id="long record"),
        pytest.param([_row(ANA).replace("Reyes", '"Reyes'), _row(BEN).replace(",Ben", '",Ben')], id="behind the id"),
        pytest.param(
            [_row(ANA).replace("Ana,", '"Ana,'), _row(BEN).replace("Ben,", 'Ben",').replace(BEN[0], "x")], id="bad id"
        ),
    ],
)
def test_each_line_is_a_row_of_its_own_and_refused(tmp_path: Path, lines: list[str]) -> None:
    """Nobody is lost within the row of another, and those before and after it are read."""
    path = _source(tmp_path, _row(CLEO), *lines, _row(DAN, '"a, b"'))
    last = len(lines) + 2
    rows = [at for at, line in enumerate(lines, start=3) if line]
    assert _codes(path) == dict.fromkeys(rows, SWALLOWED)
    table = open_table(path)
    assert numbers_of(table) == [2, *rows, last + 1]
    assert [list(row.values()) for row in cells_of(table)] == [CLEO, *[[""] * 4] * len(rows), DAN]
    message = issues_of(table)[0].message
    assert f"rows 3 to {last} are one row" in message
    assert not {",", ";", "|", "\t"}.intersection(message)
    assert table.width() == 5


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_the_last_lines_are_rows_of_their_own_too(tmp_path: Path, delimiter: str) -> None:
    """Where the file has no line end behind them, as many programs end it."""
    lines = [HEADER, ANA, [*BEN[:2], f'"{BEN[2]}', BEN[3]], [*CLEO[:2], f'{CLEO[2]}"', CLEO[3]]]
    path = write_csv(tmp_path / "a.csv", "\n".join(map(delimiter.join, lines)))
    table = open_table(path)
    assert numbers_of(table) == [2, 3, 4]
    assert {issue.row: issue.code for issue in issues_of(table)} == {3: SWALLOWED, 4: SWALLOWED}


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param([f'"{ANA[3]},Ana,Reyes,{ANA[0]}', f'",{BEN[3]},Ben,Okafor,{BEN[0]}'], id="around a line end"),
        pytest.param([f'"{ANA[3]},Ana,Reyes,{ANA[0]}', f'{BEN[3]}",,Ben,Okafor,{BEN[0]}'], id="a cell too many"),
        pytest.param([f'{ANA[3]},Ana,Reyes,"{ANA[0]}', f'{BEN[3]},Ben",{BEN[0]}'], id="a cell too few"),
    ],
)
def test_lines_of_other_widths_are_rows_of_their_own(tmp_path: Path, lines: list[str]) -> None:
    """The record that they are together has too many or too few cells, and more than one customer."""
    header = "Email,First Name,Last Name,Customer ID"
    path = _source(tmp_path, *lines, f"{CLEO[3]},Cleo,Varga,{CLEO[0]}", header=header)
    assert _codes(path) == {2: SWALLOWED, 3: SWALLOWED}
    assert numbers_of(open_table(path)) == [2, 3, 4]


def test_the_text_of_each_line_is_kept(tmp_path: Path) -> None:
    """The cells of all records, joined, are the file again."""
    path = _source(tmp_path, _row(ANA, '"see file'), _row(CLEO, "whole"), "", _row(BEN, 'sign of 12"'), _row(DAN))
    records = list(open_table(path).records())
    assert "".join(",".join(record.raw or ()) + record.line_end for record in records) == path.read_text("utf-8")
    assert [record.number for record in records] == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_lines_stay_refused_in_every_report_until_a_person_has_mended_them(tmp_path: Path, form: Format) -> None:
    """Also those that look whole by themselves: nobody has looked at them yet."""
    lines = [_row(ANA, '"see file'), _row(CLEO, "whole"), _row(BEN, 'sign of 12"')]
    path = _source(tmp_path, *lines, _row(DAN))
    for turn in range(3):
        path = report_of(path, tmp_path / f"report-{turn}.{form}", form, message="One, two. Or three.")
        assert _codes(path) == dict.fromkeys((2, 3, 4), SWALLOWED), turn


def test_a_row_that_was_mended_in_the_report_is_taken(tmp_path: Path) -> None:
    """Once nothing is said of it any more."""
    path = _source(tmp_path, _row(ANA, '"see file'), _row(BEN, 'sign of 12"'))
    report = report_of(path, tmp_path / "report.xlsx", "xlsx")
    book = openpyxl.load_workbook(report)
    [sheet] = book.worksheets
    for row in (2, 3):
        assert sheet.cell(row, 9).value == SWALLOWED
        sheet.cell(row, 9).value = None
    book.save(report)
    assert _codes(report) == {}


@pytest.mark.parametrize(
    "note",
    [
        "Called her.\nShe says: ana@example.com, not the old one,\nand thanks",
        "a, b\nc, d",
        "\n",
        f"See {BEN[0]}.\nThere, or, here\n",
        f"Same as\n{BEN[0]}\nshe says, twice",
        "Ana Reyes, Sales, ana@example.com\nBen Okafor, Sales, ben@example.com",
    ],
)
@pytest.mark.parametrize("at", [2, 5], ids=["in the middle", "at the end"])
def test_a_text_of_several_lines_stays_one_cell(tmp_path: Path, note: str, at: int) -> None:
    """What a person has written into a note is no row, also where it has delimiters in it."""

    def with_note(cells: list[str], text: str) -> str:
        return ",".join([*cells[: at - 1], text, *cells[at - 1 :]])

    lines = [with_note(ANA, f'"{note}"'), with_note(BEN, "x")]
    table = open_table(_source(tmp_path, *lines, header=with_note(HEADER, "Note")))
    assert [list(row.values()) for row in cells_of(table)] == [ANA, BEN]
    assert numbers_of(table) == [2, 3]
    assert issues_of(table) == []


@pytest.mark.parametrize("delimiter", [";", "\t", "|~|", "; "])
@pytest.mark.parametrize("line_end", ["\r\n", "\r", "\r\r\n"])
def test_lines_are_found_in_every_dialect(tmp_path: Path, delimiter: str, line_end: str) -> None:
    """Whatever divides cells and ends lines."""
    lines = [[*HEADER, "Note"], [*ANA, '"x'], [*BEN, 'y"'], [*CLEO, "z"], [*DAN, "z"]]
    path = write_csv(tmp_path / "a.csv", "".join(delimiter.join(line) + line_end for line in lines))
    assert _codes(path) == {2: SWALLOWED, 3: SWALLOWED}
    assert numbers_of(open_table(path)) == [2, 3, 4, 5]


@pytest.mark.parametrize("quote", ["", '"'])
def test_a_row_that_a_backslash_joins_to_the_next_is_taken_apart(tmp_path: Path, quote: str) -> None:
    """Where it escapes line ends, one at the end of a line swallows the next."""
    path = _source(tmp_path, _row(DAN, r"a\,b"), _row(ANA, "C:\\"), _row(BEN, "x"), _row(CLEO, r"c\,d"))
    table = open_table(path, Reading(escape="\\", quote=quote))
    assert {issue.row: issue.code for issue in issues_of(table)} == {3: SWALLOWED, 4: SWALLOWED}
    assert numbers_of(table) == [2, 3, 4, 5]
    message = issues_of(table)[0].message
    assert message.startswith("By the backslash before a line end rows 3 to 4 are one row")
    assert not {",", ";", "|", "\t"}.intersection(message)


def test_a_backslash_that_makes_one_cell_of_two_is_named(tmp_path: Path) -> None:
    """Where it escapes delimiters; one that is escaped itself does not."""
    lines = [_row(DAN, r"a\,b"), _row(ANA, "x").replace("Reyes", "Reyes\\"), _row(BEN).replace(",ben", "\\\\ben")]
    table = open_table(_source(tmp_path, *lines, _row(CLEO, r"c\,d")), Reading(escape="\\", quote=""))
    first, second = issues_of(table)
    assert (first.row, second.row) == (3, 4)
    assert "A backslash before the mark between two cells makes one of them" in first.message
    assert "backslash" not in second.message


def test_a_backslash_that_keeps_a_cell_open_is_named(tmp_path: Path) -> None:
    """Where it escapes quotation marks, one at the end of a quoted cell does."""
    cells = [[*ANA, r"a\"b"], [*BEN, "C:\\"], [*CLEO, "x"]]
    quoted = [",".join(f'"{cell}"' for cell in one) for one in cells]
    table = open_table(_source(tmp_path, *quoted), Reading(escape="\\"))
    assert [(issue.row, issue.code) for issue in issues_of(table)] == [(3, "stray_quote")]
    assert "A backslash before a quotation mark" in issues_of(table)[0].message


def test_a_header_that_swallows_rows_refuses_the_file(tmp_path: Path) -> None:
    """The customers within it would be nowhere."""
    path = _source(tmp_path, _row(ANA), _row(BEN, 'x"'), _row(CLEO), header=",".join([*HEADER, '"Note']))
    error = refusal(path)
    assert error.code == SWALLOWED
    assert "row 1" in error.message


@pytest.mark.slow
def test_many_such_records_keep_their_numbers(tmp_path: Path) -> None:
    """In any batch of a long file."""
    many = 4_000
    pair = [_row(ANA, '"x'), _row(BEN, 'y"'), *[_row(CLEO, "z")] * 3]
    path = _source(tmp_path, *pair * many)
    table = open_table(path)
    assert len(issues_of(table)) == 2 * many
    assert numbers_of(table) == list(range(2, 5 * many + 2))
    assert [record.number for record in table.records()] == list(range(1, 5 * many + 2))


@pytest.mark.parametrize("quoted", [False, True], ids=["bare", "quoted"])
@pytest.mark.parametrize("ids_first", [False, True])
def test_no_customer_is_lost_behind_stray_quotation_marks(tmp_path: Path, *, quoted: bool, ids_first: bool) -> None:
    """One or two put anywhere into a table: every customer is in a row, and no row holds two."""
    chance = random.Random(f"{quoted}{ids_first}")  # noqa: S311 - for tests
    order = [0, 1, 2, 3, 4] if ids_first else [4, 1, 2, 3, 0]
    sign = '"' if quoted else ""
    lines = [[*one, "note"] for one in (HEADER, ANA, BEN, CLEO, DAN, ANA, BEN, CLEO, DAN)]
    text = "".join(",".join(sign + line[at] + sign for at in order) + "\n" for line in lines)
    begin = text.index("\n") + 1
    for _ in range(120):
        spoilt = text
        for _ in range(chance.choice([1, 2, 2, 2])):
            borders = [at for at in range(begin, len(spoilt)) if {",", "\n"} & {*spoilt[at - 1 : at + 1]}]
            at = chance.choice(borders)
            spoilt = spoilt[:at] + '"' + spoilt[at:]
        table = open_table(write_csv(tmp_path / "a.csv", spoilt))
        rows = [record for record in table.records() if record.kind is RecordKind.ROW]
        for row in rows:
            assert ",".join(row.raw or ()).count("@example.com") <= 1, spoilt
        assert len(rows) == 8, spoilt


def test_the_writer_leaves_such_lines_as_they_are(tmp_path: Path) -> None:
    """Our words in a line with an open quotation mark have none of their own."""
    path = _source(tmp_path, _row(ANA, '"x'), _row(BEN, 'y"'))
    table = open_table(path)
    message = issues_of(table)[0].message
    target = tmp_path / "report.csv"
    with open_writer(target, table, format="csv", message_at=2) as writer:
        for record in table.records():
            is_row = record.kind is RecordKind.ROW
            writer.write(record, ["invalid", None, message, SWALLOWED, None, 0] if is_row else [None] * 6)
    written = target.read_text("utf-8").splitlines()
    assert written[1] == f'{_row(ANA)}"x,invalid,,{message},{SWALLOWED},,0'


@pytest.mark.parametrize("sign", [";", "\t", "|", ","])
def test_a_customer_above_the_header_whose_line_is_one_cell_refuses_the_file(tmp_path: Path, sign: str) -> None:
    """Its line is divided by another sign, or in quotation marks as a whole: it would be taken for a title."""
    line = sign.join(ANA) if sign != "," else f'"{sign.join(ANA)}"'
    path = write_csv(tmp_path / "a.csv", "\n".join((line, ",".join(HEADER), ",".join(BEN), ",".join(CLEO))) + "\n")
    assert refusal(path).code == "customers_above_header"
    title = f"Changes of {ANA[0]}; by Ana; of Sales; ana@example.com"
    path = write_csv(tmp_path / "b.csv", "\n".join((title, ",".join(HEADER), ",".join(BEN))) + "\n")
    assert numbers_of(open_table(path)) == [3]
