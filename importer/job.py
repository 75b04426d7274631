"""The story of a run: source, checks, journal, delivery, reports. The only module that knows all of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Final

from importer import __version__
from importer.checks.checker import Checker
from importer.checks.repeats import judge
from importer.checks.rules import Rules
from importer.delivery.client import Endpoint
from importer.delivery.dispatcher import Dispatcher, Policy
from importer.delivery.loop import deliver
from importer.delivery.stop import StopSwitch
from importer.errors import JournalError, ReportError, RunAbandonedError, SettingsError
from importer.journal.journal import Journal, NewRun
from importer.journal.run import RunJournal
from importer.model import (
    STOP_SENTENCES,
    Field,
    Issue,
    Mode,
    SourceInfo,
    StopReason,
    Summary,
    Target,
    exit_code,
)
from importer.order import Finished, Observer, Order, Plan, World
from importer.reports.annotated import write_annotated
from importer.reports.folder import SUMMARY_NAME, RunFolder, default_path, prepare
from importer.reports.summary import check_balance, write_summary
from importer.sandbox import SANDBOX_ACCOUNT_ID, SANDBOX_GROUP_ID, SANDBOX_KEY, Customer, Sandbox, SandboxOptions
from importer.settings import Settings
from importer.sheets.open import check_fits, open_table
from importer.sheets.table import Table
from importer.times import rfc3339

_NOWHERE: Final = "-"
"""Stands for the group and the account in a check, which has no target."""
_UNFINISHED: Final = frozenset({4, 5, 129, 130, 143})
"""The exit codes of runs that can be resumed, and so keep what they need for it."""


class Job:
    """One run of one source.

    Args:
        order: What is asked for.
        settings: What it runs with.
        observer: Is told how it goes.
        switch: How the outside world asks it to stop.
        world: Clocks, randomness and the network.

    Raises:
        SettingsError: There is no key to send with.
    """

    def __init__(
        self, order: Order, settings: Settings, *, observer: Observer, switch: StopSwitch, world: World
    ) -> None:
        self._order = order
        self._settings = settings
        self._observer = observer
        self._switch = switch
        self._world = world
        self._run_id = world.run_id()
        self._key = self._find_key()

    def run(self) -> Finished:
        """Go through with it, from the source to the reports.

        Raises:
            SettingsError, SourceError, RunAbandonedError: Nothing was sent, and no run exists.
            JournalError: The journal failed; it holds what is known.
        """
        started, ticks = self._world.wall(), self._world.clock()
        with self._sandbox() as sandbox, self._folder(started) as folder, self._journal() as journal:
            target = self._target(sandbox)
            run = journal.begin(self._new_run(target, folder))
            with _discarded_if_nothing_comes_of_it(run):
                table = open_table(run.source, sheet=self._order.sheet, name=self._order.source.name)
                self._observer.begun(self._run_id)
                source = self._check(run, table, target)
            plan = Plan(self._run_id, folder.path, source, target, run.statuses(), run.to_send())
            self._observer.checked(plan)
            with _named(self._run_id):
                reason = self._deliver(run, plan, sandbox)
            run.settle(reason, f"The run stopped before this row: {STOP_SENTENCES[reason]}" if reason else "")
            summary = Summary(
                run_id=self._run_id,
                version=__version__,
                mode=self._order.mode,
                exit_code=exit_code(run.statuses(), reason, self._order.mode),
                stop_reason=reason,
                started_at=rfc3339(started),
                finished_at=rfc3339(self._world.wall()),
                seconds=round(self._world.clock() - ticks, 3),
                source=source,
                target=target,
                statuses=run.statuses(),
                attempts=run.attempts(),
            )
            return self._report(run, table, folder, summary)

    def _check(self, run: RunJournal, table: Table, target: Target) -> SourceInfo:
        """Check the whole source and journal what became of each row."""
        checker = Checker(self._rules(table, target))
        rows = 0
        for chunk in table.chunks(self._settings.chunk_rows):
            if self._switch.give_up:
                raise RunAbandonedError(
                    "The run was ended before anything was sent.", code=str(self._switch.reason), hint="Run it again."
                )
            checked = checker.check(chunk.frame, chunk.issues)
            run.add(checked.updates, checked.issues)
            rows += len(chunk.frame)
            self._observer.read(len(chunk.frame))
        check_fits(table, self._order.form or table.format, rows=rows)
        run.resolve(_repeats(run, table.columns[Field.CUSTOMER_ID].header))
        self._leave_out(run)
        source = SourceInfo(str(self._order.source.absolute()), table.sheet, run.sha256, rows, table.skipped)
        run.checked(source)
        return source

    def _leave_out(self, run: RunJournal) -> None:
        """Decide on the valid rows that are not to be sent."""
        limit = self._order.limit
        if limit is not None:
            told = f"Left out: --limit sends the first {limit} valid rows only"
            run.leave_out(code="over_limit", message=told, first=limit)
        if self._order.mode is Mode.DRY_RUN:
            run.leave_out(code="dry_run", message="Valid: it would be sent; this was a dry run")
        if self._order.mode is Mode.CHECK:
            run.leave_out(code="check_only", message="Valid: it can be sent; this was a check")

    def _deliver(self, run: RunJournal, plan: Plan, sandbox: Sandbox | None) -> StopReason | None:
        """Send what is to be sent, and return why that stopped early, if it did."""
        if self._order.mode is not Mode.RUN:
            return self._switch.reason
        if sandbox is not None:
            sandbox.register(Customer(group, customer) for group, customer in run.customers())
        if plan.to_send and not self._observer.go_ahead(plan):
            self._switch.press(StopReason.INTERRUPTED)
        dispatcher = Dispatcher(self._policy(), uniform=self._world.uniform, redact=self._redact)
        with self._world.engine(
            self._endpoint(plan.target), workers=self._settings.concurrency, on_defect=self._observer.defect
        ) as engine:
            return deliver(
                dispatcher,
                engine,
                run,
                clock=self._world.clock,
                switch=self._switch,
                observe=self._observer.settled,
            )

    def _report(self, run: RunJournal, table: Table, folder: RunFolder, summary: Summary) -> Finished:
        """Write the reports; where that fails, what is known stays in the journal."""
        self._observer.writing()
        form = self._order.form or table.format
        annotated, written = folder.path / f"annotated.{form}", folder.path / SUMMARY_NAME
        complete = replace(summary, reports={"annotated": str(annotated), "summary": str(written)})
        try:
            check_balance(summary)
            write_annotated(table, run.outcomes(), annotated, form=form)
            write_summary(complete, written)
        except ReportError as error:
            run.ended(5, unfinished=self._order.mode is Mode.RUN)
            return Finished(replace(summary, exit_code=5), error)
        unfinished = self._order.mode is Mode.RUN and summary.exit_code in _UNFINISHED
        run.ended(summary.exit_code, unfinished=unfinished)
        return Finished(complete)

    def _rules(self, table: Table, target: Target) -> Rules:
        """Return what rows are held to.

        Raises:
            SettingsError: Something has to be sent, and neither an option nor a column says where to.
        """
        said = {Field.GROUP_ID: target.group_id, Field.LINKED_ACCOUNT_ID: target.linked_account_id}
        missing = [field for field, default in said.items() if not default and field not in table.columns]
        if missing and self._order.mode is not Mode.CHECK:
            raise _no_target(missing)
        ids = {field.value: _NOWHERE if field in missing else default for field, default in said.items()}
        return Rules(
            headers={field: column.header for field, column in table.columns.items()},
            **ids,
            max_name_length=self._settings.max_name_length,
            customer_id_pattern=self._settings.customer_id_pattern,
        )

    def _policy(self) -> Policy:
        settings = self._settings
        return Policy(
            concurrency=settings.concurrency,
            rate=settings.rate,
            max_attempts=settings.max_attempts,
            backoff_s=settings.backoff,
            max_backoff_s=settings.max_backoff,
            max_retry_after_s=settings.max_retry_after,
            max_rate_limited_s=settings.max_rate_limited,
        )

    def _endpoint(self, target: Target) -> Endpoint:
        return Endpoint(
            base_url=target.base_url,
            key=self._key,
            user_agent=f"importer/{__version__}",
            timeout_s=self._settings.timeout,
            max_reply_bytes=self._settings.max_reply_bytes,
        )

    def _redact(self, text: str) -> str:
        return re.sub(re.escape(self._key), "•••", text, flags=re.IGNORECASE)

    def _find_key(self) -> str:
        """Return the key to send with: the user's own never goes to the sandbox."""
        if self._order.sandbox:
            return SANDBOX_KEY
        return self._settings.key().get_secret_value() if self._order.mode is Mode.RUN else ""

    def _target(self, sandbox: Sandbox | None) -> Target:
        if sandbox is not None:
            return Target(sandbox.base_url, SANDBOX_GROUP_ID, SANDBOX_ACCOUNT_ID)
        base_url = "" if self._order.mode is Mode.CHECK else self._settings.base_url
        return Target(base_url, self._settings.group_id, self._settings.linked_account_id)

    def _new_run(self, target: Target, folder: RunFolder) -> NewRun:
        return NewRun(
            run_id=self._run_id,
            mode=self._order.mode,
            version=__version__,
            source=self._order.source.absolute(),
            output=folder.path,
            target=target,
            settings=self._settings.public(),
        )

    def _journal(self) -> Journal:
        return Journal(self._settings.state_folder(), wall=self._world.wall)

    @contextmanager
    def _sandbox(self) -> Iterator[Sandbox | None]:
        """Yield the embedded API, if it is asked for."""
        if not self._order.sandbox:
            yield None
            return
        with Sandbox(SandboxOptions()) as sandbox:
            yield sandbox

    @contextmanager
    def _folder(self, started: float) -> Iterator[RunFolder]:
        """Yield the folder of the reports; where no run comes about, nothing is left of it."""
        folder = prepare(
            self._order.output
            or default_path(self._order.source, parent=self._settings.output, run_id=self._run_id, started=started)
        )
        try:
            yield folder
        finally:
            folder.discard()


@contextmanager
def _discarded_if_nothing_comes_of_it(run: RunJournal) -> Iterator[None]:
    """Forget a run whose source turns out to be none: nothing was sent."""
    try:
        yield
    except BaseException:
        run.discard()
        raise


@contextmanager
def _named(run_id: str) -> Iterator[None]:
    """Let an error of the journal say which run it ended: requests of it may have left."""
    try:
        yield
    except JournalError as error:
        told = f"{error.message} Run {run_id} ended in the middle of sending; what is known of it is in the journal."
        raise JournalError(told, code=error.code, hint=error.hint) from error


def _repeats(run: RunJournal, column: str) -> Iterator[Issue | tuple[int, int]]:
    """Yield what follows from customers that are in several rows."""
    for rows in run.repeated():
        found = judge(rows, column=column)
        yield from found.issues
        yield from ((duplicate.row, duplicate.of) for duplicate in found.duplicates)


def _no_target(missing: list[Field]) -> SettingsError:
    options = " and ".join(f"--{field.replace('_', '-')}" for field in missing)
    columns = " and ".join(missing)
    names = " and ".join(field.removesuffix("_id").replace("_", " ") for field in missing)
    return SettingsError(
        f"Nothing says which {names} to send to.",
        code="target_missing",
        hint=f"Give {options} (or IMPORTER_{', IMPORTER_'.join(field.upper() for field in missing)}),"
        f" or add the column {columns} to the sheet.",
    )
