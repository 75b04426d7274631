"""`importer show`: one past run."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict
from itertools import groupby
from pathlib import Path
from typing import Final

from importer.cli.chosen_runs import advice, opened
from importer.cli.given import Given
from importer.cli.meant_runs import any_run_meant, run_meant
from importer.cli.screen.console import answer
from importer.cli.screen.next_commands import here
from importer.cli.screen.one_row import row_as_object, row_of, told_row
from importer.cli.screen.past_runs import as_object, confirmed
from importer.cli.screen.result import told_sending
from importer.cli.screen.tables import lines
from importer.errors import SettingsError
from importer.journal.journal import Journal
from importer.lock import Holder, holder_of
from importer.model.exit_codes import exit_code_of_answer
from importer.model.modes import Mode
from importer.model.run import Fix, Mending, OpenRow, PastRun, State
from importer.model.statuses import TO_FIX, Status
from importer.model.stop_reasons import STOP_SENTENCES
from importer.phrases import listed, row_ranges
from importer.reports.folder import TO_FIX_NAMES, mended_to_fix
from importer.reports.saying.figures import counted
from importer.reports.saying.next_steps import CORRECTED, to_correct, to_do, was_given_up_on
from importer.reports.saying.verdict import verdict
from importer.times import local

_TAKEN_UP: Final = frozenset({Status.UNCONFIRMED, Status.FAILED})
"""What a retry takes up: no row that it has confirmed needs another try."""


def show(run: str | None, row: int | None, given: Given, as_json: bool) -> int:
    """Show a past run, by default the newest, or one of its rows, and return the exit code."""
    settings = given.settings()
    with opened(settings) as journal:
        if run is not None and row is not None:
            outcome = row_of(journal, run_meant(journal, run, "show"), row)
            of_row = json.dumps(row_as_object(outcome)) if as_json else "\n".join(told_row(outcome))
            return exit_code_of_answer(printed=answer(of_row, data=as_json))
        runs = journal.runs()
        if not runs and run is None:
            raise SettingsError("There are no runs yet.", code="run_unknown", hint="`importer run --help` says how.")
        past = runs[0] if run is None else any_run_meant(journal, run, "show")
        may, mending = advice(past, journal), journal.mending(past)
        is_retried = past.state is State.ENDED and next(journal.rows_to_retry(past), None) is None
        unfinished = "" if as_json else _way_on(past, journal)
        at_work = holder_of(settings.state_folder(), past.run_id) if past.at_work else None
    retries = [other.run_id for other in runs if other.retry_of == past.run_id]
    to_fix = _to_fix_files(past)
    if as_json:
        later = {
            "retries": retries,
            "to_fix": [str(path) for path in to_fix],
            "fixed_by": [asdict(fix) for fix in mending.fixes],
            "open_rows": [asdict(row) for row in mending.open_rows],
        }
        text = json.dumps(as_object(past) | later)
    else:
        done = _done_since(past, mending, is_retried=is_retried)
        told = _told(past, mending, _at_work(at_work) if past.at_work else unfinished or may, done)
        text = "\n".join([*_facts(past, retries, to_fix), "", *told])
    return exit_code_of_answer(printed=answer(text, data=as_json))


def _done_since(past: PastRun, mending: Mending, *, is_retried: bool) -> Collection[Status]:
    """Return the statuses whose rows all need nothing any more; that is not known of rows that are not kept."""
    if past.pruned_at:
        return ()
    is_mended = _rows_to_fix(past) and not mending.open_rows
    return {*(TO_FIX if is_mended else ()), *(_TAKEN_UP if is_retried else ())}


def _to_fix_files(past: PastRun) -> Sequence[Path]:
    """Return where its sheet of rows to fix is, as the run has written it, and as somebody has mended it since."""
    written = [past.output / name for name in TO_FIX_NAMES]
    return [path for path in (*written, *mended_to_fix(past.output)) if path.is_file()]


def _facts(past: PastRun, retries: list[str], to_fix: Sequence[Path]) -> Iterator[str]:
    """Yield the lines about what a run is."""
    facts = [
        (
            "Run",
            f"{past.run_id}, {past.state.replace('_', ' ')}"
            + (f", exit code {past.exit_code}" if past.exit_code is not None else ""),
        ),
        ("Started", local(past.started_at)),
        ("Finished", local(past.finished_at) if past.finished_at else "-"),
        ("Source", past.source.path + (f", sheet {past.source.sheet}" if past.source.sheet else "")),
        ("Target", past.target.base_url or "-"),
        ("Reports", str(past.output) if past.folders else here(f"none; importer report {past.run_id} writes them")),
    ]
    facts += [("Rows to fix", str(path)) for path in to_fix]
    facts += [("Stopped", STOP_SENTENCES[past.stop_reason])] if past.stop_reason else []
    facts += [("Retries", f"run {past.retry_of}")] if past.retry_of else []
    facts += [("Retried by", ", ".join(retries))] if retries else []
    facts += [("Fixes", f"rows of {_runs(past.fix_of)}")] if past.fix_of else []
    width = max(len(name) for name, _ in facts)
    yield from (f"{name:<{width}}  {value}" for name, value in facts)


def _told(past: PastRun, mending: Mending, may: str, done: Collection[Status]) -> Iterator[str]:
    """Yield the lines about what became of its rows; those that ended as one of `done` need nothing any more."""
    wrong = to_correct(past.mode, past.statuses, past.stop_reason)
    resumable = past.state in (State.RUNNING, State.UNFINISHED) and wrong is None
    rows = [
        (
            status.value,
            f"{count:,}",
            "done since" if status in done else to_do(status, past.mode, resumable=resumable),
        )
        for status, count in past.statuses.items()
        if count
    ]
    rows += [("(no outcome yet)", f"{past.left:,}", "")] if past.left else []
    yield from lines(("status", "rows", "what to do"), rows, right={"rows"})
    yield ""
    if past.mode is Mode.RUN:
        of_rows, sent = counted(past.source.rows, "row"), counted(past.attempts, "request")
        yield f"{confirmed(past):,} of {of_rows} {_are(confirmed(past))} confirmed, with {sent}."
    elif past.checked:
        yield verdict(past.mode, past.source.rows, past.statuses)
    yield from told_sending(past)
    if past.kept_rows:
        until = "until it is" if past.kept_rows == 1 else "until they are"
        yield f"The values of {counted(past.kept_rows, 'row')} are kept, {until} confirmed or forgotten."
    if past.pruned_at:
        yield f"What became of each row is not kept any more, since {local(past.pruned_at)}."
    else:
        yield from _fixed(past, mending)
    sentence = {
        State.FORGOTTEN: f"What it took to go on with it was erased. {may}".rstrip(),
        State.CUT_OFF: "It was cut off, and nothing was sent: it can be run again.",
    }.get(past.state, may)
    if sentence:
        yield here(sentence)


def _way_on(past: PastRun, journal: Journal) -> str:
    """Return what to do about a run that has not come to its end; "" for one that has."""
    if past.state is not State.UNFINISHED:
        return ""
    wrong = to_correct(past.mode, past.statuses, past.stop_reason)
    if wrong is not None:
        return f"{CORRECTED[wrong]}. To give this one up: importer forget {past.run_id}"
    with journal.results(past) as results:
        if not was_given_up_on(past.statuses, past.stop_reason, unanswered=results.unanswered()):
            return f"To go on with it: importer resume {past.run_id}"
    return (
        f"Nobody answered at {past.target.base_url}. If that is right, go on with the run: importer resume"
        f" {past.run_id}\nIf it is wrong, run it again with the right --base-url, and give this one up: importer forget"
        f" {past.run_id}"
    )


def _at_work(holder: Holder | None) -> str:
    """Return what a person should know of a run at which a process is."""
    if holder is None or not holder.way_on:
        return "It is at work."
    return f"It is at work, but its process, {holder.pid}, is stopped. {holder.way_on}"


def _rows_to_fix(past: PastRun) -> int:
    return sum(past.statuses[status] for status in TO_FIX)


def _fixed(past: PastRun, mending: Mending) -> Iterator[str]:
    """Yield what became of the rows that were to be fixed: by which runs, who has settled which, and what is open."""
    rows, still_open = _rows_to_fix(past), mending.open_rows
    if rows and not still_open:
        parts = [part for fix in mending.fixes for part in _done_by(fix)]
        all_rows = f"All {rows:,} rows that were to be fixed are" if rows > 1 else "The one row that was to be fixed is"
        yield f"{all_rows} done: {listed(parts)}."
        return
    of_how_many = f"of its {rows:,} rows to fix" if rows > 1 else "of its one row to fix"
    for fix in mending.fixes:
        if fix.confirmed or not fix.settled:
            yield f"{fix.confirmed:,} {of_how_many} {_are(fix.confirmed)} confirmed by run {fix.run_id}."
        if fix.settled:
            yield f"{fix.settled:,} {of_how_many} {_are(fix.settled)} {_settled_by(fix)}."
    for (run_id, status), alike in groupby(sorted(still_open, key=_fate), key=_fate):
        numbers = [row.row for row in alike]
        yield f"Still to fix: {row_ranges(numbers)}; {_why_open(run_id, status, len(numbers), past)}."


def _fate(row: OpenRow) -> tuple[str, str]:
    return row.run_id, row.status or ""


def _why_open(run_id: str, status: str, count: int, past: PastRun) -> str:
    them = "it" if count == 1 else "them"
    if not run_id:
        where = " to the same API" if past.target.base_url else ""
        return f"no later run{where} has taken {them} up"
    return f"run {run_id} has {them} as {status}" if status else f"run {run_id} has not come to {them}"


def _done_by(fix: Fix) -> Iterator[str]:
    """Yield what a run has done for the rows, in parts of a sentence."""
    if fix.confirmed:
        yield f"{fix.confirmed:,} {_are(fix.confirmed)} confirmed by run {fix.run_id}"
    if fix.settled:
        yield f"{fix.settled:,} {_are(fix.settled)} {_settled_by(fix)}"


def _settled_by(fix: Fix) -> str:
    """Return who has settled which rows: whoever gave the sheet with the marks to the importer."""
    who = f" by {fix.started_by}" if fix.started_by else ""
    return f"settled{who} in run {fix.run_id} ({row_ranges(fix.settled_rows)})"


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


def _runs(run_ids: Sequence[str]) -> str:
    """Return runs by their ids."""
    return f"{'run' if len(run_ids) == 1 else 'runs'} {listed(run_ids)}"
