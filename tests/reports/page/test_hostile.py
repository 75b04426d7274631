"""Whatever is in a file or comes from the API, a page shows it as it is, and nothing of it works."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.model.rows import Cause, Outcome
from importer.model.run import Target
from importer.model.source import Detected, SourceInfo
from importer.model.statuses import Status
from importer.reports.page.index_page import write_index
from importer.reports.page.island import island
from importer.reports.saying.review import NextStep
from importer.reports.saying.words import as_sentences
from importer.sheets.table import Record, RecordKind
from tests.reports.page.conftest import DESK, PHONE, Desk, Opened, Scheme
from tests.reports.page.hostile import HOSTILE
from tests.reports.page.indexes import indexed
from tests.reports.page.reviews import Play, play

pytestmark = pytest.mark.slow

_AT_ONCE = 9
_ELEMENTS = """() => {
  const counts = {};
  for (const name of "script style a meta title img iframe svg link base object form".split(" "))
    counts[name] = document.getElementsByTagName(name).length;
  counts.handlers = document.querySelectorAll("[onerror],[onload],[onfocus],[onmouseover],[autofocus]").length;
  return counts;
}"""
_NONE: Mapping[str, int] = dict.fromkeys(("img", "iframe", "svg", "link", "base", "object", "form", "handlers"), 0)
_CODE_UNITS = "found => found.map(one => one.textContent.split('').map(letter => letter.charCodeAt(0)))"


@given(st.text(st.characters(codec=None)))
def test_data_in_a_page_comes_back_as_it_was(text: str) -> None:
    """Any text, half a surrogate pair too, is JSON without a character that means something to a browser."""
    written = island([text, {text: text}]).decode("utf-8")
    assert json.loads(written) == [text, {text: text}]
    assert not set(written) & set("<>&\u2028\u2029")


def _units(text: str) -> list[int]:
    """Return a text as JavaScript counts it."""
    raw = text.encode("utf-16-le", "surrogatepass")
    return [int.from_bytes(raw[at : at + 2], "little") for at in range(0, len(raw), 2)]


def _hostile(strings: Sequence[str]) -> Play:
    """Return a run with these strings in every place: a row for each, and all of them in what is told of the run."""
    pairs = [
        (
            Record(row, RecordKind.ROW, [text] * 4),
            Outcome(row, Status.REJECTED, text, text, 400, 1, text, (text,), 1_764_280_994.0, 0.1),
        )
        for row, text in enumerate(strings, 2)
    ]
    everything = " ".join(strings)
    found = Detected(
        format=everything,
        encoding=everything,
        delimiter=strings[0],
        columns=dict.fromkeys(strings, everything),
        notes=strings,
    )
    played = play(len(strings))
    summary = replace(
        played.review.summary,
        version=everything,
        source=SourceInfo(everything, everything, everything, len(strings), {}, found),
        target=Target(everything, everything, everything),
        started_by=everything,
        retry_of=everything,
        fix_of=strings,
        left_out=strings,
        reports={"annotated": everything},
        causes=[
            Cause(
                warning=warning,
                code=text,
                column=text,
                message=text,
                rows=1,
                first_rows=[row],
                status=status,
                to_do=text,
            )
            for row, text in enumerate(strings, 2)
            for warning, status in ((False, Status.REJECTED), (True, None))
        ],
    )
    review = replace(
        played.review, summary=summary, verdict=everything, steps=[NextStep(text, text) for text in strings]
    )
    return Play(review, pairs)


def _assert_harmless(opened: Opened, **expected: int) -> None:
    assert opened.page.evaluate("window.__caught") is None
    assert opened.page.evaluate(_ELEMENTS) == {**_NONE, "title": 1, "meta": 6, **expected}


@pytest.mark.parametrize(
    ("first", "scheme", "size"),
    [
        pytest.param(0, "light", DESK, id="markup"),
        pytest.param(_AT_ONCE, "dark", DESK, id="more markup"),
        pytest.param(2 * _AT_ONCE, "light", PHONE, id="escapes"),
        pytest.param(3 * _AT_ONCE, "dark", DESK, id="formulas and length"),
    ],
)
def test_a_page_shows_hostile_text_and_does_nothing_of_it(
    first: int, scheme: Scheme, size: tuple[int, int], desk: Desk, tmp_path: Path
) -> None:
    """Trap-like strings in every field are shown letter by letter, and add no element, script or request."""
    strings = HOSTILE[first : first + _AT_ONCE]
    path = _hostile(strings).write(tmp_path / "report.html")
    with desk.open(path, scheme=scheme, size=size) as opened:
        opened.page.wait_for_selector(".tabulator-row")
        shown = opened.page.locator(".tabulator-row .clamp:not(code)").evaluate_all(_CODE_UNITS)
        assert shown == [_units(as_sentences(text)) for text in strings]
        _assert_harmless(opened, script=5, style=2, a=1)
        for place in range(0, 2 * len(strings), 5):
            opened.page.locator("[data-cause]").nth(place).click()
        opened.page.locator("button.open").first.click()
        _assert_harmless(opened, script=5, style=2, a=1)
        assert opened.page.evaluate("document.documentElement.scrollWidth") <= size[0]
        assert opened.barriers() == []


def test_the_strings_are_all_tried() -> None:
    """The pages above have every string of the list in them."""
    assert 3 * _AT_ONCE < len(HOSTILE) <= 4 * _AT_ONCE


def test_hostile_text_prints_on_two_sheets(desk: Desk, tmp_path: Path) -> None:
    """No text is so long that the print becomes longer."""
    with desk.open(_hostile(HOSTILE).write(tmp_path / "report.html")) as opened:
        printed = opened.page.pdf(prefer_css_page_size=True)
        assert printed.count(b"/Type /Page\n") + printed.count(b"/Type /Page ") <= 2


def test_an_index_shows_hostile_text_and_does_nothing_of_it(desk: Desk, tmp_path: Path) -> None:
    """What runs are called and where their reports are adds nothing to the index but its own links."""
    runs = [
        replace(
            indexed(number, unfinished=True),
            source=text,
            verdict=text,
            state=text,
            next_command=text,
            retry_of=text,
            fix_of=[text],
            report=Path(text.encode("utf-8", "replace").decode().replace("\0", "")) / "report.html",
        )
        for number, text in enumerate(HOSTILE)
    ]
    path = tmp_path / "index.html"
    write_index(runs, path, where=" ".join(HOSTILE))
    with desk.open(path) as opened:
        assert opened.page.locator("#run-found").inner_text() == f"{len(runs)} of {len(runs)} runs and checks shown"
        _assert_harmless(opened, script=3, style=1, a=3 * len(runs))
        addresses = opened.page.locator("td a").evaluate_all("found => found.map(one => one.href)")
        assert all(address.startswith("file:///") for address in addresses)
        assert opened.page.evaluate("document.documentElement.scrollWidth") <= DESK[0]
