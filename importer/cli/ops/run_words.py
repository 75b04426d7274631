"""The options of a run that begins by itself: taken apart as `importer run` does, and put together for any folder."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final

import click

from importer.cli.given import Given
from importer.cli.runs.commands import RUN
from importer.errors import SettingsError

_SAID_APART: Final = frozenset({"api_key_file", "state_dir"})
"""What a unit of systemd says in its own way."""
_LEFT_OUT: Final = frozenset({"yes", "profile", "help", "source"})
_TALKING: Final = frozenset({"quiet", "verbose"})


@dataclass(frozen=True, slots=True)
class RunWords:
    """What was said about a run.

    Attributes:
        given: The options that are settings.
        words: All options but those that are said apart, with absolute paths.
        own_words: Those.
        log_file: Absolute; None for none.
        sends: Whether it needs a key.
    """

    given: Given
    words: Sequence[str]
    own_words: Sequence[str]
    log_file: Path | None
    sends: bool


def run_words(source: Path, words: Sequence[str], around: Given) -> RunWords:
    """Return what options of a run say.

    Args:
        source: What is sent.
        words: The options, as a person types them.
        around: The settings file and the profile, as far as they are named before.

    Raises:
        SettingsError: They cannot be used every night.
        click.UsageError: `importer run` does not take them.
    """
    root = click.get_current_context().find_root()
    before = ["--profile", around.profile] if around.profile else []
    context = RUN.make_context("run", [str(source), *before, *words], parent=root)
    said, _, _ = RUN.make_parser(context).parse_args([str(source), *before, *words])
    profile = context.params["profile"]
    if around.profile and profile != around.profile:
        raise SettingsError(
            f"Two profiles are named: {around.profile} and {profile}.", code="bad_setting", hint="Name one of them."
        )
    if "output" in said:
        raise SettingsError(
            "--output is the folder of one run, and the second night would find it full.",
            code="bad_setting",
            hint='Name the parent of all such folders in the settings file: output = "FOLDER".',
        )
    names = {field.name for field in fields(Given)} - {"config"}
    settings = {name: value for name, value in context.params.items() if name in names}
    for name in _SAID_APART:
        if settings.get(name) is not None:
            settings[name] = Path(_absolute(settings[name]))
    log_file = context.params["log_file"]
    silent = [] if _TALKING & said.keys() else ["-q"]
    return RunWords(
        given=Given(config=around.config, **settings),
        words=[*_words(said, _SAID_APART, wanted=False), *silent],
        own_words=[*_words(said, _SAID_APART, wanted=True)],
        log_file=Path(_absolute(log_file)) if log_file is not None else None,
        sends=not (context.params["sandbox"] or context.params["dry_run"]),
    )


def _words(said: Mapping[str, Any], names: frozenset[str], *, wanted: bool) -> Iterator[str]:
    """Yield the options that are among some, or are not, as they were given, but with absolute paths."""
    for option in RUN.params:
        name = option.name or ""
        if not isinstance(option, click.Option) or name not in said or name in _LEFT_OUT or (name in names) != wanted:
            continue
        value, called = said[name], max(option.opts, key=len)
        if option.count:
            yield from [called] * value
        elif option.is_flag:
            yield called if value else max(option.secondary_opts, key=len)
        else:
            for each in value if option.multiple else [value]:
                yield called
                yield _absolute(each) if isinstance(option.type, click.Path) else str(each)


def _absolute(path: object) -> str:
    """Return a path from the root on; links stay links."""
    return os.path.abspath(str(path))  # noqa: PTH100 - without following links
