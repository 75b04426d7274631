"""Measure, print every figure beside its limit, and fail where one is over it."""

from __future__ import annotations

import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.measure import (
    IMPORTER,
    MEMORY,
    READ,
    READ_AND_CHECK,
    READ_WITH_PANDAS,
    SLOW_MS,
    TARGET,
    Measured,
    instant,
    measured,
    sandbox,
    slow_disk,
    write_bytes,
    write_rows,
    write_workbook,
)

START_UPS: Final = 15
ROWS: Final = 6_400
RUNS: Final = 3
CONCURRENCY: Final = 64
LATENCY_S: Final = 0.1
FEW: Final = 20_000
MANY: Final = 200_000
MILLION: Final = 1_000_000
PANDAS_S: Final = 7.4
"""What pandas takes for the workbook on the machine for which the limits are stated."""
MEGABYTE: Final = 1_000_000
SHORT_ROWS: Final = {
    "one cell each": b"x\n",
    "a byte each that is no character": b"\x81\n",
    "a quotation mark each that opens nothing": b' "\n',
    "four cells each": b"1,2,3,4\n",
    "nothing in each": b"\n",
    "quoted cells with line breaks": b'"a\nb"\n',
}
"""What a megabyte can be full of, so that it has as many records as possible."""
JOURNALLED: Final = 100_000
REPORTED: Final = 100_000
JOURNAL_RUNS: Final = 2
PAGE_ROWS: Final = 100_000


@dataclass(frozen=True)
class Figure:
    """A measured number and what it may be at most."""

    name: str
    value: float
    limit: float
    unit: str

    def __str__(self) -> str:
        verdict = "ok" if self.value <= self.limit else "OVER THE LIMIT"
        return f"{self.name:<62} {self.value:>8.2f} {self.unit:<3} at most {self.limit:>6.2f}   {verdict}"


def start_up(folder: Path) -> Iterator[Figure]:
    """Compare `importer --help` with a Python that does nothing, one after the other."""
    helps, passes = [], []
    for _ in range(START_UPS):
        passes.append(_ok(measured((sys.executable, "-c", "pass"), folder=folder)).seconds)
        helps.append(_ok(measured((*IMPORTER, "--help"), folder=folder)).seconds)
    extra_ms = 1000 * (statistics.median(helps) - statistics.median(passes))
    yield Figure("importer --help, beyond python -c pass (median)", extra_ms, 150, "ms")


def throughput(folder: Path) -> Iterator[Figure]:
    """Send rows to a server that answers after a fixed time, over a fixed number of connections."""
    source = folder / "rows.csv"
    write_rows(source, ROWS)
    ideal_s = ROWS / CONCURRENCY * LATENCY_S
    with sandbox("--latency", str(LATENCY_S)) as base_url:
        command = (*IMPORTER, "run", str(source), "--base-url", base_url, *TARGET, "--concurrency", str(CONCURRENCY))
        seconds = [_ok(measured(command, folder=folder)).seconds for _ in range(RUNS)]
    print(f"  {ROWS:,} rows, {CONCURRENCY} in flight: {', '.join(f'{one:.1f}' for one in seconds)} s")
    best = min(seconds)  # what else the machine does can only add to a run
    yield Figure(f"{ROWS:,} rows, {LATENCY_S} s each, best of {RUNS} runs", best, 1.15 * ideal_s + 2, "s")
    yield Figure("the same, without 2 s of start, to the ideal", (best - 2) / ideal_s, 1.15, "x")


def memory(folder: Path) -> Iterator[Figure]:
    """Compare the peak memory of many rows with that of few, when checking and when sending."""
    few, many = folder / "few.csv", folder / "many.csv"
    write_rows(few, FEW)
    write_rows(many, MANY)
    yield _growth("check", folder, lambda source: (*IMPORTER, "check", str(source), "--report"), few, many)
    with sandbox() as base_url:
        options = ("--base-url", base_url, *TARGET, "--concurrency", "32")
        yield _growth("run", folder, lambda source: (*IMPORTER, "run", str(source), *options), few, many)


def reading(folder: Path) -> Iterator[Figure]:
    """Read and check a table as CSV and as a workbook, beside pandas with openpyxl reading that workbook."""
    text, book = folder / "rows.csv", folder / "rows.xlsx"
    write_rows(text, MANY)
    write_workbook(text, book)
    seconds: dict[str, list[float]] = {"csv": [], "xlsx": [], "pandas": []}
    for _ in range(RUNS):
        seconds["csv"].append(_ok(measured((*READ_AND_CHECK, str(text)), folder=folder)).seconds)
        seconds["xlsx"].append(_ok(measured((*READ_AND_CHECK, str(book)), folder=folder)).seconds)
        seconds["pandas"].append(_ok(measured((*READ_WITH_PANDAS, str(book)), folder=folder)).seconds)
    for name, found in seconds.items():
        print(f"  {MANY:,} rows, {name}: {', '.join(f'{one:.1f}' for one in found)} s")
    for name, limit_s in (("csv", 2.5), ("xlsx", 5.0)):
        ratio = min(seconds[name]) / min(seconds["pandas"])
        yield Figure(f"reading and checking {MANY:,} rows of {name}, to pandas", ratio, limit_s / PANDAS_S, "x")


def short_rows(folder: Path) -> Iterator[Figure]:
    """Read files of a megabyte with as many records as possible, beside one that has a header only."""
    source = folder / "rows.csv"
    write_bytes(source, b"x\n", 0)
    start = [_ok(measured((*READ, str(source)), folder=folder)) for _ in range(RUNS)]
    start_s, start_mb = min(one.seconds for one in start), min(one.peak_mb for one in start)
    for name, record in SHORT_ROWS.items():
        write_bytes(source, record, MEGABYTE)
        found = [_ok(measured((*READ, str(source)), folder=folder)) for _ in range(RUNS)]
        yield Figure(f"a megabyte, {name}, beyond its start", min(one.seconds for one in found) - start_s, 2, "s")
        yield Figure("the same, peak memory", max(one.peak_mb for one in found) - start_mb, 300, "MB")


def reading_memory(folder: Path) -> Iterator[Figure]:
    """Check a million rows, as CSV and as a workbook."""
    text, book = folder / "rows.csv", folder / "rows.xlsx"
    write_rows(text, MILLION)
    write_workbook(text, book)
    for source, limit in ((text, 400), (book, 1200)):
        found = _ok(measured((*IMPORTER, "check", str(source), "--format", "csv"), folder=folder))
        print(f"  check of {MILLION:,} rows of {source.suffix[1:]}: {found.seconds:.0f} s")
        yield Figure(f"peak memory of a check of {MILLION:,} rows of {source.suffix[1:]}", found.peak_mb, limit, "MB")


def reports(folder: Path) -> Iterator[Figure]:
    """Compare writing all reports with writing the annotated sheet alone, in processor time; then look at memory.

    The two are measured in turns, and the smaller of each counts: what else the machine does can only add to it.
    """
    text, book = folder / "rows.csv", folder / "rows.xlsx"
    write_rows(text, REPORTED)
    write_workbook(text, book)
    for source, limit in ((book, 1.5), (text, None)):
        _reporting("prepare", source, folder)
        pairs = [(_reporting("bare", source, folder)[0], _reporting("full", source, folder)[0]) for _ in range(RUNS)]
        bare_s, full_s = min(bare for bare, _ in pairs), min(full for _, full in pairs)
        name = source.suffix[1:]
        print(f"  {REPORTED:,} rows of {name}: bare {bare_s:.1f} s, all reports {full_s:.1f} s")
        if limit is not None:
            yield Figure(f"reports to the annotated sheet, {REPORTED:,} rows of {name}", full_s / bare_s, limit, "x")
    _, few_mb = _reporting("full", text, folder)
    write_rows(text, MILLION)
    shutil.rmtree(folder / "csv")
    _reporting("prepare", text, folder)
    seconds, many_mb = _reporting("full", text, folder)
    print(f"  reports of {MILLION:,} rows of csv: {seconds:.0f} s, {many_mb:.0f} MB; of {REPORTED:,}: {few_mb:.0f} MB")
    yield Figure(f"peak memory of reports, {MILLION:,} rows of csv to {REPORTED:,}", many_mb / few_mb, 1.5, "x")


def _reporting(step: str, source: Path, folder: Path) -> tuple[float, float]:
    """Run a step of `bench.reporting`; return the seconds that it printed, and its peak memory."""
    own = folder / source.suffix[1:]
    own.mkdir(exist_ok=True)
    command = (sys.executable, "-m", "bench.reporting", step, str(source), str(own / "state"), str(own / step))
    found = _ok(measured(command, folder=own))
    return float((own / "output.txt").read_text() or 0), found.peak_mb


def journal(folder: Path) -> Iterator[Figure]:
    """Compare a journal on disk with one in memory, with an API that answers at once; then with a slow disk."""
    source = folder / "rows.csv"
    write_rows(source, JOURNALLED)
    with instant() as base_url, tempfile.TemporaryDirectory(dir=MEMORY) as memory:
        command = (*IMPORTER, "run", str(source), "--base-url", base_url, *TARGET)
        seconds: dict[str, list[float]] = {"memory": [], "disk": [], "slow disk": []}
        slow = slow_disk(folder)
        for _ in range(JOURNAL_RUNS):
            for name, found in seconds.items():
                state = Path(memory if name == "memory" else folder) / "state"
                preload = str(slow) if name == "slow disk" and slow else ""
                one = measured(command, folder=folder, IMPORTER_STATE_DIR=str(state), LD_PRELOAD=preload)
                found.append(_ok(one).seconds)
    for name, found in seconds.items():
        print(f"  {JOURNALLED:,} rows, journal on {name}: {', '.join(f'{one:.1f}' for one in found)} s")
    memory_s = statistics.median(seconds["memory"])
    yield Figure(
        "journal on disk to journal in memory (medians)", statistics.median(seconds["disk"]) / memory_s, 1.2, "x"
    )
    if slow:
        ratio = statistics.median(seconds["slow disk"]) / memory_s
        print(f"  with {SLOW_MS} ms more for each fdatasync: {ratio:.2f} x")


def page(folder: Path) -> Iterator[Figure]:
    """Open pages of many rows in a browser, from the double click until the rows are there, and look at their size."""
    from bench.page import PAGES, load, write  # noqa: PLC0415 - the browser is needed here only

    for name in PAGES:
        path = folder / "report.html"
        written_s = write(name, PAGE_ROWS, path)
        seconds = load(path, 2 * RUNS)
        print(f"  {PAGE_ROWS:,} rows, {name}: written in {written_s:.1f} s, loaded in {_list(seconds)} s")
        yield Figure(f"page of {PAGE_ROWS:,} rows, {name}, loaded", min(seconds), 2, "s")
        yield Figure("its size", path.stat().st_size / MEGABYTE, 25, "MB")


def _list(seconds: list[float]) -> str:
    return ", ".join(f"{one:.1f}" for one in seconds)


def _growth(name: str, folder: Path, command: Callable[[Path], tuple[str, ...]], few: Path, many: Path) -> Figure:
    small, large = (_ok(measured(command(source), folder=folder)) for source in (few, many))
    print(
        f"  {name}: {FEW:,} rows {small.seconds:.1f} s, {small.peak_mb:.0f} MB;"
        f" {MANY:,} rows {large.seconds:.1f} s, {large.peak_mb:.0f} MB"
    )
    return Figure(f"peak memory of {name}, {MANY:,} rows to {FEW:,} rows", large.peak_mb / small.peak_mb, 1.5, "x")


def _ok(found: Measured) -> Measured:
    if found.exit_code != 0:
        raise RuntimeError(f"the command under test ended with exit code {found.exit_code}")
    return found


BENCHES: Final = {
    "start_up": start_up,
    "throughput": throughput,
    "memory": memory,
    "reading": reading,
    "short_rows": short_rows,
    "reading_memory": reading_memory,
    "journal": journal,
    "reports": reports,
    "page": page,
}


def main(names: list[str]) -> int:
    """Run the named measurements, or all, and return the exit code."""
    over = 0
    for name in names or BENCHES:
        with tempfile.TemporaryDirectory(prefix="importer-bench-") as folder:
            for figure in BENCHES[name](Path(folder)):
                print(figure, flush=True)
                over += figure.value > figure.limit
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
