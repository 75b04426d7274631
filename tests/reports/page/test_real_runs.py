"""Pages of real runs: the command writes them, and a browser opens them."""

from __future__ import annotations

import csv
import html
import json
import re
import uuid
from collections.abc import Callable, Sequence
from itertools import cycle
from pathlib import Path

import pytest
from playwright.sync_api import expect

from importer.cli.main import run_command
from tests.delivery.wire.servers import Conversation, Server, http_reply
from tests.reports.page.conftest import PHONE, Desk, Opened
from tests.reports.page.hostile import HOSTILE

pytestmark = pytest.mark.slow

Run = Callable[..., Path]
MANY = 50_000
TARGET = ("--group-id", "11111111-2222-4333-8444-555555555555", "--linked-account-id", "acct-1", "--yes", "-qq")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return what runs a command in surroundings of its own, and gives back the page that it wrote."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("IMPORTER_API_KEY", "good-key")
    monkeypatch.setenv("IMPORTER_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("IMPORTER_BACKOFF", "0.05")

    def make(*arguments: object) -> Path:
        out = tmp_path / "out"
        assert run_command([*map(str, arguments), "--output", str(out)]) in (0, 1)
        return out / "report.html"

    return make


def _write(path: Path, rows: Sequence[Sequence[str]], header: Sequence[str] = ()) -> Path:
    with path.open("w", encoding="utf-8", errors="surrogatepass", newline="") as file:
        writer = csv.writer(file, escapechar="\\")
        writer.writerow(header or ("Customer ID", "First Name", "Last Name", "Email", "Note"))
        writer.writerows(rows)
    return path


def _is_untouched(opened: Opened) -> bool:
    """Return whether nothing of a page's text has become more than text."""
    return bool(
        opened.page.evaluate(
            """() => window.__caught === undefined && document.querySelectorAll(
                "img,iframe,svg,object,base,form,link,[onerror],[onload],[onfocus],[onmouseover],[autofocus]"
            ).length === 0 && document.scripts.length === 3 + 2"""
        )
    )


def _hostile_words(conversation: Conversation) -> None:
    """Refuse each row with another hostile string."""
    words = cycle(text for text in HOSTILE if len(text) < 1000)
    while conversation.request() is not None:
        body = json.dumps({"message": next(words)}).encode()
        conversation.send(http_reply(400, body, content_type="application/json"))


def test_the_sample_is_a_page_that_can_be_used(run: Run, desk: Desk) -> None:
    """Of a run of the sample, rows are found by search, by status and by code, and sorted, at a desk and on a phone."""
    sample = Path(__file__).parents[3] / "sample_data" / "customer_changes.xlsx"
    page = run("run", sample, "--sandbox", "--timeout", "1", "--max-attempts", "2", *TARGET[-2:])
    with desk.open(page) as opened:
        assert "25 of 41 rows are confirmed. 10 need fixing, 6 need another try." in opened.page.inner_text("h1")
        assert opened.found() == "16 of 41 rows shown"
        opened.page.fill("#search", "oskar.wolny")
        expect(opened.page.locator("#found")).to_have_text("1 of 41 rows shown")
        assert opened.rows() == ["15"]
        opened.page.click("#clear")
        opened.page.select_option("#status", "=rejected")
        assert opened.found() == "2 of 41 rows shown"
        opened.page.select_option("#code", "=http_404")
        assert opened.rows() == ["23"]
        opened.page.select_option("#code", "")
        opened.page.select_option("#status", "")
        for _ in range(2):
            opened.page.get_by_role("button", name="Row", exact=True).first.click()
        assert opened.rows()[0] == "42"
        assert opened.barriers() == []
    with desk.open(page, scheme="dark", size=PHONE) as opened:
        assert opened.barriers() == []
        assert opened.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_fifty_thousand_rows_can_be_searched(run: Run, desk: Desk, tmp_path: Path) -> None:
    """A check of so many, of which every hundredth is wrong."""
    rows = [
        (str(uuid.UUID(int=number << 64 | number, version=4)), "Ana", "Torres", f"p{number}@example.com", "")
        if number % 100
        else ("no id", "Ana", "Torres", f"p{number}@example.com", "")
        for number in range(1, MANY + 1)
    ]
    page = run("check", _write(tmp_path / "many.csv", rows), "--report", *TARGET[-1:])
    with desk.open(page) as opened:
        assert opened.found() == "500 of 50,000 rows shown"
        opened.page.select_option("#status", "")
        assert opened.found() == "50,000 of 50,000 rows shown"
        opened.page.fill("#search", "p49999@")
        expect(opened.page.locator("#found")).to_have_text("1 of 50,000 rows shown")
        assert opened.rows() == ["50000"]
        assert opened.barriers() == []


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_hostile_words_of_the_file_and_of_the_api_do_nothing(form: str, run: Run, desk: Desk, tmp_path: Path) -> None:
    """In every field, in a header, and in what the API says of a row: all of it is shown as text."""
    texts = [text for text in HOSTILE if "\x00" not in text]
    rows: list[Sequence[str]] = []
    for number, text in enumerate(texts):
        customer = str(uuid.UUID(int=number + 1, version=4))
        rows += [
            (customer, text, "Torres", f"a{number}@example.com", text),
            (str(uuid.UUID(int=number + 1001, version=4)), "Ana", text, f"b{number}@example.com", ""),
            (str(uuid.UUID(int=number + 2001, version=4)), "Ana", "Torres", text, ""),
            (text, "Ana", "Torres", f"c{number}@example.com", ""),
        ]
    header = ("Customer ID", "First Name", "Last Name", "Email", HOSTILE[2])
    source = _write(tmp_path / f"{html.escape('<img src=x onerror=1>')}'\".csv", rows, header)
    with Server(_hostile_words) as api:
        page = run("run", source, "--base-url", api.url, "--format", form, *TARGET)
    with desk.open(page) as opened:
        assert opened.page.locator("[data-cause]").count() > 20
        assert _is_untouched(opened)
        for button in opened.page.locator("button.open").all()[:3]:
            button.click()
            opened.page.click("#row-close")
        assert _is_untouched(opened)


@pytest.mark.parametrize(
    ("addresses", "told"),
    [
        (["ada@example.com", "nobody", "bea@example.com"], "3 rows = 1 invalid + 2 valid ✓ it adds up"),
        (["ada@example.com"], "1 row = 1 valid ✓ it adds up"),
        ([], "0 rows = 0 ✓ it adds up"),
    ],
)
def test_the_sum_names_what_there_is_and_adds_up(addresses: Sequence[str], told: str, run: Run, tmp_path: Path) -> None:
    """Statuses that no row has are not in it."""
    rows = [(str(uuid.uuid4()), "Ada", "Lovelace", address, "") for address in addresses]
    page = run("check", _write(tmp_path / "changes.csv", rows)).read_text("utf-8")
    (found,) = re.findall(r'<p class="sum">(.*?)</p>', page, re.DOTALL)
    assert " ".join(html.unescape(re.sub(r"<[^>]+>", "", found)).split()) == told
