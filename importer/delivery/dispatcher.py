"""All policy about when: what to send next, how long to wait, what a reply leads to, whether to stop.

A state machine without a clock, a thread, a socket or randomness of its own: all are handed in, so that the same
policy runs over any engine, and in simulated time.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import Final

from importer.delivery.attempts import Reply
from importer.delivery.outcomes import Row, not_sent, settle, undecided
from importer.delivery.pacing import Pacing
from importer.delivery.refusals import Refusals, is_cause
from importer.delivery.replies import Next, Verdict, classify
from importer.delivery.retry import backoff_s
from importer.model import Attempt, Outcome, Pending, StopReason, Waiting

_WINDOW: Final = 4
"""Rows kept in memory are at most this many times the ceiling, beside the few that are held."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The numbers of delivery; their meaning and defaults are those of the settings of the same names.

    Attributes:
        concurrency: Rows in flight at most.
        rate: Attempts per second at most; None for no such limit.
        max_attempts: Tries of a row at most; being told to slow down is none.
    """

    concurrency: int
    rate: float | None
    max_attempts: int
    backoff_s: float
    max_backoff_s: float
    max_retry_after_s: float
    max_rate_limited_s: float


@dataclass(slots=True)
class Step:
    """What has to become durable before anything else happens."""

    begun: list[Attempt] = field(default_factory=list)
    waiting: list[Waiting] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.begun or self.waiting or self.outcomes)


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
    """

    def __init__(self, policy: Policy, *, uniform: Callable[[], float], redact: Callable[[str], str]) -> None:
        self._policy = policy
        self._uniform = uniform
        self._redact = redact
        self._pacing = Pacing(policy.rate)
        self._refusals = Refusals()
        self._ready: deque[Row] = deque()
        self._behind: dict[tuple[str, str], deque[Row]] = {}
        """By customer, for every customer with a row that has no outcome yet: the rows behind that one."""
        self._later: list[tuple[float, int, Row]] = []
        self._held: list[tuple[Row, Verdict]] = []
        self._in_flight: dict[int, Row] = {}
        self._in_memory = 0
        self._blamed: set[StopReason] = set()
        self._limited_since: float | None = None
        self._limited_in_a_row = 0
        self._slowed_at = float("-inf")
        self._fed_all = False
        self._step = Step()
        self.stop_reason: StopReason | None = None

    @property
    def finished(self) -> bool:
        """Whether there is nothing left to do, `step` included."""
        if self._in_flight or self._step:
            return False
        if self.stop_reason is not None:
            return not (self._held or self._later)
        return self._fed_all and not self._behind

    @property
    def in_flight(self) -> Collection[int]:
        """The rows whose attempts are out."""
        return self._in_flight.keys()

    def room(self) -> int:
        """Return how many more rows can be fed now; 0 while there are enough."""
        if self._fed_all or self.stop_reason is not None:
            return 0
        free = _WINDOW * self._policy.concurrency - (self._in_memory - len(self._held))
        return free if free >= self._policy.concurrency else 0

    def feed(self, rows: Sequence[Pending], *, last: bool) -> None:
        """Take in the next rows, in row order; `last` says that none will follow."""
        for pending in rows:
            row = Row(pending.update, attempts=pending.attempts, maybe=pending.maybe)
            behind = self._behind.get(row.customer)
            if behind is None:
                self._behind[row.customer] = deque()
                self._ready.append(row)
            else:
                behind.append(row)
        self._in_memory += len(rows)
        self._fed_all = last

    def step(self, now: float) -> Step:
        """Return what has come about since the last call, and begin as many attempts as may leave now."""
        if self._blamed or (not self._in_flight and (self.stop_reason is not None or self._stuck())):
            self._release_held()
        if self.stop_reason is not None:
            self._drop_waiting(self.stop_reason)
        while self.stop_reason is None and (row := self._next(now)):
            row.attempts += 1
            row.left_at = now
            self._in_flight[row.number] = row
            self._pacing.left(now)
            self._step.begun.append(Attempt(row.update, row.attempts))
        step, self._step = self._step, Step()
        return step

    def wait_s(self, now: float) -> float | None:
        """Return how long nothing will happen but replies; None if only a reply can bring anything."""
        if self.room():
            return 0.0
        if self.stop_reason is not None or len(self._in_flight) >= self._policy.concurrency:
            return None
        if self._ready:
            return max(0.0, self._pacing.opens_at() - now)
        if self._later:
            return max(0.0, self._later[0][0] - now, self._pacing.opens_at() - now)
        return None

    def receive(self, reply: Reply, now: float) -> None:
        """Take in the reply to an attempt that is in flight."""
        row = self._in_flight.pop(reply.row)
        verdict = classify(reply, row.update, self._redact)
        row.learn(verdict)
        reason = self._refusals.judge(verdict, row.place)
        if reason is not None:
            self._blamed.add(reason)
            self.stop(reason)
        if not self._refusals.holding:
            self._release_held()
        self._note_limit(verdict, now)
        self._follow(row, verdict, now)

    def stop(self, reason: StopReason) -> None:
        """Begin nothing more; what is in flight still counts. The first reason stands."""
        self.stop_reason = self.stop_reason or reason

    def _follow(self, row: Row, verdict: Verdict, now: float) -> None:
        """Do what a verdict asks for."""
        if verdict.retry_after_s is not None and verdict.retry_after_s > self._policy.max_retry_after_s:
            self.stop(StopReason.RETRY_AFTER_TOO_LONG)
        match verdict.next:
            case Next.DEFECT:
                self.stop(StopReason.INTERNAL_ERROR)
                self._decide(row, verdict)
            case Next.WAIT_OUT:
                self._slow_down(row, verdict, now)
                self._come_back(row, now)
            case Next.RETRY if row.tries < self._policy.max_attempts:
                self._come_back(row, now + self._pause_s(verdict, row.tries))
            case _ if self._refusals.holding:
                self._held.append((row, verdict))
                self._step.waiting.append(row.waiting())
            case _:
                self._decide(row, verdict)

    def _come_back(self, row: Row, due: float) -> None:
        """Let a row wait for its next attempt."""
        heappush(self._later, (due, row.number, row))
        self._step.waiting.append(row.waiting())

    def _slow_down(self, row: Row, verdict: Verdict, now: float) -> None:
        """Let everything wait after a "slow down".

        Attempts that left before the last pause was called tell nothing new: of a burst, only the first counts.
        """
        if row.left_at >= self._slowed_at:
            self._slowed_at = now
            self._limited_in_a_row += 1
        elif verdict.retry_after_s is None:
            return
        self._pacing.pause(now + self._pause_s(verdict, self._limited_in_a_row))

    def _pause_s(self, verdict: Verdict, tries: int) -> float:
        """Return how long to wait: what the API asks for and a little more, else a backoff."""
        base_s, uniform = self._policy.backoff_s, self._uniform()
        if verdict.retry_after_s is not None:
            return verdict.retry_after_s + uniform * base_s
        return backoff_s(tries=tries, base_s=base_s, cap_s=self._policy.max_backoff_s, uniform=uniform)

    def _note_limit(self, verdict: Verdict, now: float) -> None:
        """Stop where there has been nothing but "slow down" for too long."""
        if verdict.next is not Next.WAIT_OUT:
            self._limited_since, self._limited_in_a_row = None, 0
            return
        if self._limited_since is None:
            self._limited_since = now
        if now - self._limited_since >= self._policy.max_rate_limited_s:
            self.stop(StopReason.RATE_LIMITED)

    def _next(self, now: float) -> Row | None:
        """Return the row whose attempt leaves now: one that waited for it before a new one."""
        if len(self._in_flight) >= self._policy.concurrency or self._pacing.opens_at() > now:
            return None
        if self._later and self._later[0][0] <= now:
            return heappop(self._later)[2]
        return self._ready.popleft() if self._ready else None

    def _stuck(self) -> bool:
        """Whether no other reply will come to tell what the held ones mean."""
        return not (self._ready or self._later or self.room())

    def _release_held(self) -> None:
        """Decide on the rows whose refusal might have been the key's or the target's fault."""
        held, self._held = self._held, []
        for row, verdict in held:
            self._decide(row, verdict)

    def _drop_waiting(self, reason: StopReason) -> None:
        """Decide on the rows that were to be tried again when the run stopped."""
        waiting, self._later = self._later, []
        for _, _, row in sorted(waiting, key=lambda entry: entry[1]):
            self._finish(row, undecided(row, reason))

    def _decide(self, row: Row, verdict: Verdict) -> None:
        """Give a row its outcome by its last verdict, unless the run stopped over that."""
        blame = next((reason for reason in self._blamed if is_cause(verdict, reason)), None)
        self._finish(row, settle(row, verdict) if blame is None else not_sent(row, verdict, blame))

    def _finish(self, row: Row, outcome: Outcome) -> None:
        self._step.outcomes.append(outcome)
        self._in_memory -= 1
        behind = self._behind[row.customer]
        if behind:
            self._ready.appendleft(behind.popleft())
        else:
            del self._behind[row.customer]
