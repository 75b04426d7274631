"""Addresses that are typed where a form asks for one and nobody has any: `test@test.com`, `noemail@noemail.com`."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

_NOTHING: Final = (
    "na|none|null|nil|nan|no|not|unknown|undefined|nothing|nobody|noone|noname|nowhere|blank|empty|missing|void"
)
_NO_MAIL: Final = (
    "no-?e?-?mails?|no-?e?-?mail-?address|no-?address|not-?provided|not-?available|not-?given|without-?e?-?mail"
    "|keine?-?e?-?mail|sin-?e?-?mail|sin-?correo|pas-?de?-?mail|sem-?e?-?mail|senza-?e?-?mail|geen-?e?-?mail"
)
_TRIAL: Final = (
    "te+st|testing|tester|fake|dummy|sample|example|demo|placeholder|invalid|temp|tbd|asdf+|asdfgh?|qwert[yz]|foo|bar|baz"
    "|abc|abcd?e?f?|xyz|x+|a|aa+|123+4?5?6?"
)
_ANYBODY: Final = (
    "user|username|name|first-?name|last-?name|your-?name|your-?e?-?mail|you|me|my-?e?-?mail|e?-?mail|someone|somebody"
    "|anyone|customer|client"
)
_LOCAL: Final = f"(?:{_NOTHING}|{_NO_MAIL}|{_TRIAL}|{_ANYBODY})[0-9]{{0,3}}"
_DOMAIN: Final = (
    f"(?:{_NOTHING}|{_NO_MAIL}|{_TRIAL}|your-?domain|your-?company|domain|some-?domain|somewhere|anywhere|website)"
    r"(?:\.[a-z]{1,4}){1,2}"
)
_EXAMPLE: Final = re.compile(r"example\.(?:com|net|org)")
"""RFC 2606: nobody's, and used for customers in trials, so that only what is no name before the @ tells."""

_OF_EXAMPLES: Final = re.compile("te+st|example|your-?name")
_MAIL_DOMAIN: Final = re.compile(r"e?-?mail\.[a-z]{2,4}")
_OF_MAIL: Final = f"{_NOTHING}|{_NO_MAIL}|te+st|fake|example|your-?e?-?mail|your-?name|e?-?mail"
_ANYWHERE: Final = f"{_NO_MAIL}|unknown|undefined|null|none|not-?applicable"
_STRANGE: Final = re.compile(f"(?!{_EXAMPLE.pattern}$)(?:{_DOMAIN}|{_MAIL_DOMAIN.pattern})")
_SEPARATORS: Final = str.maketrans("._+", "---")
_ENDS: Final = (
    *("mail@", "mails@", "address@", "provided@", "available@", "given@", "correo@"),
    *("unknown@", "undefined@", "null@", "none@", "applicable@", "test@example", "example@example", "name@example"),
)
"""What all have in them that are told wherever their domain is; others may have it too."""
_LAST_LETTERS: Final = frozenset(end.partition("@")[0][-2:] for end in _ENDS)
"""What they have before their @."""


def placeholder_addresses(addresses: Sequence[str], domains: Iterable[str]) -> Iterator[int]:
    """Yield the positions of addresses for which `is_placeholder` holds; they are looked at as a whole first.

    Args:
        addresses: The cells of a column.
        domains: All their domains, in lower case.
    """
    if not any(map(_is_strange, domains)):
        last_letters = {address.rpartition("@")[0][-2:].lower() for address in addresses}
        if _LAST_LETTERS.isdisjoint(last_letters):
            return
        text = "\n".join(addresses).lower()
        if not any(end in text for end in _ENDS):
            return
    yield from (position for position, address in enumerate(addresses) if is_placeholder(address))


def is_placeholder(address: str) -> bool:
    """Return whether an address is one that people type where they have none to put in.

    Example: `is_placeholder("test@firm.example")` is `False`.
    """
    local, _, domain = address.lower().rpartition("@")
    words = local.translate(_SEPARATORS)
    if re.fullmatch(_ANYWHERE, words):
        return True
    if _EXAMPLE.fullmatch(domain):
        return _OF_EXAMPLES.fullmatch(words) is not None
    if _MAIL_DOMAIN.fullmatch(domain):
        return re.fullmatch(_OF_MAIL, words) is not None
    return re.fullmatch(_DOMAIN, domain) is not None and (
        re.fullmatch(_LOCAL, words) is not None or local == domain.partition(".")[0]
    )


@functools.lru_cache(maxsize=65_536)
def _is_strange(domain: str) -> bool:
    return _STRANGE.fullmatch(domain) is not None
