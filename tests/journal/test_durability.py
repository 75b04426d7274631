"""What the journal has said to hold, it holds: for another process, after a kill, through power loss."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from importer.errors import JournalError
from importer.journal.run_journal import RunJournal
from importer.model.statuses import Status
from tests.journal.rows import begun, outcome, seen, update, waiting

RunOf = Callable[[int], RunJournal]

_KILLED = """
import signal, sys, os
from pathlib import Path
from importer.journal.journal import Journal
from importer.model.run import NewRun
from tests.journal.rows import NEW_RUN, begun, outcome, update

state, source = Path(sys.argv[1]), Path(sys.argv[2])
run = Journal(state, wall=lambda: 0.0).begin(NewRun(run_id="dead", source=source, output=source, **NEW_RUN))
run.add([update(row) for row in range(2, 6)], [])
run.record(begun(2, 3), [], [])
run.record([], [], [outcome(2)])
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("file", ["main", "sent_values"])
def test_every_commit_is_synced(file: str, run: RunJournal) -> None:
    """Both files, the journal and the values, are in WAL mode with synchronous=FULL (2)."""
    assert run.connection.execute(f"PRAGMA {file}.journal_mode").fetchone() == ("wal",)
    assert run.connection.execute(f"PRAGMA {file}.synchronous").fetchone() == (2,)


def test_what_is_about_to_be_sent_is_known_to_others_at_once(run_of: RunOf) -> None:
    """As soon as `record` returns, another connection sees the attempts in flight, with their number and time."""
    run = run_of(3)
    run.record(begun(2, 4), [], [])
    found = seen(run.path, "SELECT row, phase, attempts, sent_at FROM rows ORDER BY row")
    assert found == [(2, 1, 1, 1_750_000_000.25), (3, 0, 0, None), (4, 1, 1, 1_750_000_000.25)]


def test_an_outcome_is_known_to_others_at_once(run_of: RunOf) -> None:
    """As soon as `record` returns, another connection sees the outcome and all that belongs to it."""
    run = run_of(1)
    run.record(begun(2), [], [])
    run.record([], [], [outcome(2, Status.REJECTED, code="http_400", message="No", http_status=400, updated_at="")])
    found = seen(run.path, "SELECT phase, status, code, message, http_status, attempts FROM rows")
    assert found == [(2, "rejected", "http_400", "No", 400, 1)]


def test_checked_rows_are_known_to_others_at_once(run_of: RunOf) -> None:
    """The values of rows that were taken in are in the file of the run's own folder."""
    run = run_of(2)
    found = seen(run.private.values, "SELECT row, first_name, last_name, email FROM updates")
    assert found == [(row, "Ana", "Torres Vidal", "ana.torres@example.com") for row in (2, 3)]


def test_what_a_killed_run_recorded_is_there(state: Path, source: Path) -> None:
    """After a SIGKILL right behind `record`, the journal holds every step, and the folder what it needs to go on."""
    ended = subprocess.run([sys.executable, "-c", _KILLED, str(state), str(source)], check=False)
    assert ended.returncode == -signal.SIGKILL
    assert seen(state / "journal.sqlite") == [(2, 2, "updated"), (3, 1, None), (4, 0, None), (5, 0, None)]
    assert (state / "runs" / "dead" / "source").read_bytes() == source.read_bytes()
    assert seen(state / "runs" / "dead" / "values.sqlite", "SELECT count(*) FROM updates") == [(4,)]


def test_a_full_disk_undoes_the_whole_step(run_of: RunOf) -> None:
    """Where the journal cannot grow, `record` raises and holds nothing of the step; with room again, it goes on."""
    run = run_of(50)
    run.record(begun(*range(2, 52)), [], [])
    (pages,) = run.connection.execute("PRAGMA page_count").fetchone()
    run.connection.execute(f"PRAGMA max_page_count = {pages}")
    step = [outcome(row, message="x" * 3000) for row in range(2, 52)]
    with pytest.raises(JournalError, match="full") as caught:
        run.record([], [], step)
    assert "room" in caught.value.hint
    assert str(run.path) in caught.value.message
    assert seen(run.path) == [(row, 1, None) for row in range(2, 52)]
    run.connection.execute("PRAGMA max_page_count = 1000000")
    run.record([], [], step)
    assert run.statuses()[Status.UPDATED] == 50


def test_a_full_disk_while_rows_are_taken_in_undoes_both_files(run_of: RunOf) -> None:
    """Where the values find no room, neither they nor their rows are taken in."""
    run = run_of(1)
    (pages,) = run.connection.execute("PRAGMA sent_values.page_count").fetchone()
    run.connection.execute(f"PRAGMA sent_values.max_page_count = {pages}")
    with pytest.raises(JournalError, match="full"):
        run.add([update(row, first_name="x" * 200) for row in range(3, 500)], [])
    assert run.to_send() == 1
    assert seen(run.private.values, "SELECT row FROM updates") == [(2,)]


def test_values_that_are_lost_are_a_defect_and_no_row_is_left_out_in_silence(run_of: RunOf) -> None:
    """A row whose values are not in the run's folder is never passed over."""
    run = run_of(3)
    run.connection.execute("DELETE FROM sent_values.updates WHERE row = 3")
    with pytest.raises(JournalError, match="row 3"):
        run.pending(0, 10)


def test_a_waiting_row_keeps_what_its_attempts_left(run_of: RunOf) -> None:
    """A row between two attempts is handed over with their number and whether one may have been applied."""
    run = run_of(2)
    run.record(begun(2, 3), [], [])
    run.record([], [waiting(2, attempts=1, maybe=True), waiting(3, attempts=1)], [])
    assert [(row.update.row, row.attempts, row.maybe) for row in run.pending(0, 9)] == [(2, 1, True), (3, 1, False)]
