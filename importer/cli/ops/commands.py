"""The commands that surround runs: what each can be given, and what its help says."""

from __future__ import annotations

from typing import Final

import click

from importer.cli import options
from importer.cli.command import Command
from importer.model.exit_codes import WORST_FIRST

_WORST_FIRST: Final = ", ".join(map(str, WORST_FIRST))

LAST: Final = Command(
    "importer.cli.ops.last",
    summary="Say what the last run of each profile has ended with.",
    text="""Say what the newest run of each profile has ended with, on a line each: when, of what file, what became of
        its rows, how long it took, and the command that goes on with it.

        What was only tried, with the embedded API, does not count, nor do checks and dry runs. Nothing is changed.
        """,
    takes=(
        click.option("--all", "everything", is_flag=True, help="Checks, dry runs and runs of the embedded API, too."),
        click.option(
            "--since",
            metavar="TIME",
            help="Every run since then, and which profiles have none: 24h or 7d ago, 2026-11-29, '2026-11-29 06:15'.",
        ),
        click.option("--failed", "only_failed", is_flag=True, help="Only what is not as it should be."),
        click.option(
            "--exit-code",
            "by_exit_code",
            is_flag=True,
            help=f"End with the worst exit code of these runs: the first in this order: {_WORST_FIRST}.",
        ),
        *options.STATE,
        options.JSON_CUSTOMER,
    ),
    epilog="""\b
        Examples:
          importer last
          importer last --since 26h --exit-code    for a monitor, every morning
          importer last --failed --since 7d
          importer last --profile north --json

        With --exit-code, a run that was killed counts as 5, one that is at work
        as 75. A profile of the settings file without a run since TIME counts as 1; without --since, one that was
        never run counts as nothing.
        """,
)

COMMANDS: Final[tuple[Command, ...]] = (LAST,)
