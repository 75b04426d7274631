"""Runs that somebody is asked about: before the answer they are none, and a rehearsal changes nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from importer.errors import JournalError
from importer.journal.journal import Journal
from importer.lock import NO_PATIENCE, Holder, run_lock
from importer.model.run import Changes, NewRun
from importer.model.source import Field, SourceInfo
from importer.model.statuses import Status
from tests.journal.conftest import NOON
from tests.journal.rows import GROUP, begun, issue, outcome, update, waiting

NewRunOf = Callable[..., NewRun]
DAY_S = 86_400.0


def _all(path: Path) -> Mapping[str, list[tuple[Any, ...]]]:
    """Return all that is in a journal."""
    with closing(sqlite3.connect(path)) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        return {table: list(connection.execute(f"SELECT * FROM {table}")) for table in tables}  # noqa: S608 - their names


def _asked(journal: Journal, new_run: NewRunOf, run_id: str = "run-1") -> None:
    """Leave a run behind whose process died while somebody was asked."""
    run = journal.begin(replace(new_run(run_id), agreed=False))
    run.add([update(2), update(3)], [])
    run.checked(SourceInfo("/data/changes.csv", None, run.sha256, 2))


def test_a_run_that_nobody_has_agreed_to_goes_with_the_next_command(
    journal: Journal, open_journal: Callable[[], Journal], new_run: NewRunOf, state: Path
) -> None:
    """At once, with all that it kept and with its claims; one that was agreed to stays."""
    with open_journal() as other:
        _asked(other, new_run)
    kept = journal.begin(new_run("run-2"))
    kept.checked(SourceInfo("/data/changes.csv", None, kept.sha256, 0))
    let_go: list[tuple[Path, str]] = []
    assert journal.find("run-1").awaits_a_yes
    journal.sweep(30 * DAY_S, lambda folder, run_id: let_go.append((folder, run_id)))
    assert [past.run_id for past in journal.runs()] == ["run-2"]
    assert [run_id for _, run_id in let_go] == ["run-1"]
    assert [folder.name for folder in (state / "runs").iterdir()] == ["run-2"]
    assert all(row[0] != 1 for row in _all(journal.path)["rows"])


def test_a_run_at_whose_question_a_process_stands_stays(journal: Journal, new_run: NewRunOf, state: Path) -> None:
    """And so does one that was agreed to meanwhile."""
    _asked(journal, new_run)
    holder = Holder(1, "2026-01-01T00:00:00.000000Z", "", "run-1")
    with run_lock(state, holder, NO_PATIENCE):
        journal.sweep(30 * DAY_S)
    assert [past.run_id for past in journal.runs()] == ["run-1"]


def test_what_was_agreed_to_is_unfinished_where_its_process_dies(
    journal: Journal, new_run: NewRunOf, open_journal: Callable[[], Journal]
) -> None:
    """It is gone on with, and told to others of the same source; before, it was not."""
    run = journal.begin(replace(new_run(), agreed=False))
    run.add([update(2)], [])
    run.checked(SourceInfo("/data/changes.csv", None, run.sha256, 1))
    source = new_run().source
    assert not journal.unfinished_of(source, run.sha256)
    run.agreed(120.0)
    journal.sweep(30 * DAY_S)
    with open_journal() as other:
        assert [past.run_id for past in other.unfinished_of(source, run.sha256)] == ["run-1"]


def test_a_wait_for_an_answer_is_no_part_of_what_a_dead_process_took(state: Path, new_run: NewRunOf) -> None:
    """From the beginning to the last request, but for that, and for the wait for another run before."""
    now = [NOON]
    with Journal(state, wall=lambda: now[0]) as journal:
        run = journal.begin(replace(new_run(), agreed=False, idle_s=50.0))
        run.add([update(2)], [])
        run.checked(SourceInfo("/data/changes.csv", None, run.sha256, 1))
        run.agreed(650.0)
        now[0] += 660.0
        run.record(begun(2), [], [])
    with Journal(state, wall=lambda: now[0] + 60) as other:
        assert other.find("run-1").seconds == pytest.approx(10.0)
        other.resume(other.find("run-1"))
        assert other.find("run-1").seconds == pytest.approx(10.0)


@pytest.fixture
def dead(journal: Journal, new_run: NewRunOf) -> str:
    """Leave a run behind that died with rows in flight, in doubt, ended so and otherwise, and repeated."""
    run = journal.begin(new_run())
    rows = [*(update(row) for row in range(2, 8)), update(8, customer="customer-2")]
    run.add(rows, [issue(9)])
    run.selection.resolve([(8, 2)])
    run.checked(SourceInfo("/data/changes.csv", None, run.sha256, 8))
    run.record(begun(2, 3, 4, 5), [], [])
    run.record([], [waiting(3, maybe=True)], [outcome(4), outcome(5, Status.UNCONFIRMED, code="http_500")])
    return run.run_id


def test_a_rehearsal_is_as_going_on_would_be_and_leaves_no_trace(
    dead: str, open_journal: Callable[[], Journal], new_run: NewRunOf
) -> None:
    """What would be sent is counted, without what a later run has sent to; the journal stays as it is."""
    with open_journal() as journal:
        later = journal.begin(new_run("later"))
        later.add([update(2, customer="customer-7", email="new@example.com")], [])
        later.checked(SourceInfo("/data/changes.csv", None, later.sha256, 1))
        later.record(begun(2), [], [])
        before = _all(journal.path)
        with journal.rehearsed(journal.find(dead), supersede=True) as run:
            rehearsed = (run.to_send(), run.selection.places(), run.statuses())
        assert _all(journal.path) == before
        with pytest.raises(ZeroDivisionError), journal.rehearsed(journal.find(dead), supersede=False) as run:
            1 / run.origins.left().get("", 0)
        assert _all(journal.path) == before
    with open_journal() as journal:
        run = journal.resume(journal.find(dead))
        run.selection.supersede()
        assert (run.to_send(), run.selection.places(), run.statuses()) == rehearsed
    assert rehearsed[:2] == (4, [(GROUP, "acc-1", 4)])


def test_what_can_not_be_gone_on_with_is_not_rehearsed(dead: str, state: Path, journal: Journal) -> None:
    """Nobody is asked about it."""
    (state / "runs" / dead / "source").write_text("something else")
    with pytest.raises(JournalError), journal.rehearsed(journal.find(dead), supersede=False):
        pass


def test_a_run_that_was_taken_up_unchecked_may_be_let_be(
    journal: Journal, new_run: NewRunOf, open_journal: Callable[[], Journal], tmp_path: Path
) -> None:
    """It is as it was: unchecked, with its folder and what was asked for, and can be taken up again."""
    journal.begin(new_run())
    with open_journal() as other:
        past = other.find("run-1")
        other.note_folder(past, tmp_path / "elsewhere")
        run = other.resume(past, output=tmp_path / "elsewhere", asked={"redact": True})
        run.add([update(2)], [])
        run.checked(SourceInfo("/data/changes.csv", None, run.sha256, 1))
        other.leave(past)
        found = other.find("run-1")
        assert replace(found, at_work=past.at_work) == past
    with open_journal() as other:
        other.resume(other.find("run-1")).add([update(2)], [])


def test_what_is_at_stake_is_counted_in_rows_to_be_sent(journal: Journal, new_run: NewRunOf) -> None:
    """Hidden ones, by group and account, and by what differs from what was last confirmed."""
    first = journal.begin(new_run())
    first.add([update(row) for row in range(2, 6)], [])
    first.checked(SourceInfo("/data/changes.csv", None, first.sha256, 4))
    first.record(begun(2, 3, 4, 5), [], [])
    first.record([], [], [outcome(row) for row in range(2, 6)])
    first.settle(None, "")
    first.ended(0, unfinished=False)
    run = journal.begin(new_run("run-2"))
    other = [replace(update(row, email="new@example.com"), linked_account_id="acc-2") for row in (3, 4)]
    run.add([update(2), *other, update(6), update(7, customer="customer-6")], [])
    run.selection.resolve([(7, 6)])
    run.checked(SourceInfo("/data/changes.csv", None, run.sha256, 5))
    selection = run.selection
    assert selection.places() == [(GROUP, "acc-1", 2), (GROUP, "acc-2", 2)]
    assert selection.changes() == Changes(
        compared=3, same=1, fields={Field.FIRST_NAME: 0, Field.LAST_NAME: 0, Field.EMAIL: 2}
    )
    assert selection.hidden() == 0
