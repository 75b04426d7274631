"""`index.html`: all runs, for those who look for one."""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote

from importer.disk import Access
from importer.model.modes import Mode
from importer.model.statuses import CONFIRMED, Status
from importer.reports.page.document import INDEX_GENERATOR, Document
from importer.reports.page.island import island
from importer.reports.saying.figures import counted, duration, moment

INDEX_NAME: Final = "index.html"
_MARK: Final = f'<meta name="generator" content="{INDEX_GENERATOR}">'.encode()
_JOURNAL: Final = re.compile(rb'<meta name="journal" content="([0-9a-f]+ [0-9]+)">')
_HEAD_BYTES: Final = 1024
_CHARTED: Final = 60
_WHAT: Final = {Mode.RUN: "run", Mode.DRY_RUN: "dry run", Mode.CHECK: "check"}


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexedRun:
    """A run in the index.

    Attributes:
        run_id: Its id.
        mode: What it was for.
        state: How far it is, in a word or two.
        unfinished: It stands on top, with what to do about it.
        verdict: What came of it, in a sentence or two.
        started_at: RFC 3339.
        seconds: How long its processes took.
        statuses: How many rows have each status.
        source: The name of the source.
        report: The path of its page, relative to the folder of the index; None where there is none.
        next_command: What goes on with it; "" for nothing.
        retry_of: The run whose rows it sent again.
        fix_of: The runs that its rows were fixed from.
        rows: How many its source has; None for those that have a status.
    """

    run_id: str
    mode: Mode
    state: str
    unfinished: bool
    verdict: str
    started_at: str
    seconds: float
    statuses: Mapping[Status, int]
    source: str
    report: Path | None = None
    next_command: str = ""
    retry_of: str | None = None
    fix_of: Sequence[str] = ()
    rows: int | None = None


def is_ours(path: Path) -> bool:
    """Return whether a page at `path` may be replaced: none is there, or the importer has written it."""
    try:
        with path.open("rb") as file:
            return _MARK in file.read(_HEAD_BYTES)
    except FileNotFoundError:
        return True
    except OSError:
        return False


def mark_of(path: Path) -> str:
    """Return what an index says of how far the journal had come when it was written; "" where it says nothing."""
    try:
        with path.open("rb") as file:
            mark = _JOURNAL.search(file.read(_HEAD_BYTES))
    except OSError:
        return ""
    return mark[1].decode("ascii") if mark else ""


def write_index(
    runs: Sequence[IndexedRun], path: Path, *, where: str, mark: str = "", access: Access = "owner"
) -> None:
    """Write the page that lists runs, whole or not at all.

    Args:
        runs: The newest first.
        path: Where to; what was there is replaced.
        where: What the runs have in common: the folder that they are in, or whose journal knows them.
        mark: How far the journal has come, for `mark_of`; "" to say nothing of it.
        access: Who may read it.

    Raises:
        ReportError: It cannot be written.
    """
    run_ids = {run.run_id for run in runs}
    later = _later(runs)
    sent = [run for run in runs if run.mode is Mode.RUN][:_CHARTED]
    Document(
        template="assets/index.html.j2",
        styles=("assets/page.css",),
        scripts=("vendor/chart.umd.min.js", "assets/page.js"),
        values={
            "generator": INDEX_GENERATOR,
            "title": _title(runs),
            "where": where,
            "mark": mark,
            "unfinished": [_entry(run, run_ids, later) for run in runs if run.unfinished],
            "runs": [_entry(run, run_ids, later) for run in runs if run.mode is Mode.RUN],
            "checks": [_entry(run, run_ids, later) for run in runs if run.mode is not Mode.RUN],
            "charted": len(sent),
        },
        islands={"runs": [island([_charted(run) for run in reversed(sent)])]},
    ).write(path, access)


def _title(runs: Sequence[IndexedRun]) -> str:
    """Return how many runs there are, and how many of them are unfinished; and how many are checks."""
    sent, unfinished = sum(run.mode is Mode.RUN for run in runs), sum(run.unfinished for run in runs)
    checks = counted(len(runs) - sent, "check or dry run", "checks and dry runs") if sent < len(runs) else ""
    if not sent:
        return checks or "There are no runs yet"
    told_runs = f"{counted(sent, 'run')}, {f'{unfinished:,}' if unfinished else 'none'} of them unfinished"
    return f"{told_runs}; {checks}" if checks else told_runs


def _later(runs: Sequence[IndexedRun]) -> Mapping[str, Sequence[tuple[str, str]]]:
    """Return what became of the rows of a run in later ones, by its id: words, and the id of the later one."""
    later: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for run in reversed(runs):
        if run.retry_of:
            later[run.retry_of].append(("has rows sent again by", run.run_id))
        for origin in run.fix_of:
            later[origin].append(("has rows fixed in", run.run_id))
    return later


def _entry(run: IndexedRun, run_ids: set[str], later: Mapping[str, Sequence[tuple[str, str]]]) -> Mapping[str, object]:
    """Return what the template says of a run; links between runs go to those that are on the page."""
    links = [("sends again rows of", run.retry_of)] if run.retry_of else []
    links += [("has rows fixed from", other_run) for other_run in run.fix_of]
    links += later.get(run.run_id, ())
    return {
        "run": run,
        "what": _what(run),
        "started": moment(run.started_at),
        "took": duration(run.seconds),
        "rows": sum(run.statuses.values()) if run.rows is None else run.rows,
        "good": sum(run.statuses.get(status, 0) for status in (CONFIRMED if run.mode is Mode.RUN else {Status.VALID})),
        "href": _address(run.report) if run.report else "",
        "links": [(words, other_run, other_run in run_ids) for words, other_run in links],
    }


def _what(run: IndexedRun) -> str:
    """Return what a run was for, in the words of `importer history`; which run it goes back to, its links say."""
    again = "retry" if run.retry_of else "fix" if run.fix_of else ""
    return again if again and run.mode is Mode.RUN else _WHAT[run.mode]


def _charted(run: IndexedRun) -> Mapping[str, object]:
    return {
        "id": run.run_id,
        "started": moment(run.started_at),
        "seconds": round(run.seconds, 1),
        "statuses": [[status, run.statuses.get(status, 0)] for status in Status],
    }


def _address(path: Path) -> str:
    """Return a relative path as an address that leads to it and nowhere else, whatever is in its name."""
    return "./" + quote(os.fsencode(path))
