"""Looks on while a job runs: passes what it is told to the screen and the log, and asks before sending."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

import click

from importer.cli.screen.next_commands import here
from importer.cli.screen.progress import Show
from importer.cli.screen.signals import Signals
from importer.delivery.stop_switch import StopSwitch
from importer.model.modes import Mode
from importer.model.rows import Outcome
from importer.model.run import PastRun
from importer.model.source import Field
from importer.model.statuses import CONFIRMED
from importer.phrases import listed
from importer.reports.saying.figures import counted
from importer.reports.saying.words import FIELDS
from importer.story.order import Order, Plan

if TYPE_CHECKING:
    from structlog.typing import FilteringBoundLogger


class Watch:
    """The observer of a job.

    Args:
        order: What is asked for.
        show: The screen.
        log: The log.
        switch: Whether the run is to stop.
        signals: Who handles Ctrl-C, which must interrupt a question.
        ask: Whether a person may be asked.
    """

    def __init__(
        self,
        order: Order,
        *,
        show: Show,
        log: FilteringBoundLogger,
        switch: StopSwitch,
        signals: Signals,
        ask: bool,
    ) -> None:
        self._order = order
        self._show = show
        self._log = log
        self._switch = switch
        self._signals = signals
        self._ask = ask
        self._run_id = ""

    def begun(self, run_id: str, *, resumed: bool = False) -> None:
        """Note that the run exists, or that it is gone on with."""
        self._log = self._log.bind(run=run_id)
        self._log.info("begun", mode=self._order.mode.value)
        doing = "going on with its own copy of" if resumed else "reading"
        self._show.line(f"Run {run_id}: {doing} {self._order.source}")

    def unfinished(self, past: PastRun) -> None:
        """Say that an earlier run of the same source could be gone on with."""
        self._log.info("unfinished", other=past.run_id)
        done = sum(past.statuses[status] for status in CONFIRMED)
        sentence = (
            f"Run {past.run_id} of the same source is unfinished: {done:,} of {past.source.rows:,} rows are confirmed."
            f" To go on with it instead: importer resume {past.run_id}"
        )
        self._show.notice(here(sentence))

    def read(self, rows: int) -> None:
        """Note that so many more rows are read and checked."""
        self._show.read(rows)

    def checked(self, plan: Plan) -> None:
        """Say what was found, and what will be sent where."""
        self._log.info("checked", rows=plan.source.rows, to_send=plan.to_send)
        if plan.few_files is not None:
            self._log.warning("few_files", in_flight_at_most=plan.few_files)
        self._show.plan(plan, sending=self._order.mode is Mode.RUN and self._switch.reason is None)

    def go_ahead(self, plan: Plan) -> bool:
        """Ask whether to send, where a person is there to answer and something is at stake."""
        agreed = True
        if self._ask and not self._order.sandbox and plan.to_send and self._switch.reason is None and _is_terminal():
            agreed = False
            with suppress(KeyboardInterrupt), self._signals.asking():
                agreed = _confirmed(_question(plan))
        if agreed:
            self._show.sending()
        return agreed

    def settled(self, outcomes: Sequence[Outcome]) -> None:
        """Note that rows have their outcome."""
        for outcome in outcomes:
            self._log.debug(
                "row",
                row=outcome.row,
                customer_id=outcome.customer_id,
                status=outcome.status.value,
                code=outcome.code,
                http_status=outcome.http_status,
                attempts=outcome.attempts,
            )
        self._show.settled(outcomes)

    def silent(self, why: str, seconds: float | None) -> None:
        """Say what is waited for where the API shows no life, and when it does again."""
        self._log.info("silent", why=why, seconds=None if seconds is None else round(seconds, 1))
        self._show.silent(why, seconds)

    def writing(self) -> None:
        """Note that the reports are being written."""
        self._log.info("writing")
        self._show.end_bar()

    def defect(self, error: Exception) -> None:
        """Note that something failed that should not have, by its kind: its text may hold anything."""
        self._log.error("defect", kind=type(error).__name__)


def _question(plan: Plan) -> str:
    """Return what is asked before sending: how many requests, and of how many rows only the run says where they go."""
    to_default = plan.source.detected.to_default if plan.source.detected else {}
    told = listed(
        [f"{counted(rows, 'row')} to the {FIELDS[Field(name)]} of the run" for name, rows in to_default.items()] or [""]
    )
    return f"Send {counted(plan.to_send, 'request')}{told and f' ({told})'}?"


def _confirmed(question: str) -> bool:
    try:
        return click.confirm(question, err=True)
    except (click.Abort, OSError):  # OSError: the terminal is gone
        return False


def _is_terminal() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()
