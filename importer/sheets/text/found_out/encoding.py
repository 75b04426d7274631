"""What a file of text is encoded in: a BOM says it, or else all of its bytes do."""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from importer.sheets.reading import DEFAULT_ENCODING
from importer.sheets.source_file import SourceFile
from importer.sheets.text.found_out.codec import codec_name, decoded, extends_ascii, usual_name
from importer.sheets.text.found_out.legacy import legacy_codec, reads_otherwise

BLOCK_BYTES: Final = 64 * 1024
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose BOM it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_UTF8: Final = "utf-8"
_CLEARLY: Final = 2
"""How many valid sequences there must be for each invalid byte."""

_FEW_UNITS: Final = 50
_FEW_SHARE: Final = 0.5
_SHARE: Final = 0.15
_FEWEST_NULS: Final = 3
_OTHER_SHARE: Final = 0.1
_FEWEST_WIDE: Final = 2
_LOW_PLANES: Final = 0.9


@dataclass(frozen=True, slots=True)
class Encoding:
    """What a file is encoded in.

    Attributes:
        codec: As Python's codecs name it, without a BOM of its own.
        bom: The bytes before the text.
        notes: What a person should know about how sure that is.
        others: Codecs in which the text would have words as well, where nobody has said which it is.
    """

    codec: str
    bom: bytes = b""
    notes: Sequence[str] = ()
    others: Sequence[str] = ()

    def reads_otherwise(self, text: str) -> str:
        """Return the usual name of another encoding in which a text of the file would be other words; "" for none."""
        other = reads_otherwise(text, self.codec, self.others)
        return usual_name(other) if other else ""


class EncodingEvidence:
    """What the bytes of a file say of its encoding, when all of them have been added.

    Attributes:
        nuls: How many bytes are NUL, by their position in the file modulo 4.
        length: How many bytes there are.
        valid: How many sequences of more than one byte are UTF-8.
        invalid: How many bytes are not.
    """

    def __init__(self) -> None:
        self.nuls = [0, 0, 0, 0]
        self.length = 0
        self.valid = 0
        self.invalid = 0
        self._decoder = codecs.getincrementaldecoder(_UTF8)("surrogateescape")

    def add(self, block: bytes, *, final: bool = False) -> None:
        """Take the next bytes; all blocks but the last are a multiple of 4 bytes long."""
        if b"\0" in block:
            self.nuls = [count + block[at::4].count(0) for at, count in enumerate(self.nuls)]
        self.length += len(block)
        if block.isascii() and not self._decoder.getstate()[0]:
            return
        text = self._decoder.decode(block, final)
        beyond_ascii = len(text) - len(text.encode("ascii", "ignore"))
        invalid = len(text) - len(text.encode(_UTF8, "ignore").decode(_UTF8))
        self.valid += beyond_ascii - invalid
        self.invalid += invalid

    @property
    def wide(self) -> str | None:
        """The encoding of two or four bytes a character that the bytes can only be, if any."""
        units = self.length // 4
        first, second, third, fourth = self.nuls
        if units >= _FEWEST_WIDE:
            if fourth == units and third >= _LOW_PLANES * units and first <= _OTHER_SHARE * units:
                return "utf-32-le"
            if first >= units and second >= _LOW_PLANES * units and fourth <= _OTHER_SHARE * units:
                return "utf-32-be"
        even, odd = first + third, second + fourth
        if self._are_high_halves(odd, even):
            return "utf-16-le"
        return "utf-16-be" if self._are_high_halves(even, odd) else None

    @property
    def is_utf8(self) -> bool:
        """Whether all is UTF-8, or clearly most of what is not ASCII."""
        return not self.invalid or self.valid >= _CLEARLY * self.invalid

    def _are_high_halves(self, high: int, low: int) -> bool:
        units = self.length // 2
        if units < _FEW_UNITS:
            return high >= _FEWEST_NULS and high >= _FEW_SHARE * units and low <= _OTHER_SHARE * high
        return high >= _SHARE * units and low <= _OTHER_SHARE * high


def find_encoding(file: SourceFile, said: str | None = None) -> Encoding:
    """Find out what a file is encoded in.

    A BOM decides. Otherwise UTF-16 and UTF-32 are known by their NUL bytes, and UTF-8 by its sequences of bytes, over
    the whole file. What is left is as somebody has said; where nobody has, windows-1252, unless only another one makes
    words of it. One that was said and has other bytes than ASCII for ASCII's characters is taken at its word: that the
    bytes are UTF-8 as well would say nothing.

    Args:
        file: The file.
        said: The encoding that somebody has said.

    Raises:
        SettingsError: There is no encoding of that name.
        OSError: The file cannot be read.
    """
    fallback = said or DEFAULT_ENCODING
    codec = codec_name(fallback)
    start = next(_blocks(file), b"")
    for bom, bom_codec in _BOMS:
        if start.startswith(bom):
            return Encoding(bom_codec, bom)
    if not extends_ascii(codec) and not codec.startswith(("utf-16", "utf-32")):
        return Encoding(codec)
    evidence = EncodingEvidence()
    for block in _blocks(file):
        evidence.add(block)
    evidence.add(b"", final=True)
    if not extends_ascii(codec):
        return Encoding(_as_said(codec, fallback, evidence.wide))
    if evidence.wide:
        return Encoding(evidence.wide)
    if evidence.is_utf8:
        return Encoding(_UTF8, notes=_partly(evidence))
    return _assumed(file, codec) if said is None else Encoding(codec)


def read_text(file: SourceFile, encoding: Encoding) -> Iterator[str]:
    """Yield the text of a file in pieces, without its BOM; raise OSError where it cannot be read."""
    return decoded(encoding.codec, _blocks(file, len(encoding.bom)))


def looks_wide(start: bytes) -> bool:
    """Return whether a file that begins so is text in UTF-16 or UTF-32."""
    if start.startswith(tuple(bom for bom, codec in _BOMS if codec != _UTF8)):
        return True
    evidence = EncodingEvidence()
    evidence.add(start)
    return evidence.wide is not None


def _blocks(file: SourceFile, skip: int = 0) -> Iterator[bytes]:
    with file.path.open("rb") as opened:
        opened.seek(skip)
        while block := opened.read(BLOCK_BYTES):
            yield block


def _as_said(codec: str, name: str, wide: str | None) -> str:
    """Return a codec that was asked for by name; without a byte order in the name, the bytes say which."""
    says_order = name.lower().replace("_", "-").endswith(("le", "be"))
    return wide if wide and not says_order and wide[:6] == codec[:6] else codec


def _partly(evidence: EncodingEvidence) -> Sequence[str]:
    if not evidence.invalid:
        return ()
    return [f"The file is UTF-8 except for {evidence.invalid:,} bytes: the rows that have them are not sent."]


def _assumed(file: SourceFile, usual: str) -> Encoding:
    """Return the encoding of text that is none of Unicode's, where nobody has said it."""
    likely, others = legacy_codec(_blocks(file), usual)
    why = "" if likely == usual else f" (as {usual_name(usual)}, it would have no words in it)"
    note = (
        f"The encoding {usual_name(likely)} is only assumed, since the file does not say and is not UTF-8{why}. Look "
        "at a name with an accent in it; if it is wrong, name the right encoding with --encoding."
    )
    return Encoding(likely, notes=[note], others=others)
