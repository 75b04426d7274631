"""What a person sees: a bar on a terminal, a line now and then elsewhere, and a table at the end."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self, TextIO

import click

from importer.cli.screen.console import answer
from importer.cli.screen.next_commands import here
from importer.cli.screen.source_findings import cause_lines, detected_line
from importer.model.modes import Mode
from importer.model.rows import Outcome
from importer.model.run import Summary
from importer.model.source import STANDARD_INPUT
from importer.model.statuses import TO_FIX, Status
from importer.model.stop_reasons import STOP_SENTENCES
from importer.phrases import listed
from importer.reports.saying.figures import counted, duration
from importer.reports.saying.next_steps import STOP_ADVICE, is_resumable, of_answers_in_front, to_do
from importer.reports.saying.verdict import verdict
from importer.reports.saying.words import AS_ROWS_SAY, would_be_sent
from importer.story.order import Plan

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

_LINE_EVERY_S: Final = 30.0
_SILENT_S: Final = 5.0
"""So long after the first request a person wonders what is waited for."""
_REPORTS: Final = {"page": "Report", "annotated": "Annotated sheet", "to_fix": "Rows to fix"}
_COLOURS: Final = {
    Status.MISMATCH: "yellow",
    Status.INVALID: "red",
    Status.REJECTED: "red",
    Status.UNCONFIRMED: "yellow",
    Status.FAILED: "yellow",
    Status.NOT_SENT: "bright_black",
    Status.VALID: "cyan",
}


class Show:
    """Progress on a stream; used as a context manager.

    Args:
        stream: Where progress goes; a bar if it is a terminal.
        quiet: Show no progress.
        silent: Show nothing but errors, no notice either.
        clock: Returns seconds that never go back.
        wall: Returns seconds since the epoch.
    """

    def __init__(
        self,
        *,
        stream: TextIO,
        quiet: bool,
        clock: Callable[[], float],
        silent: bool = False,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._stream = stream
        self._quiet = quiet
        self._silent = silent
        self._live = stream.isatty() and not quiet
        self._bar: Progress | None = None
        self._task: TaskID | None = None
        self._rows = 0
        self._to_send = 0
        self._counts: Counter[Status] = Counter()
        self._clock = clock
        self._said_at = clock()
        self._wall = wall
        self._base_url = ""
        self._timeout_s = 0.0
        self._unanswered_since: float | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.end_bar()

    def line(self, text: str) -> None:
        """Print a line of progress."""
        self.end_bar()
        if not self._quiet:
            click.echo(text, file=self._stream)

    def notice(self, text: str) -> None:
        """Print what a person should know before going on, progress or none."""
        self.end_bar()
        if not self._silent:
            click.echo(text, file=self._stream)

    def read(self, rows: int) -> None:
        """Show that so many more rows are read and checked."""
        self._rows += rows
        self._now_and_then(f"Checked {self._rows:,} rows")

    def plan(self, plan: Plan, *, sending: bool, asked: bool = False) -> None:
        """Say what was found, and what will be sent where, if anything will; whoever is asked is told where by that."""
        invalid = plan.statuses[Status.INVALID]
        sheet = f" of sheet {plan.source.sheet}" if plan.source.sheet else ""
        to_send = f", {plan.to_send:,} to send" if sending else ""
        if plan.source.detected is not None:
            self.line(f"Read as {detected_line(plan.source)}")
            for note in plan.source.detected.notes:
                self.line(f"Note: {note}")
        settled = f", {plan.statuses[Status.SETTLED]:,} settled" if plan.statuses[Status.SETTLED] else ""
        self.line(f"Checked {counted(plan.source.rows, 'row')}{sheet}: {invalid:,} invalid{settled}{to_send}")
        if not (plan.to_send and sending):
            return
        if plan.fixes:
            self.line(f"Fixes {_fixed_rows(plan.fixes)}")
        self._to_send = plan.to_send
        target = plan.target
        self._base_url, self._timeout_s = target.base_url, plan.timeout_s
        if not asked:
            self.line(
                f"Sending to {target.base_url}, group {target.group_id or AS_ROWS_SAY},"
                f" account {target.linked_account_id or AS_ROWS_SAY}"
            )
        if plan.few_files is not None:
            requests = f"{counted(plan.few_files, 'request')} in flight at most"
            self.line(f"Note: {requests}, since this process may not have more files open (ulimit -n)")

    def sending(self) -> None:
        """Show how far the sending is, from now on."""
        self._unanswered_since = self._clock()
        if self._live and self._to_send:
            from importer.cli.screen.bar import start_bar  # noqa: PLC0415 - heavy, and only on a terminal

            self._bar, self._task = start_bar(self._stream, self._to_send)

    def settled(self, outcomes: Sequence[Outcome]) -> None:
        """Show that rows have their outcome, or that none has yet."""
        if outcomes:
            self._unanswered_since = None
        elif self._unanswered_since is not None and self._clock() - self._unanswered_since >= _SILENT_S:
            at_most = self._unanswered_since + self._timeout_s - self._clock()
            self._say(f"Waiting for a first answer from {self._base_url}, which may take {self._until(at_most)}.")
            self._unanswered_since = None
        self._counts.update(outcome.status for outcome in outcomes)
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, advance=len(outcomes), counts=self._told_counts())
        elif self._to_send:
            self._now_and_then(f"Sent {self._counts.total():,} of {self._to_send:,}: {self._told_counts()}")

    def silent(self, why: str, seconds: float | None) -> None:
        """Say what is waited for where the API shows no life, until when, and that it is there again."""
        self._unanswered_since = None
        if not why:
            self._say(f"{self._base_url} answers again.")
        elif seconds == 0:
            self.notice(
                f"No answer from {self._base_url}: {why[:1].lower()}{why[1:]}. That is not waited for where somebody is"
                " there to correct the address (--base-url), or the network."
            )
        elif seconds is None:
            self._say(f"No answer from {self._base_url} yet: {why[:1].lower()}{why[1:]}. Trying again.")
        else:
            self._say(
                f"No answer from {self._base_url}: {why[:1].lower()}{why[1:]}. It is looked for {self._until(seconds)},"
                " and then the run stops, to be resumed; Ctrl-C stops it now."
            )

    def _until(self, seconds: float) -> str:
        end = time.strftime("%H:%M:%S", time.localtime(self._wall() + seconds))
        return f"until {end} ({duration(seconds)} from now)"

    def _say(self, text: str) -> None:
        """Print a line of progress, above the bar if there is one."""
        if self._bar is None:
            self.line(text)
        else:
            self._bar.console.print(text, markup=False, highlight=False, soft_wrap=True)

    def result(self, summary: Summary, *, brief: bool) -> bool:
        """Print what came of the run, on stdout, and return whether that was possible."""
        lines = [] if brief else ["", *_table(summary), ""]
        lines.append(verdict(summary.mode, summary.source.rows, summary.statuses))
        if to_send := would_be_sent(summary.would_be_sent, summary.statuses[Status.VALID]):
            lines.append(f"A run would send {to_send}.")
        if not brief:
            lines += cause_lines(summary.causes)
        if summary.attempts:
            were = counted(summary.attempts, "request was", "requests were")
            lines.append(f"{were} attempted, in {duration(summary.seconds)}.")
        if summary.stop_reason is not None:
            lines.append(f"The run stopped early: {STOP_SENTENCES[summary.stop_reason]}.")
            lines += [f"  {advice}" for advice in (STOP_ADVICE.get(summary.stop_reason),) if advice]
        lines += [here(step) for step in (_next_step(summary),) if step]
        lines += [f"{name}: {summary.reports[key]}" for key, name in _REPORTS.items() if key in summary.reports]
        lines += [f"Note: {note}" for note in summary.left_out]
        lines += filter(None, [of_answers_in_front(summary)])
        return answer("\n".join(lines))

    def _told_counts(self) -> str:
        return ", ".join(f"{count:,} {status}" for status, count in sorted(self._counts.items()))

    def _now_and_then(self, text: str) -> None:
        if self._clock() - self._said_at >= _LINE_EVERY_S:
            self._said_at = self._clock()
            self.line(text)

    def end_bar(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.stop()
            self._bar, self._task = None, None


def _table(summary: Summary) -> Iterator[str]:
    """Yield a line for each status that rows ended in: how many, and what to do about them."""
    rows = [(status, count) for status, count in summary.statuses.items() if count]
    width = max((len(f"{count:,}") for _, count in rows), default=1)
    for status, count in rows:
        name = click.style(f"{status:<12}", fg=_COLOURS.get(status, "green"))
        advice = to_do(status, summary.mode, resumable=is_resumable(summary))
        yield f"  {name} {count:>{width},}  {advice}".rstrip()


def _fixed_rows(fixes: Mapping[str, int]) -> str:
    """Return how many rows of which runs were mended."""
    return listed([f"{counted(rows, 'row')} of run {run_id}" for run_id, rows in fixes.items()])


def _next_step(summary: Summary) -> str:
    """Return the command that may help the rows that are not confirmed; "" for none."""
    if summary.mode is Mode.CHECK and not summary.reports:
        sheets = (
            "the annotated sheet and the rows to fix"
            if any(summary.statuses[status] for status in TO_FIX)
            else "the annotated sheet"
        )
        or_report = f", or importer report {summary.run_id}" if summary.source.path != str(STANDARD_INPUT) else ""
        return f"For {sheets}: the same command with --report{or_report}"
    if summary.mode is not Mode.RUN:
        return ""
    if is_resumable(summary):
        return f"To go on with it: importer resume {summary.run_id}"
    if summary.statuses[Status.UNCONFIRMED] or summary.statuses[Status.FAILED]:
        return f"To try again what may be helped by that: importer retry {summary.run_id}"
    return ""
