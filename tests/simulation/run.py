"""A scenario from its first process to its last: runs, deaths, stops, resumes, retries, other runs in between."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from pydantic import SecretStr

from importer.errors import ImporterError
from importer.journal.journal import Journal
from importer.model.modes import Mode
from importer.model.run import PastRun, Summary
from importer.settings import Settings
from importer.story.job import Job
from importer.story.order import Finished, Order
from tests.simulation import invariants
from tests.simulation.api import LATEST_S, Api
from tests.simulation.scenario import CALM, UNHURT, Fate, Line, Scenario
from tests.simulation.world import DeathError, Disk, Process, Universe

_MOST_PROCESSES = 8
_HEALTHY: Mapping[str, object] = {"concurrency": 4, "max_attempts": 5, "max_errors": "1000000"}
_KEY = SecretStr("sk-invented")
_OF_A_PROCESS = frozenset({"state_dir", "keep_days"})
Go = Callable[[Job], Finished]


@dataclass
class Run:
    """A run as a person knows it.

    Attributes:
        age: Counts runs in the order in which they began; a retry is as old as the run that it retries.
        lines: The sheet.
        group: Where it sends to.
        begun_at: When the process began that has checked its sheet.
        limit: How many rows it was to send at most.
        in_flight: Rows that were in flight when a process of it died.
        summary: Of its last process that came to its end.
    """

    run_id: str
    name: str
    age: int
    lines: Sequence[Line]
    source: Path
    output: Path
    group: str
    begun_at: float
    limit: int | None = None
    retry_of: Run | None = None
    processes: list[Process] = field(default_factory=list)
    in_flight: set[int] = field(default_factory=set)
    summary: Summary | None = None


class Simulation:
    """All that follows from one seed.

    Args:
        seed: Which one.
        folder: Empty; what the processes keep on disk goes there.
    """

    def __init__(self, seed: int, folder: Path) -> None:
        self.scenario = Scenario(seed)
        api = Api(self.scenario.climate(), self.scenario.random("api"))
        self.universe = Universe(api, Disk(folder), self.scenario.random("jitter"), jumps=self.scenario.jumps)
        self.runs: dict[str, Run] = {}
        self._random = self.scenario.random("story")
        self._backups = self.scenario.random("backups")
        self._processes = 0
        self._names = iter("abcdefgh")

    def play(self) -> None:
        """Let it happen, and hold every report to the truth."""
        self._begin(next(self._names))
        for _ in range(self._random.randint(0, _MOST_PROCESSES)):
            self._go_on()
        self._mend()
        for past in self._unfinished():
            self._resume(past, UNHURT)
        assert not self._unfinished(), "it cannot be brought to its end"
        invariants.check_end(self.runs.values(), self.universe)

    def _go_on(self) -> None:
        """Do what a person may do next."""
        self._let_time_pass()
        unfinished, ended = self._unfinished(), [past for past in self._past() if past.ended]
        if self.scenario.nightly and not unfinished:
            self._back_up_or_restore()
            ended = [past for past in self._past() if past.ended]
        chance = self._random.random()
        if unfinished and chance < 0.6:
            self._resume(unfinished[0], self._fate())
        elif unfinished and chance < 0.68:
            self._forget(self._random.choice(unfinished))
        elif ended and chance < (0.4 if self.scenario.nightly else 0.85):
            self._retry(self._random.choice(ended))
        elif (name := next(self._names, None)) is not None:
            self._begin(name)

    def _back_up_or_restore(self) -> None:
        """Make a backup of the state directory, or put that in its place: the runs since are known by nobody then."""
        chance = self._backups.random()
        if chance < 0.3:
            self.universe.disk.back_up()
            self.universe.tell("a backup is made")
        elif chance < 0.5 and self.universe.disk.restore():
            self.universe.tell("the backup is put back")

    def _mend(self) -> None:
        """Let the API answer as it should from now on."""
        self.universe.pass_time(LATEST_S + 1)
        self.universe.api.heal(CALM)
        self.universe.tell("the API is well")

    def _let_time_pass(self) -> None:
        self.universe.pass_time(LATEST_S + self._random.choice((1.0, 100.0, 3600.0)))

    def _fate(self) -> Fate:
        return self.scenario.fate(self._processes)

    def _begin(self, name: str) -> None:
        """Begin a run of a sheet."""
        lines = self.scenario.sheet(name)
        folder = self.universe.disk.folder
        source, output = folder / f"{name}.csv", folder / f"reports-{name}"
        _write(source, lines)
        limit = self.scenario.limit(name)
        order = Order(mode=Mode.RUN, source=source, output=output, limit=limit)
        group = self.scenario.group(name)
        settings = self._settings({"group_id": group, **self.scenario.settings(name)})
        run = Run("", name, len(self.runs), lines, source, output, group, self.universe.now, limit)
        self._process(run, order, settings, self._fate(), Job.run)

    def _resume(self, past: PastRun, fate: Fate) -> None:
        run = self.runs[past.run_id]
        if not past.checked:
            run.begun_at = self.universe.now
        given = _HEALTHY if fate is UNHURT else {}
        self._process(run, Order.again(past), self._settings(given, past), fate, lambda job: job.resume(past))

    def _retry(self, past: PastRun) -> None:
        first = self.runs[past.run_id]
        output = self.universe.disk.folder / f"reports-{first.name}-{len(self.runs)}"
        from_kept = past.kept_rows > 0 and self._random.random() < 0.5  # another file has its name by then
        order = replace(Order.again(past), output=output, from_kept=from_kept)
        run = replace(
            first, run_id="", output=output, begun_at=self.universe.now, retry_of=first, processes=[], in_flight=set(),
            summary=None,
        )  # fmt: skip
        self._process(run, order, self._settings({}, past), self._fate(), lambda job: job.run(past))

    def _forget(self, past: PastRun) -> None:
        with self._journal() as journal:
            journal.forget(past)
        self.universe.tell(f"run {past.run_id} is forgotten")
        invariants.check_forgotten(self.runs[past.run_id], self.universe)

    def _settings(self, given: Mapping[str, object], past: PastRun | None = None) -> Settings:
        own = {"state_dir": self.universe.disk.folder / "state", "api_key": _KEY, "keep_days": 36_500}
        loaded = _loaded(tuple(given.items())) if past is None else _loaded_again(_saved(past), tuple(given.items()))
        return loaded.model_copy(update=own)

    def _process(self, run: Run, order: Order, settings: Settings, fate: Fate, go: Go) -> None:
        """Let one process do what it can, and look at what it leaves behind."""
        process = Process(self.universe, self._processes, fate)
        self._processes += 1
        finished, refusal = self._attempt(process, order, settings, go)
        assert refusal in {None, *invariants.REFUSALS}
        assert not process.defects
        self._note(run, process)
        if process.dead and process.run_id in self.runs:
            invariants.check_death(run, self.universe)
        if finished is not None:
            run.summary = finished.summary
            self.universe.tell(f"ended with exit code {finished.summary.exit_code}, {finished.summary.stop_reason}")
            invariants.check_report(run, process, self.universe, settings)

    def _attempt(
        self, process: Process, order: Order, settings: Settings, go: Go
    ) -> tuple[Finished | None, str | None]:
        """Return what a process came to, or the code of the error that it ended with; neither where it died."""
        try:
            return go(Job(order, settings, observer=process, switch=process.switch, world=process.world())), None
        except DeathError:
            self.universe.disk.put_back()
            return None, None
        except ImporterError as error:
            self.universe.tell(f"refused: {error.message}")
            return None, error.code

    def _note(self, run: Run, process: Process) -> None:
        """Remember the run, if the journal does."""
        if any(past.run_id == process.run_id for past in self._past()):
            run.run_id = process.run_id
            run.processes.append(process)
            self.runs[run.run_id] = run
        else:
            assert not process.sent, "a run that the journal does not know has sent something"

    def _journal(self) -> Journal:
        return Journal(self.universe.disk.folder / "state", wall=lambda: 2e9)

    def _past(self) -> Sequence[PastRun]:
        with self._journal() as journal:
            return journal.runs()

    def _unfinished(self) -> Sequence[PastRun]:
        return [past for past in self._past() if not past.ended and past.kept]


@cache
def _loaded(given: tuple[tuple[str, object], ...]) -> Settings:
    """Return the settings of a run; reading the environment for each of them would take most of the time."""
    target = {"base_url": "https://api.example.com", "linked_account_id": "acct-7"}
    return Settings.load(target | dict(given))


@cache
def _loaded_again(saved: str, given: tuple[tuple[str, object], ...]) -> Settings:
    """Return the settings of a run that is gone on with; the same few come again and again."""
    return Settings.again(json.loads(saved), {**dict(given), "api_key": _KEY})


def _saved(past: PastRun) -> str:
    """Return what the journal has kept of a run's settings, but for what this process has its own of."""
    return json.dumps({name: value for name, value in past.settings.items() if name not in _OF_A_PROCESS})


def _write(path: Path, lines: Sequence[Line]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("Customer ID", "First Name", "Last Name", "Email"))
        writer.writerows((line.customer, *line.values) for line in lines)
