"""`importer last`: what the last runs of each profile have ended with."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from dataclasses import replace

from importer.cli.given import Given
from importer.cli.ops.last_as_json import last_object
from importer.cli.ops.last_in_words import told_last
from importer.cli.screen.console import answer, terminal_width
from importer.config.places import settings_file
from importer.errors import SettingsError
from importer.model.exit_codes import exit_code_of_answer
from importer.ops.last_runs import failed, last_runs, since_time, worst, worst_error
from importer.settings import Settings


def last(
    everything: bool, since: str | None, only_failed: bool, by_exit_code: bool, given: Given, as_json: bool
) -> int:
    """Say what the last runs have ended with, and return the worst of that, if it is asked for.

    What kept anybody from knowing is an error in either case.
    """
    after = None if since is None else since_time(since, time.time())
    found = last_runs(_looks(given), since=after, everything=everything)
    shown = failed(found) if only_failed else found
    if as_json:
        text = json.dumps(last_object(shown, since=after, exit_code=worst(found)))
    else:
        text = "\n".join(told_last(shown, since=after, only_failed=only_failed, width=terminal_width()))
    printed = exit_code_of_answer(printed=answer(text, data=as_json))
    return printed or (worst(found) if by_exit_code else worst_error(found))


def _looks(given: Given) -> Mapping[str | None, Settings | SettingsError]:
    """Return the settings of each profile that is asked about: of the one that is named, or of all, and of none."""
    named = given.profile or os.environ.get("IMPORTER_PROFILE") or None
    if named is not None:
        return {named: replace(given, profile=named).settings()}
    file = settings_file(given.config)
    names = () if file is None else tuple(file.profiles)
    return {name: _settings(replace(given, profile=name)) for name in (*names, None)}


def _settings(given: Given) -> Settings | SettingsError:
    try:
        return given.settings()
    except SettingsError as error:
        return error
