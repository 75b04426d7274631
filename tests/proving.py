"""How much of a long proof is done each time: a part, and all of it with `PROVE=all` in the environment."""

from __future__ import annotations

import os
from typing import Final

from tests.simulation.rotation import commits

PARTS: Final = 1 if os.environ.get("PROVE") == "all" else 3
"""One of so many parts is done."""


def examples(many: int) -> int:
    """Return how many of so many examples of a property are looked at this time: the first ones."""
    return -(-many // PARTS)


def turn() -> int:
    """Return which of the parts has its turn, from 0: another one with each commit."""
    return commits() % PARTS
