"""The rows that are sent through every server, and what each must end as."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from tests.between.backend import CLOSES, CONFIRMS, HANGS, RESETS, TOO_SLOW, WRITINGS, Manner, refuses

Rows = Mapping[str, Sequence[Manner]]
"""By their names, in the order of the sheet: what becomes of their requests."""


def among_others(rows: Rows) -> Rows:
    """Return these rows in their order, each between two that the API confirms."""
    between: dict[str, Sequence[Manner]] = {"ordinary": (CONFIRMS,)}
    for name, manners in rows.items():
        between |= {name: manners, f"ordinary, after {name}": (CONFIRMS,)}
    return between


_REFUSALS: Final = {
    f"{status} {writing}": (refuses(status, writing),) for status in (400, 404, 405, 409, 422) for writing in WRITINGS
}
_LOST: Final = {"resets": (RESETS,), "closes": (CLOSES,)}
_NEVER_CONFIRMED: Final = {
    **_LOST,
    "hangs": (HANGS, RESETS),  # hanging twice would only take twice as long
    "too slow": (TOO_SLOW,),
    "resets, then 404": (RESETS, *_REFUSALS["404 json"]),
}
_MENDED: Final = {
    f"{name} once": (manner, CONFIRMS)
    for name, manner in {"resets": RESETS, "closes": CLOSES, "hangs": HANGS, "too slow": TOO_SLOW}.items()
}
_BY_VOICE: Final = (404, 405)
"""What anything on the way may answer: it is a refusal where it is in the API's own voice, JSON."""

LOST: Final = frozenset(_LOST)
"""Of the doubts, the rows for which only a server on the way can have answered."""
DOUBTS: Final = among_others({**_NEVER_CONFIRMED, **_MENDED})
"""Rows that are applied, and never confirmed, or not at first."""
QUICK_DOUBTS: Final = among_others(
    {name: manners for name, manners in {**_NEVER_CONFIRMED, **_MENDED}.items() if "hangs" not in name}
)
"""Those for which nothing is waited out."""
REFUSALS: Final = among_others(_REFUSALS)
"""Rows that the API refuses, in all its ways to write errors; it applies none of them."""
OWN_VOICE: Final = among_others({name: _REFUSALS[name] for name in ("400 json", "404 json", "405 problem")})
"""A few of these, which nobody else would write so."""


def ends(rows: Rows) -> dict[str, str]:
    """Return what rows of this module must end as, where nothing in front rewrites the API's answers."""
    return {name: _end(name) for name in rows}


def _end(name: str) -> str:
    if name in _NEVER_CONFIRMED:
        return "unconfirmed"
    if name not in _REFUSALS:
        return "updated"
    status, writing = name.split()
    is_own = writing in {"json", "problem"} or (writing != "html" and int(status) not in _BY_VOICE)
    return "rejected" if is_own else "unconfirmed"
