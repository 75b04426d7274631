"""What is taken out of names and ids before they are checked, and what is left for a person to decide."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from importer.checks.cleaning.characters import (
    composed,
    has_control,
    has_damaged,
    has_invisible,
    is_composed,
    surely_undamaged,
    surely_visible,
    surely_without_control,
)
from importer.checks.cleaning.cleaning_steps import NOTHING, SENTENCES, CleaningStep, Tidied, note
from importer.checks.cleaning.tidy_text import are_tidy_ids, are_tidy_names, tidy_id, tidy_name
from importer.unseen import shows_nothing

PERSIAN = "\u0639\u0644\u06cc\u200c\u0631\u0636\u0627"
UUID = "7b0c2f6e-52a8-4f0e-9d57-0f1f6a3c9e11"

NAMES = [
    pytest.param("María", "María", NOTHING, id="clean"),
    pytest.param("", "", NOTHING, id="empty"),
    pytest.param(" \u00a0María\r\n", "María", CleaningStep.TRIMMED, id="white space around"),
    pytest.param("Ana ", "Ana", CleaningStep.TRIMMED, id="a space behind it"),
    pytest.param(" Ana", "Ana", CleaningStep.TRIMMED, id="a space before it"),
    pytest.param("Ana  María", "Ana María", CleaningStep.SPACED, id="two spaces"),
    pytest.param("Ana\u00a0María", "Ana María", CleaningStep.SPACED, id="no-break space"),
    pytest.param("Castellanos\nRuiz", "Castellanos Ruiz", CleaningStep.SPACED, id="line break"),
    pytest.param("Ana\t\u2028 María", "Ana María", CleaningStep.SPACED, id="tab and line separator"),
    pytest.param("山田\u3000太郎", "山田 太郎", CleaningStep.SPACED, id="ideographic space"),
    pytest.param("Ru\u200biz", "Ruiz", CleaningStep.UNSEEN, id="zero-width space"),
    pytest.param("\ufeffJo\u00adan", "Joan", CleaningStep.UNSEEN, id="byte order mark and soft hyphen"),
    pytest.param("\u2067Joan\u2069\u200f", "Joan", CleaningStep.UNSEEN, id="writing direction"),
    pytest.param("Jo\u200dan", "Joan", CleaningStep.UNSEEN, id="joiner between Latin letters"),
    pytest.param(PERSIAN, PERSIAN, NOTHING, id="non-joiner in Persian"),
    pytest.param("ශ්\u200dරී", "ශ්\u200dරී", NOTHING, id="joiner in Sinhala"),
    pytest.param("葛\U000e0100城", "葛\U000e0100城", NOTHING, id="variation in Japanese"),
    pytest.param("Maria\u0301", unicodedata.normalize("NFC", "Maria\u0301"), CleaningStep.COMPOSED, id="decomposed"),
    pytest.param("\ufa19\u4e00", "\ufa19\u4e00", NOTHING, id="an ideograph that NFC would make another one"),
    pytest.param("\ufa10\u30cf\u3099", "\ufa10\u30d0", CleaningStep.COMPOSED, id="letters apart beside such a one"),
    pytest.param("\U0002f804", "\U0002f804", NOTHING, id="one of the second block of them"),
    pytest.param(
        " A\u200b\u030a  b ",
        "\u00c5 b",
        CleaningStep.TRIMMED | CleaningStep.SPACED | CleaningStep.UNSEEN | CleaningStep.COMPOSED,
        id="everything",
    ),
    pytest.param("\u202eésoJ", "\u202eésoJ", NOTHING, id="override, which shows another name"),
    pytest.param("\U0001f468\u200d\U0001f469", "\U0001f468\u200d\U0001f469", NOTHING, id="two that are one picture"),
    pytest.param("Jo\u3164an", "Jo\u3164an", NOTHING, id="filler, which shows as a gap"),
    pytest.param("\u200b \u2060", "", CleaningStep.TRIMMED, id="nothing that can be seen"),
    pytest.param("\u3164", "", CleaningStep.TRIMMED, id="only a filler"),
    pytest.param("\u200b\ufe0f", "", CleaningStep.TRIMMED, id="only a variation selector"),
    pytest.param('="Ilse"', "Ilse", CleaningStep.DRESS, id="a formula of nothing but text"),
    pytest.param('="Ana ""Mia"" Ek"', 'Ana "Mia" Ek', CleaningStep.DRESS, id="with quotation marks in the text"),
    pytest.param('="=""Ilse"""', "Ilse", CleaningStep.DRESS, id="dressed twice"),
    pytest.param(' =" Ilse " ', "Ilse", CleaningStep.DRESS | CleaningStep.TRIMMED, id="with white space"),
    pytest.param('= "Ilse"', "Ilse", CleaningStep.DRESS, id="a blank behind the sign"),
    pytest.param('=\u200b"Ilse"', "Ilse", CleaningStep.DRESS | CleaningStep.UNSEEN, id="an unseen sign behind it"),
    pytest.param('="Ilse";', '="Ilse";', NOTHING, id="something behind the formula"),
    pytest.param('=""', "", CleaningStep.DRESS, id="a formula that shows nothing"),
    pytest.param('="Il\u200bse"', "Ilse", CleaningStep.DRESS | CleaningStep.UNSEEN, id="with unseen characters"),
    pytest.param('="Il"&"se"', '="Il"&"se"', NOTHING, id="a formula that must be computed"),
    pytest.param('=T("Ilse")', '=T("Ilse")', NOTHING, id="a function"),
    pytest.param("'t Hart", "'t Hart", NOTHING, id="a name with an apostrophe before it"),
    pytest.param("NA", "NA", NOTHING, id="a word that is not blank"),
    pytest.param("-", "-", NOTHING, id="a sign that is not blank"),
]

IDS = [
    pytest.param(UUID, UUID, NOTHING, id="clean"),
    pytest.param(f" {UUID}\u200b", UUID, CleaningStep.TRIMMED | CleaningStep.UNSEEN, id="white space"),
    pytest.param(f"{{{UUID.upper()}}}", UUID.upper(), CleaningStep.BRACES, id="braces"),
    pytest.param(f'"{UUID}"', UUID, CleaningStep.QUOTES, id="quotation marks"),
    pytest.param(f"\u201c{UUID}\u201d", UUID, CleaningStep.QUOTES, id="curly quotation marks"),
    pytest.param(f"URN:UUID:{UUID}", UUID, CleaningStep.PREFIX, id="URN"),
    pytest.param(UUID.replace("-", "\u2011"), UUID, CleaningStep.HYPHENS, id="no-break hyphens"),
    pytest.param(UUID.replace("-", "\u2013", 1), UUID, CleaningStep.HYPHENS, id="a dash"),
    pytest.param(
        f"'{{ urn:uuid:{UUID} }}'",
        UUID,
        CleaningStep.QUOTES | CleaningStep.BRACES | CleaningStep.PREFIX,
        id="all around it",
    ),
    pytest.param(UUID.replace("-", ""), UUID.replace("-", ""), NOTHING, id="without hyphens, in an unknown order"),
    pytest.param(f"{{{UUID}", f"{{{UUID}", NOTHING, id="half a pair of braces"),
    pytest.param('"C-12"', '"C-12"', NOTHING, id="no UUID in it"),
    pytest.param("C\u201112", "C\u201112", NOTHING, id="another id with a no-break hyphen"),
    pytest.param(f"'{UUID}", UUID, CleaningStep.GUARD, id="an apostrophe before it"),
    pytest.param(f'="{UUID}"', UUID, CleaningStep.DRESS, id="a formula of nothing but text"),
    pytest.param("'000471", "000471", CleaningStep.GUARD, id="another id with an apostrophe before it"),
    pytest.param('="000473"', "000473", CleaningStep.DRESS, id="another id in a formula"),
    pytest.param('= "000473"', "000473", CleaningStep.DRESS, id="with a blank behind the sign"),
    pytest.param(
        '\'="000473"', "000473", CleaningStep.GUARD | CleaningStep.DRESS, id="a formula with an apostrophe before it"
    ),
    pytest.param(f'\'="{UUID}"', UUID, CleaningStep.GUARD | CleaningStep.DRESS, id="a UUID in such a formula"),
    pytest.param('="\'000473"', "000473", CleaningStep.GUARD | CleaningStep.DRESS, id="an apostrophe in the formula"),
    pytest.param('=T("000473")', '=T("000473")', NOTHING, id="a function"),
    pytest.param("''000471", "''000471", NOTHING, id="two apostrophes"),
    pytest.param("'a b", "'a b", NOTHING, id="no id behind the apostrophe"),
    pytest.param("", "", NOTHING, id="empty"),
]


@pytest.mark.parametrize(("cell", "text", "done"), NAMES)
def test_a_name_is_cleaned_of_what_nobody_sees(cell: str, text: str, done: CleaningStep) -> None:
    """White space and unseen characters go, accents are joined; what shows otherwise than it is stored stays."""
    assert tidy_name(cell) == Tidied(text, done)
    assert are_tidy_names((cell,)) == (not done) or not done


@pytest.mark.parametrize(("cell", "text", "done"), IDS)
def test_a_uuid_is_taken_out_of_what_programs_write_around_it(cell: str, text: str, done: CleaningStep) -> None:
    """Only where a UUID comes out: any other id stays as it is, for the check to refuse."""
    assert tidy_id(cell) == Tidied(text, done)


@pytest.mark.parametrize("cell", [case.values[0] for case in NAMES if case.values[2]])
def test_no_column_with_a_cell_that_is_cleaned_is_passed_over(cell: str) -> None:
    """Wherever in a column such a cell stands, a look at the whole finds it."""
    for column in ([cell], [cell, "Ana"], ["Ana", cell], ["José", cell, "Ana"]):
        assert not are_tidy_names(column)


def test_columns_of_plain_texts_are_passed_over() -> None:
    """Most columns have nothing that could be cleaned, and are not looked at cell by cell."""
    for column in ([], ["Ana"], ["Ana María", "", "José"], ["山田 太郎", "'t Hart"]):
        text = "".join(column)
        assert are_tidy_names(column)
        assert surely_visible(text)
        assert surely_undamaged(text)
        assert surely_without_control(text)


KEPT = re.compile("[\uf900-\ufaff\U0002f800-\U0002fa1f]")
"""Ideographs of which NFC would make others."""

characters = st.characters() | st.sampled_from(
    "\ufa19\ufa46\U0002f804 \t\n\u00a0\u200b\u200c\u200d\u202e\u2066\ufe0f\u0301eA\u0634\u3164"
)
texts = st.text(characters, max_size=12)
ids = st.tuples(
    st.text(st.sampled_from("\"'{} \u201c\u200b\ufe0f"), max_size=3),
    st.sampled_from([UUID, UUID.replace("-", "\u2010"), f"urn:uuid:{UUID}", "C-12", ""]),
    st.text(st.sampled_from("\"'{} \u201d\u200b"), max_size=3),
).map("".join)


@given(texts)
@example(" \ufe0f\ufe0f")
@example("\u202f\u200b\u0301")
@example("a\u0328\u200b\u0301")
def test_cleaning_a_name_twice_is_cleaning_it_once(cell: str) -> None:
    """What is clean stays as it is and says nothing; what is said to be cleaned is another text."""
    once = tidy_name(cell)
    assert tidy_name(once.text) == Tidied(once.text, NOTHING)
    assert bool(once.done) == (once.text != cell)


@given(texts | ids)
def test_cleaning_an_id_twice_is_cleaning_it_once(cell: str) -> None:
    """The same for ids."""
    once = tidy_id(cell)
    assert tidy_id(once.text) == Tidied(once.text, NOTHING)
    assert bool(once.done) == (once.text != cell)


@given(texts)
@example("\ufa19")
def test_a_clean_name_has_single_spaces_and_is_blank_only_where_nothing_is_seen(cell: str) -> None:
    """Blank is what shows nothing, and nothing else is."""
    text, _ = tidy_name(cell)
    assert text == " ".join(text.split())
    assert all(unicodedata.is_normalized("NFC", part) for part in KEPT.split(text))
    assert KEPT.findall(text) == KEPT.findall(cell)
    assert (text == "") == shows_nothing(cell) or '="' in cell
    assert is_composed(text)
    assert is_composed(cell) == (composed(cell) == cell)


@given(st.lists(texts | ids, max_size=4))
def test_a_column_that_is_looked_at_as_a_whole_is_judged_as_cell_by_cell(cells: list[str]) -> None:
    """The fast look never says tidy where a cell is not; of cells without a line break it is exact but for scripts."""
    if are_tidy_names(cells):
        assert not any(tidy_name(cell).done for cell in cells)
    assert are_tidy_ids(cells) == (not any(tidy_id(cell).done for cell in cells))


@given(
    st.text(
        st.characters() | st.sampled_from("\x00\x1b\x9b\u2028\ufffd\ufdd0\ud800\u200b\u3164\ufe0f\u202e"), max_size=6
    )
)
def test_a_look_at_a_whole_column_finds_what_a_look_at_a_cell_finds(cell: str) -> None:
    """What surely has no strange characters has none."""
    assert not (surely_without_control(cell) and has_control(cell))
    assert not (surely_undamaged(cell) and has_damaged(cell))
    assert not (surely_visible(cell) and has_invisible(cell))


@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E, exclude_characters=" "), min_size=1))
def test_plain_text_is_left_alone(cell: str) -> None:
    """A clean value is unchanged and carries no note."""
    assume('="' not in cell)
    assert tidy_name(cell) == Tidied(cell, NOTHING)


def test_a_long_run_of_unseen_characters_is_taken_out_at_once() -> None:
    """The work for a cell does not grow faster than the cell."""
    quotes = '""' * 200_000
    assert tidy_name(f'="{quotes}"').done == CleaningStep.DRESS
    assert not tidy_id('="' * 200_000).done
    for piece in (" \ufe0f", "\ufe0f\u200b", "\u200c\ufe0f", "{", "\u0301"):
        assert len(tidy_id(piece * 200_000).text) <= 200_000


def test_every_step_has_a_sentence() -> None:
    """Nothing is done in silence."""
    assert set(SENTENCES) == set(CleaningStep)


def test_the_note_names_the_columns_of_each_step_once() -> None:
    """A row's note is a sentence for each kind of step, in one order, with all its columns."""
    steps = {
        "Given name": CleaningStep.TRIMMED | CleaningStep.UNSEEN,
        "Surname": CleaningStep.TRIMMED,
        "E-mail": CleaningStep.LINK | CleaningStep.TRIMMED,
    }
    assert note(tuple(steps.items())) == (
        'White space around "Given name", "Surname" and "E-mail" was removed. Characters that cannot be seen were '
        'removed from "Given name". The mailto: link in "E-mail" was reduced to its address.'
    )
    assert note(()) == ""
