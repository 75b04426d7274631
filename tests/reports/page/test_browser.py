"""The page in a real browser: it works, it asks for nothing, and it can be used by everybody."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import expect

from importer.model.modes import Mode
from importer.model.rows import Difference, Outcome
from importer.model.source import Field
from importer.model.statuses import Status
from importer.sheets.table import Record, RecordKind
from tests.reports.page.conftest import DESK, PHONE, Desk, Scheme
from tests.reports.page.reviews import Play, cut_off, outcome, play, stopped

pytestmark = pytest.mark.slow

LOOKS = [
    pytest.param("light", DESK, id="light"),
    pytest.param("dark", DESK, id="dark"),
    pytest.param("light", PHONE, id="phone"),
    pytest.param("dark", PHONE, id="dark phone"),
]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the page of a run of 600 rows."""
    return play(600).write(tmp_path_factory.mktemp("small") / "report.html")


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the page of a run of 50,000 rows."""
    return play(50_000).write(tmp_path_factory.mktemp("large") / "report.html")


@pytest.mark.parametrize(
    ("added", "complaint"),
    [
        pytest.param("<script>window.__caught=1</script>", "policy script-src-elem", id="script"),
        pytest.param("<img src=https://attacker.example/x.png>", "policy img-src", id="picture"),
        pytest.param("<a onclick=window.__caught=1>x</a>", "policy script-src-attr", id="handler"),
    ],
)
def test_what_gets_into_a_page_is_held_back_and_seen(
    small: Path, added: str, complaint: str, desk: Desk, tmp_path: Path
) -> None:
    """Were something injected, the policy would not let it work, and these tests would see it."""
    path = tmp_path / "report.html"
    path.write_text(small.read_text("utf-8").replace("<main>", f"<main>{added}", 1), "utf-8")
    with pytest.raises(AssertionError, match=complaint), desk.open(path) as opened:
        opened.page.wait_for_selector(".tabulator-row")


@pytest.mark.parametrize(("scheme", "size"), LOOKS)
def test_a_page_can_be_used_in_every_look(small: Path, desk: Desk, scheme: Scheme, size: tuple[int, int]) -> None:
    """In both schemes and on a phone, nothing is wider than the screen, and axe finds nothing serious."""
    with desk.open(small, scheme=scheme, size=size) as opened:
        opened.page.wait_for_selector(".tabulator-row")
        opened.page.get_by_text("The numbers of these charts").click()
        assert opened.page.evaluate("document.documentElement.scrollWidth") <= size[0]
        assert opened.barriers() == []
        opened.page.locator("button.open").first.click()
        assert opened.barriers() == []


def _attention(rows: int) -> list[str]:
    return [str(row) for row in range(2, rows + 2) if row % 60 in (7, 19, 23, 31)]


def test_at_first_the_rows_that_need_attention_are_shown(small: Path, desk: Desk) -> None:
    """The table begins with what needs a person, and says how many rows that are of how many."""
    with desk.open(small) as opened:
        assert opened.rows()[:8] == _attention(600)[:8]
        assert opened.found() == "40 of 600 rows shown"


def test_search_finds_rows(large: Path, desk: Desk) -> None:
    """What is typed is looked for in every text of 50,000 rows, whatever its case and its accents."""
    with desk.open(large) as opened:
        opened.page.locator("#clear").click()
        assert opened.found() == "50,000 of 50,000 rows shown"
        opened.page.locator("#search").fill("PERSON4711@")
        expect(opened.page.locator("#found")).to_have_text("1 of 50,000 rows shown")
        assert opened.rows() == ["4711"]
        opened.page.locator("#search").fill("garcia marquez")
        expect(opened.page.locator("#found")).to_have_text("6,252 of 50,000 rows shown")
        assert opened.rows()[:4] == ["3", "4", "5", "27"]
        opened.page.locator("#search").fill("no such thing")
        expect(opened.page.locator("#found")).to_have_text("0 of 50,000 rows shown")
        assert opened.page.get_by_text("No row fits.").is_visible()


def test_a_search_says_what_it_finds_elsewhere(small: Path, desk: Desk) -> None:
    """The rows that need attention are what a page begins with, and a row that is sought may be none of these."""
    with desk.open(small) as opened:
        opened.page.locator("#search").fill("person9@")
        expected = "0 of 600 rows shown; 1 more found with another status"
        expect(opened.page.locator("#found")).to_have_text(expected)
        opened.page.locator("#status").select_option("")
        assert opened.found() == "1 of 600 rows shown"
        assert opened.rows() == ["9"]


def test_letters_are_found_by_those_that_everybody_can_type(desk: Desk, tmp_path: Path) -> None:
    """Neither an accent nor a stroke through a letter keeps a name from being found, whoever types it."""
    names = ["Łukasz Sørensen", "Đorđe Müßig", "Ægir Þór"]
    rows = [
        (Record(at, RecordKind.ROW, (str(at), name, "", "")), outcome(at)) for at, name in enumerate(names, start=2)
    ]
    with desk.open(replace(play(3), rows=rows).write(tmp_path / "report.html")) as opened:
        for sought, row in [("lukasz sorensen", "2"), ("SØRENSEN", "2"), ("dorde mussig", "3"), ("aegir thor", "4")]:
            opened.page.locator("#search").fill(sought)
            expect(opened.page.locator("button.open")).to_have_text([row])


def test_filters_keep_the_right_rows(large: Path, desk: Desk) -> None:
    """Status and code narrow the table together, and each says how many rows it has."""
    with desk.open(large) as opened:
        opened.page.locator("#status").select_option(label="rejected (833)")
        assert opened.found() == "833 of 50,000 rows shown"
        assert opened.rows()[:3] == ["23", "83", "143"]
        opened.page.locator("#code").select_option("=timeout")
        assert opened.found() == "0 of 50,000 rows shown"
        opened.page.locator("#status").select_option("")
        assert opened.rows()[:3] == ["31", "91", "151"]
        opened.page.locator("#code").select_option("!mangled_text")
        assert opened.rows()[:3] == ["3", "53", "103"]


def test_every_column_can_be_sorted_with_the_keyboard(large: Path, desk: Desk) -> None:
    """Enter on a header sorts by it, again the other way round; numbers are sorted as numbers."""
    with desk.open(large) as opened:
        opened.page.locator("#clear").click()
        row = opened.page.locator("button.head", has_text="Row")
        row.press("Enter")
        assert opened.rows()[:2] == ["2", "3"]
        row.press("Enter")
        assert opened.rows()[:2] == ["50001", "50000"]
        opened.page.locator("button.head", has_text="Took").press("Enter")
        opened.page.locator("button.head", has_text="Took").press("Enter")
        assert int(opened.rows()[0]) * 37 % 101 == 100
        heads = opened.page.locator("button.head")
        for place in range(heads.count()):
            heads.nth(place).press("Enter")
        assert opened.page.locator('[aria-sort="ascending"], [aria-sort="descending"]').count() == 1


def test_on_a_phone_the_table_is_cards_that_can_be_sorted(small: Path, desk: Desk) -> None:
    """Cards have no headers: a list of the columns sorts them."""
    with desk.open(small, size=PHONE) as opened:
        opened.page.locator("#sort").select_option("row desc")
        assert opened.rows()[0] == _attention(600)[-1]
        assert (
            opened.page.locator(".tabulator-row").first.inner_text().split("\n")[-1]
            == "Łukasz Dupont, person571@example.com"
        )


def test_on_a_phone_a_card_joins_what_is_there(desk: Desk, tmp_path: Path) -> None:
    """Of a name that lacks a part, the rest, without a space before the comma."""
    people = [("Käthe", " ", "k@example.com"), ("", "Ruiz", " "), (" ", "", "x@example.com"), ("Ana", "Paz", "")]
    rows = [
        (Record(at, RecordKind.ROW, ("id", first, last, email)), outcome(at))
        for at, (first, last, email) in enumerate(people, start=2)
    ]
    with desk.open(replace(play(4), rows=rows).write(tmp_path / "report.html"), size=PHONE) as opened:
        told = opened.page.locator(".card > .one-line").all_text_contents()
        assert told == ["Käthe, k@example.com", "Ruiz", "x@example.com", "Ana Paz"]


def test_names_and_addresses_are_in_sight_beside_what_the_api_holds(desk: Desk, tmp_path: Path) -> None:
    """Few rows have that; whose row it is, is asked of each."""
    held = Difference(field=Field.EMAIL, sent="person3@example.com", held="person3@example.org")

    def mismatched(row: int) -> Outcome:
        return replace(outcome(row), status=Status.MISMATCH, differences=[held]) if row == 3 else outcome(row)

    with desk.open(play(36, mismatched).write(tmp_path / "report.html")) as opened:
        opened.page.locator("#status").select_option("")
        for head in ("Name", "E-mail"):
            column = opened.page.get_by_role("columnheader", name=head, exact=True).bounding_box()
            assert column is not None
            assert column["x"] + column["width"] <= DESK[0]


def test_a_cause_shows_its_rows(small: Path, desk: Desk) -> None:
    """The button of a cause leads to just its rows, those of a warning too, and back to all."""
    with desk.open(small) as opened:
        for name, rows in (("not_found", ["23", "83", "143"]), ("mangled_text", ["3", "53", "103"])):
            opened.page.locator(".cause", has_text=name).get_by_role("button").click()
            assert opened.rows()[:3] == rows
            assert name in opened.page.locator("#chosen").inner_text()
        opened.page.locator("#unchoose").click()
        assert opened.found() == "600 of 600 rows shown"


def test_a_cause_has_the_rows_that_repeat_its_rows(desk: Desk, tmp_path: Path) -> None:
    """A row that asks for the same change as another says so instead of the cause, and is shown with it."""

    def repeating(row: int) -> Outcome:
        messages = {2: "No such customer.", 3: "The same change as row 2: see there", 4: "The name is too long."}
        return Outcome(row, Status.REJECTED, "http_400", messages[row], 400)

    with desk.open(play(3, repeating).write(tmp_path / "report.html")) as opened:
        opened.page.locator(".cause", has_text="No such customer.").get_by_role("button").click()
        assert opened.rows() == ["2", "3"]


def test_a_warning_has_the_rows_that_it_counts(desk: Desk, tmp_path: Path) -> None:
    """Not those that are invalid anyway, which say both themselves."""

    def warned(row: int) -> Outcome:
        ended = (Status.INVALID, "blank_email") if row == 3 else (Status.UPDATED, "")
        return Outcome(row, *ended, warnings=("mangled_text",) if row < 4 else ())

    with desk.open(play(3, warned).write(tmp_path / "report.html")) as opened:
        opened.page.locator(".cause", has_text="mangled_text").get_by_role("button").click()
        assert opened.rows() == ["2"]


def test_a_cause_whose_rows_differ_in_numbers_has_all_of_them(desk: Desk, tmp_path: Path) -> None:
    """What differs from row to row stands as "…" in what the page is told of the cause."""

    def differing(row: int) -> Outcome:
        messages = {2: "Row 7 is the same. Keep one.", 3: "Row 9 is the same. Keep one.", 4: "The name is too long."}
        return Outcome(row, Status.REJECTED, "http_400", messages[row], 400)

    played = play(3, differing)
    summary = played.review.summary
    cause = replace(summary.causes[0], message="… is the same. Keep one.", rows=2, first_rows=(2, 3))
    review = replace(played.review, summary=replace(summary, causes=[cause]))
    with desk.open(replace(played, review=review).write(tmp_path / "report.html")) as opened:
        opened.page.locator(".cause", has_text="is the same").get_by_role("button").click()
        assert opened.rows() == ["2", "3"]


def test_a_row_number_can_be_copied(small: Path, desk: Desk) -> None:
    """The button beside a row number puts the number where it can be pasted from, from a local file too."""
    with desk.open(small) as opened:
        opened.page.locator("button.copy").nth(1).click()
        expect(opened.page.locator("#said")).to_have_text("Copied: 19")
        opened.page.locator("#search").focus()
        opened.page.keyboard.press("Control+V")
        assert opened.page.locator("#search").input_value() == "19"


def test_a_row_shows_all_of_itself(small: Path, desk: Desk) -> None:
    """What the table cuts short is whole behind the row number, which has the focus again afterwards."""
    with desk.open(small) as opened:
        opened.page.locator("button.open", has_text="31").first.press("Enter")
        expect(opened.page.locator("dialog")).to_be_visible()
        told = opened.page.locator("dialog").inner_text()
        assert "The API did not answer within 30 s; the change may have been applied." in told
        assert "person31@example.com" in told
        opened.page.keyboard.press("Escape")
        expect(opened.page.locator("button.open", has_text="31").first).to_be_focused()


def test_charts_follow_the_scheme(small: Path, desk: Desk) -> None:
    """When the scheme changes while the page is open, the charts are drawn anew in its colours."""
    picture = "document.getElementById('requests').toDataURL()"
    with desk.open(small, scheme="light") as opened:
        light = opened.page.evaluate(picture)
        opened.page.emulate_media(color_scheme="dark")
        opened.page.wait_for_function(f"light => {picture} !== light", arg=light)
        dark = opened.page.evaluate(picture)
        opened.page.emulate_media(color_scheme="light")
        opened.page.wait_for_function(f"light => {picture} === light", arg=light)
        assert opened.page.evaluate(picture) != dark


def _with_many_causes(rows: int = 60) -> Play:
    def each_its_own(row: int) -> Outcome:
        return Outcome(row, Status.INVALID, f"code_{row}", f"Sentence {row}. " * 40)

    return play(rows, each_its_own).told(lambda summary: replace(summary, started_by="a name " * 200))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "played", [pytest.param(play(600), id="usual"), pytest.param(_with_many_causes(), id="many causes")]
)
def test_a_page_prints_on_two_sheets(played: Play, scheme: Scheme, desk: Desk, tmp_path: Path) -> None:
    """The printed page has at most two sheets, with light colours, and says how many causes it leaves out."""
    path = played.write(tmp_path / "report.html")
    with desk.open(path, scheme=scheme) as opened:
        printed = opened.page.pdf(prefer_css_page_size=True)
        assert printed.count(b"/Type /Page\n") + printed.count(b"/Type /Page ") <= 2
        opened.page.emulate_media(media="print", color_scheme=scheme)
        assert opened.page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        left_out = len(played.review.summary.causes) - 6
        assert opened.page.get_by_text(f"and {left_out} more:").count() == (left_out > 0)


def _refused(row: int) -> Outcome:
    return Outcome(row, Status.INVALID if row == 3 else Status.VALID, "blank_email" if row == 3 else "")


RUNS = [
    pytest.param(play(0), "", id="empty sheet"),
    pytest.param(play(1), "1 of 1 row shown", id="one row"),
    pytest.param(
        play(5, lambda row: Outcome(row, Status.UPDATED, http_status=200)), "5 of 5 rows shown", id="confirmed"
    ),
    pytest.param(play(5, _refused, Mode.CHECK), "1 of 5 rows shown", id="check"),
    pytest.param(play(5, _refused, Mode.DRY_RUN), "1 of 5 rows shown", id="dry run"),
    pytest.param(play(5, outcome).told(cut_off), "5 of 5 rows shown", id="cut off"),
    pytest.param(play(5, outcome).told(stopped), "5 of 5 rows shown", id="stopped"),
]


@pytest.mark.parametrize(("played", "found"), RUNS)
def test_every_kind_of_run_has_its_page(played: Play, found: str, desk: Desk, tmp_path: Path) -> None:
    """A sheet without rows, with one, a check and a run that was cut off have pages that work as well."""
    path = played.write(tmp_path / "report.html")
    with desk.open(path) as opened:
        assert opened.page.locator("h1").inner_text() == played.review.verdict
        assert opened.barriers() == []
        if found:
            assert opened.found() == found


def test_of_very_many_causes_the_first_are_shown(desk: Desk, tmp_path: Path) -> None:
    """A browser need not lay out thousands of causes: the page says how many more there are."""
    path = _with_many_causes(130).write(tmp_path / "report.html")
    with desk.open(path) as opened:
        assert opened.page.locator(".cause").count() == 100
        assert opened.page.get_by_text("and 30 more:").is_visible()
