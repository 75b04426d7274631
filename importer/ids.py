"""What an id must be to stand in the path of a request, and how it is written there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

_SEGMENT: Final = re.compile(r"[A-Za-z0-9_.~-]{1,128}")
"""The unreserved characters of RFC 3986, which stand for themselves in a path; at most 128 of them."""

_SEGMENT_LINES: Final = re.compile(r"(?:(?!\.\.?\n)[A-Za-z0-9_.~-]{1,128}+\n)*")
_DOT_SEGMENTS: Final = frozenset({".", ".."})
"""What RFC 3986, section 5.2.4, takes out of a path."""

UUID_PATTERN: Final = "[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}"
"""The form of RFC 9562, section 4, in either case; no braces, no `urn:uuid:`."""

_UUID: Final = re.compile(UUID_PATTERN)
_UUID_LENGTH: Final = 36
_HYPHENS_AT: Final = (8, 13, 18, 23)
_UUID_OCTETS: Final = 16
_NO_UUIDS: Final = (
    "0" * 8 + "-0000" * 3 + "-" + "0" * 12,
    *(f"{f * 8}-{f * 4}-{f * 4}-{f * 4}-{f * 12}" for f in "fF"),
)
"""The Nil and the Max UUID of RFC 9562, sections 5.9 and 5.10, which are nobody's."""

_NOTHINGS: Final = frozenset(
    (
        *("null", "nil", "none", "nan", "nat", "na", "n/a", "n.a", "n.a.", "n/d", "n.d.", "undefined", "unknown"),
        *("missing", "empty", "blank", "void", "nothing", "tbd", "tba", "inf", "-inf", "infinity", "-infinity"),
        *("true", "false", "wahr", "falsch", "vrai", "faux", "verdadero", "falso", "verdadeiro", "vero"),
        *("waar", "onwaar"),
    )
)
"""Words that programs write for no value at all, or for a truth value, which is no id either."""

_AROUND: Final = "()<>[]{}'\"#"
_PLACEHOLDER: Final = re.compile(
    r"\\{1,2}N|\[object \w+\]|\{\{.*\}\}|[$#]\{.*\}|\{\w*\}|%+[\w .-]+%+|<%.*%>|\*\|.*\|\*", re.DOTALL
)
"""What PostgreSQL and MySQL write for nothing, JavaScript for an object, and a template where nothing was filled in."""

_NUMBER: Final = re.compile(r"[+-]?[0-9]+[.,][0-9]+E[+-]?[0-9]+|[+-]?[0-9]+E\+[0-9]+|[+-]?[0-9]+[.,]0+", re.IGNORECASE)
"""With an exponent, as spreadsheets show more digits than fit; a whole number with decimals, as pandas writes it."""

_PLAIN_LINES: Final = re.compile(r"(?:(?![0_-]+\n)[0-9A-Za-z_-]++\n)*")


def says_nothing(text: str) -> bool:
    """Return whether an id is none, but what programs write where there is none: words, zeros, placeholders.

    Example: `says_nothing("00000000-0000-0000-0000-000000000000")` is `True`.
    """
    return bool(text) and (
        not text.strip("0-_")
        or text in _NO_UUIDS
        or text.strip(_AROUND).strip().casefold() in _NOTHINGS
        or _PLACEHOLDER.fullmatch(text) is not None
    )


def is_number(text: str) -> bool:
    """Return whether an id was written by a program that took it for a number: digits of it may be lost.

    Example: `is_number("4.00123E+15")` is `True`.
    """
    return _NUMBER.fullmatch(text) is not None


def are_surely_ids(ids: Sequence[str]) -> bool:
    """Return whether surely none of the ids says nothing or is a number; they are looked at as one text."""
    if any(no_uuid in ids for no_uuid in _NO_UUIDS):
        return False
    if set(map(len, ids)) == {_UUID_LENGTH}:
        return True
    lines = "\n".join([*ids, ""])
    return (
        _PLAIN_LINES.fullmatch(lines) is not None
        and lines.count("\n") == len(ids)
        and _NOTHINGS.isdisjoint(map(str.lower, ids))
    )


def is_safe_segment(text: str) -> bool:
    """Return whether the id can be a path segment as it is, without being escaped and without changing the path.

    Example: `is_safe_segment("a/b")` is `False`.
    """
    return _SEGMENT.fullmatch(text) is not None and text not in _DOT_SEGMENTS


def are_safe_segments(ids: Sequence[str]) -> bool:
    """Return whether `is_safe_segment` holds for every one of the ids, many times faster than one by one."""
    lines = "\n".join([*ids, ""])
    return _SEGMENT_LINES.fullmatch(lines) is not None and lines.count("\n") == len(ids)


def is_uuid(text: str) -> bool:
    """Return whether the id is a UUID in its canonical 8-4-4-4-12 form, in either case."""
    return _UUID.fullmatch(text) is not None


def are_uuids(ids: Sequence[str]) -> bool:
    """Return whether `is_uuid` holds for every one of the ids, many times faster than one by one."""
    text, hyphens = "".join(ids), "-" * len(ids)
    if not {*map(len, ids)} <= {_UUID_LENGTH} or any(text[at::_UUID_LENGTH] != hyphens for at in _HYPHENS_AT):
        return False
    try:
        octets = bytes.fromhex(text.replace("-", ""))
    except ValueError:
        return False
    return len(octets) == _UUID_OCTETS * len(ids)  # fewer where there are more hyphens, or white space


def normal_id(text: str) -> str:
    """Return the id as it is sent and compared: a UUID in lower case, anything else as it is."""
    return text.lower() if is_uuid(text) else text
