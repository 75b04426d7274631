"""What each record of a table is to the job."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from importer.model.source import Field, Skip
from importer.sheets.header.layout import read_layout
from importer.sheets.header.record_kinds import Kinds
from importer.sheets.reading import Reading
from importer.sheets.table import RecordKind
from tests.sheets.files import ANA, BEN, HEADER

ROW, SKIPPED = RecordKind.ROW, RecordKind.SKIPPED


@dataclass(frozen=True)
class Line:
    """A record."""

    number: int
    cells: list[str]


def kinds_of(*lines: list[str], header: int = 1) -> tuple[list[RecordKind], dict[Skip, int]]:
    """Return the kinds of a table's records, without its header's, and the count of those that are no rows."""
    kinds = Kinds(read_layout(HEADER, number=header, where="a.csv"))
    records = [Line(number, cells) for number, cells in enumerate(lines, start=1)]
    found = list(kinds.of(records, lambda line: line.cells))
    assert [record for record, _, _ in found] == records
    assert found[header - 1].kind is RecordKind.HEADER
    return [kind for record, kind, _ in found if record.number != header], dict(kinds.skips)


def faults_of(*lines: list[str]) -> dict[int, str]:
    """Return why rows below the header, which is the first line, cannot be read by it."""
    kinds = Kinds(read_layout(HEADER, number=1, where="a.csv"))
    records = [Line(number, cells) for number, cells in enumerate([HEADER, *lines], start=1)]
    faults = [fault for _, _, fault in kinds.of(records, lambda line: line.cells) if fault]
    assert {(fault.code, fault.column) for fault in faults} <= {("other_header", "")}
    return {fault.row: fault.message for fault in faults}


def test_what_stands_above_the_header_is_no_row() -> None:
    """Titles and blank lines are counted, each as what it is."""
    assert kinds_of(["Changes of May"], [], HEADER, ANA, header=3) == (
        [SKIPPED, SKIPPED, ROW],
        {Skip.ABOVE_HEADER: 1, Skip.BLANK: 1},
    )


def test_a_repeated_header_is_no_row() -> None:
    """Case and white space make no difference, blank cells at its end neither."""
    again = [" customer id", "FIRST  NAME", "Last Name", "E-mail", ""]
    assert kinds_of(HEADER, ANA, again, BEN) == ([ROW, SKIPPED, ROW], {Skip.REPEATED_HEADER: 1})


@pytest.mark.parametrize("sign", [";", ",", "|", "\t"])
@pytest.mark.parametrize("target", ["Group ID", "Linked account ID"])
def test_a_customer_whose_line_stands_in_the_column_of_the_target_is_a_row(target: str, sign: str) -> None:
    """So it is where the line is not divided as the others are, and that column is the first."""
    group = BEN[0]
    kinds = Kinds(read_layout([target, *HEADER], number=1, where="a.csv"))
    rows = [[group, *ANA], [sign.join([group, *BEN])], [sign.join(["", *BEN])], [sign.join([group, *BEN[:3]])], [group]]
    lines = [Line(number, cells) for number, cells in enumerate([[target, *HEADER], *rows], start=1)]
    found = [kind for _, kind, _ in kinds.of(lines, lambda line: line.cells)]
    assert found[1:] == [ROW, ROW, ROW, ROW, SKIPPED]


@pytest.mark.parametrize("sign", [";", ",", "|", "\t"])
def test_a_customer_of_another_dialect_in_the_last_line_is_no_text_below_the_table(sign: str) -> None:
    """Also where the id is of a form that text may have."""
    assert kinds_of(HEADER, ANA, [], [sign.join(["100234", "Anne Marie", "Reyes", "anne@example.com"])]) == (
        [ROW, SKIPPED, ROW],
        {Skip.BLANK: 1},
    )
    assert kinds_of(HEADER, ANA, [], ["Exported by Ana, ana@example.com"])[1] == {Skip.BLANK: 1, Skip.FOOTER: 1}


@pytest.mark.parametrize("again", [[*HEADER[:3], "Mail"], ["Client no.", "Forename", "Surname", "Email address", "x"]])
def test_a_header_in_other_words_is_the_same_where_its_columns_are(again: list[str]) -> None:
    """What stands below it is read: each field is where it was."""
    assert kinds_of(HEADER, ANA, again, BEN) == ([ROW, SKIPPED, ROW], {Skip.REPEATED_HEADER: 1})
    assert faults_of(ANA, again, BEN) == {}


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(["Customer ID", "Last Name", "First Name", "E-mail"], id="another order"),
        pytest.param(["First Name", "Last Name", "E-mail", "Customer ID"], id="the id last"),
        pytest.param(["Customer ID", "Phone", "City"], id="other columns"),
        pytest.param(["Vorname", "Nachname", "Telefon"], id="another language"),
        pytest.param([*HEADER[:3], "Phone"], id="one other"),
        pytest.param([*HEADER, "Group ID"], id="one more"),
        pytest.param([*HEADER, "E-mail"], id="one twice"),
    ],
)
def test_rows_below_another_header_are_refused_until_the_first_is_repeated(other: list[str]) -> None:
    """Nobody is sent by the names of a header that is not theirs; both are named."""
    faults = faults_of(ANA, other, BEN, ["x", "Total"], HEADER, ANA)
    assert faults.keys() == {4, 5}
    assert f'Row 3 is a second header, "{other[0]}"' in faults[4]
    assert 'than that of row 1, "Customer ID", "First Name"' in faults[4]
    kinds, skips = kinds_of(HEADER, ANA, other, BEN, HEADER, ANA)
    assert (kinds, skips) == (
        [ROW, SKIPPED, ROW, SKIPPED, ROW],
        {Skip.OTHER_HEADER: 1, Skip.REPEATED_HEADER: 1},
    )


def test_names_that_only_the_first_header_has_make_another_header_too() -> None:
    """What somebody has said that a column is called is a name like any; figures alone are none."""
    said = {"Wer": Field.CUSTOMER_ID, "1": Field.FIRST_NAME, "2": Field.LAST_NAME, "Wohin": Field.EMAIL}
    kinds = Kinds(read_layout(list(said), number=1, where="a.csv", reading=Reading(columns=said)))
    assert kinds.of_one(2, ["-", "2", "1", "-"]) is None
    assert kinds.of_one(3, ["Wohin", "x", "y", "Wer"]) is Skip.OTHER_HEADER


@pytest.mark.parametrize(
    "cells",
    [
        [ANA[0], "First", "Last", ""],
        ["", "First Name", "Last Name", "mail@example.com"],
        ["x", "First Name", "", ""],
        ["", "Email", "", ""],
    ],
)
def test_a_line_with_an_id_an_address_or_hardly_a_name_of_a_column_is_no_header(cells: list[str]) -> None:
    """Somebody may be called so."""
    assert kinds_of(HEADER, cells) == ([ROW], {})
    assert faults_of(cells, BEN) == {}


@pytest.mark.parametrize(
    "cells",
    [
        ["Total: 123"],
        ["Total\u00b9", "123"],
        ["Total *)", "123"],
        ["", "Grand total", "", "2"],
        ["Summe", "2"],
        ["Totale clienti: 2"],
        ["TOTAL", "", "", "2 records"],
        ["Number of rows: 2"],
    ],
)
def test_a_total_at_the_end_is_no_row(cells: list[str]) -> None:
    """So are blank lines and further totals after it."""
    assert kinds_of(HEADER, ANA, BEN, cells, [], ["Total", "2"], []) == (
        [ROW, ROW, SKIPPED, SKIPPED, SKIPPED, SKIPPED],
        {Skip.TOTAL: 2, Skip.BLANK: 2},
    )


def test_a_total_that_rows_come_after_is_a_row() -> None:
    """It may be anything: it will be refused, and somebody will look."""
    assert kinds_of(HEADER, ANA, ["Total"], [], BEN) == ([ROW, ROW, SKIPPED, ROW], {Skip.BLANK: 1})


def test_such_a_row_is_refused_below_another_header_as_those_around_it() -> None:
    """It comes to light as one only when another row follows."""
    assert faults_of(ANA, HEADER[::-1], ["Total", "2"], [], BEN).keys() == {4, 6}


@pytest.mark.parametrize("cells", [[ANA[0], "Total", "Reyes", ""], ["Total", "x", "y", "total@example.com"]])
def test_a_line_with_an_id_or_an_address_is_no_total(cells: list[str]) -> None:
    """Somebody may be called so."""
    assert kinds_of(HEADER, cells) == ([ROW], {})


def test_a_word_that_only_begins_like_a_total_is_none() -> None:
    """Names do."""
    assert kinds_of(HEADER, ["Totally", "", "", ""]) == ([ROW], {})


@pytest.mark.parametrize(
    ("first", "are_rows"),
    [
        (ANA[0], True), ("x", True), ("Totally", True), ("", False), (" ", False), ("customer  id", False),
        ("Total", False), (" (total)", False), ("\u00e9", True), ("\u200b", False), ("\ufeff customer id", False),
    ],
)  # fmt: skip
def test_what_is_certainly_a_row_is_known_by_its_first_cell(first: str, *, are_rows: bool) -> None:
    """What is not certain is looked at as a whole, and may be a row nevertheless."""
    kinds = Kinds(read_layout(HEADER, number=1, where="a.csv"))
    assert kinds.are_rows(2, [ANA, [first, "b", "c", "d@e"]]) is are_rows
    assert not kinds.are_rows(1, [ANA])
    if are_rows:
        assert kinds_of(HEADER, [first, "b", "c", "d@e"]) == ([ROW], {})


@pytest.mark.parametrize("name", ["id", "face", "", "e", "f\u00e9"])
@pytest.mark.parametrize("first", [ANA[0], "face", "F ace", "e", "", "---", "Total", "add", "bad fee"])
def test_ids_that_are_looked_at_together_are_judged_as_one_by_one(name: str, first: str) -> None:
    """A header of nothing but the digits of an id is repeated by what looks like one."""
    header = [name, "customer id", *HEADER[1:]]
    kinds, alone = (Kinds(read_layout(header, number=1, where="a.csv")) for _ in range(2))
    rows = [[ANA[0], *ANA], [first, *ANA]]
    if kinds.are_rows(2, rows):
        assert [alone.of_one(number, cells) for number, cells in enumerate(rows, start=2)] == [None, None]
    assert kinds.are_rows(2, [rows[0], rows[1]]) == all(kinds.are_rows(2, [["x", *ANA], cells]) for cells in rows)


@pytest.mark.parametrize(
    ("cells", "are_rows"),
    [
        (["x", "b", "c", ""], True),
        (["x1"], True),
        (["x", "b", "c"], True),
        (["x y"], False),
        (HEADER[::-1], False),
        (["Kunden-ID", "b"], False),
        ([], False),
    ],
)
def test_what_has_no_address_is_looked_at(cells: list[str], *, are_rows: bool) -> None:
    """It may be another header, wherever in a batch it stands."""
    kinds = Kinds(read_layout(HEADER, number=1, where="a.csv"))
    assert kinds.are_rows(2, [ANA, cells, BEN]) is are_rows


@pytest.mark.parametrize(
    "cells",
    [
        ["\x1a"],
        ["----------", "-----", "------", "-----"],
        ["------+-----+----"],
        ["=====", "=="],
        ["-", "", "-"],
        ["(2 rows)"],
        ["(2", "rows", "affected)"],
        ["2 rows in set (0.00 sec)"],
        ["3 Zeilen ausgew\u00e4hlt."],
        ["Page 2 of 5"],
        ["", "", "Seite 2/5"],
        ["Carried forward:", "12"],
        ["\u00dcbertrag", "", "", "1.200,00"],
        ["", "", "", "", "FALSE", "0"],
        ["", " ", "", "", "Call back"],
    ],
)
def test_what_is_certainly_nobodys_is_no_row_anywhere(cells: list[str]) -> None:
    """Neither in the middle nor at the end, and nobody has to mend it."""
    assert kinds_of(HEADER, cells, ANA, cells, BEN, cells) == (
        [SKIPPED, ROW, SKIPPED, ROW, SKIPPED],
        {Skip.NOBODYS: 3},
    )


@pytest.mark.parametrize(
    "cells",
    [
        ["", "", "", "", ANA[0]],
        ["", "", "", "", "ana@example.com"],
        ["", "", "", "-@-"],
        ["=", "=", "=", "="],
        ["=", "", "", ""],
        ["########", "########", "########", "########"],
        ["??????", "????", "", ""],
        ["", "Page", "Seite", ""],
        ["Page 2 of 5", "Ana"],
        ["x", "", "", ""],
        ["", "\u674e", "", ""],
    ],
)
def test_what_may_be_somebody_is_a_row(cells: list[str]) -> None:
    """An id or an address anywhere, a formula that was not calculated, what is left of letters, a name."""
    assert kinds_of(HEADER, cells, ANA) == ([ROW, ROW], {})


TYPES = (
    ["String", "Nullable(String)", "LowCardinality(Nullable(String))", "DateTime64(3)"],
    ["uuid", "character varying(20)", "varchar(255) NOT NULL", "text", "timestamp with time zone"],
    ["UUID", "VARCHAR2(20 CHAR)", "nvarchar(max)", "TEXT", "decimal(10, 2)", "int unsigned", "text[]"],
    ["<chr>", "<fct>", "<chr>", "<chr>", "<dbl>"],
    ["object", "str", "category", "Utf8", "i64", "datetime64[ns]"],
)


@pytest.mark.parametrize("cells", TYPES)
def test_a_line_of_types_right_under_the_header_is_nobodys(cells: list[str]) -> None:
    """Databases write it there; anywhere else it is a row, and refused."""
    assert kinds_of(HEADER, cells, ANA) == ([SKIPPED, ROW], {Skip.NOBODYS: 1})
    assert kinds_of(HEADER, ANA, cells, BEN) == ([ROW, ROW, ROW], {})
    assert not Kinds(read_layout(HEADER, number=1, where="a.csv")).are_rows(2, [cells, ANA])


@pytest.mark.parametrize(
    "cells",
    [
        [ANA[0], "String", "String", "text"],
        ["uuid", "text", "text", "ana@example.com"],
        ["text", "Ana", "text", "text"],
        ["text", "", "text", "text"],
    ],
)
def test_a_line_with_anything_else_is_no_line_of_types(cells: list[str]) -> None:
    """It may be somebody."""
    assert kinds_of(HEADER, cells, ANA) == ([ROW, ROW], {})


def test_an_id_of_a_form_that_is_set_is_no_type() -> None:
    """Whoever has such ids may have this one."""
    layout = read_layout(HEADER, number=1, where="a.csv", reading=Reading(customer_id_pattern="[a-z0-9]+"))
    lines = [Line(2, ["int8", "text", "text", "text"])]
    assert [one.kind for one in Kinds(layout).of(lines, lambda line: line.cells)] == [ROW]


def test_lines_of_text_below_the_table_are_no_rows() -> None:
    """With blank lines, totals and rules among them; an address in one makes nobody of it."""
    footer = [["Changes this week"], ["Confidential", ""], ["Total: 2"], [], ["----"], ["Ask ana@example.com"]]
    total = [["Total: 2"], ["* preliminary"], *footer]
    for lines in (footer, [[], *footer], [[], ["Confidential"], *footer], total, [["Strictly confidential"], *footer]):
        kinds, skips = kinds_of(HEADER, ANA, *lines)
        assert kinds == [ROW, *[SKIPPED] * len(lines)]
        assert skips[Skip.FOOTER] >= 3
    assert kinds_of(HEADER, ANA, *footer, BEN)[0] == [ROW, ROW, ROW, ROW, SKIPPED, SKIPPED, ROW, ROW]


@pytest.mark.parametrize(
    "cells",
    [
        [ANA[0]],
        [ANA[0][:9]],
        ["abcdef"],
        ["Hugo"],
        ["KUNDE"],
        ["Customer", "ana"],
        ["", "Ana Maria"],
        ["12"],
        ["Made by", "Ben"],
    ],
)
def test_what_may_be_left_of_a_row_is_one_at_the_end_too(cells: list[str]) -> None:
    """A file may end in the middle of it."""
    assert kinds_of(HEADER, ANA, cells) == ([ROW, ROW], {})


def test_lines_below_nobody_are_rows() -> None:
    """Where the delimiter of the rows is another one than that of the header, all of them are of one cell."""
    assert kinds_of(HEADER, ["Ana, Reyes"], [], ["Ben, Okafor"]) == ([ROW, SKIPPED, ROW], {Skip.BLANK: 1})


def test_text_in_the_first_column_may_be_a_name_where_ids_are_not_there() -> None:
    """Only behind a blank line it is a footer."""
    layout = read_layout(HEADER[::-1], number=1, where="a.csv")
    rows = [HEADER[::-1], ANA[::-1], ["Anna Maria"], [], ["Made by Ben"]]
    for lines, wanted in ((rows[:3], [ROW, ROW]), (rows, [ROW, ROW, SKIPPED, SKIPPED])):
        records = [Line(number, cells) for number, cells in enumerate(lines, start=1)]
        found = list(Kinds(layout).of(records, lambda line: line.cells))
        assert [kind for _, kind, _ in found][1:] == wanted


def test_customers_that_are_looked_at_together_stand_above_a_footer_too() -> None:
    """Where nobody among them has an id or an address, what comes next may be a row like them."""
    kinds = Kinds(read_layout(HEADER, number=1, where="a.csv"))
    found = []
    for first, cells in ((2, ["x1"]), (3, ANA), (4, ["x2"])):
        assert kinds.are_rows(first, [cells])
        found.append(kinds.may_begin_footer(first + 1, ["Changes of May"]))
    assert found == [False, True, True]


def test_blank_records_that_are_counted_at_once_count_as_those_that_are_looked_at() -> None:
    """A word alone is a footer behind them, and further down it may be what is left of a row."""
    kinds = Kinds(read_layout(HEADER, number=1, where="a.csv"))
    assert kinds.of_one(2, ANA) is None
    kinds.skip_blank(3, 4000)
    kinds.skip_blank(4003, 2)
    assert kinds.skips == {Skip.BLANK: 4002}
    assert [kinds.may_begin_footer(number, ["Confidential"]) for number in (4004, 4005, 4006)] == [False, True, False]


def test_totals_that_go_on_and_on_are_rows() -> None:
    """Nothing is held back for longer than the end of a table can be."""
    kinds, skips = kinds_of(HEADER, *[["Total"]] * 250)
    assert len(kinds) == 250
    assert kinds.count(ROW) == 202
    assert skips == {Skip.TOTAL: 48}


def test_a_total_that_the_file_knows_is_one_wherever_it_stands() -> None:
    """By its number, whatever its cells say; but never the header, a blank line or what looks like a customer."""
    layout = read_layout(HEADER, number=1, where="a.csv")
    lines = [
        HEADER,
        ANA,
        ["", "all", "", "2"],
        BEN,
        ["Total", "", "", ""],
        ["", "7", "", ""],
        ANA,
        [""],
        [BEN[0], "Ben"],
    ]
    kinds = Kinds(layout, {1, 3, 6, 7, 8, 9})
    found = list(kinds.of([Line(at, cells) for at, cells in enumerate(lines, start=1)], lambda line: line.cells))
    assert [record.number for record, _, _ in found] == list(range(1, 10))
    assert [kind for _, kind, _ in found][1:] == [ROW, SKIPPED, ROW, ROW, SKIPPED, ROW, SKIPPED, ROW]
    assert kinds.skips == {Skip.TOTAL: 2, Skip.BLANK: 1}


def test_addresses_that_stand_alone_around_the_table_are_told_by_their_lines() -> None:
    """Not those of customers, nor what else stands there."""
    kinds = Kinds(read_layout(HEADER, number=3, where="a.csv"))
    lines = [["office@example.com"], ["Changes"], HEADER, ANA, [], ["ana@example.com"], ["The end."], ["Total", "1"]]
    found = list(kinds.of([Line(number, cells) for number, cells in enumerate(lines, start=1)], lambda one: one.cells))
    assert [one.record.number for one in found if one.kind is ROW] == [4]
    assert kinds.lone_addresses == [1, 6]
    assert kinds.skips == {Skip.ABOVE_HEADER: 2, Skip.BLANK: 1, Skip.FOOTER: 2, Skip.TOTAL: 1}


@pytest.mark.parametrize(("is_part", "kind"), [(True, ROW), (False, SKIPPED)])
def test_what_is_nobodys_is_a_row_where_the_rest_of_it_is_missing(*, is_part: bool, kind: RecordKind) -> None:
    """All columns of a customer are blank in it, but the file ends there."""
    kinds = Kinds(read_layout(["Note", *HEADER], number=1, where="a.csv"))
    records = [Line(1, ["Note", *HEADER]), Line(2, ["", *ANA]), Line(3, ["of May"])]
    asked: list[Line] = []

    def is_cut(record: Line) -> bool:
        asked.append(record)
        return is_part

    *_, last = kinds.of(records, lambda line: line.cells, is_cut)
    assert (last.record, last.kind) == (records[2], kind)
    assert asked == [records[2]]


def test_a_total_that_waits_for_what_follows_keeps_why_it_cannot_be_read() -> None:
    """Below a header in another order it is a row of that one, if anybody comes after it."""
    other = [HEADER[1], HEADER[0], *HEADER[2:]]
    assert set(faults_of(ANA, other, ["Total", "x"], [BEN[1], BEN[0], *BEN[2:]])) == {4, 5}
    assert set(faults_of(ANA, other, [BEN[1], BEN[0], *BEN[2:]], ["Total", "x"])) == {4}
