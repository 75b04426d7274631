"""The process that parses a workbook, forked: with the environment, the deafness and the pipes of one that is started.

A test that reads a workbook starts one for each file, and there are some 1,500 of them. How a real one is started, what
it may see and what ends it is shown in `tests/sheets/workbooks/parser`, by programs that
start theirs themselves.
"""

from __future__ import annotations

import os
import subprocess

from importer.sheets.workbooks.parser.start import deaf_to_the_terminal, start_parser, without_secrets
from tests.forking.process import Forked

__all__ = ["fork_parser", "start_parser"]


def fork_parser() -> subprocess.Popen[bytes]:
    """Return a process that waits for what it is to parse."""
    with deaf_to_the_terminal():
        return Forked(
            ["parser"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=without_secrets(os.environ),
        )
