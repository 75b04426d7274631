"""The apostrophe before what a spreadsheet would execute."""

from __future__ import annotations

import csv

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from importer.sheets.formula_guard import guard, unguard
from importer.sheets.text.cell_guard import guard_raw, unguard_raw
from importer.sheets.text.csv_writer import EXCEL_DIALECT

DANGEROUS = [
    "=1+1",
    "@SUM(A1)",
    "\t=1",
    "\rx",
    "+1+1",
    "-2+3+cmd|' /C calc'!A0",
    "'=1",
    "''=1",
    "=",
    "+",
    "-",
    "+x",
    "-a",
]
HARMLESS = [
    "", "'", "O'Brien", "'quoted'", "a=b", " =1", "-5", "+5", "-1,234.50", "-.5", "-1e5", "+12 %", "-12%",
    "+44 20 7946 0018", "+1 (555) 010-0199", "+49-30-123456", "+1 555 0100 ext. 12", "+(351) 210 000 000", "#N/A",
]  # fmt: skip


@pytest.mark.parametrize("text", DANGEROUS)
def test_trap_8_what_would_be_executed_gets_one_apostrophe(text: str) -> None:
    """It is one more, whether or not there are apostrophes already."""
    assert guard(text) == "'" + text


@pytest.mark.parametrize("text", HARMLESS)
def test_plain_text_numbers_and_telephone_numbers_stay_as_they_are(text: str) -> None:
    """A `+` or `-` that begins a number is nothing to execute."""
    assert guard(text) == text


@pytest.mark.slow
@given(st.text(alphabet=st.sampled_from("'=+-@\t\r15 .,a(")) | st.text())
@example("''=1")
def test_taking_the_guard_off_gives_the_text_again(text: str) -> None:
    """That is so for every text, one that began with an apostrophe too."""
    assert unguard(guard(text)) == text


@given(text=st.text(alphabet=st.sampled_from("'=+-@\t15,;\"a\n")), quoted=st.booleans())
def test_a_cell_in_the_file_is_guarded_as_its_text_is(text: str, *, quoted: bool) -> None:
    """The guard goes inside the quotation marks, and taking it off gives the same again."""
    must = any(mark in text for mark in ',"\n')
    raw = '"' + text.replace('"', '""') + '"' if quoted or must else text
    guarded = guard_raw(raw, text, EXCEL_DIALECT)
    assert next(csv.reader(guarded.splitlines(keepends=True)), [""]) == [guard(text)]
    assert unguard_raw(guarded, guard(text), EXCEL_DIALECT) == raw
