"""What the last runs have ended with, for people: a line a profile."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from importer.called_as import program
from importer.cli.screen.past_runs import kind, local_time
from importer.cli.screen.tables import lines
from importer.cli.screen.wrapping import wide
from importer.model.exit_codes import ExitCode
from importer.model.run import PastRun, State
from importer.model.source import STANDARD_INPUT
from importer.ops.last_runs import FoundRun, OfProfile
from importer.reports.saying.figures import counted, duration
from importer.reports.saying.next_steps import to_correct
from importer.story.profiles.said_by_file import calling
from importer.times import rfc3339

_WORDS: Final[Mapping[ExitCode, str]] = {
    ExitCode.WELL: "well",
    ExitCode.ATTENTION: "needs attention",
    ExitCode.USAGE: "wrong settings",
    ExitCode.SOURCE: "source unreadable",
    ExitCode.STOPPED: "stopped early",
    ExitCode.FAILED: "failed",
    ExitCode.LOCKED: "another was in the way",
    ExitCode.HUNG_UP: "hung up",
    ExitCode.INTERRUPTED: "interrupted",
    ExitCode.TERMINATED: "terminated",
}
_STARTED: Final = "started"
_HEADER: Final = ("profile", "run", _STARTED, "file", "took", "what came of it")
_RIGHT: Final = frozenset({"took"})
_NOBODY: Final = "(no profile)"


def told_last(
    found: Sequence[OfProfile], *, since: float | None, only_failed: bool, width: int | None
) -> Iterator[str]:
    """Yield a line for each run, or for each profile that has none; then the commands that something needs.

    Args:
        found: What is known of each profile.
        since: What the time was that is asked about, in seconds since the epoch; None for no time.
        only_failed: Only what is not as it should be is to be told.
        width: Of a line of the terminal, where there is one: what is too wide for it are several lines.
    """
    if not found:
        yield "Nothing needs attention." if only_failed else "There are no runs yet."
        return
    rows = [row for one in found for row in _rows(one, since)]
    table = list(lines(*_with_one_zone(rows), right=_RIGHT))
    if width is None or max(map(wide, table)) <= width:
        yield from table
    else:
        yield from _stacked(rows)
    ways_on = [way_on for one in found for run in one.runs if (way_on := _way_on(run))]
    if ways_on:
        yield ""
        yield from ways_on


def _with_one_zone(rows: Sequence[tuple[str, ...]]) -> tuple[Sequence[str], Sequence[tuple[str, ...]]]:
    """Return header and rows with the zone of all times in the header, where they have the same one."""
    zones = {started.rpartition(" ")[2] for _, _, started, *_ in rows if started}
    if len(zones) != 1:
        return _HEADER, rows
    (zone,) = zones
    header = [f"{name} ({zone})" if name == _STARTED else name for name in _HEADER]
    return header, [(name, run, started.removesuffix(f" {zone}"), *rest) for name, run, started, *rest in rows]


def verdict_in_words(run: FoundRun) -> str:
    """Return how a run has ended, in a word or two, with its exit code."""
    past = run.past
    if past.at_work:
        return "at work"
    if past.exit_code is None:
        return "cut off"
    return f"{_WORDS[run.counts_as]} ({past.exit_code})"


def next_command(run: FoundRun) -> str:
    """Return the command that a run needs, as it can be typed; "" for none."""
    past = run.past
    if past.at_work or run.counts_as is ExitCode.WELL:
        return ""
    command = f"importer {'resume' if _is_to_go_on(past) else 'show'} {past.run_id}"
    return program() + calling(run.settings, past.profile).command(command).removeprefix("importer")


def _is_to_go_on(past: PastRun) -> bool:
    """Return whether a run is to be gone on with as it is; of what is to be corrected before, `show` tells."""
    return past.state is State.UNFINISHED and to_correct(past.mode, past.statuses, past.stop_reason) is None


def _rows(one: OfProfile, since: float | None) -> Iterator[tuple[str, ...]]:
    name = _NOBODY if one.profile is None else one.profile
    name += "" if one.is_expected or one.profile is None else " (no more)"
    if one.error is not None:
        yield name, "", "", "", "", f"not known: {one.error.message} {one.error.hint}".rstrip()
    for run in one.runs:
        past = run.past
        what = "" if run.sends and past.retry_of is None else f"{kind(past)}{' (sandbox)' if run.is_sandbox else ''}, "
        told = f"{what}{verdict_in_words(run)}: {_counts(past)}"
        file = "standard input" if past.source.path == str(STANDARD_INPUT) else Path(past.source.path).name
        yield name, past.run_id, local_time(past.started_at), file, duration(past.seconds), told
    if one.is_missing and since is not None:
        begun = "" if one.last is None else f"; the last one began {local_time(one.last.past.started_at)}"
        yield name, "", "", "", "", f"no run since {local_time(rfc3339(since))}{begun or ', and none before'}"
    elif not one.runs and one.error is None:
        yield name, "", "", "", "", "never run"


def _counts(past: PastRun) -> str:
    """Return how many rows have ended as what, in a few words."""
    counts = [f"{count:,} {status.replace('_', ' ')}" for status, count in past.statuses.items() if count]
    counts += [f"{past.left:,} without an outcome"] if past.left else []
    if counts:
        return ", ".join(counts)
    return "no rows" if past.checked else "its source was not checked to the end"


def _stacked(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """Yield the same in lines that are no wider than what they say."""
    for name, run_id, started, file, took, told in rows:
        if not run_id:
            yield f"{name}  {told}"
            continue
        yield f"{name}  {started}, {file}, run {run_id}, {took}"
        yield f"{' ' * wide(name)}  {told}"


def _way_on(run: FoundRun) -> str:
    command, past = next_command(run), run.past
    if not command:
        return ""
    of = f" of {past.profile}" if past.profile else ""
    if _is_to_go_on(past):
        return f"Run {past.run_id}{of} is unfinished{_left(past)}: {command}"
    return f"What to do about run {past.run_id}{of}: {command}"


def _left(past: PastRun) -> str:
    return f", with {counted(past.left, 'row')} left" if past.left else ""
