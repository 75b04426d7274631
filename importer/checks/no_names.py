"""What stands in the column of a name and is none: placeholders, and words that programs write for nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

_WORD: Final = (
    "null|nil|none|nan|nat|na|n/a|undefined|empty|blank|unknown|missing|void|not set|no name|no value"
    "|leer|vide|vac[ií]o|vazio|vuoto|leeg"
)
_FIELD: Final = (
    r"[\w .-]*(?:name|fname|lname|surname|nombre|apellidos?|pr[eé]nom|nom|nome|cognome|sobrenome|naam)(?:[ _.-]?\w)?"
)
_NO_NAME: Final = (
    r"(?is)\\{1,2}N"  # PostgreSQL, MySQL, ClickHouse
    r"|(?:undefined\s*)+|\[object \w+\]"  # JavaScript
    rf"|[(<\[{{]+\s*(?:{_WORD})\s*[)>\]}}]+"
    rf"|[(<\[{{«]+\s*(?:{_FIELD}|\d*)\s*[)>\]}}»]+"
    r"|\{\{.*\}\}|\{%.*%\}|[$#]\{.*\}|<%.*%>|\*\|.*\|\*|\[\[.*\]\]"  # templates
    r"|%+[\w .-]+%+|%\(?\w*\)?[sd]|\$\w*name\w*"
)
_SIGNS: Final = "\\(<[{%$#*«"
"""Each of the forms has one of them, but for a word."""

WORDS: Final = frozenset(("null", "nil", "none", "nan", "nat", "na", "n/a", "n.a.", "n.a", "true", "false", "unknown"))
"""What programs write for nothing, and for a truth value; some people are called so."""

_BORNE: Final = frozenset(("null", "nil", "none", "nan", "nat", "na", "true"))
_INSIDE: Final = re.compile(r"(?<!\S)(?:null|NULL|undefined|NaN|\(null\)|<null>)(?!\S)")
"""What is left of a part that was nothing, where a program has put a name together of its parts."""

_SIGNS_INSIDE: Final = ("null", "NULL", "undefined", "NaN")


def surely_no_placeholder(text: str) -> bool:
    """Return whether a text, even a whole column, surely has no cell for which `is_no_name` holds."""
    return not any(sign in text for sign in _SIGNS) and "undefined" not in text.lower()


def is_no_name(cell: str) -> bool:
    r"""Return whether nothing but a placeholder stands in a cell, or what no person is called.

    Example: `is_no_name("{{first_name}}")` is `True`.
    Example: `is_no_name("Null")` is `False`.
    """
    return re.fullmatch(_NO_NAME, cell) is not None


def words_for_nothing(names: Sequence[str], beside: Sequence[str]) -> Iterator[int]:
    """Yield the positions of names for which `is_word_for_nothing` holds; they are looked at as a whole first.

    Args:
        names: The cells of a column.
        beside: Those of the column with the other half of each name.
    """
    different = set(names)
    text = "\n".join(different)
    if not WORDS.isdisjoint(map(str.lower, different)) or any(sign in text for sign in _SIGNS_INSIDE):
        for position, (name, other) in enumerate(zip(names, beside, strict=True)):
            if is_word_for_nothing(name, other):
                yield position


def is_word_for_nothing(name: str, beside: str) -> bool:
    """Return whether a name is a word that programs write for nothing, and not written as the name that it also is.

    It is written as a name where it has one capital, at its beginning, and the other half of the name is an ordinary
    one.

    Example: `is_word_for_nothing("null", "Quintela")` is `True`.
    """
    word = name.lower()
    if word in WORDS:
        return not (word in _BORNE and name == word.capitalize() and _is_ordinary(beside))
    return _INSIDE.search(name) is not None


def _is_ordinary(name: str) -> bool:
    return name.lower() not in WORDS and any(map(str.isalpha, name)) and not is_no_name(name)
