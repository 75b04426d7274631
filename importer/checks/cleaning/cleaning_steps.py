"""What cleaning does to a cell, and how a row's message says so: nothing is changed in silence."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from enum import Flag, auto
from types import MappingProxyType
from typing import Final, NamedTuple

from importer.phrases import listed, named


class CleaningStep(Flag):
    """What was done to a cell; several things are a combination."""

    TRIMMED = auto()
    SPACED = auto()
    UNSEEN = auto()
    COMPOSED = auto()
    LINK = auto()
    BRACKETS = auto()
    QUOTES = auto()
    APOSTROPHE = auto()
    AT_SIGN = auto()
    DOMAIN = auto()
    BRACES = auto()
    PREFIX = auto()
    HYPHENS = auto()
    DRESS = auto()
    GUARD = auto()


NOTHING: Final = CleaningStep(0)

SENTENCES: Final[Mapping[CleaningStep, str]] = MappingProxyType(
    {
        CleaningStep.TRIMMED: "White space around {} was removed.",
        CleaningStep.SPACED: "White space inside {} was reduced to single spaces.",
        CleaningStep.UNSEEN: "Characters that cannot be seen were removed from {}.",
        CleaningStep.COMPOSED: "Letters in {} were put into their usual form (Unicode NFC), which looks the same.",
        CleaningStep.LINK: "The mailto: link in {} was reduced to its address.",
        CleaningStep.BRACKETS: "The address in {} was taken out of its angle brackets.",
        CleaningStep.QUOTES: "Quotation marks around {} were removed.",
        CleaningStep.APOSTROPHE: "A curly apostrophe in {} was made a plain one.",
        CleaningStep.AT_SIGN: "The wide @ sign in {} was made a plain one.",
        CleaningStep.DOMAIN: "The domain in {} is sent in its ASCII form.",
        CleaningStep.BRACES: "Braces around {} were removed.",
        CleaningStep.PREFIX: "The prefix urn:uuid: was removed from {}.",
        CleaningStep.HYPHENS: "The hyphens in {} were made plain ones.",
        CleaningStep.DRESS: "The formula in {}, which shows nothing but a text, was reduced to that text.",
        CleaningStep.GUARD: "The apostrophe before {}, by which spreadsheets keep text as it is, was removed.",
    }
)
"""For each step its sentence, with a place for the columns."""


class Tidied(NamedTuple):
    """A cell as it is checked and sent, and what was done to it."""

    text: str
    done: CleaningStep


@functools.lru_cache(maxsize=1024)
def note(done: tuple[tuple[str, CleaningStep], ...]) -> str:
    """Return what was done to the cells of a row, each with its column: a sentence for each kind of step."""
    sentences = []
    for step, sentence in SENTENCES.items():
        headers = [named(header) for header, steps in done if step in steps]
        if headers:
            sentences.append(sentence.format(listed(headers)))
    return " ".join(sentences)
