"""The rows of a page: all of them, or those that need attention, within limits."""

from __future__ import annotations

import json

import pytest

from importer.model.modes import Mode
from importer.model.rows import Outcome
from importer.model.source import Field
from importer.model.statuses import Status
from importer.reports.page.page_rows import COLUMNS, MAX_BYTES, PageRows
from importer.sheets.table import Column, Record, RecordKind
from tests.reports.page.reviews import COLUMNS as FIELDS
from tests.reports.page.reviews import outcome, play, record

SIZES = (4_000, 8_000, 12_000, 40_000)


def _rows(rows: PageRows) -> list[dict[str, object]]:
    """Return the rows as the page's script sees them, in their order."""
    data = json.loads(b"".join(rows.pieces()))
    assert data["columns"] == list(COLUMNS)
    found = []
    for part in data["parts"]:
        for values in part["rows"]:
            own, shared = values[:-5], [part["texts"][place] for place in values[-5:]]
            found.append(dict(zip(COLUMNS, [*own, *shared], strict=True)))
    return sorted(found, key=lambda row: int(str(row["row"])))


def _numbers(rows: PageRows) -> list[object]:
    return [row["row"] for row in _rows(rows)]


def _needing(rows: int) -> list[int]:
    return [row for row in range(2, rows + 2) if row % 60 in (7, 19, 23, 31)]


def test_a_row_has_all_that_is_known_of_it() -> None:
    """What the cells hold is text, what nobody knows is nothing, and what changed is said in words."""
    rows = PageRows(FIELDS)
    told = Outcome(
        row=2,
        status=Status.REJECTED,
        code="not_found",
        message="No such customer",
        http_status=404,
        attempts=3,
        updated_at="2025-07-21T12:43:14Z",
        warnings=("one", "two"),
        sent_at=12.5,
        latency_s=0.25,
        changed=(Field.LAST_NAME, Field.EMAIL),
    )
    rows.take(Record(1, RecordKind.HEADER, ["ID", "First", "Last", "Mail"]), None)
    rows.take(Record(2, RecordKind.ROW, [17.0, "Ana", None]), told)
    rows.take(record(3), Outcome(3, Status.UPDATED, changed=()))
    first, second = _rows(rows)
    assert first == {
        "row": 2,
        "customer": "17",
        "first": "Ana",
        "last": "",
        "email": "",
        "http": 404,
        "attempts": 3,
        "sent": 12_500,
        "latency": 250.0,
        "updated": "2025-07-21T12:43:14Z",
        "status": "rejected",
        "code": "not_found",
        "message": "No such customer.",
        "changed": "last name, e-mail changed",
        "warnings": "one, two",
    }
    assert (second["sent"], second["latency"], second["changed"]) == (None, None, "nothing changed")


def test_a_field_without_a_column_is_blank() -> None:
    """A source need not have every column that the page shows."""
    rows = PageRows({Field.EMAIL: Column(1, "Mail")})
    rows.take(Record(2, RecordKind.ROW, ["x", "ana@example.com"]), outcome(2))
    assert [(row["customer"], row["email"]) for row in _rows(rows)] == [("", "ana@example.com")]


def test_all_rows_are_there_where_they_are_few() -> None:
    """Up to the limit, the page has every row, and leaves nothing out."""
    rows = play(500).page(max_rows=500)
    assert _numbers(rows) == list(range(2, 502))
    assert rows.left_out("annotated.xlsx") == ""


def test_of_many_rows_those_that_need_attention_are_there() -> None:
    """Beyond the limit, confirmed rows give way, also those that came first; the page says so."""
    rows = play(500).page(max_rows=499)
    assert _numbers(rows) == _needing(500)
    assert rows.needing_attention == 34
    assert rows.left_out("annotated.csv") == (
        "Of 500 rows, the page shows the 34 that need attention; all are in annotated.csv."
    )


def test_of_many_that_need_attention_the_first_are_there() -> None:
    """What is beyond the limit even so is counted and said."""
    rows = play(500).page(max_rows=10)
    assert _numbers(rows) == _needing(500)[:10]
    assert rows.left_out("annotated.xlsx") == (
        "The page shows the first 10 of 34 rows that need attention; all are in annotated.xlsx."
    )


def test_too_many_confirmed_rows_are_only_counted() -> None:
    """Where nothing needs attention, a table of too many rows is empty, and says why."""
    rows = play(20, lambda row: Outcome(row, Status.UPDATED)).page(max_rows=19)
    assert _numbers(rows) == []
    assert rows.left_out("annotated.csv").startswith("None of the 20 rows needs attention")


@pytest.mark.parametrize("max_bytes", SIZES)
def test_rows_never_take_more_bytes_than_they_may(max_bytes: int) -> None:
    """The limit of bytes holds to the byte, and those that need attention come first under it too."""
    rows = play(300).page(max_bytes=max_bytes)
    names = sum(len(json.dumps(name)) + 1 for name in COLUMNS)
    assert sum(map(len, rows.pieces())) <= max_bytes + names + 80
    numbers = _numbers(rows)
    assert numbers == _needing(300)[: len(numbers)] or numbers == _needing(300)
    assert numbers


def test_rows_with_long_messages_of_their_own_stay_within_the_limit() -> None:
    """A text that did not fit leaves nothing behind; the rest is left out and said."""
    rows = play(2_000, lambda row: Outcome(row, Status.REJECTED, "x", f"{row} " * 60)).page(max_bytes=100_000)
    shown = _numbers(rows)
    assert shown == list(range(2, len(shown) + 2))
    assert 200 < len(shown) < 2_000
    assert rows.left_out("annotated.csv").startswith(f"The page shows the first {len(shown)} of 2,000 rows")
    assert sum(map(len, rows.pieces())) < 101_000


def test_pieces_stay_small_however_many_rows_there_are() -> None:
    """Each piece is in memory several times while the page is written: one of all rows would be many times the page."""
    rows = play(12_000).page()
    sizes = [len(piece) for piece in rows.pieces()]
    assert sum(sizes) > 1_000_000
    assert max(sizes) < 200_000
    assert len(_rows(rows)) == 12_000


def test_what_a_check_could_send_needs_no_attention() -> None:
    """A check sends nothing: its rows need attention only where they are not valid."""
    rows = play(40, lambda row: Outcome(row, Status.INVALID if row == 9 else Status.VALID), Mode.CHECK).page(max_rows=5)
    assert _numbers(rows) == [9]


def test_the_limit_is_below_what_a_page_may_have() -> None:
    """The limit leaves room for the libraries, under the 25 MB that a page may have."""
    assert MAX_BYTES + 1_000_000 < 25_000_000
