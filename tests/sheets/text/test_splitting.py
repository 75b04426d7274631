"""Records are taken apart into cells as `csv` does it, and by what their quotes can mean where they are unsound."""

from __future__ import annotations

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from importer.sheets.text.splitting import Marks, Pieces, pieces_of, split, stand_in

PLAIN = Marks(",", '"', "")
MARKS = {
    "plain": PLAIN,
    "escaped": Marks(",", '"', "\\"),
    "padded": Marks(",", '"', "", is_padded=True),
    "padded, with tabs": Marks("\t", '"', "", is_padded=True),
    "padded and escaped": Marks(";", "'", "\\", is_padded=True),
    "apostrophes": Marks(";", "'", ""),
    "special": Marks("|", "^", "]"),
    "no quote": Marks(",", "", ""),
    "only escaped": Marks("\t", "", "\\"),
}
bodies = st.lists(
    st.sampled_from([",", ";", "\t", "|", '"', '""', "'", "''", "^", "\\", "]", " ", "a", "b", "\n", "\\\n", '","']),
    max_size=9,
).map("".join)


@given(bodies, st.sampled_from(list(MARKS.values())))
@example('"a\nb",c', MARKS["plain"])
@example('"a"b\n', MARKS["plain"])
@example('"a\\"b,",c', MARKS["escaped"])
@example("a\\,b,c", MARKS["escaped"])
@example("a\\\nb,c", MARKS["escaped"])
@example('"a"\\,b,c', MARKS["escaped"])
@example('"a"b\\,c,d', MARKS["escaped"])
@example('a,  "b,c"', MARKS["padded"])
@example('a,  "b,c"', MARKS["plain"])
@example("a\\\tb\tc", MARKS["only escaped"])
@example("a\\\nb\tc", MARKS["only escaped"])
@example("'a'']", MARKS["no quote"])
@example("^a^^|b^|c]|d", MARKS["special"])
def test_the_pieces_of_a_record_are_the_cells_that_csv_finds(body: str, marks: Marks) -> None:
    """Joined by the delimiter they are the record again, and each is read by itself to its cell."""
    records = _read(f"{body}\n", marks)
    assume(len(records) == 1 and _read(f"{body}\nz\n", marks) == [*records, ["z"]])
    pieces = Pieces(marks).of(body)
    assert marks.delimiter.join(pieces) == body
    assert [_read(f"{piece}\n", marks) or [[]] for piece in pieces] == [
        [[cell] if piece else []] for piece, cell in zip(pieces, records[0], strict=True)
    ]


def _read(text: str, marks: Marks) -> list[list[str]]:
    return list(split(text.splitlines(keepends=True), marks))


def test_what_ends_a_file_is_a_cell_too() -> None:
    """A blank record has none; a delimiter at the end has one behind it, and a sign that escapes nothing stays."""
    for marks in MARKS.values():
        assert Pieces(marks).of("") == []
        assert Pieces(marks).of(f"a{marks.delimiter}") == ["a", ""]
        assert Pieces(marks).of(f"{marks.delimiter}a{marks.escape}") == ["", f"a{marks.escape}"]
        assert pieces_of(marks) is pieces_of(marks)


@pytest.mark.parametrize(
    ("marks", "body", "is_sound"),
    [
        ("plain", "a,b", True),
        ("plain", 'a,"b,c"', True),
        ("plain", '"a ""b"" c",d', True),
        ("plain", '"a\nb",c', True),
        ("plain", 'a"b",c"', True),
        ("plain", '"a" \t,b', True),
        ("plain", '"a"b,c', False),
        ("plain", 'a,"b', False),
        ("plain", 'a, "b"', False),
        ("plain", 'a,\t"b"', False),
        ("plain", 'a, b"', True),
        ("escaped", '"a\\"b",c', True),
        ("escaped", '"a\\\n",c', True),
        ("escaped", '"a"\\b,c', False),
        ("padded", 'a,  "b,c" ', True),
        ("padded", 'a,  "b"c', False),
        ("padded", 'a, \t"b"', False),
        ("padded, with tabs", 'a\t  "b\tc"', True),
        ("apostrophes", "'o''hara';x", True),
        ("apostrophes", "'o'hara';x", False),
        ("special", "^a^^^|b", True),
        ("special", "^a]^b^|c", True),
        ("no quote", 'a,"b', True),
    ],
)
def test_quotes_are_sound_where_each_that_opens_a_cell_is_closed_at_its_end(
    marks: str, body: str, *, is_sound: bool
) -> None:
    """White space may come after it; before it, it makes the quote a part of the cell, unless cells are padded."""
    assert Pieces(MARKS[marks]).are_sound(body) is is_sound


@pytest.mark.parametrize(
    ("marks", "body", "pieces", "contents"),
    [
        ("plain", 'a,"b"c",d', ["a", '"b"c"', "d"], ["a", 'b"c', "d"]),
        ("plain", 'a,"b,c,d', ["a", '"b', "c", "d"], ["a", '"b', "c", "d"]),
        ("plain", '"a","b"c', ['"a"', '"b"c'], ["a", '"b"c']),
        ("plain", 'a,\t"b" ,c"', ["a", '\t"b" ', 'c"'], ["a", "b", 'c"']),
        ("plain", '"a ""b"" c",d"e,"f', ['"a ""b"" c"', 'd"e', '"f'], ['a "b" c', 'd"e', '"f']),
        ("plain", '"a"b,c",d', ['"a"b,c"', "d"], ['a"b,c', "d"]),
        ("plain", '"a\nb","c', ['"a\nb"', '"c'], ["a\nb", '"c']),
        ("plain", '",a', ['"', "a"], ['"', "a"]),
        ("plain", '"",a"b', ['""', 'a"b'], ["", 'a"b']),
        ("plain", '"a"\u00a0,"b', ['"a"\u00a0', '"b'], ['"a"\u00a0', '"b']),
        ("escaped", 'a\\,b,"c', ["a\\,b", '"c'], ["a,b", '"c']),
        ("escaped", 'a\\\nb,"c\\"', ["a\\\nb", '"c\\"'], ["a\nb", "c\\"]),
        ("escaped", '"a\\",b",c"', ['"a\\",b"', 'c"'], ['a",b', 'c"']),
        ("padded", 'a,  "b"x"', ["a", '  "b"x"'], ["a", 'b"x']),
        ("padded", 'a,  "b,c" ,d"', ["a", '  "b,c" ', 'd"'], ["a", "b,c", 'd"']),
        ("padded", 'a,  b "c"d', ["a", '  b "c"d'], ["a", 'b "c"d']),
        ("padded, with tabs", 'a\t  "b\tc"\t"d', ["a", '  "b\tc"', '"d'], ["a", "b\tc", '"d']),
        ("apostrophes", "'o'hara';x", ["'o'hara'", "x"], ["o'hara", "x"]),
        ("special", "^a^b^|c]|d", ["^a^b^", "c]|d"], ["a^b", "c|d"]),
    ],
)
def test_unsound_quotes_count_only_where_one_opens_a_cell_that_another_closes(
    marks: str, body: str, pieces: list[str], contents: list[str]
) -> None:
    """All others are taken as they are, so that no cell swallows another."""
    assert Pieces(MARKS[marks]).lenient(body) == (pieces, contents)


def test_a_stand_in_is_a_sign_that_a_text_does_not_have() -> None:
    """Of those for private use, the first that is free."""
    assert stand_in("a,b") == "\ue000"
    assert stand_in("\ue000\ue002") == "\ue001"
    assert stand_in("".join(map(chr, range(0xE000, 0xF900)))) == "\uf900"
