"""The published schema of summaries."""

from __future__ import annotations

import functools
import json
from importlib import resources
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker


def published(package: str, name: str) -> dict[str, Any]:
    """Return a schema as it is shipped."""
    found: dict[str, Any] = json.loads(resources.files(package).joinpath(name).read_text("utf-8"))
    return found


@functools.cache
def schema() -> dict[str, Any]:
    """Return that of summaries."""
    return published("importer.reports.summary", "summary.schema.json")


@functools.cache
def validator() -> Draft202012Validator:
    """Return what holds a summary to it."""
    return Draft202012Validator(schema(), format_checker=FormatChecker())
