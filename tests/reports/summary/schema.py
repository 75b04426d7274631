"""The published schema of summaries."""

from __future__ import annotations

import functools
import json
from importlib import resources
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker


@functools.cache
def schema() -> dict[str, Any]:
    """Return the schema as it is shipped."""
    path = resources.files("importer.reports.summary").joinpath("summary.schema.json")
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return found


@functools.cache
def validator() -> Draft202012Validator:
    """Return what holds a summary to it."""
    return Draft202012Validator(schema(), format_checker=FormatChecker())
