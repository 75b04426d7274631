"""Workbooks as a person makes them, whatever the format: sheets of cells, and what is true of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from tests.corpus.people import HEADER
from tests.corpus.truth import Row, Truth, Value


@dataclass(frozen=True, slots=True)
class Failed:
    """A cell with an error in it, such as `#N/A`."""

    code: str


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula, and the value that was stored with it; None where none was."""

    text: str
    value: str | float | None = None


@dataclass(frozen=True, slots=True)
class Rich:
    """Text in several looks: every other piece is bold."""

    pieces: Sequence[str]


@dataclass(frozen=True, slots=True)
class Prefixed:
    """Text that was typed with an apostrophe before it, which is no part of the text."""

    text: str


@dataclass(frozen=True, slots=True)
class Struck:
    """Text that begins with what is struck through: the old word, and the new one behind it."""

    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Formatted:
    """Text with a number format, which may show something else."""

    text: str
    code: str


Cell = (
    str
    | int
    | float
    | bool
    | dt.datetime
    | dt.date
    | dt.time
    | Failed
    | Formula
    | Rich
    | Prefixed
    | Struck
    | Formatted
    | None
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A sheet.

    Attributes:
        name: Its name.
        lines: Its cells, from A1 on.
        hidden: The lines that nobody sees, by number.
        grouped: The lines of an outline group that is collapsed.
        filtered: The area with a filter, such as `A1:D5`.
        merged: Areas whose cells are one.
        visible: Whether a person sees the sheet.
    """

    name: str = "Customers"
    lines: Sequence[Sequence[Cell]]
    hidden: Collection[int] = ()
    filtered: str = ""
    merged: Sequence[str] = ()
    visible: bool = True
    grouped: Collection[int] = ()


ZIPPED: Final = ("openpyxl", "xlsxwriter", "xlsb")
OFFICE: Final = ("xls", "ods", "fods", "xlsx", "html")
ALL: Final = (*ZIPPED, *OFFICE, "xml", "csv")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A workbook, and what is true of it.

    Attributes:
        name: Of the files, without an ending.
        made: What is in it.
        sheets: Its sheets.
        rows: All rows of the one that is the source.
        source: Which of the sheets that is, by position.
        header_row: The line of the header.
        skipped: Lines that are no rows.
        refused: The code with which it is refused.
        options: What a person says of how it is to be read.
        writers: Which ways of writing it are of interest.
        since_1904: How days are counted.
        only: What is true instead where one way of writing says another thing: rows, or a code.
    """

    name: str
    made: str
    sheets: Sequence[Sheet]
    rows: Sequence[Row] = ()
    source: int = 0
    header_row: int = 1
    skipped: Mapping[str, int] = field(default_factory=dict)
    refused: str = ""
    options: Mapping[str, Value] = field(default_factory=dict)
    writers: Sequence[str] = ALL
    since_1904: bool = False
    only: Mapping[str, Sequence[Row]] = field(default_factory=dict)

    def truth(self, writer: str, form: str) -> Truth:
        """Return what is true of the workbook that one of the writers makes, which is in that format."""
        made = f"{self.made} ({_WRITERS.get(writer, f'LibreOffice, {form}')})"
        if self.refused:
            return Truth(made=made, options=self.options, refused=self.refused)
        found: dict[str, str | int] = {"format": form}
        if form == "fods":
            found["container"] = "gz"
        if form == "csv":
            found |= {"encoding": "utf-8", "delimiter": ",", "quote": '"', "escape": ""}
        found["header_row"] = self.header_row
        if form not in {"csv", "html"}:
            found["sheet"] = self.sheets[self.source].name
        rows = self.only.get(writer.removesuffix("-short"), self.rows)
        return Truth(made=made, options=self.options, found=found, skipped=self.skipped, rows=rows)


_WRITERS: Final = {
    "openpyxl": "openpyxl",
    "xlsxwriter": "XlsxWriter",
    "xlsb": "records by hand",
    "xlsb-short": "records by hand, without their columns where they can be",
    "xml": "Excel's XML of 2003, by hand",
    "csv": "Python's csv",
}


def one_sheet(
    *lines: Sequence[Cell],
    name: str = "Customers",
    hidden: Collection[int] = (),
    filtered: str = "",
    merged: Sequence[str] = (),
) -> list[Sheet]:
    """Return a workbook of one sheet with the usual header above the lines."""
    return [Sheet(name=name, lines=[HEADER, *lines], hidden=hidden, filtered=filtered, merged=merged)]
