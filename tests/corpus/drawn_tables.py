"""Tables that are drawn in a text, as programs of databases show them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from tests.corpus.people import ANA, BEN, CLEO, DAN, EVA, PLAIN, refused, sent
from tests.corpus.text_cases import refused_case
from tests.corpus.truth import Case, Row, Truth
from tests.sheets.workbooks.formats.drawings import WRITERS, box, duckdb, markdown, mysql, pandas, polars, psql, spark

NAMES: Final = ("customer_id", "first_name", "last_name", "email")
_MARIA: Final = (CLEO[0], "Cleo Maria", *CLEO[2:])
_FRAMED: Final = {"blank": 2}
_WRITTEN: Final[Mapping[str, tuple[int, Sequence[int], Mapping[str, int]]]] = {
    "mysql": (2, range(4, 9), {"blank": 3, "nobodys": 1}),
    "grid": (2, range(4, 13, 2), {"blank": 6}),
    "box": (2, range(4, 9), _FRAMED),
    "ruled_box": (2, range(4, 13, 2), {"blank": 6}),
    "double_box": (2, range(4, 9), _FRAMED),
    "pretty": (2, range(4, 9), _FRAMED),
    "compact": (1, range(2, 7), {}),
    "duckdb": (2, range(5, 10), {"blank": 3}),
    "polars": (3, range(7, 12), {"above_header": 1, "blank": 4}),
    "spark": (2, range(4, 9), _FRAMED),
    "psql": (1, range(3, 8), {"blank": 1, "nobodys": 1}),
    "markdown": (1, range(3, 8), {"blank": 1}),
    "bare_markdown": (1, range(3, 8), {"blank": 1}),
    "fixed": (1, range(3, 8), {"blank": 2, "nobodys": 1}),
    "column_mode": (1, range(3, 8), {"blank": 1}),
    "restructured": (2, range(4, 9), {"above_header": 1, "blank": 1}),
    "opprint": (1, range(2, 7), {}),
    "pandas": (1, range(2, 7), {}),
    "unnumbered": (1, range(2, 7), {}),
}
"""Of each writer where the header is, where the rows are, and what else there is."""


def cases() -> Iterator[Case]:
    """Yield them: drawn by many programs, with cells of several lines, and such as are not all there."""
    for writer, (header, numbers, skipped) in _WRITTEN.items():
        text = WRITERS[writer]([NAMES, *PLAIN])
        rows = [Row(number, one) for number, one in zip(numbers, PLAIN, strict=True)]
        yield _drawn(writer, f"Drawn, as the writer {writer} does", text, rows, skipped, header)
    yield from _of_several_lines()
    yield from _not_whole()


def _of_several_lines() -> Iterator[Case]:
    pieces = [NAMES, ANA, (CLEO[0], "Cleo      ", *CLEO[2:]), ("", "Maria", "", ""), BEN]
    rows = [Row(3, ANA), Row(4, _MARIA), Row(6, BEN)]
    found = {"blank": 2, "nobodys": 1}
    for name, sign in (("plus", "+"), ("arrow", "\u21b5")):
        text = psql(pieces).replace("Cleo       |", f"Cleo      {sign}|")
        yield _drawn(f"psql-two-lines-{name}", "A cell that says that it goes on", text, rows, found)
    pieces[2] = CLEO
    broken = [Row(3, ANA), refused(4, "broken_cell"), Row(6, BEN)]
    yield _drawn(
        "markdown-two-lines", "A cell that goes on and does not say so", markdown(pieces), broken, {"blank": 2}
    )
    torn = mysql([NAMES, ANA, _MARIA, BEN]).replace("Cleo Maria", "Cleo\nMaria")
    rows = [Row(4, ANA), refused(5, "unaligned_row"), Row(7, BEN)]
    yield _drawn("mysql-line-break", "A line break as it is", torn, rows, {"blank": 4, "nobodys": 1}, 2)


def _not_whole() -> Iterator[Case]:
    cut = polars([NAMES, ANA, (*CLEO[:2], "Lindqv\u2026", CLEO[3])])
    rows = [Row(7, ANA), refused(8, "shortened_cell")]
    yield _drawn("polars-shortened", "Text that was shortened", cut, rows, {"above_header": 1, "blank": 4}, 3)
    longer = WRITERS["fixed"]([NAMES, *PLAIN]).replace("Dan       ", "Dan Daniel Dan ")
    rows = [*sent((ANA, BEN, CLEO), 3), refused(6, "unaligned_row"), Row(7, EVA)]
    yield _drawn("fixed-too-long", "A name that is longer than its column", longer, rows, {"blank": 2, "nobodys": 1})
    dots, told = ["\u00b7"] * 4, "900 rows (40 shown)      4 columns"
    for name, made, text in (
        ("polars-rows", "Rows left out", polars([NAMES, ANA, ["\u2026"] * 4, BEN])),
        ("duckdb-rows", "Rows left out", duckdb([NAMES, ANA, dots, dots, dots, BEN])),
        ("duckdb-told", "Rows left out, which only a count says", duckdb([NAMES, ANA, BEN], told)),
        ("spark-top", "The first rows", spark([NAMES, ANA, BEN]) + "only showing top 2 rows\n"),
        ("pandas-columns", "Columns left out", pandas([(NAMES[0], "...", NAMES[3]), (ANA[0], "...", ANA[3])])),
    ):
        yield refused_case(f"drawn/{name}.txt", made, text, "drawn_table")
    two = box([NAMES, ANA]) + box([(NAMES[0], "last_name", "first_name", "email"), DAN])
    rows = [Row(4, ANA), refused(9, "other_header")]
    yield _drawn(
        "two-tables", "A second table, of columns in another order", two, rows, {"blank": 5, "other_header": 1}, 2
    )


def _drawn(name: str, made: str, text: str, rows: Sequence[Row], skipped: Mapping[str, int], header: int = 1) -> Case:
    found: dict[str, str | int] = {"format": "drawn", "encoding": "utf-8", "header_row": header}
    return Case(f"drawn/{name}.txt", text.encode(), Truth(made=made, found=found, skipped=skipped, rows=rows))
