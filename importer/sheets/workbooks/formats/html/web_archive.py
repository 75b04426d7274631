"""Web pages in one file (MHTML, RFC 2557), as Excel, SAP and report servers save workbooks: the pages in it.

Excel writes each sheet as a page of its own, and one more that lists them by their names.
"""

from __future__ import annotations

import codecs
import email
import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.message import Message
from typing import Final
from urllib.parse import unquote

_PAGES: Final = frozenset({"text/html", "application/xhtml+xml"})
_SHEET: Final = re.compile(
    rb"<x:ExcelWorksheet>\s*<x:Name>([^<]*)</x:Name>.*?<x:WorksheetSource\s+HRef=\"([^\"<>]*)\"", re.DOTALL
)
_HIDDEN: Final = re.compile(rb"<x:Visible>\s*Sheet(?:Very)?Hidden\s*</x:Visible>")


@dataclass(frozen=True, slots=True)
class WebPage:
    """A page.

    Attributes:
        name: The sheet that it is, or else what the page is called without its folder and ending.
        visible: Whether a person sees that sheet.
        data: Its bytes.
        encoding: What is said of it beside the page; "" where nothing is.
    """

    name: str
    visible: bool
    data: bytes
    encoding: str


def pages_in(data: bytes) -> Sequence[WebPage]:
    """Return the pages of a web archive: its sheets alone, where it says which of them are sheets."""
    pages = dict(_pages(data))
    sheets = {_base(location): name for page in pages.values() for name, location in _listed(page.data)}
    listed = {location: sheets[_base(location)] for location in pages if _base(location) in sheets}
    return [_named(page, listed.get(location, "")) for location, page in pages.items() if location in (listed or pages)]


def _pages(data: bytes) -> Iterator[tuple[str, WebPage]]:
    """Yield the pages with where they are from, or with a number."""
    for number, part in enumerate(email.message_from_bytes(data.removeprefix(codecs.BOM_UTF8).lstrip()).walk()):
        if part.get_content_type() in _PAGES:
            page = part.get_payload(decode=True)
            location = str(part.get("Content-Location", "")).strip() or f"{number}"
            if isinstance(page, bytes):
                name = _base(location).rpartition(".")[0] or _base(location)
                yield location, WebPage(name, not _HIDDEN.search(page), page, _encoding(part))


def _encoding(part: Message) -> str:
    return str(part.get_content_charset() or "")


def _listed(page: bytes) -> Iterator[tuple[str, str]]:
    """Yield the names of the sheets that a page lists, and where they are."""
    for name, location in _SHEET.findall(page):
        yield html.unescape(name.decode("utf-8", errors="replace")), html.unescape(location.decode("ascii", "replace"))


def _base(location: str) -> str:
    """Return what a page is called, without the folder that it is from."""
    return unquote(location).replace("\\", "/").rpartition("/")[2].lower()


def _named(page: WebPage, name: str) -> WebPage:
    return WebPage(name or page.name, page.visible, page.data, page.encoding)
