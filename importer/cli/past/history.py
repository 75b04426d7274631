"""`importer history`: past runs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from importer.cli.chosen_runs import opened
from importer.cli.given import Given
from importer.cli.screen.console import answer, terminal_width
from importer.cli.screen.past_runs import as_object, confirmed, kind, local_time
from importer.cli.screen.tables import lines
from importer.cli.screen.wrapping import wide
from importer.model.exit_codes import exit_code_of_answer
from importer.model.modes import Mode
from importer.model.run import PastRun
from importer.model.statuses import Status


def history(number: int, everything: bool, html: Path | None, given: Given, as_json: bool) -> int:
    """List past runs, the newest first, or write a page of them, and return the exit code."""
    settings = given.settings()
    with opened(settings) as journal:
        if html is not None:
            from importer.story.run_index import Indexing  # noqa: PLC0415 - a tenth of a list's time, for no list

            Indexing(journal, settings).everywhere(html)
            return exit_code_of_answer(printed=answer(str(html), data=True))
        runs = journal.runs()
    listed_runs = runs if everything else runs[:number]
    if as_json:
        text = json.dumps([as_object(past) for past in listed_runs])
    elif not runs:
        text = "There are no runs yet."
    else:
        text = "\n".join(_table(listed_runs, terminal_width()))
        if len(listed_runs) < len(runs):
            text += f"\n\nand {len(runs) - len(listed_runs):,} more: --all lists them."
    return exit_code_of_answer(printed=answer(text, data=as_json))


def _table(runs: Sequence[PastRun], width: int | None) -> Iterator[str]:
    """Yield a line for each run; where the terminal is too narrow for one, what it would say in lines of their own."""
    header = ("run", "started", "what", "state", "exit", "rows", "confirmed", "source")
    rows = [
        (
            past.run_id,
            local_time(past.started_at),
            kind(past),
            past.state.replace("_", " "),
            "" if past.exit_code is None else str(past.exit_code),
            f"{past.source.rows:,}",
            _good(past),
            Path(past.source.path).name,
        )
        for past in runs
    ]
    table = list(lines(header, rows, right={"exit", "rows", "confirmed"}))
    if width is None or max(map(wide, table)) <= width:
        yield from table
        return
    for run_id, started, what, state, code, count, good, source in rows:
        yield f"{run_id}  {started}, {what} of {source}"
        done, _, valid = good.partition(" ")
        of_rows = f"{done} of {count} rows {valid or 'confirmed'}"
        yield f"{' ' * len(run_id)}  {state}{code and f', exit code {code}'}: {of_rows}"


def _good(past: PastRun) -> str:
    """Return how many rows are confirmed, or, of what confirms nothing, are valid."""
    return f"{confirmed(past):,}" if past.mode is Mode.RUN else f"{past.statuses[Status.VALID]:,} valid"
