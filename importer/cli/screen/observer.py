"""Looks on while a job runs: passes what it is told to the screen and the log, and asks before sending."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from importer.cli.screen.next_commands import here
from importer.cli.screen.progress import Show
from importer.cli.screen.question import facts, nobody_to_ask, question
from importer.cli.screen.signals import Signals
from importer.cli.screen.terminal import Terminal
from importer.delivery.stop_switch import StopSwitch
from importer.model.modes import Mode
from importer.model.rows import Outcome
from importer.model.run import PastRun
from importer.model.statuses import CONFIRMED
from importer.reports.saying.next_steps import to_correct
from importer.story.order import Order, Plan

if TYPE_CHECKING:
    from importer.log import Log


class Watch:
    """The observer of a job.

    Args:
        order: What is asked for.
        show: The screen.
        log: The log.
        switch: Whether the run is to stop.
        signals: Who handles Ctrl-C, which must interrupt a question.
        terminal: Where a person can be asked; None where nobody is to be, or can be.
        wire: The name of what sends.
    """

    def __init__(
        self,
        order: Order,
        *,
        show: Show,
        log: Log,
        switch: StopSwitch,
        signals: Signals,
        terminal: Terminal | None,
        wire: str,
    ) -> None:
        self._order = order
        self._show = show
        self._log = log
        self._switch = switch
        self._signals = signals
        self._terminal = terminal
        self._wire = wire
        self._run_id = ""

    def begun(self, run_id: str, *, resumed: bool = False) -> None:
        """Note that the run exists, or that it is gone on with."""
        self._log = self._log.bind(run=run_id)
        self._log.info("begun", mode=self._order.mode.value, said=True)
        doing = "going on with its own copy of" if resumed else "reading"
        if self._order.from_kept:  # whatever lies there by now
            doing = "going on with the rows that were kept of"
        self._show.line(f"Run {run_id}: {doing} {self._order.source}")

    def unfinished(self, past: PastRun) -> bool:
        """Say that an earlier run of the same source could be gone on with, and return whether that is shown."""
        self._log.info("unfinished", other=past.run_id, said=True)
        done = sum(past.statuses[status] for status in CONFIRMED)
        sentence = (
            f"Run {past.run_id} of the same source is unfinished: {done:,} of {past.source.rows:,} rows are confirmed."
            f" {_way_on(past)} {past.run_id}"
        )
        return self._show.notice(here(sentence))

    def read(self, rows: int) -> None:
        """Note that so many more rows are read and checked."""
        self._show.read(rows)

    def checked(self, plan: Plan) -> None:
        """Say what was found, and what will be sent where."""
        self._log.info("checked", rows=plan.source.rows, to_send=plan.to_send, said=True)
        if plan.to_send and self._order.mode is Mode.RUN:
            self._log.debug("wire", name=self._wire)
        if plan.few_files is not None:
            self._log.warning("few_files", in_flight_at_most=plan.few_files)
        sending = self._order.mode is Mode.RUN and self._switch.reason is None
        self._show.plan(plan, sending=sending, asked=plan.stake is not None)

    @property
    def tells_later(self) -> bool:
        """Whether it is held back until the exit code is known."""
        return self._show.tells_later

    @property
    def asks(self) -> bool:
        """Whether a person is asked: what stays on this machine needs no leave."""
        return self._terminal is not None and self._order.mode is Mode.RUN and not self._order.sandbox

    def go_ahead(self, plan: Plan) -> bool:
        """Ask whether to send, where a person is to be asked and something is at stake.

        Raises:
            SettingsError: Whoever was to be asked has sent the process into the background meanwhile.
        """
        agreed = plan.stake is None
        if self._terminal is not None and plan.stake is not None:
            if not self._terminal.is_ours:
                raise nobody_to_ask()
            with suppress(KeyboardInterrupt), self._signals.asking():
                agreed = self._terminal.ask(list(facts(plan, plan.stake, self._order.source_name)), question(plan))
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

    def asked_to_wait(self, why: str, seconds: float) -> None:
        """Say that nothing is sent for a while, and when it goes on."""
        if why:
            self._log.info("asked_to_wait", why=why, seconds=round(seconds, 1))
        self._show.asked_to_wait(why, seconds)

    def writing(self) -> None:
        """Note that the reports are being written."""
        self._log.info("writing")
        self._show.end_bar()

    def defect(self, error: Exception) -> None:
        """Note that something failed that should not have, by its kind: its text may hold anything."""
        self._log.error("defect", kind=type(error).__name__)


def _way_on(past: PastRun) -> str:
    if to_correct(past.mode, past.statuses, past.stop_reason) is None:
        return "To go on with it instead: importer resume"
    return "To give it up: importer forget"
