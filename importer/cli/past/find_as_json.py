"""What `importer find` knows of a customer, for programs."""

from __future__ import annotations

from typing import Final

from importer.journal.lasting.one_customer import CustomerHistory, CustomersRow, LastConfirmation
from importer.model.modes import Mode
from importer.times import rfc3339

SCHEMA_VERSION: Final = 1
"""Counts up when a key goes, or means something else; keys may be added without that. See `customer.schema.json`."""


def customer_object(history: CustomerHistory, *, everything: bool) -> dict[str, object]:
    """Return a customer's history as JSON shows it; its keys are an interface.

    Args:
        history: What is known.
        everything: With the rows of checks and dry runs.
    """
    rows = [row for row in history.rows if everything or row.run.mode is Mode.RUN]
    gone = [past for past in history.rows_gone if everything or past.mode is Mode.RUN]
    return {
        "schema_version": SCHEMA_VERSION,
        "customer_id": history.customer_id,
        "rows": [_row_object(row) for row in rows],
        "rows_of_checks": sum(row.run.mode is not Mode.RUN for row in history.rows),
        "last_confirmed": [_confirmation_object(one) for one in history.last_confirmed],
        "rows_gone": {"runs": len(gone), "newest_started_at": gone[0].started_at if gone else None},
        "journal_lost_at": list(history.lost_at),
        "older_journal": history.is_outdated,
    }


def _row_object(row: CustomersRow) -> dict[str, object]:
    run = row.run
    return {
        "run_id": run.run_id,
        "mode": run.mode,
        "sandbox": bool(run.asked.get("sandbox")),
        "state": run.state,
        "started_at": run.started_at,
        "retry_of": run.retry_of,
        "source": {"path": run.source.path, "sheet": run.source.sheet},
        "row": row.row,
        "target": {
            "base_url": run.target.base_url,
            "group_id": row.group_id,
            "linked_account_id": row.linked_account_id,
        },
        "status": row.status,
        "in_flight": row.in_flight,
        "in_doubt": row.in_doubt,
        "rests_on": row.rests_on,
        "error_code": row.code,
        "message": row.message,
        "http_status": row.http_status,
        "attempts": row.attempts,
        "sent_at": _time(row.sent_at),
        "updated_at": row.updated_at,
    }


def _confirmation_object(one: LastConfirmation) -> dict[str, object]:
    return {
        "target": {
            "base_url": one.base_url,
            "group_id": one.group_id,
            "linked_account_id": one.linked_account_id,
        },
        "run_id": one.run.run_id,
        "updated_at": one.updated_at,
        "sent_at": _time(one.sent_at),
        "relied_on": one.mistrust is None,
        "relied_on_until": _time(one.until) if one.mistrust is None else None,
        "why_not": one.mistrust,
    }


def _time(seconds: float | None) -> str | None:
    return None if seconds is None else rfc3339(seconds)
