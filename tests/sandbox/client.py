"""A small client of the API for these tests, and what it is answered."""

from __future__ import annotations

import http.client
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

GROUP = "0b7c2d1e-4f6a-4c8e-9a52-3d1f5e7b9c10"
OTHER_GROUP = "0b7c2d1e-4f6a-4c8e-9a52-3d1f5e7b9c11"
ACCOUNT = "c52d8f10-9a3e-4c52-8f10-6d2f1f0c7a02"
GOOD = {"first_name": "Ada", "last_name": "Lovelace", "email": "ada@example.com"}


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply as it came over the wire; the headers' names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def document(self) -> dict[str, Any]:
        """The body as a JSON object."""
        document: dict[str, Any] = json.loads(self.body)
        return document

    @property
    def error(self) -> dict[str, Any]:
        """The documented error object."""
        error: dict[str, Any] = self.document["error"]
        return error


@dataclass(frozen=True, slots=True)
class Put:
    """A request for a customer, good unless it is told otherwise."""

    body: object = field(default_factory=lambda: dict(GOOD))
    customer_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    group_id: str = GROUP
    account_id: str = ACCOUNT
    key: str | None = "a-good-key"
    method: str = "PUT"

    @property
    def path(self) -> str:
        """Where the customer is."""
        return f"/api/v1/groups/{self.group_id}/revere_pay/{self.account_id}/customers/{self.customer_id}"

    @property
    def headers(self) -> dict[str, str]:
        """What goes out beside the body."""
        return {"Content-Type": "application/json"} | ({} if self.key is None else {"Authorization": self.key})

    @property
    def content(self) -> bytes:
        """The body as it goes out."""
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


def to(word: str) -> dict[str, str]:
    """Return a body whose address is magic."""
    return GOOD | {"email": f"sandbox+{word}@example.com"}


def connect(base_url: str, *, timeout_s: float = 10) -> http.client.HTTPConnection:
    """Return a connection to a sandbox."""
    return http.client.HTTPConnection(urlsplit(base_url).netloc, timeout=timeout_s)


def ask(connection: http.client.HTTPConnection, put: Put) -> Answer:
    """Send a request over a connection and return its answer."""
    connection.request(put.method, put.path, body=put.content, headers=put.headers)
    response = connection.getresponse()
    return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, response.read())


def send(base_url: str, put: Put, *, timeout_s: float = 10) -> Answer:
    """Send a request over a connection of its own and return its answer."""
    connection = connect(base_url, timeout_s=timeout_s)
    try:
        return ask(connection, put)
    finally:
        connection.close()
