"""The published schema of what is known of a customer."""

from __future__ import annotations

import functools
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

from tests.reports.summary.schema import published


@functools.cache
def customer_schema() -> dict[str, Any]:
    """Return the schema as it is shipped."""
    return published("importer.cli.past", "customer.schema.json")


@functools.cache
def customer_validator() -> Draft202012Validator:
    """Return what holds a customer's history to it."""
    return Draft202012Validator(customer_schema(), format_checker=FormatChecker())
