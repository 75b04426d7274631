"""What can stand for an option's value or an argument: looked up quickly and quietly, and nothing is made for that.

Each function is called by click with the context of what is typed before, the parameter, and what is typed of it.
What goes wrong is raised, and means that nothing is offered: see `shells`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from importer.cli.command import CONFIG
from importer.model.source import FIELDS, MORE_COLUMNS, Field

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

Offer = Callable[[click.Context, click.Parameter, str], "Sequence[CompletionItem[str]]"]
_MOST_RUNS: Final = 50


def offered(words: Sequence[str]) -> Offer:
    """Return what offers words that have a meaning, where any other may stand as well."""

    def offer(_: click.Context, __: click.Parameter, begun: str) -> Sequence[CompletionItem[str]]:
        return [_item(word) for word in words if word.startswith(begun)]

    return offer


def folders(_: click.Context, __: click.Parameter, begun: str) -> Sequence[CompletionItem[str]]:
    """Have the shell offer folders."""
    return [_item(begun, kind="dir")]


def more_columns(_: click.Context, __: click.Parameter, begun: str) -> Sequence[CompletionItem[str]]:
    """Offer the next column of a list with commas."""
    before, comma, last = begun.rpartition(",")
    named = set(before.split(","))
    words = [name for name in MORE_COLUMNS if name not in named] + ([] if comma else ["all"])
    return [_item(f"{before}{comma}{word}") for word in words if word.startswith(last)]


def fields_of_columns(_: click.Context, __: click.Parameter, begun: str) -> Sequence[CompletionItem[str]]:
    """Offer the fields that a column can hold, once that is named."""
    header, sign, last = begun.rpartition("=")
    return [_item(f"{header}={name}", FIELDS[name]) for name in Field if sign and header and name.startswith(last)]


def profiles(ctx: click.Context, _: click.Parameter, begun: str) -> Sequence[CompletionItem[str]]:
    """Offer the profiles of the settings file."""
    from importer.config.places import settings_file  # noqa: PLC0415 - only for who completes them

    file = settings_file(_config(ctx))
    return [_item(name) for name in (file.profiles if file else ()) if name.startswith(begun)]


def runs(ctx: click.Context, _: click.Parameter, begun: str) -> Sequence[CompletionItem[str]]:
    """Offer the runs that the command can be about, the newest first."""
    from importer.journal.lasting.seen_runs import seen_runs  # noqa: PLC0415 - only for who completes them

    beginning = begun.lower()
    wanted = {"resume": False, "retry": True}.get(ctx.info_name or "")
    found = (
        seen
        for seen in seen_runs(_state(ctx), begins_with=beginning)
        if wanted is None or (seen.sends and seen.ended is wanted)
    )
    return [_item(seen.run_id, seen.told) for seen, _ in zip(found, range(_MOST_RUNS), strict=False)]


def _item(word: str, told: str | None = None, *, kind: str = "plain") -> CompletionItem[str]:
    from click.shell_completion import CompletionItem  # noqa: PLC0415 - only for who completes

    return CompletionItem(word, type=kind, help=told)


def _config(ctx: click.Context) -> Path | None:
    named: Path | None = ctx.meta.get(CONFIG)
    return named and _expanded(named)


def _state(ctx: click.Context) -> Path:
    """Return the state directory, as the command would find it."""
    named = ctx.params.get("state_dir") or os.environ.get("IMPORTER_STATE_DIR")
    if named:
        return _expanded(Path(named))
    from importer.config.places import standing_layers, usual_state_folder  # noqa: PLC0415 - as above
    from importer.config.standing import absolute_path, file_name  # noqa: PLC0415 - the same

    name = file_name("state_dir")
    layers = standing_layers(_config(ctx), ctx.params.get("profile"))
    standing = (Path(absolute_path(layer, layer.values[name])) for layer in layers if name in layer.values)
    return next(standing, None) or usual_state_folder()


def _expanded(path: Path) -> Path:
    """Return a path as it will be when the shell has put in what stands for something else."""
    return Path(os.path.expandvars(path)).expanduser()
