"""`importer doctor`: everything that could go wrong tonight, on one screen."""

from __future__ import annotations

import json
import os
import traceback
from dataclasses import replace
from getpass import getuser

from importer.cli.given import Given, Manner
from importer.cli.ops.findings_as_json import findings_object
from importer.cli.ops.findings_in_words import told_findings, verdict_line
from importer.cli.screen.console import answer, tell, terminal_width
from importer.cli.screen.next_commands import here
from importer.config.places import config_path, standing_layers
from importer.errors import SettingsError
from importer.model.exit_codes import ExitCode, exit_code_of_answer
from importer.ops.doctor.about_settings import KnownPlaces, places, places_in_spite
from importer.ops.doctor.examining import performed
from importer.ops.doctor.finding import Grade, in_order, worst
from importer.ops.doctor.rounds import Rounds
from importer.settings import Settings, variables

_WRONG_ALONE = 2
"""So often `-q` is given by who wants to see nothing else."""


def doctor(certificate_days: float, given: Given, manner: Manner) -> int:
    """Look at everything that a run needs, change nothing, and return the exit code."""
    rounds = _rounds(given, certificate_days)
    found = in_order(performed(rounds.examinations(), told=_traced if manner.verbose else _untold))
    findings = [replace(finding, to_do=here(finding.to_do)) for finding in found]
    code = ExitCode.ATTENTION if worst(findings) is Grade.WRONG else ExitCode.WELL
    if manner.as_json:
        printed = answer(json.dumps(findings_object(findings, rounds, code)), data=True)
    else:
        least = list(Grade)[min(manner.quiet, _WRONG_ALONE)]
        lines = [*told_findings(findings, least=least, width=terminal_width())]
        lines += [] if manner.quiet else ["", verdict_line(findings)]
        printed = answer("\n".join(lines), data=True) if lines else True
    return code if printed else exit_code_of_answer(printed=False)


def _rounds(given: Given, certificate_days: float) -> Rounds:
    """Return what is to be looked at: all of it, whatever is wrong with the settings."""
    settings: Settings | SettingsError
    try:
        settings = given.settings()
    except SettingsError as error:
        settings, known = error, _known(given)
        profile = given.profile or variables().get("IMPORTER_PROFILE")
    else:
        known, profile = places(settings), settings.profile
    return Rounds(
        file=config_path(given.config),
        settings=settings,
        places=known,
        profile=profile,
        environment=variables(),
        user=_user(),
        soon_days=certificate_days,
    )


def _known(given: Given) -> KnownPlaces:
    """Return where a run would send to and keep its journal, though some setting cannot be used."""
    try:
        layers = standing_layers(given.config, given.profile)
    except SettingsError:
        layers = ()
    return places_in_spite({"base_url": given.base_url, "state_dir": given.state_dir}, variables(), layers)


def _user() -> str:
    try:
        return getuser()
    except (OSError, KeyError):
        return str(os.getuid())


def _traced(error: BaseException) -> None:
    """Print where an error of an examination comes from, without its own text."""
    trace = "".join(traceback.format_tb(error.__traceback__)).rstrip()
    tell(f"{type(error).__name__} at:\n{trace}")


def _untold(_: BaseException) -> None:
    """Say nothing: what it means for a run is among the findings."""
