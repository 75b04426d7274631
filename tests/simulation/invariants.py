"""What holds after every process, whatever happened to it."""

from __future__ import annotations

import csv
import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from itertools import groupby
from typing import TYPE_CHECKING, Final

from importer.model.run import Summary
from importer.model.statuses import Status
from importer.model.stop_reasons import StopReason
from importer.settings import CEILING, Settings
from tests.simulation.api import NO_TRY, Applied, of_run, whom

if TYPE_CHECKING:
    from tests.simulation.run import Run
    from tests.simulation.scenario import Line
    from tests.simulation.world import Outing, Process, Universe

REFUSALS: Final = {"terminated", "nothing_to_resume", "older_journal"}
"""What a process may end with that has no run."""

_MAY_HAVE_BEEN_APPLIED: Final = {"updated", "mismatch", "unconfirmed"}
_BY_SIGNAL: Final = {StopReason.TERMINATED: 143}


def _journalled(run: Run, universe: Universe) -> list[tuple[int, int, str | None, int, int]]:
    """Return the number, phase, status, doubt and attempts of each row that the journal has of a run."""
    with closing(sqlite3.connect(universe.disk.folder / "state" / "journal.sqlite")) as journal:
        return journal.execute(
            "SELECT row, phase, status, maybe, rows.attempts FROM rows JOIN runs ON runs.number = rows.run"
            " WHERE run_id = ?",
            (run.run_id,),
        ).fetchall()


def check_forgotten(run: Run, universe: Universe) -> None:
    """Hold what the journal says of a run that is never gone on with to what the API has applied."""
    rows = {row: status for row, _, status, *_ in _journalled(run, universe)}
    for row in of_run(universe.api.log, run.run_id):
        assert rows[row] in _MAY_HAVE_BEEN_APPLIED, f"row {row} was applied, and is {rows[row]} for ever"


def check_death(run: Run, universe: Universe) -> None:
    """Hold the journal that a dead process left to what was sent, and to what the API has applied."""
    found = _journalled(run, universe)
    rows = {row: (phase, status, maybe) for row, phase, status, maybe, _ in found}
    in_flight = {row for row, (phase, _, _) in rows.items() if phase == 1}
    assert len(in_flight) <= CEILING
    run.in_flight |= in_flight
    for row in of_run(universe.api.log, run.run_id):
        phase, status, maybe = rows[row]
        assert phase == 1 or maybe or status in _MAY_HAVE_BEEN_APPLIED, f"row {row} was applied, and is {rows[row]}"
    if run.processes[-1].sent:
        assert not (run.output / "summary.json").exists(), "a report is there that is not true any more"
    for row, attempts in sent_by(universe, run).items():
        recorded = next(attempts for number, *_, attempts in found if number == row)
        assert attempts <= recorded, f"row {row} was sent without having been recorded"


def sent_by(universe: Universe, run: Run) -> Counter[int]:
    """Return how many attempts of each row a run has sent."""
    return Counter(attempt.update.row for run_id, _, attempt, _ in universe.sent if run_id == run.run_id)


def check_report(run: Run, process: Process, universe: Universe, settings: Settings) -> None:
    """Hold the reports of a process that came to its end to the truth."""
    summary = run.summary
    assert summary is not None
    rows = _read(run)
    assert list(rows) == [line.row for line in run.lines]
    _check_counts(run, summary, rows)
    applied = of_run(universe.api.log, run.run_id)
    for line in run.lines:
        told = rows[line.row]
        if told["status"]:
            _check_row(run, line, told, applied.get(line.row, []), universe)
        else:
            assert run.retry_of is not None
            assert line.row not in applied
    _check_lines(run, rows)
    _check_budget(process, settings, universe)


def _read(run: Run) -> dict[int, dict[str, str]]:
    with (run.output / "annotated.csv").open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        rows = list(reader)
    if "source_row" not in (reader.fieldnames or ()):
        return dict(enumerate(rows, start=2))
    _check_kept(run, rows)
    blank = {"status": ""}
    taken_up = {int(row["source_row"]): row for row in rows}
    return {line.row: taken_up.get(line.row, blank) for line in run.lines}


def _check_kept(run: Run, rows: Iterable[Mapping[str, str]]) -> None:
    """Rows of a retry that has no source are those of the sheet, by its numbers; what is not sent needs no values."""
    lines = {line.row: line for line in run.lines}
    for row in rows:
        line = lines[int(row["source_row"])]
        values = (row["first_name"], row["last_name"], row["email"])
        assert row["customer_id"] == line.customer
        is_left_out = row["error_code"] in {"superseded", "over_limit"} and row["attempts"] == "0"
        assert values == line.values or (not any(values) and is_left_out)


def _check_counts(run: Run, summary: Summary, rows: Mapping[int, Mapping[str, str]]) -> None:
    """Each row has exactly one outcome, and the exit code follows from them."""
    counts = Counter(told["status"] for told in rows.values() if told["status"])
    assert counts == {status.value: count for status, count in summary.statuses.items() if count}
    assert summary.balanced
    assert summary.seconds >= 0
    assert run.retry_of is not None or counts.total() == len(run.lines)
    if summary.stop_reason is None:
        expected = 0 if counts.keys() <= {"updated", "duplicate", "unchanged"} else 1
    else:
        expected = _BY_SIGNAL.get(summary.stop_reason, 4)
    assert summary.exit_code == expected


def _check_row(run: Run, line: Line, told: Mapping[str, str], applied: Sequence[Applied], universe: Universe) -> None:
    row, status = line.row, told["status"]
    where = f"row {row} of run {run.run_id} is {status} ({told['error_code']})"
    if applied:
        assert status in _MAY_HAVE_BEEN_APPLIED, f"{where}, and was applied"
    if status in ("rejected", "failed"):
        kin = _kin(run)
        earlier = [change for change in universe.api.log if change.run_id in kin and change.row == row]
        assert not earlier, f"{where}, and was applied by a run that it retries"
    if status == "updated":
        confirmed = [change for change in applied if change.updated_at == told["updated_at"]]
        assert confirmed, f"{where} without having been applied as it says"
        assert all(change.values == line.values for change in confirmed), f"{where} with other values"
        held = universe.api.holds[run.group, line.customer]
        assert held.values == line.values or held.run_id != run.run_id, f"{where}, and the API holds something else"
    if status == "unchanged":
        _check_unchanged(run, line, told, universe, where)
    if status == "mismatch" and line.kind == "valid":
        assert applied, f"{where} without having been applied"
    sent = sent_by(universe, run)[row]
    deaths = sum(process.dead for process in run.processes)
    assert sent <= int(told["attempts"]) <= sent + deaths, f"{where} with {told['attempts']} attempts"
    if row in run.in_flight and status == "updated":
        assert "sent again" in told["message"], f"{where}: {told['message']}"


def _check_unchanged(run: Run, line: Line, told: Mapping[str, str], universe: Universe, where: str) -> None:
    """The API held what the row says when the run began, because of an earlier one, and was told nothing else since."""
    of_customer = [change for change in universe.api.log if change.customer == (run.group, line.customer)]
    newest = [change for change in of_customer if change.at <= run.begun_at][-1]
    assert newest.values == line.values, f"{where}, and the API holds something else"
    assert newest.run_id != run.run_id
    confirmed = [change for change in of_customer if change.updated_at == told["updated_at"]]
    assert [change.values for change in confirmed[:1]] == [line.values], f"{where}, and nothing was confirmed so"
    assert "has confirmed the same values" in told["message"]
    assert told["attempts"] == "0"


def _kin(run: Run) -> set[str]:
    """Return the ids of the runs that a run retries, directly or not."""
    return {run.retry_of.run_id} | _kin(run.retry_of) if run.retry_of else set()


def _check_lines(run: Run, rows: Mapping[int, Mapping[str, str]]) -> None:
    """Invalid rows are `invalid`, and repeats share the outcome of the row that they repeat."""
    first = {line.customer: line.row for line in run.lines if line.kind == "valid"}
    for line in run.lines:
        told = rows[line.row]
        if not told["status"]:
            continue
        assert (told["status"] == "invalid") == (line.kind == "invalid")
        if line.kind == "repeat" and told["error_code"] != "over_limit":
            repeated = rows[first[line.customer]]
            assert told["attempts"] == "0"
            if repeated["status"] == "updated":
                assert (told["status"], told["updated_at"]) == ("duplicate", repeated["updated_at"])
            elif repeated["status"]:
                assert (told["status"], told["error_code"]) == (repeated["status"], repeated["error_code"])


def _check_budget(process: Process, settings: Settings, universe: Universe) -> None:
    """Neither tries nor the run's retries go beyond what is allowed, and an API that is down is spared."""
    tried = len({attempt.update.row for attempt in process.sent})
    _check_tries(process, settings, tried)
    assert process.most_in_flight <= (settings.concurrency or CEILING)
    retries = [outing for outing in process.outings if outing.retry]
    paid = settings.retry_budget + settings.retry_share * tried
    assert len(retries) - _most_apart(retries) <= paid, f"{len(retries)} retries for {tried} rows go in parallel"
    if universe.api.climate.front is not None:
        return  # what it answers itself shows life, whatever the API does
    for outage in universe.api.climate.outages:
        lost = [outing.row for outing in process.outings if outage.start_s <= outing.left_at < outage.end_s]
        bound = settings.retry_budget + (1 + settings.retry_share) * len(set(lost))
        assert len(lost) <= bound, f"{len(lost)} requests for {len(set(lost))} rows in an outage"


def _check_tries(process: Process, settings: Settings, tried: int) -> None:
    """Replies that show life are tries; of the others, only as many are none as probes fit into times without life."""
    replies = [outing for outing in process.outings if outing.http_status not in NO_TRY]
    alive = Counter(outing.row for outing in replies if outing.alive)
    assert max(alive.values(), default=0) <= settings.max_attempts, alive.most_common(1)
    lifeless = len(replies) - alive.total()
    stretches = sum(1 for life, _ in groupby(replies, key=lambda outing: outing.alive) if not life)
    bound = settings.max_attempts * tried + _probes_of_a_stretch(settings) * stretches
    assert lifeless <= bound, f"{lifeless} replies without life for {tried} rows, in {stretches} stretches"


def _probes_of_a_stretch(settings: Settings) -> int:
    """Return how many probes can leave in a time without life: they are backed off, and the last leaves at its end."""
    passed, count = 0.0, 0
    while passed < settings.max_outage:
        passed += min(settings.max_outage / 4, max(settings.backoff, 0.05) * 2.0**count) / 2
        count += 1
    return count + 1


def _most_apart(outings: Iterable[Outing]) -> int:
    """Return how many of them there can be of which no two are under way at once: what is beyond a budget is that."""
    found, free_at = 0, float("-inf")
    for outing in sorted(outings, key=lambda outing: outing.back_at):
        if outing.left_at >= free_at:
            found, free_at = found + 1, outing.back_at
    return found


def check_end(runs: Iterable[Run], universe: Universe) -> None:
    """When all is done: nothing newer of ours was overwritten, and nothing that can be resumed is left."""
    age = {run.run_id: run.age for run in runs}
    newest: dict[tuple[str, str], int] = {}
    for run_id, _, attempt, _ in universe.sent:
        customer = whom(attempt.update)
        assert newest.get(customer, 0) <= age[run_id], f"run {run_id} sent {customer} after a later run"
        newest[customer] = age[run_id]
    for customer, held in universe.api.holds.items():
        applied = [age[change.run_id] for change in universe.api.log if change.customer == customer]
        assert age[held.run_id] == max(applied), f"what is newest of {customer} was overwritten"
    for run in runs:
        assert run.summary is None or run.summary.statuses.keys() == set(Status)
