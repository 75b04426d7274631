"""What is kept of runs: it goes when it is not needed any more, and never while it is."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from importer.errors import JournalError, LockedError
from importer.journal.journal import Journal
from importer.lock import NO_PATIENCE, Holder, holder_of, run_lock
from importer.model.modes import Mode
from importer.model.run import NewRun, State
from importer.model.source import SourceInfo
from importer.model.statuses import Status
from importer.model.stop_reasons import StopReason
from importer.times import rfc3339
from tests.journal.conftest import NOON
from tests.journal.rows import begun, issue, outcome, seen, told, update, waiting

DAY_S = 86_400.0
NewRunOf = Callable[..., NewRun]
JournalAt = Callable[[float], Journal]


@pytest.fixture
def journal_at(state: Path) -> JournalAt:
    """Open the journal so many seconds after noon."""
    return lambda seconds: Journal(state, wall=lambda: NOON + seconds)


@pytest.fixture
def dead(journal_at: JournalAt, new_run: NewRunOf) -> str:
    """Leave a run behind that died with row 2 in flight, row 3 in doubt, row 4 untouched and row 5 repeating row 2."""
    with journal_at(0.0) as journal:
        run = journal.begin(new_run())
        run.add([update(2), update(3), update(4), update(5, customer="customer-2")], [])
        run.selection.resolve([(5, 2)])
        run.checked(SourceInfo("/data/changes.csv", None, run.sha256, 4))
        run.record(begun(2, 3), [], [])
        run.record([], [waiting(3, maybe=True)], [])
        return run.run_id


def test_a_forgotten_run_says_of_each_row_how_far_it_came(dead: str, journal_at: JournalAt) -> None:
    """What was in flight or in doubt is unconfirmed, what was not tried is not sent, and repeats follow their rows."""
    with journal_at(1.0) as journal:
        journal.forget(journal.find(dead))
    with journal_at(2.0) as journal:
        past = journal.find(dead)
        assert (past.left, past.attempts, past.kept) == (0, 2, False)
        assert (past.statuses[Status.UNCONFIRMED], past.statuses[Status.NOT_SENT]) == (3, 1)
        assert list(journal.unfinished()) == []
        found = seen(journal.path, "SELECT row, phase, status, code FROM rows ORDER BY row")
    assert found == [
        (2, 2, "unconfirmed", "interrupted"),
        (3, 2, "unconfirmed", "interrupted"),
        (4, 2, "not_sent", "forgotten"),
        (5, 2, "unconfirmed", "interrupted"),
    ]


def test_what_was_in_flight_when_it_was_forgotten_stays_in_doubt_in_a_retry(dead: str, journal_at: JournalAt) -> None:
    """A refusal of the retry must not make a row `rejected` that the forgotten run may have changed."""
    with journal_at(1.0) as journal:
        journal.forget(journal.find(dead))
        assert list(journal.rows_to_retry(journal.find(dead))) == [(2, True), (3, True), (4, False), (5, True)]


def test_rows_of_a_run_that_has_lost_its_folder_can_be_retried(dead: str, journal_at: JournalAt, state: Path) -> None:
    """Rows that have no outcome are not lost where nobody can go on with their run: those in flight are in doubt."""
    (state / "runs" / dead / "source").unlink()
    with journal_at(1.0) as journal:
        past = journal.find(dead)
        assert not past.kept
        assert [chosen for chosen in journal.rows_to_retry(past) if chosen[0] != 5] == [
            (2, True),
            (3, True),
            (4, False),
        ]


def test_half_a_source_is_forgotten_whole(journal_at: JournalAt, new_run: NewRunOf, state: Path) -> None:
    """Of a run that died while its source was checked nothing was sent, and a retry of half its rows would mislead."""
    with journal_at(0.0) as journal:
        journal.begin(new_run()).add([update(2)], [issue(3)])
    with journal_at(1.0) as journal:
        journal.forget(journal.find("run-1"))
        assert seen(journal.path) == []
        assert sum(journal.find("run-1").statuses.values()) == 0
    assert list((state / "runs").iterdir()) == []


def test_half_a_source_is_never_retried(journal_at: JournalAt, new_run: NewRunOf) -> None:
    """Where the folder of such a run is lost, its rows are not taken for all of the source's."""
    with journal_at(0.0) as journal:
        run = journal.begin(new_run())
        run.add([update(2)], [issue(3)])
    run.source.unlink()
    with journal_at(1.0) as journal:
        past = journal.find("run-1")
        assert list(journal.rows_to_retry(past)) == []
        with pytest.raises(JournalError, match="not there any more") as caught:
            journal.resume(past)
    assert caught.value.code == "run_not_kept"
    assert "importer run" in caught.value.hint


def test_an_old_run_that_is_gone_on_with_is_not_swept_under_it(dead: str, journal_at: JournalAt, state: Path) -> None:
    """However long ago it began: what it keeps stays for a day after it was taken up again."""
    with journal_at(100 * DAY_S) as at_work:
        run = at_work.resume(at_work.find(dead))
        with journal_at(100.9 * DAY_S) as other:
            other.sweep(30 * DAY_S)
        assert run.source.exists()
        run.record(begun(4), [], [])
        for days in (101.1, 102.2):
            with journal_at(days * DAY_S) as other:
                other.sweep(30 * DAY_S)
        assert list((state / "runs").iterdir()) == []


@pytest.mark.parametrize("keep_s", [0.0, 30 * DAY_S])
def test_a_run_that_may_be_at_work_keeps_its_folder(
    keep_s: float, dead: str, journal_at: JournalAt, state: Path
) -> None:
    """One without an exit code that began within the last day is left alone, however short runs are kept."""
    with journal_at(0.9 * DAY_S) as journal:
        journal.sweep(keep_s)
        assert (state / "runs" / dead / "source").exists()
        assert [past.run_id for past in journal.unfinished()] == [dead]


@pytest.mark.parametrize("mode", [Mode.CHECK, Mode.DRY_RUN])
def test_a_check_that_died_keeps_nothing(mode: Mode, journal_at: JournalAt, new_run: NewRunOf, state: Path) -> None:
    """Nobody can go on with it: its copy of the source goes at once, but never under a process that is at it."""
    with journal_at(0.0) as journal:
        run_id = journal.begin(replace(new_run(), mode=mode)).run_id
    given_up: list[Path] = []
    with journal_at(60.0) as journal:
        with run_lock(state, Holder(1, rfc3339(NOON), "/data/changes.csv", run_id), NO_PATIENCE):
            journal.sweep(30 * DAY_S)
        assert (state / "runs" / run_id / "source").exists()
        journal.sweep(30 * DAY_S, lambda folder, _: given_up.append(folder))
        assert list((state / "runs").iterdir()) == []
        assert given_up == list(journal.find(run_id).folders)
        assert journal.find(run_id).state is State.CUT_OFF


def test_a_folder_that_cannot_be_removed_is_left_for_the_next_time(
    dead: str, journal_at: JournalAt, state: Path, tmp_path: Path
) -> None:
    """Sweeping does not fail over it: the run is forgotten, and what it kept goes when that is possible."""
    kept, aside = state / "runs" / dead, tmp_path / "aside"
    kept.rename(aside)
    kept.symlink_to(aside, target_is_directory=True)  # a link is never removed as if it were a folder
    with journal_at(40 * DAY_S) as journal:
        journal.sweep(30 * DAY_S)
    with journal_at(41 * DAY_S) as journal:
        journal.sweep(30 * DAY_S)
        assert list(journal.unfinished()) == []
        assert kept.is_symlink()
        kept.unlink()
        aside.rename(kept)
        journal.sweep(30 * DAY_S)
    assert list((state / "runs").iterdir()) == []


def test_what_is_no_folder_of_a_run_does_not_stop_the_sweeping(dead: str, journal_at: JournalAt, state: Path) -> None:
    """A file is passed over, and a folder whose name is no UTF-8 goes like any other that is nobody's."""
    kept = state / "runs"
    (kept / "a file").write_text("x")
    odd = kept / os.fsdecode(b"caf\xe9")
    odd.mkdir()
    for path in (kept / "a file", odd):
        os.utime(path, (0, 0))
    for days in (40, 41):
        with journal_at(days * DAY_S) as journal:
            journal.sweep(30 * DAY_S)
    with journal_at(42 * DAY_S) as journal:
        assert not journal.find(dead).kept
    assert [path.name for path in kept.iterdir()] == ["a file"]


def test_a_doubt_is_carried_through_a_chain_of_retries(dead: str, journal_at: JournalAt, new_run: NewRunOf) -> None:
    """A retry that stopped before a row says that it is in doubt, and hands it on."""
    with journal_at(1.0) as journal:
        journal.forget(journal.find(dead))
        first = journal.find(dead)
        retry = journal.begin(replace(new_run("again"), retry_of=first))
        retry.add([update(row) for row in (2, 3, 4)], [])
        retry.selection.only(list(journal.rows_to_retry(first)))
        retry.checked(SourceInfo("/data/changes.csv", None, retry.sha256, 3))
        retry.settle(StopReason.KEY_REFUSED, "It stopped")
        statuses = [status for status, _ in told(retry.outcomes()).values()]
        assert statuses == [Status.UNCONFIRMED, Status.UNCONFIRMED, Status.NOT_SENT]
        retry.ended(4, unfinished=True)
        assert list(journal.rows_to_retry(journal.find("again"))) == [(2, True), (3, True), (4, False)]


def test_a_clock_that_jumps_ahead_erases_nothing(dead: str, journal_at: JournalAt, state: Path) -> None:
    """What seems too old stays until a look a day later agrees; a look at the right time in between starts it anew."""
    for days, overdue in ((31.0, True), (31.5, True), (1.0, False), (32.0, True), (32.9, True)):
        with journal_at(days * DAY_S) as journal:
            journal.sweep(30 * DAY_S)
            assert (journal.find(dead).kept, journal.find(dead).overdue_at is not None) == (True, overdue)
    with journal_at(33.1 * DAY_S) as journal:
        journal.sweep(30 * DAY_S)
        assert not journal.find(dead).kept
    assert list((state / "runs").iterdir()) == []


@pytest.mark.parametrize(
    ("highest", "noticed_s", "left"),
    [
        pytest.param(1, None, ["lost"], id="more is told elsewhere"),
        pytest.param(0, None, [], id="no more is told elsewhere"),
        pytest.param(0, 7200.0, ["lost"], id="noticed since"),
        pytest.param(0, -7200.0, [], id="noticed before"),
    ],
)
def test_what_a_later_state_of_the_journal_needs_stays(
    highest: int, noticed_s: float | None, left: list[str], journal_at: JournalAt, state: Path
) -> None:
    """A folder of no run may be of one that the journal has lost: it is kept as those of unfinished runs are."""
    lost = state / "runs" / "lost"
    lost.mkdir(parents=True)
    (lost / "source").touch()
    os.utime(lost, (NOON, NOON))
    with journal_at(2 * 3600.0) as journal:
        if noticed_s is not None:
            journal.generations.catch_up(1, now=rfc3339(NOON + noticed_s))
        journal.sweep(30 * DAY_S, highest=lambda _: highest)
        assert [path.name for path in lost.parent.iterdir()] == left
    with journal_at(30.5 * DAY_S) as journal:
        journal.sweep(30 * DAY_S, highest=lambda _: highest)
        assert not lost.exists()


def test_an_empty_folder_of_no_run_goes_at_once(journal_at: JournalAt, state: Path) -> None:
    """A process that was killed while it let its run go has left it, unless one is just beginning there."""
    left = state / "runs" / "k3f9abcd"
    left.mkdir(parents=True)
    with journal_at(1.0) as journal:
        with run_lock(state, Holder(1, rfc3339(NOON), "/data/changes.csv", left.name), NO_PATIENCE):
            journal.sweep(30 * DAY_S)
        assert left.exists()
        journal.sweep(30 * DAY_S)
    assert not left.exists()


def test_it_is_asked_beside_all_folders_of_reports_what_is_told(
    dead: str, journal_at: JournalAt, state: Path, tmp_path: Path
) -> None:
    """But only where there is a folder of a run that the journal does not know."""
    asked: list[list[Path]] = []

    def highest(folders: Iterable[Path]) -> int:
        asked.append(list(folders))
        return 0

    with journal_at(1.0) as journal:
        journal.note_folder(journal.find(dead), tmp_path / "o2")
        journal.sweep(30 * DAY_S, highest=highest)
        assert asked == []
        (state / "runs" / "lost").mkdir()
        journal.sweep(30 * DAY_S, highest=highest)
    assert asked == [[tmp_path / "out", tmp_path / "o2"]]


def test_a_process_that_died_counts_until_its_last_request(state: Path, new_run: NewRunOf) -> None:
    """How long a run took is what its processes say, and of those that died what the journal knows of."""
    passed = [0.0]
    with Journal(state, wall=lambda: NOON + passed[0]) as journal:
        run = journal.begin(new_run())
        run.add([update(2), update(3)], [])
        run.checked(SourceInfo("/data/changes.csv", None, run.sha256, 2))
        assert journal.find("run-1").seconds == 0.0
        passed[0] = 90.0
        run.record(begun(2), [], [])
    with Journal(state, wall=lambda: NOON + passed[0]) as journal:
        past = journal.find("run-1")
        assert past.seconds == 90.0
        passed[0] = 200.0
        run = journal.resume(past)
        assert journal.find("run-1").seconds == 90.0
        passed[0] = 207.5
        run.record(begun(2, 3), [], [])
        assert journal.find("run-1").seconds == 97.5
        run.settle(StopReason.INTERRUPTED, "It stopped")
        run.ended(130, unfinished=True, seconds=8.0)
        assert journal.find("run-1").seconds == 98.0


def test_a_run_at_work_is_neither_forgotten_nor_swept(dead: str, journal_at: JournalAt, state: Path) -> None:
    """Its own lock says so, however long ago it began; nothing of it is touched."""
    holder = Holder(os.getpid(), "2026-01-01T00:00:00.000000Z", "/data/changes.csv", dead)
    with run_lock(state, holder, NO_PATIENCE):
        for days in (100, 200):
            with journal_at(days * DAY_S) as journal:
                assert journal.find(dead).at_work
                journal.sweep(30 * DAY_S)
                with pytest.raises(LockedError, match=f"process {os.getpid()}"):
                    journal.forget(journal.find(dead))
                assert journal.find(dead).kept
    with journal_at(200 * DAY_S) as journal:
        assert not journal.find(dead).at_work


def test_a_run_is_let_go_under_its_lock_and_its_folders_first(
    dead: str, journal_at: JournalAt, state: Path, tmp_path: Path
) -> None:
    """No process can take it up meanwhile, and no claim of it is left if this one is killed in between."""
    let_go: list[Path] = []

    def look(folder: Path, run_id: str) -> None:
        assert holder_of(state, run_id) is not None
        assert (state / "runs" / run_id / "source").exists()
        let_go.append(folder)

    with journal_at(0.0) as journal:
        journal.note_folder(journal.find(dead), tmp_path / "o2")
        journal.note_folder(journal.find(dead), tmp_path / "o2")
    for days in (40, 41):
        with journal_at(days * DAY_S) as journal:
            journal.sweep(30 * DAY_S, look)
    assert let_go == [tmp_path / "out", tmp_path / "o2"]
    assert list((state / "locks").iterdir()) == []


def test_what_was_ended_meanwhile_is_not_forgotten(dead: str, journal_at: JournalAt) -> None:
    """It is looked at again under its lock: whoever has gone on with it to its end wins, and only what it kept goes."""
    with journal_at(1.0) as journal:
        seen_before = journal.find(dead)
        run = journal.resume(seen_before)
        run.settle(StopReason.INTERRUPTED, "It stopped")
        run.ended(1, unfinished=False)
        assert journal.forget(seen_before)
        assert not journal.forget(seen_before)
        assert journal.find(dead).ended
        assert seen(journal.path, "SELECT forgotten_at FROM runs") == [(None,)]


def test_a_run_that_has_lost_its_folder_can_be_forgotten(dead: str, journal_at: JournalAt, state: Path) -> None:
    """Its rows end as far as they came, as those of any other."""
    shutil.rmtree(state / "runs" / dead)
    with journal_at(1.0) as journal:
        assert journal.find(dead).left == 4
        assert journal.forget(journal.find(dead))
        assert journal.find(dead).left == 0
        assert not journal.forget(journal.find(dead))


def test_a_doubt_or_a_confirmation_of_any_retry_counts(dead: str, journal_at: JournalAt, new_run: NewRunOf) -> None:
    """Retries of one run are one family: what one has confirmed is done, what one left in doubt is in doubt."""
    with journal_at(1.0) as journal:
        journal.forget(journal.find(dead))
        first = journal.find(dead)
        retry = journal.begin(replace(new_run("again"), retry_of=first))
        retry.add([update(2), update(3), update(4), update(5, customer="customer-2")], [])
        retry.selection.only(list(journal.rows_to_retry(first)))
        retry.selection.resolve([(5, 2)])
        retry.checked(SourceInfo("/data/changes.csv", None, retry.sha256, 4))
        retry.record(begun(2, 4), [], [])
        retry.record([], [], [outcome(2)])
        for past in (first, journal.find("again")):
            assert list(journal.rows_to_retry(past)) == [(3, True), (4, True)]
        retry.record([], [], [outcome(4, Status.MISMATCH)])
        assert list(journal.rows_to_retry(first)) == [(3, True), (4, True)]


def test_a_doubt_of_another_retry_is_taken_on_when_one_is_gone_on_with(
    dead: str, journal_at: JournalAt, new_run: NewRunOf
) -> None:
    """Two retries of one run send the same: what one of them may have applied, no refusal of the other undoes."""
    with journal_at(1.0) as journal:
        journal.forget(journal.find(dead))
        first = journal.find(dead)
        for run_id in ("stopped", "later"):
            retry = journal.begin(replace(new_run(run_id), retry_of=first))
            retry.add([update(4)], [])
            retry.checked(SourceInfo("/data/changes.csv", None, retry.sha256, 1))
            retry.record(begun(4), [], [])
            status = Status.FAILED if run_id == "stopped" else Status.UNCONFIRMED
            retry.record([], [], [outcome(4, status, code="x", message="It failed")])
            retry.settle(StopReason.KEY_REFUSED, "It stopped")
            retry.ended(4, unfinished=True)
        (row,) = journal.resume(journal.find("stopped")).pending(0, 9)
        assert (row.attempts, row.maybe, row.earlier) == (1, True, None)
