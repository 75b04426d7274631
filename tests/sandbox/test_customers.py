"""The customers' database: times that increase, files that are a sandbox's own."""

from __future__ import annotations

import sqlite3
import stat
import uuid
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.errors import SettingsError
from importer.sandbox import Customer, Sandbox, SandboxOptions
from importer.sandbox.customers import ANY_GROUP, Store
from importer.sandbox.values import SentValues
from importer.times import rfc3339_us

from .client import GROUP, OTHER_GROUP, Put, send

WHO = str(uuid.UUID(int=7))
VALUES = SentValues("Ada", "Lovelace", "ada@example.com")


def clock_of(*moments: int) -> Callable[[], int]:
    """Return a clock that shows these moments, one after the other."""
    return iter(moments).__next__


@pytest.mark.parametrize(
    ("moment_us", "text"),
    [
        pytest.param(0, "1970-01-01T00:00:00.000000Z", id="whole-second"),
        pytest.param(1_753_101_794_834_028, "2025-07-21T12:43:14.834028Z", id="as-the-reference-shows"),
        pytest.param(4_102_444_799_999_999, "2099-12-31T23:59:59.999999Z", id="no-rounding-up"),
    ],
)
def test_moments_have_six_digits(moment_us: int, text: str) -> None:
    """A moment is written in UTC with exactly its microseconds, a whole second too."""
    assert rfc3339_us(moment_us) == text


@given(st.lists(st.integers(0, 1_000), min_size=1, max_size=20))
def test_updates_are_in_order_whatever_the_clock_does(moments: list[int]) -> None:
    """A clock that stands still or goes back does not: each update is later than the one before."""
    with Store(None, clock=clock_of(*moments)) as store:
        times = [store.put(GROUP, WHO, VALUES) for _ in moments]
    updated = [time.updated_us for time in times]
    assert updated == sorted(set(updated))
    assert {time.created_us for time in times} == {moments[0]}


def test_customer_of_every_group_has_its_own_state_in_each() -> None:
    """A customer is a group and an id: an update in one group does not touch the other."""
    with Store(None, clock=clock_of(10, 20, 20, 21)) as store:
        store.register([(ANY_GROUP, WHO)])
        first, second = store.put(GROUP, WHO, VALUES), store.put(OTHER_GROUP, WHO, VALUES)
        again = store.put(GROUP, WHO, VALUES)
    assert (first.created_us, second.created_us, again.created_us) == (10, 10, 10)
    assert (first.updated_us, second.updated_us, again.updated_us) == (20, 20, 21)


def test_registering_again_changes_nothing() -> None:
    """A customer that is known keeps its times, however many are registered beside it."""
    many = [(GROUP, str(uuid.UUID(int=number))) for number in range(2_500)]
    with Store(None, clock=clock_of(1, 2, 3, 10, 11, 12, 20)) as store:
        store.register(iter(many))
        store.register(many)
        assert all(store.knows(*one) for one in (many[0], many[-1]))
        assert store.put(*many[0], VALUES).created_us == 1


@pytest.mark.slow
def test_file_remembers_customers(tmp_path: Path) -> None:
    """A sandbox started again on the same file knows who was registered, and goes on where time had come to."""
    options = SandboxOptions(database=tmp_path / "customers.db")
    put = Put()
    with Sandbox(options, [Customer(None, put.customer_id)]) as sandbox:
        first = send(sandbox.base_url, put).document
    with Sandbox(options) as sandbox:
        second = send(sandbox.base_url, put).document
    assert second["created_at"] == first["created_at"]
    assert second["updated_at"] > first["updated_at"]


def test_file_is_private(tmp_path: Path) -> None:
    """Only its owner can read a new file: it holds names and addresses."""
    path = tmp_path / "customers.db"
    with Store(path, clock=clock_of()):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_file_can_be_looked_at_by_others(tmp_path: Path) -> None:
    """What is stored can be read with any SQLite shell."""
    path = tmp_path / "customers.db"
    with Store(path, clock=clock_of(5)) as store:
        store.put(GROUP, WHO, VALUES)
        with closing(sqlite3.connect(path)) as shell:
            assert shell.execute("SELECT last_name FROM customers").fetchall() == [("Lovelace",)]


def foreign_database(path: Path) -> None:
    """Make a database of something else."""
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE runs (id TEXT)")


def picture(path: Path) -> None:
    """Make a file that is no database."""
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(2_000))


@pytest.mark.parametrize("make", [foreign_database, picture])
def test_file_of_something_else_is_left_alone(tmp_path: Path, make: Callable[[Path], None]) -> None:
    """A file that is not a sandbox's database is refused and not a byte of it changed."""
    path = tmp_path / "other.db"
    make(path)
    before = path.read_bytes()
    with pytest.raises(SettingsError) as caught:
        Store(path, clock=clock_of())
    assert caught.value.code == "sandbox_database"
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    """A file in a folder that is not there is a wrong setting."""
    with pytest.raises(SettingsError, match="No such file or directory"):
        Store(tmp_path / "nowhere" / "customers.db", clock=clock_of())
