"""What an older version has written of rows that checks and dry runs found nothing wrong with."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

from importer.journal.database import connect, migrate
from importer.journal.past import past_runs
from importer.model.run import PastRun
from importer.model.statuses import Status
from tests.journal.rows import older_journal

AS_ONE = "The same change as row 2: see there"
SENT_ONCE = "The same change as row 2, and would be sent once with it"
ROWS = [
    # run, row, status, code, message, repeats; and what is true of it from then on
    (1, 2, "not_sent", "check_only", "Valid: it can be sent; this was a check", None, ("valid", "", "")),
    (1, 3, "not_sent", "check_only", AS_ONE, 2, ("valid", "", SENT_ONCE)),
    (1, 4, "invalid", "blank_email", "The e-mail is blank.", None, ("invalid", "blank_email", "The e-mail is blank.")),
    (2, 2, "not_sent", "dry_run", "Valid: it would be sent; this was a dry run", None, ("valid", "", "")),
    (2, 3, "not_sent", "over_limit", "Left out", None, ("not_sent", "over_limit", "Left out")),
    (2, 4, "not_sent", "hidden_row", "Left out", None, ("not_sent", "hidden_row", "Left out")),
    (3, 2, "not_sent", "api_down", "The run stopped", None, ("not_sent", "api_down", "The run stopped")),
]  # fmt: skip


def _before(path: Path) -> None:
    """Write a journal as it was before, with a check, a dry run, a run that stopped, and a check that was cut off."""
    with older_journal(path, "0018") as connection:
        connection.executemany(
            "INSERT INTO runs (number, run_id, mode, version, started_at, checked_at, exit_code, source_path,"
            " source_sha256, base_url, output, settings, asked, statuses, attempts)"
            " VALUES (?, 'run-' || ?1, ?, '1', '2026-01-01T00:00:00Z', ?, ?, '', '', '', '', '{}', '{}', ?, ?)",
            [
                (1, "check", "2026-01-01T00:00:00Z", 1, json.dumps({"not_sent": 2, "invalid": 1, "updated": 0}), 0),
                (2, "dry_run", "2026-01-01T00:00:00Z", 0, json.dumps({"not_sent": 3}), 0),
                (3, "run", "2026-01-01T00:00:00Z", 4, json.dumps({"not_sent": 1}), 0),
                (4, "check", None, None, None, None),
            ],
        )
        connection.executemany(
            "INSERT INTO rows (run, row, phase, status, code, message, repeats) VALUES (?, ?, 2, ?, ?, ?, ?)",
            [row[:-1] for row in ROWS],
        )


def test_they_are_valid(tmp_path: Path) -> None:
    """With their repeats, and in the sums that are kept; what a run did not come to stays `not_sent`."""
    path = tmp_path / "journal.sqlite"
    _before(path)
    with closing(connect(path)) as connection:
        migrate(connection, path)
        rows = connection.execute("SELECT status, code, message FROM rows ORDER BY run, row").fetchall()
        runs = past_runs(connection, tmp_path)
    assert rows == [row[-1] for row in ROWS]
    assert list(map(_counts, reversed(runs))) == [
        ({"valid": 2, "invalid": 1}, 1),
        ({"valid": 1, "not_sent": 2}, 1),
        ({"not_sent": 1}, None),
        ({}, None),
    ]


def _counts(past: PastRun) -> tuple[dict[Status, int], int | None]:
    return {status: count for status, count in past.statuses.items() if count}, past.would_be_sent
