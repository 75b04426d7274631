"""The demo: the main job on the sample workbook, against the embedded API.

It runs the command that anybody can run, shows what became of each kind of row, and fails if that is not what it
should be.
"""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from pathlib import Path

from openpyxl import load_workbook
from samples import FIRST_ROW, LIMIT, PLAIN, SAMPLES

HERE = Path(__file__).parent
OUTPUT = HERE.parent / "demo-output"
ARGUMENTS = ("--sandbox", "--timeout", "1", "--max-attempts", "3", "--limit", str(LIMIT))


def main() -> int:
    """Run the demo and return its exit code."""
    source = HERE / "customer_changes.xlsx"
    before = {path.name for path in OUTPUT.glob("customer_changes-*")}
    arguments = [str(source.relative_to(HERE.parent)), *ARGUMENTS, "--state", f"{OUTPUT.name}/state"]
    command = [str(Path(sys.executable).parent / "importer"), "run", *arguments]
    print(f"$ IMPORTER_OUTPUT={OUTPUT.name} {shlex.join(['importer', *command[1:]])}", flush=True)
    environment = {"IMPORTER_OUTPUT": str(OUTPUT)}
    code = subprocess.run(command, cwd=HERE.parent, env=_inherited() | environment, check=False).returncode
    folders = [path for path in OUTPUT.glob("customer_changes-*") if path.name not in before]
    if code != 1 or len(folders) != 1:
        print(f"\nThe demo failed: exit code {code}, where 1 is right, since the sample has bad rows on purpose.")
        return 1
    return _compare(folders[0])


def _inherited() -> dict[str, str]:
    """Return the environment without the importer's own variables: the demo needs none, whatever sends for it."""
    import os  # noqa: PLC0415 - the only place

    return {
        name: value for name, value in os.environ.items() if name == "IMPORTER_WIRE" or not name.startswith("IMPORTER_")
    }


def _compare(folder: Path) -> int:
    """Show what became of each kind of row and return whether it is right, as an exit code."""
    summary = json.loads((folder / "summary.json").read_text("utf-8"))
    workbook = load_workbook(summary["reports"]["annotated"], read_only=True)
    _, *rows = workbook.worksheets[0].iter_rows(values_only=True)
    workbook.close()
    columns = len(rows[0])
    found = {FIRST_ROW + number: row[columns - 6] for number, row in enumerate(rows)}
    print("\nWhat became of each kind of row:")
    wrong = 0
    for number, sample in enumerate(SAMPLES, start=FIRST_ROW):
        right = found.get(number) == sample.status
        wrong += not right
        if sample.shows != PLAIN or not right:
            expected = "" if right else f"   WRONG: it should be {sample.status}"
            print(f"  row {number:>2}  {found.get(number)!s:<12} {sample.shows}{expected}")
    if wrong or len(found) != len(SAMPLES):
        print(f"\nThe demo failed: {wrong} rows have another status than they should have.")
        return 1
    print(f"\nThe demo did what it should: each of the {len(SAMPLES)} rows has the status that its kind leads to.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
