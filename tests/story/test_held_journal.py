"""A process that is stopped and holds the journal, from a moment of a run on."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from importer.errors import JournalError, LockedError, SourceError
from importer.journal import database
from importer.journal.journal import Journal
from importer.model.modes import Mode
from importer.model.run import PastRun
from importer.sandbox import Sandbox, SandboxOptions
from importer.sheets.open import open_table
from importer.sheets.table import Table
from tests.journal.holding import holding
from tests.story.meddling import Meddler, job_of, make_source

DAY_S = 86_400.0


@dataclass
class Obstructor(Meddler):
    """One that lets a process that is stopped hold the journal, and may change the source too."""

    changes: bool = False
    held: ExitStack = field(default_factory=ExitStack)

    def meddle(self) -> None:
        """Let it be held from now on."""
        self.held.enter_context(holding(self.source.parent / "state", "journal"))
        if self.changes:
            super().meddle()


@dataclass
class Cutter(Meddler):
    """One that ends the run in the middle."""

    def meddle(self) -> None:
        """End it."""
        raise JournalError("The disk is full.", code="journal_unwritable")


@pytest.fixture(autouse=True)
def _looks_are_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look who is in the way before long."""
    monkeypatch.setattr(database, "LOOK_S", 0.3)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Write a source."""
    return make_source(tmp_path)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """Yield an API to send to."""
    with Sandbox(SandboxOptions(any_customer=True)) as sandbox:
        yield sandbox


def _journal(source: Path) -> Journal:
    return Journal(source.parent / "state", wall=time.time)


def test_what_is_wrong_with_a_source_is_said_though_its_run_cannot_be_forgotten(source: Path, sandbox: Sandbox) -> None:
    """A held journal is not what ended it; the next command lets the run go, of which nothing is kept."""
    obstructor = Obstructor(source, "checked", changes=True)
    with obstructor.held, pytest.raises(SourceError) as raised:
        job_of(source, Mode.RUN, sandbox.base_url, obstructor).run()
    assert raised.value.code == "source_changed"
    private = source.parent / "state" / "runs"
    assert [path.name for path in private.glob("*/*")] == ["discarded"]
    with _journal(source) as journal:
        assert [past.kept for past in journal.runs()] == [False]
        journal.sweep(DAY_S)
        assert list(journal.runs()) == []
    assert list(private.iterdir()) == []


def test_a_run_that_nobody_could_be_noted_to_have_agreed_to_is_none(source: Path, sandbox: Sandbox) -> None:
    """Held from the question on: nothing was done, and the next command lets the run go."""
    obstructor = Obstructor(source, "asked")
    with obstructor.held, pytest.raises(LockedError) as raised:
        job_of(source, Mode.RUN, sandbox.base_url, obstructor).run()
    assert raised.value.code == "journal_held"
    with _journal(source) as journal:
        journal.sweep(DAY_S)
        assert list(journal.runs()) == []


def _cut_off(source: Path, sandbox: Sandbox) -> PastRun:
    """Return a run that was cut off while it sent."""
    with pytest.raises(JournalError):
        job_of(source, Mode.RUN, sandbox.base_url, Cutter(source, "settled")).run()
    with _journal(source) as journal:
        (past,) = journal.runs()
    assert not past.ended
    return past


@pytest.mark.slow
@pytest.mark.parametrize("moment", ["begun", "checked", "asked"])
def test_a_run_that_was_not_taken_up_yet_is_as_it_was(source: Path, sandbox: Sandbox, moment: str) -> None:
    """The error says that nothing was done, and going on works as ever."""
    past, obstructor = _cut_off(source, sandbox), Obstructor(source, moment)
    with obstructor.held, pytest.raises(LockedError) as raised:
        job_of(source, Mode.RUN, sandbox.base_url, obstructor).resume(past)
    assert raised.value.code == "journal_held"
    assert job_of(source, Mode.RUN, sandbox.base_url, Meddler(source, "")).resume(past).exit_code == 0


@pytest.mark.slow
def test_a_run_that_was_taken_up_is_not_as_if_nothing_was_done(
    source: Path, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So the error is none that says so, and it says how to go on; that goes on as ever."""
    past, obstructor = _cut_off(source, sandbox), Obstructor(source, "")

    def held(*given: Any, **more: Any) -> Table:  # noqa: ANN401 - whatever it is called with
        obstructor.meddle()
        return open_table(*given, **more)

    monkeypatch.setattr("importer.story.job.open_table", held)
    with obstructor.held, pytest.raises((JournalError, LockedError)) as raised:
        job_of(source, Mode.RUN, sandbox.base_url, obstructor).resume(past)
    monkeypatch.undo()
    assert (type(raised.value), raised.value.code) == (JournalError, "journal_held")
    assert "ended before it sent anything" in raised.value.message
    assert "Then go on with it: importer resume" in raised.value.hint
    assert job_of(source, Mode.RUN, sandbox.base_url, Meddler(source, "")).resume(past).exit_code == 0
