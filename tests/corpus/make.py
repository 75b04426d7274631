"""Writes the corpus: `python -m tests.corpus.make`.

What LibreOffice made is not made again, since it comes out a little different every time; delete a file to have it made
anew.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Final

from tests.corpus import (
    databases,
    delimited,
    drawn_tables,
    encodings,
    exports,
    headers,
    office,
    packed,
    refusals,
    shapes,
    values,
    workbooks,
)
from tests.corpus.by_hand import as_csv, as_short_xlsb, as_xlsb, as_xml
from tests.corpus.scenes import Scene
from tests.corpus.truth import SUFFIX, Case, expectation
from tests.corpus.writers import with_openpyxl, with_xlsxwriter

FILES: Final = Path(__file__).parent / "files"
_WRITERS: Final = {
    "openpyxl": ("xlsx", with_openpyxl),
    "xlsxwriter": ("xlsx", with_xlsxwriter),
    "xlsb": ("xlsb", as_xlsb),
    "xml": ("xml", as_xml),
    "csv": ("csv", as_csv),
}


def scenes() -> Sequence[Scene]:
    """Return all scenes."""
    return [*workbooks.scenes(), *values.scenes()]


def cases() -> Iterator[Case]:
    """Yield all files that the project's own scripts make, whatever programs are there."""
    for room in (delimited, databases, drawn_tables, shapes, encodings, headers, packed, refusals, exports):
        yield from room.cases()
    for scene in scenes():
        for writer, (form, write) in _WRITERS.items():
            if writer in scene.writers:
                yield Case(f"{writer}/{scene.name}.{form}", write(scene), scene.truth(writer, form))
        if "xlsb" in scene.writers:
            yield Case(f"xlsb-short/{scene.name}.xlsb", as_short_xlsb(scene), scene.truth("xlsb-short", "xlsb"))


def write_case(case: Case, folder: Path) -> None:
    """Write a file, and what is true of it beside it."""
    path = folder / case.name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(case.data)
    expectation(path).write_text(case.truth.toml(), encoding="utf-8")


def write_office() -> str:
    """Write what LibreOffice makes and is not there yet; return what is to be said of it."""
    files = office.wanted(scenes())
    missing = sorted((file for file in files if not (FILES / file[0]).exists()), key=lambda file: file[1])
    if missing and not office.is_there():
        return f"LibreOffice (soffice) is not installed: {len(missing)} files of its own are not made."
    for form, some in groupby(missing, key=lambda file: file[1]):
        office.save([scene for _, _, scene, _ in some], form, FILES)
    for name, _, _, truth in files:
        expectation(FILES / name).write_text(truth.toml(), encoding="utf-8")
    return f"{len(missing)} of {len(files)} files by LibreOffice are made anew."


def remove_others(names: Collection[str]) -> None:
    """Remove the files that are no longer made, and what was true of them."""
    for path in FILES.rglob("*"):
        if path.is_file() and path.relative_to(FILES).as_posix().removesuffix(SUFFIX) not in names:
            path.unlink()


def main() -> None:
    """Write all of the corpus."""
    made = list(cases())
    names = [case.name for case in made]
    if len(set(names)) < len(names):
        sys.exit(f"two files of one name: {sorted(name for name in set(names) if names.count(name) > 1)}")
    for case in made:
        write_case(case, FILES)
    told = write_office()
    remove_others({*names, *(name for name, *_ in office.wanted(scenes()))})
    sys.stdout.write(f"{len(made)} files are written. {told}\n")


if __name__ == "__main__":
    main()
