"""Addresses are taken out of what is around them, where only one address can be meant."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from importer.checks.addresses import is_accepted
from importer.checks.cleaning.cleaning_steps import NOTHING, CleaningStep, Tidied
from importer.checks.cleaning.tidy_address import are_tidy_addresses, tidy_address

GOOD = "maria.ruiz@example.com"

CLEANED = [
    pytest.param(GOOD, GOOD, NOTHING, id="clean"),
    pytest.param(f" {GOOD}\r\n", GOOD, CleaningStep.TRIMMED, id="white space around"),
    pytest.param("maria.ruiz\u200b@example.com\ufeff", GOOD, CleaningStep.UNSEEN, id="zero-width"),
    pytest.param(f"mailto:{GOOD}", GOOD, CleaningStep.LINK, id="link"),
    pytest.param(f"MailTo: {GOOD}?subject=Hello%20you&body=x", GOOD, CleaningStep.LINK, id="link with a subject"),
    pytest.param(f"Ruiz, María <{GOOD}>", GOOD, CleaningStep.BRACKETS, id="name and brackets"),
    pytest.param(f"<{GOOD}>", GOOD, CleaningStep.BRACKETS, id="brackets"),
    pytest.param(
        f"{GOOD}<mailto:{GOOD.upper()}>", GOOD.upper(), CleaningStep.BRACKETS | CleaningStep.LINK, id="a link as copied"
    ),
    pytest.param(f'"{GOOD}" <{GOOD}>', GOOD, CleaningStep.BRACKETS, id="the address as the name"),
    pytest.param(
        f"{GOOD} <mailto:{GOOD}?subject=Hello>",
        GOOD,
        CleaningStep.BRACKETS | CleaningStep.LINK,
        id="the address as the name of a link with a subject",
    ),
    pytest.param(f'"{GOOD}"', GOOD, CleaningStep.QUOTES, id="quotation marks"),
    pytest.param(f"'{GOOD}'", GOOD, CleaningStep.QUOTES, id="apostrophes around"),
    pytest.param("'o'brien@example.com'", "o'brien@example.com", CleaningStep.QUOTES, id="apostrophes around another"),
    pytest.param(f"\u201c {GOOD} \u201d", GOOD, CleaningStep.QUOTES, id="curly quotation marks"),
    pytest.param(f"\u201e{GOOD}\u201c", GOOD, CleaningStep.QUOTES, id="German quotation marks"),
    pytest.param(f"\u00ab\u00a0{GOOD}\u00a0\u00bb", GOOD, CleaningStep.QUOTES, id="French quotation marks"),
    pytest.param("o\u2019brien@example.com", "o'brien@example.com", CleaningStep.APOSTROPHE, id="curly apostrophe"),
    pytest.param("maria.ruiz\uff20example.com", GOOD, CleaningStep.AT_SIGN, id="full-width @"),
    pytest.param("maria.ruiz\ufe6bexample.com", GOOD, CleaningStep.AT_SIGN, id="small @"),
    pytest.param(
        f"'Ruiz <\"mailto:{GOOD}?subject=x\">' ",
        GOOD,
        CleaningStep.TRIMMED | CleaningStep.QUOTES | CleaningStep.BRACKETS | CleaningStep.LINK,
        id="all around it",
    ),
    pytest.param("\u200b \u3164", "", CleaningStep.TRIMMED, id="nothing that can be seen"),
]

LEFT_ALONE = [
    pytest.param(f"{GOOD}, other@example.com", id="two addresses"),
    pytest.param(f"mailto:{GOOD},other@example.com", id="a link to two"),
    pytest.param(f"mailto:{GOOD}?cc=other@example.com", id="a link with a copy"),
    pytest.param(f"mailto:{GOOD}?cc=other%40example.com", id="a link with an encoded copy"),
    pytest.param("mailto:maria%2Bnews@example.com", id="an encoded link"),
    pytest.param("mailto:maria", id="a link to no address"),
    pytest.param(f"other@example.com <{GOOD}>", id="another address as the name"),
    pytest.param(f"<{GOOD}> <other@example.com>", id="two pairs of brackets"),
    pytest.param(f"<{GOOD}", id="half a pair of brackets"),
    pytest.param("Ana <maria>", id="no address in angle brackets"),
    pytest.param(f"Ana <{GOOD}, ben>", id="more than an address in angle brackets"),
    pytest.param('"kim@example.tv', id="half a pair of quotation marks"),
    pytest.param('kim@example.org"', id="the other half"),
    pytest.param('"maria ruiz"@example.com', id="a quoted local part"),
    pytest.param(f'"{GOOD}","{GOOD}"', id="two that are quoted"),
    pytest.param(f'"maria","{GOOD}"', id="two things that are quoted, of which one is an address"),
    pytest.param("maria ruiz@example.com", id="a space inside"),
    pytest.param("maria\uff20ruiz\uff20example.com", id="two wide @ signs"),
    pytest.param("maria\uff20ruiz@example.com", id="a wide @ sign beside a plain one"),
    pytest.param("o\u2019brien@home@example.com", id="a curly apostrophe before two @ signs"),
    pytest.param("maria\u2019@example.com", id="a curly quotation mark at an end"),
    pytest.param("'maria@example.com", id="an apostrophe that may be part of it"),
    pytest.param("n/a", id="no address"),
]


@pytest.mark.parametrize(("cell", "text", "done"), CLEANED)
def test_an_address_is_taken_out_of_what_is_around_it(cell: str, text: str, done: CleaningStep) -> None:
    """What mail programs, spreadsheets and people put around an address goes, and each step is named."""
    assert tidy_address(cell) == Tidied(text, done)
    assert text == "" or is_accepted(text)


@pytest.mark.parametrize("cell", LEFT_ALONE)
def test_what_could_mean_two_things_is_left_to_a_person(cell: str) -> None:
    """Nothing is guessed: the cell stays as it is, and is refused for its own reason unless it is an address."""
    assert tidy_address(cell) == Tidied(cell, NOTHING)
    assert not is_accepted(cell) or cell.startswith("'")


def test_a_domain_of_other_letters_is_sent_as_it_is_looked_up() -> None:
    """The form that was checked is the ASCII form; the part before the @ stays as it is written."""
    tidied = tidy_address("Jose\u0301@B\u00dcCHER.example.com", international=True)
    assert tidied == Tidied("José@xn--bcher-kva.example.com", CleaningStep.COMPOSED | CleaningStep.DOMAIN)
    assert is_accepted(tidied.text, international=True)
    assert tidy_address(tidied.text, international=True) == Tidied(tidied.text, NOTHING)
    assert tidy_address("maria@bücher.example.com") == Tidied("maria@bücher.example.com", NOTHING)
    for cell in ("maria@bü cher.com", "maria@büch..com", "@", "maria@\ud800.com", "maria@Example.COM"):
        assert tidy_address(cell, international=True) == Tidied(cell, NOTHING)


parts = st.lists(
    st.sampled_from(["a", "B", ".", "@", " ", "'", '"', "<", ">", "\u2019", "\u201c", "\uff20", "\u200b", "\ufe0f"])
    | st.sampled_from(["mailto:", "?", "%40", ",", "\n", "\u0301", "ü", "é", "\u00ab"]),
    max_size=10,
).map("".join)


@given(parts | parts.map(lambda text: f"{text}maria@example.com{text}"), st.booleans())
@example('"\ufe0fa@b.c"', False)
@example("''a@b.c'", False)
def test_cleaning_an_address_twice_is_cleaning_it_once(cell: str, international: bool) -> None:  # noqa: FBT001
    """What is clean stays as it is and says nothing; what is said to be cleaned is another text."""
    once = tidy_address(cell, international=international)
    assert tidy_address(once.text, international=international) == Tidied(once.text, NOTHING)
    assert bool(once.done) == (once.text != cell)


@pytest.mark.parametrize("cell", [case.values[0] for case in CLEANED if case.values[2]])
def test_no_column_with_a_cell_that_is_cleaned_is_passed_over(cell: str) -> None:
    """Wherever in a column such a cell stands, a look at the whole finds it."""
    for column in ([cell], [cell, GOOD], [GOOD, cell], [GOOD, cell, GOOD]):
        assert not are_tidy_addresses(column)


def test_columns_of_plain_addresses_are_passed_over() -> None:
    """Most columns have nothing that could be cleaned, and are not looked at cell by cell; an apostrophe is plain."""
    for column in ([], [GOOD], [GOOD, "", "o'brien@example.com"], ["'maria@example.com", GOOD], [GOOD, "maria'"]):
        assert are_tidy_addresses(column)


@pytest.mark.slow
@given(st.lists(parts | st.emails(), max_size=4))
def test_a_column_that_is_looked_at_as_a_whole_is_judged_as_cell_by_cell(cells: list[str]) -> None:
    """The fast look never says tidy where a cell is not."""
    assert not are_tidy_addresses(cells) or not any(tidy_address(cell).done for cell in cells)


@pytest.mark.slow
@given(st.emails())
def test_a_plain_address_is_unchanged_and_passes_as_before(address: str) -> None:
    """What is accepted as it is written is sent as it is written, but for apostrophes at both its ends."""
    if is_accepted(address):
        assert tidy_address(address) == Tidied(address, NOTHING)


def test_a_huge_cell_is_left_alone_at_once() -> None:
    """One layer of quotation marks after another would take for ever."""
    for cell in ("'" * 500_000 + "@" + "'" * 500_000, "<" * 1_000_000, " @" * 500_000, "mailto:" * 100_000):
        assert tidy_address(cell) == Tidied(cell, NOTHING)
    name = "x" * (4096 - len(f" <{GOOD}>"))
    assert tidy_address(f"{name} <{GOOD}>").text == GOOD
    assert tidy_address(f"{name}x <{GOOD}>").done == NOTHING
