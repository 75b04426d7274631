"""The help that the README quotes: `python -m tests.readme` writes it anew."""

from __future__ import annotations

import re
from pathlib import Path

from click.testing import CliRunner

from importer.cli.main import group

README = Path(__file__).parent.parent / "README.md"
_BLOCK = re.compile(r"^```\n\$ importer ([a-z -]*)--help\n.*?^```$", re.MULTILINE | re.DOTALL)


def filled(text: str) -> str:
    """Return the README's text with each quoted help as it is now."""
    return _BLOCK.sub(lambda found: f"```\n$ importer {found[1]}--help\n{_help(found[1].split())}```", text)


def _help(command: list[str]) -> str:
    return CliRunner().invoke(group, [*command, "--help"], prog_name="importer", terminal_width=100).output


if __name__ == "__main__":
    README.write_text(filled(README.read_text("utf-8")), "utf-8")
