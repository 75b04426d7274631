"""The story of a run where something in the middle of it fails."""

from __future__ import annotations

import errno
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from importer.cli.main import run_command
from importer.delivery.wire.attempts import Reply
from importer.delivery.wire.client import Client
from importer.errors import JournalError
from importer.journal.packed.ids_and_times import unpacked_id
from importer.journal.run_journal import RunJournal
from importer.model.rows import Attempt
from tests.cli.conftest import ACCOUNT, GROUP, Api, person

ROWS = 60


@pytest.fixture
def run(tmp_path: Path, api: Api, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """Return a function that runs a sheet of rows, four in flight, and returns the exit code."""
    source = tmp_path / "changes.csv"
    rows = "\n".join(",".join(person(number)) for number in range(1, ROWS + 1))
    source.write_text(f"Customer ID,First Name,Last Name,Email\n{rows}\n", "utf-8")
    monkeypatch.setenv("IMPORTER_GROUP_ID", GROUP)
    monkeypatch.setenv("IMPORTER_LINKED_ACCOUNT_ID", ACCOUNT)

    def run(*options: str) -> int:
        return run_command(
            ["run", str(source), "--base-url", api.base_url, "--concurrency", "4", "--yes", "--json", "-q", *options]
        )

    return run


def _journalled(tmp_path: Path) -> dict[str, tuple[int, str | None]]:
    with closing(sqlite3.connect(tmp_path / "state" / "journal.sqlite")) as journal:
        rows = journal.execute("SELECT customer, phase, status FROM rows").fetchall()
    return {unpacked_id(customer): (phase, status) for customer, phase, status in rows}


@pytest.mark.slow
def test_a_journal_that_fails_in_the_middle_ends_the_run_and_stays_true(
    run: Callable[..., int],
    api: Api,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """What the journal cannot hold does not leave: every row that was sent is updated or in flight in it."""
    record, steps = RunJournal.record, iter(range(1000))

    def failing(self: RunJournal, *step: Any, **more: Any) -> None:  # noqa: ANN401 - passed on as it is
        if next(steps) == 8:
            raise JournalError("The disk is full.", code="journal_unusable", hint="Make room.")
        record(self, *step, **more)

    monkeypatch.setattr(RunJournal, "record", failing)
    assert run() == 5
    error = json.loads(capsys.readouterr().out)["error"]
    assert error["code"] == "journal_unusable"
    (run_id,) = (folder.name for folder in (tmp_path / "state" / "runs").iterdir())
    assert f"Run {run_id} ended in the middle of sending" in error["message"]
    journalled = _journalled(tmp_path)
    sent = {request["customer_id"] for request in api.requests()}
    assert 0 < len(sent) < ROWS
    assert {journalled[customer] for customer in sent} <= {(2, "updated"), (1, None)}
    assert sum(phase == 1 for phase, _ in journalled.values()) <= 4
    assert not any(status == "updated" for customer, (_, status) in journalled.items() if customer not in sent)


def test_a_defect_of_the_sender_stops_the_run_and_is_no_fault_of_the_row(
    run: Callable[..., int], api: Api, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The importer's own failure: that row is `unconfirmed`, the rest is not sent, the reports are written."""
    monkeypatch.setattr("importer.delivery.wire.endpoint._place", lambda *_, **__: 1 / 0)
    assert run() == 5
    summary = json.loads(capsys.readouterr().out)
    assert summary["stop_reason"] == "internal_error"
    assert summary["statuses"]["unconfirmed"] + summary["statuses"]["not_sent"] == ROWS
    assert Path(summary["reports"]["annotated"]).exists()
    assert api.requests() == []


@pytest.mark.slow
def test_the_key_is_masked_in_any_case(
    run: Callable[..., int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An API that shouts the key back does not get it into a report."""

    class Shouting(Client):
        def send(self, attempt: Attempt) -> Reply:
            return Reply(attempt.update.row, 0.1, None, 422, "text/plain", None, b"the key GOOD-KEY is odd")

    monkeypatch.setenv("IMPORTER_WIRE", "requests")
    monkeypatch.setattr("importer.delivery.wire.threads.Client", Shouting)
    run("--limit", "1")
    report = next(tmp_path.glob("changes-*/annotated.csv")).read_text("utf-8")
    assert "is odd" in report
    assert "good-key" not in report.lower()


@pytest.mark.slow
def test_whatever_fails_in_the_middle_names_the_run_and_what_goes_on_with_it(
    run: Callable[..., int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Requests of the run may have left, whatever failed; of a defect its kind is told, not its words."""
    record, steps = RunJournal.record, iter(range(1000))

    def failing(self: RunJournal, *step: Any, **more: Any) -> None:  # noqa: ANN401 - passed on as it is
        if next(steps) == 8:
            raise OSError(errno.EMFILE, "secret words")
        record(self, *step, **more)

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(RunJournal, "record", failing)
        assert run() == 5
    error = json.loads(capsys.readouterr().out)["error"]
    (run_id,) = (folder.name for folder in (tmp_path / "state" / "runs").iterdir())
    assert error["code"] == "internal_error"
    assert "OSError (Too many open files)" in error["message"]
    assert "secret" not in error["message"]
    assert f"Run {run_id} ended in the middle of sending" in error["message"]
    assert f"importer resume {run_id}" in error["hint"]
    assert run_command(["resume", run_id, "--yes", "-q"]) == 0
