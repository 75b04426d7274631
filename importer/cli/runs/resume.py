"""`importer resume`: go on with a run that was cut off or stopped."""

from __future__ import annotations

from dataclasses import replace

import click

from importer.cli import options
from importer.cli.given import Given, Manner, Reports

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
    options.COLUMNS,
    options.REDACT_OR_NOT,
    options.STATE,
    *options.CEILINGS,
    options.WAIT,
    *options.TALK,
    given=Given,
    reports=Reports,
    manner=Manner,
)
def command(
    run: str | None,
    given: Given,
    reports: Reports,
    manner: Manner,
) -> int:
    """Go on with the unfinished run RUN, by default the newest one.

    Rows that have their final outcome are left alone. All others are sent: those that were not sent, failed or were
    left in doubt, and those that were in flight when the run was cut off. The reports are those of the whole run.
    """
    from importer.cli.perform import perform  # noqa: PLC0415 - the same
    from importer.cli.screen.past_runs import opened, unfinished  # noqa: PLC0415 - heavy
    from importer.story.order import Order  # noqa: PLC0415 - the same

    with opened(given.settings()) as journal:
        past = unfinished(journal, run)
    order = reports.wished(Order.again(past))
    settings = given.settings_again(past.settings)
    return perform(order, settings, replace(manner, yes=True), go=lambda job: job.resume(past))
