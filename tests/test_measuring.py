"""What the tests are measured by, and what not."""

from __future__ import annotations

import os
import sys

import pytest

pytestmark = pytest.mark.proof


def test_a_long_proof_is_not_measured() -> None:
    """Neither in the process of the test, whatever else has begun to measure there, nor in those that it starts."""
    assert sys.gettrace() is None
    assert "COVERAGE_PROCESS_CONFIG" not in os.environ
