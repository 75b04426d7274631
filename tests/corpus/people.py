"""The invented people of the corpus, and the rows that they make."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from tests.corpus.truth import Row

HEADER: Final = ("Customer ID", "First Name", "Last Name", "Email")
Person = tuple[str, str, str, str]


def uid(number: int) -> str:
    """Return the id of the customer of that number."""
    return f"{number:08d}-0000-4000-8000-{number:012d}"


def person(number: int, first_name: str, last_name: str, email: str = "") -> Person:
    """Return a customer and the new values; without an address, one that is made of the number."""
    return uid(number), first_name, last_name, email or f"customer{number}@example.com"


ANA: Final = person(1, "Ana", "Reyes", "ana@example.com")
BEN: Final = person(2, "Ben", "Okafor", "ben@example.com")
CLEO: Final = person(3, "Cleo", "Lindqvist", "cleo@example.com")
DAN: Final = person(4, "Dan", "O'Neil", "dan@example.com")
EVA: Final = person(5, "Eva", "de la Cruz", "eva@example.com")
PLAIN: Final = (ANA, BEN, CLEO, DAN, EVA)

JOSE: Final = person(11, "José", "Núñez", "jose@example.com")
ZOE: Final = person(12, "Zoë", "Müller", "zoe@example.com")
SOREN: Final = person(13, "Søren", "Åberg", "soren@example.com")
CHLOE: Final = person(14, "Chloé", "D'Agostino", "chloe@example.com")
WESTERN: Final = (JOSE, ZOE, SOREN, CHLOE)


def sent(people: Iterable[Sequence[str]], first: int = 2) -> list[Row]:
    """Return rows that are sent as they are, from a number on."""
    return [Row(number, tuple(one)) for number, one in enumerate(people, start=first)]


def refused(number: int, *issues: str) -> Row:
    """Return a row that cannot be sent."""
    return Row(number, issues=issues)


def warned(number: int, one: Sequence[str], *warnings: str) -> Row:
    """Return a row that is sent though it is strange."""
    return Row(number, tuple(one), warnings=warnings)
