"""Text as a workbook's cell can hold it."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from importer.sheets.workbooks.cell_text import MAX_UNITS, sheet_text


@pytest.mark.parametrize(
    ("text", "stored", "note"),
    [
        pytest.param("=1+1", "=1+1", "", id="plain"),
        pytest.param("a\tb\nc", "a\tb\nc", "", id="tab-and-line-feed"),
        pytest.param("a\r\nb\rc", "a\nb\nc", "", id="line-ends"),
        pytest.param("a_b", "a_b", "", id="underscore"),
        pytest.param("_x0041_", "_x005F_x0041_", "", id="looks-like-a-code"),
        pytest.param("_x0041_x0042_", "_x005F_x0041_x005F_x0042_", "", id="codes-that-share-a-sign"),
        pytest.param("a\x00b\x1f", "a_x0000_b_x001F_", "control characters are written", id="control"),
        pytest.param("_x0041\x01", "_x005F_x0041_x0001_", "control characters are written", id="code-before-control"),
        pytest.param("a\ud800b\uffff", "a\ufffdb\ufffd", "no sheet can hold", id="unwritable"),
        pytest.param("x" * MAX_UNITS, "x" * MAX_UNITS, "", id="longest"),
        pytest.param("x" * 99_999, "x" * MAX_UNITS, "text over 32,767 characters was cut", id="too-long"),
        pytest.param("\U0001f600" * 16_384, "\U0001f600" * 16_383, "was cut", id="too-long-in-pairs"),
        pytest.param("\U0001f600" * 16_383, "\U0001f600" * 16_383, "", id="longest-in-pairs"),
        pytest.param("x" * 32_763 + "\x01y", "x" * 32_763, "was cut", id="no-half-codes"),
    ],
)
def test_trap_9_what_a_sheet_cannot_hold_is_made_safe_and_said(text: str, stored: str, note: str) -> None:
    """Nothing is cut or changed in silence, and a character or a code is never cut in two."""
    safe, said = sheet_text(text)
    assert safe == stored
    assert note in said
    assert bool(note) is bool(said)


@given(st.text())
@example("\ud800" * 40_000)
@example("_x005F_\x0b" * 6_000)
def test_whatever_the_text_the_result_fits_and_is_writable(text: str) -> None:
    """It is UTF-8, at most as long as a cell, and has no character that XML has not."""
    safe, _ = sheet_text(text)
    assert len(safe.encode("utf-16-le")) // 2 <= MAX_UNITS
    assert all(letter in "\t\n" or letter >= " " for letter in safe)
    assert not {"\ufffe", "\uffff"} & set(safe)
