"""Reports of a made-up run: `python -m bench.reporting prepare|bare|full SOURCE STATE OUT`.

`prepare` journals the run without sending anything: most rows are updated, some refused, some in doubt. `bare` writes
the annotated sheet alone, `full` all reports; both print the seconds of processor time that it took once the source was
read, which the machine's other work leaves alone.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

from importer.cli.main import look_for_cycles_less_often
from importer.journal.journal import Journal
from importer.journal.results import Results
from importer.model.modes import Mode
from importer.model.rows import Attempt, Issue, Outcome, Update
from importer.model.run import NewRun, PastRun, Target
from importer.model.source import Field, SourceInfo
from importer.model.statuses import Status
from importer.reports.folder import reopen
from importer.reports.row_reports import tell
from importer.reports.writing import Wish, writing_annotated
from importer.settings import Settings
from importer.sheets.open import open_table
from importer.sheets.table import Table
from importer.story.order import Order
from importer.story.reporting import Reporting

_BATCH: Final = 5_000
_WORDS: Final = "The API refused this row (HTTP 400): “first_name: this name is not one that we accept”"
_ENDINGS: Final = (
    *[Outcome(0, Status.UPDATED, http_status=200, attempts=1, updated_at="2026-02-03T04:05:06Z")] * 17,
    Outcome(0, Status.REJECTED, "http_400", _WORDS, 400, 1),
    Outcome(0, Status.UNCONFIRMED, "timed_out", "The API did not answer in time; it may or may not have been applied"),
)


def prepare(source: Path, state: Path, out: Path) -> None:
    """Journal a run that has ended."""
    order, settings = Order(mode=Mode.RUN, source=source, output=out), Settings.load({})
    table = open_table(source)
    with Journal(state, wall=time.time) as journal:
        run = journal.begin(
            NewRun(
                run_id="benchrun",
                mode=Mode.RUN,
                version="bench",
                source=source,
                output=out,
                target=Target("https://api.example.com", "g", "a"),
                settings=settings.public(),
                asked=order.asked(),
            )
        )
        rows = 0
        batches = []
        for chunk in table.chunks(_BATCH):
            frame = chunk.frame[[field.value for field in (Field.CUSTOMER_ID, *_VALUES)]]
            updates = [Update(row, "g", "a", *values) for row, *values in frame.itertuples(name=None)]
            sent, invalid = [one for one in updates if one.row % 20], [one.row for one in updates if not one.row % 20]
            run.add(sent, [Issue(row, "blank_email", "Email", '"Email" is blank. Fill it in.') for row in invalid])
            batches.append(sent)
            rows += len(updates)
        run.checked(SourceInfo(str(source), table.sheet, run.sha256, rows, dict(table.skips), table.detected))
        for sent in batches:
            run.record([Attempt(update, 1) for update in sent], [], [])
            run.record([], [], [_ending(update.row) for update in sent])
        run.settle(None, "")
        run.ended(1, unfinished=False)


_VALUES: Final = (Field.FIRST_NAME, Field.LAST_NAME, Field.EMAIL)


def _worked_s() -> float:
    """Return the processor time of this process and its children, in seconds."""
    return sum(os.times()[:4])


def _ending(row: int) -> Outcome:
    like = _ENDINGS[row % 19]
    return Outcome(
        row, like.status, like.code, like.message, like.http_status, 1, like.updated_at, latency_s=0.05 + row % 97 / 500
    )


def bare(source: Path, state: Path, out: Path) -> None:
    """Write the annotated sheet and nothing else."""
    with _ended(source, state) as (_, table, results):
        wish = Wish(form=table.format, own_workbook=True)
        out.mkdir(exist_ok=True)
        started = _worked_s()
        with writing_annotated(out / f"annotated.{table.format}", table, wish) as (annotated, _):
            tell([annotated], table, results.blocks())
        print(_worked_s() - started)


def full(source: Path, state: Path, out: Path) -> None:
    """Write all reports, with all that they are made from, as at the end of a run."""
    with _ended(source, state) as (past, table, results), reopen(out, past.run_id, known=False) as folder:
        reporting = Reporting(replace(Order.again(past), output=out), Settings.load({}))
        started = _worked_s()
        summary = reporting.summary(past, results, exit_code=1, seconds=past.seconds)
        finished = reporting.write(table, results, summary, folder)
        print(_worked_s() - started)
    if finished.error is not None:
        raise finished.error


@contextmanager
def _ended(source: Path, state: Path) -> Iterator[tuple[PastRun, Table, Results]]:
    """Yield the run that was prepared, with its source, which is read already, and with what its rows have ended as."""
    with Journal(state, wall=time.time) as journal:
        past = journal.find("benchrun")
        with journal.source_of(past).copied() as copy, journal.results(past) as results:
            yield past, open_table(copy.path, name=source.name, scratch=copy.scratch), results


_STEPS: Final[Mapping[str, Callable[[Path, Path, Path], None]]] = {"prepare": prepare, "bare": bare, "full": full}

if __name__ == "__main__":
    look_for_cycles_less_often()
    _STEPS[sys.argv[1]](*map(Path, sys.argv[2:5]))
