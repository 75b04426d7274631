"""The page at three sizes: what comes first, and that nothing runs over or lies on something else."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page

from importer.model.modes import Mode
from importer.model.rows import Outcome
from importer.model.statuses import Status
from importer.model.stop_reasons import StopReason
from importer.reports.saying.review import NextStep
from tests.reports.page.conftest import Desk
from tests.reports.page.reviews import Play, play, stopped

pytestmark = pytest.mark.slow

PHONE, DESK, PAPER = (390, 844), (1280, 800), (688, 1000)
"""Paper is what A4 has between its margins, at 96 pixels an inch."""
SIZES = [pytest.param(PHONE, id="phone"), pytest.param(DESK, id="desk"), pytest.param(PAPER, id="paper")]
ORDER = ["verdict", "to do", "causes", "rows", "charts", "facts"]
TOPS = """() => Object.entries({
  verdict: "h1", "to do": "#steps-heading", causes: "#causes-heading", rows: "#rows-heading",
  charts: "#charts-heading", facts: "#about-heading",
}).map(([name, selector]) => [name, document.querySelector(selector)?.getBoundingClientRect()])
  .filter(([, box]) => box && box.height)
  .sort((one, other) => one[1].top - other[1].top).map(([name]) => name)"""
ON_EACH_OTHER = """() => {
  const unseen = "canvas, option, script, dialog:not([open]), details:not([open]) > :not(summary)";
  const seen = ({ left, right, top, bottom }, element) => {
    let box = { left, right, top, bottom };
    for (let at = element; at && at !== document.documentElement; at = at.parentElement) {
      const style = getComputedStyle(at);
      if (style.visibility === "hidden" || style.clipPath !== "none") return null;
      if (style.overflowX !== "visible" || style.overflowY !== "visible") {
        const frame = at.getBoundingClientRect();
        box = { left: Math.max(box.left, frame.left), right: Math.min(box.right, frame.right),
                top: Math.max(box.top, frame.top), bottom: Math.min(box.bottom, frame.bottom) };
      }
    }
    return box.right - box.left > 2 && box.bottom - box.top > 2 ? box : null;
  };
  const pieces = [];
  const walker = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode());) {
    if (!node.data.trim() || node.parentElement.closest(unseen)) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const box of range.getClientRects()) {
      const part = seen(box, node.parentElement);
      if (part) pieces.push({ ...part, text: node.data.trim().slice(0, 40), node });
    }
  }
  for (const canvas of document.querySelectorAll("canvas")) {
    const { left, right, top, bottom } = canvas.getBoundingClientRect();
    if (right - left > 2) pieces.push({ left, right, top, bottom, text: `canvas ${canvas.id}`, node: canvas });
  }
  const found = [];
  for (let at = 0; at < pieces.length; at += 1) for (const other of pieces.slice(at + 1)) {
    const one = pieces[at];
    const width = Math.min(one.right, other.right) - Math.max(one.left, other.left);
    const height = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
    if (one.node !== other.node && width > 2 && height > 5) found.push(`${one.text} | ${other.text}`);
  }
  return found;
}"""
"""A line's box may reach a little into the next one's without any letter of the two touching."""


def _many_steps(rows: int = 400) -> Play:
    """Return a run about which all can be done that there is to do, with a path as long as paths are."""
    path = "'/srv/shares/Operations (shared)/2026/Q4/customer changes/export of 30 November-20261130T010203Z-r7k2m9qd'"
    target = "--group-id 0f8fad5b-d9cb-469f-a165-70867728950e --linked-account-id 7c9e6679-7425-40de-944b-e07fc1f90ae7"
    steps = [
        NextStep("The run stopped early: the API was down. If it has never answered, check --base-url."),
        NextStep("Go on with the run. It takes up 10 rows.", "importer resume r7k2m9qd"),
        NextStep("Fix 30 rows in to_fix.xlsx, then run it.", f"importer run {path}/to_fix.xlsx {target}"),
    ]
    told = play(rows).told(lambda summary: replace(stopped(summary), stop_reason=StopReason.API_DOWN))
    verdict = "360 of 400 rows are confirmed. 30 need fixing, 10 need another try, 1,204 were not sent."
    return replace(told, review=replace(told.review, steps=steps, verdict=verdict))


def _long_words(rows: int = 40) -> Play:
    """Return a run whose texts have no place where a line could end."""

    def endless(row: int) -> Outcome:
        return Outcome(row, Status.INVALID, f"code_{row}" * 9, f"{row}{'x' * 300}")

    return play(rows, endless).told(lambda summary: replace(summary, started_by="o" * 90))


PLAYS = [
    pytest.param(play(600), id="usual"),
    pytest.param(_many_steps(), id="many steps"),
    pytest.param(_long_words(), id="long words"),
    pytest.param(play(5, lambda row: Outcome(row, Status.UPDATED, http_status=200)), id="confirmed"),
    pytest.param(play(30, mode=Mode.CHECK), id="check"),
]


def _laid_out(page: Page, size: tuple[int, int]) -> None:
    if size == PAPER:
        page.emulate_media(media="print")
        page.evaluate("dispatchEvent(new Event('beforeprint'))")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("played", PLAYS)
def test_what_matters_comes_first_and_nothing_is_on_something_else(
    played: Play, size: tuple[int, int], desk: Desk, tmp_path: Path
) -> None:
    """Verdict, what to do, causes, rows, charts, facts: in this order, within the width, each in a place of its own."""
    with desk.open(played.write(tmp_path / "report.html"), size=size) as opened:
        _laid_out(opened.page, size)
        expected = [name for name in ORDER if name != "rows"] if size == PAPER else ORDER
        assert opened.page.evaluate(TOPS) == expected
        assert opened.page.evaluate("document.documentElement.scrollWidth") <= size[0]
        assert opened.page.evaluate(ON_EACH_OTHER) == []


def test_what_lies_on_something_else_is_seen(desk: Desk, tmp_path: Path) -> None:
    """The search for what overlaps would find it."""
    path = play(20).write(tmp_path / "report.html")
    with desk.open(path) as opened:
        opened.page.locator("#steps-heading").evaluate(
            "(element) => { element.style.transform = 'translateY(-60px)'; }"
        )
        assert any("What to do next" in pair for pair in opened.page.evaluate(ON_EACH_OTHER))


def test_a_command_is_copied_as_it_is_and_breaks_between_words(desk: Desk, tmp_path: Path) -> None:
    """An option is on one line; only a path that is longer than a line goes over several."""
    played = _many_steps()
    with desk.open(played.write(tmp_path / "report.html"), size=DESK) as opened:
        commands = opened.page.locator(".command code").evaluate_all("(all) => all.map((one) => one.textContent)")
        assert commands == [step.command for step in played.review.steps if step.command]
        heights = "(all) => all.map((one) => one.getClientRects().length)"
        assert set(opened.page.locator(".command .word").evaluate_all(heights)) == {1}


@pytest.mark.parametrize("played", [PLAYS[0], PLAYS[1]])
def test_the_first_screen_of_a_phone_says_what_came_of_it_and_what_to_do(
    played: Play, desk: Desk, tmp_path: Path
) -> None:
    """Whoever opens the page on the way home need not scroll, however long a command is."""
    with desk.open(played.write(tmp_path / "report.html"), size=PHONE) as opened:
        assert opened.page.locator(".next").bounding_box() is not None
        assert opened.page.evaluate("document.querySelector('.next').getBoundingClientRect().bottom") <= PHONE[1]
        assert opened.barriers() == []


def test_a_command_is_whole_on_paper(desk: Desk, tmp_path: Path) -> None:
    """Where there are a few, each can be typed from there: none is cut off, nor does a line show that is."""
    played = _many_steps()
    steps = [replace(step, text="Fix them, then run it.") for step in played.review.steps if step.command][:2]
    played = replace(played, review=replace(played.review, steps=steps))
    with desk.open(played.write(tmp_path / "report.html"), size=PAPER) as opened:
        _laid_out(opened.page, PAPER)
        cut = "(all) => all.filter((one) => one.scrollHeight > one.clientHeight + 1).length"
        assert opened.page.locator(".step code").evaluate_all(cut) == 0
        assert opened.page.locator(".next").evaluate("(one) => one.scrollHeight <= one.clientHeight + 1")
        assert opened.page.locator(".facts dd").evaluate_all(cut) == 0


def test_the_code_of_a_cause_stands_behind_its_sentence(desk: Desk, tmp_path: Path) -> None:
    """It is for those who look for it: what is wrong comes first."""
    with desk.open(play(20).write(tmp_path / "report.html")) as opened:
        for said in opened.page.locator(".cause .what").all_inner_texts():
            assert re.search(r"\bRows? [\d, ]+(and \d+ more)?\s+[a-z0-9_]+$", said)


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext is not there")
def test_paper_has_the_same_order(desk: Desk, tmp_path: Path) -> None:
    """Printed on A4, the verdict, what to do and the causes are on the first sheet, charts and facts on the second."""
    with desk.open(play(600).write(tmp_path / "report.html")) as opened:
        opened.page.pdf(path=tmp_path / "report.pdf", prefer_css_page_size=True)
    command = ["pdftotext", "-layout", str(tmp_path / "report.pdf"), "-"]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    first, second, _ = text.split("\f")
    headings = ["560 of 600 rows", "What to do next", "What needs a person", "Warnings"]
    assert sorted(headings, key=first.index) == headings
    headings = ["The run in charts", "About this run", "3f5c9a3f5c9a"]
    assert sorted(headings, key=second.index) == headings
