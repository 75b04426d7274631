"""The commands that surround runs: what each can be given, and what its help says."""

from __future__ import annotations

from typing import Final

import click

from importer.cli import options
from importer.cli.command import Command

SCHEDULE: Final = Command(
    "importer.cli.ops.schedule",
    summary="Have a sheet sent every night, by systemd or cron.",
    text="""Have SOURCE sent every day, or from Monday to Friday, as `importer run SOURCE` would do it: by a timer of
        systemd, or by cron. What is to be written is shown first, and written after a question.

        What stands behind -- are options of the run. Without SOURCE, what is scheduled is listed.
        """,
    takes=(
        click.argument("source", type=options.PATH, required=False),
        click.argument("run_options", nargs=-1, type=click.UNPROCESSED, metavar="[-- RUN OPTIONS]"),
        click.option("--daily", metavar="HH:MM", help="At this time every day, by the clock of this machine."),
        click.option("--weekdays", metavar="HH:MM", help="At this time from Monday to Friday."),
        options.PROFILE,
        click.option(
            "--name",
            metavar="NAME",
            help="What the schedule is called. Default: as the profile, or as the file without its ending.",
        ),
        click.option(
            "--systemd",
            "by",
            flag_value="systemd",
            help="Write units for your own systemd. Default where one is running; root's is --system, and else it is"
            " --cron.",
        ),
        click.option(
            "--system", "by", flag_value="system", help="Write units for the systemd of the machine; takes root."
        ),
        click.option("--cron", "by", flag_value="cron", help="Write a line into your crontab."),
        click.option(
            "--run-as",
            metavar="USER",
            help="As whom a unit of --system runs. Default: a user of its own, whom systemd makes up.",
        ),
        click.option(
            "--on-failure",
            metavar="UNIT",
            help="A unit of systemd that is begun where a run does not end with 0, such as mail@%n.service.",
        ),
        click.option("--print", "only_print", is_flag=True, help="Only show what would be written."),
        click.option("--remove", is_flag=True, help="Take away what was written, and nothing else."),
        click.option("--yes", is_flag=True, help="Do not ask before writing."),
    ),
    epilog="""\b
        Examples:
          importer schedule changes.csv --daily 06:15 --profile north
          importer schedule changes.csv --weekdays 22:30 --cron -- --skip-unchanged --group-id GROUP
          importer schedule changes.csv --daily 06:15 --profile north --print
          importer schedule --remove --profile north
          importer schedule

        At night there is none of your shell's variables: what should hold belongs into the settings file. The key is
        never in a unit or a crontab, only where it is.
        """,
)

COMMANDS: Final[tuple[Command, ...]] = (SCHEDULE,)
