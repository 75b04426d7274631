"""`importer retry`: what another try may help is sent again, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Api, Importer, Stopped, annotated, customer, person

Sheet = Callable[..., Path]


@pytest.mark.slow
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


@pytest.mark.slow
def test_a_later_run_supersedes_a_retry_too(importer: Importer, api: Api, sheet: Sheet) -> None:
    """What was in doubt is not sent again where a later run has sent to that customer."""
    source = sheet(person(1, "sandbox+425@example.com"))
    first = importer("run", source, *api.options, "--max-attempts", "1", "--json").json
    assert first["statuses"]["failed"] == 1
    kept = source.rename(source.with_name("kept.csv"))
    importer("run", sheet(person(1)), *api.options)
    said = importer("retry", first["run_id"], "--source", kept, "--json")
    assert [row["error_code"] for row in annotated(said.json)] == ["superseded"]
    assert said.json["attempts"] == 0


@pytest.mark.slow
def test_what_needs_no_other_try_is_not_retried(importer: Importer, api: Api, sheet: Sheet, stopped: Stopped) -> None:
    """A run without such rows is done; an unfinished one is resumed, and a check is run."""
    done = importer("run", sheet(person(1)), *api.options, "--json").json["run_id"]
    assert importer("retry", done).code == 0
    check = importer("check", sheet(person(1)), "--json").json["run_id"]
    assert (importer("retry", check).code, importer("resume", check).code) == (2, 0)
    unfinished = stopped(sheet(person(1), person(2)))["run_id"]
    said = importer("retry", unfinished)
    assert said.code == 2
    assert f"importer resume {unfinished}" in said.err
