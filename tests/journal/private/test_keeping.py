"""What is kept of a run that has ended: what a retry needs and nothing else, until it is confirmed or too old."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from importer.journal.journal import Journal
from importer.journal.private.kept_values import KeptValues
from importer.journal.run_journal import RunJournal
from importer.model.modes import Mode
from importer.model.run import NewRun, Target
from importer.model.source import SourceInfo
from importer.model.statuses import Status
from importer.model.stop_reasons import StopReason
from tests.journal.conftest import NOON
from tests.journal.rows import begun, issue, outcome, seen, update

DAY_S = 86_400.0
NewRunOf = Callable[..., NewRun]
JournalAt = Callable[[float], Journal]
ENDED_AS = {
    2: Status.UPDATED,
    3: Status.UNCONFIRMED,
    4: Status.FAILED,
    5: Status.REJECTED,
    6: Status.MISMATCH,
}


@pytest.fixture
def journal_at(state: Path) -> JournalAt:
    """Open the journal so many seconds after noon."""
    return lambda seconds: Journal(state, wall=lambda: NOON + seconds)


def _let_end(run: RunJournal, statuses: dict[int, Status], *, rows: Sequence[int] = ()) -> None:
    """Send rows, each to a customer of its own, and end the run."""
    run.checked(SourceInfo("/data/changes.csv", None, run.sha256, len(rows or statuses)))
    for row, status in statuses.items():
        run.record([replace(attempt, number=1) for attempt in begun(row)], [], [])
        run.record([], [], [outcome(row, status)])
    run.settle(StopReason.INVALID_ROWS, "It stopped")
    run.ended(1, unfinished=False)


@pytest.fixture
def ended(journal_at: JournalAt, new_run: NewRunOf) -> str:
    """Leave a run behind with a row of each end: 7 was not sent, 8 repeats 3, 9 is invalid."""
    with journal_at(0.0) as journal:
        run = journal.begin(new_run())
        rows = [update(row, first_name=f"Given-{row}") for row in range(2, 8)]
        run.add([*rows, update(8, customer="customer-3", first_name="Given-3")], [issue(9)])
        run.selection.resolve([(8, 3)])
        _let_end(run, ENDED_AS, rows=range(2, 10))
        return run.run_id


def _kept(state: Path, run_id: str) -> dict[int, str | None]:
    """Return the first name of each row that a run keeps."""
    file = KeptValues(state / "runs" / run_id / "kept.sqlite")
    return {row: first_name for row, (first_name, *_) in file.updates()} if file.path.exists() else {}


def _noted(journal: Journal) -> list[tuple[int, int]]:
    return seen(journal.path, "SELECT run, row FROM kept ORDER BY 1, 2")


def test_what_may_be_tried_again_or_looked_at_is_kept(ended: str, state: Path, journal_at: JournalAt) -> None:
    """Nobody else is in the folder any more, in no byte of it: neither what was confirmed nor the source."""
    names = {row: f"Given-{3 if row == 8 else row}" for row in (3, 4, 6, 7, 8)}
    assert _kept(state, ended) == names
    assert [path.name for path in (state / "runs" / ended).iterdir()] == ["kept.sqlite"]
    content = (state / "runs" / ended / "kept.sqlite").read_bytes()
    assert not [row for row in (2, 5) if f"Given-{row}".encode() in content]
    assert oct((state / "runs" / ended / "kept.sqlite").stat().st_mode & 0o777) == "0o600"
    with journal_at(1.0) as journal:
        journal.sweep(30 * DAY_S)
        assert (journal.find(ended).kept_rows, journal.find(ended).kept) == (5, False)
    assert _kept(state, ended) == names


@pytest.mark.parametrize("mode", [Mode.CHECK, Mode.DRY_RUN])
def test_nothing_is_kept_of_what_is_never_sent(
    mode: Mode, journal_at: JournalAt, new_run: NewRunOf, state: Path
) -> None:
    """A check and a dry run are not retried."""
    with journal_at(0.0) as journal:
        run = journal.begin(replace(new_run(), mode=mode))
        run.add([update(2)], [])
        run.selection.leave_out(code="check_only", message="Valid")
        _let_end(run, {})
        assert _noted(journal) == []
    assert list((state / "runs").iterdir()) == []


def test_what_was_not_approved_is_not_kept(journal_at: JournalAt, new_run: NewRunOf, state: Path) -> None:
    """Somebody has given other rows than were approved: nothing of them stays."""
    with journal_at(0.0) as journal:
        run = journal.begin(new_run())
        run.add([update(2)], [])
        run.settle(StopReason.APPROVAL_MISMATCH, "It stopped")
        run.ended(4, unfinished=False)
    assert list((state / "runs").iterdir()) == []


def _begin_again(journal: Journal, new_run: NewRunOf, retried: str, rows: Sequence[int]) -> RunJournal:
    """Begin a retry of rows, as they were."""
    run = journal.begin(replace(new_run("again"), retry_of=journal.find(retried)))
    run.add([update(row, first_name=f"Given-{row}") for row in rows], [])
    return run


def test_what_a_retry_confirms_is_erased_in_that_moment(
    ended: str, state: Path, journal_at: JournalAt, new_run: NewRunOf
) -> None:
    """In the earlier run's folder too, with whatever repeats it, and in every byte; what it does not confirm stays."""
    with journal_at(1.0) as journal:
        run = _begin_again(journal, new_run, ended, [3, 4])
        run.record(begun(3, 4), [], [])
        run.record([], [], [outcome(3), outcome(4, Status.UNCONFIRMED)])
        assert set(_kept(state, ended)) == {4, 6, 7}
        content = b"".join(path.read_bytes() for path in (state / "runs" / ended).iterdir())
        assert (b"Given-3" in content, b"Given-4" in content) == (False, True)
        assert _noted(journal) == [(1, 4), (1, 6), (1, 7)]
        run.settle(None, "")
        run.ended(1, unfinished=False)
        assert (set(_kept(state, ended)), set(_kept(state, "again"))) == ({4, 6, 7}, {4})


def test_a_retry_of_a_retry_erases_what_both_keep(
    ended: str, state: Path, journal_at: JournalAt, new_run: NewRunOf
) -> None:
    """What the last of a chain confirms is needed by none of them."""
    with journal_at(1.0) as journal:
        run = _begin_again(journal, new_run, ended, [4])
        _let_end(run, {4: Status.FAILED})
        third = journal.begin(replace(new_run("third"), retry_of=journal.find("again")))
        third.add([update(4, first_name="Given-4")], [])
        third.record(begun(4), [], [])
        third.record([], [], [outcome(4)])
        assert (set(_kept(state, ended)), (state / "runs" / "again").exists()) == ({3, 6, 7, 8}, False)


@pytest.mark.parametrize(
    ("base_url", "left"),
    [("https://api.example.com", {3, 6, 7, 8}), ("https://elsewhere.example.com", {3, 4, 6, 7, 8})],
)
def test_what_any_later_run_confirms_of_a_customer_is_erased(
    base_url: str, left: set[int], ended: str, state: Path, journal_at: JournalAt, new_run: NewRunOf
) -> None:
    """To send the older values now would undo that; another place says nothing of it."""
    with journal_at(1.0) as journal:
        run = journal.begin(replace(new_run("later"), target=Target(base_url)))
        run = replace(run, place=base_url)
        run.add([update(77, customer="customer-4")], [])
        run.record(begun(77), [], [])
        run.record([], [], [outcome(77)])
        assert set(_kept(state, ended)) == left


def test_what_an_earlier_run_confirms_leaves_a_later_one_alone(
    ended: str, state: Path, journal_at: JournalAt, new_run: NewRunOf
) -> None:
    """The later run's values are the newest, and were not sent."""
    with journal_at(0.0) as journal:
        older = journal.begin(new_run("other"))
        older.add([update(2, customer="customer-7")], [])
        older.checked(SourceInfo("/data/changes.csv", None, older.sha256, 1))
        older.ended(130, unfinished=True)
        newer = journal.begin(new_run("newer"))
        newer.add([update(2, customer="customer-7", first_name="New")], [])
        _let_end(newer, {}, rows=[2])
        older = journal.resume(journal.find("other"))
        older.record(begun(2), [], [])
        older.record([], [], [outcome(2)])
        assert _kept(state, "newer") == {2: "New"}
        assert 7 not in _kept(state, ended)


def test_a_kill_before_the_erasing_is_made_good_by_the_next_command(
    ended: str, state: Path, journal_at: JournalAt, new_run: NewRunOf, tmp_path: Path
) -> None:
    """What was confirmed goes then, and what was not stays."""
    with journal_at(1.0) as journal:
        shutil.copytree(state / "runs" / ended, tmp_path / "before")
        run = _begin_again(journal, new_run, ended, [3, 4])
        run.record(begun(3, 4), [], [])
        run.record([], [], [outcome(3), outcome(4, Status.UNCONFIRMED)])
        with closing(sqlite3.connect(journal.path)) as other, other:
            other.execute("INSERT INTO kept VALUES (1, 3, 1, 'customer-3'), (1, 8, 1, 'customer-3')")
    shutil.rmtree(state / "runs" / ended)
    shutil.copytree(tmp_path / "before", state / "runs" / ended)
    with journal_at(2.0) as journal:
        journal.sweep(30 * DAY_S)
        assert 3 not in _kept(state, ended)
        assert set(_kept(state, ended)) >= {4, 6, 7}


@pytest.mark.parametrize("step", ["keep", "exit code", "removal"])
def test_a_kill_while_a_run_ends_loses_nothing(
    step: str, journal_at: JournalAt, new_run: NewRunOf, state: Path
) -> None:
    """Before the journal says that it has ended, it can be resumed; from then on it has what a retry needs, alone."""
    before = state.with_name("before")
    with journal_at(0.0) as journal:
        run = journal.begin(new_run())
        run.add([update(2), update(3, first_name="Given-3")], [])
        run.checked(SourceInfo("/data/changes.csv", None, run.sha256, 2))
        run.record(begun(2, 3), [], [])
        run.record([], [], [outcome(2), outcome(3, Status.FAILED)])
        run.settle(None, "")
        shutil.copytree(state / "runs", before)
        if step == "keep":
            run.keeping.keep(run.number, run.private)
        else:
            run.ended(1, unfinished=False)
            shutil.copytree(before, state / "runs", dirs_exist_ok=True)
        if step == "exit code":
            (state / "runs" / run.run_id / "source").unlink()
    with journal_at(1.0) as journal:
        journal.sweep(30 * DAY_S)
        past = journal.find("run-1")
        if step == "keep":
            assert not past.ended
            again = journal.resume(past)
            assert [row.update.first_name for row in again.pending(0, 9)] == ["Given-3"]
            assert _noted(journal) == []
            again.record(begun(3, number=2), [], [])
            again.record([], [], [outcome(3)])
            again.settle(None, "")
            again.ended(0, unfinished=False)
            assert list((state / "runs").iterdir()) == []
            return
    assert [path.name for path in (state / "runs" / "run-1").iterdir()] == ["kept.sqlite"]
    assert _kept(state, "run-1") == {3: "Given-3"}


def test_what_is_kept_goes_when_it_is_forgotten(ended: str, state: Path, journal_at: JournalAt) -> None:
    """The run stays as it ended; a second time there is nothing to forget."""
    with journal_at(1.0) as journal:
        before = seen(journal.path, "SELECT * FROM rows"), seen(journal.path, "SELECT * FROM runs")
        assert journal.forget(journal.find(ended))
        assert (seen(journal.path, "SELECT * FROM rows"), seen(journal.path, "SELECT * FROM runs")) == before
        assert _noted(journal) == []
        assert not journal.forget(journal.find(ended))
    assert list((state / "runs").iterdir()) == []


def test_what_is_kept_goes_when_it_is_too_old(ended: str, state: Path, journal_at: JournalAt) -> None:
    """By two looks a day apart, as what an unfinished run keeps: a clock may have jumped."""
    for days, there in ((29.0, True), (31.0, True), (31.5, True), (32.1, False)):
        with journal_at(days * DAY_S) as journal:
            journal.sweep(30 * DAY_S)
            assert (state / "runs" / ended).exists() is there
    with journal_at(33 * DAY_S) as journal:
        journal.sweep(30 * DAY_S)
        assert _noted(journal) == []


def test_what_is_lost_is_not_said_to_be_kept(ended: str, state: Path, journal_at: JournalAt) -> None:
    """Somebody has removed the folder."""
    shutil.rmtree(state / "runs" / ended)
    with journal_at(1.0) as journal:
        assert journal.find(ended).kept_rows == 5
        journal.sweep(30 * DAY_S)
        assert journal.find(ended).kept_rows == 0


@pytest.mark.parametrize(("known", "days", "there"), [(0, 2.5, False), (99, 29.0, True), (99, 33.0, False)])
def test_what_an_older_state_of_the_journal_does_not_know_of_is_kept_as_long(
    known: int,
    days: float,
    there: bool,  # noqa: FBT001 - a parameter of the test
    ended: str,
    state: Path,
    journal_at: JournalAt,
) -> None:
    """Put back from before the run has ended, the journal does not know that its values are kept: the newest one does.

    Where nothing says that it is older, nobody needs them.
    """
    with closing(sqlite3.connect(state / "journal.sqlite")) as connection, connection:
        connection.execute("DELETE FROM kept")
        connection.execute("UPDATE runs SET exit_code = NULL, stop_reason = NULL, statuses = NULL")
    for at in (days - 1.1, days):
        with journal_at(max(at, 0.0) * DAY_S) as journal:
            journal.sweep(30 * DAY_S, highest=lambda _: known)
    assert (state / "runs" / ended).exists() is there
