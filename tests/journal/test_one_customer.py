"""What the journal knows of one customer, and whether what was last confirmed of it is relied on."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing

import pytest

from importer.journal.journal import Journal
from importer.journal.lasting.one_customer import LastConfirmation, Mistrust, Trust
from importer.journal.run_journal import RunJournal
from importer.model.rows import Attempt
from importer.model.run import NewRun
from importer.model.source import SourceInfo
from importer.times import rfc3339
from tests.journal.conftest import NOON
from tests.journal.rows import ACCOUNT, GROUP, issue, outcome, update

DAY_S = 86_400.0
TRUST = Trust(now=NOON + 1, longest_s=30 * DAY_S)
WHO = "customer-2"


@pytest.fixture
def sent(journal: Journal, new_run: Callable[..., NewRun]) -> Callable[[str], RunJournal]:
    """Return a function that makes a run which has confirmed the customer, and one more."""

    def make(run_id: str) -> RunJournal:
        run, updates = journal.begin(new_run(run_id)), [update(2), update(3)]
        run.add(updates, [issue(4)])
        run.checked(SourceInfo("/data/changes.csv", None, run.sha256, 3))
        run.record([Attempt(one, 1) for one in updates], [], [])
        confirmed = [
            outcome(one.row, updated_at="2026-01-01T00:00:00Z", customer_id=one.customer_id) for one in updates
        ]
        run.record([], [], confirmed)
        run.settle(None, "")
        run.ended(1, unfinished=False)
        return run

    return make


def _confirmation(journal: Journal, trust: Trust = TRUST) -> LastConfirmation:
    [one] = journal.customers.history(WHO, trust).last_confirmed
    return one


def test_rows_are_those_of_the_customer(journal: Journal, sent: Callable[[str], RunJournal]) -> None:
    """Of the newest run first; what can be sent nowhere is nobody's."""
    sent("first")
    sent("second")
    history = journal.customers.history(WHO, TRUST)
    assert [(row.run.run_id, row.row, row.group_id, row.linked_account_id) for row in history.rows] == [
        ("second", 2, GROUP, ACCOUNT),
        ("first", 2, GROUP, ACCOUNT),
    ]
    assert (history.rows_gone, history.lost_at) == ([], [])
    assert journal.customers.history("customer-4", TRUST).rows == []


def test_a_source_that_is_still_being_read_has_not_lost_rows(journal: Journal, new_run: Callable[..., NewRun]) -> None:
    """Only of what was once whole is something gone."""
    journal.begin(new_run("first")).add([update(2)], [])
    history = journal.customers.history(WHO, TRUST)
    assert (len(history.rows), history.rows_gone) == (1, [])


def test_what_is_confirmed_is_relied_on_for_its_time(journal: Journal, sent: Callable[[str], RunJournal]) -> None:
    """Between half of the longest time and all of it, just as rows rest on it."""
    sent("first")
    one = _confirmation(journal)
    assert (one.run.run_id, one.sent_at, one.mistrust) == ("first", NOON, None)
    assert one.until is not None
    assert NOON + 15 * DAY_S <= one.until < NOON + 30 * DAY_S
    for now, why in ((one.until - 1, None), (one.until, Mistrust.TOO_OLD), (NOON - 1, Mistrust.IN_FUTURE)):
        assert _confirmation(journal, Trust(now=now, longest_s=30 * DAY_S)).mistrust is why


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ("UPDATE confirmed SET tried = 1", Mistrust.SENT_SINCE),
        ("INSERT INTO gaps VALUES (1, '2026-01-01T00:00:00.000000Z')", Mistrust.OLDER_JOURNAL),
        ("INSERT INTO gaps VALUES (0, '2026-01-01T00:00:00.000000Z')", None),
        ("UPDATE runs SET digest_key = 'another'", Mistrust.OTHER_KEY),
        ("UPDATE runs SET digest_key = NULL", Mistrust.OTHER_KEY),
        ("UPDATE confirmed SET account_number = NULL, sent_at = NULL, updated_at = ''", Mistrust.NO_ACCOUNT),
    ],
)
def test_what_is_not_relied_on_says_why(
    change: str,
    why: Mistrust | None,
    journal: Journal,
    sent: Callable[[str], RunJournal],
    new_run: Callable[..., NewRun],
) -> None:
    """The same is not relied on where a run asks for that."""
    sent("first")
    with closing(sqlite3.connect(journal.path)) as other, other:
        other.execute(change)
    assert _confirmation(journal).mistrust is why
    run = journal.begin(new_run("second"))
    run.add([update(2)], [])
    run.last_confirmed().rest(TRUST.now, TRUST.longest_s, ends=True)
    assert run.to_send() == (why is not None)


def test_an_older_state_of_the_journal_is_not_relied_on(journal: Journal, sent: Callable[[str], RunJournal]) -> None:
    """Where more is told of elsewhere, and where a loss was noted: then it is told when."""
    sent("first")
    assert (
        _confirmation(journal, Trust(now=NOON + 1, longest_s=DAY_S, is_outdated=True)).mistrust
        is Mistrust.OLDER_JOURNAL
    )
    journal.generations.catch_up(7, now=rfc3339(NOON))
    history = journal.customers.history(WHO, TRUST)
    assert history.lost_at == [rfc3339(NOON)]
    assert _confirmation(journal).mistrust is Mistrust.OLDER_JOURNAL
    sent("second")
    assert _confirmation(journal).mistrust is None
