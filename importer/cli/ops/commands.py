"""The commands that surround runs: what each can be given, and what its help says."""

from __future__ import annotations

from typing import Final

import click

from importer.cli import options
from importer.cli.command import Command

DOCTOR: Final = Command(
    "importer.cli.ops.doctor",
    summary="Say whether tonight's run will work.",
    text="""Look at everything that a run needs, and say of each thing whether it is fine, a warning, or wrong, and what
        to do: settings, key, target and its certificate, clock, state directory, journal, locks, unfinished runs, what
        begins runs by itself, and versions.

        Nothing is changed and nothing is sent; the target is asked for the head of an answer, without the key.
        """,
    takes=(
        options.BASE_URL,
        options.KEY_FILE,
        *options.STATE,
        click.option(
            "--certificate-days",
            type=click.FloatRange(min=0),
            default=30.0,
            metavar="N",
            help="Warn where the certificate of the target is valid for fewer days. Default: 30.",
        ),
        click.option("--json", "as_json", is_flag=True, help="Print all that was found as one JSON object."),
        click.option("-q", "--quiet", count=True, help="Print only what is not fine; twice: only what is wrong."),
        click.option("-v", "--verbose", is_flag=True, help="Print where errors of an examination come from."),
    ),
    epilog="""\b
        Examples:
          importer doctor
          importer doctor --profile north
          importer doctor --json

        The exit code is 1 where something is wrong, else 0.
        """,
)

COMMANDS: Final[tuple[Command, ...]] = (DOCTOR,)
