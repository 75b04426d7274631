"""Magic addresses: an e-mail address that makes the sandbox misbehave, as magic cards do in payment sandboxes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from importer.sandbox.values import SentValues

_PREFIX: Final = "sandbox+"


@dataclass(frozen=True, slots=True)
class Magic:
    """What a magic word makes of an otherwise good request.

    Attributes:
        word: What stands after `sandbox+`, in lower case.
        meaning: What happens, for people.
        status: The HTTP status of the reply, where there is one.
        applied: Whether the update is applied.
        once: Only the first request for a customer is met with it; later ones are as any other.
        retry_after_s: What the reply's `Retry-After` says.
    """

    word: str
    meaning: str
    status: int = 200
    applied: bool = False
    once: bool = False
    retry_after_s: int | None = None


TIMEOUT: Final = Magic("timeout", "applied, but no reply ever comes", applied=True)
RESET: Final = Magic("reset", "applied, but the connection is reset instead of a reply", applied=True)
MISMATCH: Final = Magic("mismatch", "200, applied with another last name than was sent", applied=True)
HTML: Final = Magic("html", "200 with a web page, as a captive portal answers; not applied")

MAGICS: Final = (
    Magic("400", "400", 400),
    Magic("401", "401", 401),
    Magic("403", "403", 403),
    Magic("404", "404", 404),
    Magic("425", "425, always", 425),
    Magic("429", "429 once for each customer, with Retry-After: 1", 429, once=True, retry_after_s=1),
    Magic("500", "500, always", 500),
    Magic("flaky", "500 once for each customer", 500, once=True),
    Magic("503", "503, always, with Retry-After: 1", 503, retry_after_s=1),
    TIMEOUT,
    RESET,
    MISMATCH,
    HTML,
)
"""All magic words. Where it does not say that it is applied, the update is not."""

_BY_WORD: Final = {magic.word: magic for magic in MAGICS}


def find_magic(email: str) -> Magic | None:
    """Return what an address asks for: `sandbox+WORD` before the @, whatever the domain and the case."""
    local_part = email.rpartition("@")[0].lower()
    if not local_part.startswith(_PREFIX):
        return None
    return _BY_WORD.get(local_part.removeprefix(_PREFIX))


def altered(values: SentValues) -> SentValues:
    """Return values whose last name differs from what was sent for whoever compares, however forgivingly."""
    return SentValues(values.first_name, f"{values.last_name} (sandbox)", values.email)


def describe_magic() -> str:
    """Return a line for every magic address, for people."""
    return "\n".join(f"{_PREFIX}{magic.word}@…: {magic.meaning}" for magic in MAGICS)
