"""What programs leave behind in names, told from names that only look unusual."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.checks.leavings import leavings
from tests.checks.test_mangled import REAL

LEAVINGS = {
    "lost_letters": ("M?ller", "???????", "??", "J\u00bfhn", "M\u25a1ller", "Jos?"),
    "markup_in_name": (
        *("M&uuml;ller", "O&#039;Brandvik", "O&#x27;Neil", "Lowicka &amp; Salcedo", "<b>Ana</b>", "Ana<br>", "<!--Ana"),
        *("Ren&#233e", "Ana</td>"),
    ),
    "codes_in_name": (
        *(
            "Ren\\u00e9",
            "Ren\\xe9",
            "O\\'Hara",
            'Ana \\"Mia\\" Ek',
            "Jos%C3%A9",
            "Ana%20Maria",
            "Ana\\nMaria",
            "M\\374ller",
        ),
        *('Hugo ""Hu"" S', '""Hu""', "=?UTF-8?Q?Jos=C3=A9?=", "Jos=C3=A9", "Ren<U+00E9>e", "Ana_x000D_"),
    ),
    "formula_in_name": (
        *('"=Ilse"', "'=A2", '"=""Ilse"""', '+"Ilse"', '@"Ilse"', '-"Ilse"', "+(A2)", "\u2019=Ilse"),
        *('=T("Ilse")', "=A2", '="Ilse', "=1+1", '=CONCAT("Il";"se")'),
    ),
    "mixed_alphabets": ("\u0410na", "An\u0430", "Gro\u03b2", "O'\u041deil", "Ana \u041caria", "\u0391\u0412\u0421"),
    "name_without_letters": ("-", ".", "--", "0", "12345", "\U0001f389", "@", "'", "\u2014", "1/2"),
}
PLAIN = (
    *(
        "O'Neil",
        "d'Arc",
        "\u2019t Hart",
        "Jean-Luc",
        "Ana (Mia)",
        "Ng",
        "X \u00c6",
        "Luis XVIII",
        "\u2163\u2163",
        "Ke$ha",
        "R&D",
    ),
    *(
        "Ana & Ben",
        "100% Ana",
        "Ana / Ben",
        "\ue000",
        "\u738b Ana",
        "\u0418\u0432\u0430\u043d \u0406",
        "Ana = Ben",
        "S_x",
        "\u00b5",
    ),
    *("\u0410\u043d\u043d\u0430 Maria", "\u03b1\u03b2-Smith"),
    *("'t Hart", "+1 Ana", "@ana", "-Ana", "Ana + Ben", 'Ana -"Mia" Ek', "- Ana"),
)


@pytest.mark.parametrize(("code", "name"), [(code, name) for code, names in LEAVINGS.items() for name in names])
def test_each_leaving_has_its_code(code: str, name: str) -> None:
    """Of several that fit, the one that tells most; the names around it have none."""
    assert leavings(["Ana", name, "\u0418\u0432\u0430\u043d"]) == {1: code}


@pytest.mark.parametrize("name", PLAIN)
def test_a_name_that_only_looks_unusual_has_none(name: str) -> None:
    """Apostrophes, signs between words, other scripts, words of two scripts beside each other."""
    assert leavings([name, "Ana"]) == {}


def test_real_names_of_many_languages_have_none() -> None:
    """The same names as for mangled text."""
    assert leavings(REAL) == {}


@given(st.lists(st.sampled_from([*PLAIN, *(name for names in LEAVINGS.values() for name in names), ""]), max_size=5))
def test_names_that_are_looked_at_together_are_judged_as_one_by_one(names: list[str]) -> None:
    """What stands in other rows makes no difference."""
    one_by_one = {at: code for at, name in enumerate(names) for code in leavings([name]).values()}
    assert leavings(names) == one_by_one
