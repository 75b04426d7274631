"""Workbooks whose shape, or whose cells that are no text, are what they are about."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Final

from tests.corpus.headers import LANGUAGES
from tests.corpus.people import ANA, BEN, CLEO, DAN, EVA, HEADER, PLAIN, WESTERN, refused, sent, warned
from tests.corpus.scenes import (
    OFFICE,
    ZIPPED,
    Cell,
    Failed,
    Formatted,
    Formula,
    Prefixed,
    Rich,
    Scene,
    Sheet,
    Struck,
    one_sheet,
)

_ALL: Final = (*ZIPPED, *OFFICE, "xml")
_TYPED: Final = (*ZIPPED, "xls", "ods", "xml")
"""Ways of writing that keep what kind of value a cell holds."""
_SOME: Final = ("openpyxl", "xlsb", "xls", "ods")
_LOOKING: Final = (*ZIPPED, "xls", "ods", "html", "xml")
_FEW: Final = ("xlsxwriter", "ods")
_OWN: Final = ("openpyxl", "xlsxwriter", "xlsb", "xml")
_SWAPPED: Final = (0, 2, 1, 3)
_NOTES: Final = Sheet(name="Notes", lines=[["Ask Ben about these."], ["They are from May."]])


def scenes() -> Iterator[Scene]:
    """Yield all of them."""
    yield from _tables()
    yield from _hidden()
    yield from _sheets()
    yield from _merged()
    yield from _typed()
    yield from _formulas()
    yield from _text()


def _tables() -> Iterator[Scene]:
    yield Scene(name="plain", made="A header and rows", sheets=one_sheet(*WESTERN), rows=sent(WESTERN), writers=_ALL)
    yield Scene(
        name="title", made="Two titles and a blank line above the header",
        sheets=[Sheet(lines=[["Customer changes"], ["May"], [], HEADER, *PLAIN])],
        rows=sent(PLAIN, 5), header_row=4, skipped={"above_header": 2, "blank": 1}, writers=(*_SOME, "html", "xml"),
    )  # fmt: skip
    yield Scene(
        name="blank-lines", made="Blank lines between the rows",
        sheets=one_sheet(ANA, [], BEN, [], [" ", "", "\u00a0"], CLEO),
        rows=[*sent([ANA]), *sent([BEN], 4), *sent([CLEO], 7)], skipped={"blank": 3}, writers=_SOME,
    )  # fmt: skip
    yield Scene(
        name="header-again", made="The header repeated", sheets=one_sheet(ANA, BEN, HEADER, CLEO),
        rows=[*sent([ANA, BEN]), *sent([CLEO], 5)], skipped={"repeated_header": 1}, writers=_FEW,
    )  # fmt: skip
    yield Scene(
        name="second-header", made="A second header below, with the last name first, and then the first one again",
        sheets=one_sheet(ANA, [HEADER[at] for at in _SWAPPED], [BEN[at] for at in _SWAPPED], HEADER, CLEO),
        rows=[*sent([ANA]), refused(4, "other_header"), *sent([CLEO], 6)],
        skipped={"other_header": 1, "repeated_header": 1}, writers=_OWN,
    )  # fmt: skip
    yield Scene(
        name="sorted-with-its-header", made="A sheet that was sorted together with its header",
        sheets=[Sheet(lines=[ANA, BEN, HEADER, CLEO])], refused="customers_above_header", writers=_OWN,
    )  # fmt: skip
    yield Scene(
        name="customer-beside", made="Another customer right of the last column, and one that is looked up there",
        sheets=one_sheet(ANA, [*BEN, None, *CLEO], [*DAN, None, DAN[0].upper(), "Dan", "O'Neil"]),
        rows=[*sent([ANA]), refused(3, "wrong_field_count"), *sent([DAN], 4)], writers=_OWN,
    )  # fmt: skip
    yield Scene(
        name="customer-in-header", made="A header that goes on with a customer",
        sheets=[Sheet(lines=[[*HEADER, "Note", *ANA], BEN])], refused="customer_in_header", writers=(*_OWN, "csv"),
    )  # fmt: skip
    yield Scene(
        name="header-far-down", made="A header in line 60, under many titles",
        sheets=[Sheet(lines=[*([f"About this list, {at}"] for at in range(1, 60)), HEADER, ANA, BEN])],
        refused="header_too_far_down", writers=_OWN,
    )  # fmt: skip
    yield Scene(
        name="blank-lines-above", made="A header in line 60, under blank lines",
        sheets=[Sheet(lines=[*([[]] * 59), HEADER, ANA, BEN])], refused="header_too_far_down", writers=_OWN,
    )  # fmt: skip
    yield Scene(
        name="beyond-the-filter", made="Lines below the area of a filter",
        sheets=one_sheet(ANA, BEN, CLEO, DAN, filtered="A1:D3"), rows=sent([ANA, BEN, CLEO, DAN]),
        writers=ZIPPED,
    )  # fmt: skip
    yield Scene(
        name="total", made="A line with a total, a formula, at the end",
        sheets=one_sheet(ANA, BEN, CLEO, [], ["Total", Formula("=COUNTA(A2:A4)", 3.0)]),
        rows=sent([ANA, BEN, CLEO]), skipped={"blank": 1, "total": 1},
        writers=("xlsxwriter", "xls", "ods", "html", "xml"),
    )  # fmt: skip
    nobody: list[Cell] = [None, None, None, None, False, " "]
    box: list[list[Cell]] = [[*HEADER, "Active", "Full name"], [*ANA, True, "Ana Reyes"], nobody, nobody, nobody]
    yield Scene(
        name="defaults-only", made="Rows that hold nothing but an unticked box and a blank text",
        sheets=[Sheet(lines=box)], rows=sent([ANA]), skipped={"nobodys": 3}, writers=_OWN,
    )  # fmt: skip
    yield Scene(
        name="line-of-types", made="A line of types under the header",
        sheets=one_sheet(["uuid", "text", "varchar(20)", "String"], ANA, BEN), rows=sent([ANA, BEN], 3),
        skipped={"nobodys": 1}, writers=_OWN,
    )  # fmt: skip
    yield Scene(
        name="footer", made="Lines of text below the table", sheets=one_sheet(ANA, BEN, [], ["May"], ["Made by Ana"]),
        rows=sent([ANA, BEN]), skipped={"blank": 1, "below_table": 2}, writers=_OWN,
    )  # fmt: skip
    moved = [[None, None, *line] for line in (HEADER, *PLAIN)]
    yield Scene(
        name="moved", made="The table begins in C3", sheets=[Sheet(lines=[[], [], *moved])], rows=sent(PLAIN, 4),
        header_row=3, skipped={"blank": 2}, writers=_SOME,
    )  # fmt: skip
    yield Scene(name="only-a-header", made="A header and no rows", sheets=one_sheet(), writers=("openpyxl", "xls"))
    yield Scene(
        name="empty", made="A sheet with nothing in it", sheets=[Sheet(lines=[])], refused="empty_source",
        writers=_SOME,
    )  # fmt: skip
    short = [ANA, [*BEN[:3], None], [CLEO[0]], DAN]
    yield Scene(
        name="short-rows", made="Rows without their last cells", sheets=one_sheet(*short),
        rows=[
            *sent([ANA]), refused(3, "blank_email"), refused(4, "blank_first_name", "blank_last_name", "blank_email"),
            *sent([DAN], 5),
        ],
        writers=(*_SOME, "html", "xml"),
    )  # fmt: skip
    for name, header in list(LANGUAGES.items())[1::2]:
        yield Scene(
            name=f"header-{name}", made=f"Names of columns: {', '.join(header)}",
            sheets=[Sheet(lines=[header, *PLAIN])], rows=sent(PLAIN), writers=("openpyxl",),
        )  # fmt: skip
    other = [(*one, 12.5 * at, dt.date(2025, 5, at), at % 2 == 0) for at, one in enumerate(PLAIN, start=1)]
    yield Scene(
        name="other-columns", made="Numbers, dates and truth values in columns that are not sent",
        sheets=[Sheet(lines=[[*HEADER, "Balance", "Since", "Active"], *other])], rows=sent(PLAIN),
        writers=("xlsxwriter", "xls", "ods", "html", "xml"),
    )  # fmt: skip


def _hidden() -> Iterator[Scene]:
    rows = [*sent([ANA]), warned(3, BEN, "hidden_row"), *sent([CLEO], 4)]
    writers = ("openpyxl", "xlsxwriter", "xlsb", "xls", "ods", "xml")
    yield Scene(
        name="hidden-row", made="A row that is hidden by hand", sheets=one_sheet(ANA, BEN, CLEO, hidden={3}), rows=rows,
        writers=writers,
    )  # fmt: skip
    yield Scene(
        name="filter", made="A filter that hides a row",
        sheets=one_sheet(ANA, BEN, CLEO, hidden={3}, filtered="A1:D4"), rows=rows,
        writers=("xlsxwriter", "xls", "ods", "xlsx"),
    )  # fmt: skip
    yield Scene(
        name="outline", made="A group of rows that is collapsed",
        sheets=[Sheet(lines=[HEADER, ANA, BEN, CLEO, DAN], grouped={3, 4})],
        rows=[*sent([ANA]), warned(3, BEN, "hidden_row"), warned(4, CLEO, "hidden_row"), *sent([DAN], 5)],
        writers=(*ZIPPED, "xls", "ods", "fods", "xlsx", "xml"),
    )  # fmt: skip
    bad = (BEN[0], "", *BEN[2:])
    yield Scene(
        name="hidden-and-wrong", made="A hidden row that cannot be sent anyway",
        sheets=one_sheet(ANA, bad, CLEO, hidden={3}),
        rows=[*sent([ANA]), refused(3, "blank_first_name"), *sent([CLEO], 4)], writers=("openpyxl", "xlsb"),
    )  # fmt: skip


def _sheets() -> Iterator[Scene]:
    table = Sheet(lines=[HEADER, *PLAIN])
    more = Sheet(name="More", lines=[HEADER, ANA])
    yield Scene(
        name="second-sheet", made="The table is on the second sheet", sheets=[_NOTES, table], source=1,
        rows=sent(PLAIN), writers=_SOME,
    )  # fmt: skip
    unseen = Sheet(name="Old", lines=[HEADER, EVA], visible=False)
    yield Scene(
        name="hidden-sheet", made="A hidden sheet has the columns as well", sheets=[unseen, table], source=1,
        rows=sent(PLAIN), writers=(*_SOME, "xml"),
    )  # fmt: skip
    yield Scene(
        name="hidden-sheet-said", made="A hidden sheet, which is said", sheets=[table, unseen], source=1,
        rows=sent([EVA]), options={"sheet": "Old"}, writers=("xlsb", "xls", "ods"),
    )  # fmt: skip
    yield Scene(
        name="only-hidden-has-columns", made="Only a hidden sheet has the columns", sheets=[_NOTES, unseen],
        refused="missing_column", writers=(*_SOME, "xml"),
    )  # fmt: skip
    yield Scene(
        name="two-sheets", made="Two sheets have the columns", sheets=[table, more], refused="several_sheets",
        writers=(*_SOME, "xml"),
    )  # fmt: skip
    yield Scene(
        name="two-sheets-said", made="Two sheets have the columns, and one is said", sheets=[table, more], source=1,
        rows=sent([ANA]), options={"sheet": "More"}, writers=_SOME,
    )  # fmt: skip
    yield Scene(
        name="no-such-sheet", made="A sheet is said that is not there", sheets=[table, more], refused="unknown_sheet",
        options={"sheet": "April"}, writers=("openpyxl",),
    )  # fmt: skip
    without = Sheet(
        lines=[("Customer ID", "First Name", "Email"), *[(uid, first, mail) for uid, first, _, mail in PLAIN]]
    )
    yield Scene(
        name="without-column", made="No column for the last name", sheets=[without], refused="missing_column",
        writers=("openpyxl", "xls", "html"),
    )  # fmt: skip
    whole = Sheet(lines=[("Customer ID", "Full Name", "Email"), [ANA[0], "Ana Reyes", ANA[3]]])
    yield Scene(
        name="whole-name", made="The whole name in one column", sheets=[whole], refused="whole_name_column",
        writers=("xlsxwriter", "ods", "html"),
    )  # fmt: skip


def _merged() -> Iterator[Scene]:
    yield Scene(
        name="merged-title", made="A title over four merged cells",
        sheets=[Sheet(lines=[["Customer changes"], HEADER, *PLAIN], merged=["A1:D1"])], rows=sent(PLAIN, 3),
        header_row=2, skipped={"above_header": 1}, writers=(*_SOME, "html"),
    )  # fmt: skip
    yield Scene(
        name="merged-names", made="A last name over two merged lines: it is that of both",
        sheets=one_sheet(ANA, BEN, [*CLEO[:2], None, CLEO[3]], merged=["C3:C4"]),
        rows=sent([ANA, BEN, (*CLEO[:2], BEN[2], CLEO[3])]), writers=_LOOKING,
    )  # fmt: skip
    yield Scene(
        name="merged-header", made="A header of two lines, whose cells are merged over both or over the names",
        sheets=[
            Sheet(
                lines=[[HEADER[0], "Name", None, HEADER[3]], [None, *HEADER[1:3], None], ANA, BEN],
                merged=["A1:A2", "B1:C1", "D1:D2"],
            )
        ],
        rows=sent([ANA, BEN], 3), header_row=2, skipped={"above_header": 1}, writers=_LOOKING,
    )  # fmt: skip
    yield Scene(
        name="merged-headings", made="Headings over several columns, of which one begins the name of the id's",
        sheets=[
            _NOTES,
            Sheet(
                lines=[["Customer", None, None, "Contact"], ["ID", *HEADER[1:3], HEADER[3]], ANA, BEN],
                merged=["A1:C1"],
            ),
        ],
        source=1, rows=sent([ANA, BEN], 3), header_row=2, skipped={"above_header": 1},
        writers=(*ZIPPED, "xls", "ods", "xml"),
    )  # fmt: skip
    yield Scene(
        name="merged-header-second-sheet", made="The same on the second sheet, which is found by it",
        sheets=[
            _NOTES,
            Sheet(
                lines=[[HEADER[0], "Name", None, HEADER[3]], [None, *HEADER[1:3], None], ANA, BEN],
                merged=["A1:A2", "B1:C1", "D1:D2"],
            ),
        ],
        source=1, rows=sent([ANA, BEN], 3), header_row=2, skipped={"above_header": 1},
        writers=(*ZIPPED, "xls", "ods", "xml"),
    )  # fmt: skip
    yield Scene(
        name="merged-columns", made="First and last name in one cell that is merged over their columns",
        sheets=one_sheet(ANA, [BEN[0], "Ben Okafor", None, BEN[3]], CLEO, merged=["B3:C3"]),
        rows=[*sent([ANA]), refused(3, "merged_cell"), *sent([CLEO], 4)], writers=_LOOKING,
    )  # fmt: skip
    yield Scene(
        name="merged-blank-lines", made="A last name that is merged over the blank lines below it, too",
        sheets=one_sheet(ANA, BEN, [], [], CLEO, merged=["C3:C5"]),
        rows=[*sent([ANA, BEN]), *sent([CLEO], 6)], skipped={"blank": 2}, writers=_LOOKING,
    )  # fmt: skip
    yield Scene(
        name="merged-total", made="An id that is merged over the line with the total, too",
        sheets=one_sheet(ANA, BEN, [None, "Total: 2", None, None], merged=["A3:A4"]),
        rows=sent([ANA, BEN]), skipped={"total": 1}, writers=_LOOKING,
    )  # fmt: skip


def _typed() -> Iterator[Scene]:
    numbers: list[Sequence[Cell]] = [[1001, *ANA[1:]], [12345678901234567890.0, *BEN[1:]], [0.5, *CLEO[1:]], DAN]
    yield Scene(
        name="numeric-ids", made="Customer ids that are numbers", sheets=one_sheet(*numbers),
        rows=[*(refused(row, "number_cell") for row in (2, 3, 4)), *sent([DAN], 5)], writers=_TYPED,
    )  # fmt: skip
    dates: list[Sequence[Cell]] = [
        [ANA[0], dt.date(2025, 5, 1), *ANA[2:]],
        [*BEN[:2], dt.datetime(2025, 5, 1, 13, 30), BEN[3]],  # noqa: DTZ001 - cells have no zone
        [CLEO[0], dt.time(13, 30), *CLEO[2:]],
        DAN,
    ]
    for name, since_1904 in (("dates", False), ("dates-1904", True)):
        yield Scene(
            name=name, made=f"Dates and times for names, days counted from {1904 if since_1904 else 1900}",
            sheets=one_sheet(*dates),
            rows=[*(refused(row, "date_cell") for row in (2, 3, 4)), *sent([DAN], 5)],
            writers=_SOME if since_1904 else _TYPED, since_1904=since_1904,
        )  # fmt: skip
    truths: list[Sequence[Cell]] = [[ANA[0], True, *ANA[2:]], [*BEN[:2], False, BEN[3]], CLEO]
    yield Scene(
        name="booleans", made="Truth values for names", sheets=one_sheet(*truths),
        rows=[*(refused(row, "boolean_cell") for row in (2, 3)), *sent([CLEO], 4)], writers=_TYPED,
    )  # fmt: skip
    codes = ("#N/A", "#REF!", "#DIV/0!", "#VALUE!", "#NAME?")
    failed: list[Sequence[Cell]] = [[one[0], Failed(code), *one[2:]] for one, code in zip(PLAIN, codes, strict=True)]
    yield Scene(
        name="errors", made="Errors for names", sheets=one_sheet(*failed),
        rows=[refused(row, "error_cell") for row in range(2, 7)],
        writers=_TYPED,
    )  # fmt: skip
    several: list[Sequence[Cell]] = [[1001, True, Failed("#N/A"), 5], ANA]
    yield Scene(
        name="all-wrong", made="A row of which every cell is wrong in its own way", sheets=one_sheet(*several),
        rows=[refused(2, "number_cell", "boolean_cell", "error_cell", "number_cell"), *sent([ANA], 3)], writers=_SOME,
    )  # fmt: skip


def _formulas() -> Iterator[Scene]:
    computed: list[Sequence[Cell]] = [
        [ANA[0], Formula('=UPPER("a")&"na"', "Ana"), *ANA[2:]],
        [*BEN[:3], Formula('=LOWER(B3)&"@example.com"', "ben@example.com")],
    ]
    yield Scene(
        name="formulas", made="Formulas with the text that they came to", sheets=one_sheet(*computed),
        rows=sent([ANA, BEN]), writers=("xlsxwriter", "xlsb", *OFFICE, "xml"),
        only={"xlsxwriter": [refused(row, "stale_formula") for row in (2, 3)]},  # it asks to be calculated anew
    )  # fmt: skip
    yield Scene(
        name="formulas-without-values", made="Formulas whose values were never stored", sheets=one_sheet(*computed),
        rows=[refused(row, "formula_without_value") for row in (2, 3)], writers=("openpyxl",),
    )  # fmt: skip
    bare: list[Sequence[Cell]] = [
        [cell if not isinstance(cell, Formula) else Formula(cell.text) for cell in line] for line in computed
    ]
    yield Scene(
        name="formulas-without-values", made="Formulas whose values were never stored", sheets=one_sheet(*bare),
        rows=[refused(row, "formula_without_value") for row in (2, 3)], writers=("xml",),
    )  # fmt: skip
    number: list[Sequence[Cell]] = [[ANA[0], Formula("=1+1", 2.0), *ANA[2:]], BEN]
    yield Scene(
        name="formula-number", made="A formula that comes to a number", sheets=one_sheet(*number),
        rows=[refused(2, "number_cell"), *sent([BEN], 3)],
        writers=("xlsxwriter", "xlsb", "xls", "ods", "xlsx", "xml"),
        only={"xlsxwriter": [refused(2, "stale_formula"), *sent([BEN], 3)]},
    )  # fmt: skip


def _text() -> Iterator[Scene]:
    rich: list[Sequence[Cell]] = [
        [ANA[0], Rich(["An", "a Ma", "ria"]), *ANA[2:]],
        [*BEN[:2], Rich(["Oka", "for"]), BEN[3]],
    ]
    yield Scene(
        name="rich-text", made="Names in several looks", sheets=one_sheet(*rich),
        rows=sent([(ANA[0], "Ana Maria", *ANA[2:]), BEN]), writers=(*_TYPED, "html"),
    )  # fmt: skip
    struck: list[Sequence[Cell]] = [
        [*ANA[:2], Struck("Olsson", ANA[2]), ANA[3]],
        [Struck(BEN[0], ""), Struck(BEN[1], ""), *BEN[2:]],
        CLEO,
    ]
    yield Scene(
        name="struck-out", made="Names and an id that are struck through, in part or as a whole",
        sheets=one_sheet(*struck),
        rows=[refused(2, "struck_text"), refused(3, "struck_text", "struck_text"), *sent([CLEO], 4)],
        writers=(*ZIPPED, "xls", "ods", "fods", "xlsx", "xml"),
    )  # fmt: skip
    formatted: list[Sequence[Cell]] = [
        [*ANA[:2], Formatted(ANA[2], '"van "@'), ANA[3]], [BEN[0], Formatted(BEN[1], ";;;"), *BEN[2:]],
        [*CLEO[:2], Formatted(CLEO[2], '@" jr."'), CLEO[3]], [*DAN[:3], Formatted(DAN[3], "[Blue]_(@_)")],
        [*EVA[:2], Formatted(EVA[2], '0;0;0;"- "@'), EVA[3]],
    ]  # fmt: skip
    code = "formatted_text"
    in_doubt = [refused(2, code), refused(3, code), refused(4, code), *sent([DAN], 5), refused(6, code)]
    shown = [
        (*ANA[:2], f"van {ANA[2]}", ANA[3]),
        (*CLEO[:2], f"{CLEO[2]} jr.", CLEO[3]),
        (*EVA[:2], f"- {EVA[2]}", EVA[3]),
    ]
    as_shown = [*sent(shown[:1]), refused(3, code), *sent(shown[1:2], 4), *sent([DAN], 5), *sent(shown[2:], 6)]
    yield Scene(
        name="text-formats", made="Number formats that show something else than the text in the cell, or nothing",
        sheets=one_sheet(*formatted), rows=in_doubt, writers=(*ZIPPED, *OFFICE, "xml"),
        only={
            "ods": as_shown, "fods": as_shown,
            "html": [*as_shown[:1], refused(3, "blank_first_name"), *as_shown[2:]],
        },
    )  # fmt: skip
    prefixed: list[Sequence[Cell]] = [
        [ANA[0], Prefixed("=Ana"), *ANA[2:]], [BEN[0], Prefixed("+Ben"), *BEN[2:]],
        [CLEO[0], Prefixed("'t"), *CLEO[2:]],
    ]  # fmt: skip
    yield Scene(
        name="apostrophes", made="Text typed with an apostrophe before it, and one that is part of the name",
        sheets=one_sheet(*prefixed),
        rows=[
            warned(2, (ANA[0], "=Ana", *ANA[2:]), "formula_in_name"),
            *sent([(BEN[0], "+Ben", *BEN[2:]), (CLEO[0], "'t", *CLEO[2:])], 3),
        ],
        writers=(*ZIPPED, "xls", "ods", "html"),
    )  # fmt: skip
    errors: list[Sequence[Cell]] = [
        [ANA[0], "#N/A", "#WERT!", ANA[3]], [*BEN[:3], "#BEZUG!"], ["########", *CLEO[1:]],
        [*DAN[:2], "Err:509", DAN[3]], [*EVA[:2], "#1 Ek", EVA[3]],
    ]  # fmt: skip
    yield Scene(
        name="error-texts", made="Errors that are text", sheets=one_sheet(*errors),
        rows=[
            refused(2, "error_cell", "error_cell"), *(refused(row, "error_cell") for row in (3, 4, 5)),
            warned(6, (*EVA[:2], "#1 Ek", EVA[3]), "name_with_digits"),
        ],
        writers=(*ZIPPED, "xls", "ods", "html", "xml", "csv"),
    )  # fmt: skip
    zeros = [["007", *ANA[1:]], ["1E5", *BEN[1:]], CLEO]
    yield Scene(
        name="ids-that-look-like-numbers", made="Ids of digits that are text, and no UUIDs", sheets=one_sheet(*zeros),
        rows=[*(refused(row, "invalid_customer_id") for row in (2, 3)), *sent([CLEO], 4)], writers=_SOME,
    )  # fmt: skip
