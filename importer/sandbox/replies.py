"""What a sandbox says: the documented object, errors that say what is wrong, and a page that is neither."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

_JSON: Final = b"application/json"


@dataclass(frozen=True, slots=True)
class SandboxReply:
    """A status, a content type, a body and a few headers, as they go over the wire."""

    status: int
    body: bytes
    content_type: bytes = _JSON
    extra: tuple[tuple[bytes, bytes], ...] = ()

    def headers(self) -> list[tuple[bytes, bytes]]:
        """Return all headers, the body's length among them."""
        return [
            (b"content-type", self.content_type),
            (b"content-length", str(len(self.body)).encode()),
            *self.extra,
        ]


class Silence(Enum):
    """What happens instead of a reply."""

    HANG = auto()
    RESET = auto()


def encode_json(document: object) -> bytes:
    """Return a document as JSON in UTF-8, as every reply holds it."""
    return json.dumps(document, ensure_ascii=False).encode()


def object_reply(document: Mapping[str, object]) -> SandboxReply:
    """Return 200 with the customer object."""
    return SandboxReply(200, encode_json(document))


def error_reply(
    status: int,
    code: str,
    message: str,
    *,
    fields: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> SandboxReply:
    """Return an error: a code for programs, a sentence for people, and what is wrong with which field."""
    document = {"error": {"code": code, "message": message, "fields": dict(fields or {})}}
    extra = tuple((name.lower().encode(), value.encode()) for name, value in (headers or {}).items())
    return SandboxReply(status, encode_json(document), extra=extra)


def page_reply() -> SandboxReply:
    """Return what a captive portal answers to whatever is asked: 200, and a page to log in."""
    page = (
        "<!doctype html>\n<html><head><title>Guest network</title></head>"
        "<body><h1>Welcome</h1><p>Please accept the terms of use to continue.</p></body></html>\n"
    )
    return SandboxReply(200, page.encode(), content_type=b"text/html; charset=utf-8")
