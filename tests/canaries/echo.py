"""A lying API: whatever it answers holds all that it was told, in its headers too, in one writing after the other."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Final
from urllib.parse import quote, quote_plus

from tests.delivery.wire.servers import Conversation, Request, Talk, http_reply

Say = Callable[["Heard"], bytes]


@dataclass(frozen=True)
class Heard:
    """What a request told of a person, and the key that came with it."""

    customer_id: str
    key: str
    first_name: str
    last_name: str
    email: str

    @property
    def text(self) -> str:
        """All of it in a sentence, the key as it is and as HTTP's Basic scheme would write it."""
        basic = " ".join(base64.b64encode(pair.encode()).decode() for pair in (f"{self.key}:", f":{self.key}"))
        person = f"{self.first_name} {self.last_name} <{self.email}>, {self.first_name}_{self.last_name}"
        return f"Authorization: {self.key}; Basic {basic}; no such person: {person}"

    def stored(self, **changes: str) -> bytes:
        """Return the documented object of a customer, as if the change had been applied."""
        values = {"id": self.customer_id, "first_name": self.first_name, "last_name": self.last_name}
        times = dict.fromkeys(("created_at", "updated_at"), "2025-07-21T12:43:14.834028Z")
        return json.dumps({**values, "email": self.email, **times, **changes}).encode()


def heard(request: Request) -> Heard:
    """Return what a request told."""
    values = json.loads(request.body)
    return Heard(
        customer_id=request.line.split()[1].rpartition("/")[2], key=request.header("Authorization")[0], **values
    )


def refusal(write: Callable[[str], str | bytes], *, status: int = 400, content_type: str = "text/plain") -> Say:
    """Return how to refuse a row with a text that is written in some way."""

    def say(told: Heard) -> bytes:
        written = write(told.text)
        body = written.encode() if isinstance(written, str) else written
        return http_reply(status, body, *_headers(told), content_type=content_type)

    return say


def _headers(told: Heard) -> list[str]:
    plain = told.text.encode("ascii", "ignore").decode()
    return [f"X-Echo: {plain}", f"Set-Cookie: key={told.key}", f"Retry-After: {plain}", f"WWW-Authenticate: {plain}"]


def _unlike_http(told: Heard) -> bytes:
    return f"HTTP/1.1 {told.text}\r\n\r\n".encode()


def _broken_header(told: Heard) -> bytes:
    return f"HTTP/1.1 400 {told.key}\r\n{told.text}\r\nContent-Length: 4\r\n\r\noops".encode()


def _behind_blanks(text: str) -> str:
    """Return a text that is cut where only so much of it is read: in the middle of the key."""
    return f"{' ' * 16_352}{text}"


REFUSALS: Final[dict[str, Say]] = {
    "plain": refusal(str),
    "upper case": refusal(str.upper),
    "lower case": refusal(str.lower),
    "JSON": refusal(lambda text: json.dumps({"message": text}), status=422, content_type="application/json"),
    "JSON in JSON": refusal(lambda text: json.dumps({"message": json.dumps({"was": text})}), status=409),
    "JSON, cut": refusal(lambda text: json.dumps({"message": text})[:-1]),
    "JSON in UTF-16": refusal(lambda text: json.dumps({"message": text}).encode("utf-16")),
    "by field": refusal(lambda text: json.dumps({"fields": {text: text}})),
    "HTML in text": refusal(html.escape, status=404),
    "percent-encoded": refusal(lambda text: quote(text, safe="")),
    "percent-encoded, in lower case": refusal(lambda text: quote(text).lower()),
    "as a form": refusal(quote_plus),
    "UTF-16": refusal(lambda text: text.encode("utf-16-le")),
    "Latin-1": refusal(lambda text: text.encode("latin-1", "replace")),
    "read as Latin-1": refusal(lambda text: text.encode().decode("latin-1")),
    "a page": refusal(lambda text: f"<html><title>{text}</title>", content_type="text/html"),
    "cut where reading ends": refusal(_behind_blanks),
    "larger than is read": refusal(lambda text: f"{text} {'x' * 3_000_000}"),
    "a redirect": lambda told: http_reply(302, told.text.encode(), f"Location: /{quote(told.text)}"),
    "something undocumented": refusal(str, status=202),
    "no HTTP": _unlike_http,
    "a header that is none": _broken_header,
    "another customer": lambda told: http_reply(200, told.stored(id="0f0f0f0f-52a8-4f0e-9d57-0f1f6a3c9e11")),
    "other values": lambda told: http_reply(200, told.stored(first_name=f"{told.first_name} {told.key}")),
    "not the object": refusal(str, status=200),
    "a server error": refusal(str, status=500),
    "confirmed": lambda told: http_reply(200, told.stored(), *_headers(told)),
}
"""What the API may answer, by name."""


def echoing(*sayings: Say) -> Talk:
    """Return conversations in which each customer gets an answer of its own, the same at every try."""
    numbers, answers = count(), dict[str, Say]()

    def talk(conversation: Conversation) -> None:
        while (request := conversation.request()) is not None:
            told = heard(request)
            say = answers.setdefault(told.customer_id, sayings[next(numbers) % len(sayings)])
            conversation.send(say(told))

    return talk
