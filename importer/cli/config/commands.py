"""The commands about the settings file: what each can be given, and what its help says."""

from __future__ import annotations

from typing import Final

import click

from importer.cli import options
from importer.cli.command import Command, CommandGroup

SHOW: Final = Command(
    "importer.cli.config.show",
    summary="Show what holds, and where each value comes from.",
    text="""Show the settings that hold, and where each value comes from: an option, a variable, the profile, the rest
        of the settings file, or the default. Of the API key, it is shown which place says it, and never the key;
        nothing is looked up for that.
        """,
    takes=(
        click.option("--all", "everything", is_flag=True, help="Those that are as they are by themselves, too."),
        options.BASE_URL,
        options.GROUP,
        options.ACCOUNT,
        options.KEY_FILE,
        *options.STATE,
        options.JSON_FACTS,
    ),
    epilog="""\b
        Examples:
          importer config show
          importer config show --profile north --all
          importer --config settings/importer.toml config show --json
        """,
)

VALIDATE: Final = Command(
    "importer.cli.config.validate",
    summary="Say all that is wrong in a settings file.",
    text="""Say all that is wrong in the settings file FILE, in all its profiles, a line each: FILE:LINE: name: what is
        wrong, and what to do. Without FILE, it is the one that a command would take.

        The exit code is 2 where something is wrong.
        """,
    takes=(
        click.argument("file", required=False, type=options.PATH),
        options.JSON_FACTS,
    ),
    epilog="""\b
        Examples:
          importer config validate
          importer config validate settings/importer.toml
          importer config validate --json

        What it cannot know: whether the key is one, and whether the API is there. `importer doctor` looks at those.
        """,
)

SCHEMA: Final = Command(
    "importer.cli.config.schema",
    summary="Print the JSON Schema of the settings file.",
    text="""Print the JSON Schema (draft 2020-12) of the settings file: each setting, what it means, and its bounds.

        Editors that know TOML complete names by it, and mark what is wrong.
        """,
    takes=(),
    epilog="""\b
        Examples:
          importer config schema >importer.schema.json
              then, as the first line of importer.toml: #:schema ./importer.schema.json
        """,
)

CONFIG: Final = CommandGroup(
    "config",
    commands=(SHOW, VALIDATE, SCHEMA),
    short_help="Show, check and describe the settings file.",
    help="""Show the settings that hold, check a settings file, and describe what may stand in one.""",
    epilog="""\b
        Examples:
          importer config show --profile north
          importer config validate
          importer config schema >importer.schema.json
        """,
)
