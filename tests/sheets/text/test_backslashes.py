r"""Text with codes in its cells, as databases write it: `\n` for a line break, `\N` for nothing, and so on."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from importer.sheets.open import open_table, open_writer
from importer.sheets.reading import CODES, Reading
from importer.sheets.table import RecordKind, Table
from importer.sheets.text.backslashes import last_unescaped_end
from importer.sheets.text.cell_quotes import enclosed, written
from importer.sheets.text.csv_table import CsvTable
from importer.sheets.text.found_out.dialect import Dialect
from importer.sheets.text.found_out.encoding import Encoding
from tests.growth import grows_with_size
from tests.sheets.files import ANA, BEN, HEADER, annotate, cells_of, issues_of, numbers_of, write_csv

CLEO = ["33333333-3333-4333-8333-333333333333", "Cleo", "Lindqvist", "cleo@example.com"]
UTF8 = Encoding("utf-8")
TABS = Dialect(UTF8, "\t", "", "\\", codes=True)
PIPES = Dialect(UTF8, "|", "", "\\", codes=True)
ENCLOSED = Dialect(UTF8, ",", '"', "\\", codes=True)
WIDE = Dialect(UTF8, "||", '"', "\\", codes=True)


def _names(table: Table) -> list[str]:
    return [cells["first_name"] for cells in cells_of(table)]


def _tabs(path: Path, *names: str, end: str = "\n") -> Path:
    rows = [[ANA[0], name, *ANA[2:]] for name in names]
    return write_csv(path, "".join("\t".join(row) + end for row in [HEADER, *rows]))


@pytest.mark.parametrize(
    ("cell", "content"),
    [
        pytest.param(r"Anna\nMaria", "Anna\nMaria", id="line-feed"),
        pytest.param(r"Anna\r\nMaria", "Anna\r\nMaria", id="carriage-return"),
        pytest.param(r"Anna\tMaria", "Anna\tMaria", id="tab"),
        pytest.param("Anna\\\tMaria", "Anna\tMaria", id="tab-itself"),
        pytest.param("Anna\\\nMaria", "Anna\nMaria", id="line-feed-itself"),
        pytest.param("Anna\\\r\nMaria", "Anna\r\nMaria", id="both-themselves"),
        pytest.param("Anna\\\rMaria", "Anna\rMaria", id="carriage-return-itself"),
        pytest.param(r"Anna\\nMaria", r"Anna\nMaria", id="backslash"),
        pytest.param(r"Anna\\\nMaria", "Anna\\\nMaria", id="backslash-and-line-feed"),
        pytest.param("Anna\\\\\\\nMaria", "Anna\\\nMaria", id="backslash-and-line-feed-itself"),
        pytest.param(r"Anna\\", "Anna\\", id="backslash-at-the-end"),
        pytest.param(r"\N", "", id="nothing"),
        pytest.param(r"\\N", r"\N", id="no-nothing"),
        pytest.param(r"Anna\N", r"Anna\N", id="nothing-within-is-no-code"),
        pytest.param(r"O\'Neil", "O'Neil", id="apostrophe"),
        pytest.param(r"\"Hu\" S", '"Hu" S', id="quotation-mark"),
        pytest.param(r"a\bb\ff\vv\0z\Z", "a\bb\ff\vv\0z\x1a", id="control-characters"),
        pytest.param(r"Ren\u00e9 \x41 \d", r"Ren\u00e9 \x41 \d", id="no-codes"),
        pytest.param('Hugo "Hu"', 'Hugo "Hu"', id="bare-quotation-marks"),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_codes_are_what_they_mean(tmp_path: Path, cell: str, content: str, end: str) -> None:
    """Each by itself, where somebody has said that there are codes."""
    table = open_table(_tabs(tmp_path / "a.tsv", "Ben", cell, "Cleo", end=end), Reading(escape=CODES))
    assert _names(table) == ["Ben", content, "Cleo"]
    assert numbers_of(table) == [2, 3, 4]


def test_a_name_in_quotation_marks_that_divide_nothing_is_refused(tmp_path: Path) -> None:
    """Whose they are is not certain: the file has none elsewhere."""
    table = open_table(_tabs(tmp_path / "a.tsv", r"\N", "Ben", '"Hu"'), Reading(escape=CODES, quote=""))
    assert [(issue.row, issue.code) for issue in issues_of(table)] == [(4, "other_quotes")]


@pytest.mark.parametrize("quote", ["", '"'])
def test_an_escape_that_makes_no_codes_leaves_letters_alone(tmp_path: Path, quote: str) -> None:
    r"""`\N` is no N, and `\n` joins no names."""
    path = write_csv(
        tmp_path / "a.csv",
        "\n".join([",".join(HEADER), r"1,\N,b\, c,d@e.fg", r"2,Anna\nMaria,b\\,d@e.fg", r"3,a\ b\-c,\C:\x,d@e.fg"]),
    )
    table = open_table(path, Reading(escape="\\", quote=quote))
    assert [(cells["first_name"], cells["last_name"]) for cells in cells_of(table)] == [
        (r"\N", "b, c"),
        (r"Anna\nMaria", "b\\"),
        ("a b-c", r"\C:\x"),
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\n\r", "\r\r\n"])
def test_escaped_line_ends_end_no_record_wherever_a_piece_of_the_file_ends(tmp_path: Path, end: str) -> None:
    """The file is read in pieces, and each may end within or behind such a line end."""
    names = [f"A{'n' * (at % 11)}a\\{end}Maria" if at % 3 else "Ben" for at in range(9_000)]
    table = open_table(_tabs(tmp_path / "a.tsv", *names, end=end))
    assert isinstance(table, CsvTable)
    assert table.detected.escape == CODES
    assert _names(table) == [name.replace("\\", "") for name in names]
    data = (tmp_path / "a.tsv").read_bytes()
    assert "".join("\t".join(one.raw or ()) + one.line_end for one in table.records()).encode() == data


def test_a_text_of_nothing_but_escaped_line_ends_takes_no_time() -> None:
    """What has been looked at is not looked at again."""
    text = "\\\n" * 100_000
    assert last_unescaped_end(text, "", 0) == 0
    assert last_unescaped_end(text + "\\\n", "", len(text)) == len(text)
    assert last_unescaped_end(text + "a\n\\", "", len(text)) == len(text) + 2
    assert grows_with_size(lambda count: last_unescaped_end("\\\n" * count, "", 0), 50_000)


def test_a_path_that_joins_its_line_to_the_next_swallows_no_customer(tmp_path: Path) -> None:
    """A backslash at the end of a line may be no code: both lines are rows, and refused."""
    lines = [[*HEADER, "Note"], [*ANA, r"\N"], [*BEN, "x\\"], [*CLEO, "z"], [*ANA, r"a\\b"]]
    path = write_csv(tmp_path / "a.tsv", "".join("\t".join(line) + "\n" for line in lines))
    table = open_table(path, Reading(escape=CODES))
    assert {issue.row: issue.code for issue in issues_of(table)} == {3: "swallowed_rows", 4: "swallowed_rows"}
    assert numbers_of(table) == [2, 3, 4, 5]


def test_a_report_keeps_the_bytes_and_speaks_the_same_language(tmp_path: Path) -> None:
    r"""LOAD DATA and COPY read it as they read the source: a backslash and the line break behind it stay together."""
    source = _tabs(tmp_path / "a.tsv", "Anna\\\nMaria", r"\N", r"Salcedo\\Ruiz")
    data = source.read_bytes()
    report = annotate(source, tmp_path / "b.tsv", message='"E-mail"\tis not\nC:\\x')
    lines = report.read_bytes().split(b"\n")
    said = rb'updated	2025-07-21T12:43:14Z	\"E-mail"\tis not\nC:\\x		200	1'
    assert lines[1:3] == [data.split(b"\n")[1], data.split(b"\n")[2] + b"\t" + said]
    assert lines[3:] == [one + b"\t" + said for one in data.split(b"\n")[3:5]] + [b""]
    again = open_table(report)
    assert (again.detected.quote, again.detected.escape) == ("", CODES)
    assert cells_of(again) == cells_of(open_table(source))
    assert [one.raw for one in again.records()] == [one.raw for one in open_table(source).records()]
    assert annotate(report, tmp_path / "c.tsv", message='"E-mail"\tis not\nC:\\x').read_bytes() == report.read_bytes()


@pytest.mark.parametrize("last", ["x\\", "x\\\n", "x\\\r\n", "\\"])
def test_a_backslash_at_the_end_of_a_file_escapes_nothing_of_its_report(tmp_path: Path, last: str) -> None:
    """A file that was cut may end in one."""
    rows = [[*HEADER, "Note"], [*ANA, r"\N"], [*BEN, last]]
    source = write_csv(tmp_path / "a.tsv", "\n".join("\t".join(row) for row in rows))
    report = annotate(source, tmp_path / "b.tsv")
    assert cells_of(open_table(report)) == cells_of(open_table(source))
    assert [one.cells for one in open_table(report).records()] == [one.cells for one in open_table(source).records()]
    assert open_table(report).detected.escape == CODES


def test_a_report_of_another_delimiter_has_a_backslash_before_it(tmp_path: Path) -> None:
    """As the databases write it."""
    source = write_csv(tmp_path / "a.txt", f"{'|'.join(HEADER)}\n{ANA[0]}|a\\|b|\\N|{ANA[3]}\n{'|'.join(BEN)}\n")
    report = annotate(source, tmp_path / "b.txt", message="a|b\tc")
    assert report.read_bytes().endswith(rb"|updated|2025-07-21T12:43:14Z|a\|b\tc||200|1" + b"\n")
    assert cells_of(open_table(report)) == cells_of(open_table(source))
    assert cells_of(open_table(source))[0]["first_name"] == "a|b"


def test_a_report_with_quotation_marks_has_backslashes_before_them(tmp_path: Path) -> None:
    """Where the source is written so."""
    rows = [ANA, [BEN[0], r"\N", *BEN[2:]], [CLEO[0], r"Cleo \"C\"", *CLEO[2:]]]
    lines = [",".join(cell if cell == r"\N" else f'"{cell}"' for cell in row) for row in [HEADER, *rows]]
    source = write_csv(tmp_path / "a.csv", "\r\n".join(lines) + "\r\n")
    report = annotate(source, tmp_path / "b.csv", message='"a", b\nC:\\x')
    assert report.read_bytes().endswith(b',updated,2025-07-21T12:43:14Z,"\\"a\\", b\\\nC:\\\\x",,200,1\r\n')
    again = open_table(report)
    assert (again.detected.quote, again.detected.escape) == ('"', CODES)
    assert _names(again) == _names(open_table(source)) == ["Ana", "", 'Cleo "C"']


CELL = st.text(st.sampled_from("ab\\\"'nNtr0|,\t\n\r =@-"), max_size=8) | st.sampled_from(["", r"\N", "=1", "'\t"])


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cells=st.lists(CELL, min_size=1, max_size=6), dialect=st.sampled_from([TABS, PIPES, ENCLOSED, WIDE]), said=CELL)
def test_every_cell_and_every_message_comes_back(tmp_path: Path, cells: list[str], dialect: Dialect, said: str) -> None:
    """Through the writing of a source, its report, and the report of that."""

    def cell(text: str) -> str:
        return enclosed(text, dialect) if dialect.quote and text else written(text, dialect)

    lines = [dialect.delimiter.join(map(cell, row)) for row in [[*HEADER, "Note"], *([*ANA, one] for one in cells)]]
    source = write_csv(tmp_path / "a.txt", "".join(line + "\r\n" for line in lines))
    reading = Reading(delimiter=dialect.delimiter, quote=dialect.quote, escape=CODES)
    assert [one.cells[4:] for one in open_table(source, reading).records()][1:] == [(one,) for one in cells]
    table = open_table(source, reading)
    with open_writer(tmp_path / "b.txt", table, format="csv") as writer:
        for record in table.records():
            is_header = record.kind is RecordKind.HEADER
            own = table.appended_names(["status", "updated_at", "message", "error_code", "http_status", "attempts"])
            writer.write(record, own if is_header else ["updated", None, said, None, 200, 1])
    again = list(open_table(tmp_path / "b.txt", reading).records())
    assert [one.raw for one in again] == [one.raw for one in table.records()]
    assert [one.cells for one in again] == [one.cells for one in table.records()]


@pytest.mark.slow
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=st.text(alphabet=st.sampled_from('ab\\nN\t\n\r,"')),
    delimiter=st.sampled_from(["\t", ",", "||"]),
    quote=st.sampled_from(["", '"']),
    escape=st.sampled_from([CODES, "\\"]),
)
@example(body='"\\\r', delimiter="\t", quote='"', escape=CODES)
def test_any_text_is_kept_and_its_report_reads_as_it_does(
    tmp_path: Path, body: str, delimiter: str, quote: str, escape: str
) -> None:
    """However backslashes and quotes stand: each cell has its text in the file, and means the same in the report."""
    text = f"{delimiter.join(HEADER)}\n{body}"
    assume("\n\r" not in text and "\r\r\n" not in text)  # one line end or two: the report may say otherwise
    source = write_csv(tmp_path / "a.txt", text)
    reading = Reading(delimiter=delimiter, quote=quote, escape=escape)
    table = open_table(source, reading)
    records = list(table.records())
    assert [len(one.raw or ()) for one in records] == [len(one.cells) for one in records]
    text = "".join(delimiter.join(one.raw or ()) + one.line_end for one in records)
    assert text.encode() == source.read_bytes()
    with open_writer(tmp_path / "b.txt", table, format="csv") as writer:
        for record in records:
            is_header = record.kind is RecordKind.HEADER
            own = table.appended_names(["status", "updated_at", "message", "error_code", "http_status", "attempts"])
            writer.write(record, own if is_header else ["invalid", None, "a word", None, None, 0])
    report = open_table(tmp_path / "b.txt", reading)
    again = list(report.records())
    assume(report.detected == table.detected)  # a padded table may speak for codes where a ragged one does not
    width = table.width()
    assert [[*one.cells, *[""] * (width - len(one.cells))] for one in records] == [list(one.cells) for one in again]
