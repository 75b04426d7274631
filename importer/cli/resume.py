"""`importer resume`: go on with a run that was cut off or stopped."""

from __future__ import annotations

from pathlib import Path

import click

from importer.cli import options

_EPILOG = """\b
Examples:
  importer resume                the newest unfinished run
  importer resume k3f9abcd       that one
  importer resume k3f9 --rate 5  the beginning of an id will do; ceilings may be given anew

The source file is not needed: the run has kept its own copy. Where to send to is as it was; the key comes from
IMPORTER_API_KEY or a file, as for `importer run`.
"""


@click.command("resume", epilog=_EPILOG, short_help="Go on with a run that was cut off or stopped.")
@options.options(
    click.argument("run", required=False),
    options.KEY_FILE,
    options.OWN_OUTPUT,
    options.STATE,
    options.CONCURRENCY,
    options.RATE,
    options.TIMEOUT,
    options.MAX_ATTEMPTS,
    options.MAX_ERRORS,
    options.WAIT,
    options.JSON,
    options.QUIET,
    options.VERBOSE,
    options.LOG_FILE,
)
def command(
    run: str | None,
    api_key_file: Path | None,
    output: Path | None,
    state: Path | None,
    concurrency: str | None,
    rate: str | None,
    timeout: str | None,
    max_attempts: str | None,
    max_errors: str | None,
    wait: str | None,
    as_json: bool,
    quiet: int,
    verbose: bool,
    log_file: Path | None,
) -> int:
    """Go on with the unfinished run RUN, by default the newest one.

    Rows that have their final outcome are left alone. All others are sent: those that were not sent, failed or were
    left in doubt, and those that were in flight when the run was cut off. The reports are those of the whole run.
    """
    from importer.cli.past import opened, unfinished  # noqa: PLC0415 - heavy
    from importer.cli.perform import Manner, perform  # noqa: PLC0415 - the same
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
        past = unfinished(journal, run)
    settings = Settings.again(past.settings, given)
    order = Order.again(past, output=output)
    manner = Manner(as_json=as_json, quiet=quiet, verbose=verbose, yes=True, log_file=log_file)
    return perform(order, settings, manner, go=lambda job: job.resume(past))
