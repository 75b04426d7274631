"""What stands in the column of a name and is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.checks.no_names import is_no_name, is_word_for_nothing, surely_no_placeholder, words_for_nothing

NO_NAMES = (
    *("\\N", "\\\\N", "(null)", "<null>", "<NULL>", "[null]", "{null}", "<NA>", "(empty)", "(unknown)"),
    *("undefined", "UNDEFINED", "undefined undefined", "[object Object]"),
    *("{{first_name}}", "{{ contact.name }}", "{{7*7}}", "{first_name}", "{0}", "${x}", "#{name}", "<%= name %>"),
    *("%FIRSTNAME%", "%%LAST_NAME%%", "%s", "%(name)s", "*|FNAME|*", "[First Name]", "[[name]]", "<Last name>"),
    *("\u00abFirst_Name\u00bb", "$first_name"),
)
NAMES = (
    *("Null", "NULL", "N/A", "None", "(Mia)", "Maria (Mia)", "[Ana]", "<b>Ana</b>", "O'Neil", "Ke$ha", "$ha"),
    *("Undefinedson", "M\\ller", "N", "*", "#1", "-", "100% Ana", "'; DROP TABLE customers; --"),
)


@pytest.mark.parametrize("cell", NO_NAMES)
def test_a_placeholder_is_no_name(cell: str) -> None:
    """What databases, scripts and templates write where there is nothing to fill in."""
    assert is_no_name(cell)
    assert not surely_no_placeholder(f"Ana{cell}Ben")


@pytest.mark.parametrize("cell", NAMES)
def test_what_somebody_may_be_called_is_none_of_them(cell: str) -> None:
    """Words that people bear, nicknames in brackets, and what is only strange."""
    assert not is_no_name(cell)


@given(
    st.lists(
        st.sampled_from(["null", "NULL", "Null", "NaN", "Ana", "Ana null", "nil", "Unknown", "", "Na", "a undefined"])
    )
)
def test_names_that_are_looked_at_together_are_judged_as_one_by_one(names: list[str]) -> None:
    """The fast look passes over nothing."""
    one_by_one = [at for at, name in enumerate(names) if is_word_for_nothing(name, "Reyes")]
    assert list(words_for_nothing(names, ["Reyes"] * len(names))) == one_by_one
