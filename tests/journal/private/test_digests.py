"""Keyed digests and the file of their key."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.errors import JournalError
from importer.journal.private.digests import DIGEST_BYTES, Digester

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))


@given(TEXTS, TEXTS)
def test_digests_are_the_same_exactly_where_values_are(one: str, other: str) -> None:
    """Under one key, two values have the same digest where they are the same, and it has 8 bytes."""
    digester = Digester(b"k" * 32)
    assert len(digester.digest(one)) == DIGEST_BYTES == 8
    assert (digester.digest(one) == digester.digest(other)) is (one == other)


def test_another_key_gives_other_digests() -> None:
    """Without its key a digest says nothing: another key gives another one."""
    assert Digester(b"k" * 32).digest("ana@example.com") != Digester(b"j" * 32).digest("ana@example.com")


def test_the_key_is_made_once_and_found_again(tmp_path: Path) -> None:
    """The first digester makes a random key, for its owner only; the next has the same."""
    path = tmp_path / "digests.key"
    digest = Digester.open(path).digest("x")
    assert len(path.read_bytes()) == 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert Digester.open(path).digest("x") == digest
    assert Digester.open(tmp_path / "other.key").digest("x") != digest
    assert sorted(found.name for found in tmp_path.iterdir()) == ["digests.key", "other.key"]


@pytest.mark.parametrize("size", [0, 31, 33])
def test_a_key_file_of_another_size_is_refused(size: int, tmp_path: Path) -> None:
    """A file that holds no key is left as it is; the message names it and says to move it away."""
    path = tmp_path / "digests.key"
    path.write_bytes(b"k" * size)
    with pytest.raises(JournalError, match=r"digests\.key, does not hold a key") as caught:
        Digester.open(path)
    assert caught.value.code == "journal_damaged"
    assert "Move it away" in caught.value.hint
    assert len(path.read_bytes()) == size


def test_a_key_file_that_cannot_be_used_is_explained(tmp_path: Path) -> None:
    """A folder in the place of the key file is a JournalError that names it and says what to do."""
    with pytest.raises(JournalError, match="Is a directory") as caught:
        Digester.open(tmp_path)
    assert str(tmp_path) in caught.value.message
    assert "--state" in caught.value.hint


def test_one_key_wins_where_many_are_made_at_once(tmp_path: Path) -> None:
    """However many make the key at the same time, all digest under one, and no draft is left."""
    together = Barrier(8)

    def digest(_: int) -> bytes:
        together.wait()
        return Digester.open(tmp_path / "digests.key").digest("x")

    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(digest, range(8)))
    assert len(found) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["digests.key"]
