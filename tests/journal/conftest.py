"""A journal in a folder of its own, and runs in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from importer.journal.journal import Journal
from importer.journal.run_journal import RunJournal
from importer.model.run import NewRun
from tests.journal.rows import NEW_RUN, update

NOON = 1_750_000_000.25


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """Return the state directory, which is not there yet."""
    return tmp_path / "state"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Make a source."""
    path = tmp_path / "changes.csv"
    path.write_text("customer_id,first_name\n1,Ana\n")
    return path


@pytest.fixture
def open_journal(state: Path) -> Callable[[], Journal]:
    """Open the journal of the state directory, at a fixed time."""
    return lambda: Journal(state, wall=lambda: NOON)


@pytest.fixture
def journal(open_journal: Callable[[], Journal]) -> Iterator[Journal]:
    """Open the journal for the length of a test."""
    with open_journal() as journal:
        yield journal


@pytest.fixture
def new_run(source: Path, tmp_path: Path) -> Callable[..., NewRun]:
    """Say what is known of a run when it begins."""

    def make(run_id: str = "run-1", *, source: Path = source) -> NewRun:
        return NewRun(run_id=run_id, source=source, output=tmp_path / "out", **NEW_RUN)

    return make


@pytest.fixture
def run(journal: Journal, new_run: Callable[..., NewRun]) -> RunJournal:
    """Begin a run that has no rows yet."""
    return journal.begin(new_run())


@pytest.fixture
def run_of(run: RunJournal) -> Callable[..., RunJournal]:
    """Give the run so many rows to send, from row 2 on."""

    def make(rows: int) -> RunJournal:
        run.add([update(row) for row in range(2, 2 + rows)], [])
        return run

    return make
