"""Holding a report to what the API has applied, row by row."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.crash.scene import KillScene

_MAY_HAVE_BEEN_APPLIED = {"updated", "mismatch", "unconfirmed"}


def hold_to_the_log(scene: KillScene, summary: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Compare an annotated sheet with the API's log, and return its rows by customer."""
    applied = scene.api.applied(set(scene.rows))
    with Path(summary["reports"]["annotated"]).open(encoding="utf-8-sig", newline="") as file:
        rows = {row["Customer ID"]: row for row in csv.DictReader(file)}
    assert list(rows) == list(scene.rows)
    for customer, row in rows.items():
        changes = applied.get(customer, [])
        if changes:
            assert row["status"] in _MAY_HAVE_BEEN_APPLIED
        if row["status"] == "updated":
            change = next(change for change in changes if change["updated_at"] == row["updated_at"])
            sent = (change["first_name"], change["last_name"], change["email"])
            assert sent == scene.rows[customer]
    return rows
