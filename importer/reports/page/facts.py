"""What a page says of a run beside its verdict, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from importer.model import STOP_SENTENCES, Changes, Detected, Mode, Skip, Status
from importer.reports.page.figures import FIELD_WORDS, counted, duration, latency, moment
from importer.reports.review import Timing
from importer.runs import Summary

MEANINGS: Final = {
    Status.UPDATED: "confirmed by the API",
    Status.DUPLICATE: "the same change as an earlier row, sent once with it",
    Status.UNCHANGED: "already confirmed by an earlier run, and skipped",
    Status.MISMATCH: "applied, but the API now holds other values",
    Status.INVALID: "never sent: the data must be fixed",
    Status.REJECTED: "refused by the API: the data must be fixed",
    Status.UNCONFIRMED: "sent, but nobody can know whether it was applied; safe to try again",
    Status.FAILED: "certainly not applied; to be tried again",
    Status.NOT_SENT: "the run did not send it",
}
"""What each status means, for those who do not know it."""
MODES: Final = {
    Mode.RUN: "run: rows are sent",
    Mode.DRY_RUN: "dry run: nothing is sent",
    Mode.CHECK: "check: nothing is sent",
}
_SKIPS: Final[Mapping[Skip, tuple[str, str]]] = {
    Skip.BLANK: ("blank line", "blank lines"),
    Skip.ABOVE_HEADER: ("line above the header", "lines above the header"),
    Skip.REPEATED_HEADER: ("repeated header", "repeated headers"),
    Skip.TOTAL: ("total", "totals"),
    Skip.OTHER_ROW: ("row that is not taken up", "rows that are not taken up"),
}
_CHARACTERS: Final[Mapping[str, str]] = {"\t": "tab", " ": "space", ",": "comma", ";": "semicolon", "|": "pipe"}


def facts(summary: Summary) -> Sequence[tuple[str, str]]:
    """Return what identifies a run and its source: names with their values, the values that are known."""
    source, target = summary.source, summary.target
    pairs = [
        ("Run", summary.run_id),
        ("Mode", MODES[summary.mode]),
        ("Started", moment(summary.started_at)),
        ("Finished", _ending(summary)),
        ("Started by", summary.started_by),
        ("Requests", f"{summary.attempts:,}" if summary.mode is Mode.RUN else ""),
        ("Sends again rows of", summary.retry_of or ""),
        ("Has rows fixed from", ", ".join(summary.fix_of)),
        ("Target", target.base_url),
        ("Group", (target.group_id or "as the rows say") if target.base_url else ""),
        ("Account", (target.linked_account_id or "as the rows say") if target.base_url else ""),
        ("Source", source.path),
        ("SHA-256 of the source", source.sha256),
        ("Read as", _detected(source.detected, source.sheet) if source.detected else source.sheet or ""),
        ("Columns", _columns(source.detected)),
        (
            "Left alone",
            ", ".join(f"{count:,} {_SKIPS[skip][count != 1]}" for skip, count in source.skips.items() if count),
        ),
        ("Version", f"importer {summary.version}"),
    ]
    return [(name, value) for name, value in pairs if value]


def notes(summary: Summary) -> Sequence[str]:
    """Return what a person should know of how the source was read and the reports were written."""
    found = [*(summary.source.detected.notes if summary.source.detected else ()), *summary.left_out]
    if summary.redacted:
        found.append("Names and addresses are masked in this report.")
    return found


def source_name(summary: Summary) -> str:
    """Return the name of the source without its folder."""
    return Path(summary.source.path).name or summary.source.path


def told_changes(changes: Changes, rows: int) -> Sequence[str]:
    """Return what differs from what was last confirmed, in sentences.

    Args:
        changes: What was found.
        rows: Of the source.
    """
    unknown = max(rows - changes.compared, 0)
    sentences = []
    if changes.compared:
        compared = "was" if changes.compared == 1 else "were"
        sentences.append(
            f"{counted(changes.compared, 'row')} {compared} compared with what an earlier run has confirmed"
            f" for the same customer: nothing differs in {changes.same:,}."
        )
    if unknown:
        of_them = "its customer" if unknown == 1 else "their customers"
        sentences.append(f"Of {counted(unknown, 'row')}, no earlier run has confirmed anything for {of_them}.")
    return sentences


def changed_counts(changes: Changes) -> Sequence[tuple[str, int]]:
    """Return in how many rows each value differs: "e-mail changed", 12."""
    return [(f"{FIELD_WORDS[one]} changed", count) for one, count in changes.fields.items() if one in FIELD_WORDS]


def told_latency(timing: Timing) -> str:
    """Return how long replies took, in a sentence; "" where none came."""
    found = timing.percentiles_s
    if not timing.replies or not {50, 95, 99, 100} <= set(found):
        return ""
    if timing.replies == 1:
        return f"The one reply came within {latency(found[100])}."
    return (
        f"Half of the {timing.replies:,} replies came within {latency(found[50])},"
        f" 95% within {latency(found[95])}, 99% within {latency(found[99])}; the longest took {latency(found[100])}."
    )


def _ending(summary: Summary) -> str:
    """Return when a run was over, how long it took, and why it ended early."""
    if summary.finished_at is None:
        return "not yet: its process was cut off"
    told = f"{moment(summary.finished_at)}, after {duration(summary.seconds)}"
    return told if summary.stop_reason is None else f"{told}; stopped early: {STOP_SENTENCES[summary.stop_reason]}"


def _columns(found: Detected | None) -> str:
    return ", ".join(f"{name} = {header}" for name, header in found.columns.items()) if found else ""


def _detected(found: Detected, sheet: str | None) -> str:
    return "; ".join(_details(found, sheet))


def _details(found: Detected, sheet: str | None) -> Iterator[str]:
    yield found.format + (f" in {found.container}" if found.container else "")
    if found.encoding is not None:
        yield found.encoding
    if found.delimiter is not None:
        yield f"delimiter {_CHARACTERS.get(found.delimiter, found.delimiter)}"
    if sheet is not None:
        yield f"sheet {sheet}"
    if found.header_row is not None:
        yield f"header in row {found.header_row}"
