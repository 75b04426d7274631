"""A journal in few bytes: what an older version has written comes along, and how large it is."""

from __future__ import annotations

import hashlib
import sqlite3
import uuid
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from importer.journal.journal import Journal
from importer.journal.run_journal import RunJournal
from importer.model.modes import Mode
from importer.model.rows import Attempt, Update
from importer.model.run import NewRun
from importer.model.source import SourceInfo
from importer.model.statuses import Status
from tests.journal.rows import ACCOUNT, GROUP, NEW_RUN, older_journal, outcome, update

ROWS = 4000
BYTES_A_ROW = 120
CUSTOMER = "5b0f3c52-7a4e-4e7e-9f3a-1f0f4f3a9c11"
KEY = b"k" * 32
FIRST_NAME, LAST_NAME, EMAIL = "Ana", "Torres Vidal", "ana.torres@example.com"
"""As of `update`."""


def _older_digest(value: str) -> bytes:
    return hashlib.blake2b(value.encode(), key=KEY, digest_size=16).digest()


@pytest.fixture
def older(state: Path) -> Path:
    """Make a state directory as the version before has left it, with a run that has confirmed one customer."""
    state.mkdir()
    (state / "digests.key").write_bytes(KEY)
    fingerprint = hashlib.blake2b(b"fingerprint", key=KEY, digest_size=8).hexdigest()
    digests = [_older_digest(value) for value in (FIRST_NAME, LAST_NAME, EMAIL)]
    with older_journal(state / "journal.sqlite", "0021") as connection:
        connection.execute(
            "INSERT INTO runs (run_id, mode, version, started_at, checked_at, exit_code, source_path, source_sha256,"
            " source_rows, base_url, output, settings, digest_key)"
            " VALUES ('old', 'run', '1.0', '2025-01-01T00:00:00Z', 'then', 1, '/x.csv', 'abc', 3,"
            " 'https://api.example.com', '/o', '{}', ?)",
            (fingerprint,),
        )
        of_rows = [(2, CUSTOMER, "updated", "2026-01-01T00:00:00.120000Z"), (3, "c-3", "failed", "")]
        connection.executemany(
            "INSERT INTO rows (run, row, group_id, linked_account_id, customer_id, first_name_digest,"
            " last_name_digest, email_digest, phase, attempts, sent_at, status, updated_at)"
            " VALUES (1, ?, ?, ?, ?, ?, ?, ?, 2, 1, 1750000000.0, ?, ?)",
            [(row, GROUP, ACCOUNT, customer, *digests, *ended) for row, customer, *ended in of_rows],
        )
        connection.execute(
            "INSERT INTO rows (run, row, phase, status, code, message, given_digest)"
            " VALUES (1, 4, 2, 'invalid', 'blank_email', 'The e-mail is blank.', ?)",
            (_older_digest("given"),),
        )
        connection.execute(
            "INSERT INTO confirmed VALUES ('https://api.example.com', ?, ?, ?, ?, ?, 1, ?,"
            " '2026-01-01T00:00:00.120000Z', 1750000000.0, 0, 0)",
            (GROUP, CUSTOMER, *digests, ACCOUNT),
        )
        connection.execute("INSERT INTO kept VALUES (1, 3, ?, 'c-3')", (GROUP,))
    return state


def test_what_an_older_journal_knows_of_rows_comes_along(older: Path, open_journal: Callable[[], Journal]) -> None:
    """Each row with its outcome and whom it is about."""
    assert older.is_dir()
    with open_journal() as journal:
        past = journal.find("old")
        with journal.results(past) as results:
            found = list(results.outcomes())
        assert [(one.row, one.status, one.updated_at) for one in found] == [
            (2, Status.UPDATED, "2026-01-01T00:00:00.120000Z"),
            (3, Status.FAILED, ""),
            (4, Status.INVALID, ""),
        ]
        assert [journal.customer_of(past, row) for row in (2, 3, 4)] == [CUSTOMER, "c-3", None]
        assert list(journal.rows_to_retry(past)) == [(3, False)]
        assert past.kept_rows == 1


def test_what_it_has_confirmed_is_relied_on(
    older: Path, open_journal: Callable[[], Journal], new_run: Callable[..., NewRun]
) -> None:
    """Its digests are compared with those of today, and its changes are told."""
    assert older.is_dir()
    with open_journal() as journal:
        run = journal.begin(new_run())
        run.add([update(2, customer=CUSTOMER), update(3, customer="c-3")], [])
        run.last_confirmed().rest(1_750_000_001.0, 86_400.0, ends=True)
        run.checked(SourceInfo("/data/changes.csv", None, run.sha256, 2))
        changes = run.results.changes()
        assert changes is not None
        assert (changes.compared, changes.same) == (1, 1)
        query = "SELECT row, status, rests_on FROM rows WHERE run = 2"
        assert list(run.connection.execute(query)) == [(2, "unchanged", 1), (3, None, None)]


def test_values_that_differ_are_told_field_by_field(
    older: Path, open_journal: Callable[[], Journal], new_run: Callable[..., NewRun]
) -> None:
    """Each field has its own part of the digests."""
    assert older.is_dir()
    with open_journal() as journal:
        run = journal.begin(new_run())
        run.add([update(2, customer=CUSTOMER, last_name="Torres", email="a@example.com")], [])
        run.checked(SourceInfo("/data/changes.csv", None, run.sha256, 1))
        assert list(run.connection.execute("SELECT changed FROM rows WHERE run = 2")) == [(2 | 4,)]


def _updates() -> Sequence[Update]:
    ids = [str(uuid.UUID(int=row * 2**65 + row, version=4)) for row in range(ROWS)]
    return [update(70_000 + row, customer=one, email=f"a{row}@example.com") for row, one in enumerate(ids)]


def _bytes_of_rows(path: Path) -> float:
    """Return how many bytes of the file a row of the newest run takes: of pages that its rows alone are on."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DELETE FROM rows WHERE run = (SELECT max(run) FROM rows)")
        connection.commit()
        ((pages,),) = connection.execute("PRAGMA freelist_count")
        ((page_bytes,),) = connection.execute("PRAGMA page_size")
        return float(pages * page_bytes / ROWS)


def _send(run: RunJournal, updates: Sequence[Update], in_flight: int = 32) -> None:
    """Send all rows, each some steps before it is confirmed."""
    waiting: list[Update] = []
    for one in updates:
        waiting.append(one)
        due = [waiting.pop(0)] if len(waiting) > in_flight else []
        _step(run, [one], due)
    _step(run, [], waiting)


def _step(run: RunJournal, begun: Sequence[Update], confirmed: Sequence[Update]) -> None:
    answered: dict[str, Any] = {"updated_at": "2026-01-01T00:00:00.123456Z", "latency_s": 0.0123456}
    run.record(
        [Attempt(one, 1) for one in begun],
        [],
        [outcome(one.row, customer_id=one.customer_id, **answered) for one in confirmed],
    )


@pytest.mark.parametrize("kind", ["checked", "sent", "unchanged"])
def test_a_row_with_nothing_to_say_takes_few_bytes(
    kind: str, open_journal: Callable[[], Journal], source: Path, tmp_path: Path
) -> None:
    """Its part of the file, when it has its outcome; what is remembered of the customer is not of a run."""
    updates = _updates()
    with open_journal() as journal:
        for number in range(2 if kind == "unchanged" else 1):
            mode = Mode.CHECK if kind == "checked" else Mode.RUN
            new = NewRun(run_id=f"run-{number}", source=source, output=tmp_path / "out", **{**NEW_RUN, "mode": mode})
            run = journal.begin(new)
            run.connection.execute("PRAGMA synchronous = OFF")
            for at in range(0, ROWS, 500):
                run.add(updates[at : at + 500], [])
            if mode is Mode.CHECK:
                run.selection.end_valid()
            run.last_confirmed().rest(1_750_000_001.0, 86_400.0, ends=True)
            run.checked(SourceInfo("/data/changes.csv", None, run.sha256, ROWS))
            if kind != "checked" and number == 0:
                _send(run, updates)
            run.settle(None, "")
            run.ended(0, unfinished=False)
        path = journal.path
    assert 60 < _bytes_of_rows(path) <= BYTES_A_ROW
