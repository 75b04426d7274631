"""`importer forget`: erase what an unfinished run keeps."""

from __future__ import annotations

import click

from importer.cli import options
from importer.cli.given import Given
from importer.cli.screen.console import answer

_EPILOG = """\b
Examples:
  importer forget k3f9abcd

What an unfinished run keeps, a copy of its source and the values to be sent, is erased by itself when the run ends, and
after 30 days (IMPORTER_KEEP_DAYS). What became of its rows stays in the journal.
"""


@click.command("forget", epilog=_EPILOG, short_help="Erase what an unfinished run keeps; it cannot be resumed then.")
@options.options(click.argument("run"), options.STATE, given=Given)
def command(run: str, given: Given) -> int:
    """Erase the copy of its source and the values that the unfinished run RUN keeps to be resumed."""
    from importer.cli.screen.past_runs import opened  # noqa: PLC0415 - heavy
    from importer.reports.folder import abandon  # noqa: PLC0415 - the same

    with opened(given.settings()) as journal:
        past = journal.find(run)
        if journal.forget(past, abandon):
            told = f"Run {past.run_id} is forgotten: what it kept is erased, and it cannot be resumed any more."
        else:
            told = f"Run {past.run_id} keeps nothing: there is nothing to forget."
    return 0 if answer(told) else 5
