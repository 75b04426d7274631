"""The digests of many rows at once are those of each."""

from __future__ import annotations

from pathlib import Path

from importer.journal.packed.digests_of_rows import RowDigests, packed_digests
from importer.journal.private.digests import Digester
from importer.model.rows import Update
from importer.model.updates import Updates

DIGESTER = Digester(bytes(range(32)))
ROWS = [
    Update(2, "g", "a", "c1", "Ana", "Núñez", "ana@example.com"),
    Update(3, "g", "a", "c2", "Ana", "Li", "Ana.Li@Example.com"),
    Update(4, "g", "a", "c3", "", "Núñez", "ana@example.com"),
]


def test_rows_have_the_digests_that_each_has_by_itself() -> None:
    """Of three values one after the other, and of the address in lower case only where that is another one."""
    expected = [
        (
            packed_digests(*map(DIGESTER.digest, (row.first_name, row.last_name, row.email))),
            None if row.email.islower() else DIGESTER.digest(row.email.lower()),
        )
        for row in ROWS
    ]
    assert list(RowDigests.of(Updates.of(ROWS), DIGESTER).each()) == expected


def test_a_part_is_what_these_rows_have() -> None:
    """From any place to any other, none at all included."""
    digests = RowDigests.of(Updates.of(ROWS), DIGESTER)
    for start in range(4):
        for stop in range(start, 4):
            assert digests.part(start, stop) == RowDigests.of(Updates.of(ROWS[start:stop]), DIGESTER)


def test_they_are_under_the_key_of_the_journal(tmp_path: Path) -> None:
    """Under another key, each is another one."""
    other = Digester.open(tmp_path / "key")
    mine, theirs = (list(RowDigests.of(Updates.of(ROWS), digester).each()) for digester in (DIGESTER, other))
    assert all(one != another for one, another in zip(mine, theirs, strict=True))
