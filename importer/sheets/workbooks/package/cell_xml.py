"""The XML of a cell that is written, whichever writer writes it."""

from __future__ import annotations

from functools import lru_cache
from typing import Final
from xml.sax.saxutils import escape

from importer.sheets.workbooks.cell_text import sheet_text

_KEPT_TEXTS: Final = 4_096
"""Statuses and codes come again and again."""
_MARGINS: Final = (" ", "\n", "\t")


def cell_xml(reference: str, value: str | int | None, style: str) -> str:
    """Return the element of a cell, text stored in it; nothing where there is neither a value nor a look.

    Args:
        reference: Where it is, such as `A1`.
        value: What is in it.
        style: The attribute with its look, as `style_attribute` returns it.
    """
    if isinstance(value, str):
        return f'<c r="{reference}"{style} t="inlineStr"><is>{inline_text(value)}</is></c>'
    if value is None:
        return f'<c r="{reference}"{style}/>' if style else ""
    return f'<c r="{reference}"{style}><v>{value}</v></c>'


def style_attribute(number: int | None) -> str:
    """Return the attribute with the number of a cell's format, and the space before it; "" for a cell without one."""
    return "" if number is None else f' s="{number}"'


@lru_cache(_KEPT_TEXTS)
def inline_text(text: str) -> str:
    """Return the element of a text as a cell can hold it."""
    return text_element(sheet_text(text)[0])


def text_element(safe: str) -> str:
    """Return the element of a text that is in the form in which a cell can hold it, as `sheet_text` returns it."""
    margin = safe.startswith(_MARGINS) or safe.endswith(_MARGINS) or "\n" in safe
    start = '<t xml:space="preserve">' if margin else "<t>"
    return f"{start}{escape(safe)}</t>"
