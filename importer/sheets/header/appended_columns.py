"""The importer's own columns in a header: those of an earlier run, and the names of those to append."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from importer.errors import SourceError
from importer.model.settled_marks import says_settled
from importer.model.source import APPENDED_COLUMNS, MORE_COLUMNS, ORIGIN_COLUMNS, SETTLED_COLUMN, TO_FIX_COLUMNS
from importer.phrases import column_letter, listed, quoted
from importer.sheets.header.column_names import normal_name

OWN_PREFIX: Final = "import_"
_PREFIXES: Final = ("", OWN_PREFIX)
_ALL: Final = listed([*APPENDED_COLUMNS, *TO_FIX_COLUMNS])

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
    may_begin = [at for at, name in enumerate(names) if name.endswith(APPENDED_COLUMNS[0])]
    for at in reversed(may_begin):
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
        if [normal_name(name) for name in names[at : at + 1]] == [normal_name(prefix + SETTLED_COLUMN)]:
            yield SETTLED_COLUMN


def expect_marks_in_place(header: Sequence[str], appended: AppendedColumns | None, where: str) -> None:
    """Make sure that no row is sent that a person has marked as settled in a column that is not found to be ours.

    So it is where somebody has moved the columns of a sheet of rows to fix, renamed them or deleted one. A column of
    that name which stands beside none of the others is the user's own.

    Args:
        header: Its cells.
        appended: The columns of an earlier run that were found in it.
        where: The table, for the message.

    Raises:
        SourceError: There is such a column (`misplaced_marks`).
    """
    if appended is not None and SETTLED_COLUMN in appended.names:
        return
    prefixes = _PREFIXES if appended is None else (header[appended.at].strip().removesuffix(APPENDED_COLUMNS[0]),)
    marks, origins = ({normal_name(prefix + name) for prefix in prefixes} for name in (SETTLED_COLUMN, "source_run"))
    names = [normal_name(name) for name in header]
    at = next((at for at in range(len(names) - 1, -1, -1) if names[at] in marks), None)
    if at is None or (origins.isdisjoint(names) and (appended is None or at < appended.end)):
        return
    raise SourceError(
        f"{where} has a column {quoted([header[at]])} ({column_letter(at)}) that may say which rows are settled, but"
        " the importer's other columns are not beside it as they were: nobody can tell which rows are not to be sent.",
        code="misplaced_marks",
        hint=f"Put them back, side by side and in this order: {_ALL}. Or, where it says something else, give the"
        " column another name.",
    )


def name_in_place_of_marks(header: Sequence[str], appended: AppendedColumns) -> str | None:
    """Return what stands right behind our columns in a header, where `settled` would be; None where it is there.

    None also of a sheet that is none of rows to fix.
    """
    if appended.names[-1] != ORIGIN_COLUMNS[-1]:
        return None
    return "".join(header[appended.at : appended.at + 1]).strip()


def expect_no_nameless_mark(
    header: Sequence[str], appended: AppendedColumns, number: int, cells: Sequence[str]
) -> None:
    """Make sure that no row is sent that is marked right behind our columns, where only the name `settled` is gone.

    A sheet of an earlier version has nothing there, or a remark of somebody's, which is hardly ever such a mark.

    Args:
        header: The source's own cells of it.
        appended: The columns of an earlier run that were found in it.
        number: The row's number.
        cells: All its cells.

    Raises:
        SourceError: There is such a mark (`misplaced_marks`).
    """
    if name_in_place_of_marks(header, appended) != "" or appended.end >= len(cells):
        return
    if says_settled(cells[appended.end]):
        letter = column_letter(appended.end)
        raise SourceError(
            f"Row {number} is marked in column {letter}, which may say that it is settled, but that column has no name:"
            " nobody can tell which rows are not to be sent.",
            code="misplaced_marks",
            hint=f'Put "{SETTLED_COLUMN}" into the header of column {letter}, so that the importer\'s columns are, side'
            f" by side and in this order: {_ALL}. Or, where it says something else, give the column another name.",
        )


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
