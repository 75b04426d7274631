"""The XML of charts, and of the drawing that places them on a sheet.

Elements stand in the order of ECMA-376 part 1, 21.2 (charts) and 20.5 (drawings on sheets): programs insist on it.
Each chart holds a copy of the cells that it shows, for previews that do not read the sheet.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape

from importer.sheets.extra_sheet import Chart
from importer.sheets.workbooks.areas import Area
from importer.sheets.workbooks.cell_text import sheet_text

_DRAWING: Final = "http://schemas.openxmlformats.org/drawingml/2006"
RELATIONS: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TEXT: Final = "404A55"
_AXIS: Final = "C3CAD2"
_PLAIN: Final = "5B84B1"
_NO_ZERO: Final = "#,##0;;"
_EMU_PER_POINT: Final = 12_700
_INSET: Final = 6 * _EMU_PER_POINT
"""How far a chart stays away from the left of the cells that it covers."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A chart with what its cells hold."""

    chart: Chart
    categories: Sequence[str | float]
    values: Sequence[str | float]


def drawing_xml(charts: Sequence[Chart]) -> bytes:
    """Return the part that places charts on a sheet; they are its relations `rId1` and on."""
    frames = "".join(_frame(number, chart) for number, chart in enumerate(charts, start=1))
    return (
        f'<xdr:wsDr xmlns:xdr="{_DRAWING}/spreadsheetDrawing" xmlns:a="{_DRAWING}/main">{frames}</xdr:wsDr>'
    ).encode()


def _frame(number: int, chart: Chart) -> str:
    area = Area.of(chart.area)
    if area is None:
        raise ValueError(f"{chart.area} is no area of a sheet")
    return (
        f'<xdr:twoCellAnchor editAs="oneCell">'
        f"{_corner('from', area.first_column, area.first_row - 1, _INSET)}"
        f"{_corner('to', area.last_column + 1, area.last_row, 0)}"
        '<xdr:graphicFrame macro=""><xdr:nvGraphicFramePr>'
        f'<xdr:cNvPr id="{number + 1}" name="Chart {number}" descr="{_attribute_text(chart.title)}"/>'
        "<xdr:cNvGraphicFramePr/></xdr:nvGraphicFramePr>"
        '<xdr:xfrm><a:off x="0" y="0"/><a:ext cx="0" cy="0"/></xdr:xfrm>'
        f'<a:graphic><a:graphicData uri="{_DRAWING}/chart"><c:chart xmlns:c="{_DRAWING}/chart"'
        f' xmlns:r="{RELATIONS}" r:id="rId{number}"/></a:graphicData></a:graphic>'
        "</xdr:graphicFrame><xdr:clientData/></xdr:twoCellAnchor>"
    )


def _corner(name: str, column: int, row: int, offset: int) -> str:
    return (
        f"<xdr:{name}><xdr:col>{column}</xdr:col><xdr:colOff>{offset}</xdr:colOff>"
        f"<xdr:row>{row}</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:{name}>"
    )


def chart_xml(shown: Shown, sheet: str) -> bytes:
    """Return the part of a chart, whose cells are on the sheet of that name."""
    chart = shown.chart
    plot = _bars(shown, sheet) if chart.kind == "bar" else _line(shown, sheet)
    return (
        f'<c:chartSpace xmlns:c="{_DRAWING}/chart" xmlns:a="{_DRAWING}/main" xmlns:r="{RELATIONS}">'
        f'<c:roundedCorners val="0"/><c:chart>{_title(chart.title, 1100, bold=True)}<c:autoTitleDeleted val="0"/>'
        f'<c:plotArea><c:layout/>{plot}</c:plotArea><c:plotVisOnly val="0"/><c:dispBlanksAs val="gap"/></c:chart>'
        '<c:spPr><a:solidFill><a:srgbClr val="FFFFFF"/></a:solidFill><a:ln><a:noFill/></a:ln></c:spPr>'
        f"{_text_look(900)}</c:chartSpace>"
    ).encode()


def _bars(shown: Shown, sheet: str) -> str:
    chart = shown.chart
    points = "".join(
        f'<c:dPt><c:idx val="{at}"/><c:invertIfNegative val="0"/><c:bubble3D val="0"/>{_fill(colour)}</c:dPt>'
        for at, colour in sorted(chart.colours.items())
    )
    labels = (
        f'<c:dLbls><c:numFmt formatCode="{_NO_ZERO}" sourceLinked="0"/><c:spPr><a:noFill/><a:ln><a:noFill/></a:ln>'
        f'</c:spPr>{_text_look(900)}<c:dLblPos val="outEnd"/><c:showLegendKey val="0"/><c:showVal val="1"/>'
        '<c:showCatName val="0"/><c:showSerName val="0"/><c:showPercent val="0"/><c:showBubbleSize val="0"/></c:dLbls>'
    )
    return (
        '<c:barChart><c:barDir val="bar"/><c:grouping val="clustered"/><c:varyColors val="0"/>'
        f'<c:ser><c:idx val="0"/><c:order val="0"/>{_name(chart.title)}{_fill(_PLAIN)}<c:invertIfNegative val="0"/>'
        f"{points}{labels}<c:cat>{_words(chart.categories, shown.categories, sheet)}</c:cat>"
        f"<c:val>{_numbers(chart.values, shown.values, sheet)}</c:val></c:ser>"
        '<c:gapWidth val="45"/><c:axId val="101"/><c:axId val="102"/></c:barChart>'
        '<c:catAx><c:axId val="101"/><c:scaling><c:orientation val="maxMin"/></c:scaling><c:delete val="0"/>'
        '<c:axPos val="l"/><c:numFmt formatCode="General" sourceLinked="0"/><c:majorTickMark val="none"/>'
        f'<c:minorTickMark val="none"/><c:tickLblPos val="low"/>{_stroke(_AXIS)}<c:crossAx val="102"/>'
        '<c:crosses val="autoZero"/><c:auto val="1"/><c:lblAlgn val="ctr"/><c:lblOffset val="100"/>'
        '<c:noMultiLvlLbl val="0"/></c:catAx>'
        '<c:valAx><c:axId val="102"/><c:scaling><c:orientation val="minMax"/><c:min val="0"/></c:scaling>'
        '<c:delete val="1"/><c:axPos val="t"/><c:numFmt formatCode="#,##0" sourceLinked="0"/>'
        '<c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="none"/><c:crossAx val="101"/>'
        '<c:crosses val="autoZero"/><c:crossBetween val="between"/></c:valAx>'
    )


def _line(shown: Shown, sheet: str) -> str:
    chart = shown.chart
    look = (
        f'<c:spPr><a:ln w="22225" cap="rnd"><a:solidFill><a:srgbClr val="{chart.colours.get(0, _PLAIN)}"/>'
        "</a:solidFill><a:round/></a:ln></c:spPr>"
    )
    return (
        '<c:scatterChart><c:scatterStyle val="lineMarker"/><c:varyColors val="0"/>'
        f'<c:ser><c:idx val="0"/><c:order val="0"/>{_name(chart.title)}{look}'
        '<c:marker><c:symbol val="none"/></c:marker>'
        f"<c:xVal>{_numbers(chart.categories, shown.categories, sheet)}</c:xVal>"
        f'<c:yVal>{_numbers(chart.values, shown.values, sheet)}</c:yVal><c:smooth val="0"/></c:ser>'
        '<c:axId val="101"/><c:axId val="102"/></c:scatterChart>'
        '<c:valAx><c:axId val="101"/><c:scaling><c:orientation val="minMax"/>'
        f'{_limit("max", shown.categories)}<c:min val="0"/></c:scaling><c:delete val="0"/><c:axPos val="b"/>'
        f'{_title(chart.axis, 900, bold=False)}<c:numFmt formatCode="General" sourceLinked="0"/>'
        '<c:majorTickMark val="out"/><c:minorTickMark val="none"/><c:tickLblPos val="nextTo"/>'
        f'{_stroke(_AXIS)}<c:crossAx val="102"/><c:crosses val="autoZero"/><c:crossBetween val="midCat"/></c:valAx>'
        '<c:valAx><c:axId val="102"/><c:scaling><c:orientation val="minMax"/><c:min val="0"/></c:scaling>'
        f'<c:delete val="0"/><c:axPos val="l"/><c:majorGridlines>{_stroke("E4E8EC")}</c:majorGridlines>'
        '<c:numFmt formatCode="#,##0" sourceLinked="0"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/>'
        '<c:tickLblPos val="nextTo"/><c:spPr><a:ln><a:noFill/></a:ln></c:spPr><c:crossAx val="101"/>'
        '<c:crosses val="autoZero"/><c:crossBetween val="midCat"/></c:valAx>'
    )


def _limit(name: str, numbers: Iterable[str | float]) -> str:
    """Return the end of an axis, so that a program does not leave room behind the last point."""
    largest = max((float(number) for number in numbers), default=0.0)
    return f'<c:{name} val="{largest!r}"/>' if largest > 0 else ""


def _title(text: str, size: int, *, bold: bool) -> str:
    look = f'lang="en-GB" sz="{size}" b="{bold:d}"'
    return (
        f'<c:title><c:tx><c:rich><a:bodyPr/><a:p><a:pPr><a:defRPr sz="{size}" b="{bold:d}"/></a:pPr>'
        f'<a:r><a:rPr {look}><a:solidFill><a:srgbClr val="{_TEXT}"/></a:solidFill></a:rPr>'
        f'<a:t>{_safe(text)}</a:t></a:r></a:p></c:rich></c:tx><c:overlay val="0"/></c:title>'
    )


def _text_look(size: int) -> str:
    return (
        f'<c:txPr><a:bodyPr/><a:p><a:pPr><a:defRPr sz="{size}"><a:solidFill><a:srgbClr val="{_TEXT}"/></a:solidFill>'
        '</a:defRPr></a:pPr><a:endParaRPr lang="en-GB"/></a:p></c:txPr>'
    )


def _fill(colour: str) -> str:
    return f'<c:spPr><a:solidFill><a:srgbClr val="{colour}"/></a:solidFill></c:spPr>'


def _stroke(colour: str) -> str:
    return f'<c:spPr><a:ln w="9525"><a:solidFill><a:srgbClr val="{colour}"/></a:solidFill></a:ln></c:spPr>'


def _name(text: str) -> str:
    return f"<c:tx><c:v>{_safe(text)}</c:v></c:tx>"


def _words(cells: str, values: Sequence[str | float], sheet: str) -> str:
    return f"<c:strRef><c:f>{_reference(cells, sheet)}</c:f><c:strCache>{_cached(values)}</c:strCache></c:strRef>"


def _numbers(cells: str, values: Sequence[str | float], sheet: str) -> str:
    cached = f"<c:formatCode>General</c:formatCode>{_cached(values)}"
    return f"<c:numRef><c:f>{_reference(cells, sheet)}</c:f><c:numCache>{cached}</c:numCache></c:numRef>"


def _cached(values: Sequence[str | float]) -> str:
    points = "".join(f'<c:pt idx="{at}"><c:v>{_safe(str(value))}</c:v></c:pt>' for at, value in enumerate(values))
    return f'<c:ptCount val="{len(values)}"/>{points}'


def _reference(cells: str, sheet: str) -> str:
    area = Area.of(cells)
    if area is None:
        raise ValueError(f"{cells} is no area of a sheet")
    return escape(f"{quoted_title(sheet)}!{area.absolute()}")


def quoted_title(title: str) -> str:
    """Return the name of a sheet as references have it.

    Example: `quoted_title("Bob's")` is `"'Bob''s'"`.
    """
    return "'" + title.replace("'", "''") + "'"


def _safe(text: str) -> str:
    return escape(sheet_text(text)[0])


def _attribute_text(text: str) -> str:
    return escape(sheet_text(text)[0], {'"': "&quot;", "\n": " ", "\t": " "})
