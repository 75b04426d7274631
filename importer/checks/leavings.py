"""What programs leave behind in a name: letters that were lost, codes in the place of letters, formulas."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from importer.checks.codes import WarningCode

_SIGNS: Final = ("?", "\u00bf", "\u25a1", "&", "<", "\\", "%", "=", "_x", '""', "+", "@", '-"', '- "', "-(", "- (")
_RULES: Final[Sequence[tuple[WarningCode, re.Pattern[str]]]] = (
    (WarningCode.LOST_LETTERS, re.compile("[?\u00bf\u25a1]")),
    (WarningCode.MARKUP_IN_NAME, re.compile(r"&(?:[A-Za-z][A-Za-z0-9]*;|#[0-9]|#[Xx][0-9A-Fa-f])|<!--|</?[A-Za-z]")),
    (
        WarningCode.CODES_IN_NAME,
        re.compile(r"\\|%[0-9A-Fa-f]{2}|<U\+[0-9A-Fa-f]{4}|=\?.*\?=|(?<=\w)=[0-9A-F]{2}|_x[0-9A-Fa-f]{4}_|\"\""),
    ),
    (WarningCode.FORMULA_IN_NAME, re.compile('["\'\u2018-\u201f ]*(?:=(?!\\?)|[+@-] ?["(])')),
)
"""The last of those that fit is the most telling: a formula is matched at the beginning, the others anywhere."""

_NO_LETTER: Final = re.compile(r"(?:(?![\ue000-\uf8ff\U000f0000-\U0010ffff])[\W\d_])+")
"""Private-use characters write rare names in some countries."""

_LINE_WITHOUT_LETTERS: Final = re.compile(r"\n[\W\d_]+(?=\n)")
_ALPHABETS: Final = tuple(
    re.compile(f"[{letters}]")
    for letters in (
        "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02af\u1e00-\u1eff",  # Latin
        "\u0370-\u0373\u0376\u0377\u037b-\u037d\u037f\u0386\u0388-\u03ff\u1f00-\u1fff",  # Greek
        "\u0400-\u0481\u048a-\u052f\u1c80-\u1c8a\ua640-\ua69d",  # Cyrillic
        "\u0531-\u0556\u0560-\u0588",  # Armenian
        "\u05d0-\u05f2",  # Hebrew
        "\u0620-\u064a\u066e-\u06d3",  # Arabic
        "\u10a0-\u10fa\u1c90-\u1cbf",  # Georgian
        "\u13a0-\u13fd\uab70-\uabbf",  # Cherokee
    )
)
_BETWEEN: Final = "['\u2019\u02bc\u0300-\u036f]*"
_BEYOND_LATIN: Final = "[\u0370-\u13ff\u1c80-\u1cbf\u1f00-\u1fff\ua640-\ua69d\uab70-\uabbf]"


def leavings(names: Sequence[str]) -> Mapping[int, WarningCode]:
    r"""Return, by position, what is told of names with leavings in them; they are looked at as one text first.

    Example: `leavings(["Ana", "M?ller"])` is `{1: WarningCode.LOST_LETTERS}`.
    """
    text = "\n".join(["", *names, ""])
    codes = {} if text.isascii() or not re.search(_BEYOND_LATIN, text) else dict(_mixed(names, text))
    if _LINE_WITHOUT_LETTERS.search(text):
        codes |= {at: WarningCode.NAME_WITHOUT_LETTERS for at, name in enumerate(names) if _NO_LETTER.fullmatch(name)}
    if any(sign in text for sign in _SIGNS):
        codes |= dict(_matching(names))
    return codes


def _matching(names: Sequence[str]) -> Iterator[tuple[int, WarningCode]]:
    for at, name in enumerate(names):
        if name.isalpha():
            continue
        for code, form in _RULES:
            if (form.match if code is WarningCode.FORMULA_IN_NAME else form.search)(name):
                yield at, code


def _mixed(names: Sequence[str], text: str) -> Iterator[tuple[int, WarningCode]]:
    """Yield the names of which a word has letters of two alphabets, one beside the other."""
    present = tuple(alphabet.pattern for alphabet in _ALPHABETS if alphabet.search(text))
    if len(present) > 1 and (beside := _beside_another(present)).search(text):
        for at, name in enumerate(names):
            if beside.search(name):
                yield at, WarningCode.MIXED_ALPHABETS


@functools.cache
def _beside_another(alphabets: Sequence[str]) -> re.Pattern[str]:
    """Return what matches where a letter of one alphabet follows a letter of another one."""
    others = ("".join(other[1:-1] for other in alphabets if other is not alphabet) for alphabet in alphabets)
    return re.compile(
        "|".join(f"{alphabet}{_BETWEEN}[{rest}]" for alphabet, rest in zip(alphabets, others, strict=True))
    )
