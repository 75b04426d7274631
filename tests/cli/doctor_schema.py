"""The published schema of what `importer doctor` has found."""

from __future__ import annotations

import functools
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

from tests.reports.summary.schema import published


@functools.cache
def doctor_schema() -> dict[str, Any]:
    """Return the schema as it is shipped."""
    return published("importer.cli.ops", "doctor.schema.json")


@functools.cache
def doctor_validator() -> Draft202012Validator:
    """Return what holds findings to it."""
    return Draft202012Validator(doctor_schema(), format_checker=FormatChecker())
