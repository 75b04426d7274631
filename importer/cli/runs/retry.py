"""`importer retry`: send again what another try may help."""

from __future__ import annotations

from pathlib import Path

import click

from importer.cli import options
from importer.cli.given import Given, Manner, Reports

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
    options.SOURCE_NOW,
    options.KEY_FILE,
    options.OUTPUT,
    options.COLUMNS,
    options.REDACT_OR_NOT,
    options.STATE,
    *options.CEILINGS,
    options.WAIT,
    options.YES,
    *options.TALK,
    given=Given,
    reports=Reports,
    manner=Manner,
)
def command(
    run: str,
    source: Path | None,
    given: Given,
    reports: Reports,
    manner: Manner,
) -> int:
    """Send those rows of the ended run RUN again that are unconfirmed, failed or were not sent.

    The source must be the file that RUN has read, unchanged.
    """
    from importer.cli.perform import perform  # noqa: PLC0415 - the same
    from importer.cli.screen.past_runs import opened, retryable  # noqa: PLC0415 - heavy
    from importer.story.order import Order  # noqa: PLC0415 - the same

    with opened(given.settings()) as journal:
        past = retryable(journal, run, has_source=source is not None)
    order = reports.wished(Order.again(past, source=source))
    return perform(order, given.settings_again(past.settings), manner, go=lambda job: job.run(past))
