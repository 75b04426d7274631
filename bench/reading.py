"""Reads and checks a file as a run does, and nothing else: `python -m bench.reading FILE`.

With `--unchecked` before the file it only reads it.
"""

from __future__ import annotations

import sys
from pathlib import Path

from importer.checks.checker import Checker
from importer.checks.rules import Rules
from importer.cli.main import look_for_cycles_less_often
from importer.settings import Settings
from importer.sheets.open import open_table


def main(path: Path) -> int:
    """Go through the file and check its rows; return how many can be sent."""
    table = open_table(path)
    headers = {field: column.header for field, column in table.columns.items()}
    checker = Checker(Rules(headers=headers, group_id="bench", linked_account_id="bench"))
    return sum(
        len(checker.check(chunk.frame, chunk.issues).updates) for chunk in table.chunks(Settings.load({}).chunk_rows)
    )


def unchecked(path: Path) -> int:
    """Go through the file; return how many rows it has."""
    return sum(len(chunk.frame) for chunk in open_table(path).chunks(Settings.load({}).chunk_rows))


if __name__ == "__main__":
    look_for_cycles_less_often()
    print((unchecked if "--unchecked" in sys.argv else main)(Path(sys.argv[-1])))
