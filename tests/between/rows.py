"""The rows that are tried in front of and behind everything, and what each must end as."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tests.between.backend import CLOSES, CONFIRMS, HANGS, RESETS, TOO_SLOW, WRITINGS, refuses
from tests.between.scene import among_others

_MISBEHAVIOURS: Final = {"hangs": HANGS, "resets": RESETS, "closes": CLOSES, "too slow": TOO_SLOW}
_REFUSALS: Final = {
    f"{status} {writing}": refuses(status, writing) for status in (400, 404, 405, 409, 422) for writing in WRITINGS
}
_BY_VOICE: Final = (404, 405)
"""What anything on the way may answer: it is a refusal where it is in the API's own voice, JSON."""

DOUBTS: Final = among_others(
    {name: (manner,) for name, manner in _MISBEHAVIOURS.items()}
    | {f"{name} once": (manner, CONFIRMS) for name, manner in _MISBEHAVIOURS.items()}
)
"""Rows that are applied, and not confirmed, at all or at first."""

REFUSALS: Final = among_others({name: (manner,) for name, manner in _REFUSALS.items()})
"""Rows that the API refuses, in all its ways to write errors; it applies none of them."""

OWN_VOICE: Final = among_others({name: (_REFUSALS[name],) for name in ("400 json", "404 json", "405 problem")})
"""A few of these, which nobody else would write so."""


def ends(rows: Mapping[str, object]) -> dict[str, str]:
    """Return what rows of this module must end as, where nothing in front rewrites the API's answers."""
    return {name: _end(name) for name in rows}


def _end(name: str) -> str:
    if name in _MISBEHAVIOURS:
        return "unconfirmed"
    if name not in _REFUSALS:
        return "updated"
    status, writing = name.split()
    is_own = writing in {"json", "problem"} or (writing != "html" and int(status) not in _BY_VOICE)
    return "rejected" if is_own else "unconfirmed"
