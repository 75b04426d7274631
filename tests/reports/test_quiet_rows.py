"""Rows with nothing to say, many at a time: every report is what it is of each of them by itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from importer.errors import ImporterError, ReportError
from importer.model.rows import Outcome, QuietOutcomes
from importer.model.source import MORE_COLUMNS, Field
from importer.model.statuses import CALM, Status
from importer.reports.page.page_rows import MAX_ROWS, PageRows
from importer.reports.row_reports import RowReport, joined, tell
from importer.reports.to_fix import Fixing, writing_to_fix
from importer.reports.writing import Wish, writing_annotated
from importer.sheets.open import open_table
from importer.sheets.table import Format, Table
from tests.proving import examples
from tests.reports.tables import table as table_in_memory
from tests.sheets.files import ANA, HEADER, numbers_of, write_csv
from tests.sheets.text.odd_files import ENCODINGS, OddFile, odd_files

_TOLD = (
    Outcome(0, Status.VALID),
    Outcome(0, Status.UPDATED, "", "", 200, 1, "2025-07-21T12:43:14Z", sent_at=1.25, latency_s=0.0625),
    Outcome(0, Status.UPDATED, "", "White space was removed", 200, 2, "2025-07-21T12:43:15Z", changed=(Field.EMAIL,)),
    Outcome(0, Status.UPDATED, "", "It said: “No.”", 200, 1, "2025-07-21T12:43:16Z", sent_at=2.0, changed=()),
    Outcome(0, Status.UNCHANGED, "", "It was not sent: run k3f9abcd has confirmed the same values.", None, 0, "2025"),
    Outcome(0, Status.UPDATED, "", "=1+1;\n“Ä”", 200, 1, "2025-07-21T12:43:14Z", ("lost_letters",)),
    Outcome(0, Status.DUPLICATE, "", "The same change as row 2"),
    Outcome(0, Status.INVALID, "blank_email, lost_letters", "The e-mail is blank."),
    Outcome(0, Status.REJECTED, "http_404", "No such customer", 404, 1),
    Outcome(0, Status.NOT_SENT, "key_refused", "The key was refused."),
)


def _quiet(outcomes: Sequence[Outcome]) -> QuietOutcomes:
    return QuietOutcomes(
        first=outcomes[0].row,
        statuses=[one.status.value for one in outcomes],
        messages=[one.message for one in outcomes],
        http_statuses=[one.http_status for one in outcomes],
        attempts=[one.attempts for one in outcomes],
        updated_at=[one.updated_at for one in outcomes],
        sent_at=[one.sent_at for one in outcomes],
        latencies_s=[one.latency_s for one in outcomes],
        changed=[one.changed for one in outcomes],
    )


def _blocks(outcomes: Sequence[Outcome], most: int) -> Iterator[Outcome | QuietOutcomes]:
    """Yield outcomes, those of quiet rows at most so many at a time."""
    block: list[Outcome] = []
    for one in outcomes:
        is_quiet = one.status in CALM and not one.code and not one.warnings
        if block and (not is_quiet or len(block) == most or one.row != block[-1].row + 1):
            yield _quiet(block)
            block = []
        if is_quiet:
            block.append(one)
        else:
            yield one
    if block:
        yield _quiet(block)


def _told(numbers: Sequence[int], kinds: Sequence[int]) -> list[Outcome]:
    return [
        Outcome(
            number,
            like.status,
            like.code,
            like.message,
            like.http_status,
            like.attempts,
            like.updated_at,
            like.warnings,
            like.sent_at,
            like.latency_s,
            like.changed,
        )
        for number, like in zip(numbers, (_TOLD[kinds[at % len(kinds)]] for at in range(len(numbers))), strict=True)
    ]


class _Reports:
    """The reports of a table, with the outcomes of its rows, written into a folder of their own."""

    def __init__(self, folder: Path, table: Table, wish: Wish, *, most: int | None, page: dict[str, int]) -> None:
        folder.mkdir(exist_ok=True)
        self._folder, self._table, self._wish, self._most, self._page = folder, table, wish, most, page

    def written(self, outcomes: Sequence[Outcome]) -> dict[str, bytes | str]:
        """Write them, and return what is in them: many rows at a time, or one by one where there is no `most`."""
        form, folder = self._wish.form, self._folder
        fixing = Fixing(table=self._table, run_id="k3f9abcd", form=form, issues=iter(()))
        page = PageRows(self._table.columns, **self._page)
        with (
            writing_annotated(folder / f"annotated.{form}", self._table, self._wish) as (annotated, _),
            writing_to_fix(folder / f"to_fix.{form}", fixing) as to_fix,
        ):
            reports: Sequence[RowReport] = [annotated, to_fix, page]
            if self._most is not None:
                tell(reports, self._table, _blocks(outcomes, self._most))
            else:
                for record, outcome in joined(self._table, iter(outcomes), partial=False):
                    for report in reports:
                        report.take(record, outcome)
        found: dict[str, bytes | str] = {path.name: path.read_bytes() for path in folder.iterdir()}
        return found | {"page": b"".join(page.pieces()), "left out": page.left_out("annotated.csv")}


@pytest.mark.slow
@settings(max_examples=examples(400), suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    file=odd_files(),
    encoding=st.sampled_from(ENCODINGS),
    kinds=st.lists(st.sampled_from(range(len(_TOLD))), min_size=1, max_size=9),
    most=st.integers(1, 30),
    more_columns=st.sampled_from([(), MORE_COLUMNS]),
)
def test_reports_are_the_same_byte_for_byte(
    tmp_path: Path, file: OddFile, encoding: str, kinds: list[int], most: int, more_columns: Sequence[str]
) -> None:
    """The annotated file, the rows to fix and the rows of the page, however rows and outcomes are taken together."""
    reading, path = file.write(tmp_path / "a.csv", encoding)
    wish = Wish(form="csv", more_columns=more_columns)
    try:
        table = open_table(path, reading)
        outcomes = _told(numbers_of(table), kinds)
        one_by_one = _Reports(tmp_path / "slow", table, wish, most=None, page={}).written(outcomes)
    except ImporterError:
        return
    assert _Reports(tmp_path / "quick", table, wish, most=most, page={}).written(outcomes) == one_by_one


@pytest.mark.parametrize("page", [{}, {"max_rows": 1_000}, {"max_rows": 300}, {"max_bytes": 40_000}], ids=str)
@pytest.mark.parametrize("expecting", [{"expected": 1_100}, {}], ids=str)
@pytest.mark.parametrize("kinds", [(0,), (1, 1, 2, 4), (1,) * 30 + (7,), (7, 8, 9, 1)], ids=str)
def test_a_page_within_limits_has_the_same_rows(
    tmp_path: Path, page: dict[str, int], expecting: dict[str, int], kinds: tuple[int, ...]
) -> None:
    """Which rows are left out does not depend on how many are taken at a time, nor on knowing how many come."""
    rows = 1_100
    lines = [",".join(HEADER), *[f"{at:08}{ANA[0][8:]},Ana,Reyes,ana{at}@example.com" for at in range(rows)], ""]
    table = open_table(write_csv(tmp_path / "a.csv", "\n".join(lines)))
    outcomes = _told(range(2, rows + 2), kinds)
    one_by_one = _Reports(tmp_path / "slow", table, Wish(form="csv"), most=None, page=page).written(outcomes)
    quick = _Reports(tmp_path / "quick", table, Wish(form="csv"), most=700, page=page | expecting).written(outcomes)
    assert quick == one_by_one


@pytest.mark.parametrize(("expected", "is_shown"), [(MAX_ROWS, True), (MAX_ROWS + 1, False)])
def test_calm_rows_that_will_not_fit_are_not_gathered(*, expected: int, is_shown: bool) -> None:
    """Where it is known that there will be too many, nothing is kept of the first ones either."""
    page = PageRows({}, expected=expected)
    tell([page], table_in_memory(2), iter([Outcome(2, Status.VALID)]))
    assert (b"valid" in b"".join(page.pieces())) is is_shown


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_workbook_of_a_text_has_the_same_rows(tmp_path: Path, form: Format) -> None:
    """With their colours: a writer that takes no more than a row at a time is given each."""
    lines = [",".join(HEADER), *[",".join(ANA)] * 5, ""]
    table = open_table(write_csv(tmp_path / "a.csv", "\n".join(lines)))
    outcomes = _told(range(2, 7), [1, 2, 7, 0, 4])
    for folder, most in (("quick", 3), ("slow", None)):
        _Reports(tmp_path / folder, table, Wish(form=form), most=most, page={}).written(outcomes)
    if form == "xlsx":
        quick, slow = (_looks(tmp_path / folder / "annotated.xlsx") for folder in ("quick", "slow"))
        assert quick == slow
        assert len({colour for row in quick for _, colour in row}) > 3


def _looks(path: Path) -> list[list[tuple[object, object]]]:
    return [[(cell.value, cell.fill.start_color.rgb) for cell in row] for row in load_workbook(path).worksheets[0].rows]


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        pytest.param([2, 3], "row 4 of the source has no outcome", id="one is missing at the end"),
        pytest.param([2, 4], "row 3 of the source has no outcome", id="one is missing between"),
        pytest.param([2, 3, 4, 5], "the journal has an outcome of row 5, which the source", id="one too many"),
        pytest.param([1, 2, 3, 4], "the journal has an outcome of row 1, which the source", id="of the header"),
        pytest.param([], "row 2 of the source has no outcome", id="none"),
    ],
)
@pytest.mark.parametrize("most", [1, 2, 9])
def test_outcomes_that_are_not_those_of_the_rows_are_said(tmp_path: Path, rows: list[int], why: str, most: int) -> None:
    """Trap 14: many at a time, they are joined by their numbers too, or there is no report."""
    table = open_table(write_csv(tmp_path / "a.csv", "\n".join([",".join(HEADER), *[",".join(ANA)] * 3, ""])))
    for outcomes in (_told(rows, [1]), _told(rows, [1, 7])):
        with pytest.raises(ReportError, match=why):
            tell([], table, _blocks(outcomes, most))
        with pytest.raises(ReportError, match=why):
            list(joined(table, iter(outcomes), partial=False))


def test_rows_of_any_table_are_told_of(tmp_path: Path) -> None:
    """One that gives its records one by one has the same report, where their outcomes come together."""
    table = table_in_memory(2, 3, 5)
    outcomes = _told([2, 3, 5], [1])
    quick = _Reports(tmp_path / "quick", table, Wish(form="csv"), most=9, page={}).written(outcomes)
    assert quick == _Reports(tmp_path / "slow", table, Wish(form="csv"), most=None, page={}).written(outcomes)
