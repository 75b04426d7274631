"""Which stories are played: some of all of them each time, others with each commit, so that all have their turn."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Final

ALL: Final = 20_000
"""So many `make prove-simulation` plays; everyday runs take their turns among these."""
_AT_A_TIME: Final = 500


def seeds() -> range:
    """Return the seeds of this run of the tests: as the environment says, or those whose turn it is."""
    how_many = int(os.environ.get("SIMULATION_SEEDS", _AT_A_TIME))
    first = os.environ.get("SIMULATION_FIRST")
    return range(int(first), int(first) + how_many) if first else turn(commits(), how_many)


def turn(number: int, how_many: int) -> range:
    """Return the seeds of the n-th turn; after the last come the first again."""
    first = number * how_many % max(ALL // how_many * how_many, how_many)
    return range(first, first + how_many)


def commits() -> int:
    """Return how many commits there are up to this one: a change has the same stories however often it is checked."""
    command = ["git", "rev-list", "--count", "HEAD"]
    try:
        counted = subprocess.run(command, cwd=Path(__file__).parent, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):  # no git, or no clone
        return 0
    return int(counted.stdout)
