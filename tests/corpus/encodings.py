"""Delimited text in many encodings, sound and damaged."""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from tests.corpus.people import (
    ANA,
    BEN,
    CHLOE,
    HEADER,
    JOSE,
    SOREN,
    WESTERN,
    ZOE,
    Person,
    person,
    refused,
    sent,
    warned,
)
from tests.corpus.text_cases import lines, text_case
from tests.corpus.truth import Case, Row

_TEXT: Final = lines(HEADER, *WESTERN)
_NOTES: Final = [(*one, note) for one, note in zip(WESTERN, ("São Paulo", "Zürich", "Malmö", "Orléans"), strict=True)]

_SAID: Final[Mapping[str, tuple[str, tuple[Person, ...]]]] = {
    "cp1250": ("windows-1250", (person(31, "Łukasz", "Wiśniewski"), person(32, "Jiří", "Dvořák"))),
    "windows-1251": ("windows-1251", (person(33, "Анна", "Петрова"), person(34, "Борис", "Щукин"))),
    "koi8-r": ("koi8-r", (person(33, "Анна", "Петрова"), person(34, "Борис", "Щукин"))),
    "windows-1253": ("windows-1253", (person(35, "Ελένη", "Παππά"), person(36, "Γιώργος", "Νικολάου"))),
    "iso-8859-15": ("iso8859-15", (person(45, "Cœlia", "Šebek"), person(46, "Loïc", "Žák"))),
    "shift_jis": ("shift_jis", (person(47, "太郎", "山田"), person(48, "花子", "表"))),
    "iso-2022-jp": ("iso2022_jp", (person(47, "太郎", "山田"), person(48, "花子", "表"))),
    "gb18030": ("gb18030", (person(49, "伟", "王"), person(50, "秀英", "𠮷田"))),
    "big5": ("big5", (person(51, "家豪", "許"), person(52, "淑芬", "功"))),
    "euc-kr": ("euc_kr", (person(53, "민준", "김"), person(54, "서연", "이"))),
    "mac-roman": ("mac-roman", WESTERN),
    "cp850": ("cp850", WESTERN),
    "cp500": ("cp500", WESTERN),
}
"""By the name that a person says: what it is called when it is found, and people whose names have its letters."""

_FOUND: Final[Mapping[str, str]] = {
    "windows-1251": "windows-1251",
    "koi8-r": "koi8_r",
    "windows-1253": "windows-1253",
    "shift_jis": "cp932",
    "big5": "big5",
    "euc-kr": "cp949",
    "mac-roman": "mac_roman",
    "cp850": "cp850",
}
"""Those of them that are found though nobody says them, by what they are found as."""
_DOUBTED: Final = frozenset({"windows-1251", "euc-kr"})
"""Those of these in which another encoding has other words for the same bytes."""
_ASSUMED: Final = "assumed_encoding"


def cases() -> Iterator[Case]:
    """Yield the files of text whose encoding is what they are about."""
    yield from _unicode()
    yield from _others()
    yield from _damaged()


def _unicode() -> Iterator[Case]:
    for name, codec, bom in (
        ("utf-8", "utf-8", b""),
        ("utf-8-bom", "utf-8", codecs.BOM_UTF8),
        ("utf-16-le-bom", "utf-16-le", codecs.BOM_UTF16_LE),
        ("utf-16-be-bom", "utf-16-be", codecs.BOM_UTF16_BE),
        ("utf-16-le", "utf-16-le", b""),
        ("utf-16-be", "utf-16-be", b""),
        ("utf-32-le-bom", "utf-32-le", codecs.BOM_UTF32_LE),
        ("utf-32-be-bom", "utf-32-be", codecs.BOM_UTF32_BE),
        ("utf-32-le", "utf-32-le", b""),
    ):
        told = f"Text in {codec}, {'with' if bom else 'without'} a BOM"
        yield text_case(f"encodings/{name}.csv", told, bom + _TEXT.encode(codec), sent(WESTERN), encoding=codec)
    world = (
        person(61, "Ελένη", "Παππά"), person(62, "Анна", "Щукина"), person(63, "太郎", "山田"),
        person(64, "ليلى", "حسن"),
        person(65, "नेहा", "शर्मा"), person(66, "Nguyễn", "Thị Hồng"), person(67, "Bjørg", "Þórsdóttir"),
        person(68, "𠮷", "田"),
    )  # fmt: skip
    for codec, bom in (("utf-8", b""), ("utf-16-le", codecs.BOM_UTF16_LE)):
        data = bom + lines(HEADER, *world).encode(codec)
        yield text_case(
            f"encodings/world-{codec}.csv", f"Names of many scripts in {codec}", data, sent(world), encoding=codec
        )
    text = lines(HEADER, *WESTERN).replace(",", "\t").replace("\n", "\r\n")
    yield text_case(
        "encodings/unicode-text.txt", "Excel's Unicode text: UTF-16 with a BOM, and tabs",
        codecs.BOM_UTF16_LE + text.encode("utf-16-le"), sent(WESTERN), encoding="utf-16-le", delimiter="\t",
    )  # fmt: skip
    yield text_case(
        "encodings/bom-and-quotes.csv", "A BOM before a quoted header",
        codecs.BOM_UTF8 + ('"Customer ID",' + lines(HEADER[1:], *WESTERN)).encode(), sent(WESTERN),
    )  # fmt: skip
    yield text_case(
        "encodings/two-boms.csv", "Two BOMs, the second of which is a character that cannot be seen in the header",
        codecs.BOM_UTF8 * 2 + _TEXT.encode(), sent(WESTERN),
    )  # fmt: skip
    yield text_case(
        "encodings/ascii-said-to-be-western.csv", "Plain letters only, and another encoding said: UTF-8 all the same",
        lines(HEADER, ANA, BEN), sent([ANA, BEN]), options={"encoding": "cp1252"},
    )  # fmt: skip


def _others() -> Iterator[Case]:
    yield text_case(
        "encodings/western-unsaid.csv", "Windows-1252, which is assumed where nobody says anything",
        _TEXT.encode("cp1252"), doubted(2), encoding="windows-1252",
    )  # fmt: skip
    marks = (person(71, "Renée", "O’Brien"), person(72, "Jean–Luc", "Šimek"))
    yield text_case(
        "encodings/western-with-marks.csv", "Windows-1252 with curly apostrophes and dashes",
        lines(HEADER, *marks).encode("cp1252"), sent(marks), encoding="windows-1252",
    )  # fmt: skip
    yield text_case(
        "encodings/western-semicolons.csv", "Windows-1252 with semicolons, a title and CRLF, as Excel saves in Europe",
        ("Änderungen;;;\r\n" + lines(HEADER, *WESTERN, end="\r\n").replace(",", ";")).encode("cp1252"),
        doubted(3), encoding="windows-1252", delimiter=";", header_row=2, skipped={"above_header": 1},
    )  # fmt: skip
    yield text_case(
        "encodings/western-one-accent.csv", "Windows-1252 with a single accent",
        lines(HEADER, ANA, (*JOSE[:2], "Nunez", JOSE[3])).encode("cp1252"), sent([ANA, (*JOSE[:2], "Nunez", JOSE[3])]),
        encoding="windows-1252",
    )  # fmt: skip
    for said, (codec, people) in _SAID.items():
        data = lines(HEADER, *people).encode(codec)
        yield text_case(
            f"encodings/said-{said}.csv", f"{said}, which is said", data, sent(people),
            options={"encoding": said}, encoding=codec,
        )  # fmt: skip

    for unsaid, found in _FOUND.items():
        codec, people = _SAID[unsaid]
        yield text_case(
            f"encodings/unsaid-{unsaid}.csv", f"{unsaid}, which nobody says, and windows-1252 has no words for it",
            lines(HEADER, *people).encode(codec),
            _all_doubted(people) if unsaid in _DOUBTED else sent(people), encoding=found,
        )  # fmt: skip
    yield text_case(
        "encodings/western-with-prices.csv", "Windows-1252 with one accent, and prices in euros in another column",
        lines((*HEADER, "Balance"), (*JOSE, "€ 10"), *((*one, f"€ {at}") for at, one in enumerate((ANA, BEN)))).encode(
            "cp1252"
        ),
        [warned(2, JOSE, _ASSUMED), *sent([ANA, BEN], 3)], encoding="windows-1252",
    )  # fmt: skip


def _all_doubted(people: Sequence[Person]) -> Sequence[Row]:
    return [warned(row, one, _ASSUMED) for row, one in enumerate(people, start=2)]


def doubted(first: int) -> Sequence[Row]:
    """Return what is true of the Western names, from that row on: `ñ`, `ø` and `å` are others in windows-1250."""
    return [
        warned(row, one, _ASSUMED) if one in (JOSE, SOREN) else sent([one], row)[0]
        for row, one in enumerate(WESTERN, start=first)
    ]


def _damaged() -> Iterator[Case]:
    bad = "undecodable_bytes"
    text = lines((*HEADER, "City"), *_NOTES)
    yield text_case(
        "encodings/one-bad-byte.csv", "UTF-8 but for one byte in a name: only that row cannot be sent",
        text.encode().replace("Søren".encode(), b"S\xf8ren"), [*sent(WESTERN[:2]), refused(4, bad), *sent([CHLOE], 5)],
    )  # fmt: skip
    yield text_case(
        "encodings/bad-byte-in-a-note.csv", "The same in a column that is not sent",
        text.encode().replace("Malmö".encode(), b"Malm\xf6"), [*sent(WESTERN[:2]), refused(4, bad), *sent([CHLOE], 5)],
    )  # fmt: skip
    yield text_case(
        "encodings/cut-off.csv", "UTF-8 that is cut off in the middle of the last letter",
        text.encode().removesuffix("éans\n".encode()) + b"\xc3",
        [*sent(WESTERN[:3]), refused(5, bad)],
    )  # fmt: skip
    yield text_case(
        "encodings/western-without-letter.csv", "Windows-1252 with a byte that is no letter there",
        lines(HEADER, JOSE, ANA, ZOE).encode("cp1252").replace(b"Ana", b"A\x81na"),
        [*sent([JOSE]), refused(3, bad), *sent([ZOE], 4)], encoding="windows-1252",
    )  # fmt: skip
    utf16 = lines(HEADER, *WESTERN).encode("utf-16-le").replace("ø".encode("utf-16-le"), b"\x00\xd8")
    yield text_case(
        "encodings/half-a-pair.csv", "UTF-16 with half a surrogate pair", codecs.BOM_UTF16_LE + utf16,
        [*sent(WESTERN[:2]), refused(4, bad), *sent([CHLOE], 5)], encoding="utf-16-le",
    )  # fmt: skip
    utf16 = lines(HEADER, *WESTERN, end="\r\n").encode("utf-16-le")
    yield text_case(
        "encodings/odd-length.csv", "UTF-16 with one byte too many at the end, which is a record of its own",
        codecs.BOM_UTF16_LE + utf16 + b"x", [*sent(WESTERN), refused(6, "cut_off")], encoding="utf-16-le",
    )  # fmt: skip
    lost = (person(73, "Jos\ufffd", "Reyes"), SOREN)
    yield text_case(
        "encodings/lost-letters.csv", "UTF-8 in which a letter was lost before: the replacement character",
        lines(HEADER, *lost), [refused(2, "damaged_character_in_first_name"), *sent([SOREN], 3)],
    )  # fmt: skip
    mangled = person(74, "JosÃ©", "MÃ¼ller")
    yield text_case(
        "encodings/mangled.csv", "UTF-8 that was read as Windows-1252 before it got here", lines(HEADER, mangled, ANA),
        [warned(2, mangled, "mangled_text"), *sent([ANA], 3)],
    )  # fmt: skip
    western = "".join(",".join(one) + "\n" for one in (HEADER, JOSE, SOREN, CHLOE)).encode("windows-1252")
    yield text_case(
        "encodings/two-in-one.csv", "Windows-1252 with a line of UTF-8 put behind it",
        western + (",".join(ZOE) + "\n").encode(),
        [
            *sent([JOSE, SOREN, CHLOE]),
            warned(5, tuple(cell.encode().decode("windows-1252") for cell in ZOE), "mangled_text"),
        ],
        encoding="windows-1252",
    )  # fmt: skip
    twice = person(75, "JosÃƒÂ©", "Reyes")
    yield text_case(
        "encodings/mangled-twice.csv", "The same twice over", lines(HEADER, twice, ANA),
        [warned(2, twice, "mangled_text"), *sent([ANA], 3)],
    )  # fmt: skip
