"""`importer find`: whether a customer was changed, when, by which run, and what the API said."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from importer.cli.past.find_as_json import SCHEMA_VERSION
from importer.journal.lasting.one_customer import Mistrust
from importer.model.modes import Mode
from importer.model.run import State
from importer.model.statuses import Status
from tests.cli.conftest import ACCOUNT, GROUP, Api, Importer, Stopped, customer, person
from tests.cli.customer_schema import customer_schema

Sheet = Callable[..., Path]
UNKNOWN = "No run that is known here has taken up customer"


def test_a_customer_is_found_in_all_runs_the_newest_first(importer: Importer, api: Api, sheet: Sheet) -> None:
    """Each with its row, what became of it and what the API said; and what was last confirmed."""
    first = importer("run", sheet(person(1), person(2)), *api.options, "--json").json["run_id"]
    second = importer(
        "run", sheet(person(3), person(2), person(1, "sandbox+400@example.com")), *api.options, "--json"
    ).json["run_id"]
    found = importer("find", customer(1), "--json").json
    assert found["customer_id"] == customer(1)
    refused, updated = found["rows"]
    place = {"base_url": api.base_url, "group_id": GROUP, "linked_account_id": ACCOUNT}
    assert (refused["run_id"], refused["row"], refused["status"], refused["http_status"]) == (
        second,
        4,
        "rejected",
        400,
    )
    assert refused["message"]
    assert (updated["run_id"], updated["row"], updated["status"], updated["attempts"]) == (first, 2, "updated", 1)
    assert updated["target"] == place
    assert (updated["source"]["path"], updated["sandbox"]) == (str(sheet(person(1))), False)
    [sent] = [line for line in api.requests() if line["customer_id"] == customer(1) and line["updated_at"]]
    assert updated["updated_at"] == sent["updated_at"]
    assert found["last_confirmed"] == []
    [confirmed] = importer("find", customer(2), "--json").json["last_confirmed"]
    [_, again] = [line for line in api.requests() if line["customer_id"] == customer(2)]
    assert (confirmed["target"], confirmed["run_id"]) == (place, second)
    assert (confirmed["updated_at"], confirmed["relied_on"], confirmed["why_not"]) == (again["updated_at"], True, None)
    assert confirmed["relied_on_until"] > confirmed["sent_at"] > updated["started_at"]


def test_what_was_sent_again_and_not_confirmed_is_relied_on_no_more(
    importer: Importer, api: Api, sheet: Sheet, stopped: Stopped
) -> None:
    """It is true of it what was last confirmed, but a run sends it."""
    run = importer("run", sheet(person(1)), *api.options, "--json").json["run_id"]
    assert "--skip-unchanged relies on it until 20" in importer("find", customer(1)).out
    stopped(sheet(person(1)))
    [confirmed] = importer("find", customer(1), "--json").json["last_confirmed"]
    assert (confirmed["run_id"], confirmed["relied_on"], confirmed["relied_on_until"]) == (run, False, None)
    assert confirmed["why_not"] == "sent_since"
    said = importer("find", customer(1)).out
    assert "not rely on it: something was sent to the customer since that was not confirmed." in said


def test_a_person_is_answered_in_a_sentence_and_a_table(importer: Importer, api: Api, sheet: Sheet) -> None:
    """First whether the customer was changed; then a line a row, with what the API said below it, and no names."""
    run = importer("run", sheet(person(1)), *api.options, "--json").json["run_id"]
    other = importer("run", sheet(person(1, "sandbox+400@example.com")), *api.options, "--json").json["run_id"]
    said = importer("find", customer(1))
    lines = said.out.splitlines()
    assert said.code == 0
    assert lines[0].startswith(f"Customer {customer(1)} was updated once at 20")
    assert lines[0].endswith(f" by run {run}, row 2 of changes.csv.")
    assert lines[2].split() == ["started", "run", "what", "row", "status", "updated", "at", "HTTP", "tries", "source"]
    assert lines[3] == f"{api.base_url}, group {GROUP}, account {ACCOUNT}:"
    assert f"  {other}  run     2  rejected  " in lines[4]
    assert lines[5].startswith("    http_400: ")
    assert f"  {run}  run     2  updated   20" in lines[6]
    assert lines[8] == "Last confirmed: nothing that still holds, as far as is known here."
    assert "Given1" not in said.out
    assert "person1" not in said.out


def test_capitals_of_an_id_are_as_the_importer_compares_them(importer: Importer, api: Api, sheet: Sheet) -> None:
    """Those of a UUID are of no matter, and neither are blanks around it."""
    importer("run", sheet(("ABCDEF00-0000-4000-8000-000000000000", *person(1)[1:])), *api.options)
    for given in ("ABCDEF00-0000-4000-8000-000000000000", " abcdef00-0000-4000-8000-000000000000 "):
        assert [row["row"] for row in importer("find", given, "--json").json["rows"]] == [2]


def test_capitals_of_another_id_count(
    importer: Importer, api: Api, sheet: Sheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody knows whether they mean the same."""
    monkeypatch.setenv("IMPORTER_CUSTOMER_ID_PATTERN", "[A-Za-z]-[0-9]+")
    importer("run", sheet(("C-17", *person(1)[1:])), *api.options)
    assert len(importer("find", "C-17", "--json").json["rows"]) == 1
    assert importer("find", "c-17", "--json").json["rows"] == []


def test_a_customer_that_no_run_knows_is_an_answer(importer: Importer, api: Api, sheet: Sheet) -> None:
    """It says so, and why it may be so, with exit code 0; also where there was never any run."""
    for _ in range(2):
        said = importer("find", customer(9))
        assert said.code == 0
        assert said.out.startswith(f"{UNKNOWN} {customer(9)}. (Rows that are invalid")
        importer("run", sheet(person(1)), *api.options)
    assert importer("find", customer(9), "--json").json["rows"] == []


@pytest.mark.parametrize("given", ["", "ana@example.com", "a/b", "Ana Torres", ".."])
def test_what_can_be_no_id_is_refused(importer: Importer, given: str) -> None:
    """Somebody may take it for a search by name or address: those are not in the journal."""
    said = importer("find", given, "--json")
    assert (said.code, said.json["error"]["code"]) == (2, "no_customer_id")
    assert "Names and addresses are not in the journal" in said.json["error"]["hint"]


def test_a_file_is_no_customer(
    importer: Importer, sheet: Sheet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody may take it for a search in a sheet."""
    monkeypatch.chdir(tmp_path)
    assert importer("find", sheet(person(1)).name).code == 2


def test_checks_and_dry_runs_are_named_apart(importer: Importer, api: Api, sheet: Sheet) -> None:
    """They have changed nothing: they are counted, and listed with --all."""
    source = sheet(person(1))
    importer("check", source)
    importer("run", source, "--dry-run", *api.options)
    said = importer("find", customer(1))
    assert said.out.startswith(UNKNOWN)
    assert "2 rows of checks and dry runs, which change nothing: --all lists them too." in said.out
    found = importer("find", customer(1), "--json").json
    assert (found["rows"], found["rows_of_checks"]) == ([], 2)
    dry, check = importer("find", customer(1), "--all", "--json").json["rows"]
    assert (dry["mode"], check["mode"]) == ("dry_run", "check")
    assert check["target"] == {"base_url": "", "group_id": None, "linked_account_id": None}
    assert "\nnowhere:\n" in importer("find", customer(1), "--all").out


def test_the_embedded_api_has_changed_nobody(importer: Importer, sheet: Sheet) -> None:
    """Its runs are marked, and nothing of them is remembered."""
    importer("run", sheet(person(1)), "--sandbox")
    found = importer("find", customer(1), "--json").json
    assert ([row["sandbox"] for row in found["rows"]], found["last_confirmed"]) == ([True], [])
    said = importer("find", customer(1)).out
    assert "was not updated, as far as is known here." in said
    assert "  run (sandbox)  " in said


def test_what_a_customer_ended_as_is_told_whatever_it_was(importer: Importer, api: Api, sheet: Sheet) -> None:
    """Unchanged rows with the run that they rest on, duplicates, doubts, and a retry as what it is."""
    first = importer("run", sheet(person(1), person(1)), *api.options, "--json").json["run_id"]
    second = importer("run", sheet(person(1)), *api.options, "--skip-unchanged", "--json").json["run_id"]
    found = importer("find", customer(1), "--json").json["rows"]
    assert [(row["run_id"], row["row"], row["status"], row["rests_on"]) for row in found] == [
        (second, 2, "unchanged", first),
        (first, 2, "updated", None),
        (first, 3, "duplicate", None),
    ]
    assert f"Run {first} has confirmed the same values." in importer("find", customer(1)).out
    doubtful = sheet(person(2, "sandbox+500@example.com"))
    third = importer("run", doubtful, *api.options, "--max-attempts", "1", "--json").json["run_id"]
    importer("retry", third, "--max-attempts", "1")
    retry, run = importer("find", customer(2), "--json").json["rows"]
    assert (retry["retry_of"], run["retry_of"], run["status"], run["in_doubt"]) == (third, None, "unconfirmed", True)
    said = importer("find", customer(2)).out
    assert "not updated, as far as is known here; of 2 rows nobody knows whether the API has applied it." in said
    assert f"retry of {third}" in said
    assert "Last confirmed: nothing that still holds, as far as is known here." in said


def test_a_run_that_stopped_has_left_rows_unsent(importer: Importer, sheet: Sheet, stopped: Stopped) -> None:
    """What has no outcome in an unfinished run is told, too."""
    run = stopped(sheet(person(1)))["run_id"]
    [row] = importer("find", customer(1), "--json").json["rows"]
    assert (row["run_id"], row["state"], row["status"]) == (run, "unfinished", "not_sent")


@pytest.mark.parametrize(("phase", "told"), [(0, "(no outcome yet)"), (1, "(was in flight)")])
def test_a_row_without_an_outcome_is_told_as_what_it_is(
    phase: int, told: str, importer: Importer, sheet: Sheet, stopped: Stopped, tmp_path: Path
) -> None:
    """As after a kill: what was in flight may have been applied."""
    stopped(sheet(person(1)))
    with closing(sqlite3.connect(tmp_path / "state" / "journal.sqlite")) as journal, journal:
        journal.execute("UPDATE rows SET status = NULL, code = '', message = '', phase = ?", (phase,))
    [row] = importer("find", customer(1), "--json").json["rows"]
    assert (row["status"], row["in_flight"], row["in_doubt"]) == (None, bool(phase), bool(phase))
    said = importer("find", customer(1)).out
    assert told in said
    assert ("It may or may not have been applied." in said) is bool(phase)


def test_rows_that_are_not_kept_any_more_are_said_to_be_unknown(
    importer: Importer, api: Api, sheet: Sheet, tmp_path: Path
) -> None:
    """Whoever asks for a customer of a run whose rows are gone, or are going, does not hear that there is none."""
    for _ in range(3):
        importer("run", sheet(person(1), person(2)), *api.options)
    with closing(sqlite3.connect(tmp_path / "state" / "journal.sqlite")) as journal, journal:
        journal.execute("DELETE FROM rows WHERE run = 1 OR (run = 2 AND row = 2)")
    found = importer("find", customer(1), "--json").json
    started = [run["started_at"] for run in importer("history", "--json").json]
    assert len(found["rows"]) == 1
    assert found["rows_gone"] == {"runs": 2, "newest_started_at": started[1]}
    assert len(found["last_confirmed"]) == 1
    said = importer("find", customer(9)).out
    assert "Rows of 2 older runs are no longer kept, the newest of 20" in said
    assert "whether the customer was among them, nobody knows." in said


def test_a_journal_that_is_older_than_what_was_done_with_it_is_said_to_be(
    importer: Importer, api: Api, sheet: Sheet, tmp_path: Path
) -> None:
    """As long as nobody has sent anything since it was put back: what it has as confirmed is not relied on."""
    importer("run", sheet(person(1)), *api.options)
    mark = tmp_path / ".state.generation"
    name, generation = mark.read_text("utf-8").split()
    mark.write_text(f"{name} {int(generation) + 2}\n", "utf-8")
    found = importer("find", customer(1), "--json").json
    assert (found["older_journal"], found["last_confirmed"][0]["why_not"]) == (True, "older_journal")
    assert "The journal is older than what was done with it" in importer("find", customer(1)).out


def test_the_table_has_the_newest_rows(importer: Importer, sheet: Sheet) -> None:
    """Of every night there is one: the rest is counted, and listed with --all; programs get all of them."""
    for _ in range(3):
        importer("run", sheet(person(1)), "--sandbox", "--columns", "all")
    said = importer("find", customer(1), "-n", "1").out
    assert said.count("run (sandbox)") == 1
    assert "and 2 older rows: --all lists them." in said
    assert importer("find", customer(1), "--all").out.count("run (sandbox)") == 3
    assert len(importer("find", customer(1), "-n", "1", "--json").json["rows"]) == 3


def test_addresses_in_the_words_of_the_api_are_masked_where_the_reports_mask_them(
    importer: Importer, api: Api, sheet: Sheet, tmp_path: Path
) -> None:
    """As `importer show` does."""
    for options in ([], ["--redact"]):
        importer("run", sheet(person(1)), *api.options, *options)
    with closing(sqlite3.connect(tmp_path / "state" / "journal.sqlite")) as journal, journal:
        journal.execute("UPDATE rows SET message = 'Not for ana.torres@example.org'")
    masked, shown = importer("find", customer(1), "--json").json["rows"]
    assert "torres" not in masked["message"]
    assert "torres" in shown["message"]


def test_on_a_narrow_terminal_a_row_is_a_sentence(
    importer: Importer, api: Api, sheet: Sheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A table that does not fit cannot be read."""
    run = importer("run", sheet(person(1)), *api.options, "--json").json["run_id"]
    monkeypatch.setattr("importer.cli.past.find.terminal_width", lambda: 80)
    assert f"{run}  20" in importer("find", customer(1)).out
    assert "row 2 of changes.csv is updated at 20" in importer("find", customer(1)).out


def test_the_schema_is_sound_and_names_every_word() -> None:
    """It is a JSON Schema, and has exactly the modes, states, statuses and reasons that there are."""
    schema = customer_schema()
    Draft202012Validator.check_schema(schema)
    assert schema["properties"]["schema_version"]["const"] == SCHEMA_VERSION
    row = schema["properties"]["rows"]["items"]["properties"]
    assert row["mode"]["enum"] == sorted(Mode, key=["run", "dry_run", "check"].index)
    assert row["state"]["enum"] == list(State)
    assert row["status"]["enum"] == [*Status, None]
    assert schema["properties"]["last_confirmed"]["items"]["properties"]["why_not"]["enum"] == [None, *Mistrust]
    for part in (schema, schema["properties"]["rows"]["items"], schema["$defs"]["target"]):
        assert part["required"] == list(part["properties"])


def test_the_output_is_one_line_of_json(importer: Importer) -> None:
    """For programs that read lines."""
    out = importer("find", customer(1), "--json").out
    assert out.count("\n") == 1
    assert json.loads(out)["schema_version"] == 1
