"""Text that is not Unicode and does not say what it is: read as what makes words of it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from importer.sheets.text.found_out.legacy import is_word, legacy_codec, reads_otherwise

USUAL = "cp1252"
Names = Sequence[tuple[str, str]]
WESTERN: Names = (("José", "Muñoz"), ("Zoë", "Müller"), ("Ana", "Smith"), ("François", "Dupont"), ("Jörg", "Weiß"))
NORDIC: Names = (("Søren", "Åkesson"), ("Bjørn", "Ærø"), ("Åsa", "Öberg"))
POLISH: Names = (("Łukasz", "Wiśniewski"), ("Paweł", "Wójcik"), ("Ana", "Kowal"), ("Małgorzata", "Dąbrowska"))
RUSSIAN: Names = (("Иван", "Петров"), ("Мария", "Сидорова"), ("Ольга", "Смирнова"))
JAPANESE: Names = (("花子", "鈴木"), ("一郎", "木村"))


def sheet(names: Names, line_end: str = "\r\n") -> str:
    """Return a file with these people in it."""
    rows = [f"1a2b5aef-{at:04d};{first};{last};p{at}@firm.example" for at, (first, last) in enumerate(names)]
    return line_end.join(["Customer ID;First name;Last name;E-mail", *rows]) + line_end


@pytest.mark.parametrize(
    ("names", "codec"),
    [
        *((WESTERN, codec) for codec in (USUAL, "cp850", "mac_roman")),
        *((WESTERN[:1], codec) for codec in (USUAL, "cp850", "mac_roman")),
        *((NORDIC, codec) for codec in (USUAL, "cp850", "mac_roman")),
        *((tuple((first.upper(), last.upper()) for first, last in WESTERN[:2]), codec) for codec in (USUAL, "cp850")),
        *((POLISH, codec) for codec in ("cp1250", "iso8859-2")),
        *((RUSSIAN, codec) for codec in ("cp1251", "koi8_r", "cp866")),
        ((("Ελένη", "Παππά"), ("Γιώργος", "Νικολάου")), "cp1253"),
        (JAPANESE, "cp932"),
        ((("はなこ", "スズキ"), ("一郎", "佐藤")), "cp932"),
        ((("伟", "王"), ("秀英", "李"), ("志强", "张")), "gb18030"),
        ((("志明", "陳"), ("淑芬", "林")), "big5"),
        ((("민수", "김"), ("지영", "이")), "cp949"),
    ],
)
def test_names_are_read_in_the_encoding_that_makes_words_of_them(names: Names, codec: str) -> None:
    """Of a few rows, whatever their order and their line ends."""
    people = list(names)
    for some in (people, people[::-1]):
        for line_end in ("\r\n", "\n", "\r"):
            assert legacy_codec([sheet(some, line_end).encode(codec)], USUAL)[0] == codec


def test_a_code_page_of_dos_that_differs_in_no_letter_there_is_as_good() -> None:
    """The letters of Western Europe stand in the same places in both."""
    data = sheet(WESTERN).encode("cp437")
    assert sheet(WESTERN) == data.decode(legacy_codec([data], USUAL)[0])


def test_what_makes_words_in_the_usual_one_is_read_in_it() -> None:
    """Whether another one would do as well, its bytes do not say: `Dvořák` is then read as `Dvoøák`, which is said."""
    czech = (("Jiří", "Dvořák"), ("Tomáš", "Novák"), ("Zdeněk", "Černý"))
    taken, others = legacy_codec([sheet(czech).encode("cp1250")], USUAL)
    assert (taken, "cp1250" in others) == (USUAL, True)
    assert reads_otherwise("Dvoøák", taken, others) == "cp1250"
    assert reads_otherwise("Novák", taken, others) == reads_otherwise("Smith", taken, others) == ""


@pytest.mark.parametrize(
    "note",
    [
        "\u20ac {}",
        "{} \u20ac",
        "n\u00b0 {}",
        "{}\u00b0C",
        "\u201cas said {}\u201d",
        "\u00abdit {}\u00bb",
        "Jean\u2013Luc {}",
        "\u2026",
        "\u00a9 {}",
    ],
)
def test_signs_beside_words_say_nothing(note: str) -> None:
    """Many rows with a price in a note do not make a name of another encoding of the one that has an accent."""
    notes = "".join(f"x;{note.format(at)};Ana\n" for at in range(90))
    data = (notes + "y;;José\n").encode(USUAL)
    assert legacy_codec([data], USUAL)[0] == USUAL


def test_blocks_may_end_anywhere() -> None:
    """The bytes of a character in two blocks are still its bytes."""
    data = sheet(JAPANESE).encode("cp932")
    for size in (7, 50, len(data)):
        blocks = [data[at : at + size] for at in range(0, len(data), size)]
        assert legacy_codec(blocks, USUAL)[0] == "cp932"


def test_what_is_no_text_in_any_of_them_stays_as_it_is() -> None:
    """Nothing better is known."""
    assert legacy_codec([bytes(range(0x80, 0x100)) * 9], USUAL) == (USUAL, [])
    assert legacy_codec([b"plain\n"], USUAL) == (USUAL, [])
    assert legacy_codec([], USUAL) == (USUAL, [])


@pytest.mark.parametrize("word", ["Muñoz", "O", "McDonald", "ÅSA", "Ærø", "ß", "Ñ", "이", "Иванов", "すず木", "Łukasz"])
def test_letters_of_one_script_are_a_word(word: str) -> None:
    """In capitals, in small letters, or with a capital before them."""
    assert is_word(word)


@pytest.mark.parametrize(
    "word", ["MuÃ±oz", "Jos\u201a", "JosÚ", "Bj”rn", "£ukasz", "Íõ", "MšLLER", "Иvan", "Zo‰", "MU¥OZ"]
)
def test_what_comes_out_of_a_wrong_encoding_is_no_word(word: str) -> None:
    """Signs in the middle, capitals behind small letters, accents on nearly all, two alphabets."""
    assert not is_word(word)
