"""Ids that have not the length or the form of the others of the file, told from ids that only are a few."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice, product
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.checks.file_warnings import FileEvidence
from importer.checks.odd_ids import IdHabit
from importer.checks.rules import Rules
from importer.model.rows import RowWarning, Update
from importer.model.source import Field

HEADERS = {Field.CUSTOMER_ID: "Customer", Field.GROUP_ID: "Group", Field.LINKED_ACCOUNT_ID: "Account"}
DIGITS = [f"40012300000{number:05}" for number in range(12_345, 12_365)]
UUIDS = [str(UUID(int=7 * 10**36 + number, version=4)) for number in range(20)]
TOKENS = [f"acct_1Nv0{letter}GQ9RK{letter}gC" for letter in "abcdefghijklmnopqrst"]


def odd(*ids: str) -> list[int]:
    """Return which of the ids are odd, by their positions."""
    habit = IdHabit()
    half = len(ids) // 2
    habit.add(range(half), ids[:half])
    habit.add(range(half, len(ids)), ids[half:])
    return sorted(found.row for found in habit.odd())


@pytest.mark.parametrize(
    ("usual", "strange"),
    [
        pytest.param(DIGITS, "400123000001234", id="a digit less"),
        pytest.param(DIGITS, "40012300000123456", id="a digit more"),
        pytest.param(DIGITS, "40012300000I2345", id="a letter for a digit"),
        pytest.param(DIGITS[:1], "400123000001234", id="one account and a digit less"),
        pytest.param(UUIDS, "12345", id="a number among UUIDs"),
        pytest.param(UUIDS[:1], "12345", id="a number beside one UUID"),
        pytest.param(UUIDS, UUIDS[0][:-1], id="a UUID that was cut off"),
        pytest.param(UUIDS, UUIDS[0].replace("-", "_"), id="a UUID with other signs"),
        pytest.param(UUIDS, UUIDS[0][:-1] + "g", id="a UUID with a letter that it cannot have"),
        pytest.param(TOKENS, TOKENS[0][5:], id="a token without its beginning"),
        pytest.param(TOKENS, TOKENS[0].replace("_", "-"), id="a token with another sign"),
        pytest.param([f"A-{number}" for number in range(1000, 1020)], "B1003", id="a sign that is missing"),
        pytest.param([f"{number}" for number in range(10_000, 90_000, 4_000)], "1234", id="a short number"),
        pytest.param([f"kdnr{number}" for number in range(100, 120)], "KDNR105", id="capitals"),
    ],
)
def test_an_id_that_is_not_like_the_others_is_odd(usual: Sequence[str], strange: str) -> None:
    """One or two among twenty, wherever they stand: first, last, or before anything is known of the others."""
    twenty = list(usual) * (20 // len(usual))
    assert odd(*twenty) == []
    for at in (0, 7, 20):
        assert odd(*twenty[:at], strange, *twenty[at:]) == [at]
    assert odd(strange, *twenty, strange) == [0, 21]
    assert odd(*twenty, strange, strange, strange) == []


@pytest.mark.parametrize(("total", "strange", "told"), [(19, 2, 0), (20, 2, 2), (100, 3, 0), (150, 3, 3), (500, 11, 0)])
def test_only_a_few_are_odd(total: int, strange: int, told: int) -> None:
    """One always, two of twenty, one in fifty: more are a kind of their own."""
    ids = [f"4{number:07}" for number in range(total - strange)]
    assert len(odd(*ids, *(f"acct-{number}" for number in range(strange)))) == told


@pytest.mark.parametrize("usual", [DIGITS[:3], UUIDS[:3], TOKENS[:4]])
def test_a_few_long_ids_are_enough(usual: Sequence[str]) -> None:
    """Ids of eight characters hardly have one length by chance; two of them may."""
    assert odd("1234", *usual) == [0]
    assert odd("1234", *usual[:2]) == []


@pytest.mark.parametrize(
    "ids",
    [
        pytest.param([str(number) for number in range(90, 105)], id="counted up past a hundred"),
        pytest.param([str(number) for number in range(9_990, 10_001)], id="counted up past ten thousand"),
        pytest.param([str(number) for number in range(99_999_990, 100_000_001)], id="past a hundred million"),
        pytest.param([*map(str, range(1, 100, 7)), "103"], id="counted up with gaps"),
        pytest.param(["acme", "globex", "initech", "umbrella-2", "hooli", "stark"], id="words"),
        pytest.param([*["acme-payments"] * 30, "hooli"], id="two words"),
        pytest.param(["alpha", "delta", "gamma", "sigma", "omega", "theta", "Iota9"], id="words, most of one length"),
        pytest.param(["7f3a9b2c", "12345678", "9b2c7f3a", "abcdefab", "0a1b2c3d"], id="tokens of digits or letters"),
        pytest.param(["1234", "5678", "123456"], id="too few"),
        pytest.param([*UUIDS[:10], *DIGITS[:10]], id="two kinds"),
        pytest.param([*map(str.upper, UUIDS[:10]), *UUIDS[10:]], id="UUIDs in either case"),
        pytest.param(["x" * length for length in range(1, 128)], id="all lengths"),
        pytest.param([], id="none"),
    ],
)
def test_ids_that_differ_by_nature_are_not_odd(ids: Sequence[str]) -> None:
    """A warning that is wrong on real ids is worse than none."""
    assert odd(*ids) == []


def warnings(updates: Sequence[Update], *, pattern: str | None = None, blank: Sequence[int] = ()) -> list[RowWarning]:
    """Return what is strange about the rows of a file."""
    evidence = FileEvidence(Rules(headers=HEADERS, customer_id_pattern=pattern))
    evidence.add(updates, {Field.LINKED_ACCOUNT_ID: blank})
    return sorted(evidence.warnings(), key=lambda warning: (warning.row, warning.code))


def test_each_column_has_a_code_and_says_what_is_odd() -> None:
    """Lengths are named, and how many of the others there are; a customer's id counts where it is no UUID."""
    updates = [
        Update(row, UUIDS[0], DIGITS[row], f"K-{1000 + row}", "Ana", "Ruiz", f"a{row}@example.com") for row in range(20)
    ]
    updates[3] = Update(3, "12345", "400123000001234", "K-1O03", "Ana", "Ruiz", "b@example.com")
    found = warnings(updates, pattern=".+")
    assert [(warning.row, warning.code, warning.column) for warning in found] == [
        (3, "odd_customer_id", "Customer"),
        (3, "odd_group_id", "Group"),
        (3, "odd_linked_account_id", "Account"),
    ]
    advice = " Compare it with where it came from: a character may be missing, one too much, or another one."
    assert [warning.message for warning in found] == [
        f'"Customer" is not written in the form that 19 of the 20 ids of the file have.{advice}',
        f'"Group" has 5 characters, and not the 36 that 19 of the 20 ids of the file have.{advice}',
        f'"Account" has 15 characters, and not the 16 that 19 of the 20 ids of the file have.{advice}',
    ]
    assert [warning.code for warning in warnings(updates)] == ["odd_group_id", "odd_linked_account_id"]


def test_the_account_of_the_whole_run_is_no_habit_of_the_file() -> None:
    """Rows whose own cell is blank say nothing of what the accounts of the file look like."""
    updates = [
        Update(row, UUIDS[0], "400123000001234" if row else "k-1", f"c{row}", "A", "B", f"{row}@example.com")
        for row in range(20)
    ]
    assert [warning.row for warning in warnings(updates)] == [0]
    assert warnings(updates, blank=range(1, 20)) == []


def test_many_ids_are_learned_from_without_being_kept() -> None:
    """Of a shape that very many rows have, no rows are kept; of a column of all shapes, nothing is."""
    habit = IdHabit()
    for start in range(0, 50_000, 5_000):
        habit.add(range(start, start + 5_000), [f"{number:08}" for number in range(start, start + 5_000)])
    habit.add([50_000], ["1234567"])
    assert [(found.row, found.usual_length, found.alike, found.total) for found in habit.odd()] == [
        (50_000, 8, 50_000, 50_001)
    ]
    habit.add(range(1000), ["".join(signs) for signs in islice(product("a-_.~", repeat=6), 1000)])
    assert list(habit.odd()) == []


@given(st.lists(st.from_regex(r"[0-9A-Za-z._~-]{1,6}", fullmatch=True), max_size=12), st.integers(0, 12))
def test_chunks_make_no_difference(ids: list[str], cut: int) -> None:
    """What is odd does not rest on where a chunk ends."""
    whole, halves = IdHabit(), IdHabit()
    whole.add(range(len(ids)), ids)
    halves.add(range(len(ids[:cut])), ids[:cut])
    halves.add(range(len(ids[:cut]), len(ids)), ids[cut:])
    assert sorted(whole.odd()) == sorted(halves.odd())
