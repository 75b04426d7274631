"""`importer peek`: what the reader sees in a source, before anything else happens to it."""

from __future__ import annotations

import csv
import io
import json
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Final

from importer.cli.given import Given, Shape
from importer.cli.screen.console import answer_all, terminal_width
from importer.cli.screen.tables import fitted, lines
from importer.cli.screen.wrapping import laid_out
from importer.errors import SettingsError, SourceError
from importer.model.exit_codes import exit_code_of_answer
from importer.model.source import STANDARD_INPUT, Detected
from importer.phrases import column_letter
from importer.reports.saying.figures import counted
from importer.reports.saying.words import character
from importer.settings import Settings
from importer.sheets.limits import Limits
from importer.sheets.open import sheet_sizes
from importer.sheets.reading import Reading
from importer.sheets.table import SheetSize
from importer.story.preview import Preview, PreviewRow, at_hand, look, look_raw
from importer.story.stillness import Stillness

_WIDEST: Final = 30
_LONGEST: Final = 100
_MOST_COLUMNS: Final = 200
"""More would be no table that anybody looks at, however wide the page is."""


def peek(
    source: Path,
    raw: bool,
    rows: int,
    everything: bool,
    as_json: bool,
    as_csv: bool,
    given: Given,
    shape: Shape,
) -> int:
    """Show what would be read of a source, as text, JSON or CSV, and return the exit code."""
    if as_json and as_csv:
        raise SettingsError("--json and --csv are both given.", code="usage", hint="Leave one of them out.")
    settings = given.settings()
    reading = shape.reading(settings)
    Stillness(settle_s=settings.settle, clock=time.monotonic, sleep=time.sleep).wait(source)
    with at_hand(source) as (path, scratch):
        seen = _look(path, source, raw=raw, reading=reading, scratch=scratch, settings=settings)
        records = islice(seen.rows, None if everything else rows)
        if as_json:
            return _print(map(_as_json, records))
        if as_csv:
            return _print(_as_csv(seen, records))
        return _print(
            _told(seen, sheet_sizes(path, reading, limits=Limits.of(settings), scratch=scratch), list(records))
        )


def _look(path: Path, source: Path, *, raw: bool, reading: Reading, scratch: Path, settings: Settings) -> Preview:
    """Look into the source; where it is refused, say how to see why."""
    name = "Standard input" if source == STANDARD_INPUT else source.name
    if raw:
        return look_raw(path, reading, name=name, scratch=scratch, settings=settings)
    try:
        return look(path, reading, name=name, scratch=scratch, settings=settings)
    except SourceError as error:
        if error.code not in _SHOWN_RAW:
            raise
        advice = "--raw shows what is in the file, line by line."
        raise SourceError(error.message, code=error.code, hint=f"{error.hint} {advice}".strip()) from error


_SHOWN_RAW: Final = frozenset(
    {
        "missing_column",
        "ambiguous_column",
        "unknown_column",
        "whole_name_column",
        "misplaced_marks",
        "empty_source",
        "row_names",
    }
)
"""Why a file is refused that `--raw` can show all the same."""


def _print(lines: Iterator[str]) -> int:
    """Print lines as they come, until nobody reads them any more."""
    return exit_code_of_answer(printed=answer_all(lines))


def _as_json(row: PreviewRow) -> str:
    document: dict[str, object] = {"row": row.number, "cells": list(row.cells)}
    if row.fields is not None:
        document["fields"] = dict(row.fields)
    return json.dumps(document)


def _as_csv(seen: Preview, records: Iterator[PreviewRow]) -> Iterator[str]:
    """Yield records as RFC 4180 has them, but for the last line end, with the header first where there is one."""
    if seen.header is not None:
        yield _csv_line(list(seen.header))
    for row in records:
        yield _csv_line(list(row.cells))


def _csv_line(cells: list[str]) -> str:
    line = io.StringIO()
    # Of the line end, which decides on what is quoted, `answer_all` writes the second half.
    csv.writer(line, lineterminator="\r\n").writerow(cells)
    return line.getvalue().removesuffix("\n")


def _told(seen: Preview, sheets: Sequence[SheetSize], records: list[PreviewRow]) -> Iterator[str]:
    """Yield what was found out, and the records as a table."""
    facts = list(_facts(seen.detected, seen.sheet, sheets))
    width = max(len(name) for name, _ in facts)
    yield from (laid_out(f"{name:<{width}}  {value}", terminal_width()) for name, value in facts)
    yield ""
    width = max((len(row.cells) for row in records), default=0)
    width, beyond = min(width, _MOST_COLUMNS), max(width - _MOST_COLUMNS, 0)
    names = [*(seen.header or ())][:width]
    header = ["row", *map(_line, names), *(column_letter(at) for at in range(len(names), width))]
    cells = [[str(row.number), *map(_line, row.cells[:width]), *[""] * (width - len(row.cells))] for row in records]
    fitted_header, rows = fitted(header, cells, terminal_width(), widest=_WIDEST)
    yield from lines(fitted_header, rows, right={"row"})
    if left_out := len(header) - len(fitted_header) + beyond:
        yield f"and {counted(left_out, 'more column')}: --csv shows all of them"


def _facts(detected: Detected, sheet: str | None, sheets: Sequence[SheetSize]) -> Iterator[tuple[str, str]]:
    packed = f", packed in {detected.container}" if detected.container else ""
    yield "Format", f"{detected.format}{packed}"

    if detected.encoding is not None:
        yield "Encoding", detected.encoding
    if detected.delimiter is not None:
        yield "Between cells", character(detected.delimiter)
        yield "Quote", f"{character(detected.quote)}, escape {character(detected.escape)}"
    for each_sheet in sheets:
        hidden, read = "" if each_sheet.visible else ", hidden", ", read here" if each_sheet.name == sheet else ""
        size = f"{counted(each_sheet.lines, 'line')}, {counted(each_sheet.columns, 'column')}"
        yield "Sheet", f"{each_sheet.name}: {size}{hidden}{read}"
    if detected.header_row is not None:
        yield "Header", f"row {detected.header_row}"
    yield from (("Column", f"{name}: {header}") for name, header in detected.columns.items())
    yield from (("Note", note) for note in detected.notes)


def _line(text: str) -> str:
    """Return as much of a cell as a table could show, on one line."""
    return "".join(letter if letter.isprintable() else "\N{SYMBOL FOR SUBSTITUTE}" for letter in text[:_LONGEST])
