"""Rows that have something in common are found, and a hash that two others share changes nothing."""

from __future__ import annotations

import json

import pytest

from importer.journal.packed import twins as module
from importer.journal.packed.twins import twins
from importer.journal.run_journal import RunJournal
from tests.journal.rows import update


def test_each_row_that_shares_its_key_is_found(run: RunJournal) -> None:
    """All of them, and where there is none, nothing."""
    run.add([update(2, customer="a"), update(3, customer="b"), update(4, customer="a"), update(5, customer="c")], [])
    assert twins(run.connection, run.path, run.number, "customer") == json.dumps([2, 4])
    assert twins(run.connection, run.path, run.number, "row") is None


def test_no_rows_have_nothing_in_common(run: RunJournal) -> None:
    """A run without rows to send is no special case."""
    assert twins(run.connection, run.path, run.number, "customer") is None


def test_what_only_has_the_same_hash_is_not_the_same(run: RunJournal, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where all hashes are equal, customers and addresses are still told apart."""
    monkeypatch.setattr(module, "hash", lambda _: 0, raising=False)
    addresses = {2: "a@example.com", 3: "b@example.com", 4: "A@example.com", 5: "c@example.com"}
    run.add([update(row, customer="k" if row < 4 else "", email=email) for row, email in addresses.items()], [])
    assert twins(run.connection, run.path, run.number, "customer") == json.dumps([2, 3, 4, 5])
    assert [[row for row, _ in rows] for rows in run.selection.repeated()] == [[2, 3]]
    assert list(run.findings.shared_addresses()) == [[[2], [4]]]
