"""Names and ids as they are checked and sent: without what a person cannot see, or did not mean."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from importer.checks.cleaning.characters import composed, is_composed, without_unseen
from importer.checks.cleaning.cleaning_steps import NOTHING, CleaningStep, Tidied
from importer.checks.cleaning.text_dress import surely_undressed, undressed
from importer.ids import are_safe_segments, is_safe_segment, is_uuid
from importer.unseen import OFTEN_UNSEEN, shows_nothing

_UNTIDY: Final = re.compile(OFTEN_UNSEEN)
_QUOTES: Final = re.compile("[\"'\u2018\u2019\u201a\u201c\u201d\u201e](.*)[\"'\u2018\u2019\u201c\u201d]", re.DOTALL)
_BRACES: Final = re.compile(r"\{(.*)\}", re.DOTALL)
_PREFIX: Final = re.compile(r"urn:uuid:(.*)", re.IGNORECASE | re.DOTALL)
_GUARD: Final = re.compile("['\u2019](.*)", re.DOTALL)
_WRAPPINGS: Final = (
    (CleaningStep.QUOTES, _QUOTES),
    (CleaningStep.BRACES, _BRACES),
    (CleaningStep.PREFIX, _PREFIX),
    (CleaningStep.GUARD, _GUARD),
)
"""How programs write a UUID: quoted, as Windows does, as RFC 9562, section 4, does for a URN, as text for Excel."""
_HYPHENS: Final = re.compile("[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]")
"""Dashes that word processors put in the place of hyphens."""


def are_tidy_names(cells: Sequence[str]) -> bool:
    """Return whether surely none of the cells is changed by `tidy_name`; they are looked at as one text."""
    different = set(cells)  # many people have the same name
    lines = "\n".join(["", *different, ""])
    if "  " in lines or "\n " in lines or " \n" in lines or not surely_undressed(lines):
        return False
    return "".join(different).isprintable() and (lines.isascii() or _is_tidy(lines))


def are_tidy_ids(cells: Sequence[str]) -> bool:
    """Return whether surely none of the cells is changed by `tidy_id`."""
    return are_safe_segments(cells) or not any(tidy_id(cell).done for cell in set(cells))


def tidy_name(cell: str) -> Tidied:
    """Return a name without unseen characters, with single spaces inside and none around it, and composed.

    Example: `tidy_name(" Ana  María ").text` is `"Ana María"`.
    """
    text = cell.strip()
    if text.isprintable() and "  " not in text and surely_undressed(text) and (text.isascii() or _is_tidy(text)):
        return Tidied(text, NOTHING if text == cell else CleaningStep.TRIMMED)
    if shows_nothing(cell):
        return Tidied("", CleaningStep.TRIMMED)
    text, done = cell, NOTHING
    while (again := _once(text)).done:  # what is taken out may bring others together
        text, done = again.text, done | again.done
    return Tidied(text, done)


def tidy_id(cell: str) -> Tidied:
    """Return an id as `tidy_name` does, without an apostrophe before it, and a UUID without what is written around it.

    Nothing is guessed: 32 digits without hyphens stay as they are, since some databases store the bytes of a UUID in
    another order than they show them, and the id might become another customer's.

    Example: `tidy_id("{0e984725-c51c-4bf4-9960-e1c80e27aba0}").text` is `"0e984725-c51c-4bf4-9960-e1c80e27aba0"`.
    """
    text, done = tidy_name(cell)
    if not text or is_safe_segment(text):  # none of what may stand around an id can stand in one
        return Tidied(text, done)
    bare, taken = _unwrapped(text)
    if is_uuid(bare):
        return Tidied(bare, done | taken)
    guarded = tidy_name(text[1:]) if text.startswith("'") else Tidied("", NOTHING)
    if is_safe_segment(guarded.text):  # no id begins with an apostrophe
        return Tidied(guarded.text, done | guarded.done | CleaningStep.GUARD)
    return Tidied(text, done)


def _is_tidy(printable: str) -> bool:
    return not _UNTIDY.search(printable) and is_composed(printable)


def _once(text: str) -> Tidied:
    done = NOTHING
    seen = without_unseen(text)
    if seen != text:
        done |= CleaningStep.UNSEEN
    bare = undressed(seen)
    if bare != seen:
        done |= CleaningStep.DRESS
    trimmed = bare.strip()
    if trimmed != bare:
        done |= CleaningStep.TRIMMED
    spaced = " ".join(trimmed.split())
    if spaced != trimmed:
        done |= CleaningStep.SPACED
    text_composed = composed(spaced)
    if text_composed != spaced:
        done |= CleaningStep.COMPOSED
    return Tidied(text_composed, done)


def _unwrapped(text: str) -> Tidied:
    bare, done = text, NOTHING
    for step, wrapping in _WRAPPINGS * len(_WRAPPINGS):  # in any order
        if match := wrapping.fullmatch(bare):
            bare, done = match[1].strip(), done | step
    plain = _HYPHENS.sub("-", bare)
    return Tidied(plain, done | CleaningStep.HYPHENS if plain != bare else done)
