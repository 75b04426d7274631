"""Which columns are cleaned, each by what it holds, and which are left alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd
import pytest

from importer.checks.cleaning.clean_rows import clean
from importer.checks.rules import Rules
from importer.model.source import Field

UUID = "7b0c2f6e-52a8-4f0e-9d57-0f1f6a3c9e11"
BRACED = f"{{{UUID}}}"


@pytest.mark.parametrize(
    ("pattern", "customer_id"),
    [pytest.param(None, UUID, id="UUIDs"), pytest.param(r"\{.*\}", BRACED, id="a form of their own")],
)
def test_ids_are_taken_out_of_braces_unless_they_have_a_form_of_their_own(
    table: Callable[..., pd.DataFrame], headers: Mapping[Field, str], pattern: str | None, customer_id: str
) -> None:
    """A form that is set for customer ids says what belongs to one, and nothing of groups, accounts and names."""
    ids = ("customer_id", "group_id", "linked_account_id")
    rows = table({**dict.fromkeys(ids, BRACED), "last_name": "{Ruiz}"})
    cleaned = clean(rows, Rules(headers=headers, customer_id_pattern=pattern)).frame
    assert cleaned[list(ids)].to_numpy().tolist() == [[customer_id, UUID, UUID]]
    assert cleaned["last_name"].tolist() == ["{Ruiz}"]


@pytest.mark.parametrize(
    "column", [pd.Series([7, 8]), pd.Series([" Ana ", None], dtype="str")], ids=["numbers", "gaps"]
)
def test_a_column_that_does_not_hold_text_is_left_alone(
    table: Callable[..., pd.DataFrame], headers: Mapping[Field, str], column: pd.Series
) -> None:
    """It is for the schema to refuse it; the columns beside it are cleaned as ever."""
    rows = table({"last_name": " Ruiz"}, {}).assign(first_name=column.to_numpy())
    cleaned = clean(rows, Rules(headers=headers))
    assert cleaned.frame["first_name"].equals(rows["first_name"])
    assert cleaned.frame["last_name"].tolist() == ["Ruiz", "Castellanos Ruiz"]
    assert list(cleaned.notes) == [2]
