"""Any order of steps at all: each row is in exactly one state, and no step loses one or counts it twice."""

from __future__ import annotations

import tempfile
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from importer.errors import JournalError
from importer.journal.journal import Journal
from importer.model.rows import Attempt, Outcome, Waiting
from importer.model.run import NewRun
from importer.model.source import SourceInfo
from importer.model.statuses import Status
from importer.model.stop_reasons import StopReason
from tests.journal.rows import NEW_RUN, outcome, seen, update

pytestmark = pytest.mark.slow

ROWS = range(2, 9)
UNKNOWN = 99
ENDS = [status for status in Status if status is not Status.INVALID]
PHASES = {"to send": 0, "in flight": 1}
TAKEN_UP = {"to send", "in flight", Status.FAILED, Status.UNCONFIRMED, Status.NOT_SENT}

some_rows = st.lists(st.sampled_from([*ROWS, UNKNOWN]), max_size=3)


class Recording(RuleBasedStateMachine):
    """A run of seven rows, and a model of what each of them is."""

    @initialize()
    def begin(self) -> None:
        """Begin a run in a journal of its own."""
        self.folder = tempfile.TemporaryDirectory()
        root = Path(self.folder.name)
        source = root / "source.csv"
        source.write_text("x")
        self.journal = Journal(root / "state", wall=lambda: 0.0)
        self.run = self.journal.begin(NewRun(run_id="run", source=source, output=root, **NEW_RUN))
        self.run.add([update(row) for row in ROWS], [])
        self.run.checked(SourceInfo(str(source), None, self.run.sha256, len(ROWS)))
        self.model: dict[int, str] = dict.fromkeys(ROWS, "to send")
        self.attempts: Counter[int] = Counter()
        self.doubtful: set[int] = set()
        self.interrupted: set[int] = set()

    @rule(begun=some_rows, waiting=some_rows, ended=st.lists(st.tuples(st.sampled_from(ROWS), st.sampled_from(ENDS))))
    def record(self, begun: list[int], waiting: list[int], ended: list[tuple[int, Status]]) -> None:
        """Record a step, which fits or does not: the journal must agree with the model on which it is."""
        model, attempts = dict(self.model), Counter(self.attempts)
        fits = self._take(model, attempts, begun, waiting, ended)
        step = (
            [Attempt(update(row), attempts[row]) for row in begun],
            [Waiting(row, attempts[row], maybe=row in self.doubtful) for row in waiting],
            [self._outcome(row, status, attempts) for row, status in ended],
        )
        refused = True
        with suppress(JournalError):
            self.run.record(*step)
            refused = False
        assert refused is not fits
        if fits:
            self.model, self.attempts = model, attempts
            self.doubtful |= {row for row, status in ended if status is Status.UNCONFIRMED}

    @rule(stopped=st.booleans())
    def go_on_after_the_end_of_the_process(self, *, stopped: bool) -> None:
        """Resume in another journal: after the process died, or after a stop that settled what was not in flight."""
        in_flight = {row for row, state in self.model.items() if state == "in flight"}
        if stopped:
            self.run.settle(StopReason.TERMINATED, "It stopped")
            self.run.ended(143, unfinished=True)
        self.journal.__exit__(None, None, None)
        self.journal = Journal(Path(self.folder.name) / "state", wall=lambda: 0.0)
        self.run = self.journal.resume(self.journal.find("run"))
        self.model = {row: "to send" if state in TAKEN_UP else state for row, state in self.model.items()}
        self.doubtful |= in_flight
        self.interrupted |= in_flight

    @staticmethod
    def _outcome(row: int, status: Status, attempts: Counter[int]) -> Outcome:
        return outcome(row, status, attempts=attempts[row])

    @staticmethod
    def _take(
        model: dict[int, str],
        attempts: Counter[int],
        begun: list[int],
        waiting: list[int],
        ended: list[tuple[int, Status]],
    ) -> bool:
        """Take a step in the model; return whether it fits."""
        for row in waiting:
            if model.get(row) != "in flight":
                return False
            model[row] = "to send"
        for row, status in ended:
            if model[row] not in PHASES:
                return False
            model[row] = status
        for row in begun:
            if model.get(row) != "to send":
                return False
            model[row] = "in flight"
            attempts[row] += 1
        return True

    @invariant()
    def each_row_is_in_exactly_one_state(self) -> None:
        """The journal, read by another connection, says of every row what the model says, and the sums agree."""
        expected = [
            (row, PHASES.get(state, 2), None if state in PHASES else state) for row, state in sorted(self.model.items())
        ]
        assert seen(self.run.path) == expected
        unsettled = sum(state in PHASES for state in self.model.values())
        assert sum(self.run.statuses().values()) + unsettled == len(ROWS)
        assert self.run.statuses() == dict.fromkeys(Status, 0) | Counter(
            Status(state) for state in self.model.values() if state not in PHASES
        )
        waiting = [row for row, state in sorted(self.model.items()) if state == "to send"]
        assert [
            (pending.update.row, pending.attempts, pending.maybe, pending.interrupted)
            for pending in self.run.pending(0, 100)
        ] == [(row, self.attempts[row], row in self.doubtful, row in self.interrupted) for row in waiting]
        assert self.run.to_send() == len(waiting)
        assert self.run.attempts() == self.attempts.total()

    def teardown(self) -> None:
        """Close the journal."""
        self.journal.__exit__(None, None, None)
        self.folder.cleanup()


TestRecording = Recording.TestCase
TestRecording.settings = settings(max_examples=30, stateful_step_count=20)
