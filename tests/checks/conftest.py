"""Tables of invented rows, and a checker for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
import pytest

from importer.checks.checker import Checker
from importer.checks.rules import Rules
from importer.model.source import Field

HEADERS = {
    Field.CUSTOMER_ID: "Customer ID",
    Field.FIRST_NAME: "Given name",
    Field.LAST_NAME: "Surname",
    Field.EMAIL: "E-mail",
    Field.GROUP_ID: "Group",
    Field.LINKED_ACCOUNT_ID: "Account",
}

GOOD = {
    "customer_id": "7b0c2f6e-52a8-4f0e-9d57-0f1f6a3c9e11",
    "first_name": "María",
    "last_name": "Castellanos Ruiz",
    "email": "maria.castellanos@example.com",
}


@pytest.fixture(scope="session")
def headers() -> Mapping[Field, str]:
    """Return what the source calls its columns."""
    return HEADERS


@pytest.fixture(scope="session")
def table() -> Callable[..., pd.DataFrame]:
    """Make a frame of rows from 2 on; what a row does not say is good."""

    def make(*rows: Mapping[str, str], first: int = 2) -> pd.DataFrame:
        index = pd.RangeIndex(first, first + len(rows), name="row")
        return pd.DataFrame([{**GOOD, **row} for row in rows], index=index, dtype="str")

    return make


@pytest.fixture(scope="session")
def checker() -> Callable[..., Checker]:
    """Make a checker whose run has a group and an account, unless said otherwise."""

    def make(**rules: Any) -> Checker:  # noqa: ANN401 - the fields of Rules have several types
        return Checker(Rules(**{"headers": HEADERS, "group_id": "group-1", "linked_account_id": "acc-1", **rules}))

    return make
