"""By what the API answers, and what a row in doubt turns out to be at the end of its run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from importer.errors import JournalError
from importer.journal.journal import Journal
from importer.journal.run_journal import RunJournal
from importer.model.rows import Outcome, Reconsidered
from importer.model.run import NewRun, Target
from importer.model.source import SourceInfo
from importer.model.statuses import Status
from importer.model.stop_reasons import StopReason
from tests.journal.rows import begun, outcome, seen

IN_FRONT = {"code": "answered_in_front", "http_status": 404}


def test_a_run_knows_by_what_it_was_answered(run: RunJournal) -> None:
    """Each product once, and the absence of a name too."""
    assert run.voices.products() == []
    run.record([], [], [], products=["gunicorn", ""])
    run.record([], [], [], products=["gunicorn"])
    assert sorted(run.voices.products()) == ["", "gunicorn"]


def test_a_run_begins_with_what_answered_the_last_one_there(journal: Journal, new_run: Callable[..., NewRun]) -> None:
    """Of those that were answered at all, the last one to the same base URL."""

    def answered_by(new: NewRun, *products: str) -> tuple[list[str], list[str]]:
        run = journal.begin(new)
        run.record([], [], [], products=products)
        found = sorted(run.voices.earlier_products()), sorted(run.voices.products())
        run.ended(0, unfinished=False)
        return found

    elsewhere = replace(new_run("four"), target=Target("https://elsewhere.example.com", None, None))
    rehearsal = replace(new_run("five"), asked={"sandbox": True})
    assert answered_by(new_run("one"), "apache") == ([], ["apache"])
    assert answered_by(new_run("two"), "nginx", "gunicorn") == (["apache"], ["gunicorn", "nginx"])
    assert answered_by(new_run("three")) == (["gunicorn", "nginx"], [])
    assert answered_by(elsewhere, "iis") == ([], ["iis"])
    assert answered_by(rehearsal, "uvicorn") == ([], ["uvicorn"])
    assert answered_by(replace(rehearsal, run_id="six")) == ([], [])
    assert answered_by(new_run("seven"), "caddy") == (["gunicorn", "nginx"], ["caddy"])


def test_a_run_of_which_nothing_came_leaves_no_trace(run: RunJournal) -> None:
    """Its source was none."""
    run.record([], [], [], products=["gunicorn"])
    run.discard()
    assert seen(run.path, "SELECT * FROM voices") == []


def test_a_row_in_doubt_is_revised(run_of: Callable[[int], RunJournal]) -> None:
    """It is in no doubt any more, also not for a retry."""
    run = run_of(1)
    run.record(begun(2), [], [])
    run.record([], [], [outcome(2, Status.UNCONFIRMED, **IN_FRONT)])
    run.record([], [], [], revised=[outcome(2, Status.REJECTED, code="http_404", http_status=404, attempts=2)])
    [found] = run.outcomes()
    assert (found.status, found.code, found.http_status, found.attempts) == (Status.REJECTED, "http_404", 404, 2)
    assert seen(run.path, "SELECT maybe FROM rows") == [(0,)]


def test_a_refused_row_is_revised(run_of: Callable[[int], RunJournal]) -> None:
    """It is in doubt from now on, for a retry too."""
    run = run_of(1)
    run.record(begun(2), [], [])
    revised = outcome(2, Status.UNCONFIRMED, **IN_FRONT)
    run.record([], [], [outcome(2, Status.REJECTED, code="http_404")], revised=[revised])
    [found] = run.outcomes()
    assert (found.status, found.code) == (Status.UNCONFIRMED, "answered_in_front")
    assert seen(run.path, "SELECT maybe FROM rows") == [(1,)]


BELIEVED = Reconsidered(["awselb"], outcome(2, Status.UNCONFIRMED, message="Somebody else", **IN_FRONT))


@pytest.fixture
def refused(run_of: Callable[[int], RunJournal]) -> RunJournal:
    """Return a run with one row that was refused, and believed to be."""
    run = run_of(2)
    run.checked(SourceInfo("/data/changes.csv", None, run.sha256, 2))
    run.record(begun(2), [], [])
    run.record([], [], [outcome(2, Status.REJECTED, code="http_404", http_status=404)], believed=[BELIEVED])
    return run


def test_what_was_believed_is_known_to_the_next_process(
    refused: RunJournal, open_journal: Callable[[], Journal]
) -> None:
    """As long as nothing is confirmed."""
    refused.settle(StopReason.INTERRUPTED, "The run was interrupted before this row")
    refused.ended(130, unfinished=True)
    with open_journal() as journal:
        again = journal.resume(journal.find(refused.run_id))
        assert again.voices.believed() == [BELIEVED]
        again.record([], [], [], products=["gunicorn"], revised=[BELIEVED.outcome])
        assert again.voices.believed() == []
    assert seen(refused.path, "SELECT * FROM believed") == []


def test_what_was_believed_goes_with_the_end_of_the_run(refused: RunJournal) -> None:
    """Nobody goes on with it."""
    refused.ended(1, unfinished=False)
    assert seen(refused.path, "SELECT * FROM believed") == []


def test_a_row_that_is_taken_up_again_is_not_believed_to_be_refused(refused: RunJournal) -> None:
    """It was revised before the process ended."""
    refused.record([], [], [], revised=[BELIEVED.outcome])
    assert refused.voices.believed() == []


@pytest.mark.parametrize("ended", [outcome(2), outcome(2, Status.FAILED), outcome(2, Status.REJECTED)])
def test_nothing_else_is_revised(run_of: Callable[[int], RunJournal], ended: Outcome) -> None:
    """A confirmation least of all."""
    run = run_of(1)
    run.record(begun(2), [], [])
    run.record([], [], [ended])
    before = seen(run.path, "SELECT * FROM rows")
    with pytest.raises(JournalError):
        run.record([], [], [], revised=[outcome(2, Status.REJECTED, code="http_404")])
    assert seen(run.path, "SELECT * FROM rows") == before
