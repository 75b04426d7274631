"""A new workbook, side by side: by the importer's own writer and by XlsxWriter, `python -m bench.new_workbook [RUNS]`.

Each run is a process of its own, and the two take turns, so that whatever else the machine does falls on both. What it
takes to load a writer is counted by itself; where pandas is loaded already, as in a run that sends, that is less.

XlsxWriter writes the same values, looks, comments and settings for printing, in its `constant_memory` mode. It is
spared what the importer does besides: text is not made fit for a sheet, and nothing is said of what was not kept.
"""

from __future__ import annotations

import datetime as dt
import importlib
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

from bench.measure import measured
from importer.model.source import APPENDED_COLUMNS
from importer.model.statuses import Status
from importer.sheets.table import Mark, Record, RecordKind
from importer.sheets.tones import MARKS, TONES
from importer.sheets.workbooks.package.looks import row_height

_HEADER: Final = ("Customer ID", "First Name", "Last Name", "Email", "Note", "Since")
_WIDTH: Final = len(_HEADER)
_MARKED: Final = _HEADER.index("Email")
_MESSAGE_AT: Final = APPENDED_COLUMNS.index("message")
_ADVICE: Final = (
    "The API refused this row (HTTP 400): “email: this domain takes no mail”. Ask the customer for another. "
)
_SINCE: Final = dt.datetime(2020, 1, 1)  # noqa: DTZ001 - a sheet has no zones
_BOX: Final = {"author": "importer", "width": 320, "height": 67, "x_offset": 12, "y_offset": 12}
"""Of a comment, as the importer's own would be for that text, in pixels."""


class _Case(NamedTuple):
    """How much is written: a comment on as many rows, evenly spread, whose message goes over two lines."""

    rows: int
    comments: int


_CASES: Final[Mapping[str, _Case]] = {
    "40 rows, 4 comments": _Case(40, 4),
    "100,000 rows": _Case(100_000, 0),
    "100,000 rows, 20,000 comments": _Case(100_000, 20_000),
}


class _Line(NamedTuple):
    cells: Sequence[str | dt.datetime]
    appended: Sequence[str | int]
    tone: Status
    reason: str


def _lines(case: _Case) -> Iterator[_Line]:
    """Yield the rows of a report: six cells of the source and six that are appended."""
    every = case.rows // case.comments if case.comments else case.rows + 1
    for number in range(case.rows):
        cells = (
            f"{number:08x}-1111-4222-8333-{number * 7919:012x}",
            f"Name{number % 977}",
            f"Surname {number % 1_009}",
            f"person{number}@example.com",
            f"row {number}, = nothing & <more>",
            _SINCE + dt.timedelta(days=number % 2_000),
        )
        if number % every == every - 1:
            yield _Line(cells, ("rejected", "", _ADVICE * 2, "http_400", 400, 1), Status.REJECTED, _ADVICE)
        else:
            yield _Line(cells, ("updated", "2026-02-03T04:05:06Z", "", "", 200, 1), Status.UPDATED, "")


def _own(case: _Case, path: Path) -> None:
    from importer.sheets.workbooks.new.new_workbook import NewWorkbookWriter  # noqa: PLC0415 - loaded by `_write`

    with NewWorkbookWriter(path, "Changes", _WIDTH, message_at=_MESSAGE_AT) as writer:
        writer.write(Record(1, RecordKind.HEADER, _HEADER), APPENDED_COLUMNS)
        for number, line in enumerate(_lines(case), start=2):
            marks = (Mark(_MARKED, line.reason),) if line.reason else ()
            writer.write(Record(number, RecordKind.ROW, line.cells), line.appended, tone=line.tone, marks=marks)


def _library(case: _Case, path: Path) -> None:
    import xlsxwriter  # noqa: PLC0415 - the same

    with xlsxwriter.Workbook(path, {"constant_memory": True, "tmpdir": str(path.parent)}) as book:
        sheet = book.add_worksheet("Changes")
        bold, dated = book.add_format({"bold": True}), book.add_format({"num_format": 22})
        looks = {
            (tone, wraps): book.add_format({"bg_color": f"#{colour}", "text_wrap": wraps})
            for tone, colour in TONES.items()
            for wraps in (False, True)
        }
        mark = book.add_format({"bg_color": f"#{MARKS[Status.REJECTED]}"})
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_column(0, _WIDTH + len(APPENDED_COLUMNS) - 1, 20)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, case.rows, _WIDTH + len(APPENDED_COLUMNS) - 1)
        for position, name in enumerate((*_HEADER, *APPENDED_COLUMNS)):
            sheet.write_string(0, position, name, bold)
        for row, line in enumerate(_lines(case), start=1):
            if height := row_height(str(line.appended[_MESSAGE_AT])):
                sheet.set_row(row, height)
            _put_source(sheet, row, line, dated, mark)
            _put_appended(sheet, row, line, looks)


def _put_source(sheet: Worksheet, row: int, line: _Line, dated: Format, mark: Format) -> None:
    for position, value in enumerate(line.cells):
        if isinstance(value, dt.datetime):
            sheet.write_datetime(row, position, value, dated)
        else:
            sheet.write_string(row, position, value, mark if line.reason and position == _MARKED else None)
    if line.reason:
        sheet.write_comment(row, _MARKED, line.reason, _BOX)


def _put_appended(sheet: Worksheet, row: int, line: _Line, looks: Mapping[tuple[str, bool], Format]) -> None:
    for position, value in enumerate(line.appended):
        look = looks[line.tone, position == _MESSAGE_AT]
        if isinstance(value, str):
            sheet.write_string(row, _WIDTH + position, value, look)
        else:
            sheet.write_number(row, _WIDTH + position, value, look)


_WRITERS: Final[Mapping[str, Callable[[_Case, Path], None]]] = {"own": _own, "XlsxWriter": _library}
_MODULES: Final = {"own": "importer.sheets.workbooks.new.new_workbook", "XlsxWriter": "xlsxwriter"}


def _write(writer: str, case: str, path: Path) -> None:
    """Write a workbook and print, as JSON, what that took."""
    began = time.process_time()
    importlib.import_module(_MODULES[writer])
    loaded = time.process_time() - began
    began, wall = time.process_time(), time.perf_counter()
    _WRITERS[writer](_CASES[case], path)
    print(json.dumps({"load s": loaded, "cpu s": time.process_time() - began, "wall s": time.perf_counter() - wall}))


def _measure(folder: Path, case: str, runs: int) -> None:
    """Print the medians of a case, and how the others compare with the first."""
    found: dict[str, list[Mapping[str, float]]] = {writer: [] for writer in _WRITERS}
    for writer in [*_WRITERS] * runs:
        path = folder / "new.xlsx"
        command = (sys.executable, "-m", "bench.new_workbook", writer, case, str(path))
        cost = measured(command, folder=folder)
        told = json.loads((folder / "output.txt").read_text(encoding="utf-8"))
        found[writer].append({**told, "peak MB": cost.peak_mb, "file KB": path.stat().st_size / 1_000})
    medians = {
        writer: {name: statistics.median(one[name] for one in all_) for name in all_[0]}
        for writer, all_ in found.items()
    }
    print(f"{case}, median of {runs}")
    for writer, figures in medians.items():
        said = (f"{name} {value:.2f} ({value / medians['own'][name]:.2f} x)" for name, value in figures.items())
        print(f"  {writer:12}{'   '.join(said)}", flush=True)


def _main(words: Sequence[str]) -> None:
    if words[:1] and words[0] in _WRITERS:
        _write(words[0], words[1], Path(words[2]))
        return
    with tempfile.TemporaryDirectory() as name:
        for case in _CASES:
            _measure(Path(name), case, int(words[0]) if words else 7)


if __name__ == "__main__":
    _main(sys.argv[1:])
