"""Every record of a source is accounted for: as many rows and others as there are, counted without the reader."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import openpyxl
import pytest
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.table import Table
from openpyxl.worksheet.worksheet import Worksheet

from importer.sheets.header.layout import SWALLOWED_ROWS
from importer.sheets.open import open_raw, open_table
from importer.sheets.reading import Reading
from importer.sheets.table import RecordKind
from tests.corpus.make import FILES
from tests.corpus.truth import SUFFIX, Truth, expectation
from tests.properties.accounts import account
from tests.sheets.files import ANA, BEN, HEADER, issues_of, refusal, write_csv, write_xlsx

CLEO: Final = ["33333333-3333-4333-8333-333333333333", "Cleo", "Varga", "cleo@example.com"]
_EVERYDAY: Final = 12
READ: Final = [
    path
    for path in sorted(FILES.rglob("*"))
    if path.is_file() and not path.name.endswith(SUFFIX) and not Truth.load(expectation(path)).refused
]


@pytest.mark.parametrize(
    "file",
    [
        pytest.param(path, marks=pytest.mark.slow if at % _EVERYDAY else (), id=path.relative_to(FILES).as_posix())
        for at, path in enumerate(READ)
    ],
)
def test_the_sum_of_what_is_told_is_what_is_there(file: Path, tmp_path: Path) -> None:
    """Rows, the header and all that is left alone are as many as the records that `peek --raw` shows."""
    reading = Reading.from_json(Truth.load(expectation(file)).options)
    table = open_table(file, reading, scratch=tmp_path)
    chunks = list(table.chunks(100))
    rows = sum(len(chunk.frame) for chunk in chunks)
    told = rows + sum(table.skips.values()) + 1
    assert told == table.last == sum(1 for _ in table.records())
    assert rows == sum(record.kind is RecordKind.ROW for record in table.records())
    if all(issue.code != SWALLOWED_ROWS for chunk in chunks for issue in chunk.issues):
        by_name = Reading.from_json({**reading.as_json(), "sheet": table.sheet, "columns": {}})
        assert told == sum(1 for _ in open_raw(file, by_name, scratch=tmp_path).records())


def _independent(file: Path) -> int:
    """Return the number of the last record with anything in it, as other readers count."""
    if file.suffix == ".csv":
        with file.open(encoding="utf-8", newline="") as opened:
            return sum(1 for _ in csv.reader(opened))
    sheet = openpyxl.load_workbook(file).worksheets[0]
    assert isinstance(sheet, Worksheet)
    return max(cell.row for row in sheet.iter_rows() for cell in row if cell.value is not None)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_other_readers_count_as_many(tmp_path: Path, form: str) -> None:
    """With titles, blank lines, a repeated header, a total and text below the table."""
    lines: Sequence[Sequence[str]] = [
        ["Changes of May"], [], HEADER, ANA, [], BEN, HEADER, CLEO, ["--------"], [], ["Total", "3"],
        ["Made by the office."],
    ]  # fmt: skip
    path = tmp_path / f"a.{form}"
    if form == "csv":
        write_csv(path, "".join(",".join(line) + "\n" for line in lines))
    else:
        write_xlsx(path, {"Data": lines})
    found = account(path)
    assert sum(found.records.values()) == _independent(path) == len(lines)
    assert found.records == {
        "row": 3, "header": 1, "above_header": 1, "blank": 3, "repeated_header": 1, "nobodys": 1, "total": 1,
        "below_table": 1,
    }  # fmt: skip


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_header_is_said_where_it_is_too_far_down(tmp_path: Path, form: str) -> None:
    """And with what is said there, the file is read."""
    lines = [*([f"Remark {at}"] for at in range(1, 60)), HEADER, ANA, BEN]
    path = tmp_path / f"a.{form}"
    if form == "csv":
        write_csv(path, "".join(",".join(line) + "\n" for line in lines))
    else:
        write_xlsx(path, {"Data": lines})
    error = refusal(path)
    assert error.code == "header_too_far_down"
    assert "row 60" in error.message
    assert "--header-row 60" in error.hint
    assert len(account(path, Reading(header_row=60)).sent) == 2


def test_a_header_that_lacks_a_column_is_told_so_whatever_stands_below_it(tmp_path: Path) -> None:
    """A second table further down has another header, and is not what is meant."""
    lines = [HEADER[:3], *([*ANA[:3]] for _ in range(70)), HEADER, BEN]
    assert refusal(write_csv(tmp_path / "a.csv", "".join(",".join(line) + "\n" for line in lines))).code == (
        "missing_column"
    )


@pytest.mark.parametrize(
    ("beside", "codes"),
    [
        pytest.param(CLEO, ["wrong_field_count"], id="a customer"),
        pytest.param([CLEO[0], "x"], ["wrong_field_count"], id="an id and something"),
        pytest.param(["Cleo", "Varga", CLEO[3]], ["wrong_field_count"], id="an address and two more"),
        pytest.param([BEN[0].upper(), "Ben", "Okafor", BEN[3]], [], id="the row's own"),
        pytest.param([CLEO[3]], [], id="an address alone"),
        pytest.param(["see May", "done"], [], id="remarks"),
    ],
)
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_customer_right_of_the_table_is_an_alarm(
    tmp_path: Path, form: str, beside: Sequence[str], codes: Sequence[str]
) -> None:
    """Of another id than the row's, or another address; what a person has noted there is none."""
    wide = [[*one, "", *[""] * 4] for one in (HEADER, ANA, BEN)]
    wide[2][5 : 5 + len(beside)] = beside
    path = tmp_path / f"a.{form}"
    if form == "csv":
        write_csv(path, "".join(",".join(line) + "\n" for line in wide))
    else:
        write_xlsx(path, {"Data": [[cell or None for cell in line] for line in wide]})
    assert [issue.code for issue in issues_of(open_table(path))] == list(codes)


def test_lines_that_no_area_of_the_sheet_reaches_are_rows(tmp_path: Path) -> None:
    """Neither that of a table, nor what is filtered, printed or named, says where the customers end."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    assert isinstance(sheet, Worksheet)
    for line in (HEADER, ANA, BEN, CLEO):
        sheet.append(line)
    sheet.add_table(Table(displayName="Customers", ref="A1:D2"))
    sheet.print_area = "A1:D2"
    book.defined_names["Changes"] = DefinedName("Changes", attr_text="Sheet!$A$1:$D$2")
    book.save(tmp_path / "a.xlsx")
    assert [values[0] for values in account(tmp_path / "a.xlsx").sent.values()] == [ANA[0], BEN[0], CLEO[0]]


def test_the_rest_of_a_file_after_an_old_end_of_file_sign_is_read(tmp_path: Path) -> None:
    """What stands in a line with it is refused, since the sign is no part of an id."""
    lines = [",".join(one) for one in (HEADER, ANA, BEN, CLEO)]
    path = write_csv(tmp_path / "a.csv", "\r\n".join([*lines[:2], "\x1a", *lines[2:], "\x1a"]))
    assert len(account(path).sent) == 3
    path = write_csv(tmp_path / "a.csv", "\r\n".join([*lines[:2], f"\x1a{lines[2]}", lines[3], ""]))
    found = account(path)
    assert (list(found.sent), list(found.told)) == ([2, 4], [3])


@pytest.mark.parametrize("note", [ANA[3], f"Note{ANA[0]}", f'"Note""{ANA[3]}"'])
def test_a_source_is_refused_whose_header_has_a_customer_in_it(tmp_path: Path, note: str) -> None:
    """It is the first row, of which the header has no line end any more."""
    error = refusal(write_csv(tmp_path / "a.csv", ",".join([*HEADER, note]) + "\n" + ",".join([*BEN, ""]) + "\n"))
    assert error.code == "customer_in_header"


@pytest.mark.parametrize("note", [f"{{{ANA[0]}}}", "mail@home", "See ana@example.com or others"])
def test_a_column_may_be_called_as_it_is(tmp_path: Path, note: str) -> None:
    """By an id of its own, as some programs do, or with an address within other words."""
    path = write_csv(tmp_path / "a.csv", ",".join([*HEADER, note]) + "\n" + ",".join([*BEN, ""]) + "\n")
    assert len(account(path).sent) == 1


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_an_address_in_a_title_or_a_footer_is_told(ending: str, tmp_path: Path) -> None:
    """Titles and footers without one are not, nor are rows."""
    lines = [["Changes"], ["By", "clerk@example.com"], HEADER, ANA, [], ["Ask Al <al@example.com>"], ["Bye to all"]]
    path = tmp_path / f"changes.{ending}"
    table = open_table(
        write_csv(path, "".join(",".join(line) + "\n" for line in lines))
        if ending == "csv"
        else write_xlsx(path, {"Changes": lines})
    )
    assert sum(len(chunk.frame) for chunk in table.chunks(100)) == 1
    assert table.lone_addresses == [2, 6]
