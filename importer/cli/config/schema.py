"""`importer config schema`: the JSON Schema of the settings file."""

from __future__ import annotations

import json

from importer.cli.screen.console import answer
from importer.model.exit_codes import exit_code_of_answer
from importer.ops.settings_schema import settings_schema


def schema() -> int:
    """Print the schema, and return the exit code."""
    return exit_code_of_answer(printed=answer(json.dumps(settings_schema(), indent=2), data=True))
