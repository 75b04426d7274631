"""One customer in several rows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.checks.repeats import Duplicate, Repeats, judge
from importer.model.rows import Issue


def test_a_single_row_is_sent() -> None:
    """A customer that stands in the file once has no repeats."""
    assert judge([(4, b"a")], column="Id") == Repeats(4, (), ())


def test_the_same_change_is_sent_once_with_its_first_row() -> None:
    """Each later row is a duplicate of the first, not of the one before it."""
    judged = judge([(4, b"a"), (9, b"a"), (12, b"a")], column="Id")

    assert judged == Repeats(4, (Duplicate(9, 4), Duplicate(12, 4)), ())


def test_different_changes_make_every_row_invalid_and_each_names_the_others() -> None:
    """Nobody can know which change is meant, so none is sent, the two that agree included."""
    judged = judge([(4, b"a"), (9, b"a"), (12, b"b")], column="Customer ID")

    assert (judged.sent, judged.duplicates) == (None, ())
    assert [issue.row for issue in judged.issues] == [4, 9, 12]
    assert judged.issues[1] == Issue(
        9,
        "conflicting_rows",
        "Customer ID",
        'The customer in "Customer ID" is also in rows 4 and 12, and these rows do not all ask for the same change, '
        "so none of them is sent. Keep the one that is right; delete the others, or, in the rows to fix, mark them as"
        " settled.",
    )


def test_a_message_names_at_most_five_other_rows() -> None:
    """Of many rows, five are named and the rest are counted; a row is never among its own others."""
    judged = judge([(row, bytes([row])) for row in range(2, 11)], column="Id")

    assert "rows 3, 4, 5, 6, 7 and 3 more, " in judged.issues[0].message
    assert "rows 2, 4, 5, 6, 7 and 3 more, " in judged.issues[1].message
    assert "rows 2, 3, 4, 5, 6 and 3 more, " in judged.issues[8].message


def test_one_other_row_is_named_as_one() -> None:
    """Two rows in conflict: each names the other in the singular."""
    first, second = judge([(2, b"a"), (3, b"b")], column="Id").issues

    assert "is also in row 3, " in first.message
    assert "is also in row 2, " in second.message


def test_exactly_five_other_rows_are_all_named() -> None:
    """Nothing is counted where everything is named."""
    judged = judge([(row, bytes([row])) for row in range(2, 8)], column="Id")

    assert "rows 2, 3, 4, 5 and 6, " in judged.issues[5].message


def test_a_customer_without_rows_is_a_mistake_of_the_caller() -> None:
    """There is nothing to judge, and saying so beats an answer."""
    with pytest.raises(ValueError, match="without rows"):
        judge([], column="Id")


@given(st.lists(st.sampled_from([b"a", b"b"]), min_size=1, max_size=12))
def test_every_row_comes_out_exactly_once(digests: list[bytes]) -> None:
    """Sent, duplicates and issues are the rows, each once; there are issues only where changes differ."""
    rows = list(enumerate(digests, start=2))
    judged = judge(rows, column="Id")

    sent = [] if judged.sent is None else [judged.sent]
    out = [*sent, *(duplicate.row for duplicate in judged.duplicates), *(issue.row for issue in judged.issues)]
    assert out == [row for row, _ in rows]
    assert bool(judged.issues) == (len(set(digests)) > 1)
