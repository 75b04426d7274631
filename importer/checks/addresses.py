"""E-mail addresses: which are accepted, and what is wrong with one that is not.

email-validator decides, strictly and without any look-up, with the options of `OPTIONS` and ASCII only. Its list of
special-use names is as wanted already: `example.com` and its like are not on it, `.test`, `.invalid`, `.local` and
`.localhost` are. What it says about a refused address may quote the address, so none of it is passed on.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, TypedDict

import email_validator

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

_PLAIN: Final = re.compile(
    r"(?P<local>[a-zA-Z0-9_!#$%&'*+\-/=?^`{|}~]+(?:\.[a-zA-Z0-9_!#$%&'*+\-/=?^`{|}~]+)*)@(?P<domain>[a-zA-Z0-9.-]+)"
)
"""The dot-atom of RFC 5322, section 3.2.3, and letters that a domain may have."""


def is_accepted(address: str) -> bool:
    """Return whether the address may be sent, as it is written.

    The answer is email-validator's, for every text; a domain is asked about once where the rest is plain.
    """
    if len(address) > MAX_ADDRESS_LENGTH or not address.isascii():
        return False
    plain = _PLAIN.fullmatch(address)
    # The decoded form of a Punycode domain counts towards the length of the whole address, so those are asked whole.
    if plain is None or "xn--" in plain["domain"].lower():
        return _passes(address)
    return len(plain["local"]) <= MAX_LOCAL_LENGTH and _is_domain(plain["domain"])


@lru_cache(maxsize=65_536)
def _is_domain(domain: str) -> bool:
    return _passes(f"x@{domain}")


def _passes(address: str) -> bool:
    try:
        email_validator.validate_email(address, **OPTIONS)
    except ValueError:  # its own error, or one of a codec below it: either way no address
        return False
    return True
