"""Commands that a person is told to type next: as this one was called, and with the journal that it has used."""

from __future__ import annotations

import re
import shlex
from functools import lru_cache
from pathlib import Path
from typing import Final

import click

from importer.called_as import program
from importer.cli.command import CONFIG
from importer.errors import SettingsError

_STATE: Final = "importer.state"
_PROFILE: Final = "importer.profile"
_OF_RUN: Final = "resume|retry|report|forget|show"
"""They may be followed by the id of a run."""
_OF_JOURNAL: Final = "history|find|prune|backup|last|doctor"
_OF_PROFILE: Final = "schedule|config show"
_OF_FILE: Final = "run|check"
_OF_SETTINGS: Final = "init|config"
_ALL: Final = f"{_OF_RUN}|{_OF_JOURNAL}|{_OF_PROFILE}|{_OF_FILE}|{_OF_SETTINGS}|peek|sandbox|completion"
_QUOTED: Final = r"""(?<!\S)'[^']*'(?!\S)|(?<!\S)"[^"]*"(?!\S)"""
"""What stands in quotation marks may be a path with any words in it."""
_COMMAND: Final = re.compile(
    rf"(?P<quoted>{_QUOTED})|(?<![\w/.~-])importer (?:"
    rf"(?P<of_journal>(?:{_OF_RUN})\b(?: [a-z0-9]{{3,8}}(?![\w-]))?|(?:{_OF_JOURNAL})\b|(?:{_OF_FILE})\b(?= [^-\s`]))"
    rf"|(?P<of_profile>(?:{_OF_PROFILE})\b)|(?P<of_settings>(?:{_OF_SETTINGS})\b)|(?P<other>(?:{_ALL})\b))"
)
"""A command, with what its options stand behind: it takes those of the journal and the profile, of this, or none."""


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


def use_profile(profile: str | None) -> None:
    """Take in, for `here`, which profile is used: an earlier run may have said it."""
    context = click.get_current_context(silent=True)
    if context is not None and profile is not None:
        context.meta[_PROFILE] = profile


def here(text: str) -> str:
    """Return a text whose commands call this program as it was called.

    Those about runs and files name the profile that was used, and the state directory, where it came as an option, and
    is not the one anyway; and whatever takes settings names their file, where that came as an option.
    """
    context = click.get_current_context(silent=True)
    meta = context.meta if context else {}
    state, profile, config = meta.get(_STATE), meta.get(_PROFILE), meta.get(CONFIG)
    of_profile = "" if profile is None else f" --profile {shlex.quote(profile)}"
    of_state = "" if state is None or _is_usual(state, profile, config) else f" --state {shlex.quote(str(state))}"
    first = "" if config is None else f" --config {shlex.quote(str(config))}"

    def told(found: re.Match[str]) -> str:
        if found["quoted"]:
            return found["quoted"]
        if found["of_journal"]:
            return f"{program()}{first} {found['of_journal']}{of_profile}{of_state}"
        if found["of_profile"]:
            return f"{program()}{first} {found['of_profile']}{of_profile}"
        return f"{program()}{first if found['of_settings'] else ''} {found['of_settings'] or found['other']}"

    return _COMMAND.sub(told, text)


def _is_usual(state: Path, profile: str | None, config: Path | None) -> bool:
    """Return whether a command with this profile and settings file uses a state directory without being told."""
    from importer.config.places import standing_layers  # noqa: PLC0415 - heavy, and help needs none
    from importer.settings import Settings  # noqa: PLC0415 - the same

    try:
        usual = Settings.load({"profile": profile}, standing_layers(config, profile))
    except SettingsError:
        return False
    return state.absolute() == usual.state_folder()


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
