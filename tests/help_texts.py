"""The help that docs/operating.md quotes: `python -m tests.help_texts` (`make help-texts`) writes it anew.

It writes the manual pages in docs/man, too.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from click.testing import CliRunner

from importer.cli.main import group
from tests.man_pages import today, write_pages

PAGE: Final = Path(__file__).parent.parent / "docs" / "operating.md"
_BLOCK: Final = re.compile(r"^```\n\$ importer ([a-z -]*)--help\n.*?^```$", re.MULTILINE | re.DOTALL)


def filled(text: str) -> str:
    """Return the page's text with each quoted help as it is now."""
    return _BLOCK.sub(lambda found: f"```\n$ importer {found[1]}--help\n{_help(found[1].split())}```", text)


def _help(command: list[str]) -> str:
    return CliRunner().invoke(group, [*command, "--help"], prog_name="importer", terminal_width=100).output


if __name__ == "__main__":
    PAGE.write_text(filled(PAGE.read_text("utf-8")), "utf-8")
    write_pages(today())
