"""Text that is an error of a spreadsheet program."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from importer.checks.checker import Checker
from importer.checks.error_texts import is_error_text
from importer.model.rows import Issue

Table = Callable[..., pd.DataFrame]
MakeChecker = Callable[..., Checker]

ENGLISH = "#DIV/0! #N/A #NAME? #NULL! #NUM! #REF! #VALUE! #GETTING_DATA #SPILL! #CALC! #FIELD! #BUSY! #BLOCKED! #ERROR!"
GERMAN = "#NV #WERT! #BEZUG! #ZAHL! #\u00dcBERLAUF! #DATEN_ABRUFEN"
FRENCH = "#VALEUR! #NOM? #NOMBRE! #NUL! #PROPAGATION! #R\u00c9F!"
SPANISH = "#\u00a1VALOR! #\u00a1REF! #\u00bfNOMBRE? #\u00a1NUM! #\u00a1NULO! #\u00a1DIV/0! #\u00a1DESBORDAMIENTO!"
ITALIAN = "#VALORE! #RIF! #NOME? #NULLO! #N/D #ESPANSIONE!"
PORTUGUESE = "#VALOR! #N\u00daM! #NULO! #DESPEJAR! #OBTENDO_DADOS"
DUTCH = "#WAARDE! #VERW! #NAAM? #GETAL! #LEEG! #DEEL/0! #N/B"
POLISH = "#ARG! #ADR! #NAZWA? #LICZBA! #PUSTE! #DZIEL/0! #N/D!"
WORDS = f"{ENGLISH} {GERMAN} {FRENCH} {SPANISH} {ITALIAN} {PORTUGUESE} {DUTCH} {POLISH}".split()
OTHERS = ("##", "########", "Err:502", "Err:509", "Fehler:508", "#n/a", "#Value!", " #N/A ", "Loading...", "#" * 300)


@pytest.mark.parametrize("text", [*WORDS, *OTHERS])
def test_errors_of_spreadsheet_programs_are_known(text: str) -> None:
    """In the languages in which columns are known, numbered, and of columns that are too narrow."""
    assert is_error_text(text)


NO_ERRORS = (
    *("", "#", "#1", "#1 Smith", "#1 SMITH!", "#Smith", "#smith!", "N/A", "NV", "Err", "Err: none", "Errol", "Loading"),
    *("Ana #N/A", "#N/A Ana", "#REF! Ana", "# REF!", "Fehler", "Erro:", f"#{'A' * 50}!", "#WERT! #WERT! #WERT!" * 3),
)


@pytest.mark.parametrize("text", NO_ERRORS)
def test_names_are_no_errors(text: str) -> None:
    """Nor is what only begins like one."""
    assert not is_error_text(text)


def test_a_cell_that_is_an_error_is_refused(table: Table, checker: MakeChecker) -> None:
    """In each column that is sent, and as nothing else beside; what the reader says of a cell or a row counts more."""
    targets = dict.fromkeys(("group_id", "linked_account_id"), "g1")
    broken = dict.fromkeys(("customer_id", "first_name", "last_name", "email", *targets), "#N/A")
    reader = [Issue(4, "error_cell", "Surname", "As found."), Issue(5, "wrong_field_count", "", "As found.")]
    checked = checker().check(table(broken, targets, {"last_name": "#N/A", **targets}, broken), reader)
    assert [(issue.row, issue.code) for issue in checked.issues] == [
        *[(2, "error_cell")] * 6,
        (4, "error_cell"),
        (5, "wrong_field_count"),
    ]
    assert [issue.message for issue in checked.issues[6:]] == ["As found."] * 2
    assert [update.row for update in checked.updates] == [3]
    assert "#N/A" not in checked.issues[0].message
