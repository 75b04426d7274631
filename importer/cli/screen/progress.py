"""What a person sees: a bar on a terminal, a line now and then elsewhere, and a table at the end."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self, TextIO

from importer.cli.screen.console import answer, echo
from importer.cli.screen.result import result_lines
from importer.cli.screen.source_findings import detected_line
from importer.cli.screen.wrapping import width_of
from importer.model.rows import Outcome
from importer.model.run import Summary
from importer.model.statuses import Status
from importer.phrases import listed, row_ranges
from importer.reports.saying.figures import clock, counted, duration
from importer.reports.saying.review import NextStep
from importer.reports.saying.words import AS_ROWS_SAY
from importer.story.order import Plan
from importer.times import zone_at

if TYPE_CHECKING:
    from rich.progress import TaskID

    from importer.cli.screen.bar import SendingBar

_LINE_EVERY_S: Final = 30.0
_SILENT_S: Final = 5.0
"""So long after the first request a person wonders what is waited for."""


class Show:
    """Progress on a stream; used as a context manager.

    Args:
        stream: Where progress goes; a bar if it is a terminal.
        quiet: Show no progress.
        bar: Show a bar on a terminal.
        silent: Show nothing but errors, no notice either.
        later: Takes notices that are to be told at the end, with what came of it; None to print them at once.
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
        bar: bool = True,
        later: Callable[[str], None] | None = None,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._stream = stream
        self._quiet = quiet
        self._silent = silent
        self._later = later
        self._live = bar and stream.isatty() and not quiet
        self._bar: SendingBar | None = None
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
        self._told_silence = False
        self._told_wait = False
        self._wait_said_at: float | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.end_bar()

    @property
    def tells_later(self) -> bool:
        """Whether notices are told at the end."""
        return self._later is not None

    def line(self, text: str) -> None:
        """Print a line of progress."""
        self.end_bar()
        if not self._quiet:
            echo(text, self._stream)

    def notice(self, text: str) -> bool:
        """Print what a person should know before going on, progress or none, and return whether that is wanted."""
        self.end_bar()
        if self._silent:
            return False
        if self._later is not None:
            self._later(text)
        else:
            echo(text, self._stream)
        return True

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
        done = [
            f", {count:,} {status}" for status in (Status.SETTLED, Status.UNCHANGED) if (count := plan.statuses[status])
        ]
        self.line(f"Checked {counted(plan.source.rows, 'row')}{sheet}: {invalid:,} invalid{''.join(done)}{to_send}")
        for run_id, rows in plan.left_open.items():
            are, stay = ("is", "It stays") if len(rows) == 1 else ("are", "They stay")
            named = row_ranges(rows).capitalize()
            self.line(f"Note: {named} of run {run_id} {are} still to be fixed, and not in this file. {stay} open.")
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

            self._bar, self._task = start_bar(self._stream, self._to_send, lambda: width_of(self._stream) or 80)

    def settled(self, outcomes: Sequence[Outcome]) -> None:
        """Show that rows have their outcome, or that none has yet."""
        if outcomes:
            if self._unanswered_since is None and self._bar is not None and not (self._told_silence or self._told_wait):
                self._bar.wait("")
            self._unanswered_since = None
        elif self._unanswered_since is not None and self._clock() - self._unanswered_since >= _SILENT_S:
            at_most = self._unanswered_since + self._timeout_s - self._clock()
            text = f"Waiting for a first answer from {self._base_url}, which may take {self._until(at_most)}."
            self._wait(text, text)
            self._unanswered_since = None
        self._counts.update(outcome.status for outcome in outcomes)
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, advance=len(outcomes), counts=self._told_counts())
        elif self._to_send:
            self._now_and_then(f"Sent {self._counts.total():,} of {self._to_send:,}: {self._told_counts()}")

    def silent(self, why: str, seconds: float | None) -> None:
        """Say what is waited for where the API shows no life, until when, and that it is there again.

        On a terminal it stands below the bar, for as long as it holds. Elsewhere it is a line when that begins, once
        it is known until when, and one when it ends.
        """
        self._unanswered_since = None
        if not why:
            if self._told_silence or self._bar is not None:
                self._wait("", f"{self._base_url} answers again.")
            self._told_silence = False
        elif seconds == 0:
            self.notice(
                f"No answer from {self._base_url}: {why[:1].lower()}{why[1:]}. That is not waited for where somebody is"
                " there to correct the address (--base-url), or the network."
            )
        elif seconds is None:
            self._wait(f"No answer from {self._base_url} yet: {why[:1].lower()}{why[1:]}. Trying again.", "")
        else:
            self._told_silence = True
            self._wait(
                text := f"No answer from {self._base_url}: {why[:1].lower()}{why[1:]}. It is tried again"
                f" {self._until(seconds)}; then the run stops, and what to do next is said. Ctrl-C stops it now.",
                text,
            )

    def asked_to_wait(self, why: str, seconds: float) -> None:
        """Say that nothing is sent for a while, since that was asked for, and when it goes on; with "", it does.

        On a terminal it stands below the bar. Elsewhere it is a line, but not as often as there are such waits.
        """
        self._unanswered_since = None
        self._told_wait = bool(why)
        if not why:
            self._wait("", "")
            return
        text = (
            f"Waiting for {self._base_url}. {why}: nothing is sent {self._until(seconds)}; then it goes on by itself."
            " Ctrl-C stops it now."
        )
        now, said_at = self._clock(), self._wait_said_at
        is_due = said_at is None or now - said_at >= _LINE_EVERY_S
        self._wait_said_at = now if is_due else said_at
        self._wait(text, text if is_due else "")

    def stopping(self, text: str) -> bool:
        """Show below the bar, which writes over all else, what a signal does; return whether there is a bar."""
        if self._bar is None:
            return False
        self._bar.stopping = text
        return True

    def _until(self, seconds: float) -> str:
        """Return until when something is waited for; on a bar, which stays, not how long that is from now on."""
        at = self._wall() + seconds
        zone = zone_at(at)
        from_now = f" ({duration(max(0.0, seconds))} from now)" if self._bar is None else ""
        return f"until {clock(at, zone)} {zone}{from_now}"

    def _wait(self, on_bar: str, line: str) -> None:
        """Show below the bar what is waited for, or print a line where there is no bar."""
        if self._bar is not None:
            self._bar.wait(on_bar)
        elif line:
            self.line(line)

    def result(self, summary: Summary, next_steps: Sequence[NextStep], *, full: bool) -> bool:
        """Print what came of the run, on stdout, and return whether that was possible."""
        return answer("\n".join(result_lines(summary, next_steps, full=full)))

    def _told_counts(self) -> str:
        return ", ".join(f"{count:,} {status}" for status, count in sorted(self._counts.items()))

    def _now_and_then(self, text: str) -> None:
        if self._clock() - self._said_at >= _LINE_EVERY_S:
            self._said_at = self._clock()
            self.line(text)

    def end_bar(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            bar, self._bar, self._task = self._bar, None, None
            bar.wait("")
            bar.stop()


def _fixed_rows(fixes: Mapping[str, int]) -> str:
    """Return how many rows of which runs were mended."""
    return listed([f"{counted(rows, 'row')} of run {run_id}" for run_id, rows in fixes.items()])
