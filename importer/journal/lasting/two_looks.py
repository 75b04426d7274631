"""Two looks that agree: what is too old by one look at the clock goes only after a second one, for clocks jump."""

from __future__ import annotations

from typing import Final

_BETWEEN_LOOKS_S: Final = 86_400.0


def are_apart(first: float, now: float, kept_s: float) -> bool:
    """Return whether two looks are a day apart, or as far as something is kept, if that is less.

    Args:
        first: When the first look was, in seconds since the epoch.
        now: When the second is.
        kept_s: How long it is kept, in seconds.
    """
    return now - first >= min(_BETWEEN_LOOKS_S, kept_s)
