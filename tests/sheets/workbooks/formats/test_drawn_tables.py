"""Tables that programs draw for people: read where it is certain what their cells are."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from importer.model.source import APPENDED_COLUMNS
from importer.sheets.open import open_plain_writer, open_raw, open_table, open_writer, sheet_sizes
from importer.sheets.reading import Reading
from importer.sheets.table import RecordKind
from tests.sheets.files import ANA, BEN, annotate, cells_of, issues_of, numbers_of, refusal, write_csv
from tests.sheets.workbooks.formats.drawings import (
    WRITERS,
    Rows,
    box,
    column_mode,
    compact,
    double_box,
    duckdb,
    fixed,
    framed,
    grid,
    markdown,
    mysql,
    opprint,
    pandas,
    polars,
    psql,
    ruled_box,
    spark,
    unnumbered,
    widths,
)  # fmt: skip

NAMES = ["customer_id", "first_name", "last_name", "email"]
EVA = ["33333333-3333-4333-8333-333333333333", "Eva Maria", "O'Neil", "eva@example.com"]
DAN = ["44444444-4444-4444-8444-444444444444", "Dan", "", "dan@example.com"]
TABLE = [NAMES, ANA, EVA, DAN, BEN]


def values(path: Path, reading: Reading | None = None) -> list[list[str]]:
    """Return the cells of all rows."""
    return [list(one.values()) for one in cells_of(open_table(path, reading or Reading()))]


def codes(path: Path) -> list[tuple[int, str, str]]:
    """Return what the reader found wrong: row, code and column."""
    return [(issue.row, issue.code, issue.column) for issue in issues_of(open_table(path))]


@pytest.mark.parametrize("writer", list(WRITERS))
def test_a_drawn_table_is_read(tmp_path: Path, writer: str) -> None:
    """Whichever program drew it: rules, types and counts are no rows, and a blank cell is blank."""
    path = write_csv(tmp_path / "a.txt", WRITERS[writer](TABLE))
    table = open_table(path)
    assert [list(one.values()) for one in cells_of(table)] == TABLE[1:]
    assert not issues_of(table)
    assert (table.detected.format, table.detected.encoding, table.format) == ("drawn", "utf-8", "xlsx")


def test_rows_have_the_numbers_of_their_lines(tmp_path: Path) -> None:
    """A person finds them in the file."""
    path = write_csv(tmp_path / "a.txt", ruled_box(TABLE))
    assert numbers_of(open_table(path)) == [4, 6, 8, 10]
    assert [number for number, cells in open_raw(path).records() if any(cells)] == [2, 4, 6, 8, 10]
    assert not sheet_sizes(path)


def test_text_around_tables_is_none_of_them(tmp_path: Path) -> None:
    """A title, what a program says at the end, and the header of a second table."""
    path = write_csv(tmp_path / "a.txt", "Customers of May\n\n" + mysql(TABLE[:2]) + mysql([NAMES, BEN]))
    table = open_table(path)
    assert values(path) == [ANA, BEN]
    assert numbers_of(table) == [6, 13]
    assert {str(skip): count for skip, count in table.skips.items()} == {
        "above_header": 1, "blank": 8, "nobodys": 2, "repeated_header": 1,
    }  # fmt: skip


def test_pages_repeat_the_header(tmp_path: Path) -> None:
    """With its rule."""
    path = write_csv(tmp_path / "a.txt", column_mode([NAMES, ANA]) + "\n\f" + column_mode([NAMES, BEN]))
    assert values(path) == [ANA, BEN]


def test_a_second_table_of_other_columns_is_said_to_be_one(tmp_path: Path) -> None:
    """Its rows are not read by the first header, nor by the rule of the first."""
    text = column_mode([NAMES, ANA]) + "\n" + column_mode([[NAMES[0], "last_name", "first_name", "email"], BEN])
    assert {code for _, code, _ in codes(write_csv(tmp_path / "a.txt", text))} == {"other_header"}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_says_the_encoding(tmp_path: Path, encoding: str) -> None:
    """As SQL Server Management Studio saves results."""
    path = tmp_path / "a.rpt"
    path.write_bytes(fixed([NAMES, [ANA[0], "Zoë", *ANA[2:]]]).encode(encoding))
    assert values(path) == [[ANA[0], "Zoë", *ANA[2:]]]


def test_an_encoding_that_is_assumed_is_said(tmp_path: Path) -> None:
    """With the names that would be others."""
    path = tmp_path / "a.txt"
    path.write_bytes(mysql([NAMES, [ANA[0], "José", "Núñez", ANA[3]]]).encode("cp1252"))
    table = open_table(path)
    assert values(path) == [[ANA[0], "José", "Núñez", ANA[3]]]
    assert table.detected.encoding == "windows-1252"
    assert any("only assumed" in note for note in table.detected.notes)
    assert table.reads_otherwise("Núñez")
    assert not open_table(path, Reading(encoding="cp1252")).reads_otherwise("Núñez")
    assert any("only assumed" in note for note in open_raw(path).detected.notes)


def test_a_byte_that_is_no_character_makes_its_row_invalid(tmp_path: Path) -> None:
    """And is shown as its code."""
    path = tmp_path / "a.txt"
    path.write_bytes(mysql([NAMES, [ANA[0], "Zoë", "Åsa€", ANA[3]], BEN]).encode().replace("ë".encode(), b"\xff "))
    assert codes(path) == [(4, "undecodable_bytes", "first_name")]
    assert values(path)[0][1] == r"Zo\xff"


def test_somebody_who_names_the_delimiter_has_it_read_as_delimited_text(tmp_path: Path) -> None:
    """As it was written, line by line."""
    path = write_csv(tmp_path / "a.txt", psql(TABLE))
    assert open_table(path, Reading(delimiter="|")).detected.format == "csv"


def test_it_has_no_sheets(tmp_path: Path) -> None:
    """Nor a person who names one."""
    assert refusal(write_csv(tmp_path / "a.txt", psql(TABLE)), sheet="May").code == "no_sheets"


def test_text_with_a_rule_that_draws_no_columns_is_delimited(tmp_path: Path) -> None:
    """So is text with a rule that the delimiter divides, or below a quoted name: its cells may be quoted too."""
    for header, line in (
        ("{}|{}|{}|{}", "----- -----"),
        ("{}|{}|{}|{}", "---|---|---|---"),
        ('"{}"|{}|{}|{}', "---+---+---+---"),
    ):
        lines = [header.format(*NAMES), line, "|".join(ANA)]
        path = write_csv(tmp_path / "a.csv", "\n".join([*lines, ""]))
        assert open_table(path).detected.format == "csv"
        assert values(path) == [ANA]


def test_rows_that_one_blank_divides_below_a_rule_are_delimited(tmp_path: Path) -> None:
    """As sqlcmd writes them with -W: the rule is as long as the names, and the rows are not in its columns."""
    lines = [NAMES, ["-" * len(name) for name in NAMES], ANA, BEN]
    path = write_csv(tmp_path / "a.txt", "".join(" ".join(line) + "\n" for line in lines) + "\n(2 rows affected)\n")
    assert open_table(path).detected.format == "csv"
    assert values(path) == [ANA, BEN]


def test_colours_are_no_text(tmp_path: Path) -> None:
    """A terminal shows them, a file has their codes."""
    text = mysql(TABLE).replace("| first_name", "| \x1b[1mfirst_name\x1b[0m")
    assert values(write_csv(tmp_path / "a.txt", text)) == TABLE[1:]


def test_a_sign_of_the_frame_within_a_cell_is_text(tmp_path: Path) -> None:
    """Where all others stand below those of the rule, or it is escaped as Markdown does."""
    eva = [EVA[0], "Eva | Maria", *EVA[2:]]
    for writer in (mysql, psql, markdown, grid):
        assert values(write_csv(tmp_path / "a.txt", writer([NAMES, ANA, eva]))) == [ANA, eva]
    text = "|".join(["", *NAMES, ""]) + "\n|-|-|-|-|\n" + "|".join(["", eva[0], "Eva \\| Maria", *eva[2:], ""]) + "\n"
    assert values(write_csv(tmp_path / "a.txt", text)) == [eva]
    path = write_csv(tmp_path / "a.txt", text.replace("\\|", "|"))
    assert codes(path) == [(3, "unaligned_row", "")]


@pytest.mark.parametrize("first", ["王明", "Jose\u0301", "\U00020b9f田"])
def test_columns_are_counted_as_the_program_has_counted(tmp_path: Path, first: str) -> None:
    """In characters, or as a terminal does: where both are possible and differ, the row is refused."""
    rows = [NAMES, ANA, [BEN[0], first, *BEN[2:]], EVA]
    characters = fixed(rows)
    of_terminal = {"王明": 2, "Jose\u0301": -1, "\U00020b9f田": 2}[first]
    name = first.ljust(widths(rows)[1])
    shown = name[: len(name) - of_terminal] if of_terminal > 0 else name + " "
    for text in (characters, characters.replace(name, shown)):
        assert values(write_csv(tmp_path / "a.txt", text)) == rows[1:]


def test_a_cell_of_two_lines_is_put_together_as_psql_says(tmp_path: Path) -> None:
    """A sign at the end of a cell says that it goes on in the next line."""
    name = "Anna      "
    for sign in "+\u21b5":
        first = ["44444444-4444-4444-8444-444444444444", name, "Lowicka", "anna@example.com"]
        text = psql([NAMES, ANA, first, ["", "Maria", "", ""], BEN]).replace(f"{name} |", f"{name}{sign}|")
        table = open_table(write_csv(tmp_path / "a.txt", text))
        assert [list(one.values()) for one in cells_of(table)] == [ANA, [first[0], "Anna\nMaria", *first[2:]], BEN]
        assert numbers_of(table) == [3, 4, 6]


def test_a_cell_at_the_end_of_a_line_may_end_in_the_sign(tmp_path: Path) -> None:
    """It goes on only where the sign stands at the end of the column."""
    rows = [[*NAMES, "note"], [*ANA, "likes C+"], [*BEN, "no longer, likes C++ now"]]
    assert values(write_csv(tmp_path / "a.txt", psql(rows))) == [ANA, BEN]
    assert values(write_csv(tmp_path / "a.txt", spark([NAMES, [*ANA[:2], "Reyes+", ANA[3]]])))[0][2] == "Reyes+"


def test_a_cell_that_psql_has_wrapped_is_put_together(tmp_path: Path) -> None:
    """Dots stand at both ends of the place where it was broken."""
    lines = [
        " customer_id       | first_name | last_name |  email      ",
        "-------------------+------------+-----------+-------------",
        f" {ANA[0][:18]}.| Ana        | Reyes     | ana@example..",
        f".{ANA[0][18:]}|            |           |.com",
        f" {BEN[0][:18]}.| Ben        | Okafor    | ben@example.",
        f".{BEN[0][18:]}|            |           |.com",
        "(2 rows)",
    ]
    lines[2] = lines[2].replace("ana@example..", "ana@example.")
    text = "\n".join([*lines, ""])
    assert values(write_csv(tmp_path / "a.txt", text))[0][:3] == ANA[:3]


@pytest.mark.parametrize("writer", [ruled_box, grid])
def test_lines_between_two_rules_are_one_row(tmp_path: Path, writer: object) -> None:
    """As sqlite3 draws all rows where one has a cell of several lines."""
    assert callable(writer)
    text = writer([NAMES, ANA, EVA, BEN])
    room = widths([NAMES, ANA, EVA, BEN])
    bar = text.split("\n")[1][0]
    more = bar + bar.join(f" {cell:<{width}} " for cell, width in zip(["", "Luisa", "", ""], room, strict=True)) + bar
    lines = text.split("\n")
    at = next(at for at, line in enumerate(lines) if "Eva Maria" in line)
    path = write_csv(tmp_path / "a.txt", "\n".join([*lines[: at + 1], more, *lines[at + 1 :]]))
    assert values(path) == [ANA, [EVA[0], "Eva Maria\nLuisa", *EVA[2:]], BEN]
    assert not codes(path)


@pytest.mark.parametrize("writer", [box, mysql, markdown, column_mode, double_box])
def test_a_cell_that_goes_on_without_a_sign_is_refused(tmp_path: Path, writer: object) -> None:
    """Its row is, and what it goes on with is no row of its own."""
    assert callable(writer)
    path = write_csv(tmp_path / "a.txt", writer([NAMES, ANA, EVA, ["", "Luisa", "", ""], BEN]))
    assert [(code, column) for _, code, column in codes(path)] == [("broken_cell", "first_name")]
    assert [one[0] for one in values(path)] == [ANA[0], EVA[0], BEN[0]]


def test_a_customer_without_an_id_is_no_more_of_the_row_above(tmp_path: Path) -> None:
    """Who has an address of his own is a row."""
    path = write_csv(tmp_path / "a.txt", mysql([NAMES, ANA, ["", *EVA[1:]], BEN]))
    assert values(path) == [ANA, ["", *EVA[1:]], BEN]
    assert not codes(path)


def test_a_cell_that_was_broken_in_the_middle_of_a_word_is_refused(tmp_path: Path) -> None:
    """A piece that fills its column may be half a word, also between rules."""
    lines = grid([NAMES, [ANA[0], "Ana", "Reyes-Quin", ANA[3]], BEN]).split("\n")
    more = lines[3].replace(ANA[0], " " * 36).replace("Ana", "   ").replace("Reyes-Quin", "tela      ")
    more = more.replace(ANA[3], " " * len(ANA[3]))
    path = write_csv(tmp_path / "a.txt", "\n".join([*lines[:4], more, *lines[4:]]))
    assert codes(path) == [(4, "broken_cell", "last_name")]


def test_a_line_break_that_is_written_as_it_is_refuses_its_row(tmp_path: Path) -> None:
    """As mysql does: the pieces are one row, which is refused."""
    path = write_csv(tmp_path / "a.txt", mysql(TABLE).replace("Eva Maria", "Eva\nMaria"))
    assert codes(path) == [(5, "unaligned_row", "")]
    assert [one[0] for one in values(path)][2:] == [DAN[0], BEN[0]]


def test_a_row_that_does_not_keep_to_the_columns_is_refused(tmp_path: Path) -> None:
    """The others are read."""
    text = fixed(TABLE).replace("Eva Maria ", "Eva Maria Luisa ")
    path = write_csv(tmp_path / "a.txt", text)
    assert codes(path) == [(4, "unaligned_row", "")]
    assert values(path)[2:] == [DAN, BEN]


def test_a_file_of_which_most_rows_do_not_keep_to_the_columns_is_refused(tmp_path: Path) -> None:
    """Once, and not row by row."""
    many = [BEN] * 20
    text = fixed([NAMES, *[ANA] * 15, *many]).replace(" Ben ", " Ben and a name that is longer ")
    error = refusal(write_csv(tmp_path / "a.txt", text))
    assert (error.code, "do not keep to its columns" in error.message) == ("drawn_table", True)


@pytest.mark.parametrize("end", ["...", "\u2026", "\u22ef"])
def test_text_that_was_shortened_is_not_sent(tmp_path: Path, end: str) -> None:
    """The end of it is not in the file."""
    path = write_csv(tmp_path / "a.txt", polars([NAMES, ANA, [*EVA[:2], f"O'Ne{end}", EVA[3]]]))
    assert codes(path) == [(8, "shortened_cell", "last_name")]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(polars([NAMES, ANA, ["\u2026"] * 4, BEN]), id="polars-rows"),
        pytest.param(polars([[*NAMES[:2], "\u2026", *NAMES[2:]], [*ANA[:2], "\u2026", *ANA[2:]]]), id="polars-columns"),
        pytest.param(duckdb([NAMES, ANA, *[["\u00b7"] * 4] * 3, BEN]), id="duckdb-rows"),
        pytest.param(duckdb(TABLE, "900 rows (40 shown)      4 columns"), id="duckdb-says-so"),
        pytest.param(spark(TABLE)[:-1] + "only showing top 4 rows\n", id="spark"),
        pytest.param(compact(TABLE) + "\nShowed 4 out of 900 rows.\n", id="clickhouse"),
        pytest.param(pandas([NAMES, ANA, [".."] * 4, BEN]).replace("\n1  ", "\n.. "), id="pandas-rows"),
        pytest.param(pandas([[NAMES[0], "...", NAMES[3]], [ANA[0], "...", ANA[3]]]), id="pandas-columns"),
        pytest.param(pandas([[*NAMES[:2], "\\"], [*ANA[:2], ""]]), id="pandas-below-each-other"),
    ],
)
def test_a_table_that_shows_only_a_part_is_refused(tmp_path: Path, text: str) -> None:
    """Customers, or the group that they go to, may be what is not shown."""
    error = refusal(write_csv(tmp_path / "a.txt", text))
    assert (error.code, "only a part" in error.message) == ("drawn_table", True)


@pytest.mark.parametrize("writer", [opprint, pandas, unnumbered])
def test_names_of_several_words_have_two_blanks_between_them(tmp_path: Path, writer: Callable[[Rows], str]) -> None:
    """Where there is no rule, they say where the columns are."""
    header = ["Customer ID ", "First Name ", "Last Name ", "E-mail "]
    if writer is not opprint:
        header = [f" {name.strip()}" for name in header]
    assert values(write_csv(tmp_path / "a.txt", writer([header, *TABLE[1:]]))) == TABLE[1:]


@pytest.mark.parametrize("sign", [" | ", ",", "|", ";", " \u2502 ", " : ", " / ", " ~ ", "^"])
def test_text_that_signs_divide_is_delimited_also_where_blanks_fill_its_columns(tmp_path: Path, sign: str) -> None:
    """Its names are those between the signs, and a cell that is as wide as its column is as sure as any."""
    ana = [ANA[0], "Anne-Charlotte", "Lindqvist-Ekwall", ANA[3]]
    rows = [["Customer ID", "First Name", "Last Name", "Email"], ana, BEN]
    widths = [max(len(row[at]) for row in rows) for at in range(4)]
    lines = [sign.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    table = open_table(write_csv(tmp_path / "a.txt", "\n".join(lines) + "\n"))
    assert table.format == "csv"
    assert [[cell.strip() for cell in row.values()] for row in cells_of(table)] == [ana, BEN]
    assert issues_of(table) == []


def test_cells_that_do_not_begin_below_their_names_are_refused(tmp_path: Path) -> None:
    """There is no rule that would say where they begin."""
    text = opprint([NAMES, ANA, EVA, BEN]).replace("O'Neil", " O'Neil")
    assert codes(write_csv(tmp_path / "a.txt", text)) == [(3, "unaligned_row", "")]


def test_duckdb_says_how_many_rows_there_are(tmp_path: Path) -> None:
    """In a part of the frame without columns."""
    assert values(write_csv(tmp_path / "a.txt", duckdb(TABLE, "4 rows      4 columns"))) == TABLE[1:]


def test_rows_are_read_in_flat_memory_however_many_there_are(tmp_path: Path) -> None:
    """A table without rules between its rows is no single row of many lines."""
    many = [[f"{at:08d}{ANA[0][8:]}", *ANA[1:]] for at in range(1, 1001)]
    assert values(write_csv(tmp_path / "a.txt", box([NAMES, *many]))) == many


def test_rules_without_an_opening_one_draw_a_table_too(tmp_path: Path) -> None:
    """Somebody has copied it from the header on."""
    text = framed(TABLE, "+-++", "+-++", "+-++").split("\n", maxsplit=1)[1]
    assert values(write_csv(tmp_path / "a.txt", text)) == TABLE[1:]


def test_text_that_fills_a_column_of_a_fixed_width_may_be_cut(tmp_path: Path) -> None:
    """Nobody can know it, so a note says so."""
    path = write_csv(tmp_path / "a.txt", fixed([NAMES, [*ANA[:3], "a@example.com"]]))
    assert any("fixed width" in note for note in open_table(path).detected.notes)
    wide = fixed([["customer_id", "first_name ", "last_name ", "email" + " " * 20], ANA])
    assert not open_table(write_csv(tmp_path / "a.txt", wide)).detected.notes
    assert not open_table(write_csv(tmp_path / "a.txt", mysql(TABLE))).detected.notes


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (mysql([NAMES, [*ANA[:2], "Rey...", ANA[3]]]), "shortened_cell"),
        (mysql([NAMES, ANA, ["", "Luisa", "", ""]]), "broken_cell"),
        (mysql([NAMES, ANA, EVA]).replace("Ana ", "A\nna"), "unaligned_row"),
    ],
)
def test_what_is_in_doubt_stays_so_in_reports(tmp_path: Path, text: str, code: str) -> None:
    """A sheet that shows it as plain text, given back, is not sent before somebody says that it is right."""
    path, again = write_csv(tmp_path / "a.txt", text), tmp_path / "again.xlsx"
    with open_plain_writer(again, open_table(path), format="xlsx", message_at=2) as writer:
        for record in open_table(path).records():
            said = ["invalid", None, "Why.", code, None, 0]
            writer.write(record, APPENDED_COLUMNS if record.kind is RecordKind.HEADER else said)
    assert {issue.code for issue in issues_of(open_table(again))} == {code}


def test_the_annotated_workbook_is_a_plain_sheet_without_a_word(tmp_path: Path) -> None:
    """A drawing has no looks that would be missed."""
    path = write_csv(tmp_path / "a.txt", box(TABLE))
    with open_writer(tmp_path / "b.xlsx", open_table(path), format="xlsx") as writer:
        assert not writer.notes
    annotated = open_table(annotate(path, tmp_path / "c.xlsx"))
    assert [list(one.values()) for one in cells_of(annotated)] == TABLE[1:]
    assert numbers_of(annotated) == [4, 5, 6, 7]
