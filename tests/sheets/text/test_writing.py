"""CSV files, written."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Literal

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from importer.sheets.formula_guard import guard
from importer.sheets.open import open_table, open_writer
from importer.sheets.table import Record, RecordKind
from importer.sheets.text.csv_writer import EXCEL_DIALECT, CsvWriter
from tests.sheets.files import ANA, HEADER, annotate, cells_of, write_csv, write_xlsx

HEAD = b"Customer ID;First Name;Last Name;E-mail;Notes"
OWN = b";status;updated_at;message;error_code;http_status;attempts"
SAID = b";updated;2025-07-21T12:43:14Z;fine;;200;1"


def test_the_records_are_copied_byte_for_byte_and_six_cells_appended(tmp_path: Path) -> None:
    """Quotes that were not needed stay, line ends stay mixed, and a file without a final line end stays so."""
    source = tmp_path / "a.csv"
    source.write_bytes(b"\xef\xbb\xbfsep=;\r\n" + HEAD + b'\r\n1;"Ana";Reyes ;a@b.c;"x\r\n""y"""\n\r\n2;Jos\xc3\xa9;;;')
    written = annotate(source, tmp_path / "b.csv").read_bytes()
    assert written == (
        b"\xef\xbb\xbfsep=;\r\n" + HEAD + OWN + b"\r\n"
        b'1;"Ana";Reyes ;a@b.c;"x\r\n""y"""' + SAID + b"\n"
        b";;;;;;;;;;\r\n"
        b"2;Jos\xc3\xa9;;;" + SAID
    )  # fmt: skip


def test_short_records_and_the_header_are_padded_to_the_widest(tmp_path: Path) -> None:
    """Every record of the report has as many cells."""
    source = write_csv(tmp_path / "a.csv", f"{','.join(HEADER)}\n1\n1,2,3,4,5,6\n")
    lines = list(csv.reader(io.StringIO(annotate(source, tmp_path / "b.csv").read_text(encoding="utf-8"))))
    assert [len(line) for line in lines] == [12, 12, 12]
    assert lines[0][4:7] == ["", "", "status"]
    assert lines[1][:6] == ["1", "", "", "", "", ""]


def test_trap_8_what_a_spreadsheet_would_execute_is_guarded(tmp_path: Path) -> None:
    """That is so for the source's cells, the header and what is appended; the bytes of other cells are untouched."""
    source = tmp_path / "a.csv"
    source.write_bytes(HEAD + b';=1\n=1+1;"=2";+44 20 7946 0018;-5;@x;"\ta"\n')
    written = annotate(source, tmp_path / "b.csv", message="=HYPERLINK(0)").read_bytes()
    assert written == (
        HEAD + b";'=1" + OWN + b"\n"
        b"'=1+1;\"'=2\";+44 20 7946 0018;-5;'@x;\"'\ta\"" + SAID.replace(b"fine", b"'=HYPERLINK(0)") + b"\n"
    )


def test_reading_an_annotated_file_takes_the_guard_off_again(tmp_path: Path) -> None:
    """An apostrophe that was in the source stays, and a file of somebody else keeps all of them."""
    source = write_csv(tmp_path / "a.csv", ",".join(HEADER) + "\n=1,'@a,O'Brien,'plain'\n")
    first = cells_of(open_table(source))
    again = open_table(annotate(source, tmp_path / "b.csv"))
    assert cells_of(again) == first
    assert first == [{"customer_id": "=1", "first_name": "'@a", "last_name": "O'Brien", "email": "'plain'"}]
    assert [record.raw for record in again.records()][1] == ("=1", "'@a", "O'Brien", "'plain'")


def test_appended_cells_are_quoted_where_they_must_be(tmp_path: Path) -> None:
    """By the rules of the file's own dialect; half a surrogate pair, which UTF-8 cannot hold, becomes a `?`."""
    source = write_csv(tmp_path / "a.csv", ";".join(HEADER) + "\n" + ";".join(ANA))
    written = annotate(source, tmp_path / "b.csv", message='a;b, "c"\nd \ud800').read_text(encoding="utf-8")
    assert written.endswith(';"a;b, ""c""\nd ?";;200;1')


CELL = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8) | st.sampled_from(
    ["=1", "'=1", "+1", "@", "\t", "a;b", 'q"', "-2-2", "l\nm", "l\r\nm", "O'Brien", "", "\u00a0"]
)

QUOTING: st.SearchStrategy[Literal[0, 1]] = st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])


@pytest.mark.slow
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.lists(CELL, min_size=1, max_size=6), max_size=6),
    names=st.lists(st.sampled_from(["Notes", "Status", "status", "message", "=x"]), max_size=2),
    delimiter=st.sampled_from(",;\t"),
    quoting=QUOTING,
)
def test_annotating_twice_is_annotating_once(
    tmp_path: Path, rows: list[list[str]], names: list[str], delimiter: str, quoting: Literal[0, 1]
) -> None:
    """The report on a report is that report byte for byte, and each cell in it is the source's own unless guarded."""
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, quoting=quoting).writerows([[*HEADER, *names], *rows])
    source = write_csv(tmp_path / "a.csv", text.getvalue())
    once = annotate(source, tmp_path / "b.csv")
    assert annotate(once, tmp_path / "c.csv").read_bytes() == once.read_bytes()
    for before, after in zip(open_table(source).records(), open_table(once).records(), strict=True):
        cells, raw = list(before.cells), list(before.raw or ())
        assert list(after.cells)[: len(cells)] == cells
        assert list(after.raw or ())[: len(raw)] == raw
    written = once.read_bytes().decode()
    for record in open_table(source).records():
        for raw_cell, cell in zip(record.raw or (), record.cells, strict=True):
            assert cell != guard(str(cell)) or raw_cell in written


def test_a_workbook_becomes_a_csv_file_that_excel_opens_right(tmp_path: Path) -> None:
    """It has commas, UTF-8 with a BOM and CRLF, and cells as text; formulas and other dangers are guarded."""
    source = write_xlsx(
        tmp_path / "a.xlsx", {"Data": [[*HEADER, "N"], [*ANA, 1.5], [], ["@x", "Jos\u00e9", 'a,"b"', None, True]]}
    )
    written = annotate(source, tmp_path / "b.csv", form="csv").read_bytes()
    assert (
        written
        == (
            "\ufeffCustomer ID,First Name,Last Name,E-mail,N,"
            "status,updated_at,message,error_code,http_status,attempts\r\n"
            f"{','.join(ANA)},1.5,updated,2025-07-21T12:43:14Z,fine,,200,1\r\n"
            ",,,,,,,,,,\r\n"
            '\'@x,Jos\u00e9,"a,""b""",,TRUE,updated,2025-07-21T12:43:14Z,fine,,200,1\r\n'
        ).encode()
    )
    assert cells_of(open_table(tmp_path / "b.csv"))[1]["customer_id"] == "@x"


def test_an_error_inside_leaves_what_was_written_and_closes_the_file(tmp_path: Path) -> None:
    """The error comes out; nothing is flushed to disk on purpose."""
    table = open_table(write_csv(tmp_path / "a.csv", ",".join(HEADER)))

    def fail() -> None:
        with open_writer(tmp_path / "b.csv", table, format="csv") as writer:
            writer.write(next(table.records()), [])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert (tmp_path / "b.csv").read_text(encoding="utf-8") == ",".join(HEADER)


def test_a_writer_is_used_as_a_context_manager(tmp_path: Path) -> None:
    """It says so where it is not."""
    with pytest.raises(ValueError, match="context manager"):
        CsvWriter(tmp_path / "a.csv", EXCEL_DIALECT, 1).write(Record(1, RecordKind.ROW, ("a",)), [])


def test_a_guarded_number_stays_text_in_the_eyes_of_openpyxl(tmp_path: Path) -> None:
    """A CSV report goes into a workbook with its cells as the source had them."""
    source = write_csv(tmp_path / "a.csv", ",".join(HEADER) + "\n=1,007,'x,@a\n")
    once = annotate(source, tmp_path / "b.csv")
    sheet = openpyxl.load_workbook(annotate(once, tmp_path / "c.xlsx", form="xlsx"))["Sheet1"]
    assert [(cell.value, cell.data_type) for cell in sheet[2][:4]] == [
        ("=1", "s"), ("007", "s"), ("'x", "s"), ("@a", "s"),
    ]  # fmt: skip
