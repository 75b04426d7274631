"""Dates that are stored as numbers."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format

from importer.sheets.cells import cell_text
from importer.sheets.workbooks.serials import NumberKind, from_serial, kind_of_format, kind_of_id

DATE, SPAN, NUMBER = NumberKind.DATE, NumberKind.SPAN, NumberKind.NUMBER


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("yyyy-mm-dd", DATE),
        ("[$-409]d\\-mmm\\-yy;@", DATE),
        ("h:mm AM/PM", DATE),
        ("mm:ss.0", DATE),
        ('"Day "d', DATE),
        ("[h]:mm:ss", SPAN),
        ("[mm]:ss", SPAN),
        ("[Red]0.00", NUMBER),
        ("General", NUMBER),
        ("0.00E+00", NUMBER),
        ('0 "days"', NUMBER),
        ("#,##0\\ \\d", NUMBER),
        ("_-* #,##0.00_-", NUMBER),
        ("@", NUMBER),
        ("", NUMBER),
        ("0;yyyy", NUMBER),
        ("[<=99]0;[h]", NUMBER),
        ('"' + "x" * 5000, NUMBER),
    ],
)
def test_a_number_format_makes_a_date_by_its_letters(code: str, kind: NumberKind) -> None:
    """Letters in quotation marks, after a backslash and in brackets are none."""
    assert kind_of_format(code) is kind


def test_trap_16_the_formats_that_are_built_in_are_those_of_the_other_reader() -> None:
    """Trap 16: Openpyxl is the other reader."""
    for number, code in BUILTIN_FORMATS.items():
        wanted = SPAN if is_timedelta_format(code) else DATE if is_date_format(code) else NUMBER
        assert kind_of_id(number) is kind_of_format(code) is wanted, code


@pytest.mark.parametrize(
    ("number", "kind", "since_1904", "value"),
    [
        (0, DATE, False, dt.time()),
        (0.5, DATE, False, dt.time(12)),
        (0.99999999999, DATE, False, dt.time()),
        (1, DATE, False, dt.date(1900, 1, 1)),
        (59, DATE, False, dt.date(1900, 2, 28)),
        (60, DATE, False, 60),
        (61, DATE, False, dt.date(1900, 3, 1)),
        (45351.5, DATE, False, dt.datetime(2024, 2, 29, 12)),  # noqa: DTZ001 - a sheet has no zones
        (45350.99999999999, DATE, False, dt.date(2024, 2, 29)),
        (2958465, DATE, False, dt.date(9999, 12, 31)),
        (2958465.999999999999, DATE, False, 2958466),
        (2958466, DATE, False, 2958466),
        (-1, DATE, False, -1),
        (1, DATE, True, dt.date(1904, 1, 2)),
        (2957003, DATE, True, dt.date(9999, 12, 31)),
        (2957004, DATE, True, 2957004),
        (1.25, SPAN, False, dt.timedelta(hours=30)),
        (-0.5, SPAN, True, dt.timedelta(hours=-12)),
        (1e300, SPAN, False, 1e300),
        (45351, NUMBER, False, 45351),
    ],
)
def test_a_number_is_the_date_that_a_person_sees(
    number: float, kind: NumberKind, *, since_1904: bool, value: object
) -> None:
    """What no calendar has stays a number."""
    assert from_serial(number, kind, since_1904=since_1904) == value


@given(st.floats(), st.sampled_from(NumberKind), st.booleans())
def test_any_number_is_something(number: float, kind: NumberKind, since_1904: bool) -> None:  # noqa: FBT001 - drawn
    """No number ends in an error: it is itself, or a time that can be shown."""
    found = from_serial(number, kind, since_1904=since_1904)
    assert found is number or isinstance(found, (dt.date, dt.time) if kind is DATE else dt.timedelta)
    assert cell_text(found)
