"""The commands that surround runs: what each can be given, and what its help says."""

from __future__ import annotations

from typing import Final

from importer.cli.command import Command

COMMANDS: Final[tuple[Command, ...]] = ()
