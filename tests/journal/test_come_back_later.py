"""What an older version has written of rows that were told to come back later."""

from __future__ import annotations

from pathlib import Path

from importer.journal.database import migrate
from tests.journal.rows import older_journal

ROWS = [
    # row, phase, status, code, attempts, maybe; and whether it may have been applied
    (2, 2, "failed", "http_503", 5, 0, 1),
    (3, 2, "failed", "http_408", 1, 0, 1),
    (4, 2, "failed", "connection_refused", 5, 0, 0),
    (5, 2, "rejected", "http_400", 2, 0, 1),
    (6, 2, "rejected", "http_400", 1, 0, 0),
    (7, 0, None, "", 1, 0, 1),
    (8, 0, None, "", 0, 0, 0),
    (9, 2, "updated", "", 2, 0, 0),
    (10, 2, "unconfirmed", "http_503", 5, 1, 1),
]
TRIED_BEFORE = {5: "http_503", 7: "http_408", 9: "http_503"}


def test_they_may_have_been_applied(tmp_path: Path) -> None:
    """Also those that were refused afterwards, or wait still; what was confirmed stays so."""
    path = tmp_path / "journal.sqlite"
    with older_journal(path, "0013") as connection:
        connection.execute(
            "INSERT INTO runs (number, run_id, mode, version, started_at, source_path, source_sha256, base_url,"
            " output, settings, asked) VALUES (1, 'run-1', 'run', '1', '', '', '', 'https://api.example.com', '',"
            " '{}', '{}')"
        )
        connection.executemany(
            "INSERT INTO rows (run, row, phase, status, code, attempts, maybe) VALUES (1, ?, ?, ?, ?, ?, ?)",
            [row[:-1] for row in ROWS],
        )
        connection.executemany(
            "INSERT INTO tries (run, row, number, sent_at, code) VALUES (1, ?, 1, 0, ?)", TRIED_BEFORE.items()
        )
        migrate(connection, path)
        doubts = connection.execute("SELECT row, maybe FROM rows ORDER BY row").fetchall()
    assert doubts == [(row, doubt) for row, *_, doubt in ROWS]
