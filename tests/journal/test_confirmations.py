"""What was last confirmed of each customer, and what differs from it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from importer.journal.database import migrate
from importer.journal.journal import Journal
from importer.journal.private.digests import Digester
from importer.journal.run_journal import RunJournal
from importer.model.rows import Attempt, Update
from importer.model.run import Changes, NewRun, Target
from importer.model.source import Field, SourceInfo
from importer.model.statuses import Status
from importer.model.stop_reasons import StopReason
from tests.journal.rows import GROUP, begun, older_journal, outcome, seen, update

Checked = Callable[..., RunJournal]


@pytest.fixture
def checked(journal: Journal, new_run: Callable[..., NewRun]) -> Checked:
    """Make a run whose rows are checked and not sent yet."""

    def make(run_id: str, *updates: Update, new: NewRun | None = None) -> RunJournal:
        run = journal.begin(new or new_run(run_id))
        run.add(updates, [])
        run.checked(SourceInfo("/data/changes.csv", None, run.sha256, len(updates)))
        return run

    return make


def _send(run: RunJournal, status: Status = Status.UPDATED, *, rows: tuple[int, ...] = (2,)) -> None:
    run.record(begun(*rows), [], [])
    run.record([], [], [outcome(row, status) for row in rows])
    run.settle(None, "")
    run.ended(0, unfinished=False)


def _changed(run: RunJournal) -> list[tuple[Field, ...] | None]:
    run.settle(StopReason.INTERRUPTED, "It stopped")
    return [None if one.changed is None else tuple(one.changed) for one in run.outcomes()]


def test_what_differs_from_the_last_confirmation_is_known_by_field(checked: Checked) -> None:
    """Per row and in total; of a customer that no run has confirmed, nobody knows."""
    _send(checked("first", update(2), update(3), update(4)), rows=(2, 3, 4))
    run = checked(
        "second", update(2), update(3, email="new@example.com"), update(4, first_name="Eva", email="e@example.com"),
        update(5),
    )  # fmt: skip
    assert run.results.changes() == Changes(
        compared=3, same=1, fields={Field.FIRST_NAME: 1, Field.LAST_NAME: 0, Field.EMAIL: 2}
    )
    assert _changed(run) == [(), (Field.EMAIL,), (Field.FIRST_NAME, Field.EMAIL), None]


@pytest.mark.parametrize("status", [Status.UNCONFIRMED, Status.MISMATCH, Status.FAILED, Status.REJECTED])
def test_what_was_sent_and_not_confirmed_leaves_nothing_known(status: Status, checked: Checked) -> None:
    """From the moment that other values may leave, nobody knows what the customer holds."""
    _send(checked("first", update(2)))
    second = checked("second", update(2, email="new@example.com"))
    second.record([Attempt(update(2, email="new@example.com"), 1)], [], [])
    assert seen(second.path, "SELECT count(*) FROM confirmed") == [(0,)]
    second.record([], [], [outcome(2, status)])
    second.settle(None, "")
    second.ended(1, unfinished=False)
    third = checked("third", update(2))
    assert third.results.changes() is None
    assert _changed(third) == [None]


def test_sending_the_same_values_again_leaves_known_what_was_known(checked: Checked) -> None:
    """Whether such an attempt is applied or not, the customer holds what was confirmed."""
    _send(checked("first", update(2)))
    _send(checked("second", update(2)), Status.UNCONFIRMED)
    assert _changed(checked("third", update(2))) == [()]


def test_an_answer_with_other_values_leaves_nothing_known(checked: Checked) -> None:
    """Even where the same values were sent that were confirmed before, the customer holds others now."""
    _send(checked("first", update(2), update(3)), rows=(2, 3))
    _send(checked("second", update(2)), Status.MISMATCH)
    assert _changed(checked("third", update(2), update(3))) == [None, ()]


def test_another_api_and_another_group_have_confirmed_nothing(checked: Checked, new_run: Callable[..., NewRun]) -> None:
    """A customer is known by base URL, group and id."""
    _send(checked("first", update(2)))
    elsewhere = replace(new_run("second"), target=Target("https://other.example.com", GROUP))
    second = checked("second", update(2), new=elsewhere)
    assert _changed(second) == [None]
    second.ended(130, unfinished=True)
    assert _changed(checked("third", replace(update(2), group_id="another"))) == [None]


def test_the_embedded_api_is_another_one_each_time(checked: Checked, new_run: Callable[..., NewRun]) -> None:
    """What it has confirmed is forgotten with it."""
    runs = [replace(new_run(run_id), asked={"sandbox": True}) for run_id in ("first", "second")]
    for new in runs:
        run = checked(new.run_id, update(2), new=new)
        assert run.results.changes() is None
        _send(run)
        assert seen(run.path, "SELECT count(*) FROM confirmed") == [(0,)]


def test_digests_under_another_key_are_not_compared(
    checked: Checked, open_journal: Callable[[], Journal], new_run: Callable[..., NewRun], state: Path
) -> None:
    """Where the key was lost, nobody knows what has changed: not even that everything has."""
    _send(checked("first", update(2)))
    (state / "digests.key").unlink()
    with open_journal() as journal:
        run = journal.begin(new_run("second"))
        run.add([update(2)], [])
        run.checked(SourceInfo("/data/changes.csv", None, run.sha256, 1))
        assert _changed(run) == [None]


def test_a_journal_of_an_older_version_knows_what_was_confirmed_before(tmp_path: Path) -> None:
    """The newest attempt of each customer counts, and only if it was confirmed."""
    path = tmp_path / "journal.sqlite"
    digest = Digester(bytes(32)).digest("x")
    with older_journal(path, "0008") as connection:
        for number, mode, asked in (
            (1, "run", "{}"),
            (2, "run", "{}"),
            (3, "run", '{"sandbox": true}'),
            (4, "check", "{}"),
        ):
            connection.execute(
                "INSERT INTO runs (number, run_id, mode, version, started_at, source_path, source_sha256, base_url,"
                " output, settings, asked) VALUES (?, ?, ?, '1', '', '', '', 'https://api.example.com', '', '{}', ?)",
                (number, f"run-{number}", mode, asked),
            )
        rows = [(1, 2, "a", "updated"), (1, 3, "b", "updated"), (2, 2, "b", "failed"), (2, 3, "c", "updated")]
        rows += [(3, 2, "d", "updated"), (4, 2, "e", "not_sent")]
        for run, row, customer, status in rows:
            connection.execute(
                "INSERT INTO rows (run, row, group_id, customer_id, first_name_digest, last_name_digest, email_digest,"
                " attempts, status) VALUES (?, ?, 'g', ?, ?, ?, ?, 1, ?)",
                (run, row, customer, digest, digest, digest, status),
            )
        migrate(connection, path)
        found = connection.execute("SELECT customer, run FROM confirmed ORDER BY 1").fetchall()
    assert found == [("a", 1), ("c", 2)]


def test_what_is_remembered_names_nobody(checked: Checked) -> None:
    """No name and no address is in the journal, confirmed or not."""
    run = checked("first", update(2, first_name="Friederike", email="friederike@example.com"))
    _send(run)
    with closing(sqlite3.connect(run.path)) as connection:
        dump = "\n".join(connection.iterdump())
    assert "confirmed" in dump
    assert "riederike" not in dump
