"""A cell as text."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.sheets.cells import cell_text, is_blank
from importer.sheets.table import CellError, CellValue


@pytest.mark.parametrize(
    ("value", "text"),
    [
        pytest.param(" a ", " a ", id="text"),
        pytest.param(None, "", id="nothing"),
        pytest.param(True, "TRUE", id="true"),
        pytest.param(False, "FALSE", id="false"),
        pytest.param(7, "7", id="int"),
        pytest.param(7.0, "7", id="whole-float"),
        pytest.param(-0.0, "0", id="minus-zero"),
        pytest.param(0.1, "0.1", id="fraction"),
        pytest.param(100.0, "100", id="zeros-stay"),
        pytest.param(1e-7, "0.0000001", id="small"),
        pytest.param(1.2345678901234567e19, "12345678901234567000", id="large"),
        pytest.param(float("inf"), "inf", id="infinite"),
        pytest.param(CellError("#N/A"), "#N/A", id="error"),
        pytest.param(dt.date(2024, 2, 29), "2024-02-29", id="date"),
        pytest.param(dt.datetime(2024, 2, 29, 13, 5), "2024-02-29T13:05:00", id="datetime"),  # noqa: DTZ001 - a sheet has no zones
        pytest.param(dt.time(13, 5), "13:05:00", id="time"),
        pytest.param(dt.timedelta(hours=30, minutes=5, seconds=1.5), "PT30H5M1.5S", id="span"),
        pytest.param(dt.timedelta(minutes=-10), "-PT10M", id="negative-span"),
        pytest.param(dt.timedelta(), "PT0S", id="no-span"),
    ],
)
def test_every_kind_of_cell_has_one_text(value: CellValue, text: str) -> None:
    """Numbers are shortest and without an exponent, dates ISO 8601, booleans in capitals, errors their code."""
    assert cell_text(value) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_as_text_is_the_same_number(number: float) -> None:
    """Nothing of a number is lost in its text, and there is never an exponent in it."""
    text = cell_text(number)
    assert float(text) == number
    assert "e" not in text.lower()
    assert not text.endswith(".0")


@pytest.mark.parametrize(
    ("cells", "blank"),
    [
        pytest.param([], True, id="none"),
        pytest.param([None, "", " \t\u00a0\n"], True, id="white-space"),
        pytest.param(["\u200b", "\ufeff\u2060", "\u00a0\u3164"], True, id="unseen"),
        pytest.param(["\u200b", "\u200bé"], False, id="unseen-and-seen"),
        pytest.param([None, 0], False, id="zero"),
        pytest.param(["", "."], False, id="dot"),
        pytest.param([CellError("#N/A")], False, id="error"),
    ],
)
def test_only_what_nobody_sees_is_blank(cells: list[CellValue], *, blank: bool) -> None:
    """A no-break space is white space; a zero and an error are something."""
    assert is_blank(cells) is blank
