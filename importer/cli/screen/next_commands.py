"""Commands that a person is told to type next: as this one was called, and with the journal that it has used."""

from __future__ import annotations

import os
import re
import shlex
from functools import lru_cache
from pathlib import Path
from typing import Final

import click

from importer.called_as import program
from importer.cli.command import CONFIG

_STATE: Final = "importer.state"
_PROFILE: Final = "importer.profile"
_ABOUT_RUNS: Final = "resume|retry|report|forget|show|history"
_ALL: Final = f"run|check|peek|sandbox|{_ABOUT_RUNS}"
_QUOTED: Final = r"""(?<!\S)'[^']*'(?!\S)|(?<!\S)"[^"]*"(?!\S)"""
"""What stands in quotation marks may be a path with any words in it."""
_COMMAND: Final = re.compile(
    rf"(?P<quoted>{_QUOTED})|(?<![\w/.~-])importer (?:(?P<of_runs>(?:{_ABOUT_RUNS})\b(?: [a-z0-9]{{3,8}}\b)?)"
    rf"|(?P<of_file>(?:run|check)\b)(?P<path>(?= [^-\s`]))?|(?P<other>(?:{_ALL})\b))"
)


def note_state(ctx: click.Context, _: click.Parameter, state: Path | None) -> Path | None:
    """Take the option `--state` in, for `here`."""
    ctx.meta[_STATE] = state
    return state


def note_profile(ctx: click.Context, _: click.Parameter, profile: str | None) -> str | None:
    """Take the option `--profile` in, for `here`."""
    ctx.meta[_PROFILE] = profile
    return profile


def note_config(ctx: click.Context, _: click.Parameter, config: Path | None) -> Path | None:
    """Take the option `--config` in, for commands and for `here`."""
    ctx.meta[CONFIG] = config
    return config


def here(text: str) -> str:
    """Return a text whose commands call this program as it was called.

    Those about runs and files name the state directory, where it came as an option, and is not the one anyway; and the
    settings file and the profile, where these came as options.
    """
    context = click.get_current_context(silent=True)
    meta = context.meta if context else {}
    state, profile, config = meta.get(_STATE), meta.get(_PROFILE), meta.get(CONFIG)
    option = "" if profile is None else f" --profile {shlex.quote(profile)}"
    option += "" if state is None or _is_usual(state) else f" --state {shlex.quote(str(state))}"
    first = "" if config is None else f" --config {shlex.quote(str(config))}"

    def told(found: re.Match[str]) -> str:
        if found["quoted"]:
            return found["quoted"]
        takes_state = found["of_runs"] or (found["of_file"] and found["path"] is not None)
        words = found["of_runs"] or found["of_file"] or found["other"]
        return f"{program()}{first if takes_state else ''} {words}{option if takes_state else ''}"

    return _COMMAND.sub(told, text)


def _is_usual(state: Path) -> bool:
    """Return whether a command uses this state directory without being told."""
    from importer.config.places import usual_state_folder  # noqa: PLC0415 - help needs none

    named = os.environ.get("IMPORTER_STATE_DIR", "")
    usual = Path(named).absolute() if named else usual_state_folder()
    return state.absolute() == usual


def command_at_end() -> re.Pattern[str]:
    """Return what finds the command that a text ends with."""
    return _patterns(program())[0]


def unbroken() -> re.Pattern[str]:
    """Return what finds the words of a text, between which it may be broken: a short command is one."""
    return _patterns(program())[1]


@lru_cache(maxsize=2)
def _patterns(called: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    call = rf"{re.escape(called)}(?: --config (?:'[^']*'|\S+))? (?:{_ALL})\b"
    return (
        re.compile(rf"(?<![\S`])(?:IMPORTER_\w+=\S+ )?{call}(?: .*)?$"),
        re.compile(rf"""`[^`]*`\S*|--[\w-]+ (?:"[^"]*"|'[^']*')\S*|{call}(?: [a-z0-9]{{3,8}}\b)?\S*|\S+"""),
    )
