"""Any table that is drawn is read as it is, or refused: nothing else comes out of it."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from importer.errors import SourceError
from importer.sheets.reading import AS_IT_IS
from importer.sheets.workbooks.book import Doubtful, Line
from importer.sheets.workbooks.formats.drawn.drawn_lines import DrawnLines
from importer.sheets.workbooks.formats.drawn.drawn_signs import is_drawn
from importer.sheets.workbooks.formats.drawn.measures import terminal_width
from tests.sheets.workbooks.formats.drawings import WRITERS

NAMES: Final = ["customer_id", "first_name", "last_name", "email"]
_NUMBERED: Final = "pandas"
_SIGNS: Final = ["|", "+", ".", "-", "'", " ", "=", "(", ":", "\u2026", "\u2502", "\u21b5", "\u00b7"]
_LETTERS: Final = ["a", "B", "1", "\u00e9", "\u738b", "\u0301", "\U00020b9f", *_SIGNS]
_names = st.text(_LETTERS, max_size=7).map(lambda text: " ".join(text.split()))
_people = st.lists(st.tuples(_names, _names), min_size=1, max_size=5)


class Shown(str):
    """A text that takes as many columns as a terminal shows it in."""

    __slots__ = ()

    def __len__(self) -> int:
        """Return how many."""
        return sum(map(terminal_width, str(self)))

    def __format__(self, form: str) -> str:
        """Return it with blanks behind or before it."""
        blanks = " " * max(int(form[1:]) - len(self), 0)
        return str(self) + blanks if form[0] == "<" else blanks + str(self)

    def ljust(self, width: int, fill: str = " ", /) -> str:  # type: ignore[override]
        """Return it with signs behind it."""
        return str(self) + fill * max(width - len(self), 0)


def _read(text: str) -> list[Line]:
    return list(DrawnLines("a.txt", AS_IT_IS).lines(io.StringIO(text, newline="")))


def _plain(cells: Sequence[object]) -> list[str]:
    return [" ".join(str(cell or "").split()) for cell in cells]


@pytest.mark.parametrize("writer", list(WRITERS))
@given(people=_people, as_shown=st.booleans())
@settings(max_examples=40)
def test_what_is_read_is_what_was_drawn(writer: str, people: Sequence[tuple[str, str]], *, as_shown: bool) -> None:
    """Whatever signs are in the names, and in whichever way the program counts columns."""
    rows = [
        [f"{at:08d}-1111-4111-8111-111111111111", *names, f"{at}@example.com"]
        for at, names in enumerate(people, start=1)
    ]
    text = WRITERS[writer]([list(map(Shown if as_shown else str, row)) for row in (NAMES, *rows)])
    if not is_drawn(text):
        return
    try:
        lines = _read(text)
    except SourceError:
        return
    in_doubt = [line for line in lines if any(isinstance(cell, Doubtful) for cell in line.cells)]
    certain = [_plain(line.cells)[writer == _NUMBERED :] for line in lines if line not in in_doubt]
    doubted = " ".join(str(cell) for line in in_doubt for cell in line.cells)
    for row in rows:
        read = [cells for cells in certain if cells[:1] == row[:1]]
        assert read == [_plain(row)] or (not read and row[0] in doubted)


@pytest.mark.parametrize("writer", list(WRITERS))
def test_of_half_a_text_no_half_of_a_row_is_read(writer: str) -> None:
    """It may end anywhere: what is read of a row is all of it."""
    rows = [
        ["11111111-1111-4111-8111-111111111111", "Ana Maria", "Reyes", "ana@example.com"],
        ["22222222-2222-4222-8222-222222222222", "Ben", "Okafor", "ben@example.com.br"],
    ]
    text = WRITERS[writer]([NAMES, *rows])
    for end in range(len(text)):
        if not is_drawn(text[:end]):
            continue
        try:
            lines = _read(text[:end])
        except SourceError:
            continue
        for line in lines:
            cells = line.cells[writer == _NUMBERED :]
            if not any(isinstance(cell, Doubtful) for cell in cells) and len(_plain(cells)) == len(NAMES):
                assert _plain(cells) in [NAMES, *rows] or not all(cells)
