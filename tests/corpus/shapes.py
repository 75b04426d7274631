"""Delimited text whose records, or what stands around them, are what the files are about."""

from __future__ import annotations

from collections.abc import Iterator

from tests.corpus.delimited import TABLE
from tests.corpus.people import ANA, BEN, CLEO, DAN, EVA, HEADER, PLAIN, person, refused, sent, warned
from tests.corpus.text_cases import lines, refused_case, text_case
from tests.corpus.truth import Case
from tests.sheets.text.pollution import Style


def cases() -> Iterator[Case]:
    """Yield the files of text whose shape is what they are about."""
    yield from _shapes()
    yield from _strays()
    yield from _around_the_table()
    yield from _nearly_nothing()


def _shapes() -> Iterator[Case]:
    wrong = "wrong_field_count"
    yield text_case(
        "csv/short-row.csv", "A row without its last cell", lines(HEADER, ANA, BEN[:3], CLEO),
        [*sent([ANA]), refused(3, wrong), *sent([CLEO], 4)],
    )  # fmt: skip
    yield text_case(
        "csv/long-row.csv", "A row with a cell too many in the middle",
        lines(HEADER, ANA, (*BEN[:2], "van", *BEN[2:]), CLEO),
        [*sent([ANA]), refused(3, wrong), *sent([CLEO], 4)],
    )  # fmt: skip
    yield text_case(
        "csv/comma-not-quoted.csv", "A name with a comma that is not quoted",
        lines(HEADER, (ANA[0], "Ana, Maria", *ANA[2:]), BEN),
        [refused(2, wrong), *sent([BEN], 3)],
    )  # fmt: skip
    yield text_case(
        "csv/one-comma-too-many.csv", "One row with a comma at its end", lines(HEADER, ANA, (*BEN, ""), CLEO),
        [*sent([ANA]), refused(3, wrong), *sent([CLEO], 4)],
    )  # fmt: skip
    yield text_case(
        "csv/commas-at-all-ends.csv", "All rows, but not the header, end in a comma",
        lines(HEADER, *((*one, "") for one in PLAIN)), sent(PLAIN),
    )  # fmt: skip
    yield text_case(
        "csv/commas-at-all-ends-and-header.csv", "All lines end in a comma, the header too",
        lines(*((*one, "") for one in TABLE)), sent(PLAIN),
    )  # fmt: skip
    yield text_case(
        "csv/blank-columns-left-out.csv", "The header has two blank columns at its end, and the rows have not",
        lines((*HEADER, "", ""), *PLAIN), sent(PLAIN),
    )  # fmt: skip
    yield text_case(
        "csv/all-rows-too-long.csv", "All rows have a cell with text too many",
        lines(HEADER, (*ANA, "x"), (*BEN, "y")), [refused(2, wrong), refused(3, wrong)],
    )  # fmt: skip
    named = [(str(number), *one) for number, one in enumerate(PLAIN, start=1)]
    for form, delimiter in (("csv", ","), ("tsv", "\t"), ("txt", " ")):
        quoted = "".join(delimiter.join(f'"{cell}"' for cell in row) + "\n" for row in (HEADER, *named))
        yield refused_case(
            f"refused/row-names.{form}", "Row names that the header has no name for", quoted, "row_names"
        )
    yield text_case(
        "csv/row-names-without-a-name.csv", "Row names under an empty name",
        lines(*([f'"{cell}"' for cell in row] for row in (("", *HEADER), *named))), sent(PLAIN),
    )  # fmt: skip
    yield text_case(
        "csv/dressed-as-formulas.csv", "Every cell, those of the header too, is a formula of nothing but text",
        lines(*([f'"=""{cell}"""' for cell in row] for row in TABLE)), sent(PLAIN),
    )  # fmt: skip
    yield text_case(
        "csv/all-rows-too-short.csv", "No row has the last cell",
        lines((*HEADER, "Note"), *PLAIN[:3]), [refused(row, wrong) for row in (2, 3, 4)],
    )  # fmt: skip
    many = [(*person(at, "Ana", "Reyes", f"a{at}@example.com"), "") for at in range(1, 39)]
    yield text_case(
        "csv/blank-ends-left-out.csv", "Excel leaves out the blank ends of sixteen rows at a time",
        lines((*HEADER, "Note"), *many[:15]) + lines(*(one[:4] for one in many[15:])),
        sent([one[:4] for one in many]),
    )  # fmt: skip
    yield text_case(
        "csv/pipes-at-all-ends.csv", "All lines end in four blank cells, divided by a sign that is often doubled",
        "".join("|".join((*one, "", "", "", "\n")) for one in TABLE), sent(PLAIN), delimiter="|",
    )  # fmt: skip
    order = (3, 1, 0, 2)
    moved = [[one[at] for at in order] for one in TABLE]
    yield text_case(
        "csv/columns-in-another-order.csv", "The address first, then the first name", lines(*moved), sent(PLAIN)
    )
    wide = [("", "x", *one, "y", "") for one in TABLE]
    yield text_case(
        "csv/columns-around.csv", "Columns before and after, some without a name", lines(*wide), sent(PLAIN)
    )


def _strays() -> Iterator[Case]:
    stray = "stray_quote"
    yield text_case(
        "csv/quote-never-closed.csv", "A quotation mark that opens and is never closed",
        lines(HEADER, ANA, (BEN[0], '"Ben', *BEN[2:]), CLEO, DAN),
        [*sent([ANA]), refused(3, stray), *sent([CLEO, DAN], 4)],
    )  # fmt: skip
    yield text_case(
        "csv/quote-never-closed-in-the-last.csv", "The same in the last row",
        lines(HEADER, ANA, BEN, (CLEO[0], '"Cleo', *CLEO[2:])), [*sent([ANA, BEN]), refused(4, stray)],
    )  # fmt: skip
    yield text_case(
        "csv/text-after-a-quote.csv", "Text after a closing quotation mark",
        lines(HEADER, (ANA[0], '"Ana" Maria', *ANA[2:]), BEN), [refused(2, stray), *sent([BEN], 3)],
    )  # fmt: skip
    yield text_case(
        "csv/quotes-not-doubled.csv", "Quotation marks within quotes that are not doubled",
        lines(HEADER, (ANA[0], '"Ana "Anita" Maria"', *ANA[2:]), BEN), [refused(2, stray), *sent([BEN], 3)],
    )  # fmt: skip
    yield text_case(
        "csv/space-before-a-quote.csv", "White space before an opening quotation mark in one row",
        lines(HEADER, ANA, (BEN[0], ' "Ben"', *BEN[2:]), CLEO), [*sent([ANA]), refused(3, stray), *sent([CLEO], 4)],
    )  # fmt: skip
    yield text_case(
        "csv/space-after-a-quote.csv", "White space after a closing quotation mark, which is harmless",
        lines(HEADER, ANA, (BEN[0], '"Ben" ', *BEN[2:]), CLEO), sent([ANA, BEN, CLEO]),
    )  # fmt: skip
    yield text_case(
        "csv/stray-in-a-note.csv", "A quotation mark that is not closed in a column that is not sent",
        lines((*HEADER, "Note"), (*ANA, '"good'), (*BEN, "fine")), [refused(2, stray), *sent([BEN], 3)],
    )  # fmt: skip
    swallowed = "swallowed_rows"
    yield text_case(
        "csv/swallowed-note.csv", "Notes of two rows with a quotation mark each, which nobody has quoted",
        lines((*HEADER, "Note"), (*ANA, "x"), (*BEN, '"see file'), (*CLEO, 'sign of 12"'), (*DAN, "y")),
        [*sent([ANA]), refused(3, swallowed), refused(4, swallowed), *sent([DAN], 5)],
    )  # fmt: skip
    yield text_case(
        "csv/swallowed-name.csv", "A quotation mark before one name, and one behind that of the next row",
        lines(HEADER, ANA, (BEN[0], '"Ben', *BEN[2:]), (CLEO[0], 'Cleo"', *CLEO[2:]), DAN),
        [*sent([ANA]), refused(3, swallowed), refused(4, swallowed), *sent([DAN], 5)],
    )  # fmt: skip
    yield text_case(
        "csv/swallowed-many.csv", "A note that opens, and only the second one below it closes, after a blank line",
        lines((*HEADER, "Note"), (*ANA, '"x'), (*BEN, "x")) + "\n" + lines((*CLEO, 'y"'), (*DAN, "y")),
        [refused(2, swallowed), refused(3, swallowed), refused(5, swallowed), *sent([DAN], 6)], skipped={"blank": 1},
    )  # fmt: skip
    yield text_case(
        "csv/note-of-lines.csv", "Notes of several lines with commas and an address in them, which are notes",
        lines((*HEADER, "Note"), (*ANA, '"Called,\nask: ana@example.com, please,\nthanks"'), (*BEN, '"a, b\nc, d"')),
        sent([ANA, BEN]),
    )  # fmt: skip
    yield refused_case(
        "csv/swallowed-by-the-header.csv", "A quotation mark in the header that closes in a row",
        lines((*HEADER, '"Note'), (*ANA, "x"), (*BEN, 'y"'), (*CLEO, "z")), swallowed,
    )  # fmt: skip
    yield text_case(
        "csv/nul-in-a-name.csv", "A NUL byte within a name", lines(HEADER, (ANA[0], "A\0na", *ANA[2:]), BEN),
        [refused(2, "nul_character"), *sent([BEN], 3)],
    )  # fmt: skip
    yield text_case(
        "csv/nul-in-a-note.csv", "A NUL byte in a column that is not sent",
        lines((*HEADER, "Note"), (*ANA, "\0"), (*BEN, "fine")), [refused(2, "nul_character"), *sent([BEN], 3)],
    )  # fmt: skip
    yield text_case(
        "csv/guarded-cell.csv", "A cell with the apostrophe by which reports keep a cell from being calculated",
        lines(HEADER, (ANA[0], "'=1+1", *ANA[2:]), BEN), [refused(2, "guarded_cell"), *sent([BEN], 3)],
    )  # fmt: skip
    yield text_case(
        "csv/formula-like.csv", "Cells that a spreadsheet would calculate are text in CSV",
        lines(HEADER, (ANA[0], "=Ana", "+Reyes", ANA[3]), (BEN[0], "-Ben", "@Okafor", BEN[3])),
        [
            warned(2, (ANA[0], "=Ana", "+Reyes", ANA[3]), "formula_in_name"),
            *sent([(BEN[0], "-Ben", "@Okafor", BEN[3])], 3),
        ],
    )  # fmt: skip


def _around_the_table() -> Iterator[Case]:
    title = "Customer changes of May\n"
    yield text_case(
        "csv/title.csv", "A line with a title above the header", title + lines(*TABLE), sent(PLAIN, 3),
        skipped={"above_header": 1}, header_row=2,
    )  # fmt: skip
    yield text_case(
        "csv/title-and-blank.csv", "A title, who made it, a blank line, and then the header",
        f"{title}Made by: Operations, desk 4\n\n" + lines(*TABLE), sent(PLAIN, 5),
        skipped={"above_header": 2, "blank": 1}, header_row=4,
    )  # fmt: skip
    yield text_case(
        "csv/remarks.csv", "Lines with number signs above the header", "# export\n# version 2\n" + lines(*TABLE),
        sent(PLAIN, 4), skipped={"above_header": 2}, header_row=3,
    )  # fmt: skip
    yield text_case(
        "csv/title-padded.csv", "A title with as many commas as the table", "Customers,,,\n,,,\n" + lines(*TABLE),
        sent(PLAIN, 4), skipped={"above_header": 1, "blank": 1}, header_row=3,
    )  # fmt: skip
    yield text_case(
        "csv/header-after-40-lines.csv", "Forty lines of remarks above the header",
        "".join(f"remark {at}\n" for at in range(40)) + lines(*TABLE), sent(PLAIN, 42),
        skipped={"above_header": 40}, header_row=41,
    )  # fmt: skip
    above = "customers_above_header"
    yield refused_case(
        "csv/sorted-with-its-header.csv", "A table that was sorted together with its header",
        lines(*PLAIN[:3], HEADER, *PLAIN[3:]), above,
    )  # fmt: skip
    yield refused_case("csv/header-last.csv", "The header in the last line", lines(*PLAIN, HEADER), above)
    yield text_case(
        "csv/title-with-address.csv", "Lines above the header that say whom to ask",
        "Changes of May\nQuestions to,ana@example.com\n" + lines(*TABLE), sent(PLAIN, 4),
        skipped={"above_header": 2}, header_row=3,
    )  # fmt: skip
    yield refused_case(
        "csv/header-after-60-lines.csv", "A header below the first 50 lines, in which it is looked for",
        "".join(f"remark {at}\n" for at in range(60)) + lines(*TABLE), "header_too_far_down",
    )  # fmt: skip
    yield text_case(
        "csv/header-row-said.csv", "Two headers, of which the second is said to be it",
        lines(HEADER, ("old", "old", "old", "old"), HEADER, *PLAIN), sent(PLAIN, 4),
        options={"header_row": 3}, skipped={"above_header": 2}, header_row=3,
    )  # fmt: skip
    yield text_case(
        "csv/blank-lines.csv", "Blank lines between the rows: empty ones, of commas, and of white space",
        lines(HEADER, ANA) + "\n" + lines(BEN) + ",,,\n" + lines(CLEO) + " , ,\u00a0, \n" + lines(DAN),
        [*sent([ANA]), *sent([BEN], 4), *sent([CLEO], 6), *sent([DAN], 8)], skipped={"blank": 3},
    )  # fmt: skip
    yield text_case(
        "csv/header-again.csv", "The header repeated twice, once in other letters",
        lines(HEADER, ANA, HEADER, BEN, [name.upper() for name in HEADER], CLEO),
        [*sent([ANA]), *sent([BEN], 4), *sent([CLEO], 6)], skipped={"repeated_header": 2},
    )  # fmt: skip
    yield from _nobodys()
    swapped, other = (0, 2, 1, 3), "other_header"
    yield text_case(
        "csv/second-header.csv", "Two exports one below the other, the second with the last name first",
        lines(HEADER, ANA, *([line[at] for at in swapped] for line in (HEADER, BEN, CLEO))),
        [*sent([ANA]), refused(4, other), refused(5, other)], skipped={other: 1},
    )  # fmt: skip
    yield text_case(
        "csv/second-header-in-other-words.csv", "A second header whose names mean the same",
        lines(HEADER, ANA, ("Client no", "Forename", "Surname", "Mail"), BEN), [*sent([ANA]), *sent([BEN], 4)],
        skipped={"repeated_header": 1},
    )  # fmt: skip
    for name, total in (
        ("one-cell", "Total: 3\n"), ("padded", "Total,3,,\n"), ("german", "Summe,3,,\n"),
        ("french", "Total général,3,,\n"),
        ("records", "Number of records: 3\n"), ("count", "Count,,,3\n"), ("after-blank", "\nGRAND TOTAL,,,3\n"),
    ):  # fmt: skip
        skipped = {"total": 1, "blank": 1} if total.startswith("\n") else {"total": 1}
        data = lines(HEADER, ANA, BEN, CLEO) + total
        yield text_case(
            f"csv/total-{name}.csv", "A line with a total at the end", data, sent([ANA, BEN, CLEO]), skipped=skipped
        )
    blank = ("invalid_customer_id", "blank_first_name", "blank_last_name", "blank_email")
    yield text_case(
        "csv/total-between.csv", "A total between the rows is no total at the end, and refused as a row",
        lines(HEADER, ANA, ("Total", "", "", ""), BEN), [*sent([ANA]), refused(3, *blank), *sent([BEN], 4)],
    )  # fmt: skip
    for name, line, sign in (("semicolon", "sep=;", ";"), ("quoted", '"sep=|"', "|"), ("capitals", "SEP=,", ",")):
        table = Style(delimiter=sign, line_end="\r\n").file(TABLE)
        told = f"A first line {line}, which is not counted"
        yield text_case(f"csv/sep-{name}.csv", told, f"{line}\r\n".encode() + table, sent(PLAIN), delimiter=sign)
    table = b"\xef\xbb\xbfsep=;\r\n" + Style(delimiter=";", line_end="\r\n").file(TABLE)
    yield text_case("csv/sep-with-bom.csv", "A BOM before the sep= line", table, sent(PLAIN), delimiter=";")


def _nobodys() -> Iterator[Case]:
    for name, made, end, skipped in (
        ("count-of-rows", "How many rows a database has found", "(3 rows affected)\n\n", {"nobodys": 1, "blank": 1}),
        ("page-line", "The number of the page", "Page 1 of 1,,,\n", {"nobodys": 1}),
        (
            "footer", "A blank line, and then what a report says of itself",
            '\n"Changes this week"\n"Generated by: Ana, 9:15"\nExample Ltd\n', {"blank": 1, "below_table": 3},
        ),
        (
            "footer-with-address", "Whom to ask, below the table",
            "\nConfidential\nQuestions to ana@example.com\n", {"blank": 1, "below_table": 2},
        ),
        (
            "footnote", "A total with a footnote behind it", "Total: 3\n* without those of May\n",
            {"total": 1, "below_table": 1},
        ),
    ):  # fmt: skip
        data = lines(HEADER, ANA, BEN, CLEO) + end
        yield text_case(f"csv/{name}.csv", made, data, sent([ANA, BEN, CLEO]), skipped=skipped)
    yield text_case(
        "csv/rules-and-pages.csv", "A printed list: rules, page lines, and an amount carried forward",
        lines(HEADER, ["-" * 8] * 4, ANA, ("Carried forward", "", "", "1"), ("Page 1", "", "", ""), HEADER, BEN),
        [*sent([ANA], 3), *sent([BEN], 7)], skipped={"nobodys": 3, "repeated_header": 1},
    )  # fmt: skip
    yield text_case(
        "csv/defaults-only.csv", "Rows that hold nothing but an unticked box and a zero",
        lines((*HEADER, "Active", "Balance"), (*ANA, "TRUE", "3"), *[("", "", "", "", "FALSE", "0")] * 3),
        sent([ANA]), skipped={"nobodys": 3},
    )  # fmt: skip
    yield text_case(
        "csv/cut-off-row.csv", "A last row of which only the beginning of the id is there",
        lines(HEADER, ANA, BEN) + CLEO[0][:12], [*sent([ANA, BEN]), refused(4, "cut_off")],
    )  # fmt: skip
    yield from _cut_off()
    yield from _broken()
    yield from _beside()


def _beside() -> Iterator[Case]:
    wide = [[*one, *[""] * 4] for one in (HEADER, ANA, BEN, CLEO)]
    wide[2] = [*BEN, *DAN]
    yield text_case(
        "csv/customer-beside.csv", "Another customer under columns without a name", Style().file(wide),
        [*sent([ANA]), refused(3, "wrong_field_count"), *sent([CLEO], 4)],
    )  # fmt: skip
    yield refused_case(
        "csv/line-end-lost.csv", "The line end behind the header is lost",
        lines((*HEADER, "Note")).removesuffix("\n") + lines((*ANA, ""), (*BEN, "")), "customer_in_header",
    )  # fmt: skip


def _broken() -> Iterator[Case]:
    """Yield files in which a line break has cut a cell in two, since it is not in quotation marks."""
    order, begun = (0, 1, 3, 2), (*BEN[:2], "de la", BEN[3])
    yield text_case(
        "csv/broken-last-cell.csv", "A line break in the last name, which is the last column",
        lines(*([row[at] for at in order] if row else ["Cruz Roja"] for row in (HEADER, ANA, begun, None, CLEO))),
        [*sent([ANA]), warned(3, begun, "broken_cell"), refused(4, "wrong_field_count"), *sent([CLEO], 5)],
    )  # fmt: skip
    order, ended = (2, 1, 3, 0), (*BEN[:2], "es", BEN[3])
    yield text_case(
        "csv/broken-first-cell.csv", "A line break in the last name, which is the first column",
        lines(*([row[at] for at in order] if row else ["Rey"] for row in (HEADER, ANA, None, ended, CLEO))),
        [*sent([ANA]), refused(3, "wrong_field_count"), warned(4, ended, "broken_cell"), *sent([CLEO], 5)],
    )  # fmt: skip


def _cut_off() -> Iterator[Case]:
    whole = lines(HEADER, ANA, BEN, end="\r\n")
    shorter = (*CLEO[:3], CLEO[3].removesuffix("m"))
    yield text_case(
        "csv/cut-off-address.csv", "A download that broke off in the last address, which is still one",
        whole + ",".join(shorter), [*sent([ANA, BEN]), warned(4, shorter, "cut_off")],
    )  # fmt: skip
    yield text_case(
        "csv/cut-off-between-cr-and-lf.csv", "A download that broke off between the CR and the LF of the last line",
        lines(HEADER, ANA, BEN, CLEO, end="\r\n").removesuffix("\n"),
        [*sent([ANA, BEN]), warned(4, CLEO, "cut_off")],
    )  # fmt: skip
    yield text_case(
        "csv/cut-off-quote.csv", "A download that broke off within a cell in quotation marks",
        whole + ",".join([*CLEO[:3], f'"{CLEO[3]}']), [*sent([ANA, BEN]), refused(4, "cut_off")],
    )  # fmt: skip
    jose = ["Email,Customer ID,First Name,Last Name\n", *(f"{one[3]},{one[0]},José,Núñez\n" for one in PLAIN)]
    yield text_case(
        "csv/cut-off-letter.csv", "A download that broke off in the middle of a letter of two bytes",
        "".join(jose).removesuffix("ez\n").encode()[:-1],
        [*sent((one[0], "José", "Núñez", one[3]) for one in PLAIN[:-1]), refused(6, "undecodable_bytes")],
    )  # fmt: skip
    yield text_case(
        "csv/one-line-not-ended.csv", "A header, and one row without a line end: that makes no habit",
        lines(HEADER) + ",".join(ANA), sent([ANA]),
    )  # fmt: skip
    yield text_case(
        "csv/rest-behind-ctrl-z.csv", "A Ctrl-Z in the middle, as two files have that were put together",
        lines(HEADER, ANA, end="\r\n") + "\x1a" + lines(BEN, CLEO, end="\r\n") + "\x1a",
        [*sent([ANA]), refused(3, "invalid_customer_id"), *sent([CLEO], 4)], skipped={"nobodys": 1},
    )  # fmt: skip


def _nearly_nothing() -> Iterator[Case]:
    yield refused_case("csv/empty.csv", "No byte at all", b"", "empty_source")
    yield refused_case("csv/only-a-bom.csv", "Nothing but a BOM", b"\xef\xbb\xbf", "empty_source")
    yield refused_case("csv/only-line-ends.csv", "Nothing but line ends", b"\r\n\r\n\r\n", "empty_source")
    yield refused_case("csv/only-blanks.csv", "Nothing but white space", b" \t \n   \n", "empty_source")
    yield refused_case("csv/only-a-title.csv", "Nothing but a title", b"Customers\n", "missing_column")
    yield refused_case("csv/no-header.csv", "Rows without a header", lines(*PLAIN), "missing_column")
    yield text_case("csv/only-a-header.csv", "A header and no rows", lines(HEADER), [])
    yield text_case("csv/only-a-header-without-end.csv", "The same without a line end", lines(HEADER).rstrip(), [])
    yield text_case("csv/one-row.csv", "A single row", lines(HEADER, EVA), sent([EVA]))
