"""Run, fix, run: the sheet of rows to fix is mended and given back, and the runs know each other."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import pytest
from openpyxl import load_workbook

from importer.model.source import APPENDED_COLUMNS, MORE_COLUMNS, TO_FIX_COLUMNS
from tests.cli.conftest import Api, Importer, Said, customer, person
from tests.sheets.workbooks.office import convert

SAMPLES: Final = Path(__file__).parents[3] / "sample_data"
QUICK: Final = ("--sandbox", "--timeout", "1", "--max-attempts", "1", "--json")
TO_FIX: Final = ("invalid", "rejected", "mismatch")
Row = dict[str, Any]


def _read(path: Path) -> list[Row]:
    """Return the rows of a sheet, by the names of its columns, each cell as text."""
    if path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))
    header, *rows = load_workbook(path).worksheets[0].iter_rows(values_only=True)
    return [
        {str(name): "" if cell is None else str(cell) for name, cell in zip(header, row, strict=True)} for row in rows
    ]


def _mend(path: Path, mended: Callable[[Row], Row | None]) -> None:
    """Change the rows of a sheet in place as a person does; None deletes a row."""
    rows = _read(path)
    if path.suffix == ".csv":
        _write(path, [new for row in rows if (new := mended(row)) is not None])
        return
    book = load_workbook(path)
    sheet = book.worksheets[0]
    header = [cell.value for cell in sheet[1]]
    for number in range(len(rows), 0, -1):
        new = mended(dict(rows[number - 1]))
        if new is None:
            sheet.delete_rows(number + 1)
            continue
        for column, name in enumerate(header, start=1):
            if new[str(name)] != rows[number - 1][str(name)]:
                sheet.cell(number + 1, column).value = new[str(name)]
    book.save(path)


def _write(path: Path, rows: Sequence[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def _mended_sample(row: Row) -> Row | None:
    """Return a row of the sample as it should have been."""
    if row["Surname"] == "Sato":
        return None  # the other of the two is right
    name = f"{row['Surname']}".lower().replace("-", "")
    changes = {"E-mail Address": f"{name.encode('ascii', 'ignore').decode()}@example.com"}
    changes |= {"First Name": "Petra"} if not row["First Name"] else {}
    changes |= {"Customer ID": customer(99)} if len(row["Customer ID"]) < 36 else {}
    return row | changes


def _report(said: Said, name: str) -> Path:
    return Path(said.json["reports"][name])


@pytest.mark.proof
@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_the_samples_rows_to_fix_end_confirmed_once_they_are_mended(
    importer: Importer, tmp_path: Path, form: str
) -> None:
    """Given back with nothing but cells mended: exit 0, a folder beside the old one, and each run names the other."""
    source = Path(shutil.copy(SAMPLES / f"customer_changes.{form}", tmp_path))
    first = importer("run", source, *QUICK)
    to_fix = _report(first, "to_fix")
    expected = [row for row in enumerate(_read(_report(first, "annotated")), start=2) if row[1]["status"] in TO_FIX]
    rows = _read(to_fix)
    assert [int(row["source_row"]) for row in rows] == [number for number, _ in expected]
    assert {row["source_run"] for row in rows} == {first.json["run_id"]}
    assert [{name: row[name] for name in old} for row, (_, old) in zip(rows, expected, strict=True)] == [
        old for _, old in expected
    ]
    _mend(to_fix, _mended_sample)
    second = importer("run", to_fix, *QUICK)
    assert (second.code, second.json["statuses"]["updated"]) == (0, len(rows) - 1)
    assert f"Fixes {len(rows) - 1} rows of run {first.json['run_id']}" in second.err
    assert "to_fix" not in second.json["reports"]
    assert _report(second, "summary").parent.parent == to_fix.parent.parent == tmp_path
    old, new = (said.json["run_id"] for said in (first, second))
    assert second.json["fix_of"] == [old]
    assert f"Fixes     rows of run {old}" in importer("show", new).out
    confirmed = f"{len(rows) - 1} of its {len(rows)} rows to fix are confirmed by run {new}."
    assert confirmed in importer("show", old).out
    assert importer("show", new, "--json").json["fix_of"] == [old]
    told = importer("show", old, "--json").json
    (fix,) = told["fixed_by"]
    assert (fix["run_id"], fix["rows"], fix["confirmed"], fix["settled"]) == (new, len(rows) - 1, len(rows) - 1, 0)
    assert [row["run_id"] for row in told["open_rows"]] == [""]
    assert f"fix of {old}" in importer("history").out


BAD: Final = "no address"


@pytest.fixture
def runs(importer: Importer, api: Api) -> Callable[..., Said]:
    """Return a function that runs a file against the API."""

    def run(path: Path, *more: object) -> Said:
        return importer("run", path, *api.options, "--max-attempts", "1", "--json", *more)

    return run


@pytest.mark.slow
def test_what_fails_again_is_named_by_the_newest_run(
    runs: Callable[..., Said], importer: Importer, sheet: Callable[..., Path]
) -> None:
    """In three rounds: each sheet names the run before, the annotated one the run that it was given, show tells all."""
    first = runs(sheet(*(person(number, BAD) for number in range(3)), person(9)))
    to_fix = _report(first, "to_fix")
    _mend(to_fix, lambda row: row | {"Email": "a@example.com"} if row["source_row"] == "2" else row)
    second = runs(to_fix)
    given = [(row["source_row"], row["source_run"]) for row in _read(_report(second, "annotated"))]
    assert given == [(number, first.json["run_id"]) for number in ("2", "3", "4")]
    again = _report(second, "to_fix")
    assert [(row["source_row"], row["source_run"]) for row in _read(again)] == [
        (number, second.json["run_id"]) for number in ("3", "4")
    ]
    _mend(again, lambda row: row | {"Email": f"b{row['source_row']}@example.com"})
    third = runs(again)
    assert third.code == 0
    shown = importer("show", first.json["run_id"]).out
    by_second, by_third = (f"confirmed by run {said.json['run_id']}" for said in (second, third))
    assert f"All 3 rows that were to be fixed are done: 1 is {by_second} and 2 are {by_third}." in shown
    assert "done since" in shown


@pytest.mark.slow
def test_rows_may_be_reordered_added_deleted_and_pasted_together(
    runs: Callable[..., Said], sheet: Callable[..., Path], tmp_path: Path
) -> None:
    """Each row knows where it is from by itself; one that was added is from nowhere."""
    made = [runs(sheet(*(person(10 * number + row, BAD) for row in range(3)))) for number in range(2)]
    one, other = (_read(_report(said, "to_fix")) for said in made)
    added = dict.fromkeys(one[0], "") | dict(zip(one[0], person(77), strict=False))
    rows = [*reversed(other), added, one[2], one[0]]
    mended = [row | {"Email": f"m{number}@example.com"} for number, row in enumerate(rows)]
    _write(tmp_path / "pasted.csv", mended)
    said = runs(tmp_path / "pasted.csv")
    assert said.code == 0
    assert said.json["fix_of"] == [made[1].json["run_id"], made[0].json["run_id"]]
    annotated = _read(_report(said, "annotated"))
    assert [row["source_row"] for row in annotated] == ["4", "3", "2", "", "4", "2"]


@pytest.mark.slow
def test_columns_of_the_source_with_our_names_give_all_of_ours_a_prefix(
    runs: Callable[..., Said], sheet: Callable[..., Path]
) -> None:
    """Also when only the last two are taken; the user's own cells come through the circle as they were."""
    header = "Customer ID,First Name,Last Name,Email,source_row"
    first = runs(sheet((*person(1, BAD), "mine"), header=header))
    to_fix = _report(first, "to_fix")
    (row,) = _read(to_fix)
    assert (row["source_row"], row["import_source_row"], row["import_status"]) == ("mine", "2", "invalid")
    _mend(to_fix, lambda row: row | {"Email": "a@example.com"})
    second = runs(to_fix)
    assert (second.code, second.json["fix_of"]) == (0, [first.json["run_id"]])
    assert _read(_report(second, "annotated"))[0]["source_row"] == "mine"


@pytest.mark.slow
def test_more_columns_are_there_when_asked_for_and_go_when_given_back(
    runs: Callable[..., Said], importer: Importer, sheet: Callable[..., Path]
) -> None:
    """In their order, whatever the order of the list; a report with them is read like any other."""
    first = runs(sheet(person(1), person(2, BAD)), "--columns", "changed,sent_at")
    annotated = _report(first, "annotated")
    assert list(_read(annotated)[0])[4:] == [*APPENDED_COLUMNS, "sent_at", "changed"]
    second = runs(annotated, "--columns", "all")
    assert list(_read(_report(second, "annotated"))[0])[4:] == [*APPENDED_COLUMNS, *MORE_COLUMNS]
    third = runs(_report(second, "to_fix"), "--columns", "all")
    names = [*APPENDED_COLUMNS, *MORE_COLUMNS, *TO_FIX_COLUMNS]
    assert list(_read(_report(third, "annotated"))[0])[4:] == names
    assert runs(_report(third, "annotated")).json["fix_of"] == [second.json["run_id"]]
    refused = importer("run", annotated, "--columns", "latency")
    assert refused.code == 2
    assert "sent_at, latency_ms, changed; or all" in refused.err


@pytest.mark.slow
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_resumed_run_keeps_the_columns_that_were_asked_for(
    importer: Importer, api: Api, sheet: Callable[..., Path], form: str
) -> None:
    """They are part of what was asked for, and `resume --columns` asks for others."""
    source = sheet(*(person(number, "sandbox+500@example.com") for number in range(3)))
    options = (*api.options, "--max-attempts", "1", "--json", "--format", form, "--columns", "latency_ms")
    first = importer("run", source, *options, "--max-errors", "0")
    assert first.code == 4
    again = importer("resume", first.json["run_id"], "--max-errors", "0", "--json")
    assert "latency_ms" in _read(_report(again, "annotated"))[0]
    other = importer("resume", first.json["run_id"], "--max-errors", "0", "--json", "--columns", "sent_at")
    assert list(_read(_report(other, "annotated"))[0])[-1] == "sent_at"


@pytest.mark.slow
def test_a_fix_run_that_stopped_is_resumed_and_retried_as_any_other(
    runs: Callable[..., Said], importer: Importer, sheet: Callable[..., Path]
) -> None:
    """Its rows keep where they come from; the retry, which is a run of its own, knows it too."""
    first = runs(sheet(*(person(number, BAD) for number in range(3))))
    to_fix = _report(first, "to_fix")
    _mend(to_fix, lambda row: row | {"Email": f"sandbox+{'503' if row['source_row'] == '3' else 'x'}@example.com"})
    second = runs(to_fix)
    assert second.code == 1
    retry = importer("retry", second.json["run_id"], "--max-attempts", "1", "--json")
    assert retry.json["fix_of"] == [first.json["run_id"]]
    origins = [row["source_row"] for row in _read(_report(retry, "annotated"))]
    assert origins == ["2", "3", "4"]


@pytest.mark.slow
def test_there_is_no_file_where_there_is_nothing_to_fix(runs: Callable[..., Said], sheet: Callable[..., Path]) -> None:
    """Rows that another try may help are not in it."""
    said = runs(sheet(person(1), person(2, "sandbox+503@example.com")))
    assert said.code == 1
    assert "to_fix" not in said.json["reports"]
    assert not list(_report(said, "summary").parent.glob("to_fix*"))


@pytest.mark.slow
def test_the_work_of_whoever_mends_is_never_overwritten(
    importer: Importer, api: Api, sheet: Callable[..., Path]
) -> None:
    """Where the run is gone on with after somebody has changed its sheet, that sheet gets another name."""
    source = sheet(person(1, BAD), person(2, "sandbox+500@example.com"))
    first = importer("run", source, *api.options, "--max-attempts", "1", "--json", "--max-errors", "0")
    assert first.code == 4
    to_fix = _report(first, "to_fix")
    _mend(to_fix, lambda row: row | {"Email": "mended@example.com"})
    again = importer("resume", first.json["run_id"], "--json", "--max-errors", "0")
    assert _report(again, "to_fix") == to_fix
    assert [row["Email"] for row in _read(to_fix)] == [BAD]
    kept = to_fix.with_name("to_fix-mended-1.xlsx")
    assert [row["Email"] for row in _read(kept)] == ["mended@example.com"]
    fixed = importer("run", kept, *api.options, "--json")
    assert (fixed.code, fixed.json["fix_of"]) == (0, [first.json["run_id"]])
    importer("resume", first.json["run_id"], "--json", "--max-errors", "0")
    assert len(list(to_fix.parent.glob("to_fix*"))) == 2


@pytest.mark.proof
def test_a_sheet_that_libreoffice_has_saved_is_run_like_the_one_that_it_opened(
    importer: Importer, tmp_path: Path
) -> None:
    """Its comments are still there, with the columns that say where the rows are from."""
    source = Path(shutil.copy(SAMPLES / "customer_changes.xlsx", tmp_path))
    first = importer("run", source, *QUICK)
    to_fix = _report(first, "to_fix")
    before = load_workbook(to_fix).worksheets[0]
    _mend(to_fix, _mended_sample)
    saved = convert(to_fix, "xlsx", tmp_path / "office")
    sheet = load_workbook(saved).worksheets[0]
    told = [cell.comment.text for row in sheet.iter_rows() for cell in row if cell.comment]
    assert len(told) >= len(_read(to_fix))
    assert before["D2"].comment is not None
    assert before["D2"].comment.text in told
    second = importer("run", saved, *QUICK)
    assert (second.code, second.json["fix_of"]) == (0, [first.json["run_id"]])


SETTLING: Final = {
    "2": {"Email": "mended@example.com"},
    "3": {"settled": "x"},
    "5": {"Email": "changed@example.com", "settled": "Settled"},
    "6": {"settled": "ask her"},
}
"""What a clerk does with the rows of a first run, by their numbers there: row 4 is deleted, row 7 left as it is."""


def _settle(row: Row) -> Row | None:
    return None if row["source_row"] == "4" else row | SETTLING.get(row["source_row"], {})


@pytest.mark.proof
@pytest.mark.parametrize("saved_as", ["", "xlsx", "csv", "ods"])
def test_rows_to_fix_are_mended_settled_and_deleted_until_all_are_done(
    runs: Callable[..., Said], importer: Importer, sheet: Callable[..., Path], tmp_path: Path, saved_as: str
) -> None:
    """Whatever saves the sheet, each row is what it is: confirmed, settled, refused where it is not clear, or open."""
    first = runs(sheet(*(person(number, BAD) for number in range(6)), person(9)))
    to_fix, old = _report(first, "to_fix"), first.json["run_id"]
    assert "Still to fix: rows 2 to 7; no later run to the same API has taken them up." in importer("show", old).out
    _mend(to_fix, _settle)
    second = runs(convert(to_fix, saved_as, tmp_path / "office") if saved_as else to_fix)
    statuses = second.json["statuses"]
    assert {status: rows for status, rows in statuses.items() if rows} == {"updated": 1, "settled": 1, "invalid": 3}
    assert (second.code, second.json["balanced"], second.json["attempts"]) == (1, True, 1)
    assert ": 3 invalid, 1 settled, 1 to send" in second.err
    assert f"Note: Row 4 of run {old} is still to be fixed, and not in this file. It stays open." in second.err
    new = second.json["run_id"]
    shown = importer("show", old).out
    assert f"Rows to fix  {to_fix}" in shown
    assert f"1 of its 6 rows to fix is confirmed by run {new}." in shown
    assert f"in run {new} (row 3)." in shown
    assert "Still to fix: row 4; no later run to the same API has taken it up." in shown
    assert f"Still to fix: rows 5 to 7; run {new} has them as invalid." in shown
    told = importer("show", old, "--json").json
    assert [(row["row"], row["run_id"], row["status"]) for row in told["open_rows"]] == [
        (4, "", None), *((row, new, "invalid") for row in (5, 6, 7))
    ]  # fmt: skip
    assert told["to_fix"] == [str(to_fix)]
    (fix,) = told["fixed_by"]
    assert (fix["run_id"], fix["rows"], fix["confirmed"], fix["settled_rows"]) == (new, 5, 1, [3])
    annotated = _read(_report(second, "annotated"))
    assert [row["status"] for row in annotated] == ["updated", "settled", "invalid", "invalid", "invalid"]
    assert [row["settled"].lower() for row in annotated] == ["", "x", "settled", "ask her", ""]

    again = _report(second, "to_fix")
    codes = [row["error_code"] for row in _read(again)]
    assert [code.split(", ")[-1] for code in codes] == ["settled_and_changed", "unclear_settled", "invalid_email"]
    as_it_is = runs(again)
    assert as_it_is.json["statuses"] == {**dict.fromkeys(statuses, 0), "invalid": 3}
    decided = {"4": {"error_code": ""}, "5": {"settled": "x"}, "6": {"Email": "late@example.com"}}
    _mend(again, lambda row: row | decided[row["source_row"]])
    third = runs(again)
    assert third.code == 0
    assert "All 3 rows are done: 1 is confirmed, 2 are settled." in importer("report", third.json["run_id"]).out
    assert importer("show", old, "--json").json["open_rows"] == [{"row": 4, "run_id": "", "status": None}]

    written = runs(_only_row_4(to_fix, old, tmp_path))
    assert written.code == 0
    shown = importer("show", old).out
    assert "All 6 rows that were to be fixed are done: 1 is confirmed by run" in shown
    assert "Still to fix" not in shown
    assert importer("show", old, "--json").json["open_rows"] == []


def _only_row_4(to_fix: Path, run_id: str, folder: Path) -> Path:
    """Return a sheet with the row that was deleted, typed anew with where it is from."""
    row = _read(to_fix)[0] | dict(zip(_read(to_fix)[0], person(2, "found@example.com"), strict=False))
    path = folder / "row4.csv"
    _write(path, [row | {"source_row": "4", "source_run": run_id}])
    return path


@pytest.mark.slow
def test_a_sheet_that_was_filtered_closes_nobody_by_its_hidden_rows(
    runs: Callable[..., Said], importer: Importer, sheet: Callable[..., Path]
) -> None:
    """A mark counts in a hidden row too; with --visible-only nothing of it does; what is not there is open."""
    first = runs(sheet(*(person(number, BAD) for number in range(3))))
    to_fix = _report(first, "to_fix")
    _mend(to_fix, lambda row: row | {"settled": "x"} if row["source_row"] == "2" else row)
    book = load_workbook(to_fix)
    book.worksheets[0].row_dimensions[2].hidden = True
    book.worksheets[0].row_dimensions[3].hidden = True
    book.save(to_fix)
    visible = runs(to_fix, "--visible-only")
    assert {status: rows for status, rows in visible.json["statuses"].items() if rows} == {"invalid": 1, "not_sent": 2}
    rows = importer("show", first.json["run_id"], "--json").json["open_rows"]
    assert [(row["row"], row["status"]) for row in rows] == [(2, "not_sent"), (3, "not_sent"), (4, "invalid")]
    whole = runs(to_fix)
    assert {status: rows for status, rows in whole.json["statuses"].items() if rows} == {"settled": 1, "invalid": 2}
    rows = importer("show", first.json["run_id"], "--json").json["open_rows"]
    assert [row["row"] for row in rows] == [3, 4]


@pytest.mark.slow
@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_a_marked_row_is_not_sent_where_the_columns_are_not_as_they_were(
    runs: Callable[..., Said], importer: Importer, sheet: Callable[..., Path], api: Api, tmp_path: Path, form: str
) -> None:
    """The sheet is refused until they are: one column less, and nobody could tell that the row is marked."""
    first = runs(sheet(person(1, "sandbox+400@example.com"), person(2)), "--format", form)
    rows = _read(_report(first, "to_fix"))
    marked = tmp_path / "marked.csv"
    _write(
        marked, [{name: cell for name, cell in row.items() if name != "source_row"} | {"settled": "x"} for row in rows]
    )
    sent = len(api.requests())
    refused = importer("run", marked, *api.options, "--yes")
    assert (refused.code, len(api.requests())) == (3, sent)
    assert 'has a column "settled" (L) that may say which rows are settled' in refused.err


@pytest.mark.slow
def test_a_masked_report_names_nobody_in_a_mark(runs: Callable[..., Said], sheet: Callable[..., Path]) -> None:
    """What stands beside the word may; whether the row is settled can still be read."""
    to_fix = _report(runs(sheet(*(person(number, BAD) for number in range(3)))), "to_fix")
    marks = {"2": "settled by Petra", "3": "ask Petra", "4": "No"}
    _mend(to_fix, lambda row: row | {"settled": marks[row["source_row"]]})
    said = runs(to_fix, "--redact")
    assert [row["settled"] for row in _read(_report(said, "annotated"))] == ["yes", "•••", "no"]
    assert [row["settled"] for row in _read(_report(said, "to_fix"))] == ["•••", "no"]


@pytest.mark.slow
def test_neither_a_check_nor_a_rehearsal_settles_a_row(
    runs: Callable[..., Said], importer: Importer, sheet: Callable[..., Path], api: Api
) -> None:
    """They say that it is marked, and the row stays open; of a run that is not known here, it closes nothing."""
    first = runs(sheet(person(1, BAD), person(2), person(3, "sandbox+400@example.com")))
    to_fix, old = _report(first, "to_fix"), first.json["run_id"]
    _mend(to_fix, lambda row: row | {"settled": "x"})
    check = importer("check", to_fix, "--json")
    assert (check.code, check.json["statuses"]["settled"]) == (0, 2)
    assert importer("run", to_fix, *QUICK).json["statuses"]["settled"] == 2
    assert importer("run", to_fix, *api.options, "--dry-run", "--json").json["statuses"]["settled"] == 2
    shown = importer("show", old).out
    assert "Still to fix: rows 2 and 4; no later run to the same API has taken them up." in shown
    _mend(to_fix, lambda row: row | {"source_run": "elsewhere"})
    elsewhere = runs(to_fix)
    assert (elsewhere.code, elsewhere.json["fix_of"]) == (0, ["elsewhere"])
    row, _ = _read(_report(elsewhere, "annotated"))
    assert "nobody can say whether its values were changed" in row["message"]
    assert len(importer("show", old, "--json").json["open_rows"]) == 2


@pytest.mark.slow
def test_the_rows_to_fix_of_a_text_file_are_a_workbook_whose_text_stays_text(
    runs: Callable[..., Said], sheet: Callable[..., Path]
) -> None:
    """Dates, zeros and ids are as they were, what is typed there stays text; --format csv asks for text again."""
    header = "Customer ID,First Name,Last Name,Email,Joined,Ref"
    source = sheet((*person(1, BAD), "03/04/2026", "00123"), (customer(2), "", "B", "b@e.org", "", ""), header=header)
    to_fix = _report(runs(source), "to_fix")
    (_, mended, blank) = load_workbook(to_fix).worksheets[0].iter_rows()
    assert [cell.value for cell in mended[4:6]] == ["03/04/2026", "00123"]
    assert {cell.number_format for cell in mended[:6]} == {blank[1].number_format} == {"@"}
    assert mended[3].comment is not None
    assert _report(runs(source, "--format", "csv"), "to_fix").name == "to_fix.csv"


@pytest.mark.slow
def test_the_summary_file_says_the_same(runs: Callable[..., Said], sheet: Callable[..., Path]) -> None:
    """`summary.json` names the sheet and the runs that were fixed."""
    first = runs(sheet(person(1, BAD)))
    said = runs(_report(first, "to_fix"))
    written = json.loads(_report(said, "summary").read_text("utf-8"))
    assert written["fix_of"] == [first.json["run_id"]]
    assert Path(written["reports"]["to_fix"]).name == "to_fix.xlsx"
