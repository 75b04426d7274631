"""Sandboxes that serve the simple tests; tests keep apart by using customers of their own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from importer.sandbox import Sandbox, SandboxOptions


@dataclass(frozen=True, slots=True)
class Logged:
    """A running sandbox and its request log."""

    base_url: str
    path: Path

    def lines(self, customer_id: str) -> list[dict[str, Any]]:
        """Return what the log says of a customer, oldest first."""
        lines = [json.loads(line) for line in self.path.read_bytes().splitlines()]
        return [line for line in lines if line["customer_id"] == customer_id.lower()]


@pytest.fixture(scope="session")
def logged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Logged]:
    """Serve any customer of any group, and log it."""
    path = tmp_path_factory.mktemp("sandbox") / "requests.jsonl"
    with Sandbox(SandboxOptions(any_customer=True, request_log=path)) as sandbox:
        yield Logged(sandbox.base_url, path)


@pytest.fixture(scope="session")
def base_url(logged: Logged) -> str:
    """Return where any customer of any group is served."""
    return logged.base_url
