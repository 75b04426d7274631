"""The options that several commands share. Values are checked in one place: `importer.settings`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from importer.cli.hints import note_state

if TYPE_CHECKING:
    from importer.settings import Settings
    from importer.sheets.reading import Reading

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
HEADER_ROW: Final = click.option(
    "--header-row",
    type=click.IntRange(min=1),
    metavar="N",
    help="Which row has the names of the columns. Default: the first of 50 that names all that are needed.",
)
DELIMITER: Final = click.option(
    "--delimiter",
    metavar="TEXT",
    help="What stands between the cells of a CSV file: one character or more, or tab, space. Default: found out.",
)
QUOTE: Final = click.option(
    "--quote",
    metavar="CHAR",
    help="What stands around a cell of a CSV file that needs it, or none. Default: found out.",
)
ESCAPE: Final = click.option(
    "--escape",
    metavar="CHAR",
    help="What stands before a quotation mark inside a cell of a CSV file, or none where it is doubled. Default: found"
    " out.",
)
ENCODING: Final = click.option(
    "--encoding",
    metavar="NAME",
    help="Of a text file that is neither UTF-8 nor UTF-16 or 32. [env: IMPORTER_ENCODING; default: windows-1252]",
)
MAP: Final = click.option(
    "--map",
    "columns",
    multiple=True,
    metavar="NAME=FIELD",
    help='Which column holds which field, where its name does not say so: --map "Mail=email". May be repeated. [env:'
    " IMPORTER_COLUMNS]",
)
VISIBLE_ONLY: Final = click.option(
    "--visible-only",
    is_flag=True,
    help="Leave out rows that are hidden in the sheet, by a filter or by hand. [env: IMPORTER_VISIBLE_ONLY]",
)
WARNINGS_AS_ERRORS: Final = click.option(
    "--warnings-as-errors",
    is_flag=True,
    help="Do not send rows that have a warning. [env: IMPORTER_WARNINGS_AS_ERRORS]",
)
READING: Final = (SHEET, HEADER_ROW, DELIMITER, QUOTE, ESCAPE, ENCODING, MAP)
"""How a source is to be read; `reading` makes one value of them."""
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


_NAMED_CHARACTERS: Final = {
    "tab": "\t",
    "\\t": "\t",
    "space": " ",
    "comma": ",",
    "semicolon": ";",
    "pipe": "|",
    "colon": ":",
    "none": "",
    "backslash": "\\",
}


def settings_of_reading(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return those options of `READING` that are settings too, in the form that `Settings.load` takes.

    Raises:
        SettingsError: A mapping is none.
    """
    from importer.errors import SettingsError  # noqa: PLC0415 - only where a command runs
    from importer.sheets.columns import parse_mapping  # noqa: PLC0415 - the same

    try:
        columns = dict(parse_mapping(text) for text in said["columns"])
    except ValueError as error:
        raise SettingsError(
            f"--map cannot be used: {error}.", code="bad_setting", hint='It is written as in --map "Mail=email".'
        ) from error
    return {"encoding": said["encoding"], "columns": {name: field.value for name, field in columns.items()} or None}


def reading(said: Mapping[str, Any], settings: Settings) -> Reading:
    """Return how a source is to be read.

    Args:
        said: The options of `READING`, by their names.
        settings: What `settings_of_reading` went into.

    Raises:
        SettingsError: An option is not what it must be.
    """
    from importer.sheets.reading import Reading  # noqa: PLC0415 - only where a command runs

    return Reading(
        sheet=said["sheet"],
        header_row=said["header_row"],
        delimiter=_characters(said["delimiter"]),
        quote=_character("--quote", said["quote"]),
        escape=_character("--escape", said["escape"]),
        encoding=settings.encoding,
        columns=settings.columns,
        visible_only=settings.visible_only,
    )


def _characters(said: str | None) -> str | None:
    return None if said is None else _NAMED_CHARACTERS.get(said.strip().lower(), said)


def _character(option: str, said: str | None) -> str | None:
    from importer.errors import SettingsError  # noqa: PLC0415 - only where a command runs

    found = _characters(said)
    if found is not None and len(found) > 1:
        raise SettingsError(
            f"{option} cannot be used: it is {len(found)} characters, and must be one, or none.",
            code="bad_setting",
            hint=f"Leave {option} out: it is found out.",
        )
    return found


def options(*decorators: Decorator) -> Decorator:
    """Return one decorator for several, which help shows in the order given."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        for decorator in reversed(decorators):
            function = decorator(function)
        return function

    return decorate
