"""All policy about when: what to send next, how long to wait, what a reply leads to, whether to stop.

A state machine without a clock, a thread, a socket or randomness of its own: all are handed in, so that the same
policy runs over any engine, and in simulated time.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Final

from importer.delivery.decisions import Decisions
from importer.delivery.dispatch_step import DispatchStep
from importer.delivery.pace.backlog import Backlog
from importer.delivery.pace.backoff import RetryBudget
from importer.delivery.pace.brake import Brake
from importer.delivery.pace.darkening import Darkening
from importer.delivery.pace.in_flight import Window
from importer.delivery.pace.outage import NoLife, Outage
from importer.delivery.pace.quotas import Quotas
from importer.delivery.pace.rate_limit import Throttle
from importer.delivery.pace.shedding import Shedding
from importer.delivery.pace.spacing import Pacing
from importer.delivery.pace.walls import Walls
from importer.delivery.policy import Policy
from importer.delivery.replies.refusals import GroupAndAccount, Refusals
from importer.delivery.replies.reply_meaning import Meaning, Next, blocked_for_good, classify, without_words
from importer.delivery.replies.row_history import DeliveryRow, undecided
from importer.delivery.replies.voice import Voice
from importer.delivery.rows_in_flight import RowsInFlight
from importer.delivery.standstill import AskedWait, Standstill
from importer.delivery.wire.attempts import Fault, Reply
from importer.model.rows import Attempt, Outcome, Pending, Reconsidered
from importer.model.statuses import Status
from importer.model.stop_reasons import StopReason

_NEVER: Final = float("-inf")
_WINDOW: Final = 4
"""Rows kept in memory are at most this many times the ceiling, beside the few that are held."""
_FEWEST: Final = 8
"""But so many may always be, since it takes several rows to see that the API is down."""


class Dispatcher:
    """Turns pending rows into attempts and replies into outcomes.

    Times are seconds of one monotonic clock, and never go back. The caller feeds rows in row order, asks for the
    next `step`, makes it durable, hands the begun attempts to an engine and gives back each reply; every row that
    was fed and begun gets exactly one outcome by the time that `finished` is true. Rows that were never begun when
    the run stopped get none: they are untouched in the journal.

    Args:
        policy: The numbers.
        uniform: Returns random numbers from 0 to below 1, for jitter.
        redact: Masks secrets in the API's words.
        confirmed: Groups and accounts of which rows were confirmed before, by this run or those that it retries.
        voice: Tells whose answer a refusal is.
        believed: What rows turn out to be that an earlier process of the run has believed to be refused.
    """

    def __init__(
        self,
        policy: Policy,
        *,
        uniform: Callable[[], float],
        redact: Callable[[str], str],
        confirmed: Iterable[GroupAndAccount] = (),
        voice: Voice | None = None,
        believed: Sequence[Reconsidered] = (),
    ) -> None:
        self._policy = policy
        self._redact = redact
        self._pacing = Pacing(policy.rate)
        self._throttle = Throttle()
        quotas = Quotas(policy.max_retry_after_s)
        self._standstill = Standstill(self._pacing, quotas, policy.backoff_s)
        self._brake = Brake(self._throttle, self._pacing, policy.backoff_s, policy.max_backoff_s, uniform, quotas)
        self._refusals = Refusals.after(confirmed)
        self._budget = RetryBudget(policy.retry_budget, policy.retry_share)
        self._outage = Outage(policy.max_outage_s, policy.backoff_s, uniform, policy.waits_for_name)
        self._darkening = Darkening()
        self._backlog = Backlog()
        self._window = Window(
            policy.concurrency, start=1 if policy.adaptive else policy.concurrency, adaptive=policy.adaptive
        )
        self._shedding = Shedding(self._throttle, self._window)
        self._walls = Walls(policy.max_attempts)
        self._voice = voice or Voice()
        self._decisions = Decisions(policy, self.stop, believed)
        self._in_flight = RowsInFlight()
        self._fed = 0
        self._fed_all = False
        self._step = DispatchStep()
        self.stop_reason: StopReason | None = None

    @property
    def finished(self) -> bool:
        """Whether there is nothing left to do, `step` included."""
        return not self._step and self._is_over

    @property
    def _is_over(self) -> bool:
        if self._in_flight:
            return False
        if self.stop_reason is not None:
            return not self._decisions.held and self._backlog.due_at is None
        return self._fed_all and not self._backlog.rows

    @property
    def in_flight(self) -> Collection[int]:
        """The rows whose attempts are out."""
        return self._in_flight.numbers

    @property
    def slots(self) -> int:
        """How many attempts may be in flight, beside those that hang."""
        return self._window.size

    @property
    def connections(self) -> int | None:
        """More than so many connections would take the places of those that are of use; None where any may be."""
        if self._shedding.kept_waiting:
            return self.slots
        return max(1, self._backlog.rows) if self._fed_all else None

    @property
    def silence(self) -> NoLife | None:
        """What keeps rows waiting, or from being sent at all, where the API shows no life; None where it does."""
        return self._outage.silence if self.stop_reason is None or self._outage.nameless else None

    def asked_wait(self, now: float) -> AskedWait | None:
        """Return the wait that the API has asked for; None where something leaves meanwhile, or waits for more."""
        return self._standstill.wait(now, self.wait_s(now))

    def room(self) -> int:
        """Return how many more rows can be fed now; 0 while there are enough."""
        if self._fed_all or self.stop_reason is not None:
            return 0
        most = max(_WINDOW * self._policy.concurrency, _FEWEST) + self._outage.rows_to_look_at
        free = most - (self._backlog.rows - len(self._decisions.held))
        return free if free >= self._policy.concurrency else 0

    def feed(self, rows: Sequence[Pending], *, last: bool) -> None:
        """Take in the next rows, in row order; `last` says that none will follow."""
        self._backlog.add(
            [
                DeliveryRow.of(pending, canary=ordinal < self._policy.canary)
                for ordinal, pending in enumerate(rows, start=self._fed)
            ]
        )
        self._fed += len(rows)
        self._fed_all = last

    def step(self, now: float) -> DispatchStep:
        """Return what has come about since the last call, and begin as many attempts as may leave now."""
        if self._decisions.blamed or (not self._in_flight and (self.stop_reason is not None or self._stuck())):
            self._release_held()
        if self.stop_reason is not None:
            for row in self._backlog.drop_waiting():
                self._finish(row, undecided(row, self.stop_reason))
        while self.stop_reason is None and (following := self._next(now)):
            self._begin(following, now)
        full = self._is_full(now)
        for attempt in self._step.begun:
            row = self._in_flight.find(attempt.update.row)
            row.full, row.level = full, len(self._in_flight)
        if self._is_over:
            self._step.revise(self._decisions.revised(self._voice.has_confirmed))
            self._step.revise(self._decisions.disbelieved(self._voice.may_be_own))
        step, self._step = self._step, DispatchStep()
        return step

    def wait_s(self, now: float) -> float | None:
        """Return how long nothing will happen but replies; None if only a reply can bring anything."""
        if self.room():
            return 0.0
        if self.stop_reason is not None or self._is_full(now):
            return None
        due_at = _NEVER if self._backlog.peek_fresh(canary=self._canary_out) else self._due_at
        if due_at is None or (self._outage.paused and self._outage.probe is not None):
            return None
        if self._outage.paused:
            due_at = max(due_at, self._outage.probe_at)
        return max(0.0, due_at - now, self._pacing.begins_at(now) - now)

    def submitted(self, now: float) -> None:
        """Take note that the engine has what was begun last: what should have left by now leaves now."""
        self._pacing.submitted(now)

    def receive(self, reply: Reply, now: float) -> None:
        """Take in the reply to an attempt that is in flight."""
        row = self._in_flight.end(reply.row)
        self._pacing.answered(row.left_at, now)
        is_confirmed = self._refusals.has_confirmed(row.group_and_account)
        meaning = classify(reply, row.update, self._redact, self._voice, is_confirmed=is_confirmed)
        if meaning.status is Status.UPDATED and (product := self._voice.confirmed(reply)) is not None:
            self._step.products.append(product if self._redact(product) == product else "")
        # What the importer itself did to an attempt tells nothing of the API.
        ours = reply.fault is Fault.GIVEN_UP or reply.fault is Fault.DEFECT
        alive = reply.shows_life
        row.latency_s = None if ours else reply.elapsed_s
        lifeless_probe = not ours and self._outage.learn(
            row.number,
            now,
            alive=alive,
            retry_after_s=meaning.retry_after_s,
            why="" if alive else without_words(reply),
            nameless=reply.fault is Fault.NAME_NOT_RESOLVED,
        )
        if not ours:
            self._note_darkness(row, now, alive=alive)
        lifeless_probe &= not (self._fed_all and self._backlog.is_last(row))
        row.learn(meaning, free=lifeless_probe)
        reason = self._refusals.judge(meaning, row.group_and_account)
        if reason is not None:
            self._decisions.blamed.add(reason)
            self.stop(reason)
        if not self._refusals.holding:
            self._release_held()
        limited = meaning.next is Next.WAIT_OUT
        self._brake.heed(reply, row.left_at, len(self._in_flight), now, limited=limited and not meaning.is_wall)
        if ours or limited or not self._shedding.learn(row, reply, len(self._in_flight), now):
            self._note_limit(row, meaning, now)
        else:
            self._brake.slow_down(row.begun_at, now)
        if alive and not self._shedding.is_calm(self._in_flight.longest_s(now)):
            self._shedding.look_after(self._in_flight.levels, now)
        self._follow(row, meaning, now, lifeless_probe=lifeless_probe)
        self._standstill.learn(reply, meaning, now)
        if meaning.status is Status.UPDATED:
            self._step.revise(self._decisions.disbelieved(self._voice.may_be_own))
        if self._outage.over:
            self._give_up(now)

    def _note_darkness(self, row: DeliveryRow, now: float, *, alive: bool) -> None:
        """Hold back a row that takes the API down each time it is sent."""
        culprit = self._darkening.learn(row.number, row.left_at, now, alive=alive, dark=self._outage.dark)
        if culprit is not None:
            self._backlog.hold_back(culprit)
        if self._outage.dark:
            self._shedding.gone()

    def _give_up(self, now: float) -> None:
        """Stop over an API that shows no life; where only hopeless rows are left, decide on these instead."""
        in_doubt = self._fed_all and all(row.last and row.last.maybe for row in self._backlog.waiting)
        if self._canary_out or not self._outage.goes_on(self._backlog.fresh, now, in_doubt=in_doubt):
            self.stop(StopReason.API_DOWN)
        elif not self._backlog.fresh and not self._in_flight:
            self._outage.forget()
            for row, last in [(row, row.last) for row in self._backlog.drop_waiting() if row.last]:
                self._decide(row, last)

    def stop(self, reason: StopReason) -> None:
        """Begin nothing more; what is in flight still counts. The first reason stands."""
        self.stop_reason = self.stop_reason or reason

    def _begin(self, row: DeliveryRow, now: float) -> None:
        """Let an attempt of a row take a slot, and leave as soon as the pacing allows."""
        if row.begun_at == _NEVER:
            self._budget.note_row()
        row.attempts += 1
        row.begun_at = now
        row.left_at = self._pacing.leave(now, self._throttle.next_rate(now), sharp=self._throttle.sharp)
        self._in_flight.begin(row)
        self._brake.begun(now)
        self._step.begun.append(Attempt(row.update, row.attempts, row.left_at))

    def _follow(self, row: DeliveryRow, meaning: Meaning, now: float, *, lifeless_probe: bool) -> None:
        """Do what a meaning asks for."""
        if meaning.retry_after_s is not None and meaning.retry_after_s > self._policy.max_retry_after_s:
            self.stop(StopReason.RETRY_AFTER_TOO_LONG)
        match meaning.next:
            case Next.DEFECT:
                self.stop(StopReason.INTERNAL_ERROR)
                self._decide(row, meaning)
            case Next.WAIT_OUT if meaning.is_wall:
                self._meet_wall(row, meaning, now)
            case Next.WAIT_OUT:
                self._come_back(row, self._brake.slow_down(row.begun_at, now, asked_s=meaning.retry_after_s))
            case Next.RETRY if lifeless_probe:
                row.retry = True
                self._come_back(row, now)
            case Next.ASK_AGAIN if not row.asked_again and row.tries < self._policy.max_attempts:
                row.asked_again, row.retry = True, False
                self._come_back(row, now + self._brake.wait_s(row.tries))
            case Next.RETRY if row.tries < self._policy.max_attempts:
                row.retry = True
                self._come_back(row, now + self._brake.wait_s(row.tries, asked_s=meaning.retry_after_s))
            case _ if self._refusals.holding:
                self._decisions.held.append((row, meaning))
                self._step.waiting.append(row.waiting())
            case _:
                self._decide(row, meaning)

    def _come_back(self, row: DeliveryRow, due: float) -> None:
        """Let a row wait for its next attempt; while it is open whether the API is down, all take turns."""
        self._backlog.put_off(row, due, last=self._outage.in_doubt)
        self._step.waiting.append(row.waiting())

    def _meet_wall(self, row: DeliveryRow, meaning: Meaning, now: float) -> None:
        """Let a row that was blocked wait behind the others, and everything where all are blocked."""
        alone = self._fed_all and not self._backlog.fresh
        if self._walls.met(row.number, alone=alone):
            self._decide(row, blocked_for_good(meaning))
            return
        due = now + self._brake.wait_s(self._walls.in_a_row, asked_s=meaning.retry_after_s)
        if self._walls.are_for_all:
            self._pacing.pause(due)
        self._come_back(row, due)

    def _note_limit(self, row: DeliveryRow, meaning: Meaning, now: float) -> None:
        """Stop where there has been nothing but "slow down" for too long."""
        if not meaning.is_wall:
            self._walls.passed(row.number)
        if meaning.next is not Next.WAIT_OUT:
            if not row.turned_away:
                self._throttle.passed(row.begun_at, now)
            self._brake.release()
        elif self._brake.limited_s(now) >= self._policy.max_rate_limited_s:
            self.stop(StopReason.BLOCKED if meaning.is_wall else StopReason.RATE_LIMITED)

    def _next(self, now: float) -> DeliveryRow | None:
        """Return the row whose attempt leaves now: one that waited for it before a new one.

        While it is open whether the API is down, new ones go first, so that no row has used up its tries when that is
        known.
        """
        if self._is_full(now) or self._pacing.begins_at(now) > now:
            return None
        if self._outage.paused:
            return self._next_probe(now)
        fresh = self._backlog.peek_fresh(canary=self._canary_out)
        waiting = None if self._due_at is None else self._backlog.peek_due(now)
        new_first = self._outage.in_doubt or self._walls.in_a_row or self._backlog.only_last
        if fresh is not None and (waiting is None or new_first):
            return self._backlog.take_fresh(fresh)
        if waiting is None:
            return None
        if waiting.retry and not self._budget.spend():
            self._outage.pause(now, wait=False)
            return self._next_probe(now)
        return self._backlog.take_due()

    @property
    def _due_at(self) -> float | None:
        """When the first of the rows that wait for another try may go; None where that depends on a reply."""
        last = self._backlog.only_last and (self._in_flight or self.room())
        return None if last or self._outage.awaits(len(self._in_flight)) else self._backlog.due_at

    def _is_full(self, now: float) -> bool:
        """Whether no further attempt may be in flight."""
        if len(self._in_flight) < self._window.size:
            return False
        calm = self._in_flight.longest_s(now) < self._window.patience_s
        return calm or self._window.is_full(self._in_flight.left_at, now)

    def _next_probe(self, now: float) -> DeliveryRow | None:
        """Return the row whose attempt looks whether the API is back, when it is time for that.

        Rows that wait for another try and new ones take turns: what failed may be the row's fault, and what is new may
        not be used up on an API that is down.
        """
        if self._outage.probe is not None or self._outage.probe_at > now:
            return None
        waiting = self._backlog.peek_due(now)
        fresh = self._backlog.peek_fresh(canary=self._canary_out, far=self._outage.looks_far)
        if waiting is not None and (fresh is None or self._outage.probes % 2 == 0):
            row = self._backlog.take_due()
        elif fresh is not None:
            row = self._backlog.take_fresh(fresh)
        else:
            return None
        self._outage.probing(row.number, now)
        return row

    @property
    def _canary_out(self) -> bool:
        """Whether the first rows are not done, so that no other may go."""
        expected = min(self._policy.canary, self._fed) if self._fed_all else self._policy.canary
        return self._decisions.canaries < expected

    def _stuck(self) -> bool:
        """Whether no other reply will come to tell what the held ones mean."""
        fresh = self._backlog.peek_fresh(canary=self._canary_out)
        return fresh is None and self._backlog.due_at is None and not self.room()

    def _release_held(self) -> None:
        """Decide on the rows whose refusal might have been the key's or the target's fault."""
        held, self._decisions.held = self._decisions.held, []
        for row, meaning in held:
            self._decide(row, meaning)

    def _decide(self, row: DeliveryRow, meaning: Meaning) -> None:
        self._finish(row, self._decisions.decide(row, meaning, self._step.believed))

    def _finish(self, row: DeliveryRow, outcome: Outcome) -> None:
        self._step.outcomes.append(outcome)
        self._backlog.release(row)
        self._decisions.note(row, outcome)
