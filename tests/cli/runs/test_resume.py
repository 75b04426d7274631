"""`importer resume`: a run that was cut off or stopped is gone on with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Api, Importer, Stopped, annotated, customer, person

Sheet = Callable[..., Path]


@pytest.mark.slow
def test_a_stopped_run_is_gone_on_with_without_its_source(
    importer: Importer, api: Api, sheet: Sheet, stopped: Stopped
) -> None:
    """The newest unfinished run is resumed from its own copy; the reports in its folder are those of the whole run."""
    source = sheet(*(person(number) for number in range(1, 31)))
    first = stopped(source)
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


@pytest.mark.slow
def test_a_new_run_of_the_same_source_mentions_the_unfinished_one(
    importer: Importer, api: Api, sheet: Sheet, stopped: Stopped
) -> None:
    """With what can be done about it, whether the name or the content is the same."""
    source = sheet(person(1))
    copy = source.with_name("copy.csv")
    copy.write_bytes(source.read_bytes())
    for again in (source, copy):
        run = stopped(source)["run_id"]
        assert f"importer forget {run}" in importer("run", again, *api.options).err


@pytest.mark.slow
def test_what_a_later_run_has_sent_is_never_undone(
    importer: Importer, api: Api, sheet: Sheet, stopped: Stopped
) -> None:
    """A row whose customer a later run has sent to ends as superseded, and names that run; the others are sent."""
    first = stopped(sheet(person(1), person(2), person(3)))
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


@pytest.mark.slow
def test_a_sandbox_run_is_gone_on_with_in_a_new_sandbox(importer: Importer, sheet: Sheet) -> None:
    """The embedded API went away with its process: another one takes the rest."""
    source = sheet(*(person(number) for number in range(1, 6)), person(6, "sandbox+401@example.com"), person(7))
    said = importer("run", source, "--sandbox", "--json", "--concurrency", "1")
    assert said.code == 4
    resumed = importer("resume", "--json")
    assert resumed.code == 4
    assert resumed.json["statuses"]["updated"] == 5
