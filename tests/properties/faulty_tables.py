"""Tables of customers as text, and one fault put into it: what happens to files on their way through programs."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from hypothesis import strategies as st

from tests.properties.accounts import FIELDS, Customer

Quoting = Literal[0, 1]
"""`csv.QUOTE_MINIMAL` or `csv.QUOTE_ALL`."""
_NAMES: Final[Mapping[str, str]] = {
    "customer_id": "Customer ID", "first_name": "First name", "last_name": "Last name", "email": "E-mail",
    "note": "Note", "city": "City",
}  # fmt: skip
_NOTES: Final = ("", "x", "see file", "a, b; c", '12" pipe', "line one\nline two", "Call him", "50 %", "it's late")
_CITIES: Final = ("", "Bonn", "New York", "Córdoba")
_FIRST: Final = ("Ana", "Ben", "Cleo", "Dan", "Eva", "Fay", "Gus", "Hal", "Ida", "Jon")
_LAST: Final = ("Reyes", "Okafor", "Varga", "Ekwall", "Lindqvist", "Núñez", "O'Neil", "de la Cruz", "Sørby", "Tan")
_ASIDES: Final = (
    "Total{0}3", "{0}{0}Total", "(3 rows)", "--------", "Page 1 of 2", "Made by the office.", "Report of May",
    "Questions: ana@firm.example.com", "{0}", "  ", "",
)  # fmt: skip


@dataclass(frozen=True)
class Written:
    """A table as text.

    Attributes:
        customers: Who is in it.
        columns: Its columns, from left to right.
        records: Its records as text, the header first, without their line ends.
        delimiter: What divides cells.
        line_end: What ends each record.
    """

    customers: Sequence[Customer]
    columns: Sequence[str]
    records: Sequence[str]
    delimiter: str
    line_end: str

    @property
    def text(self) -> str:
        """All of it."""
        return "".join(record + self.line_end for record in self.records)

    def spans(self) -> Sequence[tuple[int, int]]:
        """Return where each customer's record begins and ends in the text, without its line end."""
        spans, at = [], 0
        for record in self.records:
            spans.append((at, at + len(record)))
            at += len(record) + len(self.line_end)
        return spans[1:]

    def names(self, columns: Sequence[str]) -> str:
        """Return a header with these columns."""
        return self.delimiter.join(_NAMES[name] for name in columns)


@st.composite
def tables(draw: st.DrawFn, *, most: int = 8) -> Written:
    """Draw a table of one to so many customers, no value of which is another's."""
    count = draw(st.integers(1, most))
    customers = [_customer(at, draw(st.integers(0, 0xFFFFFFFF))) for at in range(count)]
    more = draw(st.lists(st.sampled_from(["note", "city"]), unique=True, max_size=2))
    columns = draw(st.permutations([*FIELDS, *more])) if draw(st.booleans()) else [*FIELDS, *more]
    delimiter = draw(st.sampled_from([",", ";", "\t", "|"]))
    quoting: Quoting = csv.QUOTE_ALL if draw(st.booleans()) else csv.QUOTE_MINIMAL
    rows = [
        {
            **dict(zip(FIELDS, customer, strict=True)),
            "note": draw(st.sampled_from(_NOTES)),
            "city": draw(st.sampled_from(_CITIES)),
        }
        for customer in customers
    ]
    records = [_record([row[name] for name in columns], delimiter, quoting) for row in [_NAMES, *rows]]
    return Written(customers, columns, records, delimiter, draw(st.sampled_from(["\n", "\r\n", "\r"])))


def _customer(at: int, seed: int) -> Customer:
    """Return a customer whose values no other number has."""
    customer_id = f"{seed:08x}-{at:04x}-4000-8000-{at * 7919 + 1:012x}"
    turn = "abcdefghij"[at]
    return customer_id, _FIRST[at % 10] + turn, _LAST[at % 10] + turn, f"person.{turn}@firm.example.com"


def _record(cells: Sequence[str], delimiter: str, quoting: Quoting) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, quoting=quoting, lineterminator="\r\n").writerow(cells)
    return text.getvalue().removesuffix("\r\n")


Draw = Callable[[st.SearchStrategy[Any]], Any]
Fault = Callable[[Draw, Written], str]


def _anywhere(draw: Draw, table: Written, sign: str, *, times: int = 1) -> str:
    text = table.text
    for _ in range(times):
        at = draw(st.integers(0, len(text)))
        text = text[:at] + sign + text[at:]
    return text


def _without(draw: Draw, table: Written, sign: str) -> str:
    text = table.text
    at = draw(st.sampled_from([at for at in range(len(text)) if text.startswith(sign, at)]))
    return text[:at] + text[at + len(sign) :]


def _with_line(draw: Draw, table: Written, line: str) -> str:
    at = draw(st.integers(0, len(table.records)))
    return replace(table, records=[*table.records[:at], line, *table.records[at:]]).text


def _second_header(draw: Draw, table: Written) -> str:
    columns = draw(st.permutations(table.columns))
    at = draw(st.integers(1, len(table.records)))
    kept = columns[: draw(st.integers(2, len(columns)))] if draw(st.booleans()) else table.columns
    return replace(table, records=[*table.records[:at], table.names(kept), *table.records[at:]]).text


def _moved_header(draw: Draw, table: Written) -> str:
    header, *rows = table.records
    at = draw(st.integers(0, len(rows)))
    return replace(table, records=[*rows[:at], header, *rows[at:]]).text


def _footer(draw: Draw, table: Written) -> str:
    lines = draw(st.lists(st.sampled_from(_ASIDES), min_size=1, max_size=4))
    return replace(table, records=[*table.records, *(line.format(table.delimiter) for line in lines)]).text


def _title(draw: Draw, table: Written) -> str:
    lines = draw(st.lists(st.sampled_from(_ASIDES), min_size=1, max_size=3))
    return replace(table, records=[*(line.format(table.delimiter) for line in lines), *table.records]).text


def _end_of_file_sign(draw: Draw, table: Written) -> str:
    at = draw(st.integers(0, len(table.records)))
    rest = list(table.records[at:])
    if rest and draw(st.booleans()):
        rest[0] = "\x1a" + rest[0]
    else:
        rest.insert(0, "\x1a")
    return replace(table, records=[*table.records[:at], *rest]).text


def _backslash(draw: Draw, table: Written) -> str:
    text, ends = table.text, (table.delimiter, table.line_end[0], '"')
    at = draw(st.sampled_from([at for at, sign in enumerate(text) if sign in ends]))
    return text[:at] + "\\" + text[at:]


FAULTS: Final[Mapping[str, Fault]] = {
    "nothing": lambda _, table: table.text,
    "a stray quotation mark": lambda draw, table: _anywhere(draw, table, '"'),
    "two stray quotation marks": lambda draw, table: _anywhere(draw, table, '"', times=2),
    "an apostrophe": lambda draw, table: _anywhere(draw, table, "'"),
    "a second header": _second_header,
    "a moved header": _moved_header,
    "a footer": _footer,
    "a title": _title,
    "a blank row": lambda draw, table: _with_line(draw, table, draw(st.sampled_from(["", " "]))),
    "a row of blank cells": lambda draw, table: _with_line(draw, table, table.delimiter * (len(table.columns) - 1)),
    "Ctrl-Z": _end_of_file_sign,
    "a backslash at the end of a cell": _backslash,
    "a line end lost": lambda draw, table: _without(draw, table, table.line_end),
    "a line end too many": lambda draw, table: _anywhere(draw, table, table.line_end),
    "a delimiter lost": lambda draw, table: _without(draw, table, table.delimiter),
    "a delimiter too many": lambda draw, table: _anywhere(draw, table, table.delimiter),
    "a NUL": lambda draw, table: _anywhere(draw, table, "\0"),
}
