"""The line of a run in the journal, which outlasts its rows."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from pathlib import Path

from importer.model.run import NewRun
from importer.times import rfc3339


def insert_run(connection: sqlite3.Connection, new: NewRun, sha256: str, fingerprint: str, now: float) -> int:
    """Note that a run begins, within a transaction that is under way, and return its number.

    Args:
        connection: To the journal.
        new: The run.
        sha256: Of its source.
        fingerprint: Of the key of its digests.
        now: The time, in seconds since the epoch.
    """
    retried = new.retry_of.number if new.retry_of else None
    cursor = connection.execute(
        "INSERT INTO runs (run_id, mode, version, started_at, source_path, source_sha256, base_url, group_id,"
        " linked_account_id, output, folders, settings, asked, retry_of, root, digest_key, started_by, agreed,"
        " idle) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
        " (SELECT coalesce(root, number) FROM runs WHERE number = ?), ?, ?, ?, ?) RETURNING number",
        (
            new.run_id,
            new.mode,
            new.version,
            new.started_at or rfc3339(now),
            text_of(new.source),
            sha256,
            new.target.base_url,
            new.target.group_id,
            new.target.linked_account_id,
            text_of(new.output),
            None if new.has_folder else "[]",
            json.dumps(new.settings, sort_keys=True),
            json.dumps(new.asked, sort_keys=True),
            retried,
            retried,
            fingerprint,
            new.started_by,
            new.agreed,
            new.idle_s,
        ),
    )
    return int(cursor.fetchone()[0])


def listed_paths(paths: Iterable[Path]) -> str:
    """Return paths as JSON."""
    return json.dumps([text_of(path) for path in paths])


def text_of(path: Path) -> str:
    """Return a path as text that SQLite can hold: a byte that is no UTF-8 is shown by its number."""
    return str(path).encode("utf-8", "backslashreplace").decode("utf-8")
