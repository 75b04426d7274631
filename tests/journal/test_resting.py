"""Rows that are not sent, since an earlier run has confirmed what they say: only where that surely holds."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from importer.journal.database import migrate
from importer.journal.journal import Journal
from importer.journal.run_journal import RunJournal
from importer.model.modes import Mode
from importer.model.rows import Attempt, Update
from importer.model.run import NewRun, Resting, Target
from importer.model.source import SourceInfo
from importer.model.statuses import Status
from importer.model.stop_reasons import StopReason
from importer.times import rfc3339
from tests.journal.conftest import NOON
from tests.journal.rows import ACCOUNT, GROUP, older_journal, outcome, seen, told, update

DAY_S = 86_400.0
MONTH_S = 30 * DAY_S
Begun = Callable[..., RunJournal]


@pytest.fixture
def begun(journal: Journal, new_run: Callable[..., NewRun]) -> Begun:
    """Make a run that has its rows, of which none is decided on."""

    def make(run_id: str, *updates: Update, new: NewRun | None = None) -> RunJournal:
        run = journal.begin(new or new_run(run_id))
        run.add(updates, [])
        return run

    return make


def _check(run: RunJournal) -> None:
    run.checked(SourceInfo("/data/changes.csv", None, run.sha256, 1))


def _send(run: RunJournal, *updates: Update, status: Status = Status.UPDATED) -> RunJournal:
    """Send rows of a run, and let it end."""
    _check(run)
    run.record([Attempt(one, 1) for one in updates], [], [])
    answered = {"updated_at": "2026-01-01T00:00:00Z"} if status is Status.UPDATED else {}
    run.record([], [], [outcome(one.row, status, customer_id=one.customer_id, **answered) for one in updates])
    run.settle(None, "")
    run.ended(0, unfinished=False)
    return run


def _resting(run: RunJournal, now: float = NOON + 1, longest_s: float = MONTH_S) -> list[int]:
    """Return the rows of a run that rest."""
    run.last_confirmed().rest(now, longest_s, ends=True)
    query = "SELECT run, row FROM rows WHERE status = 'unchanged' ORDER BY row"
    return [row for number, row in seen(run.path, query) if number == run.number]


def _would_rest(run: RunJournal, now: float = NOON + 1) -> list[int]:
    """Return the same of a run that goes no further."""
    rows = _resting(run, now)
    run.ended(130, unfinished=True)
    return rows


def test_a_row_rests_on_the_confirmation_of_just_its_values(begun: Begun, journal: Journal) -> None:
    """It has the time that the API told then, and names the run; a customer nobody knows is sent."""
    _send(begun("first", update(2), update(3)), update(2), update(3))
    run = begun("second", update(2), update(3, email="new@example.com"), update(4))
    assert _resting(run) == [2]
    assert run.to_send() == 2
    _send(run, update(3, email="new@example.com"), update(4))
    found = next(run.outcomes())
    assert (found.row, found.status, found.updated_at, found.attempts) == (
        2,
        Status.UNCHANGED,
        "2026-01-01T00:00:00Z",
        0,
    )
    assert found.message == "It was not sent: run first has confirmed the same values."
    assert journal.find("second").resting == Resting(1, rfc3339(NOON))


def test_nothing_rests_where_nobody_has_asked(begun: Begun, journal: Journal) -> None:
    """All rows are sent, and nothing is said of it."""
    _send(begun("first", update(2)), update(2))
    run = begun("second", update(2))
    assert run.to_send() == 1
    _send(run, update(2))
    assert journal.find("second").resting is None


@pytest.mark.parametrize("status", [Status.UNCONFIRMED, Status.FAILED, Status.REJECTED, Status.MISMATCH], ids=str)
@pytest.mark.parametrize("email", ["ana.torres@example.com", "new@example.com"])
def test_nothing_rests_on_what_was_tried_since(status: Status, email: str, begun: Begun) -> None:
    """Whatever was sent to the customer later and was not confirmed: the same values, or others."""
    _send(begun("first", update(2)), update(2))
    later = update(2, email=email)
    _send(begun("second", later), later, status=status)
    assert _would_rest(begun("third", update(2))) == []
    assert _would_rest(begun("fourth", later)) == []


def test_what_is_about_to_be_sent_is_relied_on_no_more(begun: Begun) -> None:
    """A process that dies then leaves it open what the customer holds."""
    _send(begun("first", update(2)), update(2))
    second = begun("second", update(2))
    _check(second)
    second.record([Attempt(update(2), 1)], [], [])
    second.ended(130, unfinished=True)
    assert _would_rest(begun("third", update(2))) == []


def test_the_newest_confirmation_counts(begun: Begun) -> None:
    """A customer that was changed, and changed back, is sent each time."""
    other = update(2, email="new@example.com")
    _send(begun("first", update(2)), update(2))
    _send(begun("second", other), other)
    third = begun("third", update(2))
    assert _resting(third) == []
    _send(third, update(2))
    assert _would_rest(begun("fourth", other)) == []
    assert _would_rest(begun("fifth", update(2))) == [2]


@pytest.mark.parametrize(
    "other", [replace(update(2), group_id="another"), replace(update(2), linked_account_id="another")]
)
def test_another_group_and_another_account_have_confirmed_nothing(other: Update, begun: Begun) -> None:
    """What was sent through another account is another request, and so is what goes to another group."""
    _send(begun("first", update(2)), update(2))
    assert _would_rest(begun("second", other)) == []


def test_other_values_through_another_account_end_what_was_confirmed(begun: Begun) -> None:
    """It may be the same customer: nobody says that it is not."""
    _send(begun("first", update(2)), update(2))
    other = replace(update(2, email="new@example.com"), linked_account_id="another")
    _send(begun("second", other), other)
    assert _would_rest(begun("third", update(2))) == []


def test_another_api_has_confirmed_nothing(begun: Begun, new_run: Callable[..., NewRun]) -> None:
    """The base URL is part of where a customer is."""
    _send(begun("first", update(2)), update(2))
    elsewhere = replace(new_run("second"), target=Target("https://other.example.com", GROUP, ACCOUNT))
    assert _would_rest(begun("second", update(2), new=elsewhere)) == []


def test_the_embedded_api_is_another_one_each_time(begun: Begun, new_run: Callable[..., NewRun]) -> None:
    """Nothing is remembered of it, and nothing that is remembered is said of it."""
    _send(begun("first", update(2)), update(2))
    for run_id in ("second", "third"):
        run = begun(run_id, update(2), new=replace(new_run(run_id), asked={"sandbox": True}))
        assert _resting(run) == []
        _send(run, update(2))


def test_without_the_key_nothing_can_be_compared(
    begun: Begun, open_journal: Callable[[], Journal], new_run: Callable[..., NewRun], state: Path
) -> None:
    """Digests under another key say nothing."""
    _send(begun("first", update(2)), update(2))
    (state / "digests.key").unlink()
    with open_journal() as journal:
        run = journal.begin(new_run("second"))
        run.add([update(2)], [])
        assert _resting(run) == []


def test_a_journal_that_has_lost_runs_is_not_believed(
    begun: Begun, journal: Journal, new_run: Callable[..., NewRun]
) -> None:
    """What was confirmed before the loss may be outdated; what is confirmed after it counts again."""
    _send(begun("first", update(2)), update(2))
    lost = journal.begin(new_run("second"), known=journal.generations.current() + 5)
    lost.add([update(2)], [])
    assert _resting(lost) == []
    _send(lost, update(2))
    assert _would_rest(begun("third", update(2))) == [2]


def test_a_row_in_doubt_is_sent_again(begun: Begun) -> None:
    """What it retries may have been applied; that it is confirmed is what the retry is for."""
    _send(begun("first", update(2)), update(2))
    run = begun("second", update(2))
    run.selection.only([(2, True)])
    assert _resting(run) == []


def test_a_confirmation_ages(begun: Begun) -> None:
    """It is relied on for at least half of the longest time and never longer than that, and not from the future."""
    updates = [update(row) for row in range(2, 202)]
    _send(begun("first", *updates), *updates)
    for age_s, fewest, most in (
        (0.0, 200, 200), (0.49 * MONTH_S, 200, 200), (0.75 * MONTH_S, 60, 140), (MONTH_S, 0, 0), (-1.0, 0, 0),
    ):  # fmt: skip
        run = begun(f"later-{age_s:.0f}", *updates)
        assert fewest <= len(_would_rest(run, now=NOON + age_s)) <= most, age_s


def test_how_long_depends_on_the_customer_alone(begun: Begun) -> None:
    """The same customers are sent first each time."""
    updates = [update(row) for row in range(2, 102)]
    _send(begun("first", *updates), *updates)
    again = [_would_rest(begun(f"later-{turn}", *updates), now=NOON + 0.7 * MONTH_S) for turn in range(2)]
    assert again[0] == again[1]
    assert 0 < len(again[0]) < len(updates)


def test_a_row_that_repeats_one_that_rests_rests_too(begun: Begun, journal: Journal) -> None:
    """It shares the outcome, and both are counted."""
    _send(begun("first", update(2)), update(2))
    run = begun("second", update(2), update(3, customer="customer-2"))
    run.selection.resolve([(3, 2)])
    assert _resting(run) == [2, 3]
    _check(run)
    run.settle(None, "")
    repeat = list(run.outcomes())[1]
    assert (repeat.status, repeat.updated_at) == (Status.UNCHANGED, "2026-01-01T00:00:00Z")
    assert repeat.message == "The same change as row 2. It was not sent: run first has confirmed the same values."
    assert journal.find("second").resting == Resting(2, rfc3339(NOON))


def test_what_a_later_run_relied_on_is_not_undone_by_an_older_one(begun: Begun, journal: Journal) -> None:
    """An unfinished run that wants other values of a customer does not send them any more."""
    _send(begun("first", update(2)), update(2))
    stopped = begun("stopped", update(2, email="old@example.com"))
    _check(stopped)
    stopped.settle(StopReason.INTERRUPTED, "It stopped")
    stopped.ended(130, unfinished=True)
    _resting(night := begun("night", update(2)))
    _send(night)
    run = journal.resume(journal.find("stopped"))
    assert run.selection.supersede() == 1
    run.settle(None, "")
    [row] = run.outcomes()
    assert (row.status, row.code) == (Status.NOT_SENT, "superseded")
    assert row.message.endswith(
        "Run night has relied since on what was confirmed of this customer: sending this row now would undo that"
    )


def test_a_check_says_what_a_run_would_skip(begun: Begun, journal: Journal, new_run: Callable[..., NewRun]) -> None:
    """Rows stay valid; those that are left out by a limit are counted among the others only."""
    _send(begun("first", update(2)), update(2))
    run = begun("second", update(2), update(3), update(4), new=replace(new_run("second"), mode=Mode.DRY_RUN))
    run.last_confirmed().rest(NOON, MONTH_S, ends=False)
    run.selection.leave_out(code="over_limit", message="Left out", first=1)
    run.selection.end_valid()
    _check(run)
    run.settle(None, "")
    found = list(run.outcomes())
    assert told(found) == {2: (Status.VALID, ""), 3: (Status.VALID, ""), 4: (Status.NOT_SENT, "over_limit")}
    assert found[0].message == "It would not be sent: run first has confirmed the same values."
    assert found[0].updated_at == ""
    past = journal.find("second")
    assert (past.would_be_sent, past.resting) == (1, Resting(1, rfc3339(NOON)))


def test_nothing_rests_on_what_an_older_version_has_noted(tmp_path: Path, begun: Begun) -> None:
    """It did not note through which account it was sent; what differs from it can still be told."""
    _send(begun("first", update(2)), update(2))
    path = tmp_path / "journal.sqlite"
    with older_journal(path, "0020") as connection:
        connection.execute("INSERT INTO confirmed VALUES ('https://api.example.com', 'g', 'c', x'01', x'01', x'01', 1)")
        migrate(connection, path)
    with closing(sqlite3.connect(path)) as connection:
        query = "SELECT account_number, sent_at, tried FROM confirmed"
        assert connection.execute(query).fetchall() == [(None, None, 0)]
    run = begun("second", update(2))
    run.connection.execute("UPDATE confirmed SET account_number = NULL")
    assert _resting(run) == []
    _check(run)
    changes = run.results.changes()
    assert changes is not None
    assert (changes.compared, changes.same) == (1, 1)
