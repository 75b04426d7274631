"""The published schemas of what `importer config` prints."""

from __future__ import annotations

import json
from typing import Any

from jsonschema import Draft202012Validator

from tests.cli.conftest import Said
from tests.reports.summary.schema import published


def held(said: Said, name: str) -> dict[str, Any]:
    """Return the object that a command has printed, which is what the schema `name` says."""
    found: dict[str, Any] = json.loads(said.out)
    schema = published("importer.cli.config", name)
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(found)
    return found
