"""`importer sandbox`: the embedded API for people, in a process of its own."""

from __future__ import annotations

import json
import signal
import subprocess
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.conftest import ACCOUNT, GROUP, Importer, customer, person
from tests.forking.process import Forked


@contextmanager
def _serving(*arguments: object) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    command = ["importer", "sandbox", *map(str, arguments)]
    process = Forked[str](command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip(), process
    finally:
        process.terminate()
        process.communicate(timeout=30)


@pytest.mark.slow
def test_it_prints_its_base_url_and_serves_the_customers_of_its_sources(
    importer: Importer, sheet: Callable[..., Path], tmp_path: Path
) -> None:
    """A run of the same file is confirmed; a customer of no source is not known."""
    source = sheet(person(1), (customer(2).upper(), " Spaced ", "Name", "b@example.com"))
    log = tmp_path / "log.jsonl"
    with _serving(source, "--request-log", log) as (base_url, _):
        options = ("--base-url", base_url, "--group-id", GROUP, "--linked-account-id", ACCOUNT)
        assert importer("run", source, *options).code == 0
        assert importer("run", sheet(person(1), person(3)), *options).code == 1
    assert [json.loads(line)["status"] for line in log.read_text("utf-8").splitlines()].count(404) == 1


@pytest.mark.slow
def test_without_a_source_it_accepts_any_uuid(importer: Importer, sheet: Callable[..., Path]) -> None:
    """Nothing has to be set up to try a file out."""
    with _serving() as (base_url, process):
        options = ("--base-url", base_url, "--group-id", GROUP, "--linked-account-id", ACCOUNT)
        assert importer("run", sheet(person(7)), *options).code == 0
        with urllib.request.urlopen(f"{base_url}/openapi.json") as answer:  # noqa: S310 - the address of the test's own server
            assert json.load(answer)["openapi"].startswith("3.")
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 0


@pytest.mark.slow
def test_a_row_of_a_source_is_known_in_the_group_that_it_names(importer: Importer, sheet: Callable[..., Path]) -> None:
    """With a group column, the same customer in another group is unknown."""
    source = sheet((*person(1), GROUP), header="Customer ID,First Name,Last Name,Email,Group ID")
    with _serving(source) as (base_url, _):
        right = importer("run", source, "--base-url", base_url, "--linked-account-id", ACCOUNT)
        other = "99999999-2222-4333-8444-555555555555"
        wrong = importer(
            "run", sheet(person(1)), "--base-url", base_url, "--group-id", other, "--linked-account-id", ACCOUNT
        )
    assert (right.code, wrong.code) == (0, 1)


@pytest.mark.slow
@pytest.mark.parametrize("how", ["option", "setting"])
def test_columns_of_other_names_are_said_as_for_a_run(
    importer: Importer, sheet: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    """By `--map` or by the setting; the command that it prints says them too."""
    source = sheet(person(1), header="CRM Ref,First Name,Last Name,Email")
    options = ["--map", "CRM Ref=customer_id"] if how == "option" else []
    if how == "setting":
        monkeypatch.setenv("IMPORTER_COLUMNS", '{"CRM Ref": "customer_id"}')
    with _serving(source, *options) as (base_url, process):
        target = ("--base-url", base_url, "--group-id", GROUP, "--linked-account-id", ACCOUNT)
        assert importer("run", source, *target, *options).code == 0
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=30)
    assert f'importer run {source} --map "CRM Ref=customer_id" --base-url' in said


def test_a_source_that_is_none_is_refused(importer: Importer, tmp_path: Path) -> None:
    """Exit 3 and a sentence, as for a run."""
    said = importer("sandbox", tmp_path / "none.csv")
    assert said.code == 3
    assert "There is no file" in said.err


@pytest.mark.slow
def test_a_port_that_is_taken_is_said(importer: Importer) -> None:
    """Exit 2, and what is in the way."""
    with _serving() as (base_url, _):
        said = importer("sandbox", "--port", base_url.rsplit(":", 1)[1])
    assert said.code == 2
    assert "is in use" in said.err
