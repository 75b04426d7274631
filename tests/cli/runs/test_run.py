"""`importer run`, from a file to the annotated sheet, against the embedded API over a real socket."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from importer.sandbox import Sandbox, SandboxOptions
from tests.cli.conftest import ACCOUNT, GROUP, Api, Importer, customer, person

Sheet = Callable[..., Path]


def _annotated(reports: dict[str, str]) -> list[dict[str, str]]:
    with Path(reports["annotated"]).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.slow
def test_every_valid_row_is_sent_once_and_comes_back_updated(importer: Importer, api: Api, sheet: Sheet) -> None:
    """A clean sheet ends with exit 0, and the report says of each row what the API applied."""
    source = sheet(*(person(number) for number in range(1, 41)))
    said = importer("run", source, *api.options, "--json")
    rows, requests = _annotated(said.json["reports"]), api.requests()
    assert said.code == 0
    assert len(requests) == 40
    applied = {request["customer_id"]: request for request in requests}
    for row in rows:
        request = applied[row["Customer ID"]]
        assert (row["status"], row["http_status"], row["attempts"]) == ("updated", "200", "1")
        assert row["updated_at"] == request["updated_at"]
        assert (row["First Name"], row["Email"]) == (request["first_name"], request["email"])
        assert (request["group_id"], request["linked_account_id"]) == (GROUP, ACCOUNT)


def test_the_summary_has_the_published_keys_and_is_the_file_too(importer: Importer, api: Api, sheet: Sheet) -> None:
    """`--json` prints what `summary.json` holds, with the keys that others build on: those of the schema."""
    source = sheet(person(1), (customer(2), "", "B", "b@example.com"))
    said = importer("run", source, *api.options, "--json")
    summary = said.json
    assert summary == json.loads(Path(summary["reports"]["summary"]).read_text("utf-8"))
    assert summary["schema_version"] == 2
    assert summary["source"]["rows"] == 2
    assert summary["source"]["path"] == str(source)
    assert summary["target"] == {"base_url": api.base_url, "group_id": GROUP, "linked_account_id": ACCOUNT}
    assert summary["statuses"] == {
        "updated": 1, "duplicate": 0, "unchanged": 0, "settled": 0, "mismatch": 0, "invalid": 1, "rejected": 0,
        "unconfirmed": 0, "failed": 0, "not_sent": 0, "valid": 0,
    }  # fmt: skip
    assert (summary["balanced"], summary["exit_code"], said.code, summary["attempts"]) == (True, 1, 1, 1)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("word", "status", "code", "http_status"),
    [
        ("400", "rejected", "http_400", "400"),
        ("404", "rejected", "http_404", "404"),
        ("429", "updated", "", "200"),
        ("500", "unconfirmed", "http_500", "500"),
        ("flaky", "updated", "", "200"),
        ("timeout", "unconfirmed", "timed_out", ""),
        ("reset", "unconfirmed", "connection_lost", ""),
        ("mismatch", "mismatch", "different_values", "200"),
        ("html", "unconfirmed", "not_the_customer_object", "200"),
    ],
)
def test_what_the_api_does_is_what_the_report_says(
    importer: Importer, api: Api, sheet: Sheet, word: str, status: str, code: str, http_status: str
) -> None:
    """Each kind of answer leads to the status that is true."""
    source = sheet(person(1), person(2, f"sandbox+{word}@example.com"))
    said = importer("run", source, *api.options, "--json", "--timeout", "0.5", "--max-attempts", "2")
    row = _annotated(said.json["reports"])[1]
    assert (row["status"], row["error_code"], row["http_status"]) == (status, code, http_status)
    assert said.code == (0 if status == "updated" else 1)


@pytest.mark.slow
@pytest.mark.parametrize(("word", "status"), [("503", "unconfirmed"), ("425", "failed")])
def test_who_is_told_to_come_back_may_have_been_applied_unless_it_was_too_early(
    importer: Importer, api: Api, sheet: Sheet, word: str, status: str
) -> None:
    """At the end of its tries: only 425 says that nobody has looked at it."""
    source = sheet(person(1), person(2, f"sandbox+{word}@example.com"))
    said = importer("run", source, *api.options, "--json", "--max-attempts", "2")
    row = _annotated(said.json["reports"])[1]
    assert (row["status"], row["error_code"], row["attempts"]) == (status, f"http_{word}", "2")


@pytest.mark.parametrize("word", ["401", "403"])
def test_a_refused_key_stops_the_run_and_is_no_fault_of_a_row(
    importer: Importer, api: Api, sheet: Sheet, word: str
) -> None:
    """The first answer says that the key is refused: nothing more is sent, and no row is rejected for it."""
    source = sheet(*(person(number, f"sandbox+{word}@example.com") for number in range(1, 31)))
    said = importer("run", source, *api.options, "--json", "--concurrency", "1")
    assert (said.code, said.json["stop_reason"]) == (4, "key_refused")
    assert said.json["statuses"]["not_sent"] == 30
    assert said.json["attempts"] == len(api.requests()) == 1


def test_equal_rows_are_sent_once_and_conflicting_rows_not_at_all(importer: Importer, api: Api, sheet: Sheet) -> None:
    """The same change twice is a duplicate; two different changes of one customer are both invalid."""
    source = sheet(person(1), person(1), person(2), (customer(2).upper(), "Other", "Name", "other@example.com"))
    rows = _annotated(importer("run", source, *api.options, "--json").json["reports"])
    assert [row["status"] for row in rows] == ["updated", "duplicate", "invalid", "invalid"]
    assert rows[1]["updated_at"] == rows[0]["updated_at"]
    assert (rows[1]["attempts"], rows[1]["http_status"]) == ("0", "")
    assert "row 5" in rows[2]["message"]
    assert "row 4" in rows[3]["message"]
    assert len(api.requests()) == 1


def test_a_repeat_of_a_row_that_is_not_confirmed_shares_its_fate(importer: Importer, api: Api, sheet: Sheet) -> None:
    """A duplicate is only called so if what it repeats is confirmed."""
    row = person(1, "sandbox+400@example.com")
    rows = _annotated(importer("run", sheet(row, row), *api.options, "--json").json["reports"])
    assert [(row["status"], row["error_code"]) for row in rows] == [("rejected", "http_400")] * 2
    assert "row 2" in rows[1]["message"]


def test_columns_of_a_row_win_over_the_options(importer: Importer, api: Api, sheet: Sheet) -> None:
    """A row that names its group and account goes there, and a blank cell takes the option's."""
    other = "99999999-2222-4333-8444-555555555555"
    source = sheet(
        (*person(1), other, "acct-9"),
        (*person(2), "", ""),
        header="Customer ID,First Name,Last Name,Email,group_id,linked_account_id",
    )
    importer("run", source, *api.options)
    sent = {request["customer_id"]: (request["group_id"], request["linked_account_id"]) for request in api.requests()}
    assert sent == {customer(1): (other, "acct-9"), customer(2): (GROUP, ACCOUNT)}


def test_rows_without_a_target_of_their_own_are_told_where_others_have_one(
    importer: Importer, api: Api, sheet: Sheet
) -> None:
    """The plan and the reports say how many rows go to the run's own group, which blank cells may not mean."""
    other = "99999999-2222-4333-8444-555555555555"
    rows = ((*person(1), other, ""), (*person(2), "", ""), (*person(3), "", ""), (*person(4)[:3], "x", "", ""))
    source = sheet(*rows, header="Customer ID,First Name,Last Name,Email,Group ID,Linked Account ID")
    said = importer("run", source, *api.options, "--json")
    [note] = said.json["source"]["notes"]
    assert note.startswith(
        f'2 of 3 valid rows have nothing under "Group ID": they go to the group of the whole run, {GROUP}.'
    )
    assert f"Note: {note}" in said.err
    report = Path(said.json["reports"]["page"]).read_text("utf-8")
    assert "2 of 3 valid rows have nothing under" in report


def test_rows_that_all_go_where_the_run_says_are_not_told(importer: Importer, api: Api, sheet: Sheet) -> None:
    """A column that is blank throughout is as good as none."""
    source = sheet((*person(1), ""), (*person(2), ""), header="Customer ID,First Name,Last Name,Email,Group ID")
    assert importer("run", source, *api.options, "--dry-run", "--json").json["source"]["notes"] == []


def test_without_any_target_nothing_is_sent_and_both_ways_are_said(importer: Importer, api: Api, sheet: Sheet) -> None:
    """Neither an option nor a column: exit 2, naming the option, the variable and the column."""
    said = importer("run", sheet(person(1)), "--base-url", api.base_url)
    assert said.code == 2
    assert "--group-id" in said.err
    assert "IMPORTER_LINKED_ACCOUNT_ID" in said.err
    assert "columns group_id" in said.err
    assert api.requests() == []


def test_a_blank_target_cell_without_an_option_makes_the_row_invalid(
    importer: Importer, api: Api, sheet: Sheet
) -> None:
    """Where a column is there, a blank cell is that row's fault only."""
    source = sheet((*person(1), GROUP), (*person(2), ""), header="Customer ID,First Name,Last Name,Email,Group ID")
    said = importer("run", source, "--base-url", api.base_url, "--linked-account-id", ACCOUNT, "--json")
    assert [row["status"] for row in _annotated(said.json["reports"])] == ["updated", "invalid"]


def test_a_dry_run_sends_nothing_and_says_what_it_would(importer: Importer, api: Api, sheet: Sheet) -> None:
    """Valid rows end `valid`, their repeats too, and the exit code depends on invalid rows only."""
    options = (*api.options, "--dry-run", "--json")
    good = importer("run", sheet(person(1), person(1)), *options)
    assert (good.code, good.json["statuses"]["valid"], good.json["mode"]) == (0, 2, "dry_run")
    assert good.json["would_be_sent"] == 1
    rows = _annotated(good.json["reports"])
    assert [(row["status"], row["error_code"]) for row in rows] == [("valid", ""), ("valid", "")]
    assert rows[1]["message"].startswith("The same change as row 2, and would be sent once with it.")
    bad = importer("run", sheet(person(1), (customer(2), "A", "B", "nowhere")), *options)
    assert (bad.code, bad.json["statuses"]["invalid"]) == (1, 1)
    assert api.requests() == []


def test_a_dry_run_needs_no_key(importer: Importer, api: Api, sheet: Sheet, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is sent, so nobody has to be trusted with a key."""
    monkeypatch.delenv("IMPORTER_API_KEY")
    assert importer("run", sheet(person(1)), *api.options, "--dry-run").code == 0


def test_limit_sends_the_first_valid_rows_only(importer: Importer, api: Api, sheet: Sheet) -> None:
    """Invalid rows do not count against the limit; what is left out is `not_sent` and says why."""
    source = sheet((customer(9), "", "", ""), *(person(number) for number in range(1, 6)))
    said = importer("run", source, *api.options, "--limit", "2", "--json")
    rows = _annotated(said.json["reports"])
    assert [row["status"] for row in rows] == ["invalid", "updated", "updated", "not_sent", "not_sent", "not_sent"]
    assert rows[5]["error_code"] == "over_limit"
    assert said.code == 1


def test_a_dry_run_tells_rows_over_the_limit_from_valid_ones(importer: Importer, api: Api, sheet: Sheet) -> None:
    """They would not be sent; that they are left out is no reason for another exit code."""
    options = (*api.options, "--dry-run", "--limit", "2", "--json")
    said = importer("run", sheet(person(1), person(1), person(2), person(3)), *options)
    assert [row["status"] for row in _annotated(said.json["reports"])] == ["valid", "valid", "valid", "not_sent"]
    assert (said.code, said.json["would_be_sent"]) == (0, 2)


def test_an_empty_sheet_is_a_run_without_rows(importer: Importer, api: Api, sheet: Sheet) -> None:
    """Only a header: exit 0."""
    said = importer("run", sheet(), *api.options, "--json")
    assert (said.code, said.json["source"]["rows"]) == (0, 0)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_sandbox_option_brings_everything(
    importer: Importer, sheet: Sheet, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    """`--sandbox` needs no key and no target, and knows the customers of the source; `--format` is obeyed."""
    monkeypatch.delenv("IMPORTER_API_KEY")
    said = importer("run", sheet(person(1), person(2)), "--sandbox", "--json", "--format", form)
    assert said.code == 0
    assert said.json["reports"]["annotated"].endswith(f"annotated.{form}")
    assert said.json["target"]["base_url"].startswith("http://127.0.0.1:")


@pytest.mark.slow
def test_the_sandbox_never_sees_the_users_key(
    importer: Importer, sheet: Sheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key that the sandbox would refuse makes no difference, since it is not sent there."""
    monkeypatch.setenv("IMPORTER_API_KEY", "refused")
    assert importer("run", sheet(person(1)), "--sandbox").code == 0


@pytest.mark.slow
def test_reports_go_into_a_folder_of_the_runs_own(importer: Importer, api: Api, sheet: Sheet) -> None:
    """Two runs of one file do not touch each other's reports, which lie beside the source."""
    source = sheet(person(1))
    first, second = (importer("run", source, *api.options, "--json").json for _ in range(2))
    folders = {Path(summary["reports"]["annotated"]).parent for summary in (first, second)}
    assert len(folders) == 2
    for summary, folder in zip((first, second), sorted(folders, key=str), strict=False):
        assert folder.parent == source.parent
        assert folder.name.startswith("changes-20")
        assert summary["run_id"] in {path.name.rsplit("-", 1)[1] for path in folders}


def test_output_names_the_folder_and_is_never_overwritten(
    importer: Importer, api: Api, sheet: Sheet, tmp_path: Path
) -> None:
    """`--output` is the run's own folder; a second run into it is refused before anything is sent."""
    arguments = ("run", sheet(person(1)), *api.options, "--output", tmp_path / "out")
    assert importer(*arguments).code == 0
    before = (tmp_path / "out" / "annotated.csv").read_bytes()
    said = importer(*arguments)
    assert (said.code, len(api.requests())) == (2, 1)
    assert "not empty" in said.err
    assert (tmp_path / "out" / "annotated.csv").read_bytes() == before


def test_the_parent_of_run_folders_comes_from_the_environment(
    importer: Importer, api: Api, sheet: Sheet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`IMPORTER_OUTPUT` is where run folders are made."""
    monkeypatch.setenv("IMPORTER_OUTPUT", str(tmp_path / "reports"))
    reports = importer("run", sheet(person(1)), *api.options, "--json").json["reports"]
    assert Path(reports["annotated"]).parent.parent == tmp_path / "reports"


@pytest.mark.slow
def test_a_table_too_wide_for_a_workbook_is_refused_before_anything_is_sent(
    importer: Importer, api: Api, sheet: Sheet
) -> None:
    """What could not be reported is not sent: exit 2, and the format that could hold it."""
    wide = 16_384 - 4
    source = sheet((*person(1), *[""] * wide), header="Customer ID,First Name,Last Name,Email" + ",x" * wide)
    said = importer("run", source, *api.options, "--format", "xlsx")
    assert (said.code, api.requests()) == (2, [])
    assert "--format csv" in said.err
    assert importer("run", source, *api.options).code == 0


@pytest.mark.slow
def test_a_row_refused_for_its_shape_is_not_sent_from_its_report(importer: Importer, api: Api, sheet: Sheet) -> None:
    """Feeding a report back as it is sends nothing that was not sent before."""
    source = sheet(
        (customer(1), "Anna", "Miller", "a@example.com", "b@example.com"),
        header="Customer ID,Title,First Name,Last Name,Email,Other Email",
    )
    first = importer("run", source, *api.options, "--json")
    second = importer("run", first.json["reports"]["annotated"], *api.options, "--json")
    assert [said.json["statuses"]["invalid"] for said in (first, second)] == [1, 1]
    assert api.requests() == []


@pytest.mark.slow
def test_options_that_the_sandbox_overrides_are_warned_of(importer: Importer, sheet: Sheet) -> None:
    """Nobody believes that a run against the sandbox went to a target of theirs."""
    said = importer("run", sheet(person(1)), "--sandbox", "--group-id", GROUP)
    assert said.code == 0
    assert "Warning: --sandbox brings its own" in said.err


@pytest.mark.slow
def test_an_annotated_sheet_can_be_fed_back(importer: Importer, api: Api, sheet: Sheet) -> None:
    """Its own columns are replaced, not doubled, and the reports go beside the first run's folder."""
    source = sheet(person(1), (customer(2), "A", "B", "broken"))
    first = Path(importer("run", source, *api.options, "--json").json["reports"]["annotated"])
    first.write_text(first.read_text("utf-8").replace("broken", "mended@example.com"), "utf-8")
    second = importer("run", first, *api.options, "--json")
    rows = _annotated(second.json["reports"])
    assert [row["status"] for row in rows] == ["updated", "updated"]
    assert list(rows[0]).count("status") == 1
    assert len(rows[0]) == 10
    assert Path(second.json["reports"]["annotated"]).parent.parent == first.parent.parent


def test_a_run_leaves_no_values_in_its_state(importer: Importer, api: Api, sheet: Sheet, tmp_path: Path) -> None:
    """After a run that ended, the state directory holds no name, no address and no key."""
    importer("run", sheet((customer(1), "Canaryfirst", "Canarylast", "canary@example.com")), *api.options)
    kept = b"".join(path.read_bytes() for path in (tmp_path / "state").rglob("*") if path.is_file())
    assert not [word for word in (b"Canary", b"canary@", b"good-key") if word in kept]
    assert list((tmp_path / "state" / "runs").iterdir()) == []


def test_a_stopped_run_keeps_what_it_needs_to_go_on(
    importer: Importer, sheet: Sheet, api: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An unfinished run keeps its values and the copy of its source, for its owner only."""
    monkeypatch.setenv("IMPORTER_API_KEY", "refused")
    run_id = importer("run", sheet(person(1)), *api.options, "--json").json["run_id"]
    kept = tmp_path / "state" / "runs" / run_id
    assert kept.stat().st_mode & 0o777 == 0o700
    assert {path.name for path in kept.rglob("*")} >= {"values.sqlite", "source"}


@pytest.mark.slow
def test_a_customer_that_the_api_does_not_know_is_rejected(importer: Importer, sheet: Sheet, tmp_path: Path) -> None:
    """404 for one row among others is that row's, not the target's."""
    known = sheet(*(person(number) for number in range(1, 4)))
    with Sandbox(SandboxOptions(), ()) as sandbox:
        from importer.sandbox import Customer  # noqa: PLC0415 - beside its use

        sandbox.register(Customer(None, customer(number)) for number in (1, 2))
        api = Api(sandbox.base_url, tmp_path / "none")
        said = importer("run", known, *api.options, "--json")
    assert [row["status"] for row in _annotated(said.json["reports"])] == ["updated", "updated", "rejected"]


def test_an_output_folder_that_cannot_be_written_is_said_before_anything_is_sent(
    importer: Importer, api: Api, sheet: Sheet, tmp_path: Path
) -> None:
    """A file in the way, or no right to write: exit 2 and no request."""
    (tmp_path / "file").write_text("in the way")
    said = importer("run", sheet(person(1)), *api.options, "--output", tmp_path / "file" / "out")
    assert (said.code, api.requests()) == (2, [])
    assert "output folder" in said.err
