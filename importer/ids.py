"""What an id must be to stand in the path of a request, and how it is written there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

_SEGMENT: Final = re.compile(r"[A-Za-z0-9_.~-]{1,128}")
"""The unreserved characters of RFC 3986, which stand for themselves in a path; at most 128 of them."""

_DOT_SEGMENTS: Final = frozenset({".", ".."})
"""What RFC 3986, section 5.2.4, takes out of a path."""

UUID_PATTERN: Final = "[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}"
"""The form of RFC 9562, section 4, in either case; no braces, no `urn:uuid:`."""

_UUID: Final = re.compile(UUID_PATTERN)
_UUID_LINES: Final = re.compile(f"(?:{UUID_PATTERN}\n)*+")


def is_safe_segment(text: str) -> bool:
    """Return whether the id can be a path segment as it is, without being escaped and without changing the path.

    Example: `is_safe_segment("a/b")` is `False`.
    """
    return _SEGMENT.fullmatch(text) is not None and text not in _DOT_SEGMENTS


def is_uuid(text: str) -> bool:
    """Return whether the id is a UUID in its canonical 8-4-4-4-12 form, in either case."""
    return _UUID.fullmatch(text) is not None


def are_uuids(ids: Sequence[str]) -> bool:
    """Return whether `is_uuid` holds for every one of the ids, many times faster than one by one."""
    lines = "\n".join([*ids, ""])
    return _UUID_LINES.fullmatch(lines) is not None and lines.count("\n") == len(ids)


def normal_id(text: str) -> str:
    """Return the id as it is sent and compared: a UUID in lower case, anything else as it is."""
    return text.lower() if is_uuid(text) else text
