"""What the Summary sheet says of a run beside its numbers: short words for what the model has as values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from importer.model import STOP_SENTENCES, Detected, Field, Mode, Skip, Status
from importer.runs import Summary

MEANINGS: Final[Mapping[Status, str]] = {
    Status.UPDATED: "confirmed by the API",
    Status.DUPLICATE: "same change as an earlier, confirmed row",
    Status.UNCHANGED: "already confirmed by an earlier run",
    Status.MISMATCH: "applied, but with other values: look",
    Status.INVALID: "never sent: fix the data",
    Status.REJECTED: "refused by the API: fix the data",
    Status.UNCONFIRMED: "may or may not be applied: try again",
    Status.FAILED: "not applied: try again",
    Status.NOT_SENT: "not sent: resume, or try again",
}
"""What each status means, and what to do about it; short enough to stand beside a number."""
NOT_SENT_OF_NONE: Final = "can be sent"
"""What `not_sent` means where nothing was to be sent."""
FIELDS: Final[Mapping[Field, str]] = {
    Field.CUSTOMER_ID: "Customer id",
    Field.FIRST_NAME: "First name",
    Field.LAST_NAME: "Last name",
    Field.EMAIL: "E-mail",
    Field.GROUP_ID: "Group",
    Field.LINKED_ACCOUNT_ID: "Account",
}
_MODES: Final[Mapping[Mode, str]] = {
    Mode.RUN: "run",
    Mode.DRY_RUN: "dry run: everything but sending",
    Mode.CHECK: "check: the source was only read and checked",
}
_SKIPS: Final[Mapping[Skip, tuple[str, str]]] = {
    Skip.BLANK: ("blank line", "blank lines"),
    Skip.ABOVE_HEADER: ("line above the header", "lines above the header"),
    Skip.REPEATED_HEADER: ("repeated header", "repeated headers"),
    Skip.TOTAL: ("total", "totals"),
    Skip.OTHER_ROW: ("row that is not taken up", "rows that are not taken up"),
}
_CHARACTERS: Final[Mapping[str, str]] = {"\t": "tab", " ": "space", ",": "comma", ";": "semicolon", "|": "pipe"}
_AS_ROWS_SAY: Final = "as the rows say"


def meaning(status: Status, mode: Mode) -> str:
    """Return what a status means in a run of that mode."""
    return NOT_SENT_OF_NONE if status is Status.NOT_SENT and mode is not Mode.RUN else MEANINGS[status]


def facts_of_run(summary: Summary) -> Iterator[tuple[str, str]]:
    """Yield who ran what, when and where to, each with its name."""
    target = summary.target
    yield "Run", summary.run_id
    yield "Mode", _MODES[summary.mode]
    if summary.started_by:
        yield "Started by", summary.started_by
    yield "Started", summary.started_at
    yield "Finished", summary.finished_at or "not yet: the run was cut off"
    yield "Duration", duration(summary.seconds)
    if summary.stop_reason is not None:
        yield "Stopped early", f"{STOP_SENTENCES[summary.stop_reason]} ({summary.stop_reason})"
    if summary.retry_of:
        yield "Retry of", summary.retry_of
    if summary.fix_of:
        yield "Fix of", ", ".join(summary.fix_of)
    if target.base_url:
        yield "Target", target.base_url
        yield "Group", target.group_id or _AS_ROWS_SAY
        yield "Account", target.linked_account_id or _AS_ROWS_SAY
        yield "Requests", f"{summary.attempts:,}"
    yield "Version", f"importer {summary.version}"


def facts_of_source(summary: Summary) -> Iterator[tuple[str, str]]:
    """Yield what was read and what was found out about it, each with its name."""
    source = summary.source
    yield "File", source.path
    yield "SHA-256", source.sha256
    if source.sheet is not None:
        yield "Sheet", source.sheet
    if source.detected is not None:
        yield from _detected(source.detected)
    skipped = [f"{count:,} {_SKIPS[skip][count != 1]}" for skip, count in source.skips.items() if count]
    if skipped:
        yield "Left alone", ", ".join(skipped)


def notes(summary: Summary) -> Sequence[str]:
    """Return what a person should know of how the source was read and the reports were written, in sentences."""
    found = [*(summary.source.detected.notes if summary.source.detected else ()), *summary.left_out]
    if summary.redacted:
        found.append("Names and addresses are masked in this report.")
    return found


def _detected(found: Detected) -> Iterator[tuple[str, str]]:
    yield "Format", found.format + (f" in {found.container}" if found.container else "")
    if found.encoding is not None:
        yield "Encoding", found.encoding
    for name, character in (("Delimiter", found.delimiter), ("Quote", found.quote), ("Escape", found.escape)):
        if character:
            yield name, _CHARACTERS.get(character, character)
    if found.header_row is not None:
        yield "Header", f"row {found.header_row}"
    words = {field.value: word for field, word in FIELDS.items()}
    for number, (name, header) in enumerate(found.columns.items()):
        yield "" if number else "Columns", f"{words.get(name, name)}: {header}"


def duration(seconds: float) -> str:
    """Return a length of time as people say it."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours:,} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{seconds:.1f} s"
