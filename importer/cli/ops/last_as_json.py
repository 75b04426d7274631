"""What the last runs have ended with, for programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from importer.cli.ops.last_in_words import next_command
from importer.cli.screen.past_runs import as_object
from importer.model.exit_codes import ExitCode
from importer.ops.last_runs import FoundRun, OfProfile
from importer.times import rfc3339

SCHEMA_VERSION: Final = 1
"""Counts up when a key goes, or means something else; keys may be added without that. See `last.schema.json`."""


def last_object(found: Sequence[OfProfile], *, since: float | None, exit_code: ExitCode) -> dict[str, object]:
    """Return what is known of the last runs as JSON shows it; its keys are an interface.

    Args:
        found: What is known of each profile.
        since: What the time was that is asked about, in seconds since the epoch; None for no time.
        exit_code: The worst of all.
    """
    return {
        "schema_version": SCHEMA_VERSION,
        "since": None if since is None else rfc3339(since),
        "worst_exit_code": exit_code,
        "profiles": [_profile_object(one) for one in found],
    }


def _profile_object(one: OfProfile) -> dict[str, object]:
    error = one.error
    return {
        "profile": one.profile,
        "expected": one.is_expected,
        "missing": one.is_missing,
        "last_started_at": None if one.last is None else one.last.past.started_at,
        "error": None if error is None else {"code": error.code, "message": error.message, "hint": error.hint},
        "runs": [_run_object(run) for run in one.runs],
    }


def _run_object(run: FoundRun) -> dict[str, object]:
    return {
        **as_object(run.past),
        "sandbox": run.is_sandbox,
        "state_dir": str(run.settings.state_folder()),
        "counts_as": run.counts_as,
        "next_command": next_command(run) or None,
    }
