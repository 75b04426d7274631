"""Names that were read in a wrong encoding, told from names that only look unusual."""

# ruff: noqa: RUF001 - names, and what is left of them, look ambiguous

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.checks.mangled import likely_original, mangled

REAL = """
José García Müller Ávila Ângela Ênio Ítalo Óscar Úrsula João Conceição Magalhães Antão Inês Luís SIMÕES
CONCEIÇÃO Ã Õ Guimarães Nguyễn NGUYỄN Đặng Thị Phạm Trần Lê Võ Huỳnh Ngô Dương Lý Đỗ Bùi Ánh Ước Ẩn Ấn Ý Ơn
Ưng ÂN Łukasz Żółtowski Wałęsa Gołąb Dąbrowski Świątek ŻÓŁĆ Dvořák Černý Čapek Růžička Šťastný Žižka Tomáš
Lukáš ŘEHOŘ KŘÍŽ MÍŠA Đorđević Žarko Čović Ćosić Petőfi Győző ŐRI Ørsted Åse Bjørn Æthelred Åström Þór
Sigríður Ásgeir Gökçe Şahin İbrahim Ünal Ștefănescu Țurcanu Ionuț Mădălina Ķēniņš Ģirts Õnne Ülo Žemaitė
Петров Сергій Їжакевич Ґудзь Ђорђевић Ћирић Щербаков Αθηνά Γιώργος שלום דוד 山田太郎 さくら 김철수 สมชาย हरि தமிழ்
D’Angelo O’Neill Tomáš’s L’Hôpital JOSÉ’S Zoë Chloé François Œuvrard Maÿlis Éloïse Îlien Ñandú Núñez Íñigo
Çelik Gal·la Mary–Ann Ô’Brien Â. Ã.
""".split()  # noqa: SIM905 - a list of names reads best as names

MANGLED = [
    ("JosÃ©", "José"),
    ("MarÃ\xada", "María"),
    ("JOSÃ\x89", "JOSÉ"),
    ("Nguyá»…n", "Nguyễn"),
    ("Ã…se", "Åse"),
    ("Å\xa0tefan", "Štefan"),
    ("Åšlązak", None),
    ("MÃ¼ller", "Müller"),
    ("Oâ€™Neill", "O’Neill"),
    ("JosÃƒÂ©", "José"),
    ("ÐŸÐµÑ‚Ñ€Ð¾Ð²", "Петров"),
    ("ConceiÃ§Ã£o", "Conceição"),
    ("Maria JosÃ© da ConceiÃ§Ã£o", "Maria José da Conceição"),
]


@pytest.mark.parametrize("name", REAL)
def test_real_names_are_not_taken_for_mangled_ones(name: str) -> None:
    """No name that people bear is called a mistake for its accents, its script or its capitals."""
    assert likely_original(name) is None


@pytest.mark.parametrize(("cell", "original"), MANGLED)
def test_a_mangled_name_has_a_likely_original(cell: str, original: str | None) -> None:
    """Where accents became two signs each, or more, what they were is found; where it cannot be, nothing is said."""
    assert likely_original(cell) == original


def accidents() -> Iterator[tuple[str, str]]:
    """Yield names of Europe as they look when UTF-8 is read as something else, each with the name."""
    for name in REAL:
        for encoding in ("latin-1", "cp1252"):
            if any("\xc0" <= sign <= "\u017f" for sign in name):
                with suppress(UnicodeDecodeError):  # such an accident ends in an error, not in a mangled name
                    yield name.encode().decode(encoding), name


@pytest.mark.parametrize(("cell", "name"), tuple(accidents()))
def test_names_of_europe_are_restored(cell: str, name: str) -> None:
    """UTF-8 that was read as Latin-1 or Windows-1252 is the usual accident."""
    assert likely_original(cell) == name


def test_a_column_is_looked_at_as_a_whole() -> None:
    """The positions of the mangled names are found among all the others."""
    assert list(mangled(["José", "JosÃ©", "Ana", "Nguyễn", "JosÃ©"])) == [1, 4]
    assert list(mangled(["José", "Ana"])) == list(mangled([])) == []


@given(st.lists(st.text(st.sampled_from("aéÃ©â€™\u00a0Ð"), max_size=5), max_size=4))
def test_a_column_is_judged_as_name_by_name(names: list[str]) -> None:
    """The fast look changes no answer."""
    assert list(mangled(names)) == [at for at, name in enumerate(names) if likely_original(name) is not None]
