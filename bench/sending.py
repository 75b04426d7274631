"""How fast rows are sent, beside another commit: `python -m bench.sending [OTHER] [--only NAME] [--rounds N]`.

OTHER is a clone of the other commit. `--python` names the Python of an environment in which a user has installed the
importer, which both commits run with; without it that is this one, where pandera imports tools of tests, too. What is
measured is the whole command as a user types it, with its start, its journal and its reports. All take turns, and the
ratios of their medians are held to what is wanted: the exit code is 1 where one is missed, or a command fails. `fast`
is the wire over libcurl, `requests` the one that is always there. What lacks something to be measured with says so.
"""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from bench.echo_server import LATENCY_S, Echo, echo
from bench.measure import Measured, write_rows
from bench.turns import Asked, Bound, Ratio, Turn, by_script, in_turns, print_ratios, sending
from importer.delivery.wire.wires import chosen
from importer.errors import SettingsError
from importer.settings import FAST_CEILING

HERE: Final = Path(__file__).parent.parent
ROUNDS: Final = 3
ROWS: Final = 20_000
MANY: Final = 100_000
IN_FLIGHT: Final = 64
LATE: Final = {IN_FLIGHT: 5_000, FAST_CEILING: 25_600}
"""How many rows are sent to an API that answers late, by how many are in flight."""
GIVEN: Final = {"requests": (8, 16, 32, 64), "fast": (8, 16, 32, 64, 128, 256)}
"""What `auto` is compared with."""
FEW: Final = 10
MORE_ROUNDS: Final = 3
"""So many times as many where a command is over at once."""
WIRES: Final[Mapping[str, Mapping[str, str]]] = {
    "other": {},
    "fast": {"IMPORTER_WIRE": "curl"},
    "requests": {"IMPORTER_WIRE": "requests"},
}
"""Who sends, and what chooses the wire; another commit may know of no choice."""


@dataclass(frozen=True)
class Stage:
    """What is measured, and with what.

    Attributes:
        api: What is sent to.
        folder: Where the sheets are.
        other: The clone of the other commit.
        python: What the command runs with.
        script: The Python and the script that sends in a plain way.
        rounds: How many turns each has.
        scale: What part of the rows is sent.
        why: What is missing, by the name of who cannot take part for that.
    """

    api: Echo
    folder: Path
    other: Path | None
    python: Path
    script: tuple[Path, Path] | None
    rounds: int
    scale: float
    why: Mapping[str, str]

    def rows(self, rows: int) -> int:
        """Return how many rows are sent where so many are meant."""
        return max(FEW, round(rows * self.scale))

    def sheet(self, rows: int) -> Path:
        """Return a sheet of so many rows."""
        path = self.folder / f"rows{rows}.csv"
        if not path.exists():
            write_rows(path, rows, bare=True)
        return path

    def senders(
        self, *names: str, rows: int, base_url: str, concurrency: str | int = "auto", **variables: str
    ) -> dict[str, Turn]:
        """Return what sends so many rows, of those of these senders that can take part."""
        sheet, options = self.sheet(rows), ("--concurrency", str(concurrency))
        checkouts = {"other": self.other or HERE}
        return {
            name: sending(checkouts.get(name, HERE), self.python, sheet, base_url, *options, **WIRES[name], **variables)
            for name in names
            if name not in self.why
        }


def at_once(stage: Stage) -> Iterator[Ratio]:
    """An API that answers at once: rows a second, processor time and memory."""
    rows = stage.rows(ROWS)
    senders = stage.senders("other", "requests", "fast", rows=rows, base_url=stage.api.at_once, concurrency=IN_FLIGHT)
    costs = in_turns(senders, stage.rounds, beside="other")
    for mine, what, asked in (
        ("fast", "rows a second", _rate(rows, at_least=5)),
        ("requests", "rows a second", _rate(rows, at_least=1.7)),
        ("fast", "processor time a row", Asked(lambda one: one.processor_s / rows * 1e6, "us", None)),
        ("requests", "processor time a row", Asked(lambda one: one.processor_s / rows * 1e6, "us", Bound(0.55))),
        ("fast", "peak memory", Asked(lambda one: one.peak_mb, "MB", Bound(1))),
        ("requests", "peak memory", Asked(lambda one: one.peak_mb, "MB", Bound(1))),
    ):
        name = f"{rows:,} rows at once, {IN_FLIGHT} in flight, {mine}: {what}"
        yield asked.of(name, costs, mine=mine, other="other", why=stage.why)


def plain(stage: Stage) -> Iterator[Ratio]:
    """The fast wire beside a plain script that does nothing but read, send and write a table."""
    rows = stage.rows(MANY)
    senders = stage.senders("fast", rows=rows, base_url=stage.api.at_once, concurrency=IN_FLIGHT)
    if stage.script is not None:
        senders["script"] = by_script(*stage.script, stage.sheet(rows), stage.api.at_once, IN_FLIGHT)
    costs = in_turns(senders, stage.rounds, beside="script")
    name = f"{rows:,} rows at once, {IN_FLIGHT} in flight, fast: rows a second"
    yield _rate(rows, at_least=0.8).of(name, costs, mine="fast", other="script", why=stage.why)


def late(stage: Stage) -> Iterator[Ratio]:
    """An API that answers after a while: the whole command to the ideal, which is rows * latency / in flight."""
    for in_flight, names, limit in ((IN_FLIGHT, ("other", "requests", "fast"), 1.08), (FAST_CEILING, ("fast",), 1.10)):
        rows = stage.rows(LATE[in_flight])
        senders = stage.senders(*names, rows=rows, base_url=stage.api.late, concurrency=in_flight)
        ideal = Measured(seconds=rows * LATENCY_S / in_flight, peak_mb=0, exit_code=0, processor_s=0)
        costs = in_turns(senders, stage.rounds) | {"ideal": ideal}
        for mine in names:
            name = f"{rows:,} rows at {1000 * LATENCY_S:.0f} ms, {in_flight} in flight, {mine}: whole command"
            bound = None if mine == "other" else Bound(limit)
            yield _wall(bound).of(name, costs, mine=mine, other="ideal", why=stage.why)


def tls(stage: Stage) -> Iterator[Ratio]:
    """The two wires over TLS."""
    rows = stage.rows(ROWS)
    asked, name = _rate(rows, at_least=3), f"{rows:,} rows over TLS, {IN_FLIGHT} in flight, fast: rows a second"
    if stage.api.over_tls is None:
        yield Ratio(name, None, asked.bound, "there is no openssl here to make a certificate")
        return
    senders = stage.senders(
        "requests",
        "fast",
        rows=rows,
        base_url=stage.api.over_tls,
        concurrency=IN_FLIGHT,
        REQUESTS_CA_BUNDLE=str(stage.api.certificate),
    )
    costs = in_turns(senders, stage.rounds, beside="fast")
    yield asked.of(name, costs, mine="fast", other="requests", why=stage.why)


def ten(stage: Stage) -> Iterator[Ratio]:
    """A sheet of ten rows: little more than the start and the end of a command."""
    senders = stage.senders("other", "requests", "fast", rows=FEW, base_url=stage.api.at_once)
    costs = in_turns(senders, stage.rounds * MORE_ROUNDS, beside="other")
    for mine in ("fast", "requests"):
        name = f"{FEW} rows, {mine}: whole command"
        yield _wall(Bound(0.6)).of(name, costs, mine=mine, other="other", why=stage.why)


def auto(stage: Stage) -> Iterator[Ratio]:
    """What the command finds out by itself, beside the best number that it could be given."""
    rows = stage.rows(ROWS)
    for wire, numbers in GIVEN.items():
        tried: tuple[str | int, ...] = ("auto", *numbers)
        senders = {
            str(concurrency): turn
            for concurrency in tried
            for turn in stage.senders(wire, rows=rows, base_url=stage.api.at_once, concurrency=concurrency).values()
        }
        costs = in_turns(senders, stage.rounds)
        best = min((name for name in costs if name != "auto"), key=lambda name: costs[name].seconds, default=wire)
        name = f"{rows:,} rows at once, auto, {wire}: whole command to the best of {numbers[0]} to {numbers[-1]}"
        yield _wall(Bound(1.1)).of(name, costs, mine="auto", other=best, why=stage.why)


LINES: Final[Mapping[str, Callable[[Stage], Iterator[Ratio]]]] = {
    "at_once": at_once,
    "plain": plain,
    "late": late,
    "tls": tls,
    "ten": ten,
    "auto": auto,
}


def main(arguments: list[str]) -> int:
    """Measure in turns, print each ratio beside what is wanted, and return 1 where one is missed."""
    parser = argparse.ArgumentParser(prog="python -m bench.sending")
    parser.add_argument("other", type=Path, nargs="?", metavar="OTHER", help="a clone of the other commit")
    parser.add_argument("--only", action="append", choices=LINES, metavar="NAME", help=f"of {', '.join(LINES)}")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--scale", type=float, default=1, help="what part of the rows is sent, to see that it works")
    parser.add_argument("--python", type=Path, default=Path(sys.executable), help="what the command is run with")
    parser.add_argument("--plain-script", type=Path, help="what sends with aiohttp, told by its environment")
    parser.add_argument("--plain-python", type=Path, help="the Python to run it with, which has aiohttp")
    given = parser.parse_args(arguments)
    if given.other is not None and not (given.other / "importer" / "__main__.py").exists():
        parser.error(f"{given.other} is no clone of the project")
    if (given.plain_script is None) != (given.plain_python is None):
        parser.error("--plain-script and --plain-python go together")
    script = (given.plain_python, given.plain_script) if given.plain_script else None
    other = given.other.absolute() if given.other else None
    with tempfile.TemporaryDirectory(prefix="importer-bench-") as temporary:
        (folder := Path(temporary) / "api").mkdir()
        with echo(folder) as api:
            print(f"sent to: {api.told}")
            if given.scale != 1:
                print(
                    f"only {given.scale:g} of the rows: this shows that it works, and no verdict below means anything"
                )
            python, missing = given.python.absolute(), _missing(other, script)
            stage = Stage(api, Path(temporary), other, python, script, given.rounds, given.scale, missing)
            return _measure(stage, given.only or list(LINES))


def _measure(stage: Stage, names: list[str]) -> int:
    """Print the lines as they are found; return the exit code."""
    bad = 0
    for name in ("compiled", *names):
        print(f"{name}:", flush=True)
        bad += print_ratios(partial(LINES.get(name, _compiled), stage))
    return 1 if bad else 0


def _compiled(stage: Stage) -> Iterator[Ratio]:
    """Run every command once, so that Python has compiled all of it before anything is measured."""
    in_turns(stage.senders("other", "requests", "fast", rows=FEW, base_url=stage.api.at_once), 1)
    yield from ()


def _missing(other: Path | None, script: tuple[Path, Path] | None) -> Mapping[str, str]:
    """Return why senders cannot take part, by their names."""
    missing = {} if other else {"other": "no OTHER is given"}
    if script is None:
        missing["script"] = "no --plain-script is given"
    try:
        chosen("curl")
    except SettingsError as error:
        missing["fast"] = str(error)
    return missing


def _rate(rows: int, *, at_least: float) -> Asked:
    return Asked(lambda one: rows / one.seconds, "rows/s", Bound(at_least, at_least=True))


def _wall(bound: Bound | None) -> Asked:
    return Asked(lambda one: one.seconds, "s", bound)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))  # servers are ended then, too
    sys.exit(main(sys.argv[1:]))
