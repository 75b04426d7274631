"""Commands that a report tells a person to type next."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from typing import Final

from importer.model import Mode, Target
from importer.runs import Summary
from importer.settings import DEFAULT_BASE_URL
from importer.sheets.reading import DEFAULT_ENCODING, Reading

_NAMED: Final[Mapping[str, str]] = {"\t": "tab", " ": "space", "": "none"}


def fix_command(summary: Summary, reading: Reading, *, sandbox: bool) -> str:
    """Return the command that sends the rows to fix once they are mended, quoted for a shell; "" where there are none.

    The file has its header in its first record, and one sheet. What a person had to say of the columns, and of a file
    of text in the same dialect, has to be said again; and so has where to send to.

    Args:
        summary: Of the run.
        reading: How its source was read, as far as somebody has said so.
        sandbox: It was sent to the embedded API.
    """
    if "to_fix" not in summary.reports:
        return ""
    verb = "check" if summary.mode is Mode.CHECK else "run"
    words = ["importer", verb, summary.reports["to_fix"]]
    words += ["--dry-run"] if summary.mode is Mode.DRY_RUN else []
    words += ["--sandbox"] if sandbox else _target(summary.target)
    for header, field in reading.columns.items():
        words += ["--map", f"{header}={field.value}"]
    detected = summary.source.detected
    if summary.reports["to_fix"].endswith(".csv") and detected is not None and detected.format == "csv":
        words += _dialect(reading)
    return shlex.join(words)


def _target(target: Target) -> Iterator[str]:
    if target.base_url not in ("", DEFAULT_BASE_URL):
        yield from ("--base-url", target.base_url)
    if target.group_id:
        yield from ("--group-id", target.group_id)
    if target.linked_account_id:
        yield from ("--linked-account-id", target.linked_account_id)


def _dialect(reading: Reading) -> Iterator[str]:
    for option in ("delimiter", "quote", "escape"):
        said = getattr(reading, option)
        if said is not None:
            yield from (f"--{option}", _NAMED.get(said, said))
    if reading.encoding != DEFAULT_ENCODING:
        yield from ("--encoding", reading.encoding)
