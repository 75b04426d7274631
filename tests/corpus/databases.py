r"""Delimited text as databases and programs for data write it: codes for what divides, words for nothing, types."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from tests.corpus.people import ANA, BEN, CLEO, HEADER, PLAIN, Person, person, refused, sent, warned
from tests.corpus.text_cases import text_case
from tests.corpus.truth import Case, Row

NOTHING: Final = r"\N"
_BROKEN: Final = person(31, "Anna Maria", "Lowicka")
_SLASHED: Final = person(32, 'Hugo "Hu"', "Salcedo\\Ruiz")
_NAMELESS: Final = person(33, NOTHING, "Okafor")
_NA: Final = person(34, "NA", "Lindqvist")
_WITH_CODES: Final = (ANA, _NAMELESS, _BROKEN, _SLASHED, BEN)


def cases() -> Iterator[Case]:
    """Yield the files of text as databases write them."""
    yield from _codes()
    yield from _escapes_within_quotes()
    yield from _no_codes()
    yield from _bare_words()
    yield from _below_the_header()


def _table(rows: Sequence[Sequence[str]], delimiter: str, end: str = "\n") -> str:
    return "".join(delimiter.join(row) + end for row in (HEADER, *rows))


def _quoted(rows: Sequence[Sequence[str]], *bare: str, quote: str = '"', end: str = "\n") -> str:
    lines = (",".join(cell if cell in bare else f"{quote}{cell}{quote}" for cell in row) for row in (HEADER, *rows))
    return "".join(line + end for line in lines)


def _with(one: Person, first_name: str, last_name: str = "") -> Person:
    return one[0], first_name, last_name or one[2], one[3]


def _rows_with_codes(warning: str = "codes_in_name") -> Sequence[Row]:
    return [
        *sent([ANA]), refused(3, "blank_first_name"), *sent([_BROKEN], 4), warned(5, _SLASHED, warning),
        *sent([BEN], 6),
    ]  # fmt: skip


def _codes() -> Iterator[Case]:
    slashed = _with(_SLASHED, _SLASHED[1], r"Salcedo\\Ruiz")
    for name, made, broken, sign in (
        (
            "copy-text.tsv",
            "PostgreSQL's COPY as text: codes for line breaks, backslashes and nothing",
            r"Anna\nMaria",
            "\t",
        ),
        ("copy-pipes.txt", "The same, divided by pipes, with a line break of two", r"Anna\r\nMaria", "|"),
        ("outfile.txt", "MariaDB's OUTFILE: a backslash before a line break within a cell", "Anna\\\nMaria", "\t"),
        ("outfile-crlf.txt", "The same with a line break of two", "Anna\\\r\nMaria", "\t"),
        ("escaped-tabs.tsv", "A backslash before a tab within a cell", "Anna\\\tMaria", "\t"),
    ):
        data = _table((ANA, _NAMELESS, _with(_BROKEN, broken), slashed, BEN), sign)
        yield text_case(f"databases/{name}", made, data, _rows_with_codes(), delimiter=sign, quote="", escape="codes")
    null = _with(_NAMELESS, "NULL")
    yield text_case(
        "databases/batch.tsv", "The batch mode of mysql: codes, and NULL as a word",
        _table((ANA, null, _with(_BROKEN, r"Anna\nMaria"), slashed, BEN), "\t"),
        [*sent([ANA]), warned(3, null, "word_for_nothing"), *_rows_with_codes()[2:]],
        delimiter="\t", quote="", escape="codes",
    )  # fmt: skip
    yield text_case(
        "databases/said-codes.csv", "Codes that only somebody can know of, who says so",
        _table((ANA, _NAMELESS, _with(_BROKEN, r"Anna\nmaria")), ","),
        [*sent([ANA]), refused(3, "blank_first_name"), *sent([_with(_BROKEN, "Anna maria")], 4)],
        options={"escape": "codes"}, quote="", escape="codes",
    )  # fmt: skip
    yield text_case(
        "databases/said-backslash.csv", "A backslash that is said to escape, before letters: it makes no codes",
        _table((ANA, _NAMELESS, _with(_BROKEN, r"Ren\u00e9", r"Lowicka\, Jr.")), ","),
        [
            *sent([ANA]), refused(3, "nothing_as_first_name"),
            warned(4, _with(_BROKEN, r"Ren\u00e9", "Lowicka, Jr."), "codes_in_name"),
        ],
        options={"escape": "\\", "quote": ""}, quote="", escape="\\",
    )  # fmt: skip


def _escapes_within_quotes() -> Iterator[Case]:
    slashed = _with(_SLASHED, r"Hugo \"Hu\"", r"Salcedo\\Ruiz")
    for name, made, broken, end in (
        ("outfile-enclosed.csv", "MariaDB's OUTFILE, enclosed: nothing is bare, quotes have backslashes", "\n", "\r\n"),
        ("outfile-enclosed-lf.csv", "The same with a backslash before line breaks", "\\\n", "\n"),
    ):
        data = _quoted((ANA, _NAMELESS, _with(_BROKEN, f"Anna{broken}Maria"), slashed, BEN), NOTHING, end=end)
        yield text_case(f"databases/{name}", made, data, _rows_with_codes(), escape="codes")
    jr = person(35, "Petra", "O'Neil, Jr.")
    ends = person(36, "Ana\\", "Lindqvist")
    lines = [
        ",".join(HEADER), ",".join(ANA), ",".join(_NAMELESS), f'{jr[0]},{jr[1]},"{jr[2]}",{jr[3]}',
        f'{_BROKEN[0]},"Anna\nMaria",{_BROKEN[2]},{_BROKEN[3]}',
        f'{slashed[0]},"{slashed[1]}","{slashed[2]}",{slashed[3]}',
        f'{ends[0]},"Ana\\\\",{ends[2]},{ends[3]}',
    ]  # fmt: skip
    rows = [
        *sent([ANA]), refused(3, "blank_first_name"), *sent([jr, _BROKEN], 4), warned(6, _SLASHED, "codes_in_name"),
        warned(7, ends, "codes_in_name"),
    ]  # fmt: skip
    made = "Apache Commons CSV as Oracle reads it: quotes where they are needed, backslashes in them, nothing bare"
    yield text_case("databases/loader.csv", made, "\n".join(lines) + "\n", rows, escape="codes")


def _no_codes() -> Iterator[Case]:
    paths = [(*one, path) for one, path in zip(PLAIN, (r"C:\new\text", r"D:\n", r"C:\temp", "E:\\", ""), strict=True)]
    for name, sign in (("paths.tsv", "\t"), ("paths.csv", ",")):
        data = sign.join((*HEADER, "Folder")) + "\n" + "".join(sign.join(one) + "\n" for one in paths)
        yield text_case(
            f"databases/{name}",
            "Paths whose folders begin with the letters of codes",
            data,
            sent(PLAIN),
            delimiter=sign,
        )
    ends = _with(CLEO, CLEO[1], "Lindqvist\\")
    yield text_case(
        "databases/name-ends-in-a-backslash.tsv", "A name that ends in a backslash, before a tab",
        _table((ANA, ends, BEN), "\t"), [*sent([ANA]), warned(3, ends, "codes_in_name"), *sent([BEN], 4)],
        delimiter="\t",
    )  # fmt: skip
    login = _with(CLEO, r"FIRM\nina")
    yield text_case(
        "databases/login.tsv", "A login with a backslash where the name should be", _table((ANA, login, BEN), "\t"),
        [*sent([ANA]), warned(3, login, "codes_in_name"), *sent([BEN], 4)], delimiter="\t",
    )  # fmt: skip
    yield text_case(
        "databases/nothing-between-commas.csv", "A sign for nothing between commas, in a file of bare text",
        _table((ANA, _NAMELESS, BEN), ","), [*sent([ANA]), refused(3, "nothing_as_first_name"), *sent([BEN], 4)],
    )  # fmt: skip


def _bare_words() -> Iterator[Case]:
    for name, made, word, quote in (
        ("bare-na.csv", "R's write.csv: a missing value is a bare NA, and a name NA is quoted", "NA", '"'),
        ("bare-null.csv", "All text quoted, and a bare NULL", "NULL", '"'),
        ("bare-none.csv", "All text quoted, and a bare None", "None", '"'),
        ("bare-slash-n.csv", "ClickHouse: all text quoted, and a bare sign for nothing", NOTHING, '"'),
        ("bare-null-apostrophes.csv", "All text in apostrophes, as sqlite quotes it, and a bare NULL", "NULL", "'"),
    ):
        data = _quoted((ANA, _with(BEN, word), CLEO), word, quote=quote)
        rows = [*sent([ANA]), refused(3, "blank_first_name"), *sent([CLEO], 4)]
        yield text_case(f"databases/{name}", made, data, rows, quote=quote)
    lines = [",".join(f'"{cell}"' for cell in HEADER), ",".join(f'"{cell}"' for cell in _NA)]
    nothing = f'"{BEN[0]}",NA,"{BEN[2]}","{BEN[3]}"'
    yield text_case(
        "databases/quoted-na.csv", "A customer whose name is NA, and one without a name", "\n".join([*lines, nothing]),
        [warned(2, _NA, "word_for_nothing"), refused(3, "blank_first_name")],
    )  # fmt: skip


def _below_the_header() -> Iterator[Case]:
    for name, types in (
        ("clickhouse", ("UUID", "Nullable(String)", "LowCardinality(String)", "FixedString(36)")),
        ("sql", ("uuid", "character varying(20)", "VARCHAR(20) NOT NULL", "text")),
        ("frame", ("<chr>", "<chr>", "<fct>", "<chr>")),
    ):
        data = _quoted((types, *PLAIN))
        made = f"A line of types under the header: {', '.join(types)}"
        yield text_case(f"databases/types-{name}.csv", made, data, sent(PLAIN, 3), skipped={"nobodys": 1})
    for name, rule, sign in (
        ("dashes", ("-----",) * 4, ","),
        ("equals", ("====",) * 4, "\t"),
        ("aligned", ("---", ":--", ":-:", "--:"), "|"),
    ):
        data = _table((rule, *PLAIN), sign)
        made = f"A rule under the header: {sign.join(rule)!r}"
        yield text_case(
            f"databases/rule-of-{name}.txt", made, data, sent(PLAIN, 3), skipped={"nobodys": 1}, delimiter=sign
        )
    doubled = _with(BEN, 'Ben ""Benny"" O')
    yield text_case(
        "databases/doubled-but-bare.tsv", "readr's write_tsv of old: quotes within a name doubled, and none around it",
        _table((ANA, doubled, CLEO), "\t"), [*sent([ANA]), warned(3, doubled, "codes_in_name"), *sent([CLEO], 4)],
        delimiter="\t",
    )  # fmt: skip
