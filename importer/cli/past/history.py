"""`importer history`: past runs."""

from __future__ import annotations

import json
from pathlib import Path

import click

from importer.cli import options
from importer.cli.given import Given
from importer.cli.screen.console import answer

_EPILOG = """\b
Examples:
  importer history
  importer history --json
  importer history --html runs.html
"""


@click.command("history", epilog=_EPILOG, short_help="List past runs, the newest first.")
@options.options(
    click.option("-n", "--number", type=click.IntRange(min=1), default=20, show_default=True, help="So many runs."),
    click.option("--all", "everything", is_flag=True, help="All runs."),
    click.option(
        "--html",
        type=options.PATH,
        metavar="FILE",
        help="Write a page of all runs, with links to their reports; an older one is replaced.",
    ),
    options.STATE,
    options.JSON_LIST,
    given=Given,
)
def command(number: int, everything: bool, html: Path | None, given: Given, as_json: bool) -> int:
    """List past runs, the newest first: how far each is, and what became of its rows."""
    from importer.cli.screen.past_runs import as_object, confirmed, kind, local_time, opened  # noqa: PLC0415 - heavy
    from importer.cli.screen.tables import lines  # noqa: PLC0415 - the same
    from importer.model.run import Mode  # noqa: PLC0415 - the same

    settings = given.settings()
    with opened(settings) as journal:
        if html is not None:
            from importer.story.run_index import Indexing  # noqa: PLC0415 - the same

            Indexing(journal, settings).everywhere(html)
            return 0 if answer(str(html)) else 5
        runs = journal.runs()
    shown = runs if everything else runs[:number]
    if as_json:
        text = json.dumps([as_object(past) for past in shown])
    elif not runs:
        text = "There are no runs yet."
    else:
        text = "\n".join(
            lines(
                ("run", "started", "what", "state", "exit", "rows", "confirmed", "source"),
                [
                    (
                        past.run_id,
                        local_time(past.started_at),
                        f"fix of {', '.join(past.fix_of)}" if past.fix_of and past.mode is Mode.RUN else kind(past),
                        past.state.replace("_", " "),
                        "" if past.exit_code is None else str(past.exit_code),
                        f"{past.source.rows:,}",
                        f"{confirmed(past):,}",
                        Path(past.source.path).name,
                    )
                    for past in shown
                ],
                right={"exit", "rows", "confirmed"},
            )
        )
        if len(shown) < len(runs):
            text += f"\n\nand {len(runs) - len(shown):,} more: --all lists them."
    return 0 if answer(text) else 5
