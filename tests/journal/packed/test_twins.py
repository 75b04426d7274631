"""Rows that have something in common are found, and a number that two others share changes nothing."""

from __future__ import annotations

import json
from array import array
from dataclasses import replace

import pytest

from importer.journal.packed.twins import NO_TWINS, Keys, twins
from importer.journal.run_journal import RunJournal
from tests.journal.rows import update

FIRST, SECOND = "00000000-0000-4000-8000-00000000000a", "0000000a-0000-4000-8000-000000000000"


def _add(run: RunJournal) -> None:
    """Take in UUIDs and other ids, many at a time and one by one, in two groups."""
    many = [update(row, customer=f"{row:08x}-0000-4000-8000-000000000000") for row in range(100, 140)]
    run.add(many, [])
    run.add([update(2, customer="a"), update(3, customer="b"), update(4, customer="a"), update(5, customer=FIRST)], [])
    run.add([update(6, customer=many[5].customer_id), update(7, customer=FIRST, note="Cleaned.")], [])
    run.add([update(8, customer=SECOND), replace(update(9, customer="b"), group_id="other")], [])


def test_rows_of_one_customer_are_found(run: RunJournal) -> None:
    """None of them is one of another customer or group."""
    _add(run)
    assert sorted(json.loads(twins(run.keys.rows, run.keys.customers) or "")) == [2, 4, 5, 6, 7, 105]


@pytest.mark.parametrize("is_here", [True, False])
def test_they_come_together_whoever_has_taken_them_in(run: RunJournal, *, is_here: bool) -> None:
    """This process, or another one: then SQL alone tells."""
    _add(run)
    again = run if is_here else replace(run, keys=Keys())
    assert [[row for row, _ in rows] for rows in again.selection.repeated()] == [[2, 4], [5, 7], [6, 105]]


def test_each_row_has_its_keys(run: RunJournal) -> None:
    """As many as there are rows that can be sent."""
    _add(run)
    assert len(run.keys.rows) == len(run.keys.customers) == len(run.keys.addresses) == 48
    assert len(set(run.keys.addresses)) == 1


def test_where_nothing_is_in_common_nothing_is_found(run: RunJournal) -> None:
    """That is another thing than knowing of no rows."""
    assert twins(run.keys.rows, run.keys.customers) is None
    run.add([update(2), update(3)], [])
    assert twins(run.keys.rows, run.keys.customers) == NO_TWINS


@pytest.mark.parametrize("is_here", [True, False])
def test_what_only_has_the_same_number_is_not_the_same(run: RunJournal, *, is_here: bool) -> None:
    """Where all numbers are equal, customers and addresses are still told apart."""
    addresses = {2: "a@example.com", 3: "b@example.com", 4: "A@example.com", 5: "c@example.com"}
    run.add([update(row, customer="k" if row < 4 else "", email=email) for row, email in addresses.items()], [])
    keys = Keys(array("q", addresses), array("q", [0] * 4), array("q", [0] * 4)) if is_here else Keys()
    again = replace(run, keys=keys)
    assert [[row for row, _ in rows] for rows in again.selection.repeated()] == [[2, 3]]
    assert list(again.findings.shared_addresses()) == [[[2], [4]]]
