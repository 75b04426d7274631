"""The API's own words, made fit to be quoted in a message: short, without secrets and without people's data."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable
from html import unescape
from typing import Final
from urllib.parse import unquote

from importer.delivery.wire.attempts import Reply
from importer.model.rows import Update
from importer.model.source import VALUE_FIELDS

MAX_QUOTED: Final = 300
"""Characters of a quotation, its marks included."""
_MAX_READ: Final = 16_384
"""Of what is no JSON, more than this is never looked at for words."""
_MAX_DEPTH: Final = 5
_TELLING: Final = ("message", "detail", "error", "errors", "title", "description", "fields")
_ESCAPED: Final = re.compile(r"(\\u[0-9a-fA-F]{4})+")
"""As JSON writes letters, where JSON is within JSON or was cut."""
_MISREAD: Final = (
    (("utf-8", "replace"), ("latin-1", "replace")),
    (("utf-8", "replace"), ("cp1252", "replace")),
    (("latin-1", "replace"), ("utf-8", "replace")),
    (("cp1252", "replace"), ("utf-8", "replace")),
)
_LONG_PARTS: Final = (re.compile(r"[a-z0-9]{5,}"), re.compile(r"[^\W_]{5,}"))
"""Letters that nearly every writing leaves as they are, and words."""
_PLACEHOLDER: Final = re.compile(rf"\[({'|'.join(VALUE_FIELDS)}|value)\]")
_HTML: Final = re.compile(
    rb"(\xef\xbb\xbf)?\s*+((<\?xml[^>]*+>|<!--.*?-->)\s*+)*<(!doctype|html|head|body|title|center|h[1-6]\b)",
    re.IGNORECASE | re.DOTALL,
)
_BEGINNING: Final = 4096
"""Within so many bytes a page shows that it is one."""


def api_words(reply: Reply, update: Update, redact: Callable[[str], str]) -> str:
    """Return what the API said in a reply, in quotes and at most 300 characters; "" where it said nothing.

    The row's own name and address are replaced by the name of their field. Where they still show through, in a writing
    that is not known here, nothing is quoted.
    """
    if is_page(reply.body):
        return "it answered with a web page"
    text, cut = _told(reply)
    plain = redact(_plain(redact(text)))  # once more when it is plain: the key may have been escaped, or look like it
    words = _without_values(_whole_words(plain) if cut else plain, update)
    if not words:
        return ""
    if _shows(words, update):
        return "what it said holds values of this row, and is left out"
    room = MAX_QUOTED - 2
    return f"“{words if len(words) <= room else words[: room - 1] + '…'}”"


def told_value(text: str, redact: Callable[[str], str]) -> str:
    """Return a value that the API holds, fit to be shown: on one line, at most 300 characters, without secrets."""
    line = redact("".join(letter if letter.isprintable() else " " for letter in text))
    return line if len(line) <= MAX_QUOTED else f"{line[: MAX_QUOTED - 1]}…"


def is_page(body: bytes) -> bool:
    """Return whether a reply's body is a page for people, as captive portals and proxies answer.

    Example: `is_page(b"<!doctype html><title>Log in</title>")` is `True`.
    """
    beginning = body[:_BEGINNING]
    if beginning.startswith((b"\xff\xfe", b"\xfe\xff")):
        beginning = beginning.decode("utf-16", "replace").encode()
    return _HTML.match(beginning) is not None


def _told(reply: Reply) -> tuple[str, bool]:
    """Return the telling part of a JSON error, or the text itself, and whether it was cut; "" for what is no text."""
    body = reply.body
    try:
        return "; ".join(dict.fromkeys(_texts(json.loads(body), 0))), False
    except (ValueError, RecursionError):
        text = "" if b"\0" in body else body[:_MAX_READ].decode("utf-8", "replace")
        return text, reply.fault is not None or len(body) > _MAX_READ


def _whole_words(text: str) -> str:
    """Return a text that was cut without its last word, which may be half a key; one that is never quoted may stay."""
    head, _, last = text.rpartition(" ")
    return text if len(last) > MAX_QUOTED else head


def _texts(document: object, depth: int) -> list[str]:
    """Return the sentences in a JSON error, from the likely places if they hold any, five levels deep at most."""
    if isinstance(document, str):
        return [document]
    if depth >= _MAX_DEPTH or not isinstance(document, dict | list):
        return []
    if isinstance(document, list):
        return [text for item in document for text in _texts(item, depth + 1)]
    telling = [text for name in _TELLING if name in document for text in _texts(document[name], depth + 1)]
    return telling or [f"{name}: {text}" for name, item in document.items() for text in _texts(item, depth + 1)]


def _plain(text: str) -> str:
    """Return `text` on one line, composed, without escapes and without control, format or unassigned characters."""
    unescaped = unquote(_ESCAPED.sub(_unescaped, unescape(text)))
    composed = unicodedata.normalize("NFC", unescaped)
    if not composed.isprintable():
        composed = "".join(char if unicodedata.category(char)[0] != "C" else " " for char in composed)
    return " ".join(composed.split())


def _unescaped(escapes: re.Match[str]) -> str:
    return str(json.loads(f'"{escapes[0]}"'))


def _without_values(text: str, update: Update) -> str:
    """Return `text` with the row's own values, in any of their spellings and as whole words, replaced by names."""
    local_part = update.email.partition("@")[0]
    shortest_known = 3  # of fewer letters, most words of a sentence would be made
    of_local_part = (
        dict.fromkeys(_spellings(local_part), VALUE_FIELDS[-1].value) if len(local_part) >= shortest_known else {}
    )
    names = of_local_part | {
        spelling: field.value for field in VALUE_FIELDS for spelling in _spellings(getattr(update, field))
    }
    if not names:
        return text
    longest_first = sorted(names, key=len, reverse=True)
    pattern = rf"(?<![^\W_])({'|'.join(map(re.escape, longest_first))})(?![^\W_])"
    return re.sub(pattern, lambda match: f"[{names.get(match[0].casefold(), 'value')}]", text, flags=re.IGNORECASE)


def _spellings(value: str) -> set[str]:
    """Return a value as it may be found in plain text: as it is, as a form has it, or read in a wrong encoding."""
    in_cases = {value, value.upper(), value.casefold()}
    written = in_cases | {json.dumps(value, ensure_ascii=False)[1:-1], value.replace(" ", "+")}
    misread = {text.encode(*encoding).decode(*misreading) for text in in_cases for encoding, misreading in _MISREAD}
    return {_plain(spelling).casefold() for spelling in written | misread} - {""}


def _shows(text: str, update: Update) -> bool:
    """Return whether a long part of a value is still in a text, within whatever."""
    rest = _PLACEHOLDER.sub(" ", text).casefold()
    values = (update.first_name, update.last_name, update.email.partition("@")[0])
    plain = [_plain(value).casefold() for value in values]
    return any(part in rest for value in plain for parts in _LONG_PARTS for part in parts.findall(value))
