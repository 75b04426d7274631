"""What is wrong with an address that was refused, in a sentence for the person who will correct it.

Every sentence is one of a fixed set: nothing of the address gets into it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

import email_validator

from importer.checks.addresses import MAX_ADDRESS_LENGTH, MAX_LOCAL_LENGTH
from importer.checks.cleaning.characters import has_control, has_damaged, has_invisible

_NOT_IN_LOCAL: Final = r"[^a-zA-Z0-9_!#$%&'*+\-/=?^`{|}~.\x80-\U0010ffff]"
_NOT_IN_DOMAIN: Final = r"[^a-zA-Z0-9.\x80-\U0010ffff-]"
_RESERVED_LABEL: Final = re.compile(r"(?:\A|\.)(?!xn)..--", re.IGNORECASE)
"""RFC 5890, section 2.3.1: hyphens in the third and fourth place are for Punycode alone."""

_CURLY: Final = re.compile("[\u2018-\u201f\u00ab\u00bb]")
_PLAIN_LETTERS: Final = (
    "Use plain letters without accents, digits, and plain signs such as . _ - and +. Where the API takes other "
    "addresses, the setting IMPORTER_INTERNATIONAL_ADDRESSES=true lets them through."
)
_NOT_ASCII: Final = "has an accented letter or another character that addresses cannot have here"

_MAX_LABEL_LENGTH: Final = 63
_SPECIAL_USE: Final = tuple(email_validator.SPECIAL_USE_DOMAIN_NAMES)


def _octets(text: str) -> int:
    return len(text.encode(errors="replace"))


def _labels(domain: str) -> Sequence[str]:
    return domain.split(".")


_Fault = tuple[Callable[[str], bool], str, str]

_IN_THE_CELL: Final[Sequence[_Fault]] = (
    (lambda text: text[:7].lower() == "mailto:", "holds a mailto: link", "Put in the address alone, without mailto:."),
    (
        lambda text: all(sign in text for sign in "<@>"),
        "holds an address in angle brackets",
        "Put in the address alone, without a name and without the brackets.",
    ),
    (
        lambda text: text.count("@") > 1 and re.search(r"[,;/|\s]", text) is not None,
        "seems to hold more than one address",
        "Keep the one that the customer should have.",
    ),
    (has_damaged, "has a character in it that was lost on the way", "Type the address anew."),
    (
        lambda text: "@" not in text and re.search("[\uff20\ufe6b]", text) is not None,
        "has a character that only looks like an @ sign",
        "Type a plain @ in its place.",
    ),
    (
        lambda text: "@" not in text,
        "has no @ sign",
        "Put in a whole address, such as name@example.com.",
    ),
    (
        lambda text: re.search(r"\s", text) is not None,
        "has a space or a line break inside the address",
        "Take it out.",
    ),
    (
        lambda text: has_control(text) or has_invisible(text),
        "has a character in it that cannot be seen",
        "Delete what is in the cell and type the address anew.",
    ),
    (lambda text: '"' in text, "has quotation marks in it", "Put in an address without them."),
    (
        lambda text: text.count("@") > 1,
        "has more than one @ sign",
        "Keep the one between the name and the domain.",
    ),
    (
        lambda text: _CURLY.search(text) is not None,
        "has a curly quotation mark or apostrophe in it",
        "Put a plain apostrophe in its place, or nothing.",
    ),
    (
        lambda text: not text.isascii(),
        _NOT_ASCII,
        _PLAIN_LETTERS,
    ),
    (lambda text: _octets(text) > MAX_ADDRESS_LENGTH, "is longer than 254 characters", "Put in a shorter address."),
    (
        lambda text: re.search(r"[()]", text) is not None,
        "has a remark in brackets in it",
        "Put in the address alone.",
    ),
    (lambda text: "," in text, "has a comma in it", "Put a dot in its place if a dot was meant."),
    (lambda text: ".." in text, "has two dots in a row", "Take one of them out."),
)
"""What can be wrong with the cell as a whole, the most telling first."""

_BEFORE: Final[Sequence[_Fault]] = (
    (lambda local: not local, "has nothing before the @ sign", "Put in the whole address, such as name@example.com."),
    (
        lambda local: _octets(local) > MAX_LOCAL_LENGTH,
        "has more than 64 characters before the @ sign",
        "Put in an address with a shorter name.",
    ),
    (lambda local: local.startswith("."), "begins with a dot", "Take the dot out."),
    (lambda local: local.endswith("."), "has a dot right before the @ sign", "Take the dot out."),
    (
        lambda local: re.search(_NOT_IN_LOCAL, local) is not None,
        "has a character before the @ sign that an address cannot have there",
        "Use letters, digits, and signs such as . _ - and +.",
    ),
)
"""What can be wrong before the only @ sign."""

_AFTER: Final[Sequence[_Fault]] = (
    (lambda domain: not domain, "has nothing after the @ sign", "Put in the domain too, such as example.com."),
    (lambda domain: domain.startswith("."), "has a dot right after the @ sign", "Take the dot out."),
    (lambda domain: domain.endswith("."), "ends with a dot", "Take the dot out."),
    (
        lambda domain: domain.startswith("[") and domain.endswith("]"),
        "has a number in square brackets where the domain should be",
        "Put in an address with a domain, such as name@example.com.",
    ),
    (
        lambda domain: re.search(_NOT_IN_DOMAIN, domain) is not None,
        "has a character after the @ sign that a domain cannot have",
        "Use letters, digits, hyphens and dots there.",
    ),
    (
        lambda domain: domain.lower().split(".")[-1] in _SPECIAL_USE,
        "has a domain that no mail can reach: its ending is reserved for other uses",
        "Put in the customer's real address.",
    ),
    (
        lambda domain: "." not in domain,
        "has no dot after the @ sign",
        "Put in the whole domain, such as example.com.",
    ),
    (
        lambda domain: any(label.startswith("-") or label.endswith("-") for label in _labels(domain)),
        "has a hyphen where the domain, or a part of it, begins or ends",
        "Take the hyphen out.",
    ),
    (
        lambda domain: _RESERVED_LABEL.search(domain) is not None,
        "has two hyphens in a row where a domain cannot have them",
        "Correct the domain.",
    ),
    (
        lambda domain: any(len(label) > _MAX_LABEL_LENGTH for label in _labels(domain)),
        "has more than 63 characters without a dot after the @ sign",
        "Correct the domain.",
    ),
    (
        lambda domain: not domain[-1].isalpha(),
        "has a domain that does not end with a letter",
        "Correct the ending of the domain, such as .com.",
    ),
)
"""What can be wrong after the only @ sign."""

_GENERAL: Final = ("is not a valid e-mail address", "Put in one such as name@example.com.")


def fault(address: str, *, international: bool = False) -> tuple[str, str]:
    """Return what is wrong with an address that is not accepted, and what would be right.

    The first is the rest of a sentence that begins with the column, the second is a sentence.
    """
    local, _, domain = address.partition("@")
    for faults, text in ((_IN_THE_CELL, address), (_BEFORE, local), (_AFTER, domain)):
        for applies, wrong, right in faults:
            if applies(text) and not (international and wrong is _NOT_ASCII):
                return wrong, right
    return _GENERAL


def all_faults() -> Sequence[tuple[str, str]]:
    """Return everything that `fault` can answer, for documents and tests."""
    named = tuple((wrong, right) for _, wrong, right in (*_IN_THE_CELL, *_BEFORE, *_AFTER))
    return (*named, _GENERAL)
