"""`importer peek`: what the reader sees, for any file, and why one is refused."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from tests.cli.conftest import Importer, customer, person
from tests.sheets.files import write_xlsx

Sheet = Callable[..., Path]
HEADER = ("Customer ID", "First Name", "Last Name", "Email")


def rows_of(out: str) -> list[dict[str, object]]:
    """Return the JSON objects, one a line."""
    return [json.loads(line) for line in out.splitlines()]


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    """Return a workbook with two title lines, a second sheet, and a hidden one."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "May"
    for line in (["Changes of May"], [], HEADER, person(1), person(2), ["Total: 2"]):
        sheet.append(line)
    book.create_sheet("Notes").append(["nothing"])
    book.create_sheet("Old").sheet_state = "hidden"
    path = tmp_path / "changes.xlsx"
    book.save(path)
    return path


def test_what_was_found_out_is_told_before_the_rows(importer: Importer, workbook: Path) -> None:
    """Format, sheets with their sizes, the header's row, and which column is which field."""
    said = importer("peek", workbook)
    assert (said.code, said.err) == (0, "")
    assert "Format  xlsx" in said.out
    assert "May: 6 lines, 4 columns, read here" in said.out
    assert "Notes: 1 line, 1 column" in said.out
    assert "Old: 0 lines, 0 columns, hidden" in said.out
    assert "Header  row 3" in said.out
    assert "Column  email: Email" in said.out
    assert [line.split()[0] for line in said.out.splitlines()[-3:]] == ["row", "4", "5"]


def test_each_row_is_shown_as_it_would_be_sent(importer: Importer, sheet: Sheet) -> None:
    """One JSON object a row: its number, its cells as they stand there, and the values that would be sent."""
    path = sheet((customer(1).upper(), " Ana ", "Reyes", "Ana <ana@example.com>"))
    [row] = rows_of(importer("peek", path, "--json").out)
    assert row == {
        "row": 2,
        "cells": [customer(1).upper(), " Ana ", "Reyes", "Ana <ana@example.com>"],
        "fields": {"customer_id": customer(1), "first_name": "Ana", "last_name": "Reyes", "email": "ana@example.com"},
    }


def test_as_many_rows_are_shown_as_are_asked_for(importer: Importer, sheet: Sheet) -> None:
    """Ten by themselves, `--rows N`, or all."""
    path = sheet(*(person(number) for number in range(1, 31)))
    for options, count in ((), 10), (("--rows", 3), 3), (("--rows", 0), 0), (("--all",), 30):
        assert len(rows_of(importer("peek", path, "--json", *options).out)) == count


def test_raw_shows_every_record_of_any_file(importer: Importer, tmp_path: Path) -> None:
    """From the first line on, nothing dropped or padded; no column has to be known."""
    path = tmp_path / "a.csv"
    path.write_bytes(b"title\n\n1;2;3\nx;;\n")
    assert rows_of(importer("peek", path, "--raw", "--json", "--all").out) == [
        {"row": 1, "cells": ["title"]},
        {"row": 2, "cells": []},
        {"row": 3, "cells": ["1", "2", "3"]},
        {"row": 4, "cells": ["x", "", ""]},
    ]


def test_raw_shows_a_named_sheet_or_the_first_visible_one(importer: Importer, workbook: Path) -> None:
    """Titles and totals are records like any other; a hidden sheet is shown by name."""
    found = rows_of(importer("peek", workbook, "--raw", "--json", "--all").out)
    assert [row["cells"] for row in found] == [
        ["Changes of May"], [], list(HEADER), list(person(1)), list(person(2)), ["Total: 2"],
    ]  # fmt: skip
    assert rows_of(importer("peek", workbook, "--raw", "--json", "--sheet", "Notes").out) == [
        {"row": 1, "cells": ["nothing"]}
    ]
    assert importer("peek", workbook, "--raw", "--json", "--sheet", "Old").out == ""


def test_an_empty_file_has_no_records(importer: Importer, tmp_path: Path) -> None:
    """That is nothing to refuse, as long as nothing is asked of its columns."""
    path = tmp_path / "a.csv"
    path.write_bytes(b"")
    said = importer("peek", path, "--raw", "--json", "--all")
    assert (said.code, said.out) == (0, "")
    assert importer("peek", path).code == 3


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_any_reader_of_csv_takes_back_what_is_printed(importer: Importer, tmp_path: Path, form: str) -> None:
    """Cells with line ends of every kind, quotation marks, delimiters and blanks; one that is empty, and alone."""
    cells = ["a\nb", "a\rb", "a\r\nb", "\n", 'say "no"', "a,b", " a ", "", "'", "a;b\tc", "#1", "\u2028x", "it's", "\\"]
    if form == "csv":
        path = tmp_path / "a.csv"
        text = io.StringIO()
        csv.writer(text, quoting=csv.QUOTE_ALL).writerows([cells, cells[::-1]])
        path.write_bytes(text.getvalue().encode())
    else:
        cells = [cell.replace("\r", "\n") for cell in cells]
        path = tmp_path / "a.xlsx"
        write_xlsx(path, {"Data": [cells, cells[::-1]]})
    said = importer("peek", path, "--raw", "--csv", "--all").out
    wanted = [cells, cells[::-1]]
    assert list(csv.reader(io.StringIO(said, newline=""), strict=True)) == wanted
    for engine in ("c", "python"):
        frame = pd.read_csv(io.StringIO(said, newline=""), header=None, dtype=str, keep_default_na=False, engine=engine)
        assert frame.to_numpy().tolist() == wanted
    assert said.endswith("\r\n")


def test_csv_is_plain(importer: Importer, tmp_path: Path) -> None:
    """RFC 4180, in UTF-8, with the header where there is one."""
    path = tmp_path / "a.csv"
    path.write_bytes(f'{";".join(HEADER)}\n{customer(1)};"A;""b";Ñ;x@example.com\n'.encode("windows-1252"))
    said = importer("peek", path, "--csv", "--all")
    wanted = [list(HEADER), [customer(1), 'A;"b', "Ñ", "x@example.com"]]
    assert list(csv.reader(io.StringIO(said.out))) == wanted
    assert importer("peek", path, "--raw", "--csv", "--all").out == said.out


def test_a_refusal_says_how_to_see_what_is_in_the_file(importer: Importer, tmp_path: Path) -> None:
    """Exit code 3, as for `run`, and the hint names `--raw`."""
    path = tmp_path / "a.csv"
    path.write_text("Customer ID,Name\n1,Ana\n")
    said = importer("peek", path)
    assert said.code == 3
    assert "--raw" in said.err
    assert importer("peek", tmp_path / "none.csv", "--raw").code == 3
    assert importer("peek", path, "--json", "--csv").code == 2


def test_what_somebody_says_of_a_file_holds(importer: Importer, tmp_path: Path) -> None:
    """Delimiter, quotes, escape, encoding, header row and columns can all be given."""
    path = tmp_path / "a.txt"
    lines = ["Nr||Who||Family||Mail", f"{customer(1)}||'Łu||cja'||O\\'Hara||lucja@example.com"]
    path.write_bytes("\n".join(["x||y", *lines]).encode("cp1250"))
    options = ("--delimiter", "||", "--quote", "'", "--escape", "\\", "--encoding", "cp1250", "--header-row", 2)
    columns = ("Nr=customer_id", "Who=first_name", "Family=last_name", "Mail=email")
    mapping = [word for text in columns for word in ("--map", text)]
    [row] = rows_of(importer("peek", path, *options, *mapping, "--json").out)
    assert row["fields"] == {
        "customer_id": customer(1),
        "first_name": "Łu||cja",
        "last_name": "O'Hara",
        "email": "lucja@example.com",
    }


def test_codes_are_said_by_name(importer: Importer, tmp_path: Path) -> None:
    """Where it is not certain that there are any, and somebody knows."""
    path = tmp_path / "a.csv"
    path.write_text(f"Customer ID,First Name,Last Name,E-mail\n{customer(1)},Anna\\nmaria,\\N,anna@example.com\n")
    [row] = rows_of(importer("peek", path, "--escape", "codes", "--json").out)
    assert row["fields"] == {
        "customer_id": customer(1),
        "first_name": "Anna maria",
        "last_name": "",
        "email": "anna@example.com",
    }
    assert "escape codes" in importer("peek", path, "--escape", "codes").out
    assert importer("peek", path, "--escape", "codex").code == 2


def test_what_cannot_be_is_a_wrong_call(importer: Importer, sheet: Sheet) -> None:
    """Each option's message says what it must be."""
    path = sheet(person(1))
    for option, value in (("--map", "Mail"), ("--map", "Mail=mail"), ("--quote", "ab"), ("--encoding", "klingon")):
        said = importer("peek", path, option, value)
        assert (said.code, option in said.err or "IMPORTER" in said.err) == (2, True), said.err


def test_a_packed_file_is_read_as_what_is_in_it(importer: Importer, sheet: Sheet, tmp_path: Path) -> None:
    """The container is told, and nothing of it is left afterwards."""
    packed = tmp_path / "changes.csv.gz"
    packed.write_bytes(gzip.compress(sheet(person(1)).read_bytes()))
    said = importer("peek", packed)
    assert "csv, packed in gz" in said.out
    assert customer(1)[:29] in said.out


@pytest.mark.slow
def test_of_a_very_wide_table_only_the_first_columns_are_shown(importer: Importer, tmp_path: Path) -> None:
    """A file of nothing but delimiters would be a table of a million columns; CSV has all of them."""
    path = tmp_path / "wide.csv"
    path.write_text("x" + ",y" * 50_000 + "\n", encoding="utf-8")
    said = importer("peek", path, "--raw")
    assert said.code == 0
    assert said.out.splitlines()[-1] == "and 49,801 more columns: --csv shows all of them"
    assert importer("peek", path, "--raw", "--csv").out == "x" + ",y" * 50_000 + "\r\n"
