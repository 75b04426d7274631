"""A command line as far as it is typed, taken apart as a shell would do it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

_ASSIGNMENT: Final = re.compile(r"[A-Za-z_]\w*=")
_PLAIN: Final = re.compile(r"[\w@%+=:,./-]")
_ESCAPED_IN_QUOTES: Final = '\\"$`'
_BASH_BREAKS: Final = "=:"
"""At these, bash begins a new word to be completed, unless they are quoted."""


@dataclass(slots=True)
class TypedWord:
    """A word of a command line.

    Attributes:
        value: What the command is given.
        quote: The quotation mark that is still open at the end; "" for none.
        settled: So many characters of the value stand before what bash completes: it replaces the rest only.
    """

    value: str = ""
    quote: str = ""
    settled: int = 0
    _settled_before: int = field(default=0, repr=False)

    def add(self, character: str) -> None:
        """Take in a character that stands for itself."""
        self.value += character

    def add_bare(self, character: str) -> None:
        """Take in a character that is not quoted."""
        self.value += character
        if character in _BASH_BREAKS:
            self.settled = len(self.value)

    def open(self, quote: str) -> None:
        """Take in an opening quotation mark."""
        self.quote, self._settled_before, self.settled = quote, self.settled, len(self.value)

    def close(self) -> None:
        """Take in the closing one."""
        self.quote, self.settled = "", self._settled_before

    def for_bash(self, candidate: str) -> str:
        """Return a word in place of this one as bash wants it: the rest of it only, quoted as it is begun."""
        rest = candidate[self.settled :]
        if self.quote == "'":
            return rest.replace("'", "'\\''")
        if self.quote:
            return "".join(f"\\{each}" if each in _ESCAPED_IN_QUOTES else each for each in rest)
        return "".join(each if _PLAIN.match(each) else f"\\{each}" for each in rest)


def typed_words(line: str) -> Sequence[TypedWord]:
    """Return the words behind the name of the command; the last is the one to be completed, and may be empty.

    Args:
        line: From the beginning of the command to the cursor; variables may be set in front of its name.
    """
    words = [TypedWord()]
    is_begun = False
    characters = iter(line)
    for character in characters:
        word = words[-1]
        if character == "\\" and word.quote != "'":
            following = next(characters, "")
            is_kept = word.quote and following not in _ESCAPED_IN_QUOTES
            word.add(f"\\{following}" if is_kept else following)
        elif character == word.quote:
            word.close()
        elif word.quote:
            word.add(character)
        elif character.isspace():
            if is_begun:
                words.append(TypedWord())
            is_begun = False
            continue
        elif character in "'\"":
            word.open(character)
        else:
            word.add_bare(character)
        is_begun = True
    while len(words) > 1 and _ASSIGNMENT.match(words[0].value):
        del words[0]
    return words[1:] or [TypedWord()]
