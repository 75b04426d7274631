"""Marked cells of a workbook that is written: their colour, their comments, and that there are not too many."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from importer.model.statuses import Status
from importer.sheets.table import Mark, Record, RecordKind
from importer.sheets.tones import MARKS
from importer.sheets.workbooks.new import comments
from importer.sheets.workbooks.new.new_workbook import NewWorkbookWriter

HOSTILE = [
    "=1+1",
    '=HYPERLINK("http://example.com")',
    "<script>alert(1)</script> & ]]> \"quoted\" 'so'",
    "a line\nand another\r\nand a third",
    "_x0041_ is no A",
    "bell \x07, half of a pair \ud83d, no character \uffff",
    "x" * 40_000,
    "\u202eright to left",
]


def _written(path: Path, rows: list[tuple[Record, list[Mark]]]) -> Worksheet:
    with NewWorkbookWriter(path, "Data", 2, message_at=0) as writer:
        writer.write(Record(1, RecordKind.HEADER, ("id", "mail")), ["message", "count"])
        for record, marks in rows:
            writer.write(record, ["wrong", 1], tone=Status.INVALID, marks=marks)
    return load_workbook(path).worksheets[0]


def test_a_marked_cell_is_coloured_and_says_why(tmp_path: Path) -> None:
    """Whatever is in it keeps its type; a cell with nothing in it, and one of ours, can be marked too."""
    rows = [
        (Record(2, RecordKind.ROW, (7, "a@")), [Mark(0, "A number."), Mark(1, "No domain.")]),
        (Record(3, RecordKind.ROW, ("x",)), [Mark(1, "It is blank.")]),
        (Record(4, RecordKind.ROW, ("x", "y")), [Mark(2, "Refused.")]),
        (Record(5, RecordKind.ROW, ("x", "y")), []),
    ]
    sheet = _written(tmp_path / "a.xlsx", rows)
    told = {cell.coordinate: cell.comment.text for row in sheet.iter_rows() for cell in row if cell.comment}
    assert told == {"A2": "A number.", "B2": "No domain.", "B3": "It is blank.", "C4": "Refused."}
    assert {sheet[at].comment.author for at in told} == {"importer"}
    assert {sheet[at].fill.start_color.rgb[2:] for at in told} == {MARKS[Status.INVALID]}
    assert sheet["B5"].fill.fill_type is None
    assert (sheet["A2"].value, sheet["B3"].value, sheet["C4"].value) == (7, None, "wrong")


@pytest.mark.parametrize("text", HOSTILE)
def test_a_comment_is_text_and_nothing_else(tmp_path: Path, text: str) -> None:
    """The package stays well-formed, and what is not shown as it is, is short and readable."""
    sheet = _written(tmp_path / "a.xlsx", [(Record(2, RecordKind.ROW, (text, text)), [Mark(0, text)])])
    comment = sheet["A2"].comment
    assert comment is not None
    assert len(comment.text) <= 1_002
    assert comment.text[:5] in text.replace("\r\n", "\n") or "_x005F_" in comment.text
    with zipfile.ZipFile(tmp_path / "a.xlsx") as package:
        assert package.testzip() is None
        names = package.namelist()
        assert len(names) == len(set(names))
        for name in names:
            ET.fromstring(package.read(name))  # noqa: S314 - written by ourselves


def test_a_box_is_as_large_as_its_text_and_beside_its_cell(tmp_path: Path) -> None:
    """Its size in the file is that of a few lines, whatever the widths of the columns that it lies over."""
    rows = [(Record(2, RecordKind.ROW, ("x" * 90, "y")), [Mark(0, "Short.")])]
    rows += [(Record(3, RecordKind.ROW, ("x", "y")), [Mark(1, "long " * 400)])]
    _written(tmp_path / "a.xlsx", rows)
    with zipfile.ZipFile(tmp_path / "a.xlsx") as package:
        boxes = package.read("xl/drawings/commentsDrawing1.vml").decode()
    sizes = [tuple(map(int, size)) for size in re.findall(r"width:(\d+)px;height:(\d+)px", boxes)]
    assert sizes == [(320, 33), (320, 288)]
    first, second = ([int(part) for part in anchor.split(", ")] for anchor in re.findall(r"<x:Anchor>(.*?)<", boxes))
    assert first[:2] == [1, 12]
    assert second[0] == 2
    assert second[6] > first[6]


def test_there_are_only_so_many_comments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cells beyond that are coloured all the same, and the writer says where the reasons are."""
    monkeypatch.setattr(comments, "MOST_COMMENTS", 3)
    with NewWorkbookWriter(tmp_path / "a.xlsx", "Data", 1, message_at=0) as writer:
        for number in range(1, 6):
            writer.write(Record(number, RecordKind.ROW, ("x",)), ["wrong"], tone="invalid", marks=[Mark(0, "Why.")])
    sheet = load_workbook(tmp_path / "a.xlsx").worksheets[0]
    assert [cell.comment is not None for cell in sheet["A"]] == [True] * 3 + [False] * 2
    assert {cell.fill.start_color.rgb[2:] for cell in sheet["A"]} == {MARKS[Status.INVALID]}
    assert "the first 3 marked cells" in " ".join(writer.notes)


def test_ids_of_boxes_come_in_blocks_of_1024() -> None:
    """Beyond the first block, each box still has an id of a block that is named, and no two have the same."""
    many = comments.Comments()
    for row in range(2_500):
        many.add(row + 1, 0, "Why.")
    boxes = "".join(many.boxes())
    (data,) = re.findall(r'data="([\d,]+)"', boxes)
    blocks = set(map(int, data.split(",")))
    ids = [int(found) for found in re.findall(r'id="_x0000_s(\d+)"', boxes)]
    assert len(set(ids)) == 2_500
    assert {found // 1_024 for found in ids} == blocks == {1, 2, 3}
