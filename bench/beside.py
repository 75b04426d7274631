"""Every figure beside that of another commit: `python -m bench.beside CHECKOUT [-n RUNS] [NAME ...]`.

CHECKOUT is a clone of the other commit, in which `make .venv/dev.ready` was run: each commit measures itself, by its
own `python -m bench NAME` in its own environment. They take turns, so that both meet the same moods of the machine, and
their medians are compared.
"""

from __future__ import annotations

import argparse
import re
import statistics
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import Final

from bench.__main__ import BENCHES

HERE: Final = Path(__file__).parent.parent
RUNS: Final = 7
WORST: Final = 1.10
"""So many times the other commit's figure is as good as the same: two runs of one commit differ by less, mostly."""
_FIGURE: Final = re.compile(r"(?P<name>\S.*?)\s+(?P<value>[0-9.]+) (?P<unit>\S+)\s+at most")


def figures(checkout: Path, bench: str) -> dict[str, float]:
    """Return what a commit measures of itself, by the names of the figures."""
    command = (str(checkout / ".venv" / "bin" / "python"), "-m", "bench", bench)
    printed = subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=False)
    values = {
        match["name"]: float(match["value"]) for match in map(_FIGURE.match, printed.stdout.splitlines()) if match
    }
    if not values:
        raise RuntimeError(f"{checkout}: bench {bench} gave no figure: {printed.stderr[-500:]}")
    return values


def main(arguments: list[str]) -> int:
    """Measure in turns, print each figure beside the other, and return 1 where one is worse than it may be."""
    parser = argparse.ArgumentParser(prog="python -m bench.beside")
    parser.add_argument("checkout", type=Path)
    parser.add_argument("-n", "--runs", type=int, default=RUNS)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(BENCHES)}; by default all")
    given = parser.parse_intermixed_args(arguments)
    if unknown := [name for name in given.names if name not in BENCHES]:
        parser.error(f"there is no measurement called {unknown[0]}")
    worse = 0
    for bench in given.names or BENCHES:
        here: defaultdict[str, list[float]] = defaultdict(list)
        there: defaultdict[str, list[float]] = defaultdict(list)
        for _ in range(given.runs):
            for checkout, values in ((given.checkout.absolute(), there), (HERE, here)):
                for name, value in figures(checkout, bench).items():
                    values[name].append(value)
        for name, measured in here.items():
            mine, other = statistics.median(measured), statistics.median(there[name] or [float("nan")])
            ratio = mine / other if other else float("nan")
            worse += ratio > WORST
            print(f"{bench:<15} {name:<62} {mine:>9.2f} {other:>9.2f} {ratio:>6.2f} x", flush=True)
    return 1 if worse else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
