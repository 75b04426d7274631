"""A coverage-guided fuzzer of the reader and the writer of delimited text: `python -m tests.fuzz.text [SECONDS]`.

It needs `atheris`, which the dependency group `fuzz` names. What it finds becomes a test beside the others.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["importer.sheets"]):
    from importer.errors import ImporterError
    from importer.model.source import APPENDED_COLUMNS
    from importer.sheets.open import open_table, open_writer
    from importer.sheets.reading import Reading
    from importer.sheets.source_file import SourceFile
    from importer.sheets.table import RecordKind, Table
    from importer.sheets.text.csv_table import open_csv
    from importer.sheets.text.raw_text import open_raw_text

_SECONDS = 60
_SLOW_S = 5
_HEADS = (
    b"",
    b"Customer ID,First Name,Last Name,E-mail\n",
    b"sep=;\n",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"id;vorname;nachname;email\r",
)
_DELIMITERS = (None, None, ",", ";", "||", ", ", " ")
_QUOTES = (None, None, '"', "'", "")
_ESCAPES = (None, None, "", "\\")
_ENCODINGS = ("windows-1252", "utf-8", "utf-7", "cp037", "iso2022_jp", "gb18030", "utf-16", "utf-32", "hz", "cp932")


class Fuzzer:
    """Reads whatever bytes it is given, raw and as a source, and writes what it can read.

    Args:
        folder: Where the files are.
    """

    def __init__(self, folder: Path) -> None:
        self._source = folder / "source.csv"
        self._report = folder / "report.csv"

    def __call__(self, data: bytes) -> None:
        """Hold one input to what must be true of any."""
        given = atheris.FuzzedDataProvider(data)
        head = given.PickValueInList(list(_HEADS))
        reading = Reading(
            delimiter=given.PickValueInList(list(_DELIMITERS)),
            quote=given.PickValueInList(list(_QUOTES)),
            escape=given.PickValueInList(list(_ESCAPES)),
            encoding=given.PickValueInList(list(_ENCODINGS)),
        )
        self._source.write_bytes(head + given.ConsumeBytes(given.remaining_bytes()))
        start = time.process_time()
        self._read_raw(reading)
        self._read(reading)
        if time.process_time() - start > _SLOW_S:
            raise AssertionError("it took too long")

    def _read_raw(self, reading: Reading) -> None:
        try:
            for _, cells in open_raw_text(SourceFile(self._source, "a.csv"), reading).records():
                "".join(cells).encode("utf-8")
        except ImporterError:
            return

    def _read(self, reading: Reading) -> None:
        try:
            table = open_csv(SourceFile(self._source, "a.csv"), reading)
            rows = [number for chunk in table.chunks(7) for number in chunk.frame.index.tolist()]
        except ImporterError:
            return
        records = list(table.records())
        if rows != [record.number for record in records if record.kind is RecordKind.ROW]:
            raise AssertionError("rows and records differ")
        if any(len(record.cells) != len(record.raw or ()) for record in records):
            raise AssertionError("cells and their text in the file differ")
        self._write(table)
        try:
            again = open_table(self._report, reading)
            for chunk in again.chunks(7):
                chunk.frame.to_json()
        except ImporterError:
            return

    def _write(self, table: Table) -> None:
        with open_writer(self._report, table, format="csv", message_at=2) as writer:
            for record in table.records():
                writer.write(record, APPENDED_COLUMNS if record.kind is RecordKind.HEADER else [None] * 6)


def main() -> None:
    """Fuzz for as many seconds as the first argument says."""
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else _SECONDS
    with tempfile.TemporaryDirectory() as folder:
        limits = [f"-max_total_time={seconds}", "-max_len=400", "-len_control=0", "-timeout=20"]
        atheris.Setup([sys.argv[0], *limits], Fuzzer(Path(folder)))
        atheris.Fuzz()


if __name__ == "__main__":
    main()
