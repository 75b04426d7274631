"""XML with control characters, which it does not allow: a row is refused for one that is sent, and no file."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.sheets.open import open_table
from importer.sheets.workbooks.formats.control_characters import without_controls
from tests.sheets.files import ANA, BEN, HEADER, cells_of, refusal, text_row, write_package
from tests.sheets.workbooks.formats.markup_files import write_xml, xml_row, xml_sheet

PIECES = st.lists(
    st.sampled_from(
        ["a", "&amp;", "&#10;", "&#x1;", "&#8;", "&", "#x1;", "\x01", "\n", "&#31;", "&#x1F", ";", "<![CDATA["]
    )
)


@pytest.mark.parametrize("sign", ["&#x1;", "&#X0001;", "&#11;", "&#0;", "&#x1F;", "\x01", "\x1f"])
@pytest.mark.parametrize("at", [1, 4])
def test_each_is_a_sign_that_no_field_may_hold(tmp_path: Path, sign: str, at: int) -> None:
    """In a name as in a column of notes, which costs nothing."""
    row = [*BEN, "Notes"]
    row[at] = "HERE"
    rows = xml_row([*HEADER, "Notes"]) + xml_row(ANA) + xml_row(row).replace("HERE", f"a{sign}b")
    path = write_xml(tmp_path / "a.xml", xml_sheet("Data", rows))
    table = open_table(path)
    assert [str(record.cells[at]) for record in table.records() if len(record.cells) > at][-1] == "a\ufffdb"
    assert [row["last_name"] for row in cells_of(table)] == [ANA[2], BEN[2]]


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        pytest.param("utf-8", "a&#10;b&#9;&#x20;", id="allowed"),
        pytest.param("utf-8", "<![CDATA[&#x1;]]>", id="no-reference"),
        pytest.param("utf-16", "a\u0801b", id="wide"),
    ],
)
def test_everything_else_stays(tmp_path: Path, encoding: str, text: str) -> None:
    """What XML allows, what only looks like a reference, and bytes of other encodings."""
    rows = xml_row(HEADER) + xml_row([ANA[0], "HERE", *ANA[2:]]).replace("HERE", text)
    path = write_xml(tmp_path / "a.xml", xml_sheet("Data", rows), encoding)
    expected = {"a&#10;b&#9;&#x20;": "a\nb\t ", "<![CDATA[&#x1;]]>": "&#x1;"}.get(text, text)
    assert cells_of(open_table(path))[0]["first_name"] == expected


@given(pieces=PIECES, at=st.integers(0, 40))
def test_it_makes_no_difference_where_a_block_ends(pieces: list[str], at: int) -> None:
    """A reference may begin in one and end in the next."""
    data = "".join(["<?xml version='1.0'?>", *pieces]).encode()
    whole = b"".join(without_controls([data]))
    assert b"".join(without_controls([data[:30], data[30 : 30 + at], data[30 + at :]])) == whole
    assert b"&#x1;" not in whole or b"<![CDATA[" in whole
    assert b"\x01" not in whole


def test_text_that_is_not_marked_up_is_known_wherever_a_block_ends() -> None:
    """What looks like a reference in it is none."""
    data = b"<?xml version='1.0'?><![CDATA[&#x1;]]>"
    for at in range(22, len(data)):
        assert b"".join(without_controls([data[:at], data[at:]])) == data


def test_another_part_says_what_it_has(tmp_path: Path) -> None:
    """Excel does not open such a workbook, but offers to mend it."""
    path = write_package(tmp_path / "a.xlsx", text_row(1, HEADER) + "<row><c t='str'><v>&#x1;</v></c></row>")
    error = refusal(path)
    assert error.code == "damaged_workbook"
    assert "XML does not" in error.message
