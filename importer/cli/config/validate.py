"""`importer config validate`: all that is wrong in a settings file."""

from __future__ import annotations

import json
from pathlib import Path

from importer.cli.screen.console import answer
from importer.config.places import config_path, user_path
from importer.config.settings_file import SettingsFile, text_of
from importer.errors import SettingsError
from importer.model.exit_codes import ExitCode
from importer.ops.settings_check import misfits
from importer.phrases import listed
from importer.reports.saying.figures import counted

SCHEMA_VERSION = 1
"""Counts up when a key goes, or means something else; keys may be added without that. See `validated.schema.json`."""


def validate(file: Path | None, as_json: bool, config: Path | None) -> int:
    """Say what is wrong in a settings file, and return the exit code."""
    path = config_path(file or config)
    if path is None:
        raise SettingsError(
            "There is no settings file.",
            code="no_settings_file",
            hint=f"Name one, or write {user_path()}: importer init",
        )
    found = SettingsFile.parse(path, text_of(path))
    wrong = misfits(found)
    if as_json:
        told = [
            {"line": each.line, "name": each.name or None, "code": each.code, "reason": each.reason, "hint": each.hint}
            for each in wrong
        ]
        document = {
            "schema_version": SCHEMA_VERSION,
            "file": str(path),
            "profiles": list(found.profiles),
            "wrong": told,
        }
        printed = answer(json.dumps(document), data=True)
    elif wrong:
        printed = answer("\n".join(each.told(path) for each in wrong))
    else:
        has = f"{counted(len(found.profiles), 'profile')}: {listed(list(found.profiles))}" if found.profiles else ""
        printed = answer(f"{path}: nothing is wrong. It has {has or 'no profiles'}.")
    if not printed:
        return ExitCode.FAILED
    return ExitCode.USAGE if wrong else ExitCode.WELL
