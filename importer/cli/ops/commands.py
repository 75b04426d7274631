"""The commands that surround runs: what each can be given, and what its help says."""

from __future__ import annotations

from typing import Final

import click

from importer.cli import options
from importer.cli.command import Command
from importer.model.exit_codes import WORST_FIRST

_WORST_FIRST: Final = ", ".join(map(str, WORST_FIRST))

INIT: Final = Command(
    "importer.cli.ops.init",
    summary="Write the first settings file, or a profile in one.",
    text="""Ask six things, write them into a settings file, and try it: where the API is, which group and account rows
        go to, where the key is, which file is sent every night, and where the reports go. With --yes, options say it,
        and nothing is asked.

        The file is written into your configuration folder, or to the one of `importer --config FILE init`. What is
        there stays as it is: into a file that is there, a profile is added.
        """,
    takes=(
        options.BASE_URL,
        options.GROUP,
        options.ACCOUNT,
        options.KEY_FILE,
        click.option(
            "--source", type=options.PATH, metavar="FILE", help="The file that is sent every night; it may come later."
        ),
        click.option(
            "--output", type=options.PATH, metavar="DIR", help="The folder for reports. Default: that of each sheet."
        ),
        *options.NEW_STATE,
        click.option("--yes", is_flag=True, help="Do not ask: options say it, and what they leave out is as usual."),
    ),
    epilog="""\b
        Examples:
          importer init
          importer init --profile north
          importer init --yes --group-id GROUP --linked-account-id ACCOUNT --api-key-file ~/.importer-key

        The key itself is none of the six, and never an option: it is in a file, in a variable, in a keyring, or a
        command prints it. A file for it that is not there is written, if you like, with what you type unseen.
        """,
)

SCHEDULE: Final = Command(
    "importer.cli.ops.schedule",
    summary="Have a sheet sent every night, by systemd or cron.",
    text="""Have SOURCE sent every day, or from Monday to Friday, as `importer run SOURCE` would do it: by a timer of
        systemd, or by cron. What is to be written is shown first, and written after a question.

        What stands behind -- are options of the run. Without SOURCE, it is the file that the settings file names;
        without a time, what is scheduled is listed.
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
          importer schedule --daily 06:15
              the file that `importer init` has asked for
          importer schedule changes.csv --daily 06:15 --profile north
          importer schedule changes.csv --weekdays 22:30 --cron -- --skip-unchanged --group-id GROUP
          importer schedule changes.csv --daily 06:15 --profile north --print
          importer schedule --remove --profile north
          importer schedule

        At night there is none of your shell's variables: what should hold belongs into the settings file. The key is
        never in a unit or a crontab, only where it is.
        """,
)

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


COMPLETION: Final = Command(
    "importer.cli.ops.completion",
    summary="Print the script by which a shell completes this command.",
    text="""Print the script by which SHELL completes this command: commands, options and what they can be given, ids of
        runs, profiles, the fields of --map, files and folders.
        """,
    takes=(click.argument("shell", type=click.Choice(("bash", "zsh", "fish"))),),
    epilog="""\b
        Examples:
          importer completion bash >~/.local/share/bash-completion/completions/importer
          importer completion fish >~/.config/fish/completions/importer.fish
          importer completion zsh >~/.zfunc/_importer
              where ~/.zshrc has the line fpath+=~/.zfunc before that with compinit

        The folders must be there; a new shell completes. In this one only: eval "$(importer completion bash)". While
        you type, runs are looked up in the journal, and profiles in the settings file; nothing is changed.
        """,
)


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

COMMANDS: Final[tuple[Command, ...]] = (INIT, DOCTOR, SCHEDULE, LAST, COMPLETION)
