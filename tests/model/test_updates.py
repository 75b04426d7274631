"""Updates as columns."""

from __future__ import annotations

from importer.model.rows import Update
from importer.model.updates import Updates

ANA = Update(2, "g", "a", "c-1", "Ana", "Ruiz", "ana@example.com")
BEN = Update(3, "g", "b", "c-2", "Ben", "Okafor", "ben@example.com", "Noted.")
EVE = Update(7, "h", "a", "c-3", "Eve", "Ito", "eve@example.com")


def test_columns_give_back_the_updates_that_they_were_made_of() -> None:
    """One by one, at a place, or some that follow each other."""
    updates = Updates.of([ANA, BEN, EVE])

    assert list(updates) == [ANA, BEN, EVE]
    assert (len(updates), updates[0], updates[-1]) == (3, ANA, EVE)
    assert list(updates[1:]) == [BEN, EVE]
    assert (updates.rows, updates.notes) == ([2, 3, 7], ["", "Noted.", ""])
    assert Updates.of(updates) is updates


def test_no_updates_are_columns_too() -> None:
    """They have nothing in them."""
    assert not Updates.of(())
    assert list(Updates.of(iter(()))) == []
