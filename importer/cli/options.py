"""The options that several commands share. Values are checked in one place: `importer.settings`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import click

from importer.cli.hints import note_state

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

PATH: Final = click.Path(path_type=Path, readable=False)
"""Whether it can be read is found out where it is read: then the message and the exit code are right."""

SOURCE: Final = click.argument("source", type=PATH)

GROUP: Final = click.option(
    "--group-id",
    metavar="ID",
    help="The group of rows that do not name their own in a column group_id. [env: IMPORTER_GROUP_ID]",
)
ACCOUNT: Final = click.option(
    "--linked-account-id",
    metavar="ID",
    help="The account of rows that do not name their own in a column linked_account_id."
    " [env: IMPORTER_LINKED_ACCOUNT_ID]",
)
BASE_URL: Final = click.option(
    "--base-url",
    metavar="URL",
    help="Where the API is; plain http for this machine only. [env: IMPORTER_BASE_URL;"
    " default: https://api.reverepayments.dev]",
)
KEY_FILE: Final = click.option(
    "--api-key-file",
    type=PATH,
    metavar="FILE",
    help="A file that holds the API key and nothing else; or put the key into IMPORTER_API_KEY."
    " [env: IMPORTER_API_KEY_FILE]",
)
OUTPUT: Final = click.option(
    "--output",
    type=PATH,
    metavar="DIR",
    help="The folder for this run's reports: empty, or not there yet. Default: <stem>-<UTC time>-<run id> beside the"
    " source, or in the folder that IMPORTER_OUTPUT names.",
)
FORM: Final = click.option(
    "--format",
    "form",
    type=click.Choice(["xlsx", "csv"]),
    help="Of the annotated sheet. Default: as the source.",
)
SHEET: Final = click.option(
    "--sheet", metavar="NAME", help="Which sheet of a workbook. Default: the only visible one that has the columns."
)
STATE: Final = click.option(
    "--state",
    type=PATH,
    callback=note_state,
    metavar="DIR",
    help="Where the journal lives. [env: IMPORTER_STATE_DIR; default: the user's state directory]",
)
CONCURRENCY: Final = click.option(
    "--concurrency",
    metavar="N|auto",
    help="Requests in flight, 1 to 64; auto finds out how many are of use. [env: IMPORTER_CONCURRENCY; default: auto]",
)
RATE: Final = click.option(
    "--rate",
    metavar="N",
    help="Requests per second at most. [env: IMPORTER_RATE; default: as fast as requests in flight allow]",
)
TIMEOUT: Final = click.option(
    "--timeout",
    metavar="S",
    help="Seconds for a whole attempt, from looking up the host to the last byte. [env: IMPORTER_TIMEOUT; default: 30]",
)
MAX_ATTEMPTS: Final = click.option(
    "--max-attempts", metavar="N", help="Tries of a row at most. [env: IMPORTER_MAX_ATTEMPTS; default: 5]"
)
MAX_ERRORS: Final = click.option(
    "--max-errors",
    metavar="N|P%",
    help="Stop when more than N rows, or P percent of them, end rejected, failed, unconfirmed or as a mismatch."
    " [env: IMPORTER_MAX_ERRORS]",
)
CANARY: Final = click.option(
    "--canary",
    metavar="N",
    help="Send the first N rows alone, and stop if any of them is not confirmed. [env: IMPORTER_CANARY]",
)
WAIT: Final = click.option(
    "--wait",
    metavar="S",
    help="Wait so many seconds for another run that sends to the same place. [env: IMPORTER_WAIT; default: 0]",
)
OWN_OUTPUT: Final = click.option(
    "--output",
    type=PATH,
    metavar="DIR",
    help="Another folder for this run's reports: empty, or not there yet. Default: where they are.",
)
YES: Final = click.option("--yes", is_flag=True, help="Do not ask before sending.")
JSON_LIST: Final = click.option("--json", "as_json", is_flag=True, help="Print a JSON list, nothing else.")
JSON: Final = click.option(
    "--json", "as_json", is_flag=True, help="Print the summary as one JSON object, nothing else."
)
QUIET: Final = click.option("-q", "--quiet", count=True, help="Print less: no progress; twice: errors only.")
VERBOSE: Final = click.option(
    "-v", "--verbose", is_flag=True, help="Print a line for every row, and where errors come from."
)
LOG_FILE: Final = click.option("--log-file", type=PATH, metavar="FILE", help="Append a JSON line for every event.")


def options(*decorators: Decorator) -> Decorator:
    """Return one decorator for several, which help shows in the order given."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        for decorator in reversed(decorators):
            function = decorator(function)
        return function

    return decorate
