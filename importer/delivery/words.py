"""The API's own words, made fit to be quoted in a message: short, without secrets and without people's data."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterator
from html import unescape
from typing import Final
from urllib.parse import quote

from importer.delivery.attempts import Reply
from importer.model import VALUE_FIELDS, Update

MAX_QUOTED: Final = 300
"""Characters of a quotation, its marks included."""
_MAX_READ: Final = 16_384
"""Of what is no JSON, more than this is never looked at for words."""
_MAX_DEPTH: Final = 5
_TELLING: Final = ("message", "detail", "error", "errors", "title", "description", "fields")
_HTML: Final = re.compile(rb"(\xef\xbb\xbf)?\s*<(!doctype|html|head|body)", re.IGNORECASE)


def api_words(reply: Reply, update: Update, redact: Callable[[str], str]) -> str:
    """Return what the API said in a reply, in quotes and at most 300 characters; "" where it said nothing.

    The row's own name and address are replaced by the name of their field.
    """
    if is_page(reply.body):
        return "it answered with a web page"
    told = _without_values(redact(_plain(_told(reply.body))), update)
    if not told:
        return ""
    room = MAX_QUOTED - 2
    return f"“{told if len(told) <= room else told[: room - 1] + '…'}”"


def is_page(body: bytes) -> bool:
    """Return whether a reply's body is a page for people, as captive portals and proxies answer."""
    return _HTML.match(body) is not None


def _told(body: bytes) -> str:
    """Return the telling part of a JSON error, or the text itself."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return body[:_MAX_READ].decode("utf-8", "replace")
    return "; ".join(dict.fromkeys(_texts(found, 0)))


def _texts(found: object, depth: int) -> list[str]:
    """Return the sentences in a JSON error, from the likely places if they hold any, five levels deep at most."""
    if isinstance(found, str):
        return [found]
    if depth >= _MAX_DEPTH or not isinstance(found, dict | list):
        return []
    if isinstance(found, list):
        return [text for item in found for text in _texts(item, depth + 1)]
    telling = [text for name in _TELLING if name in found for text in _texts(found[name], depth + 1)]
    return telling or [f"{name}: {text}" for name, item in found.items() for text in _texts(item, depth + 1)]


def _plain(text: str) -> str:
    """Return `text` on one line, composed, without control, format or unassigned characters."""
    composed = unicodedata.normalize("NFC", unescape(text))
    kept = "".join(char if unicodedata.category(char)[0] != "C" else " " for char in composed)
    return " ".join(kept.split())


def _without_values(text: str, update: Update) -> str:
    """Return `text` with the row's own values, in any of their spellings and as whole words, replaced by names."""
    local_part = update.email.partition("@")[0]
    shortest_known = 3  # of fewer letters, most words of a sentence would be made
    known = {local_part.casefold(): VALUE_FIELDS[-1].value} if len(local_part) >= shortest_known else {}
    names = known | {
        spelling.casefold(): field.value
        for field in VALUE_FIELDS
        for spelling in _spellings(unicodedata.normalize("NFC", getattr(update, field)))
        if spelling
    }
    if not names:
        return text
    longest_first = sorted(names, key=len, reverse=True)
    whole = rf"(?<!\w)({'|'.join(map(re.escape, longest_first))})(?!\w)"
    return re.sub(whole, lambda found: f"[{names.get(found[0].casefold(), 'value')}]", text, flags=re.IGNORECASE)


def _spellings(value: str) -> Iterator[str]:
    """Yield a value as an error may echo it: plainly, or escaped for JSON or a URL."""
    yield value
    yield json.dumps(value)[1:-1]
    yield quote(value)
    yield quote(value, safe="")
