"""Whatever happens to a run, its reports are true: hundreds of stories each time, and thousands in turn.

Each follows from a seed. `SIMULATION_SEEDS=20000` in the environment makes it so many; `SIMULATION_FIRST` is the first.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Final

import pytest

from tests.simulation.rotation import ALL, commits, seeds, turn
from tests.simulation.run import Simulation

_SEEDS: Final = seeds()
_BLOCKS: Final = 100
_EVERYDAY: Final = 1
"""So many of the blocks are no long proof."""
_MEMORY: Final = Path("/dev/shm")  # noqa: S108 - a folder of its own is made there
"""Where writing durably costs nothing; what is simulated is the process, not the disk."""

BLOCKS = [
    pytest.param(block, marks=() if block < _EVERYDAY else pytest.mark.proof, id=f"block-{block}")
    for block in range(_BLOCKS)
]


def play(seed: int) -> None:
    """Play one seed; what is wrong with it says how to replay it."""
    parent = _MEMORY if os.access(_MEMORY, os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=parent) as folder:
        try:
            Simulation(seed, Path(folder)).play()
        except Exception as error:
            raise AssertionError(
                f"seed {seed}: {error!r}; replay it with: python -m tests.simulation {seed}"
            ) from error


@pytest.mark.parametrize("block", BLOCKS)
def test_reports_are_true_whatever_happens(block: int) -> None:
    """Each row has one outcome, and what the API applied, the report says, in every story of this block."""
    for seed in _SEEDS[block::_BLOCKS]:
        play(seed)


def test_every_story_has_its_turn() -> None:
    """With each commit come the next ones, until all were played; asked for all, all are played at once."""
    turns = [turn(number, 500) for number in range(100, 140)]
    assert sorted(seed for seeds_of_turn in turns for seed in seeds_of_turn) == list(range(ALL))
    assert turn(3, 500) == range(1500, 2000)
    assert turn(17, ALL) == range(ALL)
    assert commits() >= 0


@pytest.mark.slow
def test_a_seed_is_the_same_story_every_time(tmp_path: Path) -> None:
    """Replayed alone, a seed shows what it showed among thousands of others."""
    stories = []
    for folder in (tmp_path / "one", tmp_path / "two"):
        folder.mkdir()
        simulation = Simulation(1762, folder)
        simulation.play()
        stories.append(simulation.universe.story)
    assert stories[0] == stories[1]
    assert len(stories[0]) > 10
