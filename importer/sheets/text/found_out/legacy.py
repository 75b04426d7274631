"""Which of the older encodings a text is in that is not Unicode and does not say: by the words that come out of it.

What people saved before Unicode is nearly always windows-1252, which is taken where it makes words of what is there.
Where it does not (`Mu¤oz` for `Muñoz`), one is taken that does, and a library says which where there are several.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from itertools import chain, pairwise
from typing import Final

from importer.sheets.text.found_out.codec import codec_name

CANDIDATES: Final = (
    "cp1252", "cp1250", "cp1254", "cp1251", "cp1253", "cp850", "cp437", "mac_roman", "koi8_r", "cp866", "cp852",
    "iso8859-2", "cp932", "gb18030", "big5", "cp949",
)  # fmt: skip
"""In the order in which they are taken where nothing tells them apart."""
_FREQUENT: Final = {
    "cp932": range(0x81, 0x99),
    "gb18030": range(0xB0, 0xF8),
    "big5": range(0xA4, 0xC7),
    "cp949": range(0xB0, 0xC9),
}
"""With which bytes the characters begin that people use, of two bytes each; what else there is, is rare."""
_LIKELY: Final = 0.9
"""So much of a text must be words for its encoding to be taken."""
_UNLIKELY: Final = 0.5
"""Where no more of it is words, an encoding is not taken without further ado."""
_MOST_PIECES: Final = 1_000
_LONGEST_LINE: Final = 1024 * 1024
_MOST_ACCENTS: Final = 0.7
"""Of a word in Latin letters, so much at most is beyond ASCII."""
_BETWEEN_PIECES: Final = re.compile(rb"[,;\t\r\n\"]")
_PAIRS: Final = re.compile(rb"[\x81-\xfe].", re.DOTALL)
_QUOTED: Final = re.compile(
    "[\u201c\u201e]([^\u201c\u201d\u201e]*)[\u201c\u201d]|\u2018([^\u2018\u2019]*)\u2019|\u00ab([^\u00ab\u00bb]*)\u00bb"
)
"""Text in marks that stand in pairs: as letters of another encoding, they would not."""
_BETWEEN_WORDS: Final = re.compile("[\\s\\d'\u2019.\\-()/&+:@_!?|\\\\\u30fb=]+|[\u2013\u2014](?![^\\W\\d_A-Z])")
_BEFORE: Final = "\u00bf\u00a1\u20ac\u00a3$\u00a5\u00a7\u00a9\u2022\u00b7\u00b0\u201e"
_BEHIND: Final = "\u20ac\u00a3\u00b0\u00ba\u00aa\u00ae\u2122"
"""Signs that people put before and behind words."""
_EAST_ASIAN: Final = frozenset({"CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "IDEOGRAPHIC"})


def legacy_codec(blocks: Iterable[bytes], usual: str) -> tuple[str, Sequence[str]]:
    """Return the codec of a text that is not Unicode, and the others that make words of it as well.

    It is the usual one, unless another one clearly makes words of it and that one does not.

    Args:
        blocks: The text's bytes, all of them.
        usual: The codec that is taken else, one of `CANDIDATES`.
    """
    pieces = list(_distinct_pieces(blocks))
    likely = [codec for codec in CANDIDATES if _share_of_words(pieces, codec) >= _LIKELY] if pieces else []
    taken = usual
    if pieces and _share_of_words(pieces, usual) <= _UNLIKELY:
        taken = min(likely, key=_chaos(pieces, likely).__getitem__, default=usual)
    return taken, [codec for codec in likely if codec != taken]


def reads_otherwise(text: str, codec: str, others: Iterable[str]) -> str:
    """Return which of the other codecs makes other words of a text's bytes; "" where none does.

    Args:
        text: As it was read.
        codec: With which it was read.
        others: Those that the file may be in as well.
    """
    try:
        data = text.encode(codec)
    except UnicodeEncodeError:
        return ""
    return next((other for other in others if _is_worded(data, other) and data.decode(other) != text), "")


def _distinct_pieces(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield pieces of cells that are not plain, each once, as far as so many tell enough."""
    seen: set[bytes] = set()
    rest = b""
    for block in chain(blocks, (b"\n",)):
        lines, _, rest = (rest + block).rpartition(b"\n")
        if len(rest) > _LONGEST_LINE:  # what ends no line with that sign: a piece may be cut in two
            lines, rest = rest, b""
        for piece in [] if lines.isascii() else _BETWEEN_PIECES.split(lines):
            if not piece.isascii() and piece not in seen:
                seen.add(piece)
                yield piece
        if len(seen) >= _MOST_PIECES:
            return


def _chaos(pieces: Sequence[bytes], codecs: Sequence[str]) -> Mapping[str, float]:
    """Return how unlike a text is what comes out of the pieces, from 0 to 1, by the codecs that can read them."""
    if len(codecs) < 2:  # noqa: PLR2004 - nothing to choose from
        return dict.fromkeys(codecs, 0.0)
    from charset_normalizer import from_bytes  # noqa: PLC0415 - for the few files that need it

    chaos = dict.fromkeys(codecs, 1.0)
    for match in from_bytes(b"\n".join(pieces), cp_isolation=list(codecs), preemptive_behaviour=False):
        for name in (match.encoding, *match.could_be_from_charset):
            codec = codec_name(name)
            if codec in chaos:
                chaos[codec] = min(chaos[codec], round(match.chaos, 1))
    return chaos


def _share_of_words(pieces: Sequence[bytes], codec: str) -> float:
    return sum(_is_worded(piece, codec) for piece in pieces) / len(pieces)


def _is_worded(piece: bytes, codec: str) -> bool:
    try:
        text = piece.decode(codec)
    except UnicodeDecodeError:
        return False
    if codec in _FREQUENT and _frequent(piece, _FREQUENT[codec]) < _LIKELY:
        return False
    plain = _QUOTED.sub(r"\1\2\3", text)
    return all(is_word(word.lstrip(_BEFORE).rstrip(_BEHIND)) for word in _BETWEEN_WORDS.split(plain))


def _frequent(piece: bytes, leads: Container[int]) -> float:
    """Return how many of the characters of two bytes begin with one of these bytes, as a share."""
    found = _PAIRS.findall(piece)
    return sum(pair[0] in leads for pair in found) / len(found) if found else 0.0


def is_word(word: str) -> bool:
    """Return whether letters may be a word: of one script, and no capital beyond ASCII behind a small letter.

    Example: `is_word("MuÃ±oz")` is `False`.
    """
    if word.isascii():
        return True
    if not any(map(str.isalpha, word)):  # signs alone
        return word.isprintable()
    if not all(letter.isalpha() or unicodedata.combining(letter) for letter in word):
        return False
    scripts = {_script(letter) for letter in word} - {""}
    if len(scripts) > 1 and not scripts <= _EAST_ASIAN:
        return False
    beyond = sum(not letter.isascii() for letter in word)
    if scripts == {"LATIN"} and len(word) > 1 and beyond > _MOST_ACCENTS * len(word):
        return False
    return not any(_is_odd(at, before, letter) for at, (before, letter) in enumerate(pairwise(word)))


def _is_odd(at: int, before: str, letter: str) -> bool:
    """Return whether two letters of a word differ in case as those of names do not, where one is beyond ASCII."""
    if before.islower() and letter.isupper():
        return not (before + letter).isascii()
    return at > 0 and before.isupper() and letter.islower() and not letter.isascii()


def _script(letter: str) -> str:
    return "" if unicodedata.combining(letter) else unicodedata.name(letter, "").partition(" ")[0]
