"""Dates of OpenDocument spreadsheets know the number format in which a person sees them."""

from __future__ import annotations

import datetime as dt
import zipfile
from pathlib import Path
from typing import Final

import pytest

from importer.sheets.open import open_table
from importer.sheets.shown_dates import number_format_of
from tests.sheets.files import ANA, HEADER
from tests.sheets.workbooks.parser.bombs import ods_row

_NAMES: Final = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in {
        "office": "office", "table": "table", "text": "text", "style": "style", "number": "datastyle",
    }.items()
)  # fmt: skip
_MOMENT: Final = '<table:table-cell {}office:value-type="date" office:date-value="2026-04-03T14:05:06"/>'
_SPAN: Final = '<table:table-cell {}office:value-type="time" office:time-value="PT9H5M3S"/>'


def _units(code: str) -> str:
    """Return the elements of a style, told as `day:long-text=x`."""
    elements = []
    for unit in code.split("|"):
        name, *more = unit.split(" ")
        if name.startswith("="):
            elements.append(f"<number:text>{unit[1:]}</number:text>")
        else:
            elements.append(f"<number:{name} {' '.join(f'number:{one}' for one in more)}/>")
    return "".join(elements)


def _data_style(name: str, code: str, kind: str = "date-style", attributes: str = "") -> str:
    return f'<number:{kind} style:name="{name}" {attributes}>{_units(code)}</number:{kind}>'


def _cell_style(name: str, data: str = "", parent: str = "") -> str:
    more = (f' style:data-style-name="{data}"' if data else "") + (
        f' style:parent-style-name="{parent}"' if parent else ""
    )
    return f'<style:style style:name="{name}" style:family="table-cell"{more}/>'


def _write(path: Path, cell: str, *, styles: str = "", common: str = "", columns: str = "", row: str = "") -> Path:
    """Write a spreadsheet with one row, to whose cells one is added."""
    with_cell = ods_row(ANA).replace("</table:table-row>", f"{cell}</table:table-row>").replace(" ", f" {row} ", 1)
    body = f'<table:table table:name="Data">{columns}{ods_row([*HEADER, "Since"])}{with_cell}</table:table>'
    content = (
        f"<office:document-content {_NAMES}><office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:spreadsheet>{body}</office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "styles.xml",
            f"<office:document-styles {_NAMES}><office:styles>{common}</office:styles></office:document-styles>",
        )
        archive.writestr("content.xml", content)
    return path


def _seen(path: Path) -> str:
    """Return the number format of the cell."""
    *_, record = open_table(path).records()
    cell = record.cells[len(ANA)]
    assert isinstance(cell, dt.date | dt.timedelta | dt.time)
    return number_format_of(cell)


_OWN: Final = 'table:style-name="ce1" '
_LONG: Final = 'style="long"'


@pytest.mark.parametrize(
    ("code", "attributes", "told"),
    [
        (f"day {_LONG}|=.|month {_LONG}|=.|year {_LONG}", "", "dd.mm.yyyy"),
        ("day|=/|month|=/|year", "", "d/m/yy"),
        (f'day-of-week|=, |day|=. |month {_LONG} textual="true"|= |year {_LONG}', "", "ddd, d. mmmm yyyy"),
        (f'day-of-week {_LONG}|= |month textual="true"', "", "dddd mmm"),
        (f"year {_LONG}|=-|month {_LONG}|=-|day {_LONG}|=T|hours {_LONG}|=:|minutes {_LONG}|=:|seconds {_LONG}", "",
         'yyyy-mm-dd"T"hh:mm:ss'),
        (f'hours|=:|minutes {_LONG}|=:|seconds {_LONG} decimal-places="2"|= |am-pm', "", "h:mm:ss.00 AM/PM"),
        (f"hours|=:|minutes {_LONG}", 'number:truncate-on-overflow="false"', "[h]:mm"),
        (f"minutes {_LONG}|=:|seconds {_LONG}", 'number:truncate-on-overflow="false"', "[mm]:ss"),
        ('seconds decimal-places="1"|= s', 'number:truncate-on-overflow="false"', '[s].0" s"'),
        ("day|= de &quot;|month", "", 'd" de "\\"""m'),
        ("day|=\\|month", "", 'd"\\"m'),
        ("text-properties|day|=.|month|=.", "", "d.m."),
        ("minutes", "", ""),
        ("hours|=:|month", "", ""),
        ("month|=:|seconds", "", ""),
        ("quarter|= |year", "", ""),
        ("era|year", "", ""),
        ('day|=.|month|=.|year calendar="hijri"', "", ""),
        ("", "", ""),
    ],
)  # fmt: skip
def test_a_style_is_said_as_a_number_format(code: str, attributes: str, told: str, tmp_path: Path) -> None:
    """What can be said; all else is left to ISO 8601, and is no number format that says something else."""
    for kind in ("date-style", "time-style"):
        styles = _data_style("N1", code, kind, attributes) if code else "<number:date-style/>"
        path = _write(tmp_path / f"{kind}.ods", _MOMENT.format(_OWN), styles=styles + _cell_style("ce1", "N1"))
        assert _seen(path) == told


_DAY: Final = _data_style("N1", "day")
_YEAR: Final = _data_style("N1", "year")
_OF_ROW: Final = 'table:default-cell-style-name="ce1"'
_COLUMNS: Final = (
    '<table:table-column table:number-columns-repeated="4" table:default-cell-style-name="ce0"/>'
    '<table:table-column table:number-columns-repeated="9" table:default-cell-style-name="ce1"/>'
)


@pytest.mark.parametrize(
    ("cell", "options", "told"),
    [
        pytest.param(_MOMENT.format(_OWN), {"styles": _DAY + _cell_style("ce1", "N1")}, "d", id="the cell's"),
        pytest.param(_SPAN.format(_OWN), {"styles": _DAY + _cell_style("ce1", "N1")}, "d", id="of a time"),
        pytest.param(
            _MOMENT.format(""), {"styles": _DAY + _cell_style("ce1", "N1"), "row": _OF_ROW}, "d", id="the row's"
        ),
        pytest.param(
            _MOMENT.format(""),
            {"styles": _DAY + _cell_style("ce1", "N1") + _cell_style("ce0"), "columns": _COLUMNS},
            "d",
            id="the column's",
        ),
        pytest.param(
            _MOMENT.format(_OWN), {"common": _DAY, "styles": _cell_style("ce1", "N1")}, "d", id="a common one"
        ),
        pytest.param(
            _MOMENT.format(_OWN),
            {"common": _DAY + _cell_style("Date", "N1"), "styles": _YEAR + _cell_style("ce1", parent="Date")},
            "d",
            id="what it is made from, with the number format of that",
        ),
        pytest.param(
            _MOMENT.format(_OWN),
            {"common": _DAY, "styles": _YEAR + _cell_style("ce1", "N1")},
            "yy",
            id="the one beside it, of two of a name",
        ),
        pytest.param(_MOMENT.format(_OWN), {"styles": _cell_style("ce1", "N1")}, "", id="one that is not there"),
        pytest.param(_MOMENT.format(""), {}, "", id="none"),
    ],
)
def test_the_style_of_a_date_is_found(cell: str, options: dict[str, str], told: str, tmp_path: Path) -> None:
    """Its own, else its row's, else its column's."""
    assert _seen(_write(tmp_path / "a.ods", cell, **options)) == told
