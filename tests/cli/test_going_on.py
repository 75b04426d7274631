"""Several runs and processes, one after the other, against an API that answers as it is told."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Importer, Said, customer, person
from tests.cli.scripted import NEVER, Scripted, serving

Sheet = Callable[..., Path]
P, Q, S = customer(1), customer(2), customer(3)


@pytest.fixture
def api() -> Iterator[Scripted]:
    """Yield an API that answers as it is told."""
    with serving() as script:
        yield script


@pytest.fixture
def source(sheet: Sheet) -> Path:
    """Return a sheet of three rows: P, Q and S."""
    return sheet(person(1), person(2), person(3))


def _annotated(summary: dict[str, Any]) -> list[dict[str, str]]:
    with Path(summary["reports"]["annotated"]).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _ended(said: Said, code: int) -> str:
    assert said.code == code, said.err
    return str(said.json["run_id"])


def test_a_retry_of_an_older_run_does_not_supersede_a_newer_one(
    importer: Importer, api: Scripted, sheet: Sheet
) -> None:
    """A retry is as old as what it retries: the row of the newer run is still to be sent, and ends as the last word."""
    older = sheet(person(1), person(2))
    api.answers = {Q: [425]}
    first = _ended(importer("run", older, *api.options, "--json"), 1)
    kept = older.rename(older.with_name("kept.csv"))
    newer = sheet(person(1), (customer(2), "Newer", "Name", "newer@example.com"))
    api.answers = {P: [401]}
    second = _ended(importer("run", newer, *api.options, "--json"), 4)
    api.answers = {}
    _ended(importer("retry", first, "--source", kept, "--json"), 0)
    said = importer("resume", second, "--json")
    assert _ended(said, 0) == second
    assert [row["status"] for row in _annotated(said.json)] == ["updated", "updated"]
    assert [name for who, name in api.asked if who == Q][-2:] == ["Given2", "Newer"]


def test_a_row_that_a_resume_did_not_come_to_keeps_what_is_known_of_it(
    importer: Importer, api: Scripted, source: Path
) -> None:
    """The last answer, the attempts and the history stay in the report of a process that stops before the row."""
    api.answers = {P: [500], Q: [425], S: [401]}
    run = _ended(importer("run", source, *api.options, "--json"), 4)
    api.answers = {P: [401]}
    for _ in range(2):
        said = importer("resume", run, "--json")
        assert said.code == 4
        in_doubt, failed, refused = _annotated(said.json)
        assert (in_doubt["status"], in_doubt["error_code"], in_doubt["http_status"]) == (
            "unconfirmed",
            "http_500",
            "500",
        )
        assert (failed["status"], failed["error_code"], failed["http_status"]) == ("not_sent", "key_refused", "425")
        assert (refused["status"], refused["http_status"], refused["attempts"]) == ("not_sent", "401", "1")
        assert failed["attempts"] == "2"
        assert in_doubt["message"].count("Then the run stopped") == 1
        assert "500" in in_doubt["message"]
        for told in (failed["message"], refused["message"]):
            assert "Gone on with, the run stopped before this row: the API refused the key" in told
            assert told.count("Gone on with") == 1
        assert "425" in failed["message"]
    api.answers = {}
    assert [row["status"] for row in _annotated(importer("resume", run, "--json").json)] == ["updated"] * 3


def test_a_doubt_of_one_retry_is_a_doubt_in_the_next(importer: Importer, api: Scripted, sheet: Sheet) -> None:
    """What any retry of a run may have applied is never called rejected by another one."""
    source = sheet(person(1))
    api.answers = {P: [425]}
    run = _ended(importer("run", source, *api.options, "--json"), 1)
    api.answers = {P: [NEVER]}
    _ended(importer("retry", run, "--json"), 1)
    api.answers = {P: [400]}
    (row,) = _annotated(importer("retry", run, "--json").json)
    assert row["status"] == "unconfirmed"
