"""Commands that take turns, so that all meet the same moods of the machine, and what is asked of their medians."""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.measure import TARGET, Measured, measured

Turn = Callable[[Path], Measured]
"""Runs a command to its end, with what it writes in a folder of its own."""
_TAIL: Final = 500


class MeasuringError(RuntimeError):
    """A command under test did not do what it is measured for."""


@dataclass(frozen=True)
class Bound:
    """What a ratio may be at most, or is to be at least."""

    limit: float
    at_least: bool = False

    def __str__(self) -> str:
        return f"{'at least' if self.at_least else 'at most'} {self.limit:.2f}"

    def met(self, ratio: float) -> bool:
        """Return whether a ratio is within it."""
        return ratio >= self.limit if self.at_least else ratio <= self.limit


@dataclass(frozen=True)
class Ratio:
    """A line of the table.

    Attributes:
        name: What is compared.
        value: None where it could not be measured.
        bound: What is asked of it; None where it is there to compare with.
        told: The two numbers, or why there are none.
    """

    name: str
    value: float | None
    bound: Bound | None
    told: str

    def __str__(self) -> str:
        value = f"{'-':>8}" if self.value is None else f"{self.value:>6.2f} x"
        bound = str(self.bound) if self.bound else ""
        verdict = "NOT MEASURED" if self.value is None else "MISSED" if self.missed else "ok" if self.bound else ""
        return f"{self.name:<76} {value}  {bound:<13} {verdict:<12} {self.told}".rstrip()

    @property
    def missed(self) -> bool:
        """Whether it was measured, and is not what it is to be."""
        return self.value is not None and self.bound is not None and not self.bound.met(self.value)


@dataclass(frozen=True)
class Asked:
    """What is compared.

    Attributes:
        cost: The number that is looked at.
        unit: Of that number.
        bound: What is asked of the ratio.
    """

    cost: Callable[[Measured], float]
    unit: str
    bound: Bound | None

    def of(self, name: str, costs: Mapping[str, Measured], *, mine: str, other: str, why: Mapping[str, str]) -> Ratio:
        """Return how one compares with the other; `why` says of those that are not there what is missing."""
        if mine not in costs or other not in costs:
            missing = "; ".join(why[one] for one in (mine, other) if one in why)
            return Ratio(name, None, self.bound, missing)
        here, there = self.cost(costs[mine]), self.cost(costs[other])
        told = f"{_shown(here)} to {_shown(there)} {self.unit} ({mine} to {other})"
        return Ratio(name, here / there, self.bound, told)


def in_turns(contestants: Mapping[str, Turn], rounds: int, *, beside: str | None = None) -> dict[str, Measured]:
    """Let each have its turn, in so many rounds, and return the medians of what they cost, by their names.

    Where the one that the others are to be measured `beside` is not there, or is alone, none is run.

    Raises:
        MeasuringError: A command ended with another exit code than 0.
    """
    if beside is not None and (beside not in contestants or len(contestants) == 1):
        return {}
    found: dict[str, list[Measured]] = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, turn in contestants.items():
            with tempfile.TemporaryDirectory(prefix="importer-bench-") as folder:
                one = turn(Path(folder))
                if one.exit_code != 0:
                    printed = (Path(folder) / "output.txt").read_text("utf-8", "replace")
                    raise MeasuringError(f"{name} ended with exit code {one.exit_code}: {printed[-_TAIL:].strip()}")
                found[name].append(one)
    for name, costs in found.items():
        print(f"  {name}: {', '.join(f'{one.seconds:.2f}' for one in costs)} s", flush=True)
    return {name: _median(costs) for name, costs in found.items()}


def print_ratios(ratios: Callable[[], Iterable[Ratio]]) -> int:
    """Print each as it is found, and return how many are missed; a command that fails is one."""
    bad = 0
    try:
        for ratio in ratios():
            print(ratio, flush=True)
            bad += ratio.missed
    except MeasuringError as error:
        print(f"FAILED: {error}", flush=True)
        bad += 1
    return bad


def sending(checkout: Path, python: Path, source: Path, base_url: str, *options: str, **variables: str) -> Turn:
    """Return what sends a sheet as a user would, with the command of a clone and a Python that has what it needs."""
    command = (str(python), "-m", "importer", "run", str(source.absolute()), "--base-url", base_url, *TARGET, *options)
    # A clone's modules are compiled once, whatever this process was told about that.
    of_the_clone = {"PYTHONPATH": str(checkout), "PYTHONDONTWRITEBYTECODE": ""}
    return lambda folder: measured(command, folder=folder, cwd=checkout, **of_the_clone, **variables)


def by_script(python: Path, script: Path, source: Path, base_url: str, in_flight: int) -> Turn:
    """Return what sends a sheet with a script that is told by its environment what to do."""
    variables = {
        "IN": str(source.absolute()),
        "BASE": base_url,
        "API_KEY": "bench-key",
        "GROUP": TARGET[1],
        "ACCOUNT": TARGET[3],
        "PARALLEL": str(in_flight),
        "PYTHONPATH": "",
    }
    command = (str(python.absolute()), str(script.absolute()))
    return lambda folder: measured(command, folder=folder, cwd=folder, OUT=str(folder), **variables)


def _median(costs: list[Measured]) -> Measured:
    return Measured(
        seconds=statistics.median(one.seconds for one in costs),
        peak_mb=statistics.median(one.peak_mb for one in costs),
        exit_code=0,
        processor_s=statistics.median(one.processor_s for one in costs),
    )


def _shown(number: float) -> str:
    return f"{number:,.0f}" if number >= 100 else f"{number:.2f}"  # noqa: PLR2004 - three digits tell enough
