"""A process that is stopped in the middle of writing: nobody waits for it, and it is named."""

from __future__ import annotations

import signal
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from threading import Timer

import pytest

from importer import processes
from importer.errors import JournalError, LockedError
from importer.journal import database
from importer.journal.database import atomic, connect, explained, outside_transactions, stopped_writer
from importer.journal.journal import Journal
from importer.journal.run_journal import RunJournal
from importer.model.run import Mending, NewRun
from tests.journal.holding import RUN, SOURCE, holding
from tests.journal.rows import begun, issue, seen

Open = Callable[[], Journal]
LOOK_S = 0.5
BUSY_S = 6.0


@pytest.fixture(autouse=True)
def _waits_are_short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for others for less long, but for so long that it shows."""
    monkeypatch.setattr(database, "BUSY_S", BUSY_S)
    monkeypatch.setattr(database, "LOOK_S", LOOK_S)


def _write(journal: Journal) -> None:
    with explained(journal.path), closing(connect(journal.path)) as connection, atomic(connection):
        pass


@pytest.mark.slow
@pytest.mark.parametrize("what", ["journal, run", "journal"])
@pytest.mark.parametrize("tells", ["system tells", ""])
def test_a_writer_that_is_stopped_is_named_at_once(
    what: str, tells: str, journal: Journal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By what the system knows of locks, and by what it says of itself; where neither tells, it is waited for."""
    if not tells:
        monkeypatch.setattr(processes, "_PROCESSES", tmp_path)
    is_known = bool(tells) or "run" in what
    with holding(journal.path.parent, what) as process:
        began = time.monotonic()
        with pytest.raises(LockedError if is_known else JournalError) as caught:
            _write(journal)
        waited_s = time.monotonic() - began
    assert caught.value.code == ("journal_held" if is_known else "journal_busy")
    assert (waited_s < BUSY_S) is is_known
    if is_known:
        assert f"{journal.path} is held by process {process.pid}, which is stopped" in caught.value.message
        assert f"kill -CONT {process.pid}" in caught.value.hint
        assert (f"source {SOURCE}, run {RUN}" in caught.value.message) is ("run" in what)


@pytest.mark.slow
def test_a_writer_that_goes_on_in_time_is_waited_for(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before it is looked who is in the way, one that was stopped may be let go on."""
    monkeypatch.setattr(database, "LOOK_S", BUSY_S / 2)
    with holding(journal.path.parent) as process:
        assert process.stdin is not None
        process.stdin.close()  # so that it ends once it goes on
        process.stdin = None
        waker = Timer(0.2, process.send_signal, [signal.SIGCONT])
        waker.start()
        _write(journal)
        waker.join()


@pytest.mark.slow
def test_a_writer_that_is_at_work_is_waited_for(journal: Journal) -> None:
    """It is not taken for one that is stopped, however long it takes."""
    with holding(journal.path.parent, is_stopped=False) as process:
        killer = Timer(3 * LOOK_S, process.kill)
        killer.start()
        began = time.monotonic()
        _write(journal)
        assert time.monotonic() - began > LOOK_S
        killer.join()


@pytest.mark.slow
def test_a_process_that_is_stopped_elsewhere_is_not_to_blame(journal: Journal) -> None:
    """Where the system tells that somebody else is writing, it is that one who is waited for."""
    if not Path("/proc/locks").exists():
        pytest.skip("only Linux tells who holds a lock")
    state = journal.path.parent
    at_work = holding(state, "journal", is_stopped=False)
    with holding(state, "run"), at_work, pytest.raises(JournalError) as caught:
        _write(journal)
    assert caught.value.code == "journal_busy"


@pytest.mark.parametrize("tells", ["system tells", ""])
def test_whoever_is_stopped_elsewhere_is_not_to_blame_where_nobody_holds_it(
    tells: str, journal: Journal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who was in the way may have let go by the time it is looked; only where nobody tells is it whoever it may be."""
    if tells and not Path("/proc/locks").exists():
        pytest.skip("only Linux tells who holds a lock")
    if not tells:
        monkeypatch.setattr(processes, "_PROCESSES", tmp_path)
    with holding(journal.path.parent, "run") as process:
        stopped = stopped_writer(journal.path)
    assert (stopped is None) is bool(tells)
    if stopped is not None:
        assert str(process.pid) in stopped.message


@pytest.mark.slow
def test_who_is_in_the_way_is_looked_up_while_there_is_a_connection(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once it is closed, whoever was in the way may have let go, and nobody could tell any more."""
    monkeypatch.setattr(database, "BUSY_S", 0.6)
    with closing(connect(journal.path)) as connection:
        with holding(journal.path.parent), pytest.raises(LockedError, match="is stopped"), atomic(connection):
            pass
        at_work = holding(journal.path.parent, is_stopped=False)
        with at_work, pytest.raises(JournalError) as caught, atomic(connection):
            pass
    assert caught.value.code == "journal_busy"


@pytest.mark.slow
def test_what_tells_of_requests_waits_for_it_as_for_any_other(
    run_of: Callable[..., RunJournal], journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is no way back once something has left: it may well go on in time."""
    monkeypatch.setattr(database, "BUSY_S", 1.5)
    run = run_of(3)
    steps: list[tuple[Callable[[], object], float]] = [
        (lambda: run.record(begun(2), [], []), 1.5),
        (lambda: run.settle(None, ""), 1.5),
        (lambda: run.ended(1, unfinished=True), 1.5),
        (lambda: run.add([], [issue(9)]), 0.0),
    ]
    with holding(journal.path.parent):
        for step, least_s in steps:
            began = time.monotonic()
            with pytest.raises(LockedError):
                step()
            assert least_s <= time.monotonic() - began < least_s + 5
    run.record(begun(2), [], [])
    assert seen(journal.path) == [(2, 1, None), (3, 0, None), (4, 0, None)]


def test_whoever_reads_does_not_notice_it(run_of: Callable[..., RunJournal], open_journal: Open) -> None:
    """Opening the journal and looking at runs takes no lock, and so does showing one that was cut off."""
    run = run_of(2)
    with holding(run.path.parent), open_journal() as journal:
        began = time.monotonic()
        (past,) = journal.runs()
        assert journal.find(past.run_id[:3]).left == 2
        assert [row for row, _ in journal.rows_to_retry(past)] == []
        assert journal.mending(past) == Mending()
        with journal.results(past) as results:
            assert len(list(results.outcomes())) == 2
        assert time.monotonic() - began < BUSY_S


@pytest.mark.slow
def test_a_journal_that_one_has_for_itself_is_named_too(open_journal: Open) -> None:
    """Where even reading is impossible, opening says who is in the way, at once."""
    with open_journal() as journal:
        state = journal.path.parent
    began = time.monotonic()
    with holding(state, "alone, run") as process, pytest.raises(LockedError, match=str(process.pid)):
        open_journal()
    assert time.monotonic() - began < BUSY_S


@pytest.mark.slow
def test_sweeping_is_left_for_the_next_time(open_journal: Open, new_run: Callable[..., NewRun]) -> None:
    """What is kept without need goes later: whoever came to read is not kept from it, however many there are."""
    with open_journal() as journal:
        for name in ("first", "second", "third"):
            journal.begin(new_run(name)).connection.execute("DETACH sent_values")
        run = journal.begin(new_run("fourth"))
        run.connection.execute("UPDATE runs SET started_at = '2020-01-01T00:00:00.000000Z'")
        with holding(journal.path.parent):
            began = time.monotonic()
            journal.sweep(86_400.0)
            assert time.monotonic() - began < BUSY_S
        assert {past.overdue_at for past in journal.runs()} == {None}
        journal.sweep(86_400.0)
        assert None not in {past.overdue_at for past in journal.runs()}


@pytest.mark.parametrize("fails", [None, RuntimeError])
def test_what_would_stop_the_process_waits_for_the_end_of_a_transaction(
    fails: type[Exception] | None, journal: Journal
) -> None:
    """It is done once, however often it was asked for, when others can write again; else it is done at once."""
    free: list[bool] = []

    def act() -> None:
        with closing(sqlite3.connect(journal.path, timeout=0.0, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            free.append(True)

    with closing(connect(journal.path)) as connection:
        with suppress(RuntimeError), atomic(connection):
            outside_transactions(act)
            outside_transactions(act)
            assert free == []
            if fails:
                raise fails
        assert free == [True]
    outside_transactions(act)
    assert free == [True, True]
