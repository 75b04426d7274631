"""The commands that surround runs: what each can be given, and what its help says."""

from __future__ import annotations

from typing import Final

import click

from importer.cli.command import Command

COMPLETION: Final = Command(
    "importer.cli.ops.completion",
    summary="Print the script by which a shell completes this command.",
    text="""Print the script by which SHELL completes this command: commands, options and what they can be given, ids of
        runs, profiles, the fields of --map, files and folders.
        """,
    takes=(click.argument("shell", type=click.Choice(("bash", "zsh", "fish"))),),
    epilog="""\b
        Examples:
          importer completion bash >~/.local/share/bash-completion/completions/importer
          importer completion fish >~/.config/fish/completions/importer.fish
          importer completion zsh >~/.zfunc/_importer
              where ~/.zshrc has the line fpath+=~/.zfunc before that with compinit

        The folders must be there; a new shell completes. In this one only: eval "$(importer completion bash)". While
        you type, runs are looked up in the journal, and profiles in the settings file; nothing is changed.
        """,
)

COMMANDS: Final[tuple[Command, ...]] = (COMPLETION,)
