"""Rows of a sheet's XML, taken apart column by column: the same as row by row, and as a parser reads them."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from importer.errors import SourceError
from importer.sheets.limits import Limits
from importer.sheets.source_file import SourceFile
from importer.sheets.workbooks.book import Doubt, Doubtful, Line, LineColumns, damaged, lines_of
from importer.sheets.workbooks.formats.xlsx.cell_looks import CellLooks
from importer.sheets.workbooks.formats.xlsx.row_shapes import RowShapes
from importer.sheets.workbooks.formats.xlsx.sheet_rows import SheetRows
from importer.sheets.workbooks.formats.xlsx.sheet_xml import SheetParser
from importer.sheets.workbooks.formats.xlsx.xlsx_values import CellValues
from importer.sheets.workbooks.package.archive import Archive
from importer.sheets.workbooks.serials import NumberKind
from tests.sheets.files import write_package
from tests.sheets.workbooks.formats.test_sheet_rows import CELLS, VALUES
from tests.sheets.workbooks.parser.bombs import SHEET, sheet

STYLES = ("", ' s="0"', ' s="1"', ' s="2"', ' s="3"', ' s="9"')
TEXTS = (*("", "a", "&amp;&#65;", "_x0041_", "é😀", "a\r\nb", " x ", "1") * 40, "&b;")
VALUES_OF_KINDS = {
    '<c r="{at}"{style} t="s"><v>{value}</v></c>': ("0", "0", "1", "2", "3", "003") * 40 + ("4", "", "99999999"),
    '<c r="{at}"{style} t="str"><v>{value}</v></c>': TEXTS,
    '<c r="{at}"{style} t="inlineStr"><is><t>{value}</t></is></c>': TEXTS,
    '<c r="{at}"{style} t="inlineStr"><is><t xml:space="preserve">{value}</t></is></c>': TEXTS,
    '<c r="{at}"{style}><v>{value}</v></c>': ("1", "-1.50", "1E3", "45000.25", "60") * 20 + ("1E999", "", "1e3", "nan"),
    '<c r="{at}"{style} t="n"><v>{value}</v></c>': ("0", "0.5", "2958466", "45292") * 30 + ("x",),
    '<c r="{at}"{style} t="b"><v>{value}</v></c>': ("0", "1"),
    '<c r="{at}"{style}/>': ("",),
    '<c r="{at}"{style} t="n" />': ("",),
    '<c r="{at}"{style} />': ("",),
}
"""The ways in which most cells are written, each with what may stand in it."""


@st.composite
def sheets(draw: st.DrawFn) -> str:
    """Return rows that are alike, but for some."""
    dice = random.Random(draw(st.integers(0, 2**32)))  # noqa: S311 - no secrets
    odd = draw(st.lists(CELLS, max_size=3))
    letters = dice.choice(["AB", "BC", "ABCD", "ABCD", "CAB"])
    shape = [(letter, dice.choice(list(VALUES_OF_KINDS)), dice.choice(STYLES)) for letter in letters]
    attributes = ["", ' spans="1:4"', ' spans="1:4" hidden="1"', ' ht="0" ', " "]
    second, mixed = dice.choice(list(VALUES_OF_KINDS)), dice.choice([0.01, 0.01, 0.5])
    number, rows = 0, []
    for _ in range(dice.randint(1, 60)):
        number += dice.choices([1, 2, 0], [300, 10, 1])[0]
        cells = []
        for letter, usual, style in shape:
            kind = dice.choice([*VALUES_OF_KINDS, *[second] * 20]) if dice.random() < mixed else usual
            looks = dice.choice(STYLES) if dice.random() < 0.05 else style
            if dice.random() < 0.95:
                value = dice.choice(VALUES_OF_KINDS[kind])
                cells.append(kind.format(at=f"{letter}{number}", style=looks, value=value))
        if dice.random() < 0.995:  # where no column is filled, nothing comes by columns
            cells.append(f'<c r="E{number}" t="str"><v>{number}</v></c>')
        if dice.random() < 0.03:
            cells = [cell.replace("{row}", str(number)) for cell in odd]
        space = "\n" if dice.random() < 0.1 else ""
        rows.append(f'{space}<row r="{number}"{dice.choice(attributes)}>{"".join(cells)}</row>')
    return "".join(rows)


def outcome(pieces: list[Line | LineColumns] | SourceError) -> list[object] | str:
    """Return the lines that hold something, or the code of the error."""
    if isinstance(pieces, SourceError):
        return pieces.code
    found: list[object] = []
    for line in lines_of(pieces):
        cells = list(line.cells)
        while cells and cells[-1] is None:
            cells.pop()
        if cells:
            found.append((line.number, [(type(cell), cell) for cell in cells], line.hidden))
    return found


def read(path: Path, way: str) -> list[Line | LineColumns] | SourceError:
    """Read a sheet by columns or line by line."""
    with Archive(SourceFile(path, "a.xlsx"), Limits(max_ratio=100_000)) as archive:
        rows = SheetRows(archive, SHEET, VALUES, fewest=1)
        try:
            return list(rows.pieces() if way == "pieces" else rows.lines())
        except SourceError as error:
            return error


def parsed(text: str) -> list[Line | LineColumns] | SourceError:
    """Read a sheet with the parser alone."""
    try:
        return list(SheetParser(VALUES, SHEET).feed(text.encode(), last=True))
    except SourceError as error:
        return error


@pytest.mark.slow
@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(rows=sheets())
def test_what_is_taken_apart_by_columns_is_what_the_parser_reads(tmp_path: Path, rows: str) -> None:
    """Whatever way rows and cells are written in, all three ways give the same lines, or all refuse."""
    path = write_package(tmp_path / "a.xlsx", "", parts={SHEET: sheet(rows)})
    by_columns = outcome(read(path, "pieces"))
    assert by_columns == outcome(read(path, "lines")) == outcome(parsed(sheet(rows)))


def values(*, doubts: dict[int, Doubt] | None = None, strings: tuple[str | Doubtful, ...] = ("a", "")) -> CellValues:
    """Return what makes values of cells."""
    looks = CellLooks([NumberKind.NUMBER, NumberKind.DATE], doubts or {})
    return CellValues(strings, looks, since_1904=False, damage=lambda why: damaged("a.xlsx", why))


def row(number: int, cells: str, attributes: str = "") -> str:
    """Return a row; `#` in the cells stands for its number."""
    return f'<row r="{number}"{attributes}>{cells.replace("#", str(number))}</row>'


USUAL = '<c r="A#" t="s"><v>0</v></c><c r="C#" s="1"><v>45292</v></c>'


def test_rows_that_are_alike_come_by_columns() -> None:
    """With a column that is not there, a hidden row, and another row between."""
    odd = row(23, '<c r="A#" t="s"><f>B1</f><v>0</v></c>')
    text = "".join(row(at, USUAL, ' hidden="1"' if at == 3 else "") for at in range(1, 23)) + odd
    text += "".join(row(at, USUAL) for at in range(24, 60)) + odd
    pieces = RowShapes(values(), str).taken_apart(
        text,
    )
    assert pieces is not None
    first, one, second, last = pieces
    assert isinstance(first, LineColumns)
    assert isinstance(second, LineColumns)
    assert (first.first, first.last, list(first.hidden)) == (1, 22, [3])
    assert (second.first, second.last, list(second.hidden)) == (24, 59, [])
    assert [column[0] for column in first.columns] == ["a", None, first.columns[2][1]]
    assert (one, last) == (odd, odd)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("".join(row(at, USUAL) for at in range(1, 8)), id="few rows"),
        pytest.param("".join(row(at * 2, USUAL) for at in range(1, 100)), id="gaps"),
        pytest.param(
            "".join(row(at, '<c r="A#" t="s"><v>9</v></c>') for at in range(1, 100)), id="text that is not there"
        ),
        pytest.param("".join(row(at, '<c r="A#"><v>1E999</v></c>') for at in range(1, 100)), id="number that is none"),
        pytest.param("".join(row(at, '<c r="A#" t="s"><v>1</v></c>') for at in range(1, 100)), id="nothing"),
        pytest.param("".join(row(at, USUAL) for at in range(1, 100)) + '<row r="100"/>', id="no row"),
        pytest.param("".join(row(at, "") for at in range(1, 100)), id="no cells"),
        pytest.param(
            "".join(
                row(at, "".join(f'<c r="{chr(65 + n // 26)}{chr(65 + n % 26)}#"><v>1</v></c>' for n in range(140)))
                for at in range(1, 100)
            ),
            id="many columns",
        ),
    ],
)
def test_other_rows_are_read_one_by_one(text: str) -> None:
    """What is wrong with them is said there, and where it does not pay it is not tried."""
    assert RowShapes(values(), str).taken_apart(text) is None


def test_a_long_string_that_is_used_again_and_again_comes_line_by_line() -> None:
    """Trap 18: what comes out is measured line by line, before there is too much of it."""
    text = "".join(row(at, USUAL) for at in range(1, 1_000))
    assert RowShapes(values(strings=("x" * 1_000,)), str).taken_apart(text) is not None
    for long in ("x" * 10_000, Doubtful("x" * 10_000, Doubt.STRUCK)):
        assert RowShapes(values(strings=(long,)), str).taken_apart(text) is None


def test_where_the_usual_format_is_in_doubt_rows_are_read_one_by_one() -> None:
    """It is that of every cell that names none."""
    text = "".join(row(at, USUAL) for at in range(1, 100))
    assert RowShapes(values(doubts={0: Doubt.FORMATTED}), str).taken_apart(text) is None


def test_no_more_than_some_shapes_are_tried() -> None:
    """Making an expression takes time, and a sheet of a thousand shapes is nobody's."""
    shapes = RowShapes(values(), str)
    texts = [
        "".join(row(at, f'<c r="{chr(65 + n // 26)}{chr(65 + n % 26)}#"><v>1</v></c>') for at in range(1, 30))
        for n in range(50)
    ]
    assert [shapes.taken_apart(text) is None for text in texts] == [False] * 40 + [True] * 10
