"""E-mail addresses: which are accepted, and what is wrong with one that is not.

email-validator decides, strictly and without any look-up, with the options of `OPTIONS`, and ASCII only unless a
setting says otherwise. Its list of
special-use names is as wanted already: `example.com` and its like are not on it, `.test`, `.invalid`, `.local` and
`.localhost` are. What it says about a refused address may quote the address, so none of it is passed on.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, TypedDict

import email_validator

from importer.checks.cleaning.characters import has_invisible

MAX_ADDRESS_LENGTH: Final = 254
MAX_LOCAL_LENGTH: Final = 64


class _Options(TypedDict):
    strict: bool
    check_deliverability: bool
    allow_smtputf8: bool
    allow_quoted_local: bool
    allow_domain_literal: bool
    allow_display_name: bool
    allow_empty_local: bool
    globally_deliverable: bool
    test_environment: bool


OPTIONS: Final[_Options] = {
    "strict": True,  # without it, more than 64 characters before the @ pass
    "check_deliverability": False,
    "allow_smtputf8": False,
    "allow_quoted_local": False,
    "allow_domain_literal": False,
    "allow_display_name": False,
    "allow_empty_local": False,
    "globally_deliverable": True,
    "test_environment": False,
}
INTERNATIONAL_OPTIONS: Final[_Options] = {**OPTIONS, "allow_smtputf8": True}

_ATOM: Final = r"[a-zA-Z0-9_!#$%&'*+\-/=?^`{|}~]++"
"""RFC 5322, section 3.2.3."""

_SHORT_LINE: Final = re.compile(rf"^{_ATOM}(?:\.{_ATOM})*@([a-zA-Z0-9.-]++)$", re.MULTILINE)
"""A dot-atom, and the letters that a domain may have."""
_PLAIN_LINE: Final = re.compile(rf"^(?=[^@\n]{{1,{MAX_LOCAL_LENGTH}}}@){_SHORT_LINE.pattern[1:]}", re.MULTILINE)
"""The same, with a dot-atom of a length that is allowed."""


def is_accepted(address: str, *, international: bool = False) -> bool:
    """Return whether the address may be sent, as it is written.

    The answer is email-validator's, for every text; a domain is asked about once where the rest is plain.

    Args:
        address: Any text.
        international: Letters that are not ASCII are accepted (RFC 6531), if the limits on length hold for its octets.
    """
    if not address.isascii():
        return international and _passes_in_utf8(address)
    return len(address) <= MAX_ADDRESS_LENGTH and (are_plain((address,)) or _passes(address, OPTIONS))


def are_plain(addresses: Sequence[str]) -> bool:
    """Return whether all of the addresses are accepted and of the usual kind; of the others, `is_accepted` says which.

    A column is looked at as one text, which is many times faster than one address after another.
    """
    lines = "\n".join(addresses)
    longest = max(map(len, addresses), default=0)
    domains = (_SHORT_LINE if longest <= MAX_LOCAL_LENGTH else _PLAIN_LINE).findall(lines)
    return (
        len(domains) == len(addresses) == lines.count("\n") + 1
        and longest <= MAX_ADDRESS_LENGTH
        and all(map(_is_plain_domain, set(domains)))
    )


@lru_cache(maxsize=65_536)
def _is_plain_domain(domain: str) -> bool:
    # The decoded form of a Punycode domain counts towards the length of the whole address, so those are asked whole.
    return "xn--" not in domain.lower() and _passes(f"x@{domain}", OPTIONS)


@lru_cache(maxsize=65_536)
def ascii_domain(domain: str) -> str | None:
    """Return the ASCII form of a domain, in which it is looked up (RFC 5891); None where it has none.

    One that is ASCII already is returned as it is.

    Example: `ascii_domain("müller.example")` is `"xn--mller-kva.example"`.
    """
    if domain.isascii():
        return domain
    try:
        return email_validator.validate_email(f"x@{domain}", **INTERNATIONAL_OPTIONS).ascii_domain
    except ValueError:
        return None


def _passes_in_utf8(address: str) -> bool:
    try:
        octets = address.encode()
    except UnicodeEncodeError:  # half a surrogate pair
        return False
    local, _, _ = octets.rpartition(b"@")
    short = len(local) <= MAX_LOCAL_LENGTH and len(octets) <= MAX_ADDRESS_LENGTH
    return short and not has_invisible(address) and _passes(address, INTERNATIONAL_OPTIONS)


def _passes(address: str, options: _Options) -> bool:
    try:
        email_validator.validate_email(address, **options)
    except ValueError:  # its own error, or one of a codec below it: either way no address
        return False
    return True
