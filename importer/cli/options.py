"""The options that several commands share. Values are checked in one place: `importer.settings`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import click

from importer.cli.completing import candidates
from importer.cli.screen.next_commands import note_profile, note_state
from importer.errors import SettingsError
from importer.model.source import MORE_COLUMNS
from importer.sheets.header.mapping import parse_mapping

PATH: Final = click.Path(path_type=Path, readable=False)
"""Whether it can be read is found out where it is read: then the message and the exit code are right."""


def _mapping(_: click.Context, __: click.Parameter, mappings: Sequence[str]) -> dict[str, str] | None:
    """Return which header holds which field, in the form that settings take."""
    if not mappings:
        return None
    try:
        columns = dict(parse_mapping(text) for text in mappings)
    except ValueError as error:
        raise SettingsError(
            f"--map cannot be used: {error}.", code="bad_setting", hint='It is written as in --map "Mail=email".'
        ) from error
    return {name: field.value for name, field in columns.items()}


def _more_columns(_: click.Context, __: click.Parameter, value: str | None) -> tuple[str, ...] | None:
    """Return the columns that are asked for, in the order in which the sheet has them."""
    if value is None:
        return None
    names = {name.strip().lower().replace("-", "_") for name in value.split(",") if name.strip()}
    unknown = sorted(names.difference(MORE_COLUMNS, {"all"}))
    if unknown:
        raise SettingsError(
            f"--columns cannot be used: there is no column {unknown[0]!r}.",
            code="bad_setting",
            hint=f"It is a list with commas of {', '.join(MORE_COLUMNS)}; or all.",
        )
    return tuple(name for name in MORE_COLUMNS if "all" in names or name in names)


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
    shell_complete=candidates.folders,
    metavar="DIR",
    help="The folder for this run's reports: empty, or not there yet. Default: <stem>-<UTC time>-<run id> beside the"
    " source, or in the folder that IMPORTER_OUTPUT names.",
)
REPORT: Final = click.option(
    "--report",
    is_flag=True,
    help="Write the reports, too. So do --output, --format and --columns.",
)
FORM: Final = click.option(
    "--format",
    "form",
    type=click.Choice(["xlsx", "csv"]),
    help="Of the annotated sheet and the rows to fix. Default: the one as the source, the other a workbook.",
)
COLUMNS: Final = click.option(
    "--columns",
    "more_columns",
    callback=_more_columns,
    shell_complete=candidates.more_columns,
    metavar="LIST",
    help="More columns of the annotated sheet, with commas: sent_at, latency_ms, changed; or all.",
)
SOURCE_NOW: Final = click.option(
    "--source", type=PATH, metavar="PATH", help="Where the source is now, if it was moved."
)
REDACT: Final = click.option(
    "--redact",
    is_flag=True,
    help="Mask names and addresses in all reports, for tickets and mail.",
)
REDACT_OR_NOT: Final = click.option(
    "--redact/--no-redact",
    default=None,
    help="Mask names and addresses in all reports, for tickets and mail, or show them. Default: as the run did.",
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
    shell_complete=candidates.offered(("tab", "space", "comma", "semicolon", "pipe", "colon")),
    metavar="TEXT",
    help="What stands between the cells of a CSV file: one character or more, or tab, space. Default: found out.",
)
QUOTE: Final = click.option(
    "--quote",
    shell_complete=candidates.offered(("none",)),
    metavar="CHAR",
    help="What stands around a cell of a CSV file that needs it, or none. Default: found out.",
)
ESCAPE: Final = click.option(
    "--escape",
    shell_complete=candidates.offered(("backslash", "codes", "none")),
    metavar="CHAR",
    help="What stands before a quotation mark inside a cell of a CSV file, or none where it is doubled; or codes, where"
    " \\n and \\N stand for a line break and for nothing, as databases write text. Default: found out.",
)
ENCODING: Final = click.option(
    "--encoding",
    metavar="NAME",
    help="Of a text file that is neither UTF-8 nor UTF-16 or 32. [env: IMPORTER_ENCODING; default: found out, else"
    " windows-1252]",
)
MAP: Final = click.option(
    "--map",
    "columns",
    multiple=True,
    callback=_mapping,
    shell_complete=candidates.fields_of_columns,
    metavar="NAME=FIELD",
    help='Which column holds which field, where its name does not say so: --map "Mail=email". Fields are customer_id,'
    " first_name, last_name, email, group_id and linked_account_id. May be repeated. [env: IMPORTER_COLUMNS]",
)
VISIBLE_ONLY: Final = click.option(
    "--visible-only",
    is_flag=True,
    default=None,
    help="Leave out rows that are hidden in the sheet, by a filter or by hand. [env: IMPORTER_VISIBLE_ONLY]",
)
WARNINGS_AS_ERRORS: Final = click.option(
    "--warnings-as-errors",
    is_flag=True,
    default=None,
    help="Do not send rows that have a warning. [env: IMPORTER_WARNINGS_AS_ERRORS]",
)
REFUSE_CUT_OFF: Final = click.option(
    "--refuse-cut-off",
    is_flag=True,
    default=None,
    help="Do not send the last row of a text file whose line has no end as all others have. [env:"
    " IMPORTER_REFUSE_CUT_OFF]",
)
SKIP_UNCHANGED: Final = (
    click.option(
        "--skip-unchanged/--no-skip-unchanged",
        default=None,
        help="Do not send a row that says what was last confirmed of its customer, by a run of this state directory."
        " [env: IMPORTER_SKIP_UNCHANGED]",
    ),
    click.option(
        "--skip-unchanged-days",
        metavar="N",
        help="How old such a confirmation may be at most. Each customer has a time of its own between half of that and"
        " all, so that they do not all come due at once. [env: IMPORTER_SKIP_UNCHANGED_DAYS; default: 30]",
    ),
)
SETTLE: Final = click.option(
    "--settle",
    metavar="S",
    help="Begin to read once the source's size and time have stood still for S seconds; it is waited for at most 60"
    " times as long. [env: IMPORTER_SETTLE; default: 0]",
)
TABLE: Final = (SHEET, HEADER_ROW, DELIMITER, QUOTE, ESCAPE, ENCODING, MAP)
"""How a table is to be read."""
READING: Final = (*TABLE, SETTLE)
"""How a source is to be read, and from when on."""
PROFILE: Final = click.option(
    "--profile",
    callback=note_profile,
    shell_complete=candidates.profiles,
    metavar="NAME",
    help="The profile of the settings file whose settings hold. [env: IMPORTER_PROFILE]",
)
_STATE_ALONE: Final = click.option(
    "--state",
    "state_dir",
    type=PATH,
    shell_complete=candidates.folders,
    callback=note_state,
    metavar="DIR",
    help="Where the journal lives. [env: IMPORTER_STATE_DIR; default: the user's state directory]",
)
NEW_PROFILE: Final = click.option(
    "--profile",
    callback=note_profile,
    metavar="NAME",
    help="The profile that is written, into a table of its own. Without it, what is written holds for all profiles.",
)
STATE: Final = (_STATE_ALONE, PROFILE)
"""Where the journal lives, and what else holds where no option says it."""
NEW_STATE: Final = (_STATE_ALONE, NEW_PROFILE)
"""The same, where it is to be written down."""
CONCURRENCY: Final = click.option(
    "--concurrency",
    shell_complete=candidates.offered(("auto",)),
    metavar="N|auto",
    help="Requests in flight, 1 to 64 (256 with the fast wire); auto finds out how many are of use. "
    "[env: IMPORTER_CONCURRENCY; default: auto]",
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
STRICT: Final = click.option(
    "--strict", is_flag=True, default=None, help="Send nothing if any row is invalid. [env: IMPORTER_STRICT]"
)
WAIT: Final = click.option(
    "--wait",
    metavar="S",
    help="Wait so many seconds for another run that sends to the same place. [env: IMPORTER_WAIT; default: 0]",
)
OLDER_JOURNAL: Final = click.option(
    "--older-journal",
    is_flag=True,
    default=None,
    help="Go on although the journal is older than what was done with it, as after it was put back from a backup: what"
    " was sent since is not known, and may be undone. [env: IMPORTER_OLDER_JOURNAL]",
)
OWN_OUTPUT: Final = click.option(
    "--output",
    type=PATH,
    shell_complete=candidates.folders,
    metavar="DIR",
    help="Another folder for this run's reports: empty, or not there yet. Default: where they are.",
)
CEILINGS: Final = (CONCURRENCY, RATE, TIMEOUT, MAX_ATTEMPTS, MAX_ERRORS)
"""What may be given anew when a run is gone on with."""
YES: Final = click.option(
    "--yes",
    is_flag=True,
    help="Do not ask before sending. Without a terminal, or in the background of one, nothing is sent without this.",
)
JSON_LIST: Final = click.option("--json", "as_json", is_flag=True, help="Print a JSON list, nothing else.")
JSON_FACTS: Final = click.option("--json", "as_json", is_flag=True, help="Print it as one JSON object, nothing else.")
JSON_CUSTOMER: Final = click.option(
    "--json", "as_json", is_flag=True, help="Print all that is known as one JSON object, nothing else."
)
JSON: Final = click.option(
    "--json", "as_json", is_flag=True, help="Print the summary as one JSON object, nothing else."
)
QUIET: Final = click.option(
    "-q", "--quiet", count=True, help="Say nothing where all is well, and one line where it is not; twice: errors only."
)
VERBOSE: Final = click.option(
    "-v", "--verbose", is_flag=True, help="Print a line for every row, every cause, and where errors come from."
)
LOG_FILE: Final = click.option("--log-file", type=PATH, metavar="FILE", help="Append a JSON line for every event.")
TALK: Final = (JSON, QUIET, VERBOSE, LOG_FILE)
"""How the command talks."""
