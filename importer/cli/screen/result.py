"""What came of a run, on one screen: the verdict, what to do, why, and where the reports are."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import click

from importer.cli.screen.next_commands import here
from importer.cli.screen.source_findings import cause_lines
from importer.model.modes import Mode
from importer.model.run import PastRun, Summary
from importer.model.source import STANDARD_INPUT
from importer.model.statuses import Status
from importer.model.stop_reasons import StopReason
from importer.phrases import first_sentence
from importer.reports.saying.figures import counted, duration
from importer.reports.saying.next_steps import is_resumable, to_correct, to_do, told_stop
from importer.reports.saying.review import NextStep
from importer.reports.saying.verdict import verdict
from importer.reports.saying.words import told_cause, told_resting, would_be_sent
from importer.reports.to_fix import has_rows_to_fix
from importer.source_paths import near

_MOST_STEPS: Final = 2
_FILES: Final = {"page": "to open first", "annotated": "the sheet with what became of each row", "to_fix": "to mend"}
_MASKED: Final = {"to_fix": "the rows to fix; not to be mended, since names are hidden"}
_COLOURS: Final = {
    Status.MISMATCH: "yellow",
    Status.INVALID: "red",
    Status.REJECTED: "red",
    Status.UNCONFIRMED: "yellow",
    Status.FAILED: "yellow",
    Status.NOT_SENT: "bright_black",
    Status.VALID: "cyan",
}


def result_lines(summary: Summary, next_steps: Sequence[NextStep], *, full: bool) -> Iterator[str]:
    """Yield what came of a run, line by line.

    Args:
        summary: The run.
        next_steps: What to do, the most useful first.
        full: Everything that is known, and not only what fits on one screen.
    """
    yield ""
    yield verdict(summary.mode, summary.source.rows, summary.statuses)
    yield from _sum(summary)
    yield from told_sending(summary)
    if stopped := told_stop(summary):
        yield stopped
    if full:
        yield from _table(summary)
    yield from _steps(summary, next_steps, full=full)
    yield from cause_lines(summary.causes, full=full, page="page" in summary.reports)
    yield from _files(summary) if summary.reports else _how_to_have_files(summary)
    yield from (f"Note: {note}" for note in (*summary.left_out, *(summary.asides if full else ())))
    if summary.attempts:
        yield f"It took {counted(summary.attempts, 'request')} and {duration(summary.seconds)}."


def told_sending(of: Summary | PastRun) -> Iterator[str]:
    """Yield how much a run would send, of a check or a dry run, and which rows rest on confirmations."""
    resting = of.resting.rows if of.resting else 0
    if to_send := would_be_sent(of.would_be_sent, of.statuses[Status.VALID], resting):
        yield f"A run would send {to_send}."
    if of.resting is not None and (told := told_resting(of.resting, of.mode)):
        yield f"{told}."


def result_line(summary: Summary, next_steps: Sequence[NextStep]) -> str:
    """Return on one line what a person should know of a run that is not as it should be: what, why, and what to do."""
    cause = next((cause for cause in summary.causes if not cause.warning and cause.code not in set(StopReason)), None)
    why = f"{counted(cause.rows, 'row')}: {first_sentence(told_cause(cause))}" if cause else ""
    to_say = next((step for step in next_steps if step.command), None)
    what_to_do = here(_with_command(to_say)) if to_say else ""
    name = Path(summary.source.path).name
    told = verdict(summary.mode, summary.source.rows, summary.statuses)
    return " ".join(" ".join(filter(None, (f"{name}:", told, told_stop(summary), why, what_to_do))).split("\n"))


def _sum(summary: Summary) -> Iterator[str]:
    """Yield that all rows are accounted for, where they have not all become the same."""
    counts = [(status, count) for status, count in summary.statuses.items() if count]
    if len(counts) > 1 and summary.balanced:
        told = " + ".join(f"{count:,} {_coloured(status)}" for status, count in counts)
        yield f"It adds up: {told} = {counted(summary.source.rows, 'row')}."


def _coloured(status: Status, width: int = 0) -> str:
    return click.style(f"{status:<{width}}", fg=_COLOURS.get(status, "green"))


def _steps(summary: Summary, next_steps: Sequence[NextStep], *, full: bool) -> Iterator[str]:
    to_say = [step for step in next_steps if step.text != told_stop(summary)]
    if not to_say:
        return
    yield ""
    yield "What to do:"
    for step in to_say if full else to_say[:_MOST_STEPS]:
        yield f"  {here(_with_command(replace(step, command=_near(step.command))))}"


def _near(command: str) -> str:
    """Return a command that names files as they are typed in the current folder."""
    return shlex.join(map(near, shlex.split(command)))


def _with_command(step: NextStep) -> str:
    return f"{step.text.removesuffix('.')}: {step.command}" if step.command else step.text


def _files(summary: Summary) -> Iterator[str]:
    files = _FILES | (_MASKED if summary.redacted else {})
    paths = [(Path(summary.reports[key]), about) for key, about in files.items() if key in summary.reports]
    if not paths:
        return
    folder = near(str(paths[0][0].parent))
    yield ""
    yield f"Reports in {shlex.quote('.' if folder == '.' else folder)}:"
    width = max(len(path.name) for path, _ in paths)
    yield from (f"  {path.name:<{width}}  {about}" for path, about in paths)


def _how_to_have_files(summary: Summary) -> Iterator[str]:
    """Yield how a check that leaves no folder leaves one; where there is something to mend, that is a step to take."""
    if summary.mode is not Mode.CHECK or has_rows_to_fix(summary):
        return
    again = here(f"importer report {summary.run_id}") if summary.source.path != str(STANDARD_INPUT) else ""
    yield ""
    yield f"The annotated sheet: the same command with --report{f', or: {again}' if again else '.'}"


def _table(summary: Summary) -> Iterator[str]:
    """Yield a line for each status that rows ended in: how many, and what to do about them."""
    rows = [(status, count) for status, count in summary.statuses.items() if count]
    width = max((len(f"{count:,}") for _, count in rows), default=1)
    wrong = to_correct(summary.mode, summary.statuses, summary.stop_reason)
    yield ""
    for status, count in rows:
        advice = to_do(status, summary.mode, resumable=is_resumable(summary) and wrong is None)
        yield f"  {_coloured(status, 12)} {count:>{width},}  {advice}".rstrip()
