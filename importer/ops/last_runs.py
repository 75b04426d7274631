"""The last runs of each profile: what came of them, and the worst of it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from importer.errors import ImporterError, SettingsError
from importer.journal.lasting.newest_runs import newest_runs
from importer.model.exit_codes import ExitCode, exit_code_of_error, worst_exit_code
from importer.model.modes import Mode
from importer.model.run import PastRun
from importer.settings import Settings
from importer.times import rfc3339

MISSING: Final = ExitCode.ATTENTION
"""What it counts as that a profile has no run in a time in which it should have one."""
_NOT_FAILED: Final = frozenset({ExitCode.WELL, ExitCode.LOCKED})
_AGO: Final = re.compile(r"(\d{1,6}) ?([mhdw])")
_UNITS: Final = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


@dataclass(frozen=True, slots=True)
class FoundRun:
    """A run, and the settings by which its journal was found."""

    past: PastRun
    settings: Settings

    @property
    def counts_as(self) -> ExitCode:
        """Its exit code; of one that is at work, that one should ask again later, and of one that was killed, failed.

        No process of it was left to say why.
        """
        if self.past.at_work:
            return ExitCode.LOCKED
        try:
            return ExitCode(ExitCode.FAILED if self.past.exit_code is None else self.past.exit_code)
        except ValueError:  # of a version that knew more of them
            return ExitCode.FAILED

    @property
    def is_sandbox(self) -> bool:
        """Whether it was sent to the embedded API."""
        return bool(self.past.asked.get("sandbox"))

    @property
    def sends(self) -> bool:
        """Whether it sends to a place outside."""
        return self.past.mode is Mode.RUN and not self.is_sandbox


@dataclass(frozen=True, slots=True, kw_only=True)
class OfProfile:
    """What is known of the runs of one profile.

    Attributes:
        profile: Its name; None for runs without one.
        is_expected: It is one of the settings file; or there is none, and runs without a profile are all there can be.
        runs: The newest first.
        last: The newest that sends, whenever that was; None where there is none.
        is_missing: It should have a run in the time that is asked for, and has none.
        error: Why nobody knows.
    """

    profile: str | None
    is_expected: bool = True
    runs: Sequence[FoundRun] = ()
    last: FoundRun | None = None
    is_missing: bool = False
    error: ImporterError | None = None

    @property
    def codes(self) -> Iterator[ExitCode]:
        """What it counts as: nothing where it never had a run, and none is missed."""
        if self.error is not None:
            yield exit_code_of_error(self.error)
        if self.is_missing:
            yield MISSING
        yield from (run.counts_as for run in self.runs)


def last_runs(
    looks: Mapping[str | None, Settings | SettingsError], *, since: float | None, everything: bool
) -> Sequence[OfProfile]:
    """Return what is known of the last runs of each profile.

    A run counts for the profile that it had, whichever of the journals it is in. Where runs without one are asked for,
    they come behind the profiles, and so do those of profiles that are not there any more, where there are any.

    Args:
        looks: The settings of each profile that runs are expected of, or why there are none; by None those without a
            profile.
        since: All runs since then, in seconds since the epoch, which were begun or came to an end; None for the newest
            of each profile.
        everything: Checks, dry runs, and what was sent to the embedded API, too.
    """
    expected: Collection[str | None] = [name for name in looks if name is not None] or [None]
    after = None if since is None else rfc3339(since)
    runs, errors = _looked(looks, after)
    wanted = [run for run in runs if everything or run.sends]
    wanted.sort(key=lambda run: run.past.started_at, reverse=True)
    names: dict[str | None, None] = dict.fromkeys(expected)
    if None in looks:
        names |= dict.fromkeys((*(run.past.profile for run in wanted), *errors))
    found = []
    for name in names:
        of_name = [run for run in wanted if run.past.profile == name]
        one = _of_profile(name, of_name, after, errors.get(name), is_expected=name in expected)
        found += [one] if one.is_expected or one.runs or one.error else []
    return found


def _looked(
    looks: Mapping[str | None, Settings | SettingsError], after: str | None
) -> tuple[list[FoundRun], Mapping[str | None, ImporterError]]:
    """Return the runs of all journals, each looked into once, and why some could not be."""
    errors: dict[str | None, ImporterError] = {}
    journals: dict[Path, Sequence[FoundRun] | ImporterError] = {}
    for name, look in looks.items():
        if isinstance(look, SettingsError):
            errors[name] = look
            continue
        folder = look.state_folder()
        if folder not in journals:
            journals[folder] = _runs_in(look, after)
        journal = journals[folder]
        if isinstance(journal, ImporterError):
            errors[name] = journal
    return [run for found in journals.values() if not isinstance(found, ImporterError) for run in found], errors


def _runs_in(look: Settings, after: str | None) -> Sequence[FoundRun] | ImporterError:
    try:
        return [FoundRun(past, look) for past in newest_runs(look.state_folder(), after)]
    except ImporterError as error:
        return error


def worst(found: Iterable[OfProfile]) -> ExitCode:
    """Return the worst of what runs have ended with."""
    return worst_exit_code(code for one in found for code in one.codes)


def worst_error(found: Iterable[OfProfile]) -> ExitCode:
    """Return the worst exit code of what kept anybody from knowing."""
    return worst_exit_code(exit_code_of_error(one.error) for one in found if one.error is not None)


def failed(found: Iterable[OfProfile]) -> Sequence[OfProfile]:
    """Return what is not as it should be, and nothing else."""
    left = [replace(one, runs=[run for run in one.runs if run.counts_as not in _NOT_FAILED]) for one in found]
    return [one for one in left if one.runs or one.is_missing or one.error is not None]


def since_time(text: str, now: float) -> float:
    """Return the time that is meant by `24h`, `7d`, or a date with or without a time of day, by the clock here.

    Args:
        text: What was given.
        now: The time. This one and the one returned are in seconds since the epoch.

    Raises:
        SettingsError: It is none of these, or it is not yet.
    """
    ago = _AGO.fullmatch(text.strip())
    try:
        at = (
            now - timedelta(**{_UNITS[ago[2]]: int(ago[1])}).total_seconds()
            if ago
            else datetime.fromisoformat(text.strip()).timestamp()
        )
    except (ValueError, OverflowError, OSError):
        raise _no_time("it is no time", text) from None
    if not 0 <= at <= now:
        raise _no_time("that time is not yet" if at > now else "nothing was sent then", text)
    return at


def _of_profile(
    name: str | None, runs: Sequence[FoundRun], after: str | None, error: ImporterError | None, *, is_expected: bool
) -> OfProfile:
    shown = _newest_of_each_kind(runs) if after is None else [run for run in runs if _is_since(run.past, after)]
    is_told = after is not None and is_expected and error is None
    return OfProfile(
        profile=name,
        is_expected=is_expected,
        runs=shown,
        last=next((run for run in runs if run.sends), None),
        is_missing=is_told and not any(run.sends for run in shown),
        error=error,
    )


def _newest_of_each_kind(runs: Sequence[FoundRun]) -> Sequence[FoundRun]:
    newest: dict[tuple[Mode, bool], FoundRun] = {}
    for run in runs:
        newest.setdefault((run.past.mode, run.is_sandbox), run)
    return list(newest.values())


def _is_since(past: PastRun, after: str) -> bool:
    """Return whether a run was begun, or came to an end, at a time or later, or is at work."""
    return past.at_work or max(past.started_at, past.finished_at or "") >= after


def _no_time(reason: str, text: str) -> SettingsError:
    return SettingsError(
        f"--since cannot be used: {reason}: {text!r}.",
        code="bad_setting",
        hint="Give how long ago, as in 24h or 7d, or when, as in 2026-11-29 or '2026-11-29 06:15'.",
    )
