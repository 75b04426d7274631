"""Domains that are one slip of the hand away from another, and those that only look so."""

from __future__ import annotations

import tracemalloc
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import DamerauLevenshtein

from importer.checks.domain_slips import Neighbours, domain_of, likely_domains, likely_provider


@pytest.mark.parametrize(
    ("domain", "meant"),
    [
        ("gmial.com", "gmail.com"),
        ("gamil.com", "gmail.com"),
        ("gmai.com", "gmail.com"),
        ("gmaill.com", "gmail.com"),
        ("gnail.com", "gmail.com"),
        ("gmail.con", "gmail.com"),
        ("gmail.co", "gmail.com"),
        ("gmail.cm", "gmail.com"),
        ("gmailcom", "gmail.com"),
        ("googlemial.com", "googlemail.com"),
        ("hotmial.com", "hotmail.com"),
        ("hotmai.fr", "hotmail.fr"),
        ("outlok.com", "outlook.com"),
        ("yahooo.com", "yahoo.com"),
        ("yaho.co.uk", "yahoo.co.uk"),
        ("iclod.com", "icloud.com"),
        ("t-onlin.de", "t-online.de"),
        ("liebro.it", "libero.it"),
        ("ornage.fr", "orange.fr"),
        ("aol.con", "aol.com"),
        ("gmx.cmo", "gmx.com"),
        ("live.comm", "live.com"),
    ],
)
def test_a_slip_is_told_from_the_big_providers(domain: str, meant: str) -> None:
    """A letter too many, too few, wrong, or two in each other's place."""
    assert likely_provider(domain) == meant


@pytest.mark.parametrize(
    "domain",
    [
        *("gmail.com", "ymail.com", "email.com", "mail.com", "gmx.net", "gmx.at", "web.de", "aol.de", "yahoo.co.jp"),
        *("hotmail.cz", "yahoo.com.ve", "outlook.hu"),  # other countries
        *("libera.it", "libri.it", "grange.fr", "oranges.fr", "oranje.fr", "orange.es"),  # near usual words
        *("web.dk", "we.de", "gm.de", "gmx.dk", "aok.de", "msu.com", "mea.com", "fred.fr", "olive.com", "alo.com"),
        *("example.com", "acme.co", "gmail.example.com", "com", "", "g.co"),
    ],
)
def test_a_domain_that_may_be_meant_is_no_slip(domain: str) -> None:
    """Providers themselves, their forms in other countries, and short or usual words of which many are near."""
    assert likely_provider(domain) is None


def test_rare_domains_are_held_against_those_that_the_file_itself_uses_often() -> None:
    """A domain of the file is frequent at 20 rows, and 50 times as frequent as what may be a slip of it."""
    rows = Counter({"castellanos.example": 1000, "castelanos.example": 3, "castellanso.example": 20})
    assert likely_domains(rows) == {
        "castelanos.example": "castellanos.example",
        "castellanso.example": rows and "castellanos.example",
    }
    assert likely_domains({"northwind.com": 50, "nortwind.com": 1}) == {"nortwind.com": "northwind.com"}
    assert likely_domains({"northwind.com": 49, "nortwind.com": 1}) == {}
    assert likely_domains({"northwind.com": 19, "nortwind.com": 0}) == {}
    assert likely_domains({"northwind.com": 99, "nortwind.com": 2}) == {}


def test_the_more_frequent_of_two_near_domains_is_meant() -> None:
    """Of two frequent domains that are as near, the one that more rows have."""
    assert likely_domains({"norwind.com": 100, "northwind.com": 60, "nortwind.com": 1}) == {
        "nortwind.com": "norwind.com"
    }


@pytest.mark.parametrize(
    ("frequent", "rare"),
    [
        pytest.param("mail.com", "gmail.com", id="a provider"),
        pytest.param("fmail.com", "gmial.com", id="a slip of a provider"),
        pytest.param("branch1.example.com", "branch2.example.com", id="another number"),
        pytest.param("northwind.de", "northwind.fr", id="another country"),
        pytest.param("abc.com", "abd.com", id="short names"),
        pytest.param("northwind.com", "northwinds.co", id="two slips"),
    ],
)
def test_a_rare_domain_that_may_be_meant_is_not_held_against_a_frequent_one(frequent: str, rare: str) -> None:
    """Numbers, countries and short names differ on purpose."""
    assert likely_domains({frequent: 5000, rare: 1}) == {}


words = st.text("abc.", max_size=6)


@given(st.lists(words, max_size=6), words)
def test_neighbours_are_those_at_a_distance_of_one(domains: list[str], domain: str) -> None:
    """The index finds just what comparing with every domain would find."""
    near = [other for other in dict.fromkeys(domains) if DamerauLevenshtein.distance(domain, other) == 1]
    assert sorted(Neighbours(domains).of(domain)) == sorted(near)


def test_domains_are_compared_in_lower_case() -> None:
    """What stands after the @ has no case."""
    assert domain_of("Maria@GMail.com") == "gmail.com"


def test_what_is_too_long_for_a_domain_is_near_to_none() -> None:
    """Whatever stands in a cell, looking for what it may be a slip of takes no more than its own room."""
    long = f"{'x' * 20_000}.example"
    tracemalloc.start()
    assert likely_provider(f"gmial.{long}") is None
    assert likely_domains({long: 500, f"{long}s": 2}) == {}
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 5_000_000
