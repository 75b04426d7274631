"""`--skip-unchanged`: the export of every night has everybody in it, and what was confirmed is not sent again."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Api, Importer, annotated, customer, person

Sheet = Callable[..., Path]


def _sent(api: Api, before: int = 0) -> list[str]:
    """Return the customers that were sent, from so many requests on."""
    return [request["customer_id"] for request in api.requests()[before:]]


@pytest.fixture
def night(importer: Importer, api: Api, sheet: Sheet) -> Callable[..., dict[str, Any]]:
    """Return a function that runs a sheet of these rows as every night, and returns its summary and who was sent."""

    def run(*rows: Sequence[str], options: Sequence[str] = ("--skip-unchanged",), code: int = 0) -> dict[str, Any]:
        before = len(api.requests())
        said = importer("run", sheet(*rows), *api.options, *options, "--json")
        assert said.code == code, said.err
        return {**said.json, "sent": _sent(api, before)}

    return run


def _statuses(summary: dict[str, Any]) -> list[str]:
    return [row["status"] for row in annotated(summary)]


def test_only_what_is_new_is_sent(night: Callable[..., dict[str, Any]], importer: Importer) -> None:
    """The others end unchanged, with the time of the confirmation that they rest on and the run that has it."""
    first = night(person(1), person(2), person(3))
    assert (first["statuses"]["updated"], first["skip_unchanged"]) == (3, {"rows": 0, "oldest_confirmation": None})
    second = night(person(1), person(2, "new@example.com"), person(3), person(4), person(1))
    assert second["sent"] == [customer(2), customer(4)]
    assert _statuses(second) == ["unchanged", "updated", "unchanged", "updated", "unchanged"]
    row = annotated(second)[0]
    assert row["updated_at"] == annotated(first)[0]["updated_at"]
    assert row["message"].startswith(f"It was not sent: run {first['run_id']} has confirmed the same values. ")
    assert (row["attempts"], row["http_status"]) == ("0", "")
    assert second["skip_unchanged"]["rows"] == 3
    assert second["skip_unchanged"]["oldest_confirmation"].startswith("20")
    third = night(person(1), person(2), person(4))  # 2 is changed back
    assert third["sent"] == [customer(2)]
    assert night(person(1), person(2), person(4))["attempts"] == 0
    shown = importer("show", second["run_id"]).out
    assert re.search(
        r"3 rows were skipped as unchanged: earlier runs have confirmed the same, the first of them on 20", shown
    )
    assert "5 of 5 rows are confirmed, with 2 requests." in shown
    page = re.sub(r"</?span[^>]*>", "", Path(second["reports"]["page"]).read_text("utf-8"))
    assert "3 rows were skipped as unchanged: earlier runs have confirmed the same, the first of them on 20" in page
    assert "already confirmed by an earlier run; the oldest confirmation is of 20" in page


def test_without_being_asked_for_everything_is_sent(
    night: Callable[..., dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the environment it is, too, and an option wins over that."""
    night(person(1), person(2), options=())
    again = night(person(1), person(2), options=())
    assert (again["sent"], again["skip_unchanged"]) == ([customer(1), customer(2)], None)
    monkeypatch.setenv("IMPORTER_SKIP_UNCHANGED", "1")
    assert night(person(1), person(2), options=())["sent"] == []
    assert night(person(1), person(2), options=("--no-skip-unchanged",))["sent"] == [customer(1), customer(2)]


def test_what_was_not_confirmed_is_sent_again(
    night: Callable[..., dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A row that was refused, and all that were confirmed before and whose last attempt was refused."""
    night(person(1))
    monkeypatch.setenv("IMPORTER_API_KEY", "refused")
    night(person(1), options=(), code=4)
    monkeypatch.setenv("IMPORTER_API_KEY", "good-key")
    assert night(person(1))["sent"] == [customer(1)]


def test_a_confirmation_that_is_too_old_counts_no_more(night: Callable[..., dict[str, Any]]) -> None:
    """How old it may be can be said."""
    night(person(1))
    assert night(person(1), options=("--skip-unchanged", "--skip-unchanged-days", "0.0000001"))["sent"] == [customer(1)]
    assert night(person(1), options=("--skip-unchanged", "--skip-unchanged-days", "1"))["sent"] == []


def test_a_check_and_a_dry_run_say_what_would_be_skipped(
    night: Callable[..., dict[str, Any]], importer: Importer, api: Api, sheet: Sheet
) -> None:
    """Their rows are valid all the same, and what to do next asks for it again."""
    night(person(1), person(2))
    source = sheet(person(1), person(2, "new@example.com"), person(3))
    for command in (("check", "--report"), ("run", "--dry-run")):
        said = importer(command[0], source, *command[1:], *api.options, "--skip-unchanged", "--json")
        assert said.json["would_be_sent"] == 2
        assert said.json["skip_unchanged"]["rows"] == 1
        assert _statuses(said.json) == ["valid"] * 3
        assert annotated(said.json)[0]["message"].startswith("It would not be sent: run ")
        said = importer(command[0], source, *command[1:], *api.options, "--skip-unchanged")
        assert "A run would send 2 rows.\n" in said.out
        assert "1 row would be skipped as unchanged: an earlier run has confirmed the same, on 20" in said.out
        [way_on] = re.findall(r"Send what is new, 2 rows: (.*)", said.out)
        assert f"--base-url {api.base_url}" in way_on
        assert "--skip-unchanged" in way_on


def test_a_check_says_what_it_has_compared_with(importer: Importer, api: Api, sheet: Sheet) -> None:
    """Another API has confirmed nothing, and whoever forgets to name the right one sees why."""
    said = importer("check", sheet(person(1)), *api.options, "--skip-unchanged", "--json")
    assert said.json["source"]["notes"] == [f"What is unchanged is told by what was confirmed at {api.base_url}."]


def test_an_age_alone_asks_for_nothing(importer: Importer, sheet: Sheet) -> None:
    """It is said that it is of no matter."""
    said = importer("check", sheet(person(1)), "--skip-unchanged-days", "3")
    assert "is of no matter without --skip-unchanged" in said.err
    assert "is of no matter" not in importer("check", sheet(person(1)), "--skip-unchanged").err


def test_the_plan_counts_what_the_report_counts(
    night: Callable[..., dict[str, Any]], importer: Importer, api: Api, sheet: Sheet
) -> None:
    """Rows that repeat an unchanged one are unchanged before anything is sent."""
    night(person(1))
    said = importer("run", sheet(person(1), person(1), person(2)), *api.options, "--skip-unchanged")
    assert "Checked 3 rows: 0 invalid, 2 unchanged, 1 to send" in said.err
    assert "It adds up: 1 updated + 2 unchanged = 3 rows." in said.out


def test_where_nothing_is_new_there_is_nothing_to_send(
    night: Callable[..., dict[str, Any]], importer: Importer, api: Api, sheet: Sheet
) -> None:
    """Nobody is told to send it."""
    night(person(1))
    said = importer("check", sheet(person(1)), *api.options, "--skip-unchanged")
    assert "A run would send 0 rows.\n" in said.out
    assert "Send what is" not in said.out


def test_a_check_without_a_target_says_that_it_cannot_know(
    night: Callable[..., dict[str, Any]], importer: Importer, sheet: Sheet
) -> None:
    """It is part of where a customer is; nothing is told of rows that would be skipped."""
    night(person(1))
    said = importer("check", sheet(person(1)), "--skip-unchanged", "--json")
    assert (said.json["would_be_sent"], said.json["skip_unchanged"]) == (1, None)
    [note] = said.json["source"]["notes"]
    assert note.startswith("Which rows are unchanged cannot be known here")


def test_the_embedded_api_remembers_nothing(importer: Importer, sheet: Sheet) -> None:
    """It is another one each time."""
    for _ in range(2):
        said = importer("run", sheet(person(1)), "--sandbox", "--skip-unchanged", "--json")
        assert (said.json["attempts"], said.json["skip_unchanged"]["rows"]) == (1, 0)


def test_a_state_directory_that_was_put_back_is_not_relied_on(
    night: Callable[..., dict[str, Any]], importer: Importer, api: Api, sheet: Sheet, tmp_path: Path
) -> None:
    """What was confirmed before may have been changed by runs that it does not know of any more."""
    night(person(1), person(2))
    shutil.copytree(tmp_path / "state", tmp_path / "backup")
    night(person(1, "new@example.com"))
    shutil.rmtree(tmp_path / "state")
    (tmp_path / "backup").rename(tmp_path / "state")
    for rehearsal in (("check",), ("run", "--dry-run")):
        said = importer(*rehearsal, sheet(person(1), person(2)), *api.options, "--skip-unchanged", "--json")
        assert (said.json["would_be_sent"], said.json["skip_unchanged"]["rows"]) == (2, 0)
    assert night(person(1), person(2))["sent"] == [customer(1), customer(2)]
    assert night(person(1), person(2))["sent"] == []


def test_what_rests_tells_of_the_key_and_the_target(night: Callable[..., dict[str, Any]]) -> None:
    """A single row that is forbidden, or ten that nobody knows, are no wrong key and no wrong target then."""
    night(person(1))
    said = night(person(1), person(2, "sandbox+403@example.com"), person(3), code=1)
    assert said["stop_reason"] is None
    assert _statuses(said) == ["unchanged", "rejected", "updated"]
    unknown = [person(number, f"sandbox+404@shop{number}.example") for number in range(10, 22)]
    said = night(person(1), *unknown, person(4), code=1)
    assert said["stop_reason"] is None
    assert (said["statuses"]["rejected"], said["statuses"]["updated"]) == (12, 1)


def test_three_that_are_forbidden_are_the_key_all_the_same(night: Callable[..., dict[str, Any]]) -> None:
    """What was confirmed in another night says nothing of what the key is good for by now."""
    night(person(1))
    said = night(person(1), *(person(number, f"sandbox+403@shop{number}.example") for number in range(2, 7)), code=4)
    assert said["stop_reason"] == "key_refused"


def test_a_limit_counts_what_is_sent(night: Callable[..., dict[str, Any]]) -> None:
    """The first rows may be unchanged: so many of the others are sent."""
    night(person(1), person(2))
    said = night(person(1), person(2), person(3), person(4), options=("--skip-unchanged", "--limit", "1"), code=1)
    assert said["sent"] == [customer(3)]
    assert _statuses(said) == ["unchanged", "unchanged", "updated", "not_sent"]
