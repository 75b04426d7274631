"""`importer forget`: erase what an unfinished run keeps."""

from __future__ import annotations

from pathlib import Path

import click

from importer.cli import options
from importer.cli.console import answer

_EPILOG = """\b
Examples:
  importer forget k3f9abcd

What an unfinished run keeps, a copy of its source and the values to be sent, is erased by itself when the run ends, and
after 30 days (IMPORTER_KEEP_DAYS). What became of its rows stays in the journal.
"""


@click.command("forget", epilog=_EPILOG, short_help="Erase what an unfinished run keeps; it cannot be resumed then.")
@options.options(click.argument("run"), options.STATE)
def command(run: str, state: Path | None) -> int:
    """Erase the copy of its source and the values that the unfinished run RUN keeps to be resumed."""
    from importer.cli.past import State, opened, state_of  # noqa: PLC0415 - heavy
    from importer.errors import LockedError  # noqa: PLC0415 - the same
    from importer.reports.folder import abandon  # noqa: PLC0415 - the same
    from importer.settings import Settings  # noqa: PLC0415 - the same

    settings = Settings.load({"state_dir": state})
    with opened(settings) as journal:
        past = journal.find(run)
        if state_of(past, settings.state_folder()) is State.RUNNING:
            raise LockedError(f"Run {past.run_id} is at work.", code="locked", hint="Wait for its end, or stop it.")
        if not past.kept:
            told = f"Run {past.run_id} keeps nothing: there is nothing to forget."
        else:
            journal.forget(past)
            abandon(past.output, past.run_id)
            told = f"Run {past.run_id} is forgotten: what it kept is erased, and it cannot be resumed any more."
    return 0 if answer(told) else 5
