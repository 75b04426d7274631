"""What a sandbox cannot be told."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from importer.errors import SettingsError
from importer.sandbox import SANDBOX_GROUP_ID, SandboxOptions


@pytest.mark.parametrize(
    ("make", "code"),
    [
        pytest.param(lambda: SandboxOptions(host=" "), "sandbox_host", id="host"),
        pytest.param(lambda: SandboxOptions(port=-1), "sandbox_port", id="port-below"),
        pytest.param(lambda: SandboxOptions(port=65_536), "sandbox_port", id="port-above"),
        pytest.param(lambda: SandboxOptions(group_id="group-7"), "sandbox_group", id="group"),
        pytest.param(lambda: SandboxOptions(latency_s=-0.1), "sandbox_latency", id="latency-below"),
        pytest.param(lambda: SandboxOptions(latency_s=float("nan")), "sandbox_latency", id="latency-nan"),
        pytest.param(lambda: SandboxOptions(rate_limit=0), "sandbox_rate_limit", id="rate-zero"),
        pytest.param(lambda: SandboxOptions(rate_limit=float("inf")), "sandbox_rate_limit", id="rate-endless"),
    ],
)
def test_impossible_option_is_refused_with_a_way_out(make: Callable[[], SandboxOptions], code: str) -> None:
    """A value that no sandbox can work with is a settings error that says what would do."""
    with pytest.raises(SettingsError) as caught:
        make()
    assert caught.value.code == code
    assert caught.value.hint


def test_own_group_is_a_group() -> None:
    """The group that `run --sandbox` brings is one that a sandbox can have."""
    assert SandboxOptions(group_id=SANDBOX_GROUP_ID).group_id == SANDBOX_GROUP_ID
