"""The lines with backslashes of a text, whatever pieces it comes in."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.sheets.text.found_out.escaped_lines import escaped_lines


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("a\nb\\N\nc\n", "b\\N\n"),
        ("a\nb\\\nc\nd\n", "b\\\nc\n"),
        ("a\r\nb\\\r\nc\r\nd\\t\r\n", "b\\\r\nc\r\nd\\t\r\n"),
        ("a\rb\\\\\rc\r", "b\\\\\r"),
        ("a\nb\\", "b\\"),
        ("\\a\nb", "\\a\n"),
        ("a\nb", ""),
        ("", ""),
    ],
)
@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_lines_with_backslashes_are_whole(text: str, lines: str, size: int) -> None:
    """With the line that goes on behind an escaped line end."""
    assert escaped_lines(text[at : at + size] for at in range(0, len(text), size)) == lines


@given(text=st.text(st.sampled_from("a\\\r\n")), sizes=st.lists(st.integers(1, 5), min_size=1))
def test_it_makes_no_difference_where_pieces_end(text: str, sizes: list[int]) -> None:
    """Nor that half of a line end does."""
    pieces: list[str] = []
    rest = text
    while rest:
        size = sizes[len(pieces) % len(sizes)]
        pieces.append(rest[:size])
        rest = rest[size:]
    assert escaped_lines(pieces) == escaped_lines([text])


def test_so_many_lines_are_enough() -> None:
    """A long text is not read to its end, and a long line does not take long."""
    pieces = iter(["a\\b\n" * 10_000] * 10)
    assert len(escaped_lines(pieces)) >= 64 * 1024
    assert next(pieces)
    begin = time.process_time()
    escaped_lines(["\\" * 60_000] * 40)
    assert time.process_time() - begin < 2
