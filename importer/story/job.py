"""The story of a run: source, checks, journal, delivery, reports. The only module that knows all of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from importer import __version__
from importer.delivery.dispatcher import Dispatcher
from importer.delivery.loop import deliver
from importer.delivery.policy import few_files, policy_of
from importer.delivery.replies.key_mask import key_mask
from importer.delivery.replies.voice import Voice
from importer.delivery.stop_switch import StopSwitch
from importer.errors import (
    DeclinedError,
    ImporterError,
    JournalError,
    LockedError,
    NothingToDoError,
    RunAbandonedError,
    defect,
)
from importer.journal.journal import Journal
from importer.journal.run_journal import RunJournal
from importer.model.exit_codes import exit_code, has_ended
from importer.model.modes import Mode
from importer.model.run import NewRun, PastRun, Target
from importer.model.source import SourceInfo
from importer.model.statuses import Status
from importer.model.stop_reasons import STOP_SENTENCES, StopReason
from importer.reports.folder import RunFolder, prepare, reopen, withdraw_all
from importer.sandbox import Customer, Sandbox
from importer.settings import Settings
from importer.sheets.limits import Limits
from importer.sheets.open import open_table
from importer.sheets.table import Table
from importer.story.housekeeping import tidy
from importer.story.intake import Intake, chosen_rows, expect_source
from importer.story.kept_table import kept_table
from importer.story.lookout import Lookout
from importer.story.order import Finished, Observer, Order, Plan, Stake, World
from importer.story.own_sheet import note_sheet
from importer.story.premises import Premises, Stopwatch
from importer.story.profiles.sharing import own_in_flight, own_rate
from importer.story.reporting import Reporting
from importer.story.stillness import Unchanged
from importer.times import rfc3339


@dataclass(frozen=True, slots=True)
class _AtHand:
    """What a run works with, once it is there."""

    journal: Journal
    run: RunJournal
    table: Table
    target: Target
    folder: RunFolder
    sandbox: Sandbox | None


class Job:
    """One run of one source, or the rest of one.

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
        self._premises = Premises(order=order, settings=settings, switch=switch, world=world, started=world.wall())
        self._key = self._premises.key()
        self._reporting = Reporting(order, settings)
        self._intake = Intake(order, settings, observer, switch, world.large_bytes)
        self._watch = Stopwatch(world.clock)

    def run(self, retried: PastRun | None = None) -> Finished:
        """Go through with it, from the source to the reports.

        Args:
            retried: An ended run: only its rows that another try may help are taken up.

        Raises:
            SettingsError, SourceError, RunAbandonedError, DeclinedError: Nothing was sent, and no run exists.
            LockedError: Another run is sending to the same place, or a stopped process holds the journal; nothing was
                done.
            JournalError: The journal failed; it holds what is known.
        """
        run_id, premises = self._world.run_id(), self._premises
        with premises.sandbox() as sandbox, premises.journal() as journal:
            target = retried.target if retried and sandbox is None else premises.target(sandbox)
            with premises.lock(target, run_id, self._watch), ExitStack() as claim:
                tidy(journal, self._settings)
                milestones, path = premises.milestones(journal), premises.path(run_id)
                if retried is not None:
                    milestones.expect_newest(retried)
                with self._watch.waiting():
                    premises.stillness().wait(self._order.read_from)
                unchanged = Unchanged.since_now(self._order.read_from)
                # The journal knows the run before its folder is claimed: a claim is never nobody's.
                new = self._new_run(run_id, target, path, retried)
                run = journal.begin(new, milestones.known_before(new.output))
                with _discarded_if_nothing_comes_of_it(run, claim):
                    unchanged.expect(copy=run.source)
                    folder = claim.enter_context(prepare(path, run_id, wanted=self._order.reports))
                    if retried is not None:
                        expect_source(retried, run, self._order.source)
                    if self._observer.tells_later:  # this run may make them good
                        claim.callback(self._mention_others, journal, run)
                    else:
                        self._mention_others(journal, run)
                    table = self._open(journal, run)
                    self._observer.begun(run_id)
                    source = self._intake.check(run, table, target, chosen_rows(journal, run_id))
                    if retried is not None and sandbox is None:
                        run.selection.supersede()
                    self._expect_kept_values(run)
                    plan = self._plan(run, source, target, folder.path, server_here=sandbox is not None)
                    if retried is None:
                        plan = replace(plan, left_open=run.origins.left_open())
                    unchanged.expect()
                    if self._is_agreed(plan):
                        unchanged.expect()  # it may have taken somebody a while to answer
                        run.agreed(self._watch.idle_s)
                at = _AtHand(journal, run, table, target, folder, sandbox)
                return self._send_and_report(at, plan)

    def resume(self, past: PastRun) -> Finished:
        """Go on with an unfinished run, from its journal and its own copy of the source.

        Raises:
            NothingToDoError: Another process has ended it meanwhile.
            RunAbandonedError: The journal is older than what was done with it, or the question was ended from outside.
            DeclinedError: Whoever was asked has said no. In all these cases, the run is as it was.
            SettingsError, LockedError, JournalError: As for `run`.
        """
        premises = self._premises
        with premises.sandbox() as sandbox, premises.journal() as journal:
            target = past.target if sandbox is None else premises.target(sandbox)
            with premises.lock(target, past.run_id, self._watch), ExitStack() as claim:
                past = journal.find(past.run_id)
                if past.ended:
                    raise NothingToDoError(f"Run {past.run_id} has ended.", code="nothing_to_resume")
                premises.milestones(journal).expect_newest(past)
                path = (self._order.output or past.output).absolute()
                self._observer.begun(past.run_id, resumed=True)
                plan, agreed = None, False
                if past.checked and self._observer.asks:  # before anything of it is changed
                    with journal.rehearsed(past, supersede=sandbox is None) as run:
                        plan = self._plan(run, past.source, target, path, server_here=sandbox is not None)
                    agreed = self._is_agreed(plan, past)
                is_known = path in past.folders
                # The journal knows of the folder before it is claimed, and goes there only when it is.
                journal.note_folder(past, path)
                folder = claim.enter_context(reopen(path, past.run_id, known=is_known))
                run, idle_s = journal.resume(past, output=path, asked=self._order.asked()), self._watch.idle_s
                # From here on the run is not as it was any more: "nothing was done" would be untrue.
                with self._named(past.run_id, "before it sent anything", only=LockedError):
                    table, source = self._open(journal, run), past.source
                    if not past.checked:
                        source = self._intake.check(run, table, target, chosen_rows(journal, past.run_id))
                    if sandbox is None:
                        run.selection.supersede()
                    self._expect_kept_values(run)
                    if plan is None:
                        plan = self._plan(run, source, target, path, server_here=sandbox is not None)
                        with _left_if_declined(journal, past):
                            agreed = self._is_agreed(plan, past)
                    if agreed:
                        run.agreed(self._watch.idle_s - idle_s)
                at = _AtHand(journal, run, table, target, folder, sandbox)
                return self._send_and_report(at, plan, past)

    def _send_and_report(self, at: _AtHand, plan: Plan, past: PastRun | None = None) -> Finished:
        """Send what is to be sent, settle the rest, and report on the whole run."""
        run = at.run
        if past is not None:
            withdraw_all(past.folders, past.run_id, but=at.folder.path)
        if self._order.mode is Mode.RUN:
            # A process that is killed cannot say any more that there is something to go on with.
            with self._named(run.run_id, "before it sent anything"):
                self._premises.milestones(at.journal).sending(at.folder.path)
        with self._named(run.run_id, "in the middle of sending"):
            reason = self._deliver(at, plan)
        with self._named(run.run_id, "before its reports were written"):
            return self._conclude(at, plan.source, past, reason)

    def _plan(self, run: RunJournal, source: SourceInfo, target: Target, folder: Path, *, server_here: bool) -> Plan:
        """Return what will be sent, and where: nothing if invalid rows forbid it."""
        statuses, selection = run.statuses(), run.selection
        held_back = self._settings.strict and self._order.mode is Mode.RUN and statuses[Status.INVALID] > 0
        to_send = 0 if held_back else run.to_send()
        stake = None
        if to_send and self._observer.asks:
            stake = Stake(places=selection.places(), hidden=selection.hidden(), changes=selection.changes())
        return Plan(
            run.run_id,
            folder,
            source,
            target,
            statuses,
            to_send,
            held_back,
            run.origins.left(),
            self._settings.timeout,
            few_files(self._in_flight, self._world.files_each + server_here) if to_send else None,
            stake,
        )

    def _is_agreed(self, plan: Plan, past: PastRun | None = None) -> bool:
        """Tell what will be sent, ask whoever is asked, and return whether it may be; False where it is to stop anyway.

        Raises:
            DeclinedError: The answer is no.
            RunAbandonedError: The process was asked to end while the question stood.
        """
        self._observer.checked(plan)
        if self._order.mode is not Mode.RUN or not plan.to_send:
            return True
        if self._switch.reason is not None:
            return False
        with self._watch.waiting():
            agreed = self._observer.go_ahead(plan)
        if agreed:
            return True
        left = "and no run is left" if past is None else f"and run {past.run_id} is as it was"
        again = "" if past is None else f"To be asked again: importer resume {past.run_id}"
        if self._switch.reason in (None, StopReason.INTERRUPTED):
            raise DeclinedError(f"Declined: nothing was sent, {left}.", code="declined", hint=again)
        raise RunAbandonedError(f"Ended: nothing was sent, {left}.", code=str(self._switch.reason), hint=again)

    def _conclude(self, at: _AtHand, source: SourceInfo, past: PastRun | None, reason: StopReason | None) -> Finished:
        """Settle what is left, and report on the whole run."""
        run = at.run
        run.settle(reason, f"The run stopped before this row: {STOP_SENTENCES[reason]}" if reason else "")
        seconds = self._watch.worked_s
        self._observer.writing()
        this_run = at.journal.find(run.run_id)
        summary = self._reporting.summary(
            replace(this_run, source=replace(this_run.source, path=source.path)),
            run.results,
            exit_code=exit_code(this_run.statuses, reason, self._order.mode),
            seconds=seconds + (past.seconds if past else 0.0),
        )
        finished = self._reporting.write(at.table, run.results, summary, at.folder)
        note_sheet(at.journal, this_run, finished)
        code = finished.exit_code
        run.ended(code, unfinished=not has_ended(self._order.mode, code, reason), seconds=seconds)
        return replace(finished, notes=self._premises.milestones(at.journal).ended(run.number, at.folder.path))

    def _mention_others(self, journal: Journal, run: RunJournal) -> None:
        """Tell of unfinished runs of the same source; a journal that fails has something else to be told of."""
        if self._order.mode is not Mode.RUN:
            return
        with suppress(JournalError, LockedError):
            for past in journal.unfinished_of(self._order.source_path, run.sha256, besides=run.run_id):
                if self._observer.unfinished(past):
                    journal.note_told(past)

    def _expect_kept_values(self, run: RunJournal) -> None:
        if self._order.from_kept:
            run.keeping.expect_values(run.number)

    def _open(self, journal: Journal, run: RunJournal) -> Table:
        if self._order.from_kept:
            return kept_table(journal, run.run_id)
        return open_table(
            run.source,
            self._order.reading,
            name=self._order.source_name,
            limits=Limits.of(self._settings),
            scratch=run.scratch(),
        )

    def _deliver(self, at: _AtHand, plan: Plan) -> StopReason | None:
        """Send what is to be sent, and return why that stopped early, if it did."""
        if self._order.mode is not Mode.RUN:
            return self._switch.reason
        if plan.held_back:
            return StopReason.INVALID_ROWS
        if at.sandbox is not None:
            at.sandbox.register(Customer(group, customer) for group, customer in at.run.customers())
        # The first rows go alone again where an earlier process did not come further.
        canary = self._settings.canary if at.run.tried() <= self._settings.canary else 0
        in_flight = plan.few_files or self._in_flight
        policy = policy_of(self._settings, canary=canary, concurrency=in_flight, attended=self._world.attended)
        policy = replace(policy, rate=own_rate(self._order, self._settings))
        dispatcher = Dispatcher(
            policy,
            uniform=self._world.uniform,
            redact=key_mask(self._key),
            confirmed=at.run.confirmed_places(),
            voice=Voice(
                at.run.voices.products(),
                earlier=at.run.voices.earlier_products(),
                any_errors=self._settings.api_errors == "any",
            ),
            believed=at.run.voices.believed(),
        )
        with self._world.engine(
            self._premises.endpoint(plan.target, self._key),
            workers=policy.concurrency,
            on_defect=self._observer.defect,
        ) as engine:
            return deliver(
                dispatcher,
                engine,
                at.run,
                clock=self._world.clock,
                switch=self._switch,
                observe=Lookout(dispatcher, self._observer, self._world.clock).settled,
            )

    @property
    def _in_flight(self) -> int:
        """How many rows are in flight at most, if the system lets as many be."""
        return own_in_flight(self._order, self._settings, self._world.ceiling)

    def _new_run(self, run_id: str, target: Target, path: Path, retried: PastRun | None) -> NewRun:
        return NewRun(
            run_id=run_id,
            mode=self._order.mode,
            version=__version__,
            source=self._order.source_path,
            output=path.absolute(),
            has_folder=self._order.reports,
            target=target,
            settings=self._settings.public(),
            asked=self._order.asked(),
            retry_of=retried,
            from_kept=self._order.from_kept,
            started_at=rfc3339(self._premises.started),
            started_by=self._world.user,
            agreed=not self._observer.asks,
            idle_s=self._watch.idle_s,
        )

    @contextmanager
    def _named(self, run_id: str, when: str, *, only: type[Exception] = Exception) -> Iterator[None]:
        """Let an error say which run it ended: something of it was done, and requests of it may have left."""
        try:
            yield
        except only as error:
            if self._order.mode is not Mode.RUN:
                raise
            importer_error = error if isinstance(error, ImporterError) else defect(error)
            kind = JournalError if isinstance(error, LockedError) else type(importer_error)  # something was done
            raise kind(
                f"{importer_error.message} Run {run_id} ended {when}; what is known of it is in the journal.",
                code=importer_error.code,
                hint=f"{importer_error.hint} Then go on with it: importer resume {run_id}",
            ) from error


@contextmanager
def _discarded_if_nothing_comes_of_it(run: RunJournal, claim: ExitStack) -> Iterator[None]:
    """Forget a run whose source turns out to be none: nothing was sent.

    What is wrong is said even where the journal cannot be written now: a later command lets the run go then. As long as
    there is a claim on a folder, the journal knows whose it is.
    """
    try:
        yield
    except BaseException:
        claim.close()
        with suppress(JournalError, LockedError):
            run.discard()
        raise


@contextmanager
def _left_if_declined(journal: Journal, past: PastRun) -> Iterator[None]:
    """Let a run whose source was checked only now be as it was, where nobody wants it sent."""
    try:
        yield
    except (DeclinedError, RunAbandonedError):
        journal.leave(past)
        raise
