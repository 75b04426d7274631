"""What is said of a run in words, the same in the page, on the Summary sheet and on a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from importer.checks.codes import MEANINGS, WARNING_MEANINGS
from importer.model.modes import Mode
from importer.model.rows import Cause, Difference
from importer.model.run import Changes, Resting, Summary
from importer.model.source import FIELDS, Field, Skip, SourceInfo
from importer.model.statuses import STATUS_ADVICE, Status
from importer.model.stop_reasons import STOP_SENTENCES
from importer.phrases import after_first_sentence, ended, is_generalised
from importer.reports.saying.figures import counted, duration, latency, moment
from importer.reports.saying.next_steps import is_resumable, to_correct, to_do
from importer.reports.saying.review import Timing
from importer.sheets.header.layout import WRONG_FIELD_COUNT

AS_ROWS_SAY: Final = "as the rows say"
"""Where updates go, if the run as a whole has no group or account."""
_MODES: Final[Mapping[Mode, str]] = {
    Mode.RUN: "run",
    Mode.DRY_RUN: "dry run: everything but sending",
    Mode.CHECK: "check: the source was only read and checked",
}
_SKIPS: Final[Mapping[Skip, tuple[str, str]]] = {
    Skip.BLANK: ("blank line", "blank lines"),
    Skip.ABOVE_HEADER: ("line above the header", "lines above the header"),
    Skip.REPEATED_HEADER: ("repeated header", "repeated headers"),
    Skip.OTHER_HEADER: ("second header", "further headers"),
    Skip.TOTAL: ("total", "totals"),
    Skip.FOOTER: ("line below the table", "lines below the table"),
    Skip.NOBODYS: ("line without a customer", "lines without a customer"),
    Skip.OTHER_ROW: ("row that is not taken up", "rows that are not taken up"),
}
_CHARACTERS: Final[Mapping[str, str]] = {
    "\t": "tab", " ": "space", ",": "comma", ";": "semicolon", "|": "pipe", "\x1f": "unit separator",
}  # fmt: skip
_CODES: Final[Mapping[str, str]] = {
    **{code.value: meaning for code, meaning in MEANINGS.items()},
    **{code.value: meaning for code, meaning in WARNING_MEANINGS.items()},
    WRONG_FIELD_COUNT: "These rows do not have as many cells as the header, so it is not certain which cell is which.",
}
"""What is wrong with rows of which each has a sentence of its own."""
_UNSAID_ON_ONE_LINE: Final = ("Quote", "Escape")
_VALUE_ALONE: Final = ("Format", "Encoding")
_ON_ONE_LINE: Final[Mapping[str, str]] = {"Between cells": "cells separated by"}


def as_sentences(message: str) -> str:
    """Return a message with the full stop that its last sentence may lack."""
    return message if not message or message[-1] in ".!?”…" else f"{message}."


def told_difference(difference: Difference) -> str:
    """Return what was sent and what the API holds in place of it, in sentences."""
    sent, held = (f"“{value}”" if value else "nothing" for value in (difference.sent, difference.held))
    return f"{ended(f'Sent as {FIELDS[difference.field]}: {sent}')} {ended(f'The API holds: {held}')}"


def told_cause(cause: Cause) -> str:
    """Return what is wrong in the rows of a cause, in sentences."""
    return as_sentences(in_common(cause)) or _CODES.get(cause.code, "Each row says what is wrong.")


def in_common(cause: Cause) -> str:
    """Return what all rows of a cause say; where they name numbers or rows of their own, what the code means."""
    if cause.rows > 1 and cause.code in _CODES and is_generalised(cause.message):
        return " ".join(filter(None, (_CODES[cause.code], after_first_sentence(cause.message))))
    return cause.message


def meaning(status: Status, summary: Summary) -> str:
    """Return what a status means in a run, for those who do not know it, and what to do about it."""
    told = STATUS_ADVICE[status].told
    if status is Status.UNCHANGED and summary.resting and summary.resting.since:
        return f"{told}; the oldest confirmation is of {moment(summary.resting.since)}"
    if status is not Status.NOT_SENT:
        return told
    wrong = to_correct(summary.mode, summary.statuses, summary.stop_reason)
    return f"{told}: {to_do(status, summary.mode, resumable=is_resumable(summary) and wrong is None)}"


def would_be_sent(count: int | None, valid: int, resting: int = 0) -> str:
    """Return how many of the valid rows of a check or a dry run a run would send; "" for none, or where nobody knows.

    Args:
        count: So many.
        valid: Of so many.
        resting: So many of these rest on confirmations.

    Example: `would_be_sent(4, 5)` is `"4 rows; 1 repeats another"`.
    """
    if count is None or not (count or resting):
        return ""
    repeats = valid - count - resting
    repeating = f"; {counted(repeats, 'repeats another', 'repeat others')}" if repeats else ""
    return f"{counted(count, 'row')}{repeating}"


def told_resting(resting: Resting, mode: Mode) -> str:
    """Return how many rows were not sent, or would not be, since they rest on confirmations, and how old these are."""
    if not resting.rows:
        return ""
    one = resting.rows == 1
    are = "would be" if mode is not Mode.RUN else "was" if one else "were"
    confirmed = "an earlier run has confirmed the same" if one else "earlier runs have confirmed the same"
    since = f"on {moment(resting.since)}" if one else f"the first of them on {moment(resting.since)}"
    return f"{counted(resting.rows, 'row')} {are} skipped as unchanged: {confirmed}, {since}"


def facts_of_run(summary: Summary) -> Iterator[tuple[str, str]]:
    """Yield who ran what, when and where to: names with their values, the values that are known."""
    target = summary.target
    stopped = STOP_SENTENCES[summary.stop_reason] if summary.stop_reason is not None else ""
    resting = summary.resting.rows if summary.resting else 0
    facts = (
        ("Run", summary.run_id),
        ("Mode", _MODES[summary.mode]),
        ("Started by", summary.started_by),
        ("Started", moment(summary.started_at)),
        ("Finished", moment(summary.finished_at) or "not yet: the run was cut off"),
        ("Duration", duration(summary.seconds)),
        ("Stopped early", f"{stopped} ({summary.stop_reason})" if stopped else ""),
        ("Retry of", summary.retry_of or ""),
        ("Fixes rows of", ", ".join(summary.fix_of)),
        ("Target", target.base_url),
        ("Group", (target.group_id or AS_ROWS_SAY) if target.base_url else ""),
        ("Account", (target.linked_account_id or AS_ROWS_SAY) if target.base_url else ""),
        ("Requests", f"{summary.attempts:,}" if summary.mode is Mode.RUN else ""),
        ("Would be sent", would_be_sent(summary.would_be_sent, summary.statuses.get(Status.VALID, 0), resting)),
        ("Unchanged", told_resting(summary.resting, summary.mode) if summary.resting else ""),
        ("Version", f"importer {summary.version}"),
    )
    yield from ((name, value) for name, value in facts if value)


def facts_of_source(source: SourceInfo) -> Iterator[tuple[str, str]]:
    """Yield what identifies a source, and what of it was left alone."""
    yield "Source", source.path
    yield "SHA-256", source.sha256
    if sentence := left_alone(source):
        yield "Left alone", sentence


def details(source: SourceInfo) -> Iterator[tuple[str, str]]:
    """Yield what was found out about a source, each with its name."""
    detected = source.detected
    if detected is not None:
        yield "Format", detected.format + (f" in {detected.container}" if detected.container else "")
        if detected.encoding is not None:
            yield "Encoding", detected.encoding
        marks = {"Between cells": detected.delimiter, "Quote": detected.quote, "Escape": detected.escape}
        yield from ((name, character(text)) for name, text in marks.items() if text)
    if source.sheet is not None:
        yield "Sheet", source.sheet
    if detected is not None and detected.header_row is not None:
        yield "Header", f"in row {detected.header_row}"


def read_as(source: SourceInfo) -> str:
    """Return what was found out about a source, on one line; "" where nothing was."""
    return ", ".join(
        value if name in _VALUE_ALONE else f"{_ON_ONE_LINE.get(name, name.lower())} {value}"
        for name, value in details(source)
        if name not in _UNSAID_ON_ONE_LINE
    )


def columns_read(source: SourceInfo, between: str = ": ") -> Sequence[str]:
    """Return which field is in which column: "e-mail: Mail address"."""
    headers = source.detected.columns if source.detected else {}
    words = {field.value: word for field, word in FIELDS.items()}
    return [f"{words.get(name, name)}{between}{' '.join(header.split())}" for name, header in headers.items()]


def left_alone(source: SourceInfo) -> str:
    """Return how many records are no rows, and what they are; "" where all are."""
    return ", ".join(counted(count, *_SKIPS[skip]) for skip, count in source.skips.items() if count)


def character(text: str | None) -> str:
    """Return a delimiter or the like as a person can read it.

    Example: `character("|")` is `"pipe"`.
    """
    return _CHARACTERS.get(text, text) if text else "none"


def notes(summary: Summary) -> Sequence[str]:
    """Return what a person should know of how the source was read and the reports were written, in sentences."""
    of_source = summary.source.detected.notes if summary.source.detected else ()
    sentences = [*of_source, *summary.left_out, *summary.asides]
    if summary.redacted:
        sentences.append("Names and addresses are masked in this report.")
    return sentences


def changed_fields(changed: Sequence[Field]) -> str:
    """Return which values of a row differ from those last confirmed."""
    return ", ".join(FIELDS[field] for field in changed) or "nothing"


def told_changes(changes: Changes, rows: int) -> Sequence[str]:
    """Return what differs from what was last confirmed, in sentences.

    Args:
        changes: What was found.
        rows: Of the source.
    """
    unknown = max(rows - changes.compared, 0)
    sentences = []
    if changes.compared:
        compared = counted(changes.compared, "row was", "rows were")
        sentences.append(
            f"{compared} compared with what an earlier run has confirmed"
            f" for the same customer: nothing differs in {changes.same:,}."
        )
    if unknown:
        whose_values = "what its customer holds" if unknown == 1 else "what their customers hold"
        sentences.append(
            f"{counted(unknown, 'row')} could not be compared: nobody knows {whose_values}, or nothing is sent."
        )
    return sentences


def told_latency(timing: Timing) -> str:
    """Return how long replies took, in a sentence; "" where none came."""
    latencies_s = timing.percentiles_s
    if not timing.replies or not {50, 95, 99, 100} <= set(latencies_s):
        return ""
    if timing.replies == 1:
        return f"The one reply came within {latency(latencies_s[100])}."
    return (
        f"Half of the {timing.replies:,} replies came within {latency(latencies_s[50])},"
        f" 95% within {latency(latencies_s[95])}, 99% within {latency(latencies_s[99])};"
        f" the longest took {latency(latencies_s[100])}."
    )
