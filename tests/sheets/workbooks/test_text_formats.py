"""What a number format makes of text."""

from __future__ import annotations

import pytest

from importer.sheets.workbooks.text_formats import shows_text


@pytest.mark.parametrize(
    "code",
    [
        "", "General", "@", "0", "0.00;[Red]-0.00", "yyyy-mm-dd", "0;-0;0;@", "_(@_)", "* @", "@* ", "[Blue]@", " @ ",
        '_(* #,##0_);_(* \\(#,##0\\);_(* "-"??_);_(@_)', "General;General;General;General", "0;@", '"@"',
        '0" x";-0" y"', '"an open @',
        "[$-409]@", '[=1]"yes";[=2]"no";General', r"\@0", "0;-0;;@", r"0;-0;0;\ @",
    ],
)  # fmt: skip
def test_most_formats_show_text_as_it_is(code: str) -> None:
    """What they say of numbers is no matter, nor are blanks, colours and languages."""
    assert shows_text(code)


@pytest.mark.parametrize(
    "code",
    [
        '"van "@', '@"@firm.example"', ";;;", "0;-0;0;", '0;-0;0;"text"', "@@", "*.@", "[$EUR-407]@", r"\v@",
        '0;"van "@',
        "0;0;0;General!", ";;; ", "0;-0;0;[Red]",
    ],
)  # fmt: skip
def test_some_show_something_else(code: str) -> None:
    """Words beside it, the text twice, or nothing."""
    assert not shows_text(code)
