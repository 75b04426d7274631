"""The request's body: what counts as one, and what is said about one that does not.

The rules are two patterns, which the published description carries too: data that fits the description is accepted.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Final, NoReturn

MAX_BODY_BYTES: Final = 65_536

_BLANKS: Final = r"\u0000-\u0020\u007f-\u00a0\u1680\u2000-\u200f\u2028-\u202f\u205f-\u2064\u3000\ufeff"
"""Spaces, control characters and what has no width, as a character class means the same in every dialect."""

NAME_PATTERN: Final = f"[^{_BLANKS}]"
"""Somewhere in it there is a character that can be seen."""

EMAIL_PATTERN: Final = rf"^[^{_BLANKS}@]+@[^{_BLANKS}@.]+(\.[^{_BLANKS}@.]+)+$"
"""One @, something before it, a domain with a dot after it, no blanks anywhere."""

_NAME: Final = re.compile(NAME_PATTERN)
_EMAIL: Final = re.compile(EMAIL_PATTERN)

FIELDS: Final = ("first_name", "last_name", "email")


@dataclass(frozen=True, slots=True)
class SentValues:
    """What a customer is to be called and reached at."""

    first_name: str
    last_name: str
    email: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a body is refused: a sentence, and one for each field that is wrong."""

    code: str
    message: str
    fields: dict[str, str]


def _refuse_constant(name: str) -> NoReturn:
    """Refuse NaN and the infinities, which Python would read although JSON has none (RFC 8259, section 6)."""
    raise ValueError(name)


_DECODER: Final = json.JSONDecoder(parse_constant=_refuse_constant)


def parse_body(body: bytes) -> SentValues | Refusal:
    """Return the values of a request's body, or why it is refused.

    A body is one JSON object in UTF-8 (RFC 8259) that holds the three fields, more fields being ignored.
    """
    try:
        document = _DECODER.decode(body.decode())
    except (ValueError, RecursionError):
        return Refusal("invalid_json", "The body is not JSON in UTF-8.", {})
    if not isinstance(document, dict):
        return Refusal("invalid_body", "The body is not a JSON object.", {})
    problems = {name: problem for name in FIELDS if (problem := _problem(name, document))}
    if problems:
        sentences = " ".join(f"{name} {problem}." for name, problem in problems.items())
        return Refusal("validation_error", sentences, problems)
    return SentValues(*(document[name] for name in FIELDS))


def _problem(name: str, document: dict[str, object]) -> str:
    """Say what is wrong with a field; nothing is "". What the field holds is never repeated."""
    if name not in document:
        return "is missing"
    value = document[name]
    if not isinstance(value, str):
        return "is not a string"
    if not _NAME.search(value):
        return "is blank"
    if not _is_text(value):
        return "is not text that UTF-8 can hold"
    if name == "email" and not _EMAIL.fullmatch(value):
        return "is not an e-mail address"
    return ""


def _is_text(value: str) -> bool:
    """Return whether UTF-8 can hold this: a JSON escape can spell half of a surrogate pair, which is no character."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
