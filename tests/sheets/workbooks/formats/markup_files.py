"""Web pages and Excel's XML of 2003, made by hand."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path

_XML_HEAD = (
    '<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n<Workbook '
    'xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet" xmlns:html="http://www.w3.org/TR/REC-html40">'
)


def write_html(path: Path, rows: Sequence[Sequence[str | None]], *, before: str = "", encoding: str = "utf-8") -> Path:
    """Write a page with a table of text, as programs write that call it a workbook."""
    lines = "".join("<tr>" + "".join(f"<td>{escape(one or '')}</td>" for one in row) + "</tr>\n" for row in rows)
    path.write_bytes(f"<html><head>{before}</head><body><table>\n{lines}</table></body></html>".encode(encoding))
    return path


def xml_row(cells: Sequence[str | None], attributes: str = "") -> str:
    """Return a row of text."""
    line = "".join(f'<Cell><Data ss:Type="String">{escape(one)}</Data></Cell>' if one else "<Cell/>" for one in cells)
    return f"<Row{attributes}>{line}</Row>\n"


def xml_sheet(name: str, rows: str, options: str = "") -> str:
    """Return a sheet."""
    return f'<Worksheet ss:Name="{name}"><Table>{rows}</Table>{options}</Worksheet>'


def write_xml(path: Path, sheets: str, encoding: str = "utf-8") -> Path:
    """Write a workbook of sheets."""
    path.write_bytes(f"{_XML_HEAD}{sheets}</Workbook>".encode(encoding))
    return path
