"""E-mail addresses as they are checked and sent: taken out of what programs and people put around them.

Each rule applies only where one address can be meant. What is left is judged as it is, so that a cell that is too
strange for these rules is refused, and not guessed at.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

from importer.checks.addresses import ascii_domain
from importer.checks.cleaning.characters import composed, without_unseen
from importer.checks.cleaning.cleaning_steps import NOTHING, CleaningStep, Tidied
from importer.checks.cleaning.text_dress import undressed
from importer.unseen import shows_nothing

_PLAIN_SIGNS: Final = "!#-9;=?@A-Z^-~"
"""What tidy addresses may hold: no white space, and nothing that stands around an address."""

_PLAIN: Final = re.compile(f"[{_PLAIN_SIGNS}]*")
_PLAIN_LINES: Final = re.compile(f"[{_PLAIN_SIGNS}\n]*")
_LONGEST: Final = 4096
"""No address with a name before it is longer, and taking off one layer after another would take for ever."""

_WIDE_AT: Final = re.compile("[\uff20\ufe6b]")
_OPENING: Final = "\"'\u2018\u2019\u201a\u201c\u201d\u201e\u00ab\u00bb"
_CLOSING: Final = "\"'\u2018\u2019\u201c\u201d\u00bb\u00ab"
_APOSTROPHES: Final = "'\u2018\u2019"
_LINK: Final = re.compile(r"mailto:([^?]*)(.*)", re.IGNORECASE | re.DOTALL)
_ENCODED: Final = re.compile("%[0-9a-f]{2}", re.IGNORECASE)
_BRACKETS: Final = re.compile(r"([^<>]*)<([^<>]*)>")
_APOSTROPHE: Final = re.compile(r"(?<=[^\W\d_])[\u2018\u2019](?=[^\W\d_])(?=[^@]*@)")


def are_tidy_addresses(cells: Sequence[str]) -> bool:
    """Return whether surely none of the cells is changed by `tidy_address`; they are looked at as one text."""
    lines = "\n".join(["", *cells, ""])
    return (
        _PLAIN_LINES.fullmatch(lines) is not None
        and lines.count("\n") == len(cells) + 1
        and ("'\n" not in lines or "\n'" not in lines)
    )


def tidy_address(cell: str, *, international: bool = False) -> Tidied:
    """Return an address without unseen characters and white space around it, and without what it is wrapped in.

    Example: `tidy_address("Ana Núñez <ana@example.com>").text` is `"ana@example.com"`.

    Args:
        cell: What is in the cell.
        international: A domain that is not ASCII is turned into its ASCII form, which is what is looked up.
    """
    text = cell.strip()
    if _PLAIN.fullmatch(text) and not (text.startswith("'") and text.endswith("'")):
        return Tidied(text, NOTHING if text == cell else CleaningStep.TRIMMED)
    if shows_nothing(cell):
        return Tidied("", CleaningStep.TRIMMED)
    if len(cell) > _LONGEST:
        return Tidied(cell, NOTHING)
    text, done = cell, NOTHING
    while (again := _once(text)).done:
        text, done = again.text, done | again.done
    domain = ascii_domain(text.rpartition("@")[2]) if international and text.count("@") == 1 else None
    if domain is None or text.endswith(f"@{domain}"):
        return Tidied(text, done)
    return Tidied(f"{text.partition('@')[0]}@{domain}", done | CleaningStep.DOMAIN)


def _once(text: str) -> Tidied:
    done = NOTHING
    for step, change in _CHANGES:
        changed = change(text)
        if changed != text:
            text, done = changed, done | step
    return Tidied(text, done)


def _with_plain_at(text: str) -> str:
    return _WIDE_AT.sub("@", text) if "@" not in text and len(_WIDE_AT.findall(text)) == 1 else text


def _without_quotes(text: str) -> str:
    inner = text[1:-1].strip()
    if inner.count("@") != 1 or text[0] not in _OPENING or text[-1] not in _CLOSING:
        return text
    nested = any(sign in inner and sign not in _APOSTROPHES for sign in (text[0], text[-1]))
    return text if nested else inner


def _without_brackets(text: str) -> str:
    match = _BRACKETS.fullmatch(text)
    if match is None:
        return text
    name, inner = match[1], match[2].strip()
    if inner.count("@") != 1 or re.search(r"[\s,;]", inner) or ("@" in name and _bare(name) != _bare(inner)):
        return text
    return inner


def _bare(text: str) -> str:
    """Return an address as it is compared with what stands before it in angle brackets."""
    return text.strip().strip(_OPENING).strip().lower().removeprefix("mailto:").partition("?")[0]


def _without_link(text: str) -> str:
    """Return the address of a link; not of one for several people, nor of one whose address is percent-encoded."""
    match = _LINK.fullmatch(text)
    if match is None or match[1].count("@") != 1 or _ENCODED.search(match[1]):
        return text
    return text if "@" in match[2] or "%40" in match[2] else match[1].strip()


def _with_plain_apostrophe(text: str) -> str:
    return _APOSTROPHE.sub("'", text) if text.count("@") == 1 else text


_CHANGES: Final[Sequence[tuple[CleaningStep, Callable[[str], str]]]] = (
    (CleaningStep.UNSEEN, without_unseen),
    (CleaningStep.TRIMMED, str.strip),
    (CleaningStep.DRESS, undressed),
    (CleaningStep.COMPOSED, composed),
    (CleaningStep.AT_SIGN, _with_plain_at),
    (CleaningStep.QUOTES, _without_quotes),
    (CleaningStep.BRACKETS, _without_brackets),
    (CleaningStep.LINK, _without_link),
    (CleaningStep.APOSTROPHE, _with_plain_apostrophe),
)
