"""Options of `importer run` that stop it early: `--strict`, `--max-errors`, `--canary`."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import ACCOUNT, GROUP, Api, Importer, annotated, customer, person

Sheet = Callable[..., Path]


@pytest.mark.slow
def test_strict_sends_nothing_where_a_row_is_invalid(importer: Importer, api: Api, sheet: Sheet) -> None:
    """Every valid row ends not sent, exit code 4, and the run has ended: the data are to be mended."""
    source = sheet(person(1), (customer(2), "", "B", "b@example.com"))
    said = importer("run", source, *api.options, "--strict", "--json")
    assert (said.code, said.json["stop_reason"]) == (4, "invalid_rows")
    assert annotated(said.json)[0]["error_code"] == "invalid_rows"
    assert api.requests() == []
    assert importer("resume", said.json["run_id"]).code == 0
    assert importer("run", sheet(person(1)), *api.options, "--strict").code == 0


@pytest.mark.slow
def test_too_many_errors_stop_the_run(importer: Importer, api: Api, sheet: Sheet) -> None:
    """The rest is not sent, and can be resumed."""
    source = sheet(*(person(number, "sandbox+400@example.com") for number in range(1, 201)))
    said = importer("run", source, *api.options, "--max-errors", "3", "--json")
    assert (said.code, said.json["stop_reason"]) == (4, "too_many_errors")
    assert said.json["statuses"]["rejected"] <= 3 + 16
    assert importer("run", source, *api.options, "--max-errors", "many").code == 2


@pytest.mark.slow
def test_a_canary_that_fails_stops_the_run(importer: Importer, api: Api, sheet: Sheet) -> None:
    """Only the first two rows are sent; the resumed run begins with the first two of the rest."""
    rows = [person(number) for number in range(1, 31)]
    rows[1] = person(2, "sandbox+400@example.com")
    said = importer("run", sheet(*rows), *api.options, "--canary", "2", "--json")
    assert (said.code, said.json["stop_reason"]) == (4, "canary_failed")
    assert len(api.requests()) == 2
    resumed = importer("resume", "--json")
    assert (resumed.code, resumed.json["statuses"]["updated"]) == (1, 29)


def test_a_misspelt_port_is_told_with_what_is_waited_for(
    importer: Importer, sheet: Sheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the first refusal, and with the end of the waiting once it is known; then the run stops."""
    monkeypatch.setenv("IMPORTER_MAX_OUTAGE", "0.5")
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        target = ("--base-url", url, "--group-id", GROUP, "--linked-account-id", ACCOUNT, "--yes")
        said = importer("run", sheet(*(person(number) for number in range(1, 12))), *target)
    assert said.code == 4
    refused = "the API's host refused the connection"
    waited = rf"No answer from {url}: {refused}\. It is tried again until \d\d:\d\d:\d\d UTC \(0\.\d s from"
    assert len(re.findall(waited, said.err)) == said.err.count("No answer") == 1
    assert "answers again" not in said.err
    assert "Nobody answers at --base-url: correct it, or wait until somebody does, and run it again: imp" in said.out
    assert "importer forget " in said.out
    assert "importer resume" not in said.out + importer("show").out
