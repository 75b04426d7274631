"""Invented rows, a look into the journal from outside, and journals of older versions."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from importer.journal.database import MIGRATIONS, connect, migrate
from importer.model.modes import Mode
from importer.model.rows import Attempt, Issue, Outcome, Update, Waiting
from importer.model.run import Target
from importer.model.statuses import Status

GROUP = "5b0f3c52-7a4e-4e7e-9f3a-1f0f4f3a9c11"
ACCOUNT = "acc-1"


def update(row: int, *, customer: str = "", email: str = "ana.torres@example.com", **more: str) -> Update:
    """Return the update of a row: of a customer of its own, unless said otherwise."""
    return Update(
        row=row,
        group_id=GROUP,
        linked_account_id=more.get("linked_account_id", ACCOUNT),
        customer_id=customer or f"customer-{row}",
        first_name=more.get("first_name", "Ana"),
        last_name=more.get("last_name", "Torres Vidal"),
        email=email,
        note=more.get("note", ""),
    )


def issue(row: int, code: str = "blank_email", message: str = "The e-mail is blank.") -> Issue:
    """Return an issue of a row."""
    return Issue(row, code, "E-mail", message)


def begun(*rows: int, number: int = 1) -> list[Attempt]:
    """Return attempts of rows."""
    return [Attempt(update(row), number) for row in rows]


def waiting(row: int, *, attempts: int = 1, maybe: bool = False) -> Waiting:
    """Return a row that waits for its next attempt."""
    return Waiting(row, attempts, maybe)


def outcome(row: int, status: Status = Status.UPDATED, **more: Any) -> Outcome:  # noqa: ANN401 - fields of several types
    """Return the outcome of a row that was sent once, unless said otherwise."""
    return Outcome(row, status, **{"attempts": 1, "http_status": 200, **more})


def untimed(outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
    """Yield outcomes without the times that the journal has added."""
    return (replace(found, sent_at=None, latency_s=None) for found in outcomes)


def seen(path: Path, query: str = "SELECT row, phase, status FROM rows ORDER BY row") -> list[tuple[Any, ...]]:
    """Return what another connection finds in a SQLite file."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        return connection.execute(query).fetchall()


@contextmanager
def older_journal(path: Path, before: str) -> Iterator[sqlite3.Connection]:
    """Make a journal as it was before a migration ("0013"), for what that makes of it."""
    with closing(connect(path)) as connection:
        with TemporaryDirectory(dir=path.parent) as older:
            for script in MIGRATIONS.iterdir():
                if script.name.endswith(".sql") and script.name < before:
                    Path(older, script.name).write_text(script.read_text("utf-8"), "utf-8")
            migrate(connection, path, Path(older))
        yield connection


def told(outcomes: Iterable[Outcome]) -> dict[int, tuple[Status, str]]:
    """Return the status and the code of each row."""
    return {found.row: (found.status, found.code) for found in outcomes}


NEW_RUN: dict[str, Any] = {
    "mode": Mode.RUN,
    "version": "1.0",
    "target": Target("https://api.example.com", GROUP, ACCOUNT),
    "settings": {"concurrency": 4},
}
