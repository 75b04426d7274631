"""What messages of many rows have in common, and how sentences are put together."""

from __future__ import annotations

import pytest

from importer.phrases import ended, generalised, is_generalised, likeness, sentences


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        ("It has 1 cell. Add one.", "It has 12 cells. Remove some.", "It has … cells."),
        ("It is also in row 20, so none. Keep one.", "It is also in rows 2, 3, 4 and 1,204 more, so none. Keep one.",
         "It is also in …, so none. Keep one."),
        ("Rows 2 to 9 are one row", "Rows 12 to 14 are one row", "… are one row"),
        ("Later (HTTP 503): “no”. Tried 5 times", "Later (HTTP 503): “no”", "Later (HTTP 503): “no”"),
        ("“Customer 8f3a is locked. Ask 4.”", "“Customer 77 is locked. Ask 9.”", "“Customer … is locked. Ask ….”"),
        ("Run k3f9abcd has sent to it later", "Run qwertyui has sent to it later", "… has sent to it later"),
        ("The same", "The same", "The same"),
    ],
)  # fmt: skip
def test_messages_that_differ_in_numbers_and_rows_say_the_same(one: str, other: str, together: str) -> None:
    """What differs is left open, with the plural; what only one adds is not said of both; the order says nothing."""
    assert likeness(one) == likeness(other)
    assert generalised(one, other) == generalised(other, one) == together
    assert generalised(together, one) == together
    assert is_generalised(together) is ("…" in together)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('"Mail" has no @ sign. Put in a whole address.', '"Mail" has a comma in it. Put in a whole address.'),
        ("“Validation failed. Name.”", "“Validation failed. E-mail.”"),
    ],
)
def test_messages_that_differ_in_words_say_other_things(one: str, other: str) -> None:
    """What is quoted is one sentence, whatever full stops are in it."""
    assert likeness(one) != likeness(other)


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        (("It said: “Gone.”", "Tried 2 times"), "It said: “Gone.” Tried 2 times"),
        (("It said: “Gone”", "Tried 2 times"), "It said: “Gone”. Tried 2 times"),
        (("It said: “Gone…”", "", "Tried 2 times."), "It said: “Gone…” Tried 2 times."),
        (("It was tried, and then…", "It stopped"), "It was tried, and then… It stopped"),
        (("Gone!", "Really?", "Yes"), "Gone! Really? Yes"),
        (("", "Gone"), "Gone"),
        ((), ""),
    ],
)
def test_what_ends_a_sentence_ends_it_once(parts: tuple[str, ...], told: str) -> None:
    """A quotation that ends with a full stop of its own needs no other; one that has none does."""
    assert sentences(*parts) == told
    assert ended(ended(told)) == ended(told)
