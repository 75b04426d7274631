"""Commands that a report tells a person to type next."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Final

from importer.config.setting_values import DEFAULT_BASE_URL
from importer.model.modes import Mode
from importer.model.run import Summary, Target
from importer.model.source import STANDARD_INPUT, Field
from importer.sheets.reading import Reading

if TYPE_CHECKING:
    from importer.settings import Settings

_NAMED: Final[Mapping[str, str]] = {"\t": "tab", " ": "space", "": "none"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a command has anyway, by the settings file or by itself; the names are those of settings."""

    base_url: str = DEFAULT_BASE_URL
    group_id: str | None = None
    linked_account_id: str | None = None
    encoding: str | None = None
    visible_only: bool = False
    columns: Mapping[str, Field] = field(default_factory=dict)

    @classmethod
    def of(cls, settings: Settings) -> Said:
        """Return what settings say."""
        return cls(**{of_said.name: getattr(settings, of_said.name) for of_said in fields(cls)})


SAID_BY_NOBODY: Final = Said()
_A_PLACE: Final[Mapping[Field, str]] = {
    Field.GROUP_ID: "a group (--group-id)",
    Field.LINKED_ACCOUNT_ID: "an account (--linked-account-id)",
}


def fix_command(summary: Summary, reading: Reading, *, sandbox: bool, said: Said = SAID_BY_NOBODY) -> str:
    """Return the command that sends the rows to fix once they are mended, quoted for a shell; "" where there are none.

    The file has its header in its first record, and one sheet. What a person had to say of the columns, and of a file
    of text in the same dialect, has to be said again; and so has where to send to.

    Args:
        summary: Of the run.
        reading: How its source was read, as far as somebody has said so.
        sandbox: It was sent to the embedded API.
        said: What the command has anyway.
    """
    if "to_fix" not in summary.reports:
        return ""
    verb = "check" if summary.mode is Mode.CHECK else "run"
    words = ["importer", verb, summary.reports["to_fix"]]
    words += ["--dry-run"] if summary.mode is Mode.DRY_RUN else []
    words += ["--sandbox"] if sandbox else _target(summary.target, said)
    words += _columns(reading, said)
    if summary.reports["to_fix"].endswith(".csv") and _is_text(summary):
        words += _dialect(reading, said)
    return shlex.join(words)


def send_command(
    summary: Summary,
    reading: Reading,
    *,
    sandbox: bool,
    more_options: Sequence[str] | None,
    said: Said = SAID_BY_NOBODY,
) -> str:
    """Return the command that sends the valid rows of a check or a dry run, quoted for a shell.

    It is "" for a run that was sent, for a source that is nowhere by now, since it came from standard input, and where
    nothing says where to send to: such a command would be refused.

    Args:
        summary: Of the run.
        reading: How its source was read, as far as somebody has said so.
        sandbox: It is to be sent to the embedded API.
        more_options: What else was asked for; None where it was not to be all rows.
        said: What the command has anyway.
    """
    if more_options is None or summary.mode is Mode.RUN or (no_place(summary) and not sandbox):
        return ""
    return run_command(summary, reading, sandbox=sandbox, more_options=more_options, said=said)


def no_place(summary: Summary) -> Sequence[str]:
    """Return what it takes to send a source that was only checked, as far as neither it nor anybody has said where to.

    Of a sheet that has a column of accounts, that is "a group (--group-id)" alone.
    """
    columns = summary.source.detected.columns if summary.source.detected else {}
    given = {Field.GROUP_ID: summary.target.group_id, Field.LINKED_ACCOUNT_ID: summary.target.linked_account_id}
    return [told for field, told in _A_PLACE.items() if not given[field] and field not in columns]


def run_command(
    summary: Summary, reading: Reading, *, sandbox: bool, more_options: Sequence[str], said: Said = SAID_BY_NOBODY
) -> str:
    """Return the command that runs a source as this run did, or a check of it would be, quoted for a shell.

    It is "" for a source that is nowhere by now, since it came from standard input. A retry is retried.
    """
    if summary.source.path == str(STANDARD_INPUT):
        return ""
    if summary.retry_of is not None:
        return shlex.join(["importer", "retry", summary.retry_of])
    words = ["importer", "run", summary.source.path]
    words += ["--sandbox"] if sandbox else _target(summary.target, said)
    words += ["--sheet", reading.sheet] if reading.sheet is not None else []
    words += ["--header-row", str(reading.header_row)] if reading.header_row is not None else []
    words += _columns(reading, said)
    words += _dialect(reading, said) if _is_text(summary) else []
    words += ["--visible-only"] if reading.visible_only and not said.visible_only else []
    words += more_options
    words += ["--redact"] if summary.redacted else []
    return shlex.join(words)


def _is_text(summary: Summary) -> bool:
    return summary.source.detected is not None and summary.source.detected.format == "csv"


def _columns(reading: Reading, said: Said) -> Iterator[str]:
    if reading.columns == said.columns:
        return
    for header, meant in reading.columns.items():
        yield from ("--map", f"{header}={meant.value}")


def _target(target: Target, said: Said) -> Iterator[str]:
    if target.base_url not in ("", said.base_url):
        yield from ("--base-url", target.base_url)
    if target.group_id not in (None, said.group_id):
        yield from ("--group-id", target.group_id)
    if target.linked_account_id not in (None, said.linked_account_id):
        yield from ("--linked-account-id", target.linked_account_id)


def _dialect(reading: Reading, said: Said) -> Iterator[str]:
    for option in ("delimiter", "quote", "escape"):
        character = getattr(reading, option)
        if character is not None:
            yield from (f"--{option}", _NAMED.get(character, character))
    if reading.encoding not in (None, said.encoding):
        yield from ("--encoding", reading.encoding)
