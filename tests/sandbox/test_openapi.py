"""The published description, and whether the sandbox keeps to it."""

from __future__ import annotations

import json
import urllib.request
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import ignored_auth

from importer.sandbox.openapi import describe_api

schema = schemathesis.openapi.from_dict(dict(describe_api()))


@pytest.fixture
def statuses() -> Iterator[Counter[int]]:
    """Count the replies' statuses, and see that good and bad requests were really sent."""
    counts: Counter[int] = Counter()
    yield counts
    assert counts.keys() >= {200, 400, 401, 404, 405}
    assert counts.total() >= 100


@pytest.mark.slow
@schema.parametrize()
@settings(max_examples=60, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
def test_replies_are_as_described(case: schemathesis.Case[Any], base_url: str, statuses: Counter[int]) -> None:
    """Whatever request the description allows or forbids, the reply is one that it describes.

    One check is left out: it wants made-up keys to be refused, and the sandbox takes any.
    """
    headers = {"Authorization": "a-good-key"}
    response = case.call_and_validate(base_url=base_url, headers=headers, excluded_checks=[ignored_auth])
    statuses[response.status_code] += 1


def test_description_is_published(base_url: str) -> None:
    """The description that is tested here is the one that the sandbox serves."""
    with urllib.request.urlopen(f"{base_url}/openapi.json") as response:  # noqa: S310 - a loopback URL
        assert response.headers["Content-Type"] == "application/json"
        assert json.load(response) == describe_api()


def test_description_lists_magic_addresses() -> None:
    """Who reads the description learns the magic addresses."""
    assert "sandbox+flaky@…: 500 once for each customer" in json.dumps(describe_api(), ensure_ascii=False)
