"""The importer's own columns in a header: those of an earlier run, and the names of those to append."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from importer.model.source import APPENDED_COLUMNS, MORE_COLUMNS, ORIGIN_COLUMNS, SETTLED_COLUMN

OWN_PREFIX: Final = "import_"
_PREFIXES: Final = ("", OWN_PREFIX)

Cell = TypeVar("Cell")


@dataclass(frozen=True, slots=True)
class AppendedColumns:
    """The columns of an earlier run in a header.

    Attributes:
        at: Where they begin, by position.
        names: What they are, left to right, without the prefix that they may have.
    """

    at: int
    names: Sequence[str]

    @property
    def end(self) -> int:
        """The position behind the last of them."""
        return self.at + len(self.names)

    def of(self, cells: Sequence[str], name: str) -> str:
        """Return the cell under one of them, without white space around it; "" where there is none."""
        at = self.at + self.names.index(name) if name in self.names else len(cells)
        return cells[at].strip() if at < len(cells) else ""


def find_appended(header: Sequence[str]) -> AppendedColumns | None:
    """Return the columns of an earlier run in a header; None where there are none.

    They are recognised only where all six stand together, in order, with one prefix. Those that had to be asked for,
    and those that say where a row comes from, are ours only right behind them, in their order, with the same prefix.
    Of several such groups it is the last: a run appends at the end.
    """
    names = [name.strip() for name in header]
    for at in range(len(names) - len(APPENDED_COLUMNS), -1, -1):
        for prefix in _PREFIXES:
            if names[at : at + len(APPENDED_COLUMNS)] == [prefix + name for name in APPENDED_COLUMNS]:
                return AppendedColumns(at, (*APPENDED_COLUMNS, *_further(names[at + len(APPENDED_COLUMNS) :], prefix)))
    return None


def _further(names: Sequence[str], prefix: str) -> Iterator[str]:
    """Yield which of our columns stand at the start of the names that come after the six."""
    at = 0
    for name in MORE_COLUMNS:
        if names[at : at + 1] == [prefix + name]:
            yield name
            at += 1
    if names[at : at + len(ORIGIN_COLUMNS)] == [prefix + name for name in ORIGIN_COLUMNS]:
        yield from ORIGIN_COLUMNS
        at += len(ORIGIN_COLUMNS)
        if names[at : at + 1] == [prefix + SETTLED_COLUMN]:
            yield SETTLED_COLUMN


def prefix_for(header: Sequence[str], columns: Sequence[str]) -> str:
    """Return what columns need before their names to differ from those of a header; "" where they need nothing.

    Example: `prefix_for(["Name", "Status"], ["status", "message"])` is `"import_"`.
    """
    names = {name.strip().casefold() for name in header}
    return OWN_PREFIX if names.intersection(columns) else ""


def without(cells: Sequence[Cell], own: AppendedColumns | None) -> Sequence[Cell]:
    """Return a record's cells without those in the columns of an earlier run."""
    if own is None:
        return cells
    return [*cells[: own.at], *cells[own.end :]]
