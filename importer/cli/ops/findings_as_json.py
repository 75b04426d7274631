"""What `importer doctor` has found, for programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from importer import __version__
from importer.model.exit_codes import ExitCode
from importer.ops.doctor.finding import Finding
from importer.ops.doctor.rounds import Rounds
from importer.times import rfc3339

DOCTOR_SCHEMA: Final = 1
"""Counts up when a key goes, or means something else; keys may be added without that. See `doctor.schema.json`."""


def findings_object(findings: Sequence[Finding], rounds: Rounds, code: ExitCode) -> dict[str, object]:
    """Return findings as JSON shows them; the keys are an interface.

    Args:
        findings: In their order.
        rounds: What was looked at.
        code: With which the command ends.
    """
    return {
        "schema_version": DOCTOR_SCHEMA,
        "exit_code": code,
        "version": __version__,
        "examined_at": rfc3339(rounds.wall()),
        "profile": rounds.profile,
        "findings": [
            {
                "name": finding.name.replace(" ", "_"),
                "grade": finding.grade,
                "found": finding.found,
                "to_do": finding.to_do,
                "values": dict(finding.values),
            }
            for finding in findings
        ],
    }
