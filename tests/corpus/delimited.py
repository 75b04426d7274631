"""Delimited text in many dialects, as programs and people write it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any, Final

from tests.corpus.people import ANA, BEN, CLEO, DAN, HEADER, PLAIN, person, refused, sent, warned
from tests.corpus.text_cases import lines, text_case
from tests.corpus.truth import Case
from tests.sheets.text.pollution import Style

TABLE: Final = (HEADER, *PLAIN)
_TALKING: Final = (
    person(21, "Ana, the elder", "Reyes"),
    person(22, 'Ben "Benny"', "Okafor"),
    person(23, "Cleo; Maria", "Lindqvist"),
    person(24, "Dan|Daniel", "O'Neil"),
)


def cases() -> Iterator[Case]:
    """Yield the files of sound text in many dialects."""
    yield from _delimiters()
    yield from _written_by_csv()
    yield from _quotes()
    yield from _line_ends()
    yield from _unusual()


def _delimiters() -> Iterator[Case]:
    signs = {
        "comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|", "caret": "^", "tilde": "~", "colon": ":",
        "unit-separator": "\x1f", "start-of-heading": "\x01", "two-pipes": "||", "two-semicolons": ";;",
        "comma-and-space": ", ", "semicolon-and-space": "; ", "caret-pipe-caret": "^|^", "two-colons": "::",
    }  # fmt: skip
    for name, sign in signs.items():
        data = Style(delimiter=sign).file(TABLE)
        yield text_case(f"csv/delimiter-{name}.csv", f"Cells divided by {sign!r}", data, sent(PLAIN), delimiter=sign)
    several = [ANA, (BEN[0], "Ben\nMaria", 'O"Neil', BEN[3]), CLEO]
    written = [ANA, (BEN[0], "Ben Maria", 'O"Neil', BEN[3]), CLEO]
    for name, end, sign in (("ascii", "\x1e", "\x1f"), ("symbols", "\u241e", "\u241f")):
        text = "".join(sign.join(one) + end for one in (HEADER, *several))
        told = f"Records that end in {end!r}, with line breaks in cells"
        yield text_case(f"csv/record-ends-{name}.txt", told, text, sent(written), delimiter=sign, quote="")
    for name, sign in (("comma", ","), ("semicolon", ";"), ("tab", "\t"), ("pipe", "|")):
        data = Style(delimiter=sign).file([HEADER, *_TALKING])
        told = f"Divided by {sign!r}, with that sign and others within quoted cells"
        yield text_case(f"csv/signs-within-{name}.csv", told, data, sent(_TALKING), delimiter=sign)
    for name, sign in (("said-word-tab", "tab"), ("said-escape-tab", r"\t")):
        data = Style(delimiter="\t").file(TABLE)
        options = {"delimiter": sign}
        yield text_case(f"csv/{name}.txt", "Tabs, said by name", data, sent(PLAIN), options=options, delimiter="\t")
    data = Style(delimiter="#").file(TABLE)
    yield text_case(
        "csv/said-number-sign.csv", "Divided by #, which is said", data, sent(PLAIN),
        options={"delimiter": "#"}, delimiter="#",
    )  # fmt: skip
    yield text_case("csv/unsaid-number-sign.csv", "Divided by #, which nobody says", data, sent(PLAIN), delimiter="#")
    amounts = [(*one, f"1.{at}34,50") for at, one in enumerate(PLAIN)]
    data = Style(delimiter=";").file([(*HEADER, "Betrag"), *amounts])
    yield text_case("csv/decimal-commas.csv", "Semicolons, and amounts with commas", data, sent(PLAIN), delimiter=";")


def _written_by_csv() -> Iterator[Case]:
    ways: Mapping[str, tuple[Mapping[str, Any], Mapping[str, Any]]] = {
        "excel": ({"dialect": "excel"}, {}),
        "excel-tab": ({"dialect": "excel-tab"}, {"delimiter": "\t"}),
        "unix": ({"dialect": "unix"}, {}),
        "quote-all-semicolons": ({"quoting": csv.QUOTE_ALL, "delimiter": ";"}, {"delimiter": ";"}),
        "quote-nonnumeric": ({"quoting": csv.QUOTE_NONNUMERIC}, {}),
        "escape-for-quotes": ({"doublequote": False, "escapechar": "\\"}, {"escape": "\\"}),
        "escape-without-quotes": ({"quoting": csv.QUOTE_NONE, "quotechar": None, "escapechar": "\\"}, {"escape": "\\"}),
        "apostrophes-for-quotes": ({"quotechar": "'", "quoting": csv.QUOTE_ALL}, {"quote": "'"}),
    }
    for name, (way, found) in ways.items():
        text = io.StringIO(newline="")
        csv.writer(text, **way).writerows([HEADER, *_TALKING])
        told = f"Python's csv, {name.replace('-', ' ')}: signs of all kinds within cells"
        yield text_case(f"csv/python-{name}.csv", told, text.getvalue(), sent(_TALKING), **found)


def _quotes() -> Iterator[Case]:
    broken = [(uid, "Ana\nMaria", "Reyes", email) for uid, _, _, email in (ANA, BEN)]
    joined = [(uid, "Ana Maria", "Reyes", email) for uid, _, _, email in (ANA, BEN)]
    yield text_case(
        "csv/line-breaks-within.csv", "Line breaks within quoted names, which become spaces",
        Style(line_end="\r\n").file([HEADER, *broken, CLEO]), sent([*joined, CLEO]),
    )  # fmt: skip
    address = [(*one, f"{at} Long Street\r\n2nd floor, left\r\nSpringfield") for at, one in enumerate(PLAIN, start=1)]
    yield text_case(
        "csv/postal-addresses.csv", "A column with postal addresses of three lines",
        Style(line_end="\r\n", quote_all=True).file([(*HEADER, "Address"), *address]), sent(PLAIN),
    )  # fmt: skip
    yield text_case(
        "csv/all-quoted.csv", "All cells quoted", Style(quote_all=True).file(TABLE), sent(PLAIN),
    )  # fmt: skip
    yield text_case(
        "csv/quoted-blanks-inside.csv", "White space within quotes, which is trimmed",
        lines(HEADER) + f'{ANA[0]},"  Ana ","Reyes  "," ana@example.com "\n', sent([ANA]),
    )  # fmt: skip
    yield text_case(
        "csv/quotes-that-are-text.csv", "Quotation marks inside cells that are not quoted are text",
        lines(HEADER, (BEN[0], 'Ben "Benny"', *BEN[2:]), CLEO), sent([(BEN[0], 'Ben "Benny"', *BEN[2:]), CLEO]),
    )  # fmt: skip
    inches = (*ANA, '5" pipe')
    yield text_case(
        "csv/inches.csv", "An inch sign in a column that is not sent",
        lines((*HEADER, "Order"), inches, (*BEN, "none")), sent([ANA, BEN]),
    )  # fmt: skip
    yield text_case(
        "csv/empty-quotes.csv", "Empty cells as two quotation marks",
        lines(HEADER) + f'{ANA[0]},"","Reyes","ana@example.com"\n' + lines(BEN),
        [refused(2, "blank_first_name"), *sent([BEN], 3)],
    )  # fmt: skip
    wrapped = [f'"{",".join(one)}"\r\n' for one in (HEADER, ANA)] + [f'"{BEN[0]},""Ben, Jr"",{BEN[2]},{BEN[3]}"\r\n']
    yield text_case(
        "csv/wrapped-lines.csv", "Each line is one quoted cell",
        "".join(wrapped), sent([ANA, (BEN[0], "Ben, Jr", *BEN[2:])]),
    )  # fmt: skip
    apostrophes = [",".join(f"'{cell}'" for cell in one) + "\n" for one in (HEADER, ANA, BEN, DAN)]
    yield text_case(
        "csv/apostrophe-not-doubled.csv", "All cells in apostrophes, and one within a name that is not doubled",
        "".join(apostrophes), [*sent([ANA, BEN]), refused(4, "stray_quote")], quote="'",
    )  # fmt: skip
    yield text_case(
        "csv/apostrophes-where-needed.csv", "Apostrophes around a cell that has one, which is doubled",
        lines(HEADER, ANA, (*DAN[:2], "'O''Neil'", DAN[3])), sent([ANA, DAN]), quote="'",
    )  # fmt: skip
    yield text_case(
        "csv/said-no-quotes.csv", "No quotes, which is said: a cell begins with a quotation mark that is text",
        lines(HEADER, (ANA[0], '"Ana', *ANA[2:]), BEN), sent([(ANA[0], '"Ana', *ANA[2:]), BEN]),
        options={"quote": ""}, quote="",
    )  # fmt: skip
    yield text_case(
        "csv/apostrophes-in-names.csv", "Names that begin or end with an apostrophe, which are no quotes",
        lines(HEADER, (ANA[0], "'t", "Hooft", ANA[3]), (BEN[0], "Jan", "Hanssens'", BEN[3])),
        sent([(ANA[0], "'t", "Hooft", ANA[3]), (BEN[0], "Jan", "Hanssens'", BEN[3])]),
    )  # fmt: skip


def _line_ends() -> Iterator[Case]:
    for name, end in (("lf", "\n"), ("crlf", "\r\n"), ("cr", "\r")):
        for final in (True, False):
            told = f"Lines end in {name.upper()}, {'the last too' if final else 'but the last'}"
            file = f"csv/ends-{name}{'' if final else '-not-the-last'}.csv"
            rows = sent(PLAIN) if final else [*sent(PLAIN[:-1]), warned(6, PLAIN[-1], "cut_off")]
            yield text_case(file, told, Style(line_end=end, final=final).file(TABLE), rows)
    mixed = Style(ends={0: "\r\n", 1: "\n", 2: "\r", 3: "\r\n"}).file(TABLE)
    yield text_case("csv/ends-mixed.csv", "All three line ends in one file", mixed, sent(PLAIN))
    data = lines(HEADER, *PLAIN, end="\r\n") + "\r\n\r\n\r\n"
    yield text_case(
        "csv/blank-lines-at-the-end.csv", "Three empty lines at the end", data, sent(PLAIN), skipped={"blank": 3}
    )
    data = lines(HEADER, ANA, BEN, end="\r\n") + "\x1a"
    yield text_case(
        "csv/end-of-file-sign.csv", "A Ctrl-Z of an old program at the end, which is nobody", data,
        sent([ANA, BEN]), skipped={"nobodys": 1},
    )  # fmt: skip


def _unusual() -> Iterator[Case]:
    for name, end in (("cr-crlf", "\r\r\n"), ("lf-cr", "\n\r")):
        told = f"Every line ends in {name.upper()}, which is one line end"
        yield text_case(f"csv/ends-{name}.csv", told, Style(line_end=end).file(TABLE), sent(PLAIN))
    for name, escape in (("slash", "/"), ("caret", "^")):
        told = f"Quotation marks within cells have {escape} before them"
        quoted = [*_TALKING, person(25, 'Eve "Evi"', "Reyes")]
        data = Style(escape=escape, quote_all=True).file([(*HEADER, "Link"), *((*one, "a/b?c=d") for one in quoted)])
        yield text_case(f"csv/escape-{name}.csv", told, data, sent(quoted), escape=escape)
    for name, quote in (("backticks", "`"), ("pipes", "|")):
        told = f"All cells are in {name}"
        data = Style(quote=quote, quote_all=True).file([HEADER, *_TALKING])
        yield text_case(f"csv/{name}-for-quotes.csv", told, data, sent(_TALKING), quote=quote)
    style = Style(delimiter=", ", broken={1: ",".join(ANA)})
    yield text_case(
        "csv/comma-without-its-space.csv", "A space after every comma but those of one line", style.file(TABLE),
        sent(PLAIN),
    )  # fmt: skip
    style = Style(broken={2: ",".join(f"'{cell}'" for cell in BEN)})
    yield text_case(
        "csv/one-row-in-apostrophes.csv", "One row is quoted with apostrophes, the file with quotation marks",
        style.file([HEADER, ANA, BEN]), [*sent([ANA]), refused(3, "other_quotes", "other_quotes")],
    )  # fmt: skip
