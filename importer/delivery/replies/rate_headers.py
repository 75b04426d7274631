"""The headers that say how many requests are left, and until when: none of them is a standard, all differ."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from importer.delivery.replies.retry_after import http_date_s

_ITEM: Final = re.compile(r'"[^"]*"\s*((?:;[^,;]*)*)')
_PAIRS: Final = re.compile(r"\b([a-z]+)\s*=\s*(\d{1,15}(?:\.\d{1,9})?)\b", re.ASCII | re.IGNORECASE)
_NUMBER: Final = re.compile(r"\d{1,15}(?:\.\d{1,9})?", re.ASCII)
_EPOCH: Final = 1e8
"""From so many seconds on a number is a time; no wait is that long."""
_EPOCH_MS: Final = 1e11
_LONGEST_S: Final = 86_400.0
_PAST_S: Final = 5.0
"""A time further away than that, or further back, is none that these two clocks can speak of."""
_MOST: Final = 1000
"""Characters of a header that are looked at."""
_NAMES: Final = ("ratelimit", "x-ratelimit", "x-rate-limit")


@dataclass(frozen=True, slots=True)
class Quota:
    """What an answer says of how many requests are left.

    Attributes:
        remaining: So many,
        reset_s: until there are more, in so many seconds.
    """

    remaining: int
    reset_s: float


def parse_quota(headers: Mapping[str, str], *, now: float) -> Quota | None:
    """Return what the headers of an answer say is left; None where they say nothing that can be understood.

    Understood are `RateLimit` in the forms of the IETF's draft (`"default";r=5;t=30`, where the policy with the least
    left counts, and the older `limit=9, remaining=5, reset=30`), and `RateLimit-Remaining` and `-Reset`, also with `X-`
    before. A reset is a number of seconds, or a time in seconds or milliseconds since the epoch, which is compared with
    the answer's `Date`.

    Source: draft-ietf-httpapi-ratelimit-headers, 02 to 10; koa-ratelimit, slowapi, express-rate-limit.

    Example: `parse_quota({"ratelimit": "limit=9, remaining=5, reset=30"}, now=0)` is `Quota(5, 30.0)`.

    Args:
        headers: By name, in small letters.
        now: This machine's time, in seconds since the epoch, for want of a `Date`.
    """
    if not any("rate" in name for name in headers):  # as in nearly every answer of most APIs
        return None
    combined = headers.get("ratelimit", "")[:_MOST]
    quotas = [*_of_items(combined), *_of_pairs(combined, "remaining", "reset")]
    sent = http_date_s(headers.get("date"))
    for name in _NAMES:
        remaining, reset = (headers.get(f"{name}-{what}", "").strip() for what in ("remaining", "reset"))
        if _NUMBER.fullmatch(remaining) and _NUMBER.fullmatch(reset):
            quotas.append((float(remaining), _seconds(float(reset), now if sent is None else sent)))
    plausible = [
        Quota(int(remaining), max(0.0, reset_s)) for remaining, reset_s in quotas if -_PAST_S <= reset_s <= _LONGEST_S
    ]
    return min(plausible, key=lambda quota: (quota.remaining, -quota.reset_s)) if plausible else None


def _of_items(value: str) -> list[tuple[float, float]]:
    return [quota for item in _ITEM.finditer(value) for quota in _of_pairs(item[1], "r", "t")]


def _of_pairs(value: str, remaining: str, reset: str) -> list[tuple[float, float]]:
    numbers = {name.lower(): float(number) for name, number in _PAIRS.findall(value)}
    return [(numbers[remaining], numbers[reset])] if remaining in numbers and reset in numbers else []


def _seconds(reset: float, sent: float) -> float:
    """Return in how many seconds a reset is."""
    if reset >= _EPOCH_MS:
        return reset / 1000 - sent
    return reset - sent if reset >= _EPOCH else reset
