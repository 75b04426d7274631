"""`importer check`: read and check a sheet, and send nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal, cast

import click

from importer.cli import options

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
    *options.READING,
    options.VISIBLE_ONLY,
    options.WARNINGS_AS_ERRORS,
    options.STATE,
    options.JSON,
    options.QUIET,
    options.VERBOSE,
    options.LOG_FILE,
)
def command(
    source: Path,
    group_id: str | None,
    linked_account_id: str | None,
    output: Path | None,
    form: str | None,
    visible_only: bool,
    warnings_as_errors: bool,
    state: Path | None,
    as_json: bool,
    quiet: int,
    verbose: bool,
    log_file: Path | None,
    **said: Any,
) -> int:
    """Read SOURCE, a CSV file or a workbook, and check every row as `importer run` would; nothing is sent.

    The annotated sheet says what is wrong with which row.
    """
    from importer.cli.perform import Manner, perform  # noqa: PLC0415 - heavy
    from importer.model import Mode  # noqa: PLC0415 - the same
    from importer.order import Order  # noqa: PLC0415 - the same
    from importer.settings import Settings  # noqa: PLC0415 - the same

    settings = Settings.load(
        {
            "group_id": group_id,
            "linked_account_id": linked_account_id,
            "state_dir": state,
            "visible_only": visible_only or None,
            "warnings_as_errors": warnings_as_errors or None,
            **options.settings_of_reading(said),
        }
    )
    order = Order(
        mode=Mode.CHECK,
        source=source,
        reading=options.reading(said, settings),
        output=output,
        form=cast("Literal['csv', 'xlsx'] | None", form),
    )
    return perform(order, settings, Manner(as_json=as_json, quiet=quiet, verbose=verbose, log_file=log_file))
