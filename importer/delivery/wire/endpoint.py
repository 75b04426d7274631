"""Where requests go, what they say, and whom an answer names: the same for every engine."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final
from urllib.parse import quote

from importer.ids import normal_id
from importer.model.rows import Update
from importer.model.source import VALUE_FIELDS

_PLAIN: Final = re.compile(r"[A-Za-z0-9._~-]+")
"""What is in a path as it is."""
_FLAT_ID: Final = re.compile(rb'"id"\s*:\s*"([^"\\]*)"')
_VALUES: Final = tuple(name.value for name in VALUE_FIELDS)
_AS_JSON: Final = json.JSONEncoder(ensure_ascii=False).encode


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Where requests go, as whom, and within which bounds.

    Attributes:
        key: The API key, stripped; it is never part of the repr, a message or an exception.
        timeout_s: For a whole attempt, from name resolution to the last byte of the reply.
        max_reply_bytes: No more of a reply is read.
    """

    base_url: str
    key: str = field(repr=False)
    user_agent: str
    timeout_s: float
    max_reply_bytes: int

    def path(self, update: Update) -> str:
        """Return the path of an update: the route of the API's reference, with each id as one path segment."""
        return f"{_place(update.group_id, update.linked_account_id)}{_segment(update.customer_id)}"

    def headers(self) -> dict[str, str]:
        """Return what each request says beside its length and its host, but for the key."""
        return {
            "Content-Type": "application/json",
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "User-Agent": self.user_agent,
        }


def request_body(update: Update) -> bytes:
    """Return the body of an update's request.

    Raises:
        ValueError: A value is no text; the message does not hold it.
    """
    members = ", ".join([f'"{name}": {_AS_JSON(getattr(update, name))}' for name in _VALUES])
    try:
        return f"{{{members}}}".encode()
    except UnicodeEncodeError:
        # Python's own error holds the whole text.
        raise ValueError("a value holds half of a character, which is no text") from None


def named_customer(body: bytes) -> str:
    """Return the customer whom an answer names; "" where it is not a customer's object."""
    if body.count(b'"id"') == body.count(b"{") == 1 and (found := _FLAT_ID.search(body)):
        return normal_id(found[1].decode("utf-8", "replace"))  # there is no other name that this could belong to
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    customer_id = document.get("id") if isinstance(document, dict) else None
    return normal_id(customer_id) if isinstance(customer_id, str) else ""


@lru_cache
def _place(group: str, account: str) -> str:
    return f"/api/v1/groups/{_segment(group)}/revere_pay/{_segment(account)}/customers/"


def _segment(text: str) -> str:
    """Return an id as one segment of a path."""
    return text if _PLAIN.fullmatch(text) else quote(text, safe="")
