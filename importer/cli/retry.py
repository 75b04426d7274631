"""`importer retry`: send again what another try may help."""

from __future__ import annotations

from pathlib import Path

import click

from importer.cli import options

_EPILOG = """\b
Examples:
  importer retry k3f9abcd
  importer retry k3f9 --source moved/changes.xlsx

It is a new run with a folder of its own; rows that are not part of it have empty columns in its annotated sheet. Where
to send to is as it was; the key comes from IMPORTER_API_KEY or a file, as for `importer run`.
"""


@click.command("retry", epilog=_EPILOG, short_help="Send the unconfirmed, failed and unsent rows of a run again.")
@options.options(
    click.argument("run"),
    click.option("--source", type=options.PATH, metavar="PATH", help="Where the source is now, if it was moved."),
    options.KEY_FILE,
    options.OUTPUT,
    options.STATE,
    options.CONCURRENCY,
    options.RATE,
    options.TIMEOUT,
    options.MAX_ATTEMPTS,
    options.MAX_ERRORS,
    options.WAIT,
    options.YES,
    options.JSON,
    options.QUIET,
    options.VERBOSE,
    options.LOG_FILE,
)
def command(
    run: str,
    source: Path | None,
    api_key_file: Path | None,
    output: Path | None,
    state: Path | None,
    concurrency: str | None,
    rate: str | None,
    timeout: str | None,
    max_attempts: str | None,
    max_errors: str | None,
    wait: str | None,
    yes: bool,
    as_json: bool,
    quiet: int,
    verbose: bool,
    log_file: Path | None,
) -> int:
    """Send those rows of the ended run RUN again that are unconfirmed, failed or were not sent.

    The source must be the file that RUN has read, unchanged.
    """
    from importer.cli.past import kind, opened  # noqa: PLC0415 - heavy
    from importer.cli.perform import Manner, perform  # noqa: PLC0415 - the same
    from importer.errors import LockedError, NothingToDoError, SettingsError  # noqa: PLC0415 - the same
    from importer.model import STANDARD_INPUT, Mode  # noqa: PLC0415 - the same
    from importer.order import Order  # noqa: PLC0415 - the same
    from importer.settings import Settings  # noqa: PLC0415 - the same

    given = {
        "api_key_file": api_key_file,
        "state_dir": state,
        "concurrency": concurrency,
        "rate": rate,
        "timeout": timeout,
        "max_attempts": max_attempts,
        "max_errors": max_errors,
        "wait": wait,
    }
    now = Settings.load(given)
    with opened(now) as journal:
        past = journal.find(run)
        helped = next(journal.rows_to_retry(past), None) is not None
    if past.mode is not Mode.RUN:
        raise SettingsError(
            f"Run {past.run_id} was only a {kind(past)}: it sent nothing.",
            code="not_retried",
            hint="Send the sheet with `importer run`.",
        )
    if past.at_work:
        raise LockedError(f"Run {past.run_id} is at work.", code="locked", hint="Wait for its end, or stop it.")
    if not past.ended and past.kept:
        raise SettingsError(
            f"Run {past.run_id} is unfinished.",
            code="not_ended",
            hint=f"Go on with it: importer resume {past.run_id}",
        )
    if source is None and Path(past.source.path) == STANDARD_INPUT:
        raise SettingsError(
            f"Run {past.run_id} has read its source from standard input, and nobody knows where that came from.",
            code="source_missing",
            hint="Name the file that it was, unchanged, with --source; or give it again, with --source -.",
        )
    if not past.checked:
        raise SettingsError(
            f"Run {past.run_id} was cut off before its source was checked to the end: nothing of it was sent.",
            code="not_checked",
            hint="Begin anew, with `importer run`.",
        )
    if not helped:
        raise NothingToDoError(
            f"Run {past.run_id} has no row to try again that is not confirmed by now.", code="nothing_to_retry"
        )
    settings = Settings.again(past.settings, given)
    order = Order.again(past, source=source, output=output)
    manner = Manner(as_json=as_json, quiet=quiet, verbose=verbose, yes=yes, log_file=log_file)
    return perform(order, settings, manner, go=lambda job: job.run(past))
