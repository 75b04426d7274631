"""What is strange about rows only beside the other rows of the file."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from importer.checks.file_warnings import FileEvidence, NameOrder, name_order, names_swapped, shared_addresses
from importer.checks.rules import Rules
from importer.model.rows import Update
from importer.model.source import Field

HEADERS = {Field.FIRST_NAME: "Given name", Field.LAST_NAME: "Surname", Field.EMAIL: "E-mail"}


def update(row: int, first_name: str = "Ana", last_name: str = "Ruiz", email: str = "x@example.com") -> Update:
    """Return what a row asks for."""
    return Update(row, "g", "a", f"c{row}", first_name, last_name, email)


@pytest.mark.parametrize(
    ("first", "last", "local", "order"),
    [
        ("Ana", "Ruiz", "ana.ruiz", NameOrder.AGREES),
        ("Ruiz", "Ana", "ana.ruiz", NameOrder.SWAPPED),
        ("José", "Núñez", "JOSE_NUNEZ", NameOrder.AGREES),
        ("Núñez", "José", "jose-nunez77", NameOrder.SWAPPED),
        ("Ana María", "Castellanos Ruiz", "ana.castellanos", NameOrder.AGREES),
        ("Castellanos Ruiz", "Ana María", "anamaria.castellanosruiz+shop", NameOrder.SWAPPED),
        ("Søren", "Kjær", "soren.kjaer", NameOrder.AGREES),
        ("Иван", "Петров", "петров.иван", NameOrder.SWAPPED),
        ("O'Brien", "Liam", "liam.obrien", NameOrder.SWAPPED),
        ("Ana", "Ana", "ana.ana", None),
        ("Ana", "Ruiz", "ana", None),
        ("Ana", "Ruiz", "a.ruiz", None),
        ("Ana", "Ruiz", "ana.ruiz.lopez", None),
        ("Ana", "Ruiz", "info.sales", None),
        ("Ana", "Ruiz", "ana.lopez", None),
        ("", "", "ana.ruiz", None),
    ],
)
def test_an_address_tells_which_name_is_which(first: str, last: str, local: str, order: NameOrder | None) -> None:
    """Only where it holds both names, in one order or the other, whatever their accents and further words."""
    assert name_order(first, last, f"{local}@example.com") == order


@pytest.mark.parametrize(("swapped", "agreeing", "warns"), [(5, 0, True), (4, 0, False), (8, 2, True), (8, 3, False)])
def test_names_are_swapped_only_if_the_file_as_a_whole_says_so(swapped: int, agreeing: int, warns: bool) -> None:  # noqa: FBT001
    """At least 5 rows, and 80 % of those that tell."""
    found = list(names_swapped(range(2, 2 + swapped), agreeing, HEADERS))

    assert [warning.row for warning in found] == (list(range(2, 2 + swapped)) if warns else [])
    if warns:
        assert found[0].code == "names_swapped"
        assert found[0].column == "Given name"
        assert found[0].message == (
            '"Given name" and "Surname" seem to hold each other\'s values: so say the addresses of '
            f"{swapped} of the {swapped + agreeing} rows whose address tells. Swap the names of the two columns "
            "if that is so."
        )


def test_an_address_of_several_customers_names_the_other_rows() -> None:
    """Each row names the others, at most five, and never itself."""
    found = list(shared_addresses([[[2], [9]], [[row] for row in range(20, 28)]], "E-mail"))

    assert [warning.row for warning in found] == [2, 9, *range(20, 28)]
    assert found[0].message == ('The address in "E-mail" is also in row 9, for another customer. Check whose it is.')
    assert found[0].code == "shared_address"
    assert "rows 21, 22, 23, 24, 25 and 2 more, for" in found[2].message
    assert "rows 20, 21, 22, 23, 24 and 2 more, for" in found[9].message


def test_every_row_of_a_customer_is_told_of_other_customers_only() -> None:
    """A row that repeats another one may be the one that is sent; of another customer, its first row is named."""
    found = list(shared_addresses([[[2, 7, 8], [5, 6]]], "E-mail"))

    assert [warning.row for warning in found] == [2, 7, 8, 5, 6]
    assert all("is also in row 5, for" in warning.message for warning in found[:3])
    assert all("is also in row 2, for" in warning.message for warning in found[3:])


def gathered(*chunks: Sequence[Update]) -> list[tuple[int, str]]:
    """Return row and code of the warnings about rows that were taken in chunk by chunk."""
    evidence = FileEvidence(Rules(headers=HEADERS))
    for chunk in chunks:
        evidence.add(chunk)
    return [(warning.row, warning.code) for warning in evidence.warnings()]


def test_evidence_is_gathered_over_all_chunks() -> None:
    """Rows that agree and rows that do not are counted over the whole file, and so are domains."""
    swapped = [update(row, "Ruiz", "Ana", "ana.ruiz@example.com") for row in range(2, 8)]
    plain = [update(row, email="x@northwind.com") for row in range(10, 70)]
    slip = [update(80, email="x@NortWind.com")]

    assert gathered(swapped[:3], plain, slip, swapped[3:]) == [
        *((row, "names_swapped") for row in range(2, 8)),
        (80, "domain_slip"),
    ]
    assert gathered(plain, slip, [update(row, email="ana.ruiz@example.com") for row in range(90, 99)]) == [
        (80, "domain_slip")
    ]
    assert gathered([]) == []


LETTERS = st.text("abRüß\u0660\u0131", min_size=1, max_size=3)
LOCALS = st.lists(LETTERS | st.sampled_from([".", "_", "-", "1", "+", "\u0663"]), max_size=6).map("".join)


@given(first=LETTERS, last=LETTERS, local=LOCALS)
@example(first="an", last="ru", local="ru.an7+x")
def test_names_that_are_looked_at_together_are_judged_as_one_by_one(first: str, last: str, local: str) -> None:
    """The fast look at addresses passes over none that tells."""
    address = f"{local}@example.com"
    is_swapped = name_order(first, last, address) is NameOrder.SWAPPED
    found = gathered([update(row, first, last, address) for row in range(2, 8)])
    assert found == [(row, "names_swapped") for row in range(2, 8) if is_swapped]


@given(st.lists(st.sampled_from(["x@nortwind.com", "x@NORTWIND.com", "x@b.example", "x"]), max_size=12))
def test_domains_are_counted_in_chunks_as_one_by_one(addresses: list[str]) -> None:
    """However the rows are divided, the same rows are told of."""
    often = [update(row, email="x@northwind.com") for row in range(1000, 1600)]
    rows = [update(row, email=address) for row, address in enumerate(addresses, start=2)]
    assert gathered(often, rows) == gathered(often, *([row] for row in rows))


def test_a_source_without_headers_is_warned_of_by_the_fields_names() -> None:
    """A field whose column has no header text is called by its own name."""
    evidence = FileEvidence(Rules(headers={}))
    evidence.add([update(row, "Ruiz", "Ana", "ana.ruiz@example.com") for row in range(2, 8)])
    assert next(evidence.warnings()).message.startswith('"first_name" and "last_name" seem')


@pytest.mark.slow
def test_a_domain_that_very_many_rows_have_is_no_slip_of_another() -> None:
    """Beyond a thousand rows somebody means it, and their numbers are not kept."""
    often = [update(row, email="x@northwind.com") for row in range(60_000)]
    assert gathered(often, [update(70_000 + row, email="x@nortwind.com") for row in range(1001)]) == []
    assert len(gathered(often, [update(70_000 + row, email="x@nortwind.com") for row in range(1000)])) == 1000
