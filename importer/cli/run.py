"""`importer run`: send the changes of a sheet."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal, cast

import click

from importer.cli import options
from importer.cli.console import tell

_EPILOG = """\b
Examples:
  importer run changes.xlsx --sandbox
      try it out against the embedded API: nothing leaves this machine
  importer run changes.csv --dry-run --group-id GROUP --linked-account-id ACCOUNT
      everything but sending
  IMPORTER_API_KEY=... importer run changes.csv --group-id GROUP --linked-account-id ACCOUNT
      send; the key is never an option's value, since others could see it
  importer run changes.csv --yes --json >summary.json
      from cron: nothing is asked, and the summary is for a program

The key must be a Manage Customers API key. Ctrl-C once: nothing new is sent, what is in flight is waited for, and the
reports are written. Again: what is in flight is given up. A third time ends at once.
"""


@click.command("run", epilog=_EPILOG, short_help="Send the changes of a sheet, and report what became of each row.")
@options.options(
    options.SOURCE,
    options.GROUP,
    options.ACCOUNT,
    options.BASE_URL,
    options.KEY_FILE,
    click.option("--sandbox", is_flag=True, help="Start the embedded API for this run, and send to that."),
    click.option("--dry-run", is_flag=True, help="Do everything but send."),
    options.OUTPUT,
    options.FORM,
    *options.READING,
    options.VISIBLE_ONLY,
    options.WARNINGS_AS_ERRORS,
    options.STATE,
    options.CONCURRENCY,
    options.RATE,
    options.TIMEOUT,
    options.MAX_ATTEMPTS,
    options.MAX_ERRORS,
    options.CANARY,
    click.option("--strict", is_flag=True, help="Send nothing if any row is invalid. [env: IMPORTER_STRICT]"),
    click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Send the first N valid rows only."),
    options.WAIT,
    options.YES,
    options.JSON,
    options.QUIET,
    options.VERBOSE,
    options.LOG_FILE,
)
def command(
    source: Path,
    group_id: str | None,
    linked_account_id: str | None,
    base_url: str | None,
    api_key_file: Path | None,
    sandbox: bool,
    dry_run: bool,
    output: Path | None,
    form: str | None,
    visible_only: bool,
    warnings_as_errors: bool,
    state: Path | None,
    concurrency: str | None,
    rate: str | None,
    timeout: str | None,
    max_attempts: str | None,
    max_errors: str | None,
    canary: str | None,
    strict: bool,
    limit: int | None,
    wait: str | None,
    yes: bool,
    as_json: bool,
    quiet: int,
    verbose: bool,
    log_file: Path | None,
    **said: Any,
) -> int:
    """Send one Update Customer request for each valid row of SOURCE, a CSV file or a workbook.

    The annotated sheet, every row of the source with its status, is written into a folder of the run's own.
    """
    from importer.cli.perform import Manner, perform  # noqa: PLC0415 - heavy
    from importer.model import Mode  # noqa: PLC0415 - the same
    from importer.order import Order  # noqa: PLC0415 - the same
    from importer.settings import Settings  # noqa: PLC0415 - the same

    if sandbox and (base_url or group_id or linked_account_id):
        tell("Warning: --sandbox brings its own address, group and account; those given as options are not used.")
    settings = Settings.load(
        {
            "group_id": group_id,
            "linked_account_id": linked_account_id,
            "base_url": base_url,
            "api_key_file": api_key_file,
            "state_dir": state,
            "concurrency": concurrency,
            "rate": rate,
            "timeout": timeout,
            "max_attempts": max_attempts,
            "max_errors": max_errors,
            "canary": canary,
            "strict": strict or None,
            "wait": wait,
            "visible_only": visible_only or None,
            "warnings_as_errors": warnings_as_errors or None,
            **options.settings_of_reading(said),
        }
    )
    order = Order(
        mode=Mode.DRY_RUN if dry_run else Mode.RUN,
        source=source,
        sandbox=sandbox,
        reading=options.reading(said, settings),
        output=output,
        form=cast("Literal['csv', 'xlsx'] | None", form),
        limit=limit,
    )
    return perform(order, settings, Manner(as_json=as_json, quiet=quiet, verbose=verbose, yes=yes, log_file=log_file))
