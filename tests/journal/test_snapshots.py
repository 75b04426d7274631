"""What is read of a run that died, as if nobody went on with it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from importer.journal.journal import Journal
from importer.journal.run_journal import RunJournal
from importer.model.run import NewRun, PastAttempt, PastRun
from importer.model.source import SourceInfo
from importer.model.statuses import Status
from importer.model.stop_reasons import StopReason
from tests.journal.conftest import NOON
from tests.journal.rows import begun, outcome, seen, update

OpenJournal = Callable[[], Journal]


class BrokenError(Exception):
    """What goes wrong while rows are read."""


@pytest.fixture
def cut_off(open_journal: OpenJournal, new_run: Callable[..., NewRun]) -> str:
    """Leave a run behind that died in the second attempts of rows whose first ones ended with HTTP 500."""
    with open_journal() as journal:
        run = journal.begin(new_run())
        run.add([update(row) for row in range(2, 5)], [])
        run.checked(SourceInfo("/data/changes.csv", None, run.sha256, 3))
        run.record(begun(2, 3, 4), [], [])
        failed = {"code": "http_500", "message": "The API failed (HTTP 500)", "http_status": 500}
        run.record([], [], [outcome(2, Status.FAILED, **failed), outcome(3, Status.UNCONFIRMED, **failed), outcome(4)])
        run.settle(StopReason.INTERRUPTED, "It stopped")
        run.ended(130, unfinished=True)
    with open_journal() as journal:
        run = journal.resume(journal.find("run-1"))
        run.record(begun(2, 3, number=2), [], [])
    return "run-1"


def _break_while_reading(journal: Journal, past: PastRun) -> None:
    with journal.results(past) as results:
        outcomes = results.outcomes()
        for _ in outcomes:
            raise BrokenError


def test_an_error_while_a_snapshot_is_read_is_the_one_that_is_told(
    journal: Journal, run_of: Callable[[int], RunJournal]
) -> None:
    """What still reads, since the error holds on to it, hides nothing; and the run can be read again afterwards."""
    rows = 2_500  # more than are read at a time
    run = run_of(rows)
    run.checked(SourceInfo("/data/changes.csv", None, run.sha256, rows))
    past = journal.find(run.run_id)
    with pytest.raises(BrokenError) as raised:
        _break_while_reading(journal, past)
    assert raised.traceback[-1].name == "_break_while_reading"
    with journal.results(past) as results:
        assert sum(1 for _ in results.outcomes()) == rows
    assert journal.find(run.run_id).left == rows


def test_a_snapshot_has_no_answer_to_an_attempt_that_was_cut_off(cut_off: str, open_journal: OpenJournal) -> None:
    """What an earlier attempt of the row was answered is told of that attempt only."""
    with open_journal() as journal, journal.results(journal.find(cut_off)) as results:
        assert [found.http_status for found in results.outcomes()] == [None, None, 200]
        answered = [one.http_status for one in results.requests()]
        assert sorted(answered, key=str) == [200, 500, 500, None, None]


def test_a_forgotten_run_has_none_either(cut_off: str, open_journal: OpenJournal) -> None:
    """Its rows end as the snapshot has shown them."""
    with open_journal() as journal:
        journal.forget(journal.find(cut_off))
        assert seen(journal.path, "SELECT http_status FROM rows ORDER BY row") == [(None,), (None,), (200,)]


def test_what_is_in_flight_has_no_answer_yet(cut_off: str, open_journal: OpenJournal) -> None:
    """Neither before it is taken up again nor after."""
    with open_journal() as journal:
        run = journal.resume(journal.find(cut_off))
        unseen = PastAttempt(NOON, None, None, confirmed=False)
        assert [one for one in run.results.requests() if one.latency_s is None and one.http_status is None] == [
            unseen
        ] * 2
        in_doubt = {row.update.row: row.earlier and row.earlier.http_status for row in run.pending(0, 9)}
        assert in_doubt == {2: None, 3: 500}
