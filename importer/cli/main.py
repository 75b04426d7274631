"""The `importer` command: its subcommands, and the one place that turns an error into a message and an exit code."""

from __future__ import annotations

import gc
import json
import os
import re
import signal
import sys
import traceback
from collections.abc import Sequence
from typing import Final

import click

from importer import __version__
from importer.called_as import note_call
from importer.cli.commands import COMMANDS
from importer.cli.completing import ASKED
from importer.cli.options import PATH
from importer.cli.screen.console import answer, close_output, open_standard_streams, tell
from importer.cli.screen.next_commands import here, note_config
from importer.cli.screen.one_line import OneLine
from importer.cli.screen.urgency import Urgency
from importer.cli.usage import HelpfulUsageError, forgotten_command
from importer.errors import DeclinedError, ImporterError, defect
from importer.model.exit_codes import MEANINGS, OF_SIGNALS, ExitCode, exit_code_of_error
from importer.source_paths import is_file

_EXIT_CODES: Final = "; ".join(f"{code} {meaning}" for code, meaning in MEANINGS.items() if code not in OF_SIGNALS)
_EXITS_BY_SIGNALS: Final = f"{', '.join(map(str, OF_SIGNALS))} {', '.join(MEANINGS[code] for code in OF_SIGNALS)}"
_EPILOG: Final = f"""\b
Examples:
  importer check changes.xlsx
  importer run changes.xlsx --sandbox
  importer run changes.csv --group-id GROUP --linked-account-id ACCOUNT

The exit code of a run: {_EXIT_CODES}; {_EXITS_BY_SIGNALS}.
"""
_MISSING: Final = {
    "source": "Name the file: {0} changes.xlsx",
    "customer_id": "Name the customer: {0} ID",
    "file": "Name the file: {0} journal-backup.sqlite",
    "shell": "Name the shell, as in {0} bash.",
    "run": "Name the run, as in {0} k3f9abcd; `importer history` lists the runs.",
}
"""What to do where an argument is missing."""
_QUIET: Final = re.compile(r"--quiet|-[a-z]*q[a-z]*")
_URGENT: Final = {ExitCode.WELL: None, ExitCode.ATTENTION: Urgency.WARNING}
"""How urgent the one line of -q is by the exit code, where it is no error; None where its first word says it."""
_NEW_OBJECTS: Final = 10_000
"""So many are made before cycles are looked for; Python's own default is 700."""


class Group(click.Group):
    """A group that lists its commands in the order in which they are declared."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - the signature of click
        """Return the commands' names."""
        return list(self.commands)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that the first argument names; a file is none, but says what may be meant."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            if is_file(args[0]):
                raise forgotten_command(ctx, args[0]) from error
            raise

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; what an error tells a person to type next works as it stands."""
        try:
            result: object = super().invoke(ctx)
        except ImporterError as error:
            error.message, error.hint = here(error.message), here(error.hint)
            raise
        return result


@click.group(cls=Group, commands=COMMANDS, epilog=_EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--config",
    type=PATH,
    callback=note_config,
    expose_value=False,
    metavar="FILE",
    help="The settings file. [env: IMPORTER_CONFIG; default: importer.toml in the user's configuration folder, or in"
    " /etc/importer]",
)
@click.version_option(__version__, prog_name="importer", message="%(prog)s %(version)s")
def group() -> None:
    """Send a spreadsheet of customer changes to the Update Customer API.

    Every row of the sheet is checked, one request is sent per valid row, and the sheet is written back with what
    happened to each.
    """


def main() -> None:
    """Run the command line and exit."""
    look_for_cycles_less_often()
    start_no_threads_for_matrices()
    stand_still_for_no_terminal()
    open_standard_streams()
    note_call(sys.argv, sys.orig_argv)
    if ASKED in os.environ:
        from importer.cli.completing.shells import offer  # noqa: PLC0415 - only where a shell asks

        offer(group)
        sys.exit(ExitCode.WELL)
    code = run_command(sys.argv[1:])
    close_output()
    gc.freeze()  # a process that ends need not look once more for cycles among all that it has imported
    sys.exit(code)


def look_for_cycles_less_often() -> None:
    """Let the process make more objects before it looks for cycles among them: rows are many objects without any."""
    gc.set_threshold(_NEW_OBJECTS)


def start_no_threads_for_matrices() -> None:
    """Keep numpy's library from starting a thread a core, each of which waits at work: nothing here has a matrix."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def stand_still_for_no_terminal() -> None:
    """Let the process go on in the background of its terminal: reading from it fails, and writing to it works."""
    for number in (signal.SIGTTIN, signal.SIGTTOU):
        signal.signal(number, signal.SIG_IGN)


def run_command(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code; whatever goes wrong has been said when this returns.

    Without any argument, it is the help that is asked for.
    """
    one_line = OneLine()
    code = _run(arguments, one_line)
    for line in one_line.lines(well=code == ExitCode.WELL):
        tell(line, _URGENT.get(ExitCode(code), Urgency.ERROR))
    return code


def _run(arguments: Sequence[str], one_line: OneLine) -> int:
    """Run one command and return its exit code; what is wrong was said, or is to be said on that line."""
    words = list(arguments) or ["--help"]
    try:
        return int(group.main(words, prog_name="importer", standalone_mode=False, obj=one_line) or ExitCode.WELL)
    except click.ClickException as error:
        code = ExitCode.USAGE
        _say(
            ImporterError(error.format_message(), code="usage", hint=here(_usage_hint(error))),
            code,
            arguments,
            one_line,
        )
    except (click.Abort, KeyboardInterrupt):
        code = ExitCode.INTERRUPTED
        _say(ImporterError("Interrupted.", code="interrupted"), code, arguments, one_line)
    except ImporterError as error:
        code = exit_code_of_error(error)
        _say(error, code, arguments, one_line)
        _trace(error, arguments)
    except Exception as error:  # noqa: BLE001 - the last place where a defect can still be said in words
        code = ExitCode.FAILED
        _say(defect(error), code, arguments, one_line)
        _trace(error, arguments)
    return code


def _usage_hint(error: click.ClickException) -> str:
    if isinstance(error, HelpfulUsageError):
        return error.hint
    context = error.ctx if isinstance(error, click.UsageError) else None
    if context and isinstance(error, click.MissingParameter) and error.param and error.param.name in _MISSING:
        return _MISSING[error.param.name].format(context.command_path)
    return f"`{context.command_path if context else 'importer'} --help` says what there is."


def _say(error: ImporterError, code: ExitCode, arguments: Sequence[str], one_line: OneLine) -> None:
    """Print an error: one line what is wrong, one what to do; both on one with -q, for a mail of cron."""
    message = f"Error: {error.message}" if code and not isinstance(error, DeclinedError) else error.message
    quiet = any(_QUIET.fullmatch(argument) for argument in arguments)
    if "--json" in arguments:
        fields = {"code": error.code, "message": error.message, "hint": error.hint}
        answer(json.dumps({"exit_code": code, "error": fields}), data=True)
        if not (quiet and code):
            return
    if not quiet:
        tell("\n  ".join(filter(None, (message, error.hint))))
    elif code:
        one_line.say(f"{message} {error.hint}")


def _trace(error: BaseException, arguments: Sequence[str]) -> None:
    """With -v, print where an error comes from, and what led to it; again without the exceptions' own texts."""
    if not any(argument in ("-v", "--verbose") for argument in arguments):
        return
    cause: BaseException | None = error
    while cause is not None:
        tell(f"{type(cause).__name__} at:", Urgency.ERROR)
        tell("".join(traceback.format_tb(cause.__traceback__)).rstrip(), Urgency.ERROR)
        cause = cause.__cause__ or cause.__context__
