"""Commands that a person is told to type next: they find the journal that this one has used."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Final

import click

_STATE: Final = "importer.state"
_COMMAND: Final = re.compile(r"\bimporter (?:resume|retry|report|forget|show|history)(?: [a-z0-9]{3,})?\b")

_OF_A_FILE: Final = re.compile(r"\bimporter (?:run|check)(?= [^-\s`])")
"""The command is followed by a path, quoted or not."""


def note_state(ctx: click.Context, _: click.Parameter, state: Path | None) -> Path | None:
    """Take the option `--state` in, for `here`."""
    ctx.meta[_STATE] = state
    return state


def here(text: str) -> str:
    """Return a text whose commands about runs and files name the state directory, where it came as an option."""
    context = click.get_current_context(silent=True)
    state = context.meta.get(_STATE) if context else None
    if state is None:
        return text
    with_state = _COMMAND.sub(lambda command: f"{command[0]} --state {shlex.quote(str(state))}", text)
    return _OF_A_FILE.sub(lambda command: f"{command[0]} --state {shlex.quote(str(state))}", with_state)
