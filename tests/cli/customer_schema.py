"""The published schema of what is known of a customer."""

from __future__ import annotations

import functools
import json
from importlib import resources
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker


@functools.cache
def customer_schema() -> dict[str, Any]:
    """Return the schema as it is shipped."""
    path = resources.files("importer.cli.past").joinpath("customer.schema.json")
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return found


@functools.cache
def customer_validator() -> Draft202012Validator:
    """Return what holds a customer's history to it."""
    return Draft202012Validator(customer_schema(), format_checker=FormatChecker())
