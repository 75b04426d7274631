"""The real delivery in simulated time: an engine that makes time pass, a ledger as strict as the journal."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from heapq import heappop, heappush
from itertools import count, islice

from importer.delivery.dispatcher import Dispatcher
from importer.delivery.loop import deliver
from importer.delivery.policy import Policy
from importer.delivery.replies.voice import Voice
from importer.delivery.stop_switch import StopSwitch
from importer.delivery.wire.attempts import Fault, Reply
from importer.model.rows import Attempt, Outcome, Pending, Reconsidered, Waiting
from importer.model.run import MaxErrors
from importer.model.statuses import Status
from importer.model.stop_reasons import StopReason
from tests.delivery.samples import fault, http, ok, unmasked

Api = Callable[[Attempt, float], tuple[float, Reply]]
"""From an attempt and the time to how long it takes to answer, and the answer."""


def policy(
    *,
    concurrency: int = 4,
    adaptive: bool = False,
    rate: float | None = None,
    max_attempts: int = 5,
    max_retry_after_s: float = 120.0,
    max_rate_limited_s: float = 300.0,
    max_outage_s: float = 60.0,
    max_errors: MaxErrors | None = None,
    canary: int = 0,
    retry_budget: float = 20,
    retry_share: float = 0.1,
) -> Policy:
    """Return the numbers that the tests run with unless they say otherwise."""
    return Policy(
        concurrency=concurrency,
        adaptive=adaptive,
        rate=rate,
        max_attempts=max_attempts,
        backoff_s=0.5,
        max_backoff_s=30.0,
        max_retry_after_s=max_retry_after_s,
        max_rate_limited_s=max_rate_limited_s,
        retry_budget=retry_budget,
        retry_share=retry_share,
        max_outage_s=max_outage_s,
        max_errors=max_errors,
        canary=canary,
    )


class Books:
    """A ledger in memory that refuses what the journal would refuse."""

    def __init__(self, rows: Sequence[Pending], *, ceiling: int) -> None:
        self._rows = {row.update.row: row for row in rows}
        self._numbers = sorted(self._rows)
        self._begun: set[int] = set()
        self._ceiling = ceiling
        self.phase = dict.fromkeys(self._rows, 0)
        self.maybe = {number: row.maybe for number, row in self._rows.items()}
        self.attempts: dict[int, int] = {}
        self.outcomes: dict[int, Outcome] = {}
        self.products: list[str] = []
        self.believed: list[Reconsidered] = []
        self.handed_over = 0
        self.most_in_memory = 0

    def pending(self, after: int, limit: int) -> Sequence[Pending]:
        """Return the next rows that wait."""
        waiting = (row for row in self._numbers[bisect_right(self._numbers, after) :] if self.phase[row] == 0)
        found = [self._rows[row] for row in islice(waiting, limit)]
        self.handed_over += len(found)
        self.most_in_memory = max(self.most_in_memory, self.handed_over - len(self.outcomes))
        return found

    def record(
        self,
        begun: Sequence[Attempt],
        waiting: Sequence[Waiting],
        outcomes: Sequence[Outcome],
        *,
        revised: Sequence[Outcome] = (),
        products: Sequence[str] = (),
        believed: Sequence[Reconsidered] = (),
    ) -> None:
        """Take it in as the journal does, in its order: each change has one phase that it may start from."""
        for left in waiting:
            assert self.phase[left.row] == 1
            self.phase[left.row] = 0
            self.maybe[left.row] = left.maybe
            assert left.attempts == self.attempts[left.row]
        for outcome in outcomes:
            assert self.phase[outcome.row] < 2
            self.phase[outcome.row] = 2
            self.outcomes[outcome.row] = outcome
        for outcome in revised:
            assert self.phase[outcome.row] == 2
            assert {self.outcomes[outcome.row].status, outcome.status} == {Status.UNCONFIRMED, Status.REJECTED}
            assert "answered_in_front" in {self.outcomes[outcome.row].code, outcome.code}
            self.outcomes[outcome.row] = outcome
        self.products += products
        self.believed += believed
        for attempt in begun:
            assert self.phase[attempt.update.row] == 0
            self.phase[attempt.update.row] = 1
            self.attempts[attempt.update.row] = attempt.number
        self._begun |= {attempt.update.row for attempt in begun}
        self._begun = {row for row in self._begun if self.phase[row] == 1}
        assert len(self._begun) <= self._ceiling

    def refused_before(self, believed: Sequence[Reconsidered]) -> None:
        """Let rows be refused by an earlier process, and believed to be."""
        for one in believed:
            self.phase[one.outcome.row] = 2
            self.outcomes[one.outcome.row] = replace(one.outcome, status=Status.REJECTED, code="http_410")

    def about_to_send(self, attempt: Attempt) -> bool:
        """Return whether an attempt was recorded before it left."""
        return self.phase[attempt.update.row] == 1 and self.attempts[attempt.update.row] == attempt.number


@dataclass
class World:
    """An engine in simulated time. What is in flight is checked: never two attempts of one customer."""

    api: Api
    books: Books
    presses: list[tuple[float, StopReason]] = field(default_factory=list)
    switch: StopSwitch = field(default_factory=StopSwitch)
    now: float = 1000.0
    sent: list[tuple[float, Attempt]] = field(default_factory=list)
    most_in_flight: int = 0
    _out: list[tuple[float, int, Reply]] = field(default_factory=list)
    _customers: dict[int, tuple[str, str]] = field(default_factory=dict)
    _numbers: count[int] = field(default_factory=count)

    def submit(self, attempts: Sequence[Attempt]) -> None:
        """Ask the API."""
        for attempt in attempts:
            assert self.books.about_to_send(attempt)
            customer = (attempt.update.group_id, attempt.update.customer_id)
            assert customer not in self._customers.values()
            self._customers[attempt.update.row] = customer
            left_at = max(self.now, attempt.leave_at)
            self.sent.append((left_at, attempt))
            latency_s, reply = self.api(attempt, left_at)
            heappush(self._out, (left_at + latency_s, next(self._numbers), replace(reply, elapsed_s=latency_s)))
        self.most_in_flight = max(self.most_in_flight, len(self._customers))

    def poll(self, timeout_s: float) -> Sequence[Reply]:
        """Let time pass up to the next reply, or the time-out."""
        until = self.now + max(timeout_s, 1e-9)
        if self._out and self._out[0][0] <= until:
            self.now = max(self.now, self._out[0][0])
        else:
            self.now = until
        self.press()
        found = []
        while self._out and self._out[0][0] <= self.now:
            found.append(heappop(self._out)[2])
        for reply in found:
            del self._customers[reply.row]
        return found

    def press(self) -> None:
        """Press the switch as often as is due."""
        while self.presses and self.presses[0][0] <= self.now:
            self.switch.press(self.presses.pop(0)[1])

    def keep(self, connections: int) -> None:
        """Nothing is connected here."""

    def close(self) -> None:
        """There is nothing to close."""


@dataclass(frozen=True)
class Ran:
    """What came of a delivery."""

    reason: StopReason | None
    outcomes: Mapping[int, Outcome]
    sent: Sequence[tuple[float, Attempt]]
    world: World
    books: Books

    def statuses(self) -> list[Status]:
        """Return the statuses in row order."""
        return [self.outcomes[row].status for row in sorted(self.outcomes)]

    def times(self, row: int | None = None) -> list[float]:
        """Return when attempts left, of one row or of all, from 0 on."""
        return [
            round(when - self.sent[0][0], 6) for when, attempt in self.sent if row is None or attempt.update.row == row
        ]

    def counts(self) -> Counter[Status]:
        """Return how many rows have each status."""
        return Counter(self.statuses())


@dataclass
class Delivery:
    """A delivery that is to be run: rows, an API, and what a person does meanwhile, by time."""

    rows: Sequence[Pending]
    api: Api
    numbers: Policy = field(default_factory=policy)
    uniform: Callable[[], float] = lambda: 0.5
    presses: Sequence[tuple[float, StopReason]] = ()
    max_steps: int = 1_000_000
    voice: Voice = field(default_factory=Voice)
    believed: Sequence[Reconsidered] = ()
    make_world: Callable[[Api, Books], World] = World

    def run(self) -> Ran:
        """Run it, and check that each outcome was recorded before it was shown, and shown once."""
        books = Books(self.rows, ceiling=self.numbers.concurrency)
        books.refused_before(self.believed)
        world = self.make_world(self.api, books)
        world.presses = [(world.now + after, reason) for after, reason in self.presses]
        world.press()
        shown: list[int] = []
        steps = iter(range(self.max_steps))

        def clock() -> float:
            next(steps)  # Raises where it never ends.
            return world.now

        def observe(outcomes: Sequence[Outcome]) -> None:
            assert all(books.outcomes[outcome.row] == replace(outcome, customer_id="") for outcome in outcomes)
            shown.extend(outcome.row for outcome in outcomes)

        dispatcher = Dispatcher(
            self.numbers, uniform=self.uniform, redact=unmasked, voice=self.voice, believed=self.believed
        )
        reason = deliver(dispatcher, world, books, clock=clock, switch=world.switch, observe=observe)
        assert sorted([*shown, *(one.outcome.row for one in self.believed)]) == sorted(books.outcomes)
        assert world.most_in_flight <= self.numbers.concurrency
        return Ran(reason, books.outcomes, world.sent, world, books)


def always(answer: Callable[[Attempt], Reply], *, latency_s: float = 0.1) -> Api:
    """Return an API that gives one kind of answer."""
    return lambda attempt, _: (latency_s, answer(attempt))


def scripted(script: Mapping[int, Sequence[object]], *, latency_s: float = 0.1) -> Api:
    """Return an API that answers a row's attempts one by one, and confirms whatever is in no script.

    An answer is a status, a status with its `Retry-After`, a fault, a whole reply, or "ok".
    """

    def api(attempt: Attempt, _: float) -> tuple[float, Reply]:
        answers = script.get(attempt.update.row, ())
        answer = answers[attempt.number - 1] if attempt.number <= len(answers) else "ok"
        return latency_s, _reply(attempt, answer)

    return api


def _reply(attempt: Attempt, answer: object) -> Reply:
    match answer:
        case Reply():
            return replace(answer, row=attempt.update.row)
        case Fault():
            return fault(attempt.update, answer)
        case int():
            return http(attempt.update, answer)
        case (int() as status, float() as retry_after_s):
            return http(attempt.update, status, retry_after_s=retry_after_s)
        case "other":
            return ok(attempt.update, email="someone.else@example.com")
        case _:
            return ok(attempt.update)
