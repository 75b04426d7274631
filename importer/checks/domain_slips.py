"""Domains that are one slip of the hand away from another: from those of the big providers, or of the file itself."""

from __future__ import annotations

import functools
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from importlib import resources
from typing import Final

_FREQUENT: Final = 20
"""So many rows must have a domain before others are held against it."""
_TIMES_RARER: Final = 50
_SHORTEST: Final = 4
"""Between shorter names one letter is too much of a difference to be a slip."""
_COUNTRY: Final = 2
_LONGEST: Final = 253
"""No domain is longer (RFC 1035, section 2.3.4), and what takes one letter after another out grows with the square."""


class Neighbours:
    """Finds the domains that differ from a given one by one letter, or by two letters in each other's place.

    Two texts are that near only if one of them, or what is left of it without one letter, is the same as one of the
    other's: so the work does not grow with the number of domains.
    """

    def __init__(self, domains: Iterable[str]) -> None:
        self._by_rest: Mapping[str, list[str]] = defaultdict(list)
        for domain in domains:
            if len(domain) <= _LONGEST:
                for rest in _rests(domain):
                    self._by_rest[rest].append(domain)

    def of(self, domain: str) -> Iterator[str]:
        """Yield the neighbours, in the order in which they were given; the domain itself is none."""
        if len(domain) > _LONGEST:
            return
        neighbours = dict.fromkeys(near for rest in _rests(domain) for near in self._by_rest.get(rest, ()))
        yield from (near for near in neighbours if _is_one_slip(domain, near))


def domain_of(address: str) -> str:
    """Return the domain of an address as domains are compared: in lower case."""
    return address.rpartition("@")[2].lower()


def likely_provider(domain: str) -> str | None:
    """Return the provider's domain that was probably meant; None for a provider's own and for most others.

    Example: `likely_provider("gmial.com")` is `"gmail.com"`.

    Args:
        domain: In lower case.
    """
    return None if len(domain) > _LONGEST else _likely_provider(domain)


@functools.lru_cache(maxsize=65_536)
def _likely_provider(domain: str) -> str | None:
    if domain in _known():
        return None
    return next((near for near in _providers().of(domain) if _is_slip(domain, near)), None)


def likely_domains(rows: Mapping[str, int]) -> Mapping[str, str]:
    """Return for each rare domain of a file the frequent one that was probably meant.

    A domain is frequent that at least 20 rows have, and at least 50 times as many as the rare one. Domains that differ
    in a digit or only in their country are different on purpose.

    Example: `likely_domains({"acme-shop.example": 500, "acme-shpo.example": 2})` is
    `{"acme-shpo.example": "acme-shop.example"}`.

    Args:
        rows: How many rows have each domain.
    """
    frequent = Neighbours(domain for domain, count in rows.items() if count >= _FREQUENT)
    meant_domains: dict[str, str] = {}
    for domain, count in rows.items():
        if domain in _known() or likely_provider(domain):
            continue
        near = [other for other in frequent.of(domain) if rows[other] >= _TIMES_RARER * count]
        meant = max((other for other in near if _is_likely(domain, other)), key=rows.__getitem__, default=None)
        if meant is not None:
            meant_domains[domain] = meant
    return meant_domains


def _is_likely(domain: str, meant: str) -> bool:
    same_digits = re.findall("[0-9]", domain) == re.findall("[0-9]", meant)
    return same_digits and len(meant.partition(".")[0]) >= _SHORTEST and not _differ_in_country(domain, meant)


def _is_slip(domain: str, provider: str) -> bool:
    name, _, ending = provider.partition(".")
    own_name, _, own_ending = domain.partition(".")
    if provider not in _lists()["ordinary"]:
        return not _differ_in_country(domain, provider)
    if own_name == name:
        return ending == "com" and own_ending in _lists()["misspelt_com"]
    return own_ending == ending and len(name) >= _SHORTEST and sorted(own_name) == sorted(name)


def _differ_in_country(domain: str, other_domain: str) -> bool:
    (rest, _, country), (other_rest, _, other_country) = domain.rpartition("."), other_domain.rpartition(".")
    return rest == other_rest and len(country) == len(other_country) == _COUNTRY


def _is_one_slip(text: str, other: str) -> bool:
    from rapidfuzz.distance import DamerauLevenshtein  # noqa: PLC0415 - few files have any

    return DamerauLevenshtein.distance(text, other, score_cutoff=1) == 1


def _rests(text: str) -> Iterator[str]:
    yield text
    yield from {text[:at] + text[at + 1 :] for at in range(len(text))}


@functools.cache
def _lists() -> Mapping[str, frozenset[str]]:
    return {name: frozenset(domains) for name, domains in _data().items()}


@functools.cache
def _known() -> frozenset[str]:
    lists = _lists()
    return lists["distinctive"] | lists["ordinary"] | lists["real"]


@functools.cache
def _providers() -> Neighbours:
    return Neighbours([*_data()["distinctive"], *_data()["ordinary"]])


@functools.cache
def _data() -> Mapping[str, list[str]]:
    text = resources.files("importer.checks").joinpath("providers.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
