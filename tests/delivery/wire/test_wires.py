"""Which wire a run takes."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError

import pytest

from importer.delivery.wire import wires
from importer.delivery.wire.wires import CURL, REQUESTS, chosen
from importer.errors import SettingsError


def found(monkeypatch: pytest.MonkeyPatch, version: str | None) -> None:
    """Let this version of pycurl be installed, or none."""

    def of(_: str) -> str:
        if version is None:
            raise PackageNotFoundError
        return version

    monkeypatch.setattr(wires, "version", of)


@pytest.mark.parametrize("version", ["7.49.0", "7.50", "8.1.2rc1"])
def test_the_faster_wire_is_taken_where_it_is_installed(monkeypatch: pytest.MonkeyPatch, version: str) -> None:
    """Unless requests is asked for."""
    found(monkeypatch, version)
    assert (chosen("auto"), chosen("curl"), chosen("requests")) == (CURL, CURL, REQUESTS)


@pytest.mark.parametrize(
    ("version", "said"), [(None, "pycurl is not installed"), ("7.45.2", "pycurl 7.45.2 is too old: it takes 7.49")]
)
def test_without_it_requests_sends(monkeypatch: pytest.MonkeyPatch, version: str | None, said: str) -> None:
    """And whoever asks for the other hears how to have it."""
    found(monkeypatch, version)
    assert (chosen("auto"), chosen("requests")) == (REQUESTS, REQUESTS)
    with pytest.raises(SettingsError, match=said) as raised:
        chosen("curl")
    assert "pip install 'pycurl>=7.49'" in raised.value.hint


def test_the_fast_wire_takes_more_requests_in_flight(monkeypatch: pytest.MonkeyPatch) -> None:
    """More than the wire can take are refused, and it is said what can."""
    found(monkeypatch, "7.49.0")
    assert chosen("auto", 256) is CURL
    assert chosen("requests", 64) is REQUESTS
    with pytest.raises(SettingsError, match="65 requests in flight are too many: there can be 64 where requests"):
        chosen("requests", 65)
    found(monkeypatch, None)
    with pytest.raises(SettingsError, match="there can be 64"):
        chosen("auto", 65)
