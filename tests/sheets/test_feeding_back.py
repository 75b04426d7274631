"""A report given back as a source: what was refused stays refused until a person has changed it."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from importer.checks.checker import Checker
from importer.checks.rules import Rules
from importer.model.source import APPENDED_COLUMNS
from importer.sheets.open import open_table, open_writer
from importer.sheets.reading import AS_IT_IS, Reading
from importer.sheets.table import Format, RecordKind
from importer.sheets.text.cell_guard import guard_raw, unguard_raw
from importer.sheets.text.cell_quotes import written
from importer.sheets.text.csv_writer import EXCEL_DIALECT
from importer.sheets.text.found_out.dialect import Dialect
from importer.sheets.text.found_out.encoding import Encoding
from tests.proving import examples

HEADER = "customer_id,email,title,first_name,last_name,note"
SHORT = "1,a@example.com,Ann,Smith,VIP"
LONG = "1,a@example.com,Ms,Ann,Smith,VIP,more"
BLANK_AT_THE_END = "1,,a@example.com,Ann,Smith,VIP,"
RIGHT = "1,a@example.com,Ms,Ann,Smith,VIP"


def _source(folder: Path, *rows: str) -> Path:
    path = folder / "source.csv"
    path.write_text("\n".join((HEADER, *rows)) + "\n", "utf-8")
    return path


def report_of(
    source: Path, target: Path, form: Format, *, reading: Reading = AS_IT_IS, message: str | None = None
) -> Path:
    """Write a report as a run would: each row with the codes of its issues."""
    table = open_table(source, reading)
    codes = {issue.row: issue.code for chunk in table.chunks(100) for issue in chunk.issues}
    with open_writer(target, table, format=form, message_at=2) as writer:
        for record in table.records():
            if record.kind is RecordKind.HEADER:
                writer.write(record, [table.prefix + name for name in APPENDED_COLUMNS])
            else:
                code = codes.get(record.number)
                writer.write(record, ["invalid" if code else "updated", None, message, code, None, 0])
    return target


def _issues(path: Path) -> dict[int, str]:
    return {issue.row: issue.code for chunk in open_table(path).chunks(100) for issue in chunk.issues}


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize(
    "row",
    [
        pytest.param(SHORT, id="too short"),
        pytest.param(LONG, id="too long"),
        pytest.param(BLANK_AT_THE_END, id="blank cell"),
    ],
)
def test_a_row_whose_cells_do_not_fit_the_header_stays_refused(tmp_path: Path, form: Format, row: str) -> None:
    """A report pads records, and must not make a shifted row look whole, however often it is fed back."""
    path = _source(tmp_path, RIGHT, row)
    assert _issues(path) == {3: "wrong_field_count"}
    for turn in range(3):
        path = report_of(path, tmp_path / f"report-{turn}.{form}", form)
        assert _issues(path) == {3: "wrong_field_count"}, turn


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize(("rows", "code"), [(f"{RIGHT}\n", "cut_off"), ("", "wrong_field_count")])
def test_the_row_in_which_the_file_ended_stays_one(tmp_path: Path, form: Format, rows: str, code: str) -> None:
    """Also where all that is left of it is in a column that is not sent, as in a row that is nobody's."""
    path = tmp_path / "source.csv"
    path.write_text(f"{HEADER}\n{rows},,0", "utf-8")
    assert list(_issues(path).values()) == [code]
    for turn in range(2):
        path = report_of(path, tmp_path / f"report-{turn}.{form}", form)
        assert list(_issues(path).values()) == [code], turn


def test_a_row_that_was_mended_in_the_report_is_taken(tmp_path: Path) -> None:
    """Once the row fills the columns of the header, what the earlier run said of it no longer stands."""
    report = report_of(_source(tmp_path, SHORT), tmp_path / "report.csv", "csv")
    mended = report.read_text("utf-8").replace("a@example.com,Ann,Smith,VIP,,", "a@example.com,Ms,Ann,Smith,VIP,")
    report.write_text(mended, "utf-8")
    assert _issues(report) == {}


def test_a_row_that_a_person_declares_right_is_taken(tmp_path: Path) -> None:
    """Where the last cell is blank on purpose, clearing the error code says so."""
    report = report_of(_source(tmp_path, SHORT), tmp_path / "report.csv", "csv")
    report.write_text(report.read_text("utf-8").replace("wrong_field_count", ""), "utf-8")
    assert _issues(report) == {}


def test_a_guard_that_lost_its_report_is_not_sent(tmp_path: Path) -> None:
    """Without our columns nobody can tell whose apostrophe it is, and it is nobody's name."""
    path = _source(tmp_path, "1,a@example.com,Ms,'=Ann,O'Neill,'-x")
    assert _issues(path) == {2: "guarded_cell"}


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_guard_too_many_is_refused_in_every_format(tmp_path: Path, form: Format) -> None:
    """What is refused in the source is refused in its report, and in reports of that, as text or as a workbook."""
    path = _source(tmp_path, "1,a@example.com,Ms,''=1,O'Neill,x", RIGHT, "3,c@example.com,'@x,Ann,Smith,'=not sent")
    for turn, kind in enumerate((form, "xlsx", "csv", form)):
        assert _issues(path) == {2: "guarded_cell"}, turn
        path = report_of(path, tmp_path / f"report-{turn}.{kind}", kind)
    assert _issues(path) == {2: "guarded_cell"}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("first_name", "code"), [(b"J\x81n", "undecodable_bytes"), (b"'Jan'", "other_quotes")], ids=["bytes", "quotes"]
)
def test_what_only_the_text_of_a_file_tells_is_refused_in_every_report(
    tmp_path: Path, first_name: bytes, code: str
) -> None:
    """A workbook has codes for such bytes, and no quotes of its own: the row stays refused until it is mended."""
    path = _source(tmp_path, "1,a@example.com,Ms,?,Bos,x", r"2,b@example.com,Ms,B\x81n,Bos,x")
    western = path.read_bytes().replace(b"Bos,x", b"B\xf6s,x")  # so that the file is of an encoding without that byte
    path.write_bytes(western.replace(b"?", first_name))
    forms: tuple[Format, ...] = ("xlsx", "xlsx", "csv", "xlsx")
    for turn, kind in enumerate(forms):
        assert _issues(path) == {2: code}, turn
        path = report_of(path, tmp_path / f"report-{turn}.{kind}", kind)
    assert _issues(path) == {2: code}
    book = openpyxl.load_workbook(path)
    [sheet] = book.worksheets
    sheet["D2"] = "Jan"
    book.save(path)
    assert _issues(path) == {}


@pytest.mark.parametrize("raw", ["'=1", '"\'=1"', '""\'=1', '"""\'=1"""'])
def test_taking_a_guard_off_leaves_a_sound_cell(raw: str) -> None:
    """Whoever wrote the cell, guarding the cell again opens no quotation mark that is not closed."""
    import csv  # noqa: PLC0415 - to read one cell

    text = next(csv.reader([raw]))[0]
    bare = unguard_raw(raw, text, EXCEL_DIALECT)
    again = guard_raw(bare, text.removeprefix("'") if text.startswith("'") else text, EXCEL_DIALECT)
    assert next(csv.reader([again + ",next"])) == [text, "next"]


def _updates(path: Path, reading: Reading) -> dict[int, tuple[tuple[str, ...], str]]:
    """Return the fields of every row, or its issue where it has one."""
    found: dict[int, tuple[tuple[str, ...], str]] = {}
    for chunk in open_table(path, reading).chunks(100):
        issues = {issue.row: issue.code for issue in chunk.issues}
        for number, *cells in chunk.frame.itertuples(name=None):
            found[number] = ((), issues[number]) if number in issues else (tuple(cells), "")
    return found


CELL = st.text(st.characters(codec="utf-8", exclude_characters="\0\ufeff"), max_size=6) | st.sampled_from(
    ["=1", "'=1", "@x", "+1", "a;b", 'q"', "'", "l\nm", "O'Brien", "\\", "\\=1", "|", "Jos\u00e9", "", "\u00a0"]
)
DIALECT = st.builds(
    Dialect,
    st.sampled_from(["utf-8", "utf-16-le", "cp1252", "cp037"]).map(Encoding),
    st.sampled_from([",", ";", "\t", "|", "||", ", "]),
    st.sampled_from(['"', "'", "`"]),
    st.sampled_from(["", "\\"]),
)


@pytest.mark.slow
@settings(max_examples=examples(300), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.lists(CELL, min_size=3, max_size=7), min_size=1, max_size=5),
    dialect=DIALECT,
    stray=st.booleans(),
    message=CELL,
)
def test_a_report_gives_the_same_updates_as_its_source(
    tmp_path: Path, rows: list[list[str]], dialect: Dialect, message: str, *, stray: bool
) -> None:
    """In every dialect and encoding, however often it is fed back; what was refused stays refused."""
    lines = [dialect.delimiter.join(written(cell, dialect) for cell in row) for row in [HEADER.split(","), *rows]]
    if stray:
        lines.insert(1, dialect.delimiter.join([dialect.quote + "a", *"bcdef"]))
    codec = dialect.encoding.codec
    source = tmp_path / "source.csv"
    source.write_bytes("\n".join(lines).encode(codec, "replace"))
    reading = Reading(
        delimiter=dialect.delimiter, quote=dialect.quote, escape=dialect.escape, encoding=codec, header_row=1
    )
    wanted = _updates(source, reading)
    first = report_of(source, tmp_path / "1.csv", "csv", reading=reading, message=message)
    second = report_of(first, tmp_path / "2.csv", "csv", reading=reading, message=message)
    assert _codes_or_cells(_updates(first, reading)) == _codes_or_cells(wanted)
    assert _codes_or_cells(_updates(second, reading)) == _codes_or_cells(wanted)
    assert second.read_bytes() == first.read_bytes()


def _codes_or_cells(updates: dict[int, tuple[tuple[str, ...], str]]) -> dict[int, tuple[str, ...]]:
    """Return what would be sent of each row: nothing, where it has an issue of its own or of an apostrophe's."""
    return {row: cells for row, (cells, code) in updates.items() if not code}


ID = st.sampled_from(
    ["11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-22222222222A", "1", "'=1", "", " \u200b"]
)
ADDRESS = st.sampled_from(
    ["a@example.com", " A@Example.com\u00a0", "'a@example.com", "@example.com", "mailto:a@example.com", "x", "+1@b.co"]
)
NAME = CELL | st.sampled_from(
    ["Ana", "JosÃ©", "\x07Ana", "_x0041_na", "A" * 300, "#N/A", "2024-01-01", "\tAna", "'Ana"]
)
ROW = st.tuples(ID, ADDRESS, CELL, NAME, NAME, CELL).map(list)


@pytest.mark.proof
@settings(max_examples=examples(150), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(ROW | st.lists(CELL, max_size=8), min_size=1, max_size=5),
    forms=st.lists(st.sampled_from(["csv", "xlsx"]), min_size=1, max_size=3),
)
def test_a_report_in_any_format_is_checked_as_its_source_was(
    tmp_path: Path, rows: list[list[str]], forms: list[Format]
) -> None:
    """What would be sent of each row, and why the others would not be, is the same through any chain of reports."""
    dialect = Dialect(Encoding("utf-8"), ",", '"', "")
    path = tmp_path / "source.csv"
    lines = [",".join(written(cell, dialect) for cell in row) for row in [HEADER.split(","), *rows]]
    path.write_bytes("\n".join(lines).encode())
    wanted = _verdicts(path)
    for turn, form in enumerate(forms):
        path = report_of(path, tmp_path / f"{turn}.{form}", form, reading=_reading(path))
        assert _verdicts(path) == wanted, turn


def _reading(path: Path) -> Reading:
    if path.suffix == ".xlsx":
        return Reading(header_row=1)
    return Reading(delimiter=",", quote='"', escape="", header_row=1)


def _verdicts(path: Path) -> dict[int, tuple[tuple[str, ...], tuple[str, ...]]]:
    """Return of every row what would be sent, or the codes of what is wrong with it."""
    table = open_table(path, _reading(path))
    rules = Rules(
        headers={field: column.header for field, column in table.columns.items()},
        group_id="33333333-3333-4333-8333-333333333333",
        linked_account_id="acc",
    )
    found: dict[int, tuple[tuple[str, ...], tuple[str, ...]]] = {}
    for chunk in table.chunks(100):
        checked = Checker(rules).check(chunk.frame, chunk.issues)
        for update in checked.updates:
            found[update.row] = ((update.customer_id, update.email, update.first_name, update.last_name), ())
        for issue in checked.issues:
            code = issue.code.replace("stray_quote", "wrong_field_count")  # what a workbook's report can tell of it
            found[issue.row] = ((), tuple(sorted({*found.get(issue.row, ((), ()))[1], code})))
    return found


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_row_below_a_second_header_stays_refused_without_that_header(tmp_path: Path, form: Format) -> None:
    """In a sheet of rows to fix it stands below the first one, in whose columns its cells are not."""
    path = _source(tmp_path, RIGHT, "customer_id,email,title,last_name,first_name,note", RIGHT)
    assert _issues(path) == {4: "other_header"}
    report = report_of(path, tmp_path / f"report.{form}", form)
    assert _issues(report) == {4: "other_header"}
    table = open_table(report)
    target = tmp_path / f"to_fix.{form}"
    with open_writer(target, table, format=form, message_at=2) as writer:
        for record in table.records():
            if record.kind is RecordKind.HEADER:
                writer.write(record, APPENDED_COLUMNS)
            elif record.number == 4:
                writer.write(record, ["invalid", None, "Why.", "other_header", None, 0])
    assert _issues(target) == {2: "other_header"}
