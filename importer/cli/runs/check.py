"""`importer check`: read and check a sheet, and send nothing."""

from __future__ import annotations

from pathlib import Path

import click

from importer.cli import options
from importer.cli.given import Given, Manner, Reports, Shape

_EPILOG = """\b
Examples:
  importer check changes.xlsx
  importer check changes.csv --json

The exit code is 0 when every row is valid, and 1 otherwise.
"""


@click.command("check", epilog=_EPILOG, short_help="Read and check a sheet; send nothing, need no key.")
@options.options(
    options.SOURCE,
    options.GROUP,
    options.ACCOUNT,
    options.OUTPUT,
    options.FORM,
    options.COLUMNS,
    options.REDACT,
    *options.READING,
    options.VISIBLE_ONLY,
    options.WARNINGS_AS_ERRORS,
    options.STATE,
    *options.TALK,
    given=Given,
    shape=Shape,
    reports=Reports,
    manner=Manner,
)
def command(
    source: Path,
    given: Given,
    shape: Shape,
    reports: Reports,
    manner: Manner,
) -> int:
    """Read SOURCE, a CSV file or a workbook, and check every row as `importer run` would; nothing is sent.

    The annotated sheet says what is wrong with which row.
    """
    from importer.cli.perform import perform  # noqa: PLC0415 - heavy
    from importer.model.run import Mode  # noqa: PLC0415 - the same
    from importer.story.order import Order  # noqa: PLC0415 - the same

    settings = given.settings()
    order = Order(mode=Mode.CHECK, source=source, reading=shape.reading(settings))
    return perform(reports.wished(order), settings, manner)
