"""`importer show`: one past run."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict

from importer.cli.chosen_runs import advice, opened
from importer.cli.given import Given
from importer.cli.screen.console import answer
from importer.cli.screen.next_commands import here
from importer.cli.screen.past_runs import as_object, confirmed
from importer.cli.screen.tables import lines
from importer.errors import SettingsError
from importer.lock import Holder, holder_of
from importer.model.exit_codes import exit_code_of_answer
from importer.model.modes import Mode
from importer.model.run import Fix, PastRun, State
from importer.model.statuses import TO_FIX, Status
from importer.model.stop_reasons import STOP_SENTENCES
from importer.phrases import listed
from importer.reports.saying.next_steps import to_do
from importer.reports.saying.verdict import verdict
from importer.reports.saying.words import would_be_sent


def show(run: str | None, given: Given, as_json: bool) -> int:
    """Show a past run, by default the newest, and return the exit code."""
    settings = given.settings()
    with opened(settings) as journal:
        runs = journal.runs()
        if not runs and run is None:
            raise SettingsError("There are no runs yet.", code="run_unknown", hint="`importer run --help` says how.")
        past = runs[0] if run is None else journal.find(run)
        may, fixes = advice(past, journal), journal.fixes_of(past)
        at_work = holder_of(settings.state_folder(), past.run_id) if past.at_work else None
    retries = [other.run_id for other in runs if other.retry_of == past.run_id]
    if as_json:
        later = {"retries": retries, "fixed_by": [asdict(fix) for fix in fixes]}
        text = json.dumps(as_object(past) | later)
    else:
        text = "\n".join([*_facts(past, retries), "", *_told(past, fixes, _at_work(at_work) if past.at_work else may)])
    return exit_code_of_answer(printed=answer(text))


def _facts(past: PastRun, retries: list[str]) -> Iterator[str]:
    """Yield the lines about what a run is."""
    facts = [
        (
            "Run",
            f"{past.run_id}, {past.state.replace('_', ' ')}"
            + (f", exit code {past.exit_code}" if past.exit_code is not None else ""),
        ),
        ("Started", past.started_at),
        ("Finished", past.finished_at or "-"),
        ("Source", past.source.path + (f", sheet {past.source.sheet}" if past.source.sheet else "")),
        ("Target", past.target.base_url or "-"),
        ("Reports", str(past.output) if past.folders else here(f"none; importer report {past.run_id} writes them")),
    ]
    facts += [("Stopped", STOP_SENTENCES[past.stop_reason])] if past.stop_reason else []
    facts += [("Retries", f"run {past.retry_of}")] if past.retry_of else []
    facts += [("Retried by", ", ".join(retries))] if retries else []
    facts += [("Fixes", f"rows of {_runs(past.fix_of)}")] if past.fix_of else []
    width = max(len(name) for name, _ in facts)
    yield from (f"{name:<{width}}  {value}" for name, value in facts)


def _told(past: PastRun, fixes: Sequence[Fix], may: str) -> Iterator[str]:
    """Yield the lines about what became of its rows."""
    resumable = past.state in (State.RUNNING, State.UNFINISHED)
    rows = [
        (status.value, f"{count:,}", to_do(status, past.mode, resumable=resumable))
        for status, count in past.statuses.items()
        if count
    ]
    rows += [("(no outcome yet)", f"{past.left:,}", "")] if past.left else []
    yield from lines(("status", "rows", "what to do"), rows, right={"rows"})
    yield ""
    if past.mode is Mode.RUN:
        of_rows = f"{confirmed(past):,} of {past.source.rows:,} rows are confirmed"
        yield f"{of_rows}; {past.attempts:,} requests were attempted."
    elif past.checked:
        yield verdict(past.mode, past.source.rows, past.statuses)
        if to_send := would_be_sent(past.would_be_sent, past.statuses[Status.VALID]):
            yield f"A run would send {to_send}."
    yield from _fixed(past, fixes)
    sentence = {
        State.UNFINISHED: f"To go on with it: importer resume {past.run_id}",
        State.FORGOTTEN: f"What it took to go on with it was erased. {may}".rstrip(),
        State.CUT_OFF: "It was cut off, and nothing was sent: it can be run again.",
    }.get(past.state, may)
    if sentence:
        yield here(sentence)


def _at_work(holder: Holder | None) -> str:
    """Return what a person should know of a run at which a process is."""
    if holder is None or not holder.way_on:
        return "It is at work."
    return f"It is at work, but its process, {holder.pid}, is stopped. {holder.way_on}"


def _fixed(past: PastRun, fixes: Sequence[Fix]) -> Iterator[str]:
    """Yield a line for each later run that took up rows which were to be fixed."""
    rows = sum(past.statuses[status] for status in TO_FIX)
    of_how_many = f"its {rows:,} rows" if rows > 1 else "its one row"
    for fix in fixes:
        yield f"{fix.confirmed:,} of {of_how_many} to fix {_are(fix.confirmed)} confirmed by run {fix.run_id}."


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


def _runs(run_ids: Sequence[str]) -> str:
    """Return runs by their ids."""
    return f"{'run' if len(run_ids) == 1 else 'runs'} {listed(run_ids)}"
