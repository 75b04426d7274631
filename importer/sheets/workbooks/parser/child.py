"""The process that parses a workbook: started for one file, held to limits, and gone afterwards.

It is told what to do in one JSON object on standard input, and answers with one on standard output: `{"result": …}`,
`{"error": {"code", "message", "hint"}}`, or `{"system": [errno, words]}` where the system refused something. The lines
of a sheet go into a file (`spool`). Whatever ends it without an answer is the parent's to name.
"""

from __future__ import annotations

import errno
import json
import os
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final

from importer.errors import SourceError
from importer.phrases import quoted
from importer.sheets.cells import is_blank
from importer.sheets.limits import Limits
from importer.sheets.reading import Reading
from importer.sheets.source_file import SourceFile
from importer.sheets.workbooks.book import Book, BookByColumns, damaged
from importer.sheets.workbooks.formats.by_family import open_book
from importer.sheets.workbooks.packed_lines import Facts
from importer.sheets.workbooks.parser.confinement import confine
from importer.sheets.workbooks.parser.spool import write_spool
from importer.sheets.workbooks.sheet_choice import choose_sheet, first_sheet, notes_of_other_sheets

Answer = dict[str, Any]
OUT_OF_MEMORY: Final = "out_of_memory"
OUT_OF_MEMORY_CODE: Final = 71


class Task:
    """What is asked for: a file, and how it is to be read.

    Args:
        request: The JSON object.
    """

    def __init__(self, request: Mapping[str, Any]) -> None:
        self.file: Final = SourceFile(Path(request["path"]), request["name"])
        self.reading: Final = Reading.from_json(request["reading"])
        self.limits: Final = Limits(**request["limits"])
        self.spool: Final = Path(request["spool"])
        self._family: Final[str] = request["family"]

    def open(self) -> Book:
        """Open the workbook."""
        return open_book(self._family, self.file, self.reading, self.limits)

    def confine(self, parent: int) -> None:
        """Put this process under the limits for a file of that size."""
        size = self.file.path.stat().st_size
        confine(memory_bytes=self.limits.memory_for(size), seconds=self.limits.seconds_for(size), parent=parent)


def read_sizes(task: Task) -> Answer:
    """Count the lines and columns of every sheet in which something is seen."""
    book = task.open()
    sizes = []
    for at, (name, visible, _) in enumerate(book.sheets):
        lines = columns = 0
        for line in book.lines(at):
            filled = next((end for end in range(len(line.cells), 0, -1) if not is_blank(line.cells[end - 1 : end])), 0)
            lines, columns = (line.number if filled else lines), max(columns, filled)
        sizes.append([name, visible, lines, columns])
    return {"format": book.format, "notes": list(book.notes), "sizes": sizes}


def read_sheet(
    task: Task, choose: Callable[[Book, Reading, SourceFile], int | None], *, keeps_blank: bool = False
) -> Answer:
    """Write the lines of the chosen sheet; none where that is no sheet."""
    book = task.open()
    at = choose(book, task.reading, task.file)
    sheet = None if at is None else book.sheets[at].name or None
    where = f"The sheet {quoted([sheet])} of {task.file.name}" if sheet else f"The table in {task.file.name}"
    read = book.pieces if isinstance(book, BookByColumns) else book.lines
    pieces = iter(()) if at is None else read(at)
    facts: Facts = write_spool(
        task.spool, pieces, file=task.file, where=where, limits=task.limits, keeps_blank=keeps_blank
    )
    found: Answer = {
        "format": book.format,
        "notes": list(book.notes),
        "sheet": sheet,
        "where": where,
        "part": "" if at is None else book.part(at),
        "lines": facts.lines,
        "width": facts.width,
        "hidden": facts.hidden,
        "merged": [] if at is None else list(book.merged()),
        "totals": [] if at is None else list(book.totals(at)),
    }
    if at is not None and not keeps_blank:
        found["notes"] += notes_of_other_sheets(book, at, task.reading)
    return found


WORK: Final[Mapping[str, Callable[[Task], Answer]]] = {
    "source": partial(read_sheet, choose=choose_sheet),
    "raw": partial(read_sheet, choose=first_sheet, keeps_blank=True),
    "sizes": read_sizes,
}
"""What the process can be asked for: the sheet that is the source, one as it is, or the sizes of all."""


def answer(request: Mapping[str, Any]) -> Answer:
    """Return the answer to what is asked for."""
    task = Task(request)
    try:
        task.confine(request["parent"])
        return {"result": WORK[request["work"]](task)}
    except SourceError as error:
        return _told(error)
    except (MemoryError, ImportError):  # a library that there is no room for cannot be imported
        return {"failed": OUT_OF_MEMORY}
    except OSError as error:
        if error.errno == errno.ENOMEM:  # the limit may be met by whatever asks for room first
            return {"failed": OUT_OF_MEMORY}
        return {"system": [error.errno, error.strerror or ""]}
    except Exception:  # noqa: BLE001 - parsers raise whatever they like on what they do not understand
        return _told(damaged(task.file.name, "it is damaged, or written in a way that is not understood"))


def _told(error: SourceError) -> Answer:
    return {"error": {"message": error.message, "code": error.code, "hint": error.hint}}


def main() -> None:
    """Answer once."""
    try:
        output = json.dumps(answer(json.loads(sys.stdin.buffer.read()))).encode("ascii")
        sys.stdout.buffer.write(output)
        sys.stdout.buffer.flush()
    except MemoryError:  # not even for the answer
        os._exit(OUT_OF_MEMORY_CODE)
