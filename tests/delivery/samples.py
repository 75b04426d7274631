"""Invented updates, and what an API may answer to them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache

from importer.delivery.wire.attempts import Fault, Reply
from importer.model.rows import Attempt, Pending, Update

GROUP = "5c0a8d1e-1f6b-4a57-8f0e-2f3f1a7d9b10"
ACCOUNT = "acct-77"
KEY = "sk-canary-4f1d9a"


def update(
    row: int = 2,
    *,
    group_id: str = GROUP,
    customer_id: str | None = None,
    first_name: str = "Zoë",
    last_name: str = "O'Brien-Łuczak",
    email: str = "zoe.obrien@example.com",
) -> Update:
    """Return the update of a row: another row is another customer."""
    return Update(
        row=row,
        group_id=group_id,
        linked_account_id=ACCOUNT,
        customer_id=customer_id or f"7b0c2f6e-52a8-4f0e-9d57-{row:012x}",
        first_name=first_name,
        last_name=last_name,
        email=email,
    )


def attempt(row: int = 2, number: int = 1) -> Attempt:
    """Return an attempt of a row."""
    return Attempt(update(row), number)


@cache
def pending(rows: int, *, first: int = 2) -> Sequence[Pending]:
    """Return so many rows that wait to be sent, each of another customer."""
    return tuple(Pending(update(row)) for row in range(first, first + rows))


def stored(asked: Update, **changes: object) -> dict[str, object]:
    """Return the customer object of the API's reference, with the values that were asked for."""
    values: dict[str, object] = {
        "id": asked.customer_id,
        "group_id": asked.group_id,
        "first_name": asked.first_name,
        "last_name": asked.last_name,
        "email": asked.email,
        "created_at": "2025-01-02T03:04:05.000001Z",
        "updated_at": "2025-07-21T12:43:14.834028Z",
    }
    values.update(changes)
    return {name: value for name, value in values.items() if value is not ...}


def body(found: object) -> bytes:
    """Return JSON as bytes."""
    return json.dumps(found).encode()


def ok(asked: Update, **changes: object) -> Reply:
    """Return the reply that confirms an update, but for changes; `...` leaves a field out."""
    return Reply(asked.row, 0.1, None, 200, "application/json", None, body(stored(asked, **changes)))


def http(asked: Update, status: int, *, retry_after_s: float | None = None, words: bytes = b"{}") -> Reply:
    """Return a reply with a status, in JSON as the API's own refusals are."""
    return Reply(asked.row, 0.1, None, status, "application/json", retry_after_s, words)


PAGE = b"<!doctype html><title>Not Found</title><h1>Not Found</h1>"


def page(status: int, *, server: str = "nginx/1.22.1") -> Reply:
    """Return what a proxy answers of itself: a page for people."""
    return Reply(0, 0.1, None, status, "text/html", None, PAGE, server)


def fault(asked: Update, kind: Fault, *, http_status: int | None = None) -> Reply:
    """Return the reply of an attempt that got none."""
    return Reply(asked.row, 0.1, kind, http_status)


def unmasked(text: str) -> str:
    """Redact nothing."""
    return text
