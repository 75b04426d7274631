"""Simulated time, the engine that makes it pass, and the death of a process."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count
from pathlib import Path
from random import Random

from importer.delivery.stop_switch import StopSwitch
from importer.delivery.wire.attempts import Engine, Reply
from importer.delivery.wire.endpoint import Endpoint
from importer.model.rows import Attempt, Outcome
from importer.model.run import PastRun
from importer.model.stop_reasons import StopReason
from importer.story.order import Plan, World
from tests.simulation.api import NO_TRY, Api, is_in_front
from tests.simulation.scenario import Fate

_MOST_STEPS = 300_000
_NOON = 1_767_268_800.0


class DeathError(BaseException):
    """The process is gone: nothing that happens after this is true."""


class Disk:
    """What outlives a process: a folder that can be put back to how it was at the moment of a death."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "disk"
        self._kept = folder / "kept"
        self._backup = folder / "backup"
        self.folder.mkdir()

    def keep(self) -> None:
        """Remember how everything is now."""
        shutil.copytree(self.folder, self._kept)

    def put_back(self) -> None:
        """Undo whatever the dead process did while it was unwound."""
        shutil.rmtree(self.folder)
        self._kept.rename(self.folder)

    def back_up(self) -> None:
        """Make a backup of the state directory, in the place of an older one."""
        shutil.rmtree(self._backup, ignore_errors=True)
        shutil.copytree(self.folder / "state", self._backup)

    def restore(self) -> bool:
        """Put the state directory back from its backup, and return whether there is one."""
        if not self._backup.exists():
            return False
        shutil.rmtree(self.folder / "state")
        shutil.copytree(self._backup, self.folder / "state")
        return True


class Universe:
    """What all processes of a scenario share: time, the API and the disk."""

    def __init__(self, api: Api, disk: Disk, random: Random, *, jumps: float) -> None:
        self.api = api
        self.disk = disk
        self.random = random
        self.now = 0.0
        self.wall_jump_s = 0.0
        self._jumps = jumps
        self.ids = (f"run{number:05d}" for number in count(1))
        self.sent: list[tuple[str, int, Attempt, float]] = []
        self.story: list[str] = []

    def tell(self, event: str) -> None:
        """Note what happened, for whoever replays a seed."""
        self.story.append(f"{self.now:9.3f}  {event}")

    def let_the_wall_clock_jump(self) -> None:
        """Let somebody set the wall clock, now and then: back by a day, or on by an hour or a year."""
        if self.random.random() < self._jumps:
            self.wall_jump_s += self.random.choice((-86_400.0, 3_600.0, 366 * 86_400.0))

    def pass_time(self, seconds: float) -> None:
        """Let time pass without a process."""
        self.now += seconds
        self.api.settle(self.now)


@dataclass(frozen=True)
class Outing:
    """An attempt, from its departure to its reply."""

    row: int
    left_at: float
    back_at: float
    retry: bool
    http_status: int | None

    @property
    def alive(self) -> bool:
        """Whether the reply showed life: it was any but a 5xx."""
        return self.http_status is not None and self.http_status < 500


class Process:
    """One process of the importer: its world, its engine and its observer. It may die at any call of either.

    Attributes:
        run_id: Of the run it is at, once that is begun.
        number: Among all processes of the scenario.
        sent: The rows it has sent, with the number of the attempt.
        outings: Of every attempt that has its reply: the row, when it left, when the reply came, whether it was a
            retry (whether the row had a reply before that was a try of its own), and the reply's HTTP status.
    """

    def __init__(self, universe: Universe, number: int, fate: Fate) -> None:
        self.number = number
        self.run_id = ""
        self.dead = False
        self.sent: list[Attempt] = []
        self.outings: list[Outing] = []
        self.most_in_flight = 0
        self.defects: list[Exception] = []
        self.switch = StopSwitch()
        self._universe = universe
        self._fate = fate
        self._steps = 0
        self._in_flight: dict[int, str] = {}
        self._out: list[tuple[float, int, Reply]] = []
        self._left_at: dict[int, float] = {}
        self._answered: set[int] = set()
        self._numbers = count()

    def world(self) -> World:
        """Return what the job needs from outside."""
        return World(
            wall=self._wall,
            clock=self._clock,
            sleep=self._sleep,
            uniform=self._universe.random.random,
            run_id=self._new_id,
            engine=self._engine,
        )

    def _step(self) -> None:
        """Come to a point where the process may be stopped, or die."""
        self._steps += 1
        assert self._steps < _MOST_STEPS, "it never ends"
        if self.dead:
            return
        if self._steps in self._fate.stops_at:
            self._universe.tell("asked to stop")
            self.switch.press(StopReason.TERMINATED)
        if self._steps == self._fate.dies_at:
            self._universe.tell(f"dies at step {self._steps}")
            self.dead = True
            self._universe.disk.keep()
            self._universe.api.lose(self._universe.now)
            raise DeathError

    def _clock(self) -> float:
        self._step()
        return self._universe.now

    def _wall(self) -> float:
        self._step()
        self._universe.let_the_wall_clock_jump()
        return _NOON + self._universe.now + self._universe.wall_jump_s

    def _new_id(self) -> str:
        self.run_id = next(self._universe.ids)
        return self.run_id

    def _sleep(self, seconds: float) -> None:
        self._step()
        self._universe.pass_time(seconds)

    @contextmanager
    def _engine(self, endpoint: Endpoint, *, workers: int, on_defect: Callable[[Exception], None]) -> Iterator[Engine]:
        del on_defect  # This engine has none.
        assert endpoint.base_url
        assert workers >= 1
        yield self

    def submit(self, attempts: Sequence[Attempt]) -> None:
        """Send; between two of them, the process may die."""
        for attempt in attempts:
            self._step()
            update = attempt.update
            assert update.customer_id not in self._in_flight.values(), "two attempts of one customer at once"
            self._in_flight[update.row] = update.customer_id
            left_at = max(self._universe.now, attempt.leave_at)
            self._left_at[update.row] = left_at
            assert attempt.leave_at < self._universe.now + 0.1, "begun long before it leaves"
            self.sent.append(attempt)
            self._universe.sent.append((self.run_id, self.number, attempt, left_at))
            answered_at, reply = self._universe.api.ask(update, self.run_id, left_at)
            self._universe.tell(
                f"row {update.row}, attempt {attempt.number}: {reply.fault or reply.http_status} at {answered_at:.3f}"
            )
            heappush(self._out, (answered_at, next(self._numbers), reply))
        self.most_in_flight = max(self.most_in_flight, len(self._in_flight))

    def poll(self, timeout_s: float) -> Sequence[Reply]:
        """Let time pass up to the next reply, or the time-out."""
        until = self._universe.now + max(timeout_s, 1e-9)
        if self._out and self._out[0][0] <= until:
            until = max(self._universe.now, self._out[0][0])
        self._universe.pass_time(until - self._universe.now)
        self._step()
        found = []
        while self._out and self._out[0][0] <= self._universe.now:
            found.append(heappop(self._out)[2])
        for reply in found:
            del self._in_flight[reply.row]
            self._note(reply)
        return found

    def _note(self, reply: Reply) -> None:
        again = reply.row in self._answered
        self.outings.append(Outing(reply.row, self._left_at[reply.row], self._universe.now, again, reply.http_status))
        if is_in_front(reply):
            self._answered.discard(reply.row)  # the one more try that follows costs nothing
        elif reply.http_status not in NO_TRY:
            self._answered.add(reply.row)

    def keep(self, connections: int) -> None:
        """Nothing is connected here."""

    def close(self) -> None:
        """There is nothing to close."""

    def begun(self, run_id: str, *, resumed: bool = False) -> None:  # noqa: ARG002 - the signature of the port
        """Note which run this is."""
        assert self.run_id in ("", run_id)
        self.run_id = run_id
        self._universe.tell(f"process {self.number} is at run {run_id}")
        self._step()

    def unfinished(self, past: PastRun) -> bool:
        """Be told of another run."""
        assert past.run_id != self.run_id
        self._step()
        return False

    def read(self, rows: int) -> None:
        """Come by; a process may die in the middle of a source."""
        assert rows >= 0
        self._step()

    def checked(self, plan: Plan) -> None:
        """Come by."""
        assert plan.run_id == self.run_id
        self._step()

    @property
    def tells_later(self) -> bool:
        """Tell later in every third process."""
        return self.number % 3 == 0

    @property
    def asks(self) -> bool:
        """Ask in every other process, as it comes."""
        return self.number % 2 == 0

    def go_ahead(self, plan: Plan) -> bool:
        """Agree."""
        assert plan.to_send
        self._step()
        return True

    def settled(self, outcomes: Sequence[Outcome]) -> None:
        """Come by; what is told is what is durable."""
        for outcome in outcomes:
            self._universe.tell(f"row {outcome.row}: {outcome.status} {outcome.code}")
        self._step()

    def silent(self, why: str, seconds: float | None) -> None:
        """Be told what is waited for."""
        assert seconds is None or (why and seconds >= 0.0)
        self._step()

    def asked_to_wait(self, why: str, seconds: float) -> None:
        """Be told what is waited for, and until when."""
        assert (seconds > 0.0) == bool(why)
        self._step()

    def writing(self) -> None:
        """Come by."""
        self._step()

    def defect(self, error: Exception) -> None:
        """Note what should not have happened."""
        self.defects.append(error)
