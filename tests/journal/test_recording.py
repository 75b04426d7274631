"""`record`: every step whole or not at all, and never a second outcome."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest

from importer.errors import JournalError
from importer.journal.run_journal import RunJournal
from importer.model.rows import Attempt, Outcome, Waiting
from importer.model.source import SourceInfo
from importer.model.statuses import Status
from tests.journal.rows import begun, outcome, seen, update, waiting

RunOf = Callable[[int], RunJournal]


@dataclass(frozen=True)
class Step:
    """What one call of `record` is given."""

    begun: list[Attempt] = field(default_factory=list)
    waiting: list[Waiting] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)


@pytest.mark.parametrize(
    "step",
    [
        pytest.param(Step(outcomes=[outcome(2)]), id="a second outcome"),
        pytest.param(Step(outcomes=[outcome(3), outcome(3)]), id="two outcomes at once"),
        pytest.param(Step(begun=begun(2)), id="sending a row with an outcome"),
        pytest.param(Step(begun=begun(3)), id="sending a row in flight"),
        pytest.param(Step(begun=begun(4, 4)), id="sending a row twice at once"),
        pytest.param(Step(begun=begun(5)), id="sending a repeat"),
        pytest.param(Step(waiting=[waiting(2)]), id="waiting with an outcome"),
        pytest.param(Step(waiting=[waiting(4)]), id="waiting without an attempt"),
        pytest.param(Step(waiting=[waiting(5)]), id="a repeat that waits"),
        pytest.param(Step(outcomes=[outcome(5)]), id="an outcome of a repeat"),
        pytest.param(Step(begun=begun(99)), id="sending an unknown row"),
        pytest.param(Step(waiting=[waiting(99)]), id="an unknown row that waits"),
        pytest.param(Step(outcomes=[outcome(99)]), id="an outcome of an unknown row"),
    ],
)
def test_a_step_that_does_not_fit_is_refused_whole(step: Step, run_of: RunOf) -> None:
    """A step for a row that is not where the step finds it is a JournalError, and nothing of the step stays."""
    run = run_of(5)
    run.selection.resolve([(5, 4)])
    run.record(begun(2, 3, 6), [], [])
    run.record([], [], [outcome(2)])
    before = seen(run.path, "SELECT * FROM rows")
    with pytest.raises(JournalError) as caught:
        run.record(step.begun, [waiting(6), *step.waiting], step.outcomes)
    assert caught.value.code == "journal_out_of_step"
    assert "defect" in caught.value.message
    assert seen(run.path, "SELECT * FROM rows") == before
    run.record(begun(4), [waiting(6)], [outcome(3)])


def test_a_row_that_waits_can_get_its_outcome_in_the_same_step(run_of: RunOf) -> None:
    """A row may wait and be decided on in one step: the outcome stands, with its own number of attempts."""
    run = run_of(1)
    run.record(begun(2), [], [])
    run.record([], [waiting(2, maybe=True)], [outcome(2, Status.UNCONFIRMED, attempts=1)])
    assert seen(run.path, "SELECT status, attempts FROM rows") == [("unconfirmed", 1)]


def test_a_row_that_waits_can_be_sent_again_in_the_same_step(run_of: RunOf) -> None:
    """A row may wait and be sent again in one step: it is in flight then, for the second time."""
    run = run_of(1)
    run.record(begun(2), [], [])
    run.record(begun(2, number=2), [waiting(2)], [])
    assert seen(run.path, "SELECT phase, attempts FROM rows") == [(1, 2)]
    assert run.attempts() == 2


def test_a_row_can_get_its_outcome_between_two_attempts(run_of: RunOf) -> None:
    """A row that waits, in no attempt, can end."""
    run = run_of(1)
    run.record(begun(2), [], [])
    run.record([], [waiting(2)], [])
    run.record([], [], [outcome(2, Status.NOT_SENT, code="api_down", http_status=503)])
    assert [(found.status, found.code) for found in run.outcomes()] == [(Status.NOT_SENT, "api_down")]


def test_an_empty_step_changes_nothing(run_of: RunOf) -> None:
    """There may be nothing to record."""
    run = run_of(1)
    run.record([], [], [])
    assert seen(run.path) == [(2, 0, None)]


def test_runs_do_not_touch_each_others_rows(run_of: RunOf) -> None:
    """Rows of another run of the same journal stay as they are, though they have the same numbers."""
    run = run_of(2)
    run.connection.execute(
        "INSERT INTO runs (number, run_id, mode, version, started_at, checked_at, finished_at, exit_code, stop_reason,"
        " source_path, source_sheet, source_sha256, source_rows, source_skipped, base_url, group_id, linked_account_id,"
        " output, settings) SELECT 99, 'other', mode, version, started_at, NULL, NULL, NULL, NULL,"
        " source_path, NULL, source_sha256, NULL, NULL, base_url, NULL, NULL, output, settings FROM runs"
    )
    run.connection.execute("INSERT INTO rows (run, row, repeats) VALUES (99, 2, NULL), (99, 3, 2)")
    run.record(begun(2, 3), [], [])
    run.record([], [waiting(3)], [outcome(2)])
    run.selection.leave_out(code="over_limit", message="Left out")
    run.settle(None, "")
    assert seen(run.path, "SELECT row, phase, status, attempts FROM rows WHERE run = 99") == [
        (2, 0, None, 0),
        (3, 0, None, 0),
    ]
    assert (run.attempts(), sum(run.statuses().values())) == (2, 2)
    assert len(list(run.outcomes())) == 2
    assert list(run.customers()) == []


def test_the_same_row_is_not_taken_in_twice(run_of: RunOf) -> None:
    """A row number that is there already is refused with all that came with it."""
    run = run_of(2)
    with pytest.raises(JournalError, match="UNIQUE"):
        run.add([update(4), update(3)], [])
    assert run.to_send() == 2


def test_every_method_that_writes_is_one_transaction(run_of: RunOf) -> None:
    """What a method tells the journal is there as a whole or not at all: each makes one commit, and writes in no other.

    `checked` notes what differs from what was last confirmed, and that the source is checked.
    """
    run = replace(run_of(3), place="https://api.invalid")
    statements: list[str] = []
    run.connection.set_trace_callback(lambda text: statements.append(text.split()[0].upper()))
    run.checked(SourceInfo(path="/a.csv", sheet=None, sha256="0", rows=3))
    run.connection.set_trace_callback(None)
    writing = [word for word in statements if word not in ("SELECT", "PRAGMA")]
    assert (writing[0], writing[-1]) == ("BEGIN", "COMMIT")
    assert writing.count("UPDATE") == 2
    assert writing.count("COMMIT") == 1
