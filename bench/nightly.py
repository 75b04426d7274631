"""What an export of every night costs, beside another commit: `python -m bench.nightly OTHER [--only NAME]`.

OTHER is a clone of the other commit; `--python` names the Python of an environment in which a user has installed the
importer, and `--plain-script` a script that reads a CSV file, checks it and writes it again. What is measured is the
whole command as a user types it, with `--output`. All take turns, and the ratios of their medians are held to what is
wanted: the exit code is 1 where one is missed.
"""

from __future__ import annotations

import argparse
import csv
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Final

from bench.measure import READ_WITH_PANDAS, TARGET, Measured, instant, measured, write_rows, write_workbook
from bench.nights import confirmed
from bench.turns import Asked, Bound, Ratio, Turn, in_turns, print_ratios
from importer.journal.journal import Journal
from importer.model.modes import Mode
from importer.model.rows import Attempt, Update
from importer.model.run import NewRun
from importer.model.run import Target as Place
from importer.model.source import SourceInfo

HERE: Final = Path(__file__).parent.parent
ROUNDS: Final = 3
MANY: Final = 1_000_000
SHEET: Final = 200_000
CHANGED: Final = 1000
FEW: Final = 10
AT_ONCE: Final = 5000
GROUP, ACCOUNT = TARGET[1], TARGET[3]
HEADER: Final = "customer_id,first_name,last_name,email\n"
CUSTOMER: Final = "5b0f3c52-7a4e-4e7e-9f3a-1f0f4f3a9c11"
OPEN: Final = f'{CUSTOMER},"Ana,Torres,ana@example.com\n'
LONGEST_S: Final = 2.0
MOST_WRITTEN_MB: Final = 20.0


@dataclass(frozen=True)
class Stage:
    """What is measured, and with what.

    Attributes:
        folder: Where the sheets are.
        other: The clone of the other commit.
        python: What the command runs with.
        script: What checks a sheet in a plain way; None where there is none.
        rounds: How many turns each has.
        scale: What part of the rows there are.
    """

    folder: Path
    other: Path
    python: Path
    script: Path | None
    rounds: int
    scale: float

    def sheet(self, rows: int) -> Path:
        """Return a sheet of so many rows, or of the part of them that is measured with."""
        rows = max(FEW, round(rows * self.scale))
        path = self.folder / f"rows{rows}.csv"
        if not path.exists():
            write_rows(path, rows, bare=True)
        return path

    def checking(self, checkout: Path, source: Path, *options: str) -> Turn:
        """Return what checks a sheet, with the command of a clone."""
        return self._command(checkout, "check", source, *TARGET[:-1], *options)

    def running(self, checkout: Path, source: Path, state: Path, *options: str) -> Turn:
        """Return what runs a sheet, with the command of a clone and a copy of a state directory."""
        turn = self._command(checkout, "run", source, *TARGET, *options)

        def copied(folder: Path) -> Measured:
            shutil.copytree(state, folder / "state")
            return turn(folder)

        return copied

    def _command(self, checkout: Path, command: str, source: Path, *options: str) -> Turn:
        whole = (str(self.python), "-m", "importer", command, str(source), *options)
        of_the_clone = {"PYTHONPATH": str(checkout), "PYTHONDONTWRITEBYTECODE": ""}
        return lambda folder: measured(
            (*whole, "--output", str(folder / "reports")), folder=folder, cwd=checkout, **of_the_clone
        )


def check(stage: Stage) -> Iterator[Ratio]:
    """A check of a large CSV file, beside the other commit and a plain script."""
    source = stage.sheet(MANY)
    turns = {"importer": stage.checking(HERE, source), "other": stage.checking(stage.other, source)}
    if stage.script is not None:
        plain = (str(stage.python), str(stage.script), str(source))
        turns["script"] = lambda folder: measured((*plain, str(folder / "out.csv")), folder=folder, cwd=folder)
    costs = in_turns(turns, stage.rounds)
    name = f"check of {source.stem}"
    why = {"script": "no --plain-script is given"}
    for other, bound in (("other", 0.35), ("script", 3.0)):
        yield _wall(bound).of(f"{name}: whole command", costs, mine="importer", other=other, why=why)
    yield _memory.of(f"{name}: peak memory", costs, mine="importer", other="other", why=why)


def unchanged(stage: Stage) -> Iterator[Ratio]:
    """A run of the same file when little has changed, beside the check of the other commit."""
    source, changed = stage.sheet(MANY), stage.folder / "changed.csv"
    _change(source, changed, CHANGED)
    with instant() as base_url:
        state = stage.folder / "state"
        _confirm(source, state, base_url)
        options = ("--base-url", base_url, "--skip-unchanged")
        turns = {
            "importer": stage.running(HERE, changed, state, *options),
            "other": stage.checking(stage.other, source),
        }
        costs = in_turns(turns, stage.rounds)
    name = f"run --skip-unchanged of {source.stem}, {CHANGED:,} of them changed"
    yield _wall(0.35).of(f"{name}: whole command", costs, mine="importer", other="other", why={})
    yield _memory.of(f"{name}: peak memory", costs, mine="importer", other="other", why={})


def workbook(stage: Stage) -> Iterator[Ratio]:
    """A check of a large workbook with reports as CSV, beside pandas, which only reads it."""
    source = stage.sheet(SHEET)
    book = source.with_suffix(".xlsx")
    write_workbook(source, book)
    pandas = (str(stage.python), *READ_WITH_PANDAS[1:], str(book))
    turns = {
        "importer": stage.checking(HERE, book, "--format", "csv"),
        "other": stage.checking(stage.other, book, "--format", "csv"),
        "pandas": lambda folder: measured(pandas, folder=folder, cwd=folder),
    }
    costs = in_turns(turns, stage.rounds)
    name = f"check of {book.name}, reports as csv"
    yield _wall(0.6).of(f"{name}: whole command", costs, mine="importer", other="pandas", why={})
    yield _memory.of(f"{name}: peak memory", costs, mine="importer", other="other", why={})


def start(stage: Stage) -> Iterator[Ratio]:
    """A check of ten rows: little more than the start and the end of a command."""
    source = stage.folder / "ten.csv"
    write_rows(source, FEW, bare=True)
    turns = {"importer": stage.checking(HERE, source), "other": stage.checking(stage.other, source)}
    costs = in_turns(turns, 3 * stage.rounds)
    asked = Asked(lambda one: one.processor_s, "s", Bound(0.75))
    yield asked.of(f"check of {FEW} rows: processor time", costs, mine="importer", other="other", why={})


def hostile(stage: Stage) -> Iterator[Ratio]:
    """Files that are made to take long, or to be written many times as large."""
    for name, write in HOSTILE.items():
        source = stage.folder / f"{name}.csv"
        write(source, stage.scale)
        written: list[float] = []

        def checked(folder: Path, source: Path = source, written: list[float] = written) -> Measured:
            cost = stage.checking(HERE, source)(folder)
            written.append(sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6)
            return replace(cost, exit_code=0)  # such a file is refused, or its rows are

        costs = in_turns({"importer": checked}, stage.rounds)["importer"]
        limit = Measured(seconds=LONGEST_S, peak_mb=0, exit_code=0, processor_s=0)
        told = {"importer": costs, "limit": limit}
        yield _wall(1).of(f"check of {name}: whole command", told, mine="importer", other="limit", why={})
        told = {"importer": replace(costs, peak_mb=max(written)), "limit": replace(limit, peak_mb=MOST_WRITTEN_MB)}
        asked = Asked(lambda one: one.peak_mb, "MB", Bound(1))
        yield asked.of(f"check of {name}: written", told, mine="importer", other="limit", why={})


def _blank(path: Path, scale: float) -> None:
    path.write_text(HEADER + _valid(1) + "\n" * round(scale * 1_000_000))


def _shapes(path: Path, scale: float) -> None:
    path.write_text(HEADER + _valid(1) + '\n,,,\n   \n"",""\n;;;\n' * round(scale * 55_000))


def _quote_above_blank(path: Path, scale: float) -> None:
    path.write_text(HEADER + OPEN + "\n" * round(scale * 1_000_000))


def _one_record(path: Path, scale: float) -> None:
    path.write_text(HEADER + OPEN + "a,b\n" * round(scale * 240_000) + 'x",Torres,ana@example.com\n')


def _quote(path: Path, scale: float) -> None:
    path.write_text(HEADER + OPEN + "a,b\n" * round(scale * 240_000))


def _customer(path: Path, scale: float) -> None:
    rows = (f"{CUSTOMER},Ana{'x' * (row % 50)},Torres,ana{row}@example.com\n" for row in range(round(scale * 13_000)))
    path.write_text(HEADER + "".join(rows))


def _columns(path: Path, scale: float) -> None:
    names = ",".join(f"c{column}" for column in range(round(scale * 80_000)))
    path.write_text(f"{HEADER.strip()},{names}\n{_valid(1)}")


def _labels(path: Path, scale: float) -> None:
    address = f"ana@{'.'.join(['bücher'] * round(scale * 25_000))}.example"
    path.write_text(f"{HEADER}{CUSTOMER},Ana,Torres,{address}\n", "utf-8")


def _valid(rows: int) -> str:
    return "".join(f"{CUSTOMER[:-6]}{row:06x},Ana,Torres,ana{row}@example.com\n" for row in range(rows))


HOSTILE: Final[Mapping[str, Callable[[Path, float], None]]] = {
    "a_megabyte_of_blank_lines": _blank,
    "blank_records_of_many_shapes": _shapes,
    "a_quotation_mark_that_never_closes": _quote,
    "the_same_above_a_megabyte_of_blank_lines": _quote_above_blank,
    "a_record_of_240_000_lines": _one_record,
    "13_000_rows_of_one_customer": _customer,
    "80_000_unknown_columns": _columns,
    "200_KB_of_labels": _labels,
}
LINES: Final[Mapping[str, Callable[[Stage], Iterator[Ratio]]]] = {
    "check": check,
    "unchanged": unchanged,
    "workbook": workbook,
    "start": start,
    "hostile": hostile,
}


def _change(source: Path, changed: Path, count: int) -> None:
    """Write a sheet again in which so many rows, one after the other, have another last name."""
    with source.open(encoding="utf-8", newline="") as before, changed.open("w", encoding="utf-8", newline="") as after:
        rows, writer = csv.reader(before), csv.writer(after)
        for number, (customer, first_name, last_name, email) in enumerate(rows):
            is_changed = 0 < number <= count
            writer.writerow((customer, first_name, f"{last_name}x" if is_changed else last_name, email))


def _confirm(source: Path, state: Path, base_url: str) -> None:
    """Make a state directory in which all rows of a sheet are confirmed, without a wire."""
    place = Place(base_url, GROUP, ACCOUNT)
    new = NewRun(
        run_id="earlier1", mode=Mode.RUN, version="1", source=source, output=state / "none", target=place, settings={}
    )
    with Journal(state, wall=time.time) as journal, source.open(encoding="utf-8", newline="") as file:
        run = journal.begin(new)
        run.connection.execute("PRAGMA synchronous = OFF")  # what is made here is copied at once
        rows = enumerate(csv.reader(islice(file, 1, None)), start=2)
        count = 0
        while updates := [
            Update(row, GROUP, ACCOUNT, customer, first_name, last_name, email)
            for row, (customer, first_name, last_name, email) in islice(rows, AT_ONCE)
        ]:
            run.add(updates, [])
            count += len(updates)
        run.checked(SourceInfo(str(source), None, run.sha256, count))
        after = 0
        while pending := run.pending(after, AT_ONCE):
            run.record([Attempt(one.update, 1) for one in pending], [], [])
            run.record([], [], [confirmed(one.update) for one in pending])
            after = pending[-1].update.row
        run.settle(None, "")
        run.ended(0, unfinished=False)


def main(arguments: list[str]) -> int:
    """Measure in turns, print each ratio beside what is wanted, and return 1 where one is missed."""
    parser = argparse.ArgumentParser(prog="python -m bench.nightly")
    parser.add_argument("other", type=Path, metavar="OTHER", help="a clone of the other commit")
    parser.add_argument("--only", action="append", choices=LINES, metavar="NAME", help=f"of {', '.join(LINES)}")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--scale", type=float, default=1, help="what part of the rows there are, to see that it works")
    parser.add_argument("--python", type=Path, default=Path(sys.executable), help="what the command is run with")
    parser.add_argument("--plain-script", type=Path, help="what checks a sheet: SCRIPT SOURCE OUT")
    given = parser.parse_args(arguments)
    if not (given.other / "importer" / "__main__.py").exists():
        parser.error(f"{given.other} is no clone of the project")
    script = None if given.plain_script is None else given.plain_script.absolute()
    bad = 0
    with tempfile.TemporaryDirectory(prefix="importer-bench-") as folder:
        stage = Stage(Path(folder), given.other.absolute(), given.python.absolute(), script, given.rounds, given.scale)
        for name in given.only or list(LINES):
            print(f"{name}:", flush=True)
            bad += print_ratios(partial(LINES[name], stage))
    return 1 if bad else 0


def _wall(limit: float) -> Asked:
    return Asked(lambda one: one.seconds, "s", Bound(limit))


_memory: Final = Asked(lambda one: one.peak_mb, "MB", Bound(1.2))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
