"""Addresses that nobody has, told from those that somebody may have."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.checks.domain_slips import domain_of
from importer.checks.placeholder_addresses import is_placeholder, placeholder_addresses

PLACEHOLDERS = (
    *("test@test.com", "Test@Test.com", "test1@test.de", "unknown@unknown.com", "na@na.na", "none@none.com", "a@a.com"),
    *("no@email.com", "noemail@noemail.com", "no.email@firm.example", "no-mail@gmail.com", "noemail@gmail.com"),
    *("keine.email@web.de", "sincorreo@gmail.com", "unknown@firm.example", "null@null.null", "undefined@undefined.com"),
    *("asdf@asdf.com", "foo@bar.com", "abc@xyz.com", "xxx@xxx.xx", "name@domain.com", "your.name@yourcompany.com"),
    *("test@example.com", "example@example.com", "fake@fake.co.uk", "123@123.com", "none@nowhere.org", "user@test.com"),
)
SOMEBODY_S = (
    *("ana@example.com", "a@example.com", "name@firm.example", "test@firm.example", "info@test.com", "ana@test.com"),
    *("customer24@example.com", "nonni@gmail.com", "me@me.com", "nobody@gmail.com", "smith@smith.com", "ana@mail.com"),
    *(
        "ana.testa@unknown-records.com",
        "mail@firm.example",
        "hotmail@firm.example",
        "tomasz.null@example.com",
        "",
        "test",
    ),
)


@pytest.mark.parametrize("address", PLACEHOLDERS)
def test_an_address_that_nobody_has_is_a_placeholder(address: str) -> None:
    """A word for nothing or for a trial before the @, and one behind it, or what says that there is none."""
    assert is_placeholder(address)


@pytest.mark.parametrize("address", SOMEBODY_S)
def test_an_address_that_somebody_may_have_is_none(address: str) -> None:
    """One such word is not enough where people have addresses; nor is a domain of examples."""
    assert not is_placeholder(address)


@given(st.lists(st.sampled_from([*PLACEHOLDERS, *SOMEBODY_S]), max_size=4))
def test_addresses_that_are_looked_at_together_are_judged_as_one_by_one(addresses: list[str]) -> None:
    """The fast look passes over nothing."""
    domains = {domain_of(address) for address in addresses}
    one_by_one = [at for at, address in enumerate(addresses) if is_placeholder(address)]
    assert list(placeholder_addresses(addresses, domains)) == one_by_one
