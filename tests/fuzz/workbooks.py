"""A coverage-guided fuzzer of the readers of workbooks: `python -m tests.fuzz.workbooks [SECONDS | FILE]`.

The first two bytes of an input say which archive of the corpus it is and which part of it, and the rest stands in the
place of that part: so the archive is sound, and its readers get to see what the fuzzer thinks up. An input whose first
byte is that of no archive is a whole file. What is found becomes a test beside the others.
"""

from __future__ import annotations

import functools
import io
import json
import resource
import signal
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["importer.sheets", "xlrd"]):
    from importer.errors import ImporterError
    from importer.sheets.container import unpacked
    from importer.sheets.limits import DEFAULT_LIMITS
    from importer.sheets.reading import AS_IT_IS
    from importer.sheets.recognition import Family, recognise
    from importer.sheets.source_file import SourceFile
    from importer.sheets.table import RecordKind
    from importer.sheets.workbooks.book import Line, lines_of
    from importer.sheets.workbooks.formats import xml2003  # noqa: F401 - what is opened by name
    from importer.sheets.workbooks.formats.html import html_book as html  # noqa: F401 - what is opened by name
    from importer.sheets.workbooks.formats.ods import ods_book as ods  # noqa: F401 - what is opened by name
    from importer.sheets.workbooks.formats.xls import xls_book as xls  # noqa: F401 - what is opened by name
    from importer.sheets.workbooks.formats.xlsb import xlsb_book as xlsb  # noqa: F401 - what is opened by name
    from importer.sheets.workbooks.formats.xlsx import xlsx_book as xlsx  # noqa: F401 - what is opened by name
    from importer.sheets.workbooks.formats.xlsx.cell_looks import CellLooks
    from importer.sheets.workbooks.formats.xlsx.sheet_rows import SheetRows
    from importer.sheets.workbooks.formats.xlsx.sheet_xml import SheetParser
    from importer.sheets.workbooks.formats.xlsx.xlsx_values import CellValues
    from importer.sheets.workbooks.grid import Grid
    from importer.sheets.workbooks.package.archive import Archive
    from importer.sheets.workbooks.parser.child import WORK, Task
    from importer.sheets.workbooks.parser.start import ParseRequest
    from importer.sheets.workbooks.sheet_table import RawSheet, parsed_grid, understood

_CORPUS = Path(__file__).parents[1] / "corpus" / "files"
_SECONDS = 60
_MOST_S = 2.0
"""What a reading may take, which is slowed down by being watched."""
_MOST_MEMORY = 3 * 1024**3
_LONGEST = 24_000
_ARCHIVES = frozenset({".xlsx", ".xlsm", ".xlsb", ".ods"})
_MOST_ARCHIVES = 250
_UNSOUND = frozenset({"damaged", "protected"})
_NO_WORKBOOKS = frozenset({".csv", ".txt", ".toml"})
_UNREAD = ("docprops/", "xl/theme/", "meta.xml", "settings.xml", "styles.xml", "thumbnails/", "configurations2/")
_SHEET = "xl/worksheets/sheet1.xml"


@dataclass(frozen=True, slots=True)
class _Base:
    """An archive of the corpus, taken apart."""

    parts: Mapping[str, bytes]

    @classmethod
    def of(cls, path: Path) -> _Base:
        with zipfile.ZipFile(path) as archive:
            return cls({name: archive.read(name) for name in archive.namelist()})

    @property
    def read(self) -> Sequence[str]:
        """The parts that a reader looks into."""
        return [name for name in self.parts if not name.lower().startswith(_UNREAD)]

    def with_part(self, name: str, data: bytes) -> bytes:
        """Return the archive with other bytes in one of its parts."""
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            for part, whole in self.parts.items():
                archive.writestr(part, data if part == name else whole)
        return packed.getvalue()


class Fuzzer:
    """Reads whatever bytes it is given as a workbook, in all ways in which one is read.

    Args:
        folder: Where the files are.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        small = [path for path in sorted(_CORPUS.rglob("*")) if path.is_file() and path.stat().st_size < _LONGEST]
        sound = [path for path in small if path.suffix in _ARCHIVES and path.parent.name not in _UNSOUND]
        self._bases = [_Base.of(path) for path in sound if zipfile.is_zipfile(path)][:_MOST_ARCHIVES]
        self._whole = [path.read_bytes() for path in small if path not in sound and path.suffix not in _NO_WORKBOOKS]

    def seeds(self) -> Iterator[bytes]:
        """Yield what to begin with."""
        for at, base in enumerate(self._bases):
            for number, name in enumerate(base.read):
                if len(base.parts[name]) < _LONGEST:
                    yield bytes([at, number]) + base.parts[name]
        yield from (b"\xff\xff" + data for data in self._whole)

    def __call__(self, data: bytes) -> None:
        """Hold one input to what must be true of any."""
        with tempfile.TemporaryDirectory(dir=self._folder) as scratch:
            path = Path(scratch) / "source"
            path.write_bytes(self._file(data))
            for work in WORK:
                _read(work, path)
            _compare(path)

    def _file(self, data: bytes) -> bytes:
        if len(data) <= 2 or data[0] >= len(self._bases):
            return data[2:] or b"x"
        base = self._bases[data[0]]
        return base.with_part(base.read[data[1] % len(base.read)], data[2:])


class _OutOfTimeError(BaseException):
    """Nothing on the way out takes it for a fault of the file."""


def _stop(*_: object) -> None:
    raise _OutOfTimeError


def _read(work: str, path: Path) -> None:
    """Let a file be parsed as the process for it does, and look at what comes out."""
    signal.setitimer(signal.ITIMER_PROF, _MOST_S)
    family = Family.CSV
    try:
        file = unpacked(SourceFile(path, "a"), path.parent)
        family = recognise(file)
        if family is Family.CSV or file.path.stat().st_size == 0:
            return
        request = ParseRequest(work, file, family, AS_IT_IS, DEFAULT_LIMITS, path.parent / f"{work}.lines")
        answer = json.loads(json.dumps(WORK[work](Task(json.loads(request.as_json())))))
    except (ImporterError, MemoryError):
        return
    except _OutOfTimeError:
        if family is Family.XLS:  # what xlrd runs into; the process that parses has a limit for that
            return
        raise
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    if work != "sizes":
        _look(parsed_grid(request, answer), as_source=work == "source")


def _look(grid: Grid, *, as_source: bool) -> None:
    shown = list(RawSheet(grid).records())
    if [number for number, _ in shown] != list(range(1, len(shown) + 1)):
        raise AssertionError("lines are not in order")
    for _, cells in shown:
        "".join(cells).encode("utf-8")
    if as_source:
        try:
            table = understood(grid, AS_IT_IS)
            rows = [number for chunk in table.chunks(7) for number in chunk.frame.index.tolist()]
        except ImporterError:
            return
        if rows != [record.number for record in table.records() if record.kind is RecordKind.ROW]:
            raise AssertionError("rows and records differ")


def _compare(path: Path) -> None:
    """Hold the quick readings of a sheet to the slow one."""
    try:
        archive = Archive(SourceFile(path, "a"))
        data = b"".join(archive.blocks(_SHEET))
    except (ImporterError, OSError):
        return
    with archive:
        values = CellValues(["a", "", "b"], CellLooks(), since_1904=False, damage=archive.damaged)
        quick = _outcome(SheetRows(archive, _SHEET, values).lines)
        by_columns = _outcome(lambda: lines_of(SheetRows(archive, _SHEET, values, fewest=1).pieces()))
        slow = _outcome(functools.partial(SheetParser(values, _SHEET).feed, data, last=True))
    if not quick == by_columns == slow:
        raise AssertionError("the quick readings and the slow one differ")


def _outcome(lines: Callable[[], Iterator[Line]]) -> object:
    """Return the lines that hold something, or that they are refused."""
    try:
        found = [(line.number, list(line.cells), line.hidden) for line in lines()]
    except (ImporterError, MemoryError):
        return None
    for _, cells, _ in found:
        while cells and cells[-1] is None:
            cells.pop()
    return repr([line for line in found if line[1]])


def main() -> None:
    """Fuzz for as many seconds as the first argument says, or try the one file that it names."""
    signal.signal(signal.SIGPROF, _stop)
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))
    said = sys.argv[1] if len(sys.argv) > 1 else str(_SECONDS)
    with tempfile.TemporaryDirectory() as folder:
        fuzzer = Fuzzer(Path(folder))
        corpus = Path(folder) / "corpus"
        corpus.mkdir()
        for number, data in enumerate(fuzzer.seeds()):
            (corpus / str(number)).write_bytes(data)
        limits = [f"-max_total_time={said}", f"-max_len={_LONGEST}", "-timeout=60", "-rss_limit_mb=0"]
        atheris.Setup([sys.argv[0], *([*limits, str(corpus)] if said.isdecimal() else [said])], fuzzer)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
