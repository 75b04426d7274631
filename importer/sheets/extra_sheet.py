"""A sheet that is written beside the table: what stands in its cells, how it looks, and its charts.

It is a plain value, made by whoever knows what is to be told, and drawn by the writers of workbooks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Final, Literal

MARK: Final = "_importer_report"
"""A hidden name that belongs to a sheet of ours. Spreadsheet programs keep it when the sheet is renamed or moved, and a
sheet of somebody else does not have it, whatever it is called."""


class Look(Enum):
    """How a cell looks."""

    TEXT = auto()
    TITLE = auto()
    LEAD = auto()
    """What is to be read first, over several lines if need be."""
    HEADING = auto()
    HEADER = auto()
    """Of a column of text."""
    NUMBER_HEADER = auto()
    LABEL = auto()
    WRAPPED = auto()
    """Text over several lines."""
    ASIDE = auto()
    """The same, a little away from text on its left."""
    ASIDE_HEADER = auto()
    COMMAND = auto()
    """What is typed, letter by letter."""
    NUMBER = auto()
    TOTAL = auto()
    TOTAL_NUMBER = auto()
    LINK = auto()
    FAINT = auto()
    FAINT_NUMBER = auto()


@dataclass(frozen=True, slots=True)
class ExtraCell:
    """A cell with something in it.

    Attributes:
        column: From 0.
        value: Text, which is text whatever it begins with, or a number.
        look: How it looks.
        tone: The colour behind it: a status, or "".
        formula: Gives the value, without its `=`; "" for a cell that is no formula.
        row: The row of the table, by its number, to which a click leads; None for none.
        across: Over how many columns it reaches.
    """

    column: int
    value: str | float
    look: Look = Look.TEXT
    tone: str = ""
    formula: str = ""
    row: int | None = None
    across: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A chart of the spreadsheet program's own, of one series.

    Attributes:
        kind: Bars that lie, one for each category; or a line through points, of which the categories are numbers.
        title: Above it.
        area: The cells that it covers, such as `E4:F16`.
        categories: The cells with the categories, in one column.
        values: The cells with the values, as many.
        axis: What the numbers of the categories are; "" where they are words.
        colours: Of single bars, by their position, as red, green, blue in hexadecimal digits; of the line, by 0.
    """

    kind: Literal["bar", "line"]
    title: str
    area: str
    categories: str
    values: str
    axis: str = ""
    colours: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtraSheet:
    """A sheet beside the table.

    Attributes:
        title: What it is called, where no other sheet has that name.
        widths: Of its columns, in characters.
        lines: Its cells, line by line, each in the order of the columns.
        printed: How many columns are printed.
        charts: Its charts.
        page_from: The line, from 1, with which a new page begins; None for none.
    """

    title: str
    widths: Sequence[float]
    lines: Sequence[Sequence[ExtraCell]]
    printed: int
    charts: Sequence[Chart] = ()
    page_from: int | None = None
