"""Taking up again what an unfinished run has left, retrying, superseding, forgetting and sweeping."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from importer.errors import JournalError, SettingsError
from importer.journal.journal import Journal
from importer.journal.run_journal import RunJournal
from importer.model.rows import Earlier, Outcome
from importer.model.run import NewRun
from importer.model.source import SourceInfo
from importer.model.statuses import Status
from importer.model.stop_reasons import StopReason
from tests.journal.rows import begun, issue, outcome, seen, told, untimed, update, waiting

OpenJournal = Callable[[], Journal]
NewRunOf = Callable[..., NewRun]

PHASES = "SELECT row, phase, status, maybe, interrupted, attempts FROM rows WHERE run = 1 ORDER BY row"


def checked(run: RunJournal, rows: int) -> None:
    """Note that the source is journalled."""
    run.checked(SourceInfo("/data/changes.csv", None, run.sha256, rows))


@pytest.fixture
def dead(open_journal: OpenJournal, new_run: NewRunOf) -> str:
    """Leave a run behind whose process died with two rows in flight, one waiting, and others final or untouched."""
    with open_journal() as journal:
        run = journal.begin(new_run())
        run.add([update(row) for row in range(2, 10)], [issue(10)])
        checked(run, 9)
        run.record(begun(2, 3, 4, 5, 6), [], [])
        run.record(
            [],
            [waiting(5, maybe=True)],
            [outcome(2), outcome(6, Status.REJECTED, code="http_400", message="No", updated_at="")],
        )
        return run.run_id


def test_rows_in_flight_are_taken_up_again_and_known_for_it(dead: str, open_journal: OpenJournal) -> None:
    """What was in flight may have been applied; what is final stays; what was not tried is as it was."""
    with open_journal() as journal:
        run = journal.resume(journal.find(dead))
        assert seen(run.path, PHASES) == [
            (2, 2, "updated", 0, 0, 1),
            (3, 0, None, 1, 1, 1),
            (4, 0, None, 1, 1, 1),
            (5, 0, None, 1, 0, 1),
            (6, 2, "rejected", 0, 0, 1),
            (7, 0, None, 0, 0, 0),
            (8, 0, None, 0, 0, 0),
            (9, 0, None, 0, 0, 0),
            (10, 2, "invalid", 0, 0, 0),
        ]
        pending = run.pending(0, 100)
        assert [(row.update, row.attempts, row.maybe, row.interrupted) for row in pending[:3]] == [
            (update(3), 1, True, True),
            (update(4), 1, True, True),
            (update(5), 1, True, False),
        ]


def test_it_can_die_and_be_resumed_again_and_again(dead: str, open_journal: OpenJournal) -> None:
    """That a row was in flight once is never forgotten, and attempts count over all processes."""
    for number in (2, 3, 4):
        with open_journal() as journal:
            run = journal.resume(journal.find(dead))
            run.record(begun(3, number=number), [], [])
    with open_journal() as journal:
        assert journal.find(dead).attempts == 5 + 3
        (row,) = [row for row in journal.resume(journal.find(dead)).pending(0, 9) if row.update.row == 3]
        assert (row.attempts, row.maybe, row.interrupted) == (4, True, True)


def test_a_stopped_runs_rows_are_taken_up_but_for_those_left_out(open_journal: OpenJournal, new_run: NewRunOf) -> None:
    """Failed, in doubt and not sent goes again; confirmed, refused, over a limit and superseded does not."""
    with open_journal() as journal:
        run = journal.begin(new_run())
        run.add([update(row) for row in range(2, 9)], [])
        checked(run, 7)
        run.selection.leave_out(code="over_limit", message="Left out", first=5)
        run.record(begun(2, 3, 4), [], [])
        step = [outcome(2), outcome(3, Status.FAILED, code="x"), outcome(4, Status.UNCONFIRMED, code="http_500")]
        run.record([], [], step)
        run.settle(StopReason.API_DOWN, "It stopped")
        run.ended(4, unfinished=True)
    with open_journal() as journal:
        past = journal.find("run-1")
        assert (past.exit_code, past.stop_reason, past.ended, past.left) == (4, StopReason.API_DOWN, False, 0)
        run = journal.resume(past)
        assert [(row.update.row, row.maybe) for row in run.pending(0, 9)] == [
            (3, False),
            (4, True),
            (5, False),
            (6, False),
        ]
        assert run.statuses()[Status.NOT_SENT] == 2
        past = journal.find("run-1")
        assert (past.exit_code, past.stop_reason, past.finished_at, past.left) == (None, None, None, 4)


def test_repeats_of_a_row_that_goes_again_wait_for_it_again(open_journal: OpenJournal, new_run: NewRunOf) -> None:
    """The repeat of a row in doubt follows it; that of a confirmed row stays a duplicate."""
    with open_journal() as journal:
        run = journal.begin(new_run())
        run.add([update(2), update(3), update(4, customer="customer-2"), update(5, customer="customer-3")], [])
        run.selection.resolve([(4, 2), (5, 3)])
        checked(run, 4)
        run.record(begun(2, 3), [], [])
        run.record([], [], [outcome(2), outcome(3, Status.UNCONFIRMED, code="http_500")])
        run.settle(StopReason.TERMINATED, "It stopped")
        run.ended(143, unfinished=True)
    with open_journal() as journal:
        run = journal.resume(journal.find("run-1"))
        run.record(begun(3, number=2), [], [])
        run.record([], [], [outcome(3, attempts=2)])
        run.settle(None, "")
        assert told(run.outcomes()) == {
            2: (Status.UPDATED, ""),
            3: (Status.UPDATED, ""),
            4: (Status.DUPLICATE, ""),
            5: (Status.DUPLICATE, ""),
        }


def test_a_run_that_was_not_checked_begins_anew(open_journal: OpenJournal, new_run: NewRunOf, source: Path) -> None:
    """Half a source in the journal is dropped, values too: the copy is checked again."""
    with open_journal() as journal:
        journal.begin(new_run()).add([update(2)], [issue(3)])
    source.unlink()
    with open_journal() as journal:
        run = journal.resume(journal.find("run-1"))
        assert seen(run.path) == []
        run.add([update(2)], [issue(3)])
        assert [row.update for row in run.pending(0, 9)] == [update(2)]
        assert run.source.exists()


@pytest.mark.parametrize("lost", ["source", "values.sqlite"])
def test_what_is_not_kept_cannot_be_resumed(dead: str, open_journal: OpenJournal, state: Path, lost: str) -> None:
    """The message names the other way."""
    (state / "runs" / dead / lost).unlink()
    with open_journal() as journal, pytest.raises(JournalError) as caught:
        journal.resume(journal.find(dead))
    assert f"importer retry {dead}" in caught.value.hint


def another(journal: Journal, new_run: NewRunOf, run_id: str, *rows: int, base_url: str = "") -> RunJournal:
    """Let another run send to the customers of these rows."""
    new = new_run(run_id)
    if base_url:
        new = replace(new, target=replace(new.target, base_url=base_url))
    run = journal.begin(new)
    run.add([update(row, email="newer@example.com") for row in rows], [])
    checked(run, len(rows))
    run.record(begun(*rows), [], [])
    run.record([], [], [outcome(row) for row in rows])
    run.settle(None, "")
    run.ended(0, unfinished=False)
    return run


def test_rows_that_a_later_run_has_sent_are_superseded(dead: str, open_journal: OpenJournal, new_run: NewRunOf) -> None:
    """What this run may have applied stays in doubt, what it never sent is not sent, and that run is named."""
    with open_journal() as journal:
        another(journal, new_run, "later", 3, 7)
        another(journal, new_run, "elsewhere", 8, base_url="https://other.example.com")
        run = journal.resume(journal.find(dead))
        assert run.selection.supersede() == 2
        rows = seen(run.path, "SELECT row, status, message FROM rows WHERE run = 1 AND code = 'superseded'")
    assert [(row, status) for row, status, _ in rows] == [(3, "unconfirmed"), (7, "not_sent")]
    assert all("Run later has sent to this customer since" in message for *_, message in rows)


def test_runs_before_and_retries_of_it_supersede_nothing(
    dead: str, open_journal: OpenJournal, new_run: NewRunOf
) -> None:
    """A retry sends the same values as the run itself, so the run may still go on."""
    with open_journal() as journal:
        retry = journal.begin(replace(new_run("again"), retry_of=journal.find(dead)))
        retry.add([update(7)], [])
        retry.record(begun(7), [], [])
        assert retry.selection.supersede() == 0
        retry.discard()
        assert journal.resume(journal.find(dead)).selection.supersede() == 0


def test_a_retry_has_the_rows_that_another_try_may_help(open_journal: OpenJournal, new_run: NewRunOf) -> None:
    """Only those, with what may have been applied; a doubt that is only carried over stays one when it stops."""
    with open_journal() as journal:
        run = journal.begin(new_run())
        run.add([update(row) for row in range(2, 6)], [issue(6)])
        checked(run, 5)
        run.record(begun(2, 3, 4), [], [])
        step = [outcome(2), outcome(3, Status.FAILED), outcome(4, Status.UNCONFIRMED)]
        run.record([], [], step)
        run.settle(StopReason.API_DOWN, "It stopped")
        run.ended(4, unfinished=True)
        past = journal.find("run-1")
        chosen = list(journal.rows_to_retry(past))
        assert chosen == [(3, False), (4, True), (5, False)]
        retry = journal.begin(replace(new_run("again"), retry_of=past))
        retry.add([update(row) for row in range(2, 6)], [issue(6)])
        retry.selection.only(chosen)
        assert [(row.update.row, row.maybe) for row in retry.pending(0, 9)] == chosen
        assert seen(retry.private.values, "SELECT row FROM updates ORDER BY row") == [(3,), (4,), (5,)]
        retry.settle(StopReason.KEY_REFUSED, "It stopped")
        assert {row: status for row, (status, _) in told(retry.outcomes()).items()} == {
            row: Status.UNCONFIRMED if row == 4 else Status.NOT_SENT for row in (3, 4, 5)
        }
        assert journal.find("again").retry_of == "run-1"


def test_a_forgotten_run_says_what_is_true_of_each_row(dead: str, open_journal: OpenJournal, state: Path) -> None:
    """In flight is in doubt, untouched is not sent; nothing of people's data is left."""
    with open_journal() as journal:
        journal.forget(journal.find(dead))
        assert not (state / "runs" / dead).exists()
        past = journal.find(dead)
        assert (past.kept, past.left) == (False, 0)
        assert past.statuses[Status.UNCONFIRMED] == 3
        assert past.statuses[Status.NOT_SENT] == 3
        assert list(journal.unfinished()) == []


def test_a_run_is_found_by_the_beginning_of_its_id(open_journal: OpenJournal, new_run: NewRunOf) -> None:
    """Three characters will do where they are enough; otherwise it is said that they are not."""
    with open_journal() as journal:
        for run_id in ("abcd", "abce", "abcde", "xyz9"):
            another(journal, new_run, run_id, 2)
        assert journal.find("xyz").run_id == "xyz9"
        assert journal.find("abcd").run_id == "abcd"
        assert journal.find(" XYZ9 ").run_id == "xyz9"
        for wanted, reason in (
            ("abc", "3 runs have an id that begins with abc"),
            ("xy", "too short"),
            ("", "too short"),
            ("%", "too short"),
            ("nope", "no run nope"),
            ("%%%%", "no run %%%%"),
        ):
            with pytest.raises(SettingsError, match=reason) as caught:
                journal.find(wanted)
            assert (caught.value.code, caught.value.hint) == ("run_unknown", "`importer history` lists the runs.")


def test_sweeping_erases_what_is_kept_without_need(
    dead: str, state: Path, new_run: NewRunOf, open_journal: OpenJournal
) -> None:
    """Folders of ended runs and of none go, that of an unfinished run stays for its time, and one at work stays.

    So does what was just begun, if there is something in it: a process that has not come that far has its lock.
    """
    with open_journal() as journal:
        another(journal, new_run, "ended", 2)
        (state / "runs" / "ended").mkdir()
        (state / "runs" / "nobodys").mkdir()
        (state / "runs" / "emptied").mkdir()
        (state / "runs" / "just-begun").mkdir()
        (state / "runs" / "just-begun" / "source").touch()
        os.utime(state / "runs" / "nobodys", (0, 0))
        now = 1_750_000_000.25
        os.utime(state / "runs" / "just-begun", (now, now))
        journal.sweep(3600.0)
        assert sorted(path.name for path in (state / "runs").iterdir()) == ["just-begun", dead]
    with Journal(state, wall=lambda: now + 86_000) as journal:
        journal.sweep(3600.0)
        assert (state / "runs" / dead).exists()
    for passed in (90_000, 94_000):
        with Journal(state, wall=partial(float, now + passed)) as journal:
            journal.sweep(3600.0)
    with Journal(state, wall=lambda: now + 94_000) as journal:
        assert list((state / "runs").iterdir()) == []
        assert not journal.find(dead).kept


def test_a_stopped_run_keeps_what_it_needs_for_its_time_only(
    open_journal: OpenJournal, new_run: NewRunOf, state: Path
) -> None:
    """After that it is as if it had been forgotten."""
    with open_journal() as journal:
        run = journal.begin(new_run())
        run.add([update(2)], [])
        checked(run, 1)
        run.settle(StopReason.INTERRUPTED, "It stopped")
        run.ended(130, unfinished=True)
        journal.sweep(10.0)
        assert [past.run_id for past in journal.unfinished()] == ["run-1"]
    for passed in (11.0, 22.0):
        with Journal(state, wall=partial(float, 1_750_000_000.25 + passed)) as journal:
            assert len(journal.unfinished()) == 1
            journal.sweep(10.0)
    with Journal(state, wall=lambda: 1_750_000_022.25) as journal:
        assert list(journal.unfinished()) == []


def test_what_was_known_of_a_row_stays_until_there_is_more(open_journal: OpenJournal, new_run: NewRunOf) -> None:
    """Rows that a process did not come to keep their last answer; it is handed on, and told before why it stopped."""
    with open_journal() as journal:
        run = journal.begin(new_run())
        run.add([update(row) for row in range(2, 6)], [])
        checked(run, 4)
        run.record(begun(2, 3, 4), [], [])
        step = [
            outcome(2, Status.UNCONFIRMED, code="http_500", message="It said 500", http_status=500),
            outcome(3, Status.FAILED, code="http_425", message="It said “later.”", http_status=425),
            outcome(4, Status.FAILED, code="http_425", message="It said 425", http_status=425),
        ]
        run.record([], [], step)
        run.settle(StopReason.API_DOWN, "The run stopped: down")
        run.ended(4, unfinished=True)
    with open_journal() as journal:
        run = journal.resume(journal.find("run-1"))
        assert [row.earlier for row in run.pending(0, 9)] == [
            Earlier("http_500", "It said 500", 500),
            Earlier("http_425", "It said “later.”", 425),
            Earlier("http_425", "It said 425", 425),
            None,
        ]
        run.record(begun(4, number=2), [], [])
    for _ in range(2):
        with open_journal() as journal:
            run = journal.resume(journal.find("run-1"))
            run.settle(StopReason.KEY_REFUSED, "The run stopped: refused")
            run.ended(4, unfinished=True)
            assert list(untimed(run.outcomes())) == [
                Outcome(
                    2,
                    Status.UNCONFIRMED,
                    "http_500",
                    "It said 500. Gone on with, the run stopped: refused",
                    http_status=500,
                    attempts=1,
                ),
                Outcome(
                    3,
                    Status.NOT_SENT,
                    "key_refused",
                    "It said “later.” Gone on with, the run stopped: refused",
                    http_status=425,
                    attempts=1,
                ),
                replace(in_flight(run), row=4),
                Outcome(5, Status.NOT_SENT, "key_refused", "The run stopped: refused"),
            ]


def in_flight(run: RunJournal) -> Outcome:
    """Return what is true of a row that had failed, and was in flight when a process died."""
    (told,) = [found.message for found in run.outcomes() if found.row == 4]
    assert told.startswith("An earlier attempt may or may not have been applied. The run stopped: refused")
    return Outcome(4, Status.UNCONFIRMED, "interrupted", told, http_status=None, attempts=2)


def test_what_an_attempt_has_shown_meanwhile_takes_the_place_of_what_was_known(
    open_journal: OpenJournal, new_run: NewRunOf
) -> None:
    """A row that waits for another try when its process dies is not told of an answer that was not its last one."""
    with open_journal() as journal:
        run = journal.begin(new_run())
        run.add([update(2)], [])
        checked(run, 1)
        run.record(begun(2), [], [])
        run.record([], [], [outcome(2, Status.FAILED, code="http_425", message="It said 425", http_status=425)])
        run.settle(StopReason.API_DOWN, "The run stopped: down")
        run.ended(4, unfinished=True)
        run = journal.resume(journal.find("run-1"))
        run.record(begun(2, number=2), [], [])
        run.record([], [waiting(2, attempts=2, maybe=True)], [])
    with open_journal() as journal:
        journal.forget(journal.find("run-1"))
        found = seen(journal.path, "SELECT status, code, message, http_status FROM rows")
    assert found == [("unconfirmed", "interrupted", "An earlier attempt may or may not have been applied", None)]


@pytest.mark.slow
def test_a_history_does_not_grow_for_ever(open_journal: OpenJournal, new_run: NewRunOf) -> None:
    """However often a run stops, for whatever reasons, a message stays one that can be read."""
    with open_journal() as journal:
        run = journal.begin(new_run())
        run.add([update(2)], [])
        checked(run, 1)
        run.record(begun(2), [], [])
        run.record([], [], [outcome(2, Status.FAILED, code="http_425", message="It said 425")])
        for number in range(200):
            run.settle(StopReason.API_DOWN, f"The run stopped for reason {number}")
            run.ended(4, unfinished=True)
            run = journal.resume(journal.find("run-1"))
        run.settle(StopReason.API_DOWN, "The run stopped for the last time")
        (found,) = run.outcomes()
    assert found.message.startswith("It said 425. Gone on with, the run stopped for reason 1")
    assert found.message.endswith("the run stopped for the last time")
    assert len(found.message) < 1100
