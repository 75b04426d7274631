"""Rows that rest as they come in: in the end, all is as if each had been held to what was confirmed at the end."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from importer.checks.repeats import judge
from importer.journal import early_rests
from importer.journal.journal import Journal
from importer.journal.lasting.one_customer import Trust
from importer.journal.packed import loading
from importer.journal.packed.ids_and_times import packed_id
from importer.journal.run_journal import RunJournal
from importer.model.rows import Attempt, Issue, RowWarning, Update
from importer.model.run import NewRun
from importer.model.source import SourceInfo
from importer.model.statuses import Status
from importer.model.stop_reasons import StopReason
from tests.journal.conftest import NOON
from tests.journal.rows import NEW_RUN, issue, outcome, seen, update

MONTH_S = 30 * 86_400.0
CUSTOMERS = 6
TAMPER = (
    *[""] * 12,
    "UPDATE confirmed SET tried = 1 WHERE customer = ?",
    "UPDATE confirmed SET account_number = NULL WHERE customer = ?",
    "UPDATE confirmed SET sent_at = NULL WHERE customer = ?",
    "UPDATE confirmed SET sent_at = sent_at + 10000000 WHERE customer = ?",
    "UPDATE confirmed SET sent_at = sent_at - 86400 * 20 WHERE customer = ?",
    "UPDATE confirmed SET sent_at = sent_at - 86400 * 31 WHERE customer = ?",
    "UPDATE confirmed SET digests = zeroblob(24) WHERE customer = ?",
    "UPDATE confirmed SET run = run + 1 WHERE customer = ?",
    "UPDATE confirmed SET base_number = 0 WHERE customer = ?",
    "UPDATE confirmed SET group_number = group_number + 1000 WHERE customer = ?",
)
"""What may have become of what was confirmed of a customer, besides nothing."""
ROWS = st.tuples(
    st.sampled_from([*range(CUSTOMERS), *range(CUSTOMERS), "c-17", CUSTOMERS + 1]),
    st.sampled_from(["ana@example.com"] * 4 + ["Ana@example.com", "new@example.com"]),
    st.sampled_from([*["a"] * 5, "b"]),  # the account
    st.sampled_from(["", "", "White space was removed."]),
    st.sampled_from([*["fine"] * 8, "warned", "cut_off", "issue", "hidden"]),
)
Kind = tuple[Any, ...]
AS_CONFIRMED: Sequence[Kind] = [(row % CUSTOMERS, "ana@example.com", "a", "", "fine") for row in range(20)]


@dataclass(frozen=True)
class Night:
    """What is done with the rows of a run, once they are all there.

    Attributes:
        refuses: Which warnings make a row invalid: "" for none.
        loses: What is lost before: "key", "runs", runs of which an earlier one knew ("gap"), or nothing.
    """

    chunk: int
    refuses: str
    limit: int | None
    loses: str


NIGHTS = st.builds(
    Night,
    chunk=st.sampled_from([1, 4, 40]),
    refuses=st.sampled_from(["", "", "all", "cut_off"]),
    limit=st.sampled_from([None, 0, 2]),
    loses=st.sampled_from(["", "", "", "", "key", "runs", "gap"]),
)


def _customer(number: int | str) -> str:
    return number if isinstance(number, str) else str(uuid.UUID(int=(number + 1) * 2**90 + number))


def _updates(kinds: Sequence[Kind]) -> Iterator[tuple[Update, str]]:
    for row, (customer, email, account, note, state) in enumerate(kinds, start=2):
        one = update(row, customer=_customer(customer), email=email, linked_account_id=account, note=note)
        yield one, state


@contextmanager
def _journal(folder: Path) -> Iterator[Journal]:
    with Journal(folder / "state", wall=lambda: NOON + 1) as journal:
        journal.generations.connection.execute("PRAGMA synchronous = OFF")
        yield journal


def _new(folder: Path, run_id: str) -> NewRun:
    source = folder / "changes.csv"
    source.write_text("customer_id\n")
    return NewRun(run_id=run_id, source=source, output=folder / "out", **NEW_RUN)


def _confirm(folder: Path, tampered: Sequence[str]) -> None:
    """Let customers be confirmed, and something become of that."""
    updates = [
        update(row, customer=_customer(row - 2), email="ana@example.com", linked_account_id="a")
        for row in range(2, CUSTOMERS + 2)
    ]
    with Journal(folder / "state", wall=lambda: NOON) as journal:
        run = journal.begin(_new(folder, "first"))
        run.connection.execute("PRAGMA synchronous = OFF")
        run.add(updates, [])
        run.checked(SourceInfo("changes.csv", None, run.sha256, CUSTOMERS))
        run.record([Attempt(one, 1) for one in updates], [], [])
        for at, one in enumerate(updates):
            time = {"updated_at": f"2026-01-0{at + 1}T00:00:00Z", "customer_id": one.customer_id}
            run.record([], [], [outcome(one.row, Status.UPDATED, **time)])
        run.settle(None, "")
        run.ended(0, unfinished=False)
        for at, change in enumerate(tampered):
            if change:
                run.connection.execute(change, (packed_id(_customer(at)),))


def _take_in(run: RunJournal, kinds: Sequence[Kind], night: Night) -> list[Any]:
    """Take in the rows as the intake does, and return what is seen of them before all are decided on."""
    rows = list(_updates(kinds))
    for start in range(0, len(rows), night.chunk):
        part = rows[start : start + night.chunk]
        valid = [one for one, state in part if state not in {"issue", "hidden"}]
        warnings = [RowWarning(one.row, state, "E-mail", "Strange.") for one, state in part if state == "warned"]
        issues = [issue(one.row) for one, state in part if state == "issue"]
        run.add(valid, issues, warnings, [one.row for one, state in part if state == "hidden"])
    run.findings.warn([RowWarning(one.row, state, "E-mail", "Cut off.") for one, state in rows if state == "cut_off"])
    return [list(map(list, run.findings.shared_addresses())), run.findings.still_sent(range(len(rows) + 2))]


def _decisions(run: RunJournal) -> Iterator[Issue | tuple[int, int]]:
    for rows in run.selection.repeated():
        found = judge(rows, column="Customer ID")
        yield from found.issues
        yield from ((one.row, one.of) for one in found.duplicates)


def _play(folder: Path, kinds: Sequence[Kind], night: Night, *, early: bool) -> list[Any]:
    """Let a night pass, and return all that can be seen of it."""
    if night.loses == "key":
        (folder / "state" / "digests.key").write_bytes(bytes(range(32)))
    with _journal(folder) as journal:
        known = journal.generations.current() + 5 if night.loses == "runs" else 0
        if night.loses == "gap":
            journal.generations.connection.execute("INSERT INTO gaps VALUES (1, '2026-01-01T00:00:00Z')")
        run = journal.begin(_new(folder, "second"), known)
        if early:
            run.last_confirmed().rest_as_they_come(NOON + 1, MONTH_S)
        told_before = _take_in(run, kinds, night)
        run.selection.resolve(_decisions(run))
        if night.refuses:
            run.findings.refuse_warned(None if night.refuses == "all" else "cut_off")
        run.last_confirmed().rest(NOON + 1 + early * MONTH_S, MONTH_S, ends=True)  # what counts is when it began
        if night.limit is not None:
            run.selection.leave_out(code="over_limit", message="Left out", first=night.limit)
        run.checked(SourceInfo("changes.csv", None, run.sha256, len(kinds)))
        pending = run.pending(0, 1000)
        run.record([Attempt(one.update, 1) for one in pending], [], [])
        run.record([], [], [outcome(one.update.row, customer_id=one.update.customer_id) for one in pending])
        run.settle(None, "")
        run.connection.execute("UPDATE rows SET room = NULL")
        found = [
            seen(run.path, "SELECT * FROM rows ORDER BY run, row"),
            seen(run.path, "SELECT * FROM findings ORDER BY run, row, place"),
            seen(run.path, "SELECT resting, rests_since, statuses FROM runs ORDER BY number"),
            seen(run.path, "SELECT * FROM confirmed ORDER BY customer, base_number, group_number"),
        ]
        return [told_before, [one.update for one in pending], list(run.outcomes()), run.results.changes(), *found]


@pytest.mark.slow
@settings(max_examples=150)
@given(
    st.lists(ROWS, min_size=1, max_size=14),
    st.lists(st.sampled_from(TAMPER), min_size=CUSTOMERS, max_size=CUSTOMERS),
    NIGHTS,
    st.sampled_from([1, 3]),
)
def test_it_makes_no_difference_when_rows_come_to_rest(
    kinds: list[Kind], tampered: list[str], night: Night, shortest: int
) -> None:
    """Whatever rows have in common, is strange about them, or has become of what was confirmed."""
    with TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        patch.setattr(loading, "_SHORTEST_BLOCK", shortest)
        folder, other = Path(name, "one"), Path(name, "other")
        folder.mkdir()
        _confirm(folder, tampered)
        shutil.copytree(folder, other)
        assert _play(folder, kinds, night, early=True) == _play(other, kinds, night, early=False)


def test_what_rests_is_kept_nowhere(tmp_path: Path) -> None:
    """Its values are not written, and it has its outcome as it comes in."""
    _confirm(tmp_path, [])
    with _journal(tmp_path) as journal:
        run = journal.begin(_new(tmp_path, "second"))
        run.last_confirmed().rest_as_they_come(NOON + 1, MONTH_S)
        kinds = [(row % CUSTOMERS if row < 30 else 7, "ana@example.com", "a", "", "fine") for row in range(32)]
        run.add([one for one, _ in _updates(kinds)], [])
        found = run.connection.execute("SELECT row FROM sent_values.updates ORDER BY row").fetchall()
        assert [row for (row,) in found] == [32, 33]
        assert run.statuses()[Status.UNCHANGED] == 30


def test_a_run_that_died_over_its_source_begins_anew(tmp_path: Path) -> None:
    """Rows that rested already are taken in again with all others."""
    _confirm(tmp_path, [])
    with _journal(tmp_path) as journal:
        run = journal.begin(_new(tmp_path, "second"))
        run.last_confirmed().rest_as_they_come(NOON + 1, MONTH_S)
        run.add([one for one, _ in _updates(AS_CONFIRMED)], [])
    with _journal(tmp_path) as journal:
        past = journal.find("second")
        assert (past.statuses[Status.UNCHANGED], past.left) == (0, 20), "nobody knows yet what else decides of them"
        found = journal.customers.history(_customer(0), Trust(now=NOON + 1, longest_s=MONTH_S)).rows
        assert {(one.status, one.updated_at, one.rests_on) for one in found if one.run.number == past.number} == {
            (None, "", None)
        }
        run = journal.resume(past)
        assert run.statuses()[Status.UNCHANGED] == 0, "nothing is left of it"
        run.last_confirmed().rest_as_they_come(NOON + 1, MONTH_S)
        run.add([one for one, _ in _updates(AS_CONFIRMED)], [])
        run.selection.resolve(_decisions(run))
        run.last_confirmed().rest(NOON + 1, MONTH_S, ends=True)
        assert run.statuses()[Status.UNCHANGED] == 20
        run.add([update(row, customer=_customer(row)) for row in range(30, 50)], [])
        assert run.to_send() == 20, "what comes in behind the end rests no more"


def test_a_run_that_died_over_its_source_has_relied_on_nothing(tmp_path: Path) -> None:
    """An older one that wants something else of the customer still does, and there is still a word about it."""
    _confirm(tmp_path, [])
    with _journal(tmp_path) as journal:
        older = journal.begin(_new(tmp_path, "older"))
        older.add([update(2, customer=_customer(0), email="new@example.com", linked_account_id="a")], [])
        older.checked(SourceInfo("changes.csv", None, older.sha256, 1))
        older.agreed(0.0)
        older.settle(StopReason.INTERRUPTED, "It stopped")
        older.ended(130, unfinished=True)
        run = journal.begin(_new(tmp_path, "second"))
        run.last_confirmed().rest_as_they_come(NOON + 1, MONTH_S)
        run.add([one for one, _ in _updates(AS_CONFIRMED)], [])
        run.connection.execute("DETACH sent_values")
        source = tmp_path / "changes.csv"
        assert [past.run_id for past in journal.unfinished_of(source, run.sha256, besides="second")] == ["older"]
        older = journal.resume(journal.find("older"))
        assert older.selection.supersede() == 0
        assert older.to_send() == 1


def test_where_hardly_any_rests_all_others_are_looked_up_at_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a night on which everything has changed, nothing is looked up twice but the first rows."""
    monkeypatch.setattr(early_rests, "_ENOUGH", 20)
    _confirm(tmp_path, [])
    with _journal(tmp_path) as journal:
        run = journal.begin(_new(tmp_path, "second"))
        run.last_confirmed().rest_as_they_come(NOON + 1, MONTH_S)
        kinds = [(row if row < 40 else row - 40, "ana@example.com", "b" if row < 40 else "a") for row in range(60)]
        updates = [one for one, _ in _updates([(*kind, "", "fine") for kind in kinds])]
        run.add(updates[:40], [])
        run.add(updates[40:], [])
        assert run.statuses()[Status.UNCHANGED] == 0
        run.last_confirmed().rest(NOON + 1, MONTH_S, ends=True)
        assert run.statuses()[Status.UNCHANGED] == CUSTOMERS


def test_nothing_rests_early_where_more_is_known_elsewhere(tmp_path: Path) -> None:
    """What the journal has may be long outdated."""
    _confirm(tmp_path, [])
    with _journal(tmp_path) as journal:
        run = replace(journal.begin(_new(tmp_path, "second")), is_outdated=True)
        run.last_confirmed().rest_as_they_come(NOON + 1, MONTH_S)
        run.add([one for one, _ in _updates(AS_CONFIRMED)], [])
        assert run.to_send() == len(AS_CONFIRMED)
