"""Ids and times in the few bytes that the journal gives them; what does not fit is kept as it is written."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final

_EPOCH: Final = datetime(1970, 1, 1)  # noqa: DTZ001 - all here is UTC, and takes half as long without saying so
_MICROSECOND: Final = timedelta(microseconds=1)
_IN_A_SECOND: Final = 2_000_000
_SECONDS: Final = 1024
"""Many rows are confirmed in the same second, so its text is remembered."""
_UUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_UUIDS: Final = re.compile(rf"(?:{_UUID.pattern}\n)*")
_TIME: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{6})?Z")


def packed_id(text: str) -> bytes | str:
    """Return the 16 bytes of a UUID in lower case, and any other id as it is.

    Example: `packed_id("c-17")` is `"c-17"`.
    """
    return bytes.fromhex(text.replace("-", "")) if _UUID.fullmatch(text) else text


def packed_uuids(texts: Iterable[str]) -> bytes | None:
    """Return the bytes of ids one after the other; None where one of them is no UUID in lower case."""
    lines = "".join([f"{text}\n" for text in texts])
    return bytes.fromhex(lines.replace("-", "")) if _UUIDS.fullmatch(lines) else None


def unpacked_id(packed: bytes | str) -> str:
    """Return the id that `packed_id` was given."""
    if isinstance(packed, str):
        return packed
    digits = packed.hex()
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def packed_time(text: str) -> int | str:
    """Return a time as a number, where it is written in UTC with six decimals or none; else the text.

    It is twice the microseconds since the epoch, and one more where there are no decimals.

    Example: `packed_time("1970-01-01T00:00:01.000000Z")` is `2_000_000`.
    """
    match = _TIME.fullmatch(text)
    if match is None:
        return text
    try:
        return 2 * ((datetime.fromisoformat(text[:-1]) - _EPOCH) // _MICROSECOND) + (match[1] is None)
    except ValueError:  # a day that no calendar has
        return text


def unpacked_time(packed: int | str) -> str:
    """Return the text that `packed_time` was given."""
    if isinstance(packed, str):
        return packed
    second, rest = divmod(packed, _IN_A_SECOND)
    return f"{_text_of_second(second)}Z" if rest & 1 else f"{_text_of_second(second)}.{rest >> 1:06}Z"


@lru_cache(_SECONDS)
def _text_of_second(second: int) -> str:
    return (_EPOCH + timedelta(0, second)).isoformat("T", "seconds")
