"""Writes the corpus: `python -m tests.corpus.make`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tests.corpus import delimited, encodings, headers, shapes
from tests.corpus.truth import Case, expectation

FILES: Final = Path(__file__).parent / "files"


def cases() -> Iterator[Case]:
    """Yield all files that the project's own scripts make, whatever programs are there."""
    for room in (delimited, shapes, encodings, headers):
        yield from room.cases()


def write(case: Case, folder: Path) -> None:
    """Write a file, and what is true of it beside it."""
    path = folder / case.name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(case.data)
    expectation(path).write_text(case.truth.toml(), encoding="utf-8")


def main() -> None:
    """Write all of the corpus."""
    made = list(cases())
    names = [case.name for case in made]
    if len(set(names)) < len(names):
        sys.exit(f"two files of one name: {sorted(name for name in set(names) if names.count(name) > 1)}")
    for case in made:
        write(case, FILES)
    sys.stdout.write(f"{len(made)} files are written.\n")


if __name__ == "__main__":
    main()
