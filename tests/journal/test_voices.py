"""By what the API answers, and what a row in doubt turns out to be at the end of its run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from importer.errors import JournalError
from importer.journal.journal import Journal, NewRun
from importer.journal.run_journal import RunJournal
from importer.model.rows import Outcome
from importer.model.run import Target
from importer.model.statuses import Status
from tests.journal.rows import begun, outcome, seen

IN_FRONT = {"code": "answered_in_front", "http_status": 404}


def test_a_run_knows_by_what_it_was_answered(run: RunJournal) -> None:
    """Each product once, and the absence of a name too."""
    assert run.products() == []
    run.record([], [], [], products=["gunicorn", ""])
    run.record([], [], [], products=["gunicorn"])
    assert sorted(run.products()) == ["", "gunicorn"]


def test_a_run_begins_with_what_answered_the_last_one_there(journal: Journal, new_run: Callable[..., NewRun]) -> None:
    """Of those that were answered at all, the last one to the same base URL."""

    def answered_by(new: NewRun, *products: str) -> tuple[list[str], list[str]]:
        run = journal.begin(new)
        run.record([], [], [], products=products)
        found = sorted(run.earlier_products()), sorted(run.products())
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
