"""Rows that were kept long enough go, and none on which it depends whether another one is sent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from importer.journal.journal import Journal
from importer.journal.lasting import pruning as module
from importer.journal.lasting.pruning import Terms
from importer.model.modes import Mode
from importer.model.rows import Attempt
from importer.model.run import NewRun, PastRun
from importer.model.source import SourceInfo
from importer.model.statuses import Status
from tests.journal.rows import outcome, seen, update

DAY_S = 86_400.0
TERMS = Terms(runs_s=400 * DAY_S, checks_s=30 * DAY_S)
BEGIN_S = 1_750_000_000.0


class Clock:
    """Days since the first run."""

    days = 0.0

    def __call__(self) -> float:
        return BEGIN_S + self.days * DAY_S


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def journal(state: Path, clock: Clock) -> Any:  # noqa: ANN401 - yields
    """Open the journal at the time that the clock says."""
    with Journal(state, wall=clock) as journal:
        yield journal


@pytest.fixture
def ran(journal: Journal, new_run: Callable[..., NewRun]) -> Callable[..., PastRun]:
    """Let a run of three rows come to its end, as things are at that time."""

    def make(run_id: str, *, mode: Mode = Mode.RUN, status: Status = Status.UPDATED, **more: Any) -> PastRun:  # noqa: ANN401 - of NewRun
        run = journal.begin(replace(new_run(run_id), mode=mode, **more))
        run.add([update(row) for row in (2, 3, 4)], [])
        if mode is not Mode.RUN:
            run.selection.end_valid()
        run.checked(SourceInfo("/data/changes.csv", None, run.sha256, 3))
        if mode is Mode.RUN:
            for row in (2, 3, 4):
                run.record([Attempt(update(row), 1)], [], [])
                run.record([], [], [outcome(row, status, customer_id=f"customer-{row}")])
        run.settle(None, "")
        run.ended(0, unfinished=False)
        return journal.find(run_id)

    return make


def _ids(runs: Any) -> list[str]:  # noqa: ANN401 - any runs
    return [past.run_id for past in runs]


def _rows(journal: Journal) -> dict[int, int]:
    return dict(seen(journal.path, "SELECT run, count(*) FROM rows GROUP BY run"))


def test_rows_go_when_they_were_kept_long_enough(journal: Journal, clock: Clock, ran: Callable[..., PastRun]) -> None:
    """Those of checks and dry runs sooner than those of runs, and none of any sooner than that."""
    ran("first")
    ran("check", mode=Mode.CHECK)
    ran("dry", mode=Mode.DRY_RUN)
    clock.days = 30
    assert _ids(journal.pruning.due(TERMS)) == []
    clock.days = 31
    assert _ids(journal.pruning.due(TERMS)) == ["check", "dry"]
    clock.days = 400
    ran("late")
    assert _ids(journal.pruning.due(TERMS)) == ["check", "dry"]
    clock.days = 401
    assert _ids(journal.pruning.due(TERMS)) == ["first", "check", "dry"]


def test_what_is_told_of_a_run_as_a_whole_stays(journal: Journal, clock: Clock, ran: Callable[..., PastRun]) -> None:
    """Its sums and its times, and what was last confirmed of its customers; its rows and its tries are gone."""
    before = ran("first")
    clock.days = 500
    assert journal.pruning.prune(journal.pruning.due(TERMS), lambda: True) == 1
    after = journal.find("first")
    assert after.pruned_at is not None
    assert replace(after, pruned_at=None) == before
    assert _rows(journal) == {}
    assert seen(journal.path, "SELECT count(*) FROM confirmed") == [(3,)]
    assert list(journal.rows_to_retry(after)) == []
    assert _ids(journal.pruning.due(TERMS)) == []


def test_a_run_that_was_cut_off_keeps_its_sums_too(
    journal: Journal, clock: Clock, new_run: Callable[..., NewRun]
) -> None:
    """They are counted from its rows as long as these are there."""
    run = journal.begin(replace(new_run("cut"), mode=Mode.CHECK))
    run.add([update(2), update(3)], [])
    run.selection.end_valid()
    run.connection.execute("DETACH sent_values")
    before = journal.find("cut")
    assert before.statuses[Status.VALID] == 2
    clock.days = 31
    assert journal.pruning.prune(journal.pruning.due(TERMS), lambda: True) == 1
    assert replace(journal.find("cut"), pruned_at=None) == before


def test_a_run_that_can_be_gone_on_with_keeps_those_after_it(
    journal: Journal, clock: Clock, ran: Callable[..., PastRun], new_run: Callable[..., NewRun]
) -> None:
    """They tell which of its rows must not be sent any more."""
    ran("before")
    run = journal.begin(new_run("open"))
    run.add([update(2)], [])
    run.checked(SourceInfo("/data/changes.csv", None, run.sha256, 1))
    run.connection.execute("DETACH sent_values")
    ran("after")
    ran("check", mode=Mode.CHECK)
    clock.days = 500
    assert _ids(journal.pruning.due(TERMS)) == ["before", "check"]
    journal.forget(journal.find("open"))
    assert _ids(journal.pruning.due(TERMS)) == ["before", "open", "after", "check"]


def test_a_run_keeps_its_rows_as_long_as_values_of_it_are_kept(
    journal: Journal, clock: Clock, ran: Callable[..., PastRun]
) -> None:
    """They can be tried again until then."""
    past = ran("failed", status=Status.FAILED)
    assert past.kept_rows == 3
    clock.days = 500
    assert _ids(journal.pruning.due(TERMS)) == []
    journal.forget(past)
    assert _ids(journal.pruning.due(TERMS)) == ["failed"]


def test_a_run_goes_with_all_its_retries(journal: Journal, clock: Clock, ran: Callable[..., PastRun]) -> None:
    """As long as the newest retry is kept, so is what was sent since the first of them began."""
    first = ran("first")
    clock.days = 1
    ran("between")
    clock.days = 390
    ran("again", retry_of=first)
    clock.days = 450
    assert _ids(journal.pruning.due(TERMS)) == []
    clock.days = 791
    assert _ids(journal.pruning.due(TERMS)) == ["first", "between", "again"]


def test_a_clock_that_has_jumped_takes_nothing(journal: Journal, clock: Clock, ran: Callable[..., PastRun]) -> None:
    """Runs by themselves let go only what two looks, a day apart, have found due."""
    ran("first")
    clock.days = 5000
    assert _ids(journal.pruning.twice_due(TERMS)) == []
    clock.days = 1
    assert _ids(journal.pruning.twice_due(TERMS)) == []
    clock.days = 401
    assert _ids(journal.pruning.twice_due(TERMS)) == []
    clock.days = 401.9
    assert _ids(journal.pruning.twice_due(TERMS)) == []
    clock.days = 402
    assert _ids(journal.pruning.twice_due(TERMS)) == ["first"]


def test_the_next_process_goes_on_with_what_one_has_left(
    journal: Journal, clock: Clock, ran: Callable[..., PastRun], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run whose rows are half gone says so from the beginning."""
    monkeypatch.setattr(module, "_ROWS_AT_ONCE", 1)
    monkeypatch.setattr(module, "_DELETE", {**module._DELETE, "rows": module._DELETE["rows"].replace("5000", "1")})  # noqa: SLF001 - fewer rows do
    ran("first")
    ran("second")
    clock.days = 500
    steps = iter([True] * 7 + [False])
    assert journal.pruning.prune(journal.pruning.due(TERMS), lambda: next(steps)) == 0
    assert 0 < _rows(journal)[1] < 3
    assert _rows(journal)[2] == 3
    assert [past.pruned_at is None for past in journal.runs()] == [False, False]
    assert _ids(journal.pruning.due(TERMS)) == []
    assert journal.pruning.prune([], lambda: True) == 2
    assert _rows(journal) == {}


def test_space_is_used_again(journal: Journal, clock: Clock, ran: Callable[..., PastRun]) -> None:
    """When as much goes as comes, the file of the journal grows by no more than the lines of runs, which stay."""
    sizes = []
    for night in range(60):
        clock.days = night * 100
        ran(f"run-{night}")
        journal.pruning.prune(journal.pruning.due(TERMS), lambda: True)
        if night in (20, 59):
            sizes.append(seen(journal.path, "PRAGMA page_count")[0][0])
    assert len(_rows(journal)) == 5
    assert sizes[1] - sizes[0] < 39 / 3


def test_checks_are_kept_no_longer_than_runs(journal: Journal, clock: Clock, ran: Callable[..., PastRun]) -> None:
    """Runs tell what became of their rows to fix: without them it would be said that nobody has taken them up."""
    ran("check", mode=Mode.CHECK)
    clock.days = 1
    ran("fix")
    clock.days = 12
    assert _ids(journal.pruning.due(Terms(runs_s=10 * DAY_S, checks_s=400 * DAY_S))) == ["check", "fix"]
