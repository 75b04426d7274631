"""The published schema of what the last runs have ended with."""

from __future__ import annotations

import functools
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

from tests.reports.summary.schema import published


@functools.cache
def last_schema() -> dict[str, Any]:
    """Return the schema as it is shipped."""
    return published("importer.cli.ops", "last.schema.json")


@functools.cache
def last_validator() -> Draft202012Validator:
    """Return what holds the last runs to it."""
    return Draft202012Validator(last_schema(), format_checker=FormatChecker())
