"""Death by SIGKILL at the lines of a step: whatever is left behind, later runs can work with it.

All of them in turn: a third each time, and others with each commit.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from importer.errors import SettingsError
from importer.journal.journal import Journal
from importer.journal.private.private_folder import PrivateFolder
from importer.model.run import NewRun, PastRun
from importer.model.statuses import Status
from tests.journal import dying
from tests.journal.rows import NEW_RUN, begun, outcome, seen, update
from tests.proving import PARTS, turn

pytestmark = pytest.mark.proof

Left = Callable[[str], Sequence[Path]]
PHASES = "SELECT row, phase, status, maybe, interrupted, attempts FROM rows ORDER BY row"
IN_FLIGHT = [(2, 2, "updated", 0, 0, 1), (3, 2, "failed", 0, 0, 1), (4, 1, None, 0, 0, 1)]
TAKEN_UP = [(2, 2, "updated", 0, 0, 1), (3, 0, None, 0, 0, 1), (4, 0, None, 1, 1, 1)]


@pytest.fixture
def left(tmp_path: Path) -> Left:
    """Let children die at lines of a step; return the state directories that they leave, in the lines' order."""

    def die(step: str) -> Sequence[Path]:
        dying.source_of(tmp_path).write_text("customer_id,first_name\n1,Ana\n")
        command = [sys.executable, "-m", "tests.journal.dying", str(tmp_path), step, str(turn()), str(PARTS)]
        subprocess.run(command, check=True, timeout=120, cwd=Path(__file__).parents[2])
        found = sorted(tmp_path.glob("line-*"), key=lambda path: int(path.name.removeprefix("line-")))
        assert len(found) > 15 / PARTS
        assert (tmp_path / "whole").exists()
        return found

    return die


def _found(journal: Journal) -> PastRun | None:
    try:
        return journal.find("dying")
    except SettingsError:
        return None


def _kept(state: Path) -> list[str]:
    return [path.name for path in (state / "runs").iterdir()] if (state / "runs").exists() else []


def _kept_rows(state: Path, run_id: str) -> list[int]:
    """Return the rows of a run whose values are kept."""
    kept = PrivateFolder(state / "runs" / run_id).kept
    return [row for row, _ in kept.updates()] if kept.path.exists() else []


def _begin_another(journal: Journal, state: Path) -> None:
    """Begin a run and end it: nothing that is left of another is in its way."""
    source = dying.source_of(state.parent)
    run = journal.begin(NewRun(run_id="another", source=source, output=state, **NEW_RUN))
    run.add([update(2)], [])
    run.record(begun(2), [], [])
    run.record([], [], [outcome(2)])
    run.settle(None, "")
    run.ended(0, unfinished=False)


def test_a_run_that_dies_while_it_begins_is_resumed_or_swept(left: Left) -> None:
    """Either the journal knows it, and it begins anew from its own copy, or its folder goes as nobody's."""
    known = 0
    for state in left("begin"):
        with dying.opened(state) as journal:
            past = _found(journal)
            if past is not None:
                known += 1
                assert (past.kept, past.checked, past.ended) == (True, False, False)
                assert journal.resume(past).source.read_bytes() == dying.source_of(state.parent).read_bytes()
        with dying.opened(state, days=1000) as journal:  # beyond the time of the files, which is the machine's
            _begin_another(journal, state)
            journal.sweep(86_400.0)
        with dying.opened(state, days=1001) as journal:
            journal.sweep(86_400.0)
            assert _kept(state) == []
            assert list(journal.unfinished()) == []
    assert known > 0


def test_a_run_that_dies_while_it_ends_has_ended_or_can_be_resumed(left: Left) -> None:
    """What no retry needs goes at the next sweeping; before the exit code is there, nothing of it goes."""
    ended = 0
    for state in left("end"):
        with dying.opened(state) as journal:
            past = journal.find("dying")
            if past.ended:
                ended += 1
                journal.sweep(86_400.0)
                assert [path.name for path in (state / "runs" / "dying").iterdir()] == ["kept.sqlite"]
                assert _kept_rows(state, "dying") == [3, 4, 5, 6]
                assert (past.exit_code, past.attempts, past.left, past.kept_rows) == (1, 3, 0, 4)
                assert past.statuses[Status.UNCONFIRMED] == 2
            else:
                assert [row.update.row for row in journal.resume(past).pending(0, 9)] == [3, 4, 5]
    assert ended > 0


def test_a_run_that_dies_while_it_is_resumed_is_as_it_was_or_taken_up(left: Left) -> None:
    """There is nothing between the two, whatever the dead processes left in SQLite's logs."""
    seen_states = set()
    for state in left("resume"):
        phases = seen(state / "journal.sqlite", PHASES)[:3]
        assert phases in (IN_FLIGHT, TAKEN_UP)
        seen_states.add(tuple(phases))
        with dying.opened(state) as journal:
            run = journal.resume(journal.find("dying"))
            assert [(row.update.row, row.attempts, row.maybe, row.interrupted) for row in run.pending(0, 9)] == [
                (3, 1, False, False),
                (4, 1, True, True),
                (5, 0, False, False),
            ]
    assert len(seen_states) == 2


def test_a_run_that_dies_while_it_is_forgotten_is_whole_or_forgotten(left: Left) -> None:
    """Either it can be resumed, or each of its rows has its outcome and what it kept goes at the next sweeping."""
    forgotten = 0
    for state in left("forget"):
        with dying.opened(state) as journal:
            past = journal.find("dying")
            if past.kept:
                assert journal.resume(past).to_send() == 3
                continue
            forgotten += 1
            journal.sweep(86_400.0)
            assert _kept(state) == []
            assert (past.left, past.statuses[Status.UNCONFIRMED], past.statuses[Status.NOT_SENT]) == (0, 2, 1)
            assert list(journal.rows_to_retry(past)) == [(3, False), (4, True), (5, False), (6, True)]
    assert forgotten > 0


def test_a_retry_that_dies_while_it_confirms_leaves_nothing_of_what_is_confirmed(left: Left) -> None:
    """Once the confirmation is durable, the values go at the next sweeping at the latest; before it, they are there."""
    confirmed = 0
    for state in left("confirm"):
        with dying.opened(state) as journal:
            status = seen(journal.path, "SELECT status FROM rows WHERE run = 2 AND row = 3")
            journal.sweep(86_400.0)
            past = journal.find("dying")
            if status == [("updated",)]:
                confirmed += 1
                assert (_kept_rows(state, "dying"), past.kept_rows) == ([4, 5, 6], 3)
            else:
                assert (_kept_rows(state, "dying"), past.kept_rows) == ([3, 4, 5, 6], 4)
    assert confirmed > 0


def test_what_an_ended_run_keeps_is_there_whole_or_gone_when_forgetting_it_dies(left: Left) -> None:
    """It is never half of it, and the journal says so at the next sweeping."""
    gone = 0
    for state in left("forget_ended"):
        with dying.opened(state) as journal:
            journal.sweep(86_400.0)
            rows = _kept_rows(state, "dying")
            assert journal.find("dying").kept_rows == len(rows)
            assert rows in ([], [3, 4, 5, 6])
            gone += not rows
    assert gone > 0
