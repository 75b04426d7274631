"""What a damaged name probably was, and that nothing is said where nobody can tell."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.checks.originals.decoded import decoded
from importer.checks.originals.likely_names import likely_names
from tests.checks.test_mangled import REAL
from tests.growth import grows_with_size

DECODED = {
    "O&#039;Brandvik": "O'Brandvik",
    "O&#x27;Neil": "O'Neil",
    "M&uuml;ller": "Müller",
    "M&amp;uuml;ller": "Müller",
    "Ren&#233e": "Renée",
    "Lowicka &amp; Salcedo": "Lowicka & Salcedo",
    "<b>Ana</b>": "Ana",
    "Ana<br/>Maria": "Ana Maria",
    "<!-- x -->Ana": "Ana",
    "Ren\\u00e9": "René",
    "Ren\\u00E9\\u0065": "Renée",
    "Ren\\xe9": "René",
    "Jos\\xc3\\xa9": "José",
    "M\\374ller": "Müller",
    "M\\303\\274ller": "Müller",
    "O\\'Hara": "O'Hara",
    "O\\\\\\'Hara": "O'Hara",
    'Ana \\"Mia\\" Ek': 'Ana "Mia" Ek',
    "Ana\\nMaria": "Ana Maria",
    "Jos%C3%A9": "José",
    "Jos%E9": "José",
    "Ana%20Maria": "Ana Maria",
    "Ana+Jos%C3%A9": "Ana José",
    "%E6%9D%8E%E5%A8%9C": "李娜",
    "=?UTF-8?Q?Jos=C3=A9?=": "José",
    "=?iso-8859-1?Q?Jos=E9?=": "José",
    "=?UTF-8?B?Sm9zw6k=?=": "José",
    "Jos=C3=A9": "José",
    "Ren<U+00E9>e": "Renée",
    "Ana_x000D_": "Ana",
    "Ren_x00E9_e": "Renée",
    '=T("Ilse")': "Ilse",
    '=CONCATENATE("Il";"se")': "Ilse",
    '="Il"&"se"': "Ilse",
    '= T( "Ilse" )': "Ilse",
    "Jos&Atilde;&copy;": "José",
    "Jos\\u00c3\\u00a9": "José",
    "Jos%C3%83%C2%A9": "José",
    "JosÃ©": "José",
}
UNKNOWN = (
    *(
        "Ana",
        "José",
        "Müller",
        "O'Hara",
        "Ana & Ben",
        "",
        "?",
        "???????",
        "??",
        "X?q?z",
        "J?hn",
        "Smith?",
        "=A2",
        "=1+1",
    ),
    *("=HYPERLINK(A1)", "&bogus;", "100%", "\\", "%", "%00", "&#0;", "\\u0000", "\\ud800", "&#xD800;", "<U+110000>"),
    *('="Ilse"', '= "Ilse"'),
    *("=?x-none?Q?Jos=E9?=", "Ana?Maria", "M?llerin", "<b></b>", "Cruz\\Ruiz", "\\u202eAna", "&lt;&gt;", "An\u0430"),
)


@pytest.mark.parametrize(("name", "original"), DECODED.items())
def test_codes_are_put_back_into_letters(name: str, original: str) -> None:
    """Of web pages, programs, links, mail and formulas, also where a name has been through two of them."""
    assert likely_names(name) == [original]
    assert likely_names(f" {name}  ") == [original]


@pytest.mark.parametrize(
    ("name", "address", "originals"),
    [
        ("M?ller", "", ["Müller", "Möller", "Møller"]),
        ("M?ller", "ana.mueller@example.com", ["Müller"]),
        ("M?ller", "moeller@example.com", ["Möller", "Møller"]),
        ("M?ller", "office@example.com", ["Müller", "Möller", "Møller"]),
        ("M?LLER", "mueller@example.com", ["MÜLLER"]),
        ("M??ller", "mueller@example.com", ["Müller"]),
        ("M\u00bfller", "mueller@example.com", ["Müller"]),
        ("M\u25a1ller", "mueller@example.com", ["Müller"]),
        ("Jos?", "", ["José"]),
        ("jos?", "", ["josé"]),
        ("Mu?oz P?rez", "", ["Muñoz Pérez"]),
        ("Fran?ois-Ren?", "", ["François-René"]),
        ("?ngstr?m", "", ["Ångström"]),
        ("Bj?rn", "", ["Björn", "Bjørn"]),
        ("Marie-Th?r?se", "", ["Marie-Thérèse"]),
        ("Mu?oz &amp; P?rez", "", ["Muñoz & Pérez"]),
    ],
)
def test_lost_letters_are_put_back_into_much_used_names(name: str, address: str, originals: Sequence[str]) -> None:
    """Where several names fit, all are said, unless the address has one of them in it."""
    assert likely_names(name, address) == originals


@pytest.mark.parametrize("name", UNKNOWN)
def test_nothing_is_said_where_nobody_can_tell(name: str) -> None:
    """Names that are in order, codes that stand for nothing, letters that no known name lacks."""
    assert likely_names(name) == []


@pytest.mark.parametrize("name", REAL)
def test_real_names_of_many_languages_stay_what_they_are(name: str) -> None:
    """The same names as for mangled text."""
    assert likely_names(name, "ana@example.com") == []


@given(st.text(alphabet="abé?%&;#=\\ux0123C9<>\"'_+ ()T", max_size=30), st.text(max_size=5))
def test_whatever_stands_in_a_cell_is_looked_at_in_vain_at_worst(name: str, address: str) -> None:
    """Nothing fails, and what is said is a name on one line that differs from the cell."""
    for original in likely_names(name, address):
        assert original != name
        assert original.isprintable()
        assert any(map(str.isalpha, original))
    decoded(name)


@pytest.mark.parametrize("part", ["&amp;", "\\\\", "%25", "<b>", '="', "=?", "?", "&#", "=C3", "_x005F_"])
def test_long_cells_take_no_time(part: str) -> None:
    """Nothing is looked for again and again in a cell of very many signs."""
    assert likely_names(part * 300) == []
    assert grows_with_size(lambda count: likely_names(part * count, "a@example.com"), 5_000)
