"""Times the three ways through the XML of a sheet, in turns: `python -m bench.sheet_rows`.

It prints the processor's seconds of each (the median of seven), and how many times faster the quick ways are: the only
reason why there are some.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from bench.measure import write_rows, write_workbook
from importer.sheets.limits import DEFAULT_LIMITS
from importer.sheets.source_file import SourceFile
from importer.sheets.workbooks.book import Line, damaged
from importer.sheets.workbooks.formats.xlsx.cell_looks import CellLooks
from importer.sheets.workbooks.formats.xlsx.shared_strings import read_shared_strings
from importer.sheets.workbooks.formats.xlsx.sheet_rows import SheetRows
from importer.sheets.workbooks.formats.xlsx.sheet_xml import SheetParser
from importer.sheets.workbooks.formats.xlsx.xlsx_values import CellValues
from importer.sheets.workbooks.package.archive import Archive
from importer.sheets.workbooks.serials import NumberKind

ROWS: Final = 50_000
TURNS: Final = 7
_SHEET: Final = "xl/worksheets/sheet1.xml"
_STRINGS: Final = "xl/sharedStrings.xml"


def main() -> None:
    """Read one workbook in all ways, and print what each took."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.xlsx"
        write_rows(path.with_suffix(".csv"), ROWS)
        write_workbook(path.with_suffix(".csv"), path)
        with Archive(SourceFile(path, path.name), DEFAULT_LIMITS) as archive:
            compare(archive)


def compare(archive: Archive) -> None:
    """Go through the sheet of a workbook in all ways, and print what each took."""
    strings = list(read_shared_strings(archive, _STRINGS)) if _STRINGS in archive else []
    values = CellValues(
        strings, CellLooks([NumberKind.NUMBER]), since_1904=False, damage=lambda why: damaged("rows.xlsx", why)
    )

    def by_columns() -> int:
        pieces = SheetRows(archive, _SHEET, values).pieces()
        return sum(1 if isinstance(piece, Line) else len(piece.columns[0]) for piece in pieces)

    def quickly() -> int:
        return sum(1 for _ in SheetRows(archive, _SHEET, values).lines())

    def parsed() -> int:
        parser = SheetParser(values, _SHEET)
        return sum(1 for block in archive.blocks(_SHEET) for _ in parser.feed(block))

    turns = [(_seconds(by_columns), _seconds(quickly), _seconds(parsed)) for _ in range(TURNS)]
    columns, rows, parser = (statistics.median(times) for times in zip(*turns, strict=True))
    print(
        f"{ROWS:,} rows: by columns {columns:.2f} s, row by row {rows:.2f} s ({rows / columns:.1f} x),"
        f" parser {parser:.2f} s ({parser / columns:.1f} x)"
    )


def _seconds(read: Callable[[], int]) -> float:
    began = time.process_time()
    rows = read()
    seconds = time.process_time() - began
    if rows != ROWS + 1:
        raise SystemExit(f"{rows:,} rows were read")
    return seconds


if __name__ == "__main__":
    main()
