"""Going on with runs: `resume`, `retry`, `forget`, and what `history` and `show` say of them."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from importer.sandbox import Sandbox, SandboxOptions
from tests.cli.conftest import Api, Importer, customer, person

Sheet = Callable[..., Path]


@pytest.fixture
def readonly(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Change the key."""

    def change(key: str) -> None:
        monkeypatch.setenv("IMPORTER_API_KEY", key)

    return change


def annotated(summary: dict[str, Any]) -> list[dict[str, str]]:
    """Return the rows of the annotated sheet."""
    with Path(summary["reports"]["annotated"]).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def stopped(importer: Importer, api: Api, source: Path, change_key: Callable[[str], None]) -> dict[str, Any]:
    """Run a sheet with a key that is refused, and return the summary of the run, which stopped."""
    change_key("refused")
    said = importer("run", source, *api.options, "--json")
    assert said.code == 4
    change_key("good-key")
    summary: dict[str, Any] = said.json
    return summary


def test_a_stopped_run_is_gone_on_with_without_its_source(
    importer: Importer, api: Api, sheet: Sheet, readonly: Callable[[str], None]
) -> None:
    """The newest unfinished run is resumed from its own copy; the reports in its folder are those of the whole run."""
    source = sheet(*(person(number) for number in range(1, 31)))
    first = stopped(importer, api, source, readonly)
    source.unlink()
    said = importer("resume", "--json")
    assert said.code == 0
    assert said.json["run_id"] == first["run_id"]
    assert said.json["reports"] == first["reports"]
    assert said.json["started_at"] == first["started_at"]
    assert {row["status"] for row in annotated(said.json)} == {"updated"}
    assert said.json["attempts"] == len(api.requests()) == first["attempts"] + 30


def test_nothing_to_resume_is_no_error(importer: Importer, api: Api, sheet: Sheet) -> None:
    """Without an unfinished run it says so, and ends with 0; so it does for a run that has ended."""
    assert importer("resume").code == 0
    assert importer("resume", "--json").json["error"]["code"] == "nothing_to_resume"
    run = importer("run", sheet(person(1)), *api.options, "--json").json["run_id"]
    said = importer("resume", run)
    assert said.code == 0
    assert "has ended" in said.err
    assert len(api.requests()) == 1


def test_an_unknown_run_is_a_wrong_call(importer: Importer) -> None:
    """Each command says that there is no such run, and what lists them."""
    for command in ("resume", "retry", "show", "forget"):
        said = importer(command, "nope1234")
        assert said.code == 2
        assert "importer history" in said.err


def test_a_new_run_of_the_same_source_mentions_the_unfinished_one(
    importer: Importer, api: Api, sheet: Sheet, readonly: Callable[[str], None]
) -> None:
    """The exact command to resume it is printed, whether the name or the content is the same."""
    source = sheet(person(1))
    run = stopped(importer, api, source, readonly)["run_id"]
    assert f"importer resume {run}" in importer("run", source, *api.options).err
    copy = source.with_name("copy.csv")
    copy.write_bytes(source.read_bytes())
    assert f"importer resume {run}" in importer("run", copy, *api.options).err


def test_what_a_later_run_has_sent_is_never_undone(
    importer: Importer, api: Api, sheet: Sheet, readonly: Callable[[str], None]
) -> None:
    """A row whose customer a later run has sent to ends as superseded, and names that run; the others are sent."""
    first = stopped(importer, api, sheet(person(1), person(2), person(3)), readonly)
    newer = sheet((customer(2), "Newer", "Name", "newer@example.com"))
    later = importer("run", newer, *api.options, "--json").json["run_id"]
    said = importer("resume", first["run_id"], "--json")
    rows = annotated(said.json)
    assert said.code == 1
    assert [row["status"] for row in rows] == ["updated", "not_sent", "updated"]
    assert rows[1]["error_code"] == "superseded"
    assert later in rows[1]["message"]
    applied = [request["first_name"] for request in api.requests() if request["customer_id"] == customer(2)]
    assert applied[-1] == "Newer"
    retried = importer("retry", first["run_id"], "--json", "--source", newer)
    assert (retried.code, retried.json["error"]["code"]) == (3, "source_changed")


def test_retry_is_a_new_run_of_the_rows_that_it_may_help(importer: Importer, api: Api, sheet: Sheet) -> None:
    """Only the row in doubt is sent again; the others have empty columns, and the two runs know each other."""
    source = sheet(person(1), person(2, "sandbox+html@example.com"), (customer(3), "", "B", "b@example.com"), person(4))
    first = importer("run", source, *api.options, "--json").json
    assert first["statuses"]["unconfirmed"] == 1
    sent = len(api.requests())
    said = importer("retry", first["run_id"], "--max-attempts", "2", "--json")
    assert said.code == 1
    assert (said.json["source"]["rows"], said.json["source"]["skipped"]) == (1, 3)
    assert [row["status"] for row in annotated(said.json)] == ["", "unconfirmed", "", ""]
    assert len(api.requests()) == sent + 2
    shown = importer("show", said.json["run_id"], "--json").json
    assert shown["retry_of"] == first["run_id"]
    assert importer("show", first["run_id"], "--json").json["retries"] == [said.json["run_id"]]


def test_a_later_run_supersedes_a_retry_too(importer: Importer, api: Api, sheet: Sheet) -> None:
    """What was in doubt is not sent again where a later run has sent to that customer."""
    source = sheet(person(1, "sandbox+503@example.com"))
    first = importer("run", source, *api.options, "--max-attempts", "1", "--json").json
    assert first["statuses"]["failed"] == 1
    kept = source.rename(source.with_name("kept.csv"))
    importer("run", sheet(person(1)), *api.options)
    said = importer("retry", first["run_id"], "--source", kept, "--json")
    assert [row["error_code"] for row in annotated(said.json)] == ["superseded"]
    assert said.json["attempts"] == 0


def test_what_needs_no_other_try_is_not_retried(
    importer: Importer, api: Api, sheet: Sheet, readonly: Callable[[str], None]
) -> None:
    """A run without such rows is done; an unfinished one is resumed, and a check is run."""
    done = importer("run", sheet(person(1)), *api.options, "--json").json["run_id"]
    assert importer("retry", done).code == 0
    check = importer("check", sheet(person(1)), "--json").json["run_id"]
    assert (importer("retry", check).code, importer("resume", check).code) == (2, 0)
    unfinished = stopped(importer, api, sheet(person(1), person(2)), readonly)["run_id"]
    said = importer("retry", unfinished)
    assert said.code == 2
    assert f"importer resume {unfinished}" in said.err


def test_what_is_forgotten_cannot_be_resumed_but_retried(
    importer: Importer, api: Api, sheet: Sheet, readonly: Callable[[str], None], tmp_path: Path
) -> None:
    """Forgetting erases the copy and the values; from the source itself the rows can still be sent."""
    source = sheet(person(1), person(2))
    run = stopped(importer, api, source, readonly)["run_id"]
    assert (tmp_path / "state" / "runs" / run).exists()
    said = importer("forget", run)
    assert (said.code, "forgotten" in said.out) == (0, True)
    assert not (tmp_path / "state" / "runs" / run).exists()
    assert importer("show", run, "--json").json["state"] == "forgotten"
    refused = importer("resume", run)
    assert refused.code == 5
    assert f"importer retry {run}" in refused.err
    assert importer("resume").code == 0
    assert importer("retry", run, "--json").json["statuses"]["updated"] == 2
    assert "nothing to forget" in importer("forget", run).out


def test_history_lists_runs_the_newest_first(
    importer: Importer, api: Api, sheet: Sheet, readonly: Callable[[str], None]
) -> None:
    """As a table and as JSON: what each was, how far it came, and what became of its rows."""
    assert "no runs yet" in importer("history").out
    assert importer("history", "--json").json == []
    source = sheet(person(1), person(2))
    unfinished = stopped(importer, api, source, readonly)["run_id"]
    done = importer("run", source, *api.options, "--json").json["run_id"]
    found = importer("history", "--json").json
    assert [(run["run_id"], run["state"], run["exit_code"]) for run in found] == [
        (done, "ended", 0),
        (unfinished, "unfinished", 4),
    ]
    lines = importer("history", "-n", "1").out.splitlines()
    assert lines[0].split()[:3] == ["run", "started", "what"]
    assert lines[1].startswith(done)
    assert "1 more" in lines[-1]


def test_show_says_what_can_be_done(
    importer: Importer, api: Api, sheet: Sheet, readonly: Callable[[str], None]
) -> None:
    """The beginning of an id will do; without one the newest run is shown, with the command that goes on with it."""
    run = stopped(importer, api, sheet(person(1)), readonly)["run_id"]
    for said in (importer("show"), importer("show", run[:4])):
        assert said.code == 0
        assert f"importer resume {run}" in said.out
        assert "refused the key" in said.out
    assert json.loads(importer("show", "--json").out)["statuses"]["not_sent"] == 1


def test_strict_sends_nothing_where_a_row_is_invalid(importer: Importer, api: Api, sheet: Sheet) -> None:
    """Every valid row ends not sent, exit code 4, and the run has ended: the data are to be mended."""
    source = sheet(person(1), (customer(2), "", "B", "b@example.com"))
    said = importer("run", source, *api.options, "--strict", "--json")
    assert (said.code, said.json["stop_reason"]) == (4, "invalid_rows")
    assert annotated(said.json)[0]["error_code"] == "invalid_rows"
    assert api.requests() == []
    assert importer("resume", said.json["run_id"]).code == 0
    assert importer("run", sheet(person(1)), *api.options, "--strict").code == 0


def test_too_many_errors_stop_the_run(importer: Importer, api: Api, sheet: Sheet) -> None:
    """The rest is not sent, and can be resumed."""
    source = sheet(*(person(number, "sandbox+400@example.com") for number in range(1, 201)))
    said = importer("run", source, *api.options, "--max-errors", "3", "--json")
    assert (said.code, said.json["stop_reason"]) == (4, "too_many_errors")
    assert said.json["statuses"]["rejected"] <= 3 + 16
    assert importer("run", source, *api.options, "--max-errors", "many").code == 2


def test_a_canary_that_fails_stops_the_run(importer: Importer, api: Api, sheet: Sheet) -> None:
    """Only the first two rows are sent; the resumed run begins with the first two of the rest."""
    rows = [person(number) for number in range(1, 31)]
    rows[1] = person(2, "sandbox+400@example.com")
    said = importer("run", sheet(*rows), *api.options, "--canary", "2", "--json")
    assert (said.code, said.json["stop_reason"]) == (4, "canary_failed")
    assert len(api.requests()) == 2
    resumed = importer("resume", "--json")
    assert (resumed.code, resumed.json["statuses"]["updated"]) == (1, 29)


def test_a_sandbox_run_is_gone_on_with_in_a_new_sandbox(importer: Importer, sheet: Sheet) -> None:
    """The embedded API went away with its process: another one takes the rest."""
    source = sheet(*(person(number) for number in range(1, 6)), person(6, "sandbox+401@example.com"), person(7))
    said = importer("run", source, "--sandbox", "--json", "--concurrency", "1")
    assert said.code == 4
    resumed = importer("resume", "--json")
    assert resumed.code == 4
    assert resumed.json["statuses"]["updated"] == 5


def test_two_runs_at_once_do_not_send_to_one_place(importer: Importer, sheet: Sheet, tmp_path: Path) -> None:
    """While one is at work, a second ends with 75, nothing done; a dry run and a check are free to go on."""
    import os  # noqa: PLC0415 - only here
    import time  # noqa: PLC0415 - only here

    from importer.lock import Holder, Patience, sending_lock  # noqa: PLC0415 - only here

    source = sheet(person(1))
    with Sandbox(SandboxOptions(any_customer=True)) as sandbox:
        target = ("--base-url", sandbox.base_url, "--group-id", "g", "--linked-account-id", "a")
        holder = Holder(os.getpid(), "2026-01-01T00:00:00.000000Z", "/data/first.csv", "first111")
        patience = Patience(wait_s=0.0, clock=time.monotonic, sleep=time.sleep, given_up=lambda: False)
        with sending_lock(tmp_path / "state", sandbox.base_url, holder, patience):
            said = importer("run", source, *target, "--json")
            assert (said.code, said.json["exit_code"], said.json["error"]["code"]) == (75, 75, "locked")
            assert "/data/first.csv" in said.json["error"]["message"]
            assert importer("run", source, *target, "--dry-run").code == 0
            assert importer("check", source).code == 0
            assert importer("run", source, "--sandbox").code == 0
        assert [run["mode"] for run in importer("history", "--json").json] == ["run", "check", "dry_run"]


def test_commands_to_type_next_name_the_state_directory_that_was_given(
    importer: Importer, api: Api, sheet: Sheet, readonly: Callable[[str], None], tmp_path: Path
) -> None:
    """Without it they would look for the run in another journal; `-q` does not hide that there is one to resume."""
    source, state = sheet(person(1)), tmp_path / "another place"
    readonly("refused")
    said = importer("run", source, *api.options, "--state", state)
    run = next(word for word in said.out.split() if len(word) == 8 and word.isalnum() and f"resume {word}" in said.out)
    exact = f"importer resume {run} --state '{state}'"
    assert exact in said.out
    again = importer("run", source, *api.options, "--state", state, "-q")
    assert "0 of 1 rows are confirmed" in again.err
    assert exact in again.err
    assert exact in importer("retry", run, "--state", state).err
    assert exact in importer("show", run, "--state", state).out
    assert f"importer history --state '{state}'" in importer("resume", "nope1234", "--state", state).err
    assert "--state" not in importer("resume", "nope1234").err


def test_what_was_forgotten_is_tried_again_not_resumed(
    importer: Importer, api: Api, sheet: Sheet, readonly: Callable[[str], None]
) -> None:
    """`show` names the one command that helps, and going on with a run says that its own copy is read."""
    source = sheet(person(1), person(2))
    run = stopped(importer, api, source, readonly)["run_id"]
    assert "resume, or try again" in importer("show", run).out
    importer("forget", run)
    shown = importer("show", run).out
    assert "resume" not in shown
    assert f"importer retry {run}" in shown
    again = stopped(importer, api, source, readonly)["run_id"]
    assert f"Run {again}: going on with its own copy of {source}" in importer("resume").err
