"""Letters that became question marks, put back where a much used name has just these letters missing."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from importlib import resources
from itertools import product
from typing import Final

_LOST: Final = "?\u00bf\u25a1"
_WORD: Final = re.compile(rf"[^\W\d_{_LOST}]*(?:[{_LOST}]+[^\W\d_{_LOST}]*)+")
_MOST_WORDS: Final = 3
_MOST_CANDIDATES: Final = 3
_FEWEST_LETTERS: Final = 2
_AS_TWO: Final = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "å": "aa", "ø": "oe", "æ": "ae", "ð": "d", "þ": "th", "đ": "d"}
)
_AS_ONE: Final = str.maketrans({"ß": "ss", "ø": "o", "æ": "ae", "ł": "l", "\u0131": "i", "ð": "d", "þ": "th", "đ": "d"})


def restored(text: str, address: str = "") -> Sequence[str]:
    """Return what a name may be whose letters were lost, the most probable first; nothing where no name is known.

    Args:
        text: The name.
        address: The e-mail address beside it: where it has some of the names in it, only these are meant.

    Example: `restored("M?ller", "mueller@example.com")` is `["Müller"]`.
    """
    damaged = _WORD.findall(text)
    if not 0 < len(damaged) <= _MOST_WORDS:
        return []
    choices = [_candidates(word, address) for word in damaged]
    if not all(choices) or any(len(each) > _MOST_CANDIDATES for each in choices):
        return []
    names = [_with(words, text) for words in product(*choices)]
    return names if len(names) <= _MOST_CANDIDATES else []


def _with(words: Iterable[str], text: str) -> str:
    """Return a text with other words in the place of its damaged ones."""
    left = iter(words)
    return _WORD.sub(lambda _: next(left), text)


def _candidates(word: str, address: str) -> Sequence[str]:
    """Return the known names of which a word has lost letters beyond ASCII; each was one or two bytes."""
    if sum(map(str.isalpha, word)) < _FEWEST_LETTERS:
        return []
    pattern = "".join(
        re.escape(part.casefold()) if part[0] not in _LOST else f"[^\\x00-\\x7f]{{{(len(part) + 1) // 2},{len(part)}}}"
        for part in re.findall(f"[{_LOST}]+|[^{_LOST}]+", word)
    )
    known = re.compile(pattern)
    names = [name for name in _accented_names() if known.fullmatch(name)]
    local_part = address.rpartition("@")[0].casefold()
    in_address = [name for name in names if any(form in local_part for form in _spellings(name))]
    return [_written_like(word, name) for name in in_address or names]


@functools.cache
def _accented_names() -> Sequence[str]:
    """Return much used names of Europe and Latin America, the more usual one of two that look alike first."""
    text = resources.files("importer.checks.originals").joinpath("accented_names.txt").read_text(encoding="utf-8")
    return tuple(dict.fromkeys(text.split()))


def _spellings(name: str) -> Collection[str]:
    """Return how a name is written where there are no letters beyond ASCII."""
    return {_bare(name.translate(spelling)) for spelling in (_AS_TWO, _AS_ONE)}


def _bare(name: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFKD", name) if letter.isascii())


def _written_like(word: str, name: str) -> str:
    """Return a known name with capitals where the damaged word has them."""
    letters = [letter for letter in word if letter.isalpha()]
    if len(letters) > 1 and all(map(str.isupper, letters)):
        return name.upper()
    return name.capitalize() if word[0] in _LOST or word[0].isupper() else name
