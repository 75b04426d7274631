"""The commands that surround runs: what each can be given, and what its help says."""

from __future__ import annotations

from typing import Final

import click

from importer.cli import options
from importer.cli.command import Command

INIT: Final = Command(
    "importer.cli.ops.init",
    summary="Write the first settings file, or a profile in one.",
    text="""Ask six things, write them into a settings file, and try it: where the API is, which group and account rows
        go to, where the key is, and where the journal and the reports go. With --yes, options say it, and nothing is
        asked.

        The file is written into your configuration folder, or to the one of `importer --config FILE init`. What is
        there stays as it is: into a file that is there, a profile is added.
        """,
    takes=(
        options.BASE_URL,
        options.GROUP,
        options.ACCOUNT,
        options.KEY_FILE,
        click.option(
            "--output", type=options.PATH, metavar="DIR", help="The folder for reports. Default: that of each sheet."
        ),
        *options.STATE,
        click.option("--yes", is_flag=True, help="Do not ask: options say it, and what they leave out is as usual."),
    ),
    epilog="""\b
        Examples:
          importer init
          importer init --profile north
          importer init --yes --group-id GROUP --linked-account-id ACCOUNT --api-key-file ~/.importer-key

        The key itself is none of the six, and never an option: it is in a file, in a variable, in a keyring, or a
        command prints it. A file for it that is not there is written, if you like, with what you type unseen.
        """,
)

COMMANDS: Final[tuple[Command, ...]] = (INIT,)
