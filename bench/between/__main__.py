"""How long a run takes in front of servers that really limit, and how much they refuse: `python -m bench.between`.

Takes the names of some of `LIMITERS`, or all. nginx, HAProxy and Apache with mod_qos are Debian's packages; what runs
in Python or Node.js is installed into a temporary folder, and left out where it cannot be had. Where connections are
capped, the time beside that of `--concurrency 3` is what counts. "good" is how many seconds after the first request the
last row was confirmed: where some rows are hopeless, the others are done by then.
"""

from __future__ import annotations

import csv
import json
import sys
import tempfile
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

from bench.between.installed import MissingError
from bench.between.limiters import ANSWERS, LIMITERS, Limiter
from bench.measure import IMPORTER, TARGET, measured, write_rows
from tests.between.backend import RESETS, serving

CAREFUL: Final = ("--concurrency", "3")


def main(names: list[str]) -> int:
    """Send a sheet to each of these limiters, and print what came of it."""
    print(f"{'':<40} {'seconds':>8} {'good':>7} {'refused':>8} {'2nd half':>8} {'unsure':>7}  end")
    for name in names or LIMITERS:
        limiter = LIMITERS[name]
        try:
            _measure(limiter, name)
            if limiter.compared:
                _measure(limiter, f"  {' '.join(CAREFUL)}", *CAREFUL)
        except MissingError as error:
            print(f"{name:<40} left out: {error}")
    return 0


def _measure(limiter: Limiter, label: str, *options: str) -> None:
    with (
        tempfile.TemporaryDirectory(prefix="importer-bench-") as temporary,
        serving(latency_s=limiter.latency_s) as api,
    ):
        folder = Path(temporary)
        (folder / "front").mkdir()
        source = folder / "rows.csv"
        write_rows(source, limiter.rows)
        customers = [line.partition(",")[0] for line in source.read_text("utf-8").splitlines()[1:]]
        step = limiter.rows // (limiter.resetting + 1)
        resetting = customers[step - 1 :: step][: limiter.resetting]
        api.manners.update(dict.fromkeys(resetting, (RESETS,)))
        with limiter.start(folder / "front", api) as base_url:
            command = (
                *IMPORTER,
                "run",
                str(source),
                "--base-url",
                base_url,
                *TARGET,
                "--columns",
                "sent_at,latency_ms",
                "--json",
                "-q",
                *options,
            )
            run = measured(command, folder=folder)
        summary = _summary(folder)
        updated, attempts = summary["statuses"]["updated"], summary["attempts"]
        applied = {customer for status, customer in _answers(folder) if status == HTTPStatus.OK}
        applied |= api.applied(customers).keys()
        if updated > len(applied):
            raise AssertionError(f"{updated} rows are called updated, {len(applied)} were applied")
        refused, unsure = 1 - updated / attempts, 1 - updated / limiter.rows
        end = f"{run.exit_code} {summary['stop_reason'] or ''}"
        late = _refused_in_second_half([status for status, _ in _answers(folder)])
        good = f"{_last_good_s(folder):>7.1f}"
        print(f"{label:<40} {run.seconds:>8.1f} {good} {refused:>8.1%} {late:>8} {unsure:>7.1%}  {end}", flush=True)


def _last_good_s(folder: Path) -> float:
    """Return how long it took from the first request to the confirmation of the last row that was confirmed."""
    (sheet,) = (folder / "reports").glob("*/annotated.csv")
    with sheet.open(encoding="utf-8-sig", newline="") as file:
        sent = [row for row in csv.DictReader(file) if row["sent_at"]]
    begun = [datetime.fromisoformat(row["sent_at"]).timestamp() for row in sent]
    good = [
        at + float(row["latency_ms"]) / 1000 for row, at in zip(sent, begun, strict=True) if row["status"] == "updated"
    ]
    return max(good) - min(begun)


def _answers(folder: Path) -> list[tuple[int, str]]:
    """Return the status and the customer of each answer of an application; of no other server they are known."""
    path = folder / "front" / ANSWERS
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    return [(int(status), customer) for _, status, customer in map(str.split, lines)]


def _refused_in_second_half(statuses: list[int]) -> str:
    """Return which share was refused after half of the rows had been let through."""
    half, let_through = statuses.count(HTTPStatus.OK) / 2, 0
    for at, status in enumerate(statuses):
        let_through += status == HTTPStatus.OK
        if let_through > half:
            return f"{1 - statuses[at:].count(HTTPStatus.OK) / len(statuses[at:]):.1%}"
    return ""


def _summary(folder: Path) -> dict[str, Any]:
    """Return the summary of the run; what it printed says why there is none."""
    for path in (folder / "reports").glob("*/summary.json"):
        return dict(json.loads(path.read_text("utf-8")))
    raise RuntimeError((folder / "output.txt").read_text("utf-8"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
