"""The index of runs: what is unfinished first, then all runs, with links that lead to their reports."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import expect

from importer.model.modes import Mode
from importer.model.statuses import Status
from importer.reports.page.index_page import is_ours, mark_of, write_index
from tests.reports.page.conftest import DESK, PHONE, Desk, Scheme
from tests.reports.page.indexes import indexed

pytestmark = pytest.mark.slow

RUNS = [indexed(number, unfinished=number in (30, 38)) for number in reversed(range(40))]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an index of 40 runs, two of which are unfinished."""
    path = tmp_path_factory.mktemp("index") / "index.html"
    write_index(RUNS, path, where="/data/reports")
    return path


@pytest.mark.parametrize(
    ("scheme", "size"),
    [
        pytest.param("light", DESK, id="light"),
        pytest.param("dark", DESK, id="dark"),
        pytest.param("light", PHONE, id="phone"),
    ],
)
def test_an_index_can_be_used_in_every_look(index: Path, desk: Desk, scheme: Scheme, size: tuple[int, int]) -> None:
    """In both schemes and on a phone, nothing is wider than the screen, and axe finds nothing serious."""
    with desk.open(index, scheme=scheme, size=size) as opened:
        assert opened.page.evaluate("document.documentElement.scrollWidth") <= size[0]
        assert opened.barriers() == []


def test_what_is_unfinished_stands_on_top_with_its_command(index: Path, desk: Desk) -> None:
    """The newest unfinished run comes first, each with the command that goes on with it."""
    with desk.open(index) as opened:
        assert opened.page.locator("h1").inner_text() == "35 runs, 2 of them unfinished; 5 checks and dry runs"
        commands = opened.page.locator(".command code").all_inner_texts()
        assert commands == ["importer resume run00038", "importer resume run00030"]


def test_runs_are_listed_newest_first_with_their_links(index: Path, desk: Desk) -> None:
    """A run links to its report where there is one, and to the run that it repeats where that is listed."""
    with desk.open(index) as opened:
        ids = opened.page.locator(".runs th[data-name]").all_inner_texts()
        runs, checks = (
            [run.run_id for run in RUNS if (run.mode is Mode.CHECK) is of_checks] for of_checks in (False, True)
        )
        assert ids == [*runs, *checks]
        line = opened.page.locator("#run-run00037 a")
        addresses = line.evaluate_all("found => found.map(one => one.getAttribute('href'))")
        assert addresses == ["./customer_changes-20250721T040000Z-run00037/report.html", "#run-run00036"]
        assert opened.page.locator("#run-run00035 td a").count() == 0


def test_checks_are_kept_apart_from_runs(index: Path, desk: Desk) -> None:
    """In a list of their own, which says how many rows are valid; dry runs too, since they sent nothing."""
    with desk.open(index) as opened:
        headings = opened.page.locator("h2").all_inner_texts()
        assert headings[-2:] == ["All runs, the newest first", "Checks and dry runs, which sent nothing"]
        runs, checks = opened.page.locator(".runs").all()
        assert "Confirmed" in runs.locator("thead").inner_text()
        assert "Valid" in checks.locator("thead").inner_text()
        assert checks.locator("tbody tr").count() == 5
        assert opened.page.locator("#run-run00034 [data-name=Valid]").inner_text() == "1,180"


def test_a_retry_is_called_so_in_the_list_and_where_it_is_unfinished(tmp_path: Path) -> None:
    """As `importer history` calls it; so is a run that fixes rows of others. A rehearsal of either is a dry run."""
    plain = replace(indexed(4, unfinished=True), retry_of=None)
    runs = [
        replace(plain, run_id="run00009", retry_of="run00003"),
        replace(plain, run_id="run00008", fix_of=["run00003"]),
        replace(plain, run_id="run00007", mode=Mode.DRY_RUN, unfinished=False, fix_of=["run00003"]),
        replace(plain, run_id="run00006"),
    ]
    path = tmp_path / "index.html"
    write_index(runs, path, where="/data/reports")
    page = path.read_text("utf-8")
    states = re.findall(r'<tr id="run-(run\d+)".*?data-name="State">([^<]*)<', page, re.DOTALL)
    assert states == [
        ("run00009", "unfinished, retry"),
        ("run00008", "unfinished, fix"),
        ("run00006", "unfinished"),
        ("run00007", "unfinished, dry run"),
    ]
    on_top = re.findall(r'<span class="muted">(\w+) <a href="#run-(run\d+)">', page)
    assert on_top == [("retry", "run00009"), ("fix", "run00008"), ("run", "run00006")]


def test_what_somebody_has_settled_is_not_called_confirmed(desk: Desk, tmp_path: Path) -> None:
    """Where the verdict says how many are settled, the number beside it is that of the confirmed ones."""
    path = tmp_path / "index.html"
    run = indexed(3)
    write_index([replace(run, statuses={**run.statuses, Status.SETTLED: 3})], path, where="/data/reports")
    with desk.open(path) as opened:
        assert opened.page.locator("#run-run00003 [data-name=Confirmed]").inner_text() == "1,204"


def test_an_index_of_checks_alone_has_no_runs(desk: Desk, tmp_path: Path) -> None:
    """It says so, and shows no empty table."""
    path = tmp_path / "index.html"
    write_index([replace(indexed(1), mode=Mode.DRY_RUN, retry_of=None)], path, where="/data/reports")
    with desk.open(path) as opened:
        assert opened.page.locator("h1").inner_text() == "1 check or dry run"
        assert opened.page.locator(".runs").count() == 1
        assert opened.page.locator("#run-found").inner_text() == "1 of 1 runs and checks shown"


def test_thousands_of_runs_can_be_searched(desk: Desk, tmp_path: Path) -> None:
    """Of 3,000 runs, what is typed leaves those that have it."""
    path = tmp_path / "index.html"
    write_index([indexed(number) for number in reversed(range(3000))], path, where="/data/reports")
    with desk.open(path) as opened:
        opened.page.locator("#run-search").fill("RUN02999")
        expect(opened.page.locator("#run-found")).to_have_text("1 of 3,000 runs and checks shown")


def test_an_index_without_runs_says_so(desk: Desk, tmp_path: Path) -> None:
    """There is a page even before the first run."""
    path = tmp_path / "index.html"
    write_index([], path, where="/data/reports")
    with desk.open(path) as opened:
        assert opened.page.locator("h1").inner_text() == "There are no runs yet"


def test_only_our_own_index_is_ours(index: Path, tmp_path: Path) -> None:
    """A page that the importer wrote may be replaced, and one that is not there; any other may not."""
    assert is_ours(index)
    assert is_ours(tmp_path / "none.html")
    other = tmp_path / "index.html"
    other.write_text("<!doctype html><title>Ours since 1999</title>" + " " * 2000 + index.read_text("utf-8"), "utf-8")
    assert not is_ours(other)
    assert not is_ours(tmp_path)


def test_how_far_the_journal_had_come_stands_in_the_head(index: Path, tmp_path: Path) -> None:
    """It is read again from our own page only, and a page that says it is ours as any other."""
    path = tmp_path / "index.html"
    write_index(RUNS, path, where="/data/reports", mark="0123456789abcdef 17")
    assert (mark_of(path), is_ours(path)) == ("0123456789abcdef 17", True)
    assert mark_of(index) == mark_of(tmp_path) == mark_of(tmp_path / "gone") == ""
