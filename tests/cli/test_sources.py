"""Sources of all kinds through the whole command: how they are read, what is strange in them, and what comes back."""

from __future__ import annotations

import csv
import io
import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

from tests.cli.conftest import Api, Importer, annotated, customer, person

Sheet = Callable[..., Path]
HEADER = ("Customer ID", "First Name", "Last Name", "Email")
PEOPLE = [
    (customer(1), "Ana", "Reyes", "ana@example.com"),
    (customer(2), "Ben", "Okafor", "ben@example.com"),
    (customer(3), "Cleo", "Lindqvist", "cleo@example.com"),
]


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    """Return a workbook with a title, a look of its own, a filter that hides row 5, and a sheet of formulas."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    assert isinstance(sheet, Worksheet)
    for line in (["Changes of May"], list(HEADER), *map(list, PEOPLE)):
        sheet.append(line)
    sheet["A1"].font = Font(bold=True, size=18)
    sheet.freeze_panes = "B3"
    sheet.auto_filter.ref = "A2:D5"
    sheet.row_dimensions[5].hidden = True
    book.create_sheet("Sums").append(["=1+1"])
    path = tmp_path / "changes.xlsx"
    book.save(path)
    return path


def test_what_was_found_out_is_in_the_summary_and_on_the_screen(importer: Importer, tmp_path: Path) -> None:
    """Format, encoding, delimiter, header row and mapping; an encoding that is only assumed is said so."""
    path = tmp_path / "a.csv"
    path.write_bytes(f"Export\n{';'.join(HEADER)}\n{customer(1)};José;Núñez;x@example.com\n".encode("windows-1252"))
    said = importer("check", path, "--report", "--json")
    source = said.json["source"]
    assert {name: source[name] for name in ("format", "encoding", "delimiter", "header_row", "skips")} == {
        "format": "csv",
        "encoding": "windows-1252",
        "delimiter": ";",
        "header_row": 2,
        "skips": {"above_header": 1},
    }
    assert source["mapping"]["email"] == "Email"
    assert source["notes"]
    assert "Read as csv, windows-1252, cells separated by semicolon, header in row 2" in importer("check", path).err
    [shown] = [run for run in importer("history", "--json").json if run["run_id"] == said.json["run_id"]]
    assert shown["source"]["encoding"] == "windows-1252"
    assert source == json.loads(Path(said.json["reports"]["summary"]).read_text("utf-8"))["source"]


@pytest.mark.slow
def test_standard_input_is_a_source(
    importer: Importer, api: Api, sheet: Sheet, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The reports go into the current folder; a retry needs to be told where the rows are once they are forgotten."""
    data = sheet(person(1), person(2, "sandbox+500@example.com")).read_bytes()
    monkeypatch.chdir(tmp_path)

    def given() -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))

    given()
    said = importer("run", "-", *api.options, "--json", "--max-attempts", 1)
    assert (said.code, said.json["source"]["path"]) == (1, "-")
    assert Path(said.json["reports"]["annotated"]).parent.name.startswith("stdin-")
    run = said.json["run_id"]
    importer("forget", run)
    refused = importer("retry", run)
    assert (refused.code, "--source" in refused.err) == (3, True)
    given()
    assert importer("retry", run, "--source", "-", "--json", "--max-attempts", 1).json["statuses"]["unconfirmed"] == 1


@pytest.mark.slow
def test_hidden_rows_are_sent_with_a_warning_or_left_out(importer: Importer, api: Api, workbook: Path) -> None:
    """Read and counted as any other, unless only visible rows are wanted: then they end `not_sent`."""
    said = importer("run", workbook, *api.options, "--json")
    assert (said.code, said.json["statuses"]["updated"]) == (0, 3)
    [cause] = said.json["causes"]
    assert (cause["code"], cause["warning"], cause["first_rows"]) == ("hidden_row", True, [5])
    said = importer("run", workbook, *api.options, "--json", "--visible-only", "--format", "csv")
    assert (said.code, said.json["statuses"]["updated"], said.json["statuses"]["not_sent"]) == (1, 2, 1)
    assert annotated_text(said.json)[-1].count("hidden_row") == 1
    said = importer("check", workbook, "--json", "--warnings-as-errors", "--format", "csv")
    assert "hidden_row" in annotated_text(said.json)[-1]
    assert said.json["statuses"]["invalid"] == 1


def annotated_text(summary: dict[str, Any]) -> list[str]:
    """Return the lines of an annotated CSV file."""
    return Path(summary["reports"]["annotated"]).read_text("utf-8-sig").splitlines()


@pytest.mark.slow
def test_the_annotated_workbook_is_the_users_own(importer: Importer, api: Api, workbook: Path) -> None:
    """Other sheets, looks, panes and the filter are there, and the six columns beside them."""
    said = importer("run", workbook, *api.options, "--json")
    book = openpyxl.load_workbook(said.json["reports"]["annotated"])
    sheet = book.worksheets[0]
    assert isinstance(sheet, Worksheet)
    assert book.sheetnames == ["Sheet", "Sums", "Summary"]
    assert book["Sums"]["A1"].value == "=1+1"
    assert (sheet["A1"].font.sz, sheet.freeze_panes, sheet.auto_filter.ref) == (18, "B3", "A2:J5")
    assert sheet.row_dimensions[5].hidden
    assert [sheet.cell(2, column).value for column in range(5, 11)] == [
        "status", "updated_at", "message", "error_code", "http_status", "attempts",
    ]  # fmt: skip
    assert [sheet.cell(row, 5).value for row in range(1, 6)] == [None, "status", "updated", "updated", "updated"]
    again = importer("run", said.json["reports"]["annotated"], *api.options, "--json")
    assert (again.code, again.json["source"]["rows"]) == (0, 3)
    book = openpyxl.load_workbook(again.json["reports"]["annotated"])
    assert book.sheetnames == ["Sheet", "Sums", "Summary"]
    assert again.json["run_id"] in {cell.value for row in book["Summary"].iter_rows() for cell in row}


@pytest.mark.slow
def test_a_larger_workbook_becomes_a_plain_sheet_and_that_is_said(
    importer: Importer, api: Api, workbook: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Above the size that a setting names; the note is in the summary, and a person sees it below the sheet's place."""
    monkeypatch.setenv("IMPORTER_OWN_WORKBOOK_ROWS", "2")
    *_, place, note = importer("check", workbook, "--report").out.splitlines()
    assert place.startswith("  annotated.xlsx  ")
    assert re.match("Note: .* plain sheet, .* IMPORTER_OWN_WORKBOOK_ROWS", note)
    said = importer("run", workbook, *api.options, "--json")
    assert openpyxl.load_workbook(said.json["reports"]["annotated"]).sheetnames == ["Sheet", "Summary"]
    assert any("IMPORTER_OWN_WORKBOOK_ROWS" in note for note in said.json["source"]["notes"])


@pytest.mark.slow
def test_what_is_strange_in_a_row_is_told_and_the_row_is_sent(importer: Importer, api: Api, sheet: Sheet) -> None:
    """In its message, and by cause; as errors, such rows are not sent."""
    rows = [
        (customer(1), "Ben", "Okafor", "shared@example.com"),
        (customer(2), "JOHANNA", "Ek", "johanna@gmial.com"),
        (customer(3), "Ana", "Reyes", "Shared@Example.com"),
    ]
    said = importer("run", sheet(*rows), *api.options, "--json")
    assert (said.code, said.json["statuses"]["updated"]) == (0, 3)
    messages = [row["message"] for row in annotated(said.json)]
    assert "row 4" in messages[0]
    assert "all in capitals" in messages[1]
    assert "gmail.com" in messages[1]
    assert {cause["code"] for cause in said.json["causes"]} == {"name_in_capitals", "domain_slip", "shared_address"}
    said = importer("check", sheet(*rows), "--warnings-as-errors")
    assert said.code == 1
    assert "0 of 3 rows are valid" in said.out
    assert "[domain_slip]" not in said.out
    assert "[domain_slip]" in importer("check", sheet(*rows), "--warnings-as-errors", "-v").out


def test_a_repeat_of_a_row_whose_warning_is_an_error_is_not_sent_either(
    importer: Importer, api: Api, sheet: Sheet
) -> None:
    """What is strange about a row is as strange about the same row further down."""
    rows = [
        (customer(1), "Ana", "Reyes", "shared@example.com"),
        (customer(2), "Ben", "Okafor", "shared@example.com"),
        (customer(1), "Ana", "Reyes", "shared@example.com"),
    ]
    said = importer("run", sheet(*rows), *api.options, "--json", "--warnings-as-errors")
    assert said.json["statuses"]["invalid"] == 3
    assert said.json["attempts"] == 0


@pytest.mark.slow
def test_a_warning_that_is_an_error_lets_no_other_row_of_the_customer_through(
    importer: Importer, api: Api, sheet: Sheet
) -> None:
    """Rows that contradict each other do so whatever is strange about one of them: none is sent, as without it."""
    rows = [
        (customer(1), "Ana", "Reyes", "ana@example.com"),
        (customer(1), "ANABEL", "Reyes", "ana@example.com"),
        (customer(2), "Ben", "Okafor", "ben@gmial.com"),
        (customer(2), "Ben", "Okafor", "ben@gmail.com"),
    ]
    said = importer("run", sheet(*rows), *api.options, "--json", "--warnings-as-errors")
    assert (said.json["statuses"]["invalid"], said.json["attempts"]) == (4, 0)
    assert [row["error_code"] for row in annotated(said.json)] == [
        "conflicting_rows",
        "name_in_capitals, conflicting_rows",
        "domain_slip, conflicting_rows",
        "conflicting_rows",
    ]
    assert not any(cause["warning"] for cause in said.json["causes"])


@pytest.mark.parametrize("options", [(), ("--warnings-as-errors",)])
def test_a_mangled_name_is_told_with_what_it_was(
    importer: Importer, sheet: Sheet, tmp_path: Path, options: tuple[str, ...]
) -> None:
    """Beside the cell, where whoever mends it needs it; the journal does not keep it."""
    source = sheet((customer(1), "Jos\xc3\xa9", "N\xc3\xba\xc3\xb1ez", "jose@example.com"))
    said = importer("check", source, "--report", "--json", *options)
    [row] = annotated(said.json)
    assert 'In "First Name", "José" was probably meant.' in row["message"]
    assert 'In "Last Name", "Núñez" was probably meant.' in row["message"]
    assert "José".encode() not in (tmp_path / "state" / "journal.sqlite").read_bytes()


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_what_programs_left_in_a_name_is_told_with_what_it_was(
    importer: Importer, sheet: Sheet, tmp_path: Path, form: str
) -> None:
    """What is sent stays as it stands in the sheet; a report that masks names does not tell."""
    names = ("Ren&eacute;e", "Jos%C3%A9", "M?ller", "Zo\\u00eb", "???")
    source = sheet(*((customer(at), name, "Ek", "jos@example.com") for at, name in enumerate(names)))
    if form == "xlsx":
        book = openpyxl.Workbook()
        for line in csv.reader(source.read_text("utf-8").splitlines()):
            book.worksheets[0].append(line)
        source = tmp_path / "changes.xlsx"
        book.save(source)
    said = importer("check", source, "--json", "--format", "csv")
    rows = annotated(said.json)
    assert [row["First Name"] for row in rows] == list(names)
    told = [re.findall(r'In "First Name", (.*) was probably meant\.', row["message"]) for row in rows]
    assert told == [['"Renée"'], ['"José"'], ['"Müller", "Möller" or "Møller"'], ['"Zoë"'], []]
    masked = annotated(importer("check", source, "--json", "--format", "csv", "--redact").json)
    assert not any("was probably meant" in row["message"] for row in masked)
    assert "Müller".encode() not in (tmp_path / "state" / "journal.sqlite").read_bytes()


def test_what_a_mangled_name_was_is_told_only_in_letters_that_the_file_has(importer: Importer, tmp_path: Path) -> None:
    """A letter that is nearly the one that was meant would be a wrong name to copy."""
    names = ("Pet\xc5\u2122ek", "Mo\xc3\xafra")
    lines = [
        ",".join(HEADER),
        *(f"{customer(number)},{name},Müller,a{number}@example.com" for number, name in enumerate(names)),
    ]
    source = tmp_path / "changes.csv"
    source.write_bytes("\n".join(lines).encode("cp1252"))
    [first, second] = annotated(importer("check", source, "--report", "--json").json, "cp1252")
    told = 'What was probably meant in "First Name" has letters that the encoding of this file lacks.'
    assert first["message"].endswith(told)
    assert second["message"].endswith('In "First Name", "Moïra" was probably meant.')


def test_columns_can_be_named_in_the_environment(
    importer: Importer, sheet: Sheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For cron, a mapping is JSON there; an option adds nothing to it, but stands for it."""
    path = sheet(person(1), header="Nr,Vn,Nn,Adr")
    monkeypatch.setenv(
        "IMPORTER_COLUMNS", '{"Nr": "customer_id", "Vn": "first_name", "Nn": "last_name", "Adr": "email"}'
    )
    assert importer("check", path).code == 0
    assert importer("check", path, "--map", "Adr=email").code == 3


@pytest.mark.slow
def test_a_packed_source_is_read_and_its_report_is_a_plain_file(
    importer: Importer, api: Api, sheet: Sheet, tmp_path: Path
) -> None:
    """The digest is that of the file that was given; resuming and reporting read the same copy."""
    import zipfile  # noqa: PLC0415 - only here

    packed = tmp_path / "changes.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.write(sheet(person(1)), "changes.csv")
    said = importer("run", packed, *api.options, "--json")
    assert (said.code, said.json["source"]["container"], said.json["source"]["format"]) == (0, "zip", "csv")
    assert [row["status"] for row in annotated(said.json)] == ["updated"]


def test_what_became_of_formulas_is_told_where_somebody_looks_closely(importer: Importer, workbook: Path) -> None:
    """On the page, in the Summary sheet and with -v: a clerk, who sees the same values, has nothing to do about it."""
    book = openpyxl.load_workbook(workbook)
    book.worksheets[0]["F3"] = "=LEN(B3)"
    book.save(workbook)
    told = "1 formula of the sheet stays one"
    said = importer("check", workbook, "--report", "--json")
    assert any(told in note for note in said.json["source"]["notes"])
    reports = said.json["reports"]
    assert told in Path(reports["page"]).read_text("utf-8")
    summary = openpyxl.load_workbook(reports["annotated"])["Summary"]
    assert any(told in str(cell) for line in summary.iter_rows(values_only=True) for cell in line)
    assert told not in importer("check", workbook, "--report").out
    assert told in importer("check", workbook, "--report", "-v").out
