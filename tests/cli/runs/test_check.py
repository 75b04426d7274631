"""`importer check`: reads and checks, and needs neither a key nor a target."""

from __future__ import annotations

import io
import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest
from openpyxl import Workbook, load_workbook

from tests.cli.conftest import ACCOUNT, GROUP, Api, Importer, annotated, customer, person

SAMPLES = Path(__file__).parents[3] / "sample_data"


def test_a_valid_sheet_is_exit_0_without_key_and_target(
    importer: Importer, sheet: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every row can be sent: exit 0, and the sheet says so of each."""
    monkeypatch.delenv("IMPORTER_API_KEY")
    said = importer("check", sheet(person(1), person(2)), "--report", "--json")
    assert (said.code, said.json["mode"], said.json["attempts"]) == (0, "check", 0)
    assert (said.json["statuses"]["valid"], said.json["statuses"]["not_sent"]) == (2, 0)
    assert [row["status"] for row in annotated(said.json)] == ["valid", "valid"]


def test_valid_rows_are_told_by_all_that_tell_of_a_check(importer: Importer, sheet: Callable[..., Path]) -> None:
    """Repeats are valid too; how many would be sent is a count of its own."""
    source = sheet(person(1), person(1), person(2), (customer(3), "", "B", "c@example.com"))
    said = importer("check", source, "--report", "-v")
    assert said.code == 1
    assert "3 of 4 rows are valid. 1 needs fixing. Nothing was sent." in said.out
    assert "A run would send 2 rows; 1 repeats another." in said.out
    assert "  valid        3  can be sent" in said.out
    assert "Fix 1 row in to_fix.xlsx, then check it: importer check " in said.out
    assert "not_sent" not in said.out
    page = next(source.parent.glob("changes-*")) / "report.html"
    text = re.sub(r"</?span[^>]*>", "", page.read_text("utf-8"))
    assert "<dt>Would be sent</dt><dd><bdi>2 rows; 1 repeats another</bdi></dd>" in text
    [listed] = importer("history", "--json").json
    assert (listed["statuses"]["valid"], listed["would_be_sent"]) == (3, 2)
    assert "3 valid" in importer("history").out
    shown = importer("show").out
    assert "3 of 4 rows are valid. 1 needs fixing. Nothing was sent." in shown
    assert "A run would send 2 rows; 1 repeats another." in shown
    assert "0 requests" not in shown


def _left(folder: Path) -> set[str]:
    """Return what is in a folder, but for what the tests have put there."""
    return {path.name for path in folder.iterdir()} - {"changes.csv", "state", "home", ".state.generation"}


def test_a_check_leaves_nothing_behind(
    importer: Importer, sheet: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No folder and no list of runs; where reports would go is not asking for them. The screen says how to get them."""
    monkeypatch.setenv("IMPORTER_OUTPUT", str(tmp_path / "reports"))
    source = sheet(person(1), (customer(2), "", "B", "b@example.com"))
    said = importer("check", source, "--json")
    assert (said.code, said.json["reports"]) == (1, {})
    run_id = said.json["run_id"]
    said = importer("check", source, "--redact")
    told = "For a sheet of them add --report, or: importer report "
    assert told in said.out
    assert said.out.index(told) < said.out.index("Why rows need attention:")
    assert "Reports in" not in said.out
    assert _left(tmp_path) == set()
    assert (importer("history", "--json").json[1]["output"], importer("show", run_id).code) == (None, 0)
    assert f"none; importer report {run_id} writes them" in importer("show", run_id).out
    assert importer("forget", run_id).code == 0
    assert _left(tmp_path) == set()
    assert importer("history", "--html", tmp_path / "all.html").code == 0
    listed = re.findall(r"<tr id=.*?</tr>", (tmp_path / "all.html").read_text("utf-8"), re.DOTALL)
    assert len(listed) == 2
    assert not any("href" in line for line in listed)


def test_where_all_rows_are_valid_there_is_nothing_to_fix(importer: Importer, sheet: Callable[..., Path]) -> None:
    """The screen does not promise a sheet that there would not be."""
    said = importer("check", sheet(person(1)))
    assert "The annotated sheet: the same command with --report, or: importer report " in said.out


_GIVEN = (
    *("--group-id", GROUP, "--linked-account-id", ACCOUNT, "--map", "Mail=email", "--encoding", "cp1250"),
    *("--delimiter", ",", "--visible-only", "--warnings-as-errors", "--refuse-cut-off", "--redact"),
    *("--format", "csv", "--columns", "sent_at,changed"),
)


def test_what_a_check_was_given_is_in_the_command_that_sends(
    importer: Importer, sheet: Callable[..., Path], tmp_path: Path
) -> None:
    """It can be typed as it stands: read alike, with where to send to."""
    source = sheet((customer(1), "Ada", "Lovelace", "ada@lovelace.org"), header="Customer ID,First Name,Last Name,Mail")
    said = importer("check", source, *_GIVEN, "--output", tmp_path / "out")
    (line,) = [line for line in said.out.splitlines() if "Send what is valid" in line]
    words = shlex.split(line.partition(": ")[2])
    assert words[:3] == ["importer", "run", str(source)]
    assert sorted(words[3:]) == sorted(_GIVEN)
    assert importer(*words[1:], "--dry-run").code == 0


def test_a_check_says_what_a_run_needs_beside_the_sheet(
    importer: Importer, sheet: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In words, where the command alone would be refused: by option, environment or column nothing is lacking."""
    source = sheet(person(1))
    told = "  Send what is valid, 1 row, with importer run, which also needs"
    assert f"{told} a group (--group-id) and an account (--linked-account-id).\n" in importer("check", source).out
    monkeypatch.setenv("IMPORTER_GROUP_ID", GROUP)
    monkeypatch.delenv("IMPORTER_API_KEY")
    needs = "the API key (in IMPORTER_API_KEY) and an account (--linked-account-id)"
    assert f"{told} {needs}.\n" in importer("check", source).out
    with_account = sheet((*person(1), ACCOUNT), header="Customer ID,First Name,Last Name,Email,Linked Account ID")
    told = f"1 row, which needs the API key (in IMPORTER_API_KEY): importer run {source} --group-id {GROUP}\n"
    assert told in importer("check", with_account).out


def test_a_check_of_standard_input_can_only_be_done_again(
    importer: Importer, sheet: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Where that came from nobody knows, so that a report could not read it."""
    monkeypatch.chdir(tmp_path)
    with sheet(person(1)).open("rb") as file, io.TextIOWrapper(file) as text:
        monkeypatch.setattr("sys.stdin", text)
        said = importer("check", "-")
    assert said.code == 0
    assert "The annotated sheet: the same command with --report.\n" in said.out
    assert _left(tmp_path) == set()


@pytest.mark.parametrize("asking", [("--report",), ("--format", "xlsx"), ("--columns", "all"), ("--output", "out")])
def test_reports_of_a_check_are_there_where_they_are_asked_for(
    asking: tuple[str, ...],
    importer: Importer,
    sheet: Callable[..., Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Also by who says what they are to be like, or where."""
    monkeypatch.chdir(tmp_path)
    said = importer("check", sheet((customer(2), "", "B", "b@example.com")), *asking, "--json")
    assert set(said.json["reports"]) == {"page", "annotated", "to_fix", "summary"}
    assert all(Path(path).is_file() for path in said.json["reports"].values())
    assert "index.html" in _left(tmp_path)


def test_the_reports_of_a_check_can_be_asked_for_afterwards(
    importer: Importer, sheet: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They go where they would have gone, and there they are listed and written again."""
    monkeypatch.setenv("IMPORTER_OUTPUT", str(tmp_path / "reports"))
    run_id = importer("check", sheet((customer(2), "", "B", "b@example.com")), "--json").json["run_id"]
    monkeypatch.delenv("IMPORTER_OUTPUT")
    said = importer("report", run_id, "--json")
    folder = Path(said.json["reports"]["summary"]).parent
    assert (said.code, folder.parent) == (0, tmp_path / "reports")
    assert folder.name.endswith(f"-{run_id}")
    assert sorted(path.name for path in folder.iterdir()) == [
        "annotated.csv", "report.html", "summary.json", "to_fix.xlsx",
    ]  # fmt: skip
    assert run_id in (folder.parent / "index.html").read_text("utf-8")
    assert importer("history", "--json").json[0]["output"] == str(folder)
    assert importer("report", run_id, "--redact", "--json").json["reports"] == said.json["reports"]
    sheet(person(1))
    error = importer("report", run_id, "--json").json["error"]
    assert error["code"] == "source_masked"


def test_what_a_check_tells_of_names_can_be_masked_without_a_report(
    importer: Importer, sheet: Callable[..., Path]
) -> None:
    """The summary says so; who wants no names on a screen need not have a folder."""
    said = importer("check", sheet(person(1)), "--redact", "--json")
    assert (said.json["redacted"], said.json["reports"]) == (True, {})


def test_hidden_rows_that_are_left_out_of_a_check_are_not_called_valid(importer: Importer, tmp_path: Path) -> None:
    """Nobody has looked at them; and the exit code is that of the rows that were checked."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Customer ID", "First Name", "Last Name", "Email"])
    for number in (1, 2, 3):
        sheet.append(person(number))
    sheet.row_dimensions[3].hidden = True
    book.save(tmp_path / "changes.xlsx")
    said = importer("check", tmp_path / "changes.xlsx", "--visible-only", "--json")
    assert (said.code, said.json["would_be_sent"]) == (0, 2)
    assert {name: count for name, count in said.json["statuses"].items() if count} == {"valid": 2, "not_sent": 1}
    assert [cause["code"] for cause in said.json["causes"] if not cause["warning"]] == ["hidden_row"]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_annotated_sheet_of_a_check_can_be_sent(
    importer: Importer, api: Api, sheet: Callable[..., Path], form: str
) -> None:
    """Its columns are replaced, whatever they say."""
    checked = importer("check", sheet(person(1), person(1), person(2)), "--format", form, "--json")
    said = importer("run", checked.json["reports"]["annotated"], *api.options, "--format", "csv", "--json")
    assert (said.code, said.json["source"]["skipped"]) == (0, 0)
    assert [row["status"] for row in annotated(said.json)] == ["updated", "duplicate", "updated"]
    assert len(annotated(said.json)[0]) == 4 + 6


def test_an_invalid_row_is_exit_1_and_says_everything_that_is_wrong(
    importer: Importer, sheet: Callable[..., Path]
) -> None:
    """A row shows all its issues at once, so that it is mended once."""
    said = importer("check", sheet(person(1), (customer(2)[:8], "", "B", "nowhere")), "--report")
    assert said.code == 1
    assert "1 of 2 rows is valid. 1 needs fixing. Nothing was sent." in said.out
    report = next(sheet().parent.glob("changes-*")) / "annotated.csv"
    row = report.read_text("utf-8").splitlines()[2]
    assert "invalid_customer_id, blank_first_name, invalid_email" in row


def test_a_blank_target_cell_is_as_invalid_as_in_a_run(importer: Importer, sheet: Callable[..., Path]) -> None:
    """Where the sheet has the column, check holds each row to it, unless the option stands in."""
    source = sheet((*person(1), ""), header="Customer ID,First Name,Last Name,Email,Group ID")
    assert importer("check", source).code == 1
    assert importer("check", source, "--group-id", GROUP).code == 0


def test_the_sample_workbook_is_annotated_row_by_row(importer: Importer, tmp_path: Path) -> None:
    """The workbook's own cells stay what they are, and no cell is a formula."""
    said = importer("check", SAMPLES / "customer_changes.xlsx", "--json", "--output", tmp_path / "out")
    assert (said.code, said.json["statuses"]["invalid"], said.json["source"]["sheet"]) == (1, 7, "Changes")
    before = load_workbook(SAMPLES / "customer_changes.xlsx").worksheets[0]
    after = load_workbook(said.json["reports"]["annotated"]).worksheets[0]
    for old, new in zip(before.iter_rows(), after.iter_rows(), strict=True):
        assert [cell.value for cell in old] == [cell.value for cell in new[: len(old)]]
        assert not [cell for cell in new if cell.data_type == "f"]
    assert [cell.value for cell in after[1]][-6:] == [
        "status", "updated_at", "message", "error_code", "http_status", "attempts",
    ]  # fmt: skip
    assert (after.freeze_panes, after.auto_filter.ref) == (before.freeze_panes, before.auto_filter.ref)


CUT: Final = ("Customer ID,First Name,Last Name,Email", *(",".join(person(number)) for number in (1, 2)))


def test_a_last_row_that_may_be_cut_off_is_told_and_counted(importer: Importer, tmp_path: Path) -> None:
    """As other warnings, before anything is sent; and that alone is no reason for another exit code."""
    source = tmp_path / "changes.csv"
    source.write_text("\n".join(CUT), "utf-8")
    said = importer("check", source, "--json")
    assert said.code == 0
    [cause] = [one for one in said.json["causes"] if one["code"] == "cut_off"]
    assert (cause["warning"], cause["code"], cause["first_rows"]) == (True, "cut_off", [3])
    told = importer("check", source).err
    assert "cut off" in told


def test_an_address_above_or_below_the_table_is_told_and_sent_nothing(importer: Importer, tmp_path: Path) -> None:
    """Whose it is nobody knows: mostly of whoever made the file, but it may be all that is left of a customer."""
    source = tmp_path / "changes.csv"
    source.write_text("\n".join(["clerk@example.com", *CUT, "", "Ann Clerk <clerk@example.com>", ""]), "utf-8")
    said = importer("check", source, "--json")
    assert said.code == 0
    assert said.json["source"]["notes"] == [
        "An address stands above or below the table, in rows 1 and 6: that is no customer, and nothing is sent to it."
    ]


@pytest.mark.parametrize("last_end", ["", "\r"])
def test_a_last_row_that_may_be_cut_off_is_refused_where_that_is_asked_for(
    importer: Importer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, last_end: str
) -> None:
    """By the option or the variable; other rows with warnings are sent, and only of them these are told."""
    source = tmp_path / "changes.csv"
    source.write_bytes("\r\n".join(["Customer ID,First Name,Last Name,Email", *(
        ",".join((customer(number), "ANNA", "Reyes", f"a{number}@example.com")) for number in (1, 2)
    )]).encode() + last_end.encode())  # fmt: skip
    said = importer("check", source, "--refuse-cut-off", "--json")
    assert (said.code, said.json["statuses"]["invalid"]) == (1, 1)
    assert {(cause["warning"], cause["code"]): cause["first_rows"] for cause in said.json["causes"]} == {
        (True, "name_in_capitals"): [2],
        (False, "cut_off"): [3],
    }
    monkeypatch.setenv("IMPORTER_REFUSE_CUT_OFF", "true")
    assert importer("check", source, "--json").json["statuses"]["invalid"] == 1
