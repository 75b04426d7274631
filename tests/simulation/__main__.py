"""Replay one seed, and tell its story: `python -m tests.simulation 4711`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.simulation.run import Simulation


def main(seed: int) -> None:
    """Play one seed and print what happened, event by event, up to what is wrong with it."""
    with tempfile.TemporaryDirectory() as folder:
        simulation = Simulation(seed, Path(folder))
        sys.stdout.write(f"{simulation.scenario.climate()}\n")
        try:
            simulation.play()
        finally:
            sys.stdout.write("\n".join(simulation.universe.story) + "\n")


if __name__ == "__main__":
    main(int(sys.argv[1]))
