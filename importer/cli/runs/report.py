"""`importer report`: write the reports of a run again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from importer.cli import options
from importer.cli.given import Given, Manner, Reports

_EPILOG = """\b
Examples:
  importer report k3f9abcd                              after the files were lost, or a newer version came
  importer report k3f9 --redact --output for-a-ticket   with names and addresses masked
  importer report k3f9 --source moved/changes.xlsx      the source must be the file that was read, unchanged

Nothing is sent, and the journal stays as it is.
"""


@click.command("report", epilog=_EPILOG, short_help="Write the reports of a past run again.")
@options.options(
    click.argument("run"),
    options.SOURCE_NOW,
    options.OWN_OUTPUT,
    options.FORM,
    options.COLUMNS,
    options.REDACT_OR_NOT,
    options.STATE,
    options.JSON,
    options.QUIET,
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
    """Write all reports of the past run RUN again, from the journal and the source; those that are there are replaced.

    Of a run that was cut off, they say what is true if nobody goes on with it.
    """
    from importer.cli.perform import screen, tell_result  # noqa: PLC0415 - the same
    from importer.cli.screen.past_runs import locked, opened  # noqa: PLC0415 - heavy
    from importer.story.order import Order  # noqa: PLC0415 - the same
    from importer.story.reporting import Reporting  # noqa: PLC0415 - the same
    from importer.story.run_index import Indexing  # noqa: PLC0415 - the same

    settings = given.settings()
    with opened(settings) as journal, locked(journal.find(run), settings):
        past = journal.find(run)
        order = reports.wished(Order.again(past, source=source))
        finished = Reporting(order, given.settings_again(past.settings)).again(journal, past, source)
        told = Indexing(journal, settings).beside((order.output or past.output).absolute())
        finished = replace(finished, notes=[told] if told else [])
    with screen(manner) as show:
        printed = tell_result(finished, show, manner)
    return 0 if printed and finished.error is None else 5
