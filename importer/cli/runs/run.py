"""`importer run`: send the changes of a sheet."""

from __future__ import annotations

from pathlib import Path

import click

from importer.cli import options
from importer.cli.given import Given, Manner, Reports, Shape
from importer.cli.screen.console import tell

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
    options.COLUMNS,
    options.REDACT,
    *options.READING,
    options.VISIBLE_ONLY,
    options.WARNINGS_AS_ERRORS,
    options.STATE,
    *options.CEILINGS,
    options.CANARY,
    options.STRICT,
    click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Send the first N valid rows only."),
    options.WAIT,
    options.YES,
    *options.TALK,
    given=Given,
    shape=Shape,
    reports=Reports,
    manner=Manner,
)
def command(
    source: Path,
    sandbox: bool,
    dry_run: bool,
    limit: int | None,
    given: Given,
    shape: Shape,
    reports: Reports,
    manner: Manner,
) -> int:
    """Send one Update Customer request for each valid row of SOURCE, a CSV file or a workbook.

    The annotated sheet, every row of the source with its status, is written into a folder of the run's own.
    """
    from importer.cli.perform import perform  # noqa: PLC0415 - heavy
    from importer.model.run import Mode  # noqa: PLC0415 - the same
    from importer.story.order import Order  # noqa: PLC0415 - the same

    if sandbox and (given.base_url or given.group_id or given.linked_account_id):
        tell("Warning: --sandbox brings its own address, group and account; those given as options are not used.")
    settings = given.settings()
    order = Order(
        mode=Mode.DRY_RUN if dry_run else Mode.RUN,
        source=source,
        sandbox=sandbox,
        reading=shape.reading(settings),
        limit=limit,
    )
    return perform(reports.wished(order), settings, manner)
