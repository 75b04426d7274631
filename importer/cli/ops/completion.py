"""`importer completion`: the script by which a shell completes the command."""

from __future__ import annotations

from importer.cli.completing.shells import script
from importer.cli.screen.console import answer
from importer.model.exit_codes import exit_code_of_answer


def completion(shell: str) -> int:
    """Print the script for a shell, and return the exit code."""
    return exit_code_of_answer(printed=answer(script(shell).removesuffix("\n"), data=True))
