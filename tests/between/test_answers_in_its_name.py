"""Servers whose own answers, to what the API has applied, look like its refusals."""

from __future__ import annotations

import pytest

from tests.between.backend import CONFIRMS, RESETS, refuses
from tests.between.conftest import Front, Scene
from tests.between.rows import DOUBTS, LOST, OWN_VOICE, QUICK_DOUBTS, among_others, ends

pytestmark = pytest.mark.proof

TWICE = ("--max-attempts", "2")


@pytest.mark.parametrize(
    ("setup", "status", "code"),
    [
        ("maintenance page", 405, "answered_in_front"),
        ("missing page", 404, "answered_in_front"),
        ("status page elsewhere", 302, "answered_in_front"),
        ("come back later", 503, "http_503"),
    ],
)
def test_no_page_of_nginx_refuses_what_was_applied(
    setup: str, status: int, code: str, scene: Scene, in_front: Front
) -> None:
    """A page that cannot be had by PUT, is not there, or is elsewhere, and a 503 that names a time: all are doubts."""
    rows = {**QUICK_DOUBTS, **OWN_VOICE}
    report = scene(rows).send(in_front("nginx")[setup], *TWICE)
    assert report.others(ends(rows)) == {}
    assert {report.rows[name].code for name in LOST} == {code}
    assert all(f"HTTP {status}" in report.rows[name].message for name in LOST)


def test_a_page_that_comes_when_the_api_takes_too_long_is_in_doubt(scene: Scene, in_front: Front) -> None:
    """The same holds where nginx stops waiting for the API."""
    rows = {name: DOUBTS[name] for name in ("ordinary", "hangs")}
    report = scene(rows).send(in_front("nginx")["maintenance page"], *TWICE)
    assert report.others(ends(rows)) == {}
    assert report.rows["hangs"].code == "answered_in_front"


def test_no_page_of_varnish_says_that_nothing_was_applied(scene: Scene, in_front: Front) -> None:
    """Its 503, which asks to come back in 5 seconds, comes after the API began."""
    rows = {name: manners for name, manners in {**DOUBTS, **OWN_VOICE}.items() if not name.endswith("once")}
    report = scene(rows).send(in_front("varnish")["plain"], "--max-attempts", "1")
    assert report.others(ends(rows)) == {}
    assert {report.rows[name].code for name in (*LOST, "hangs")} == {"http_503"}


def test_errors_of_the_api_that_nginx_replaces_are_in_doubt(scene: Scene, in_front: Front) -> None:
    """Where the API's own words do not come through, nobody can know whose refusal it is."""
    report = scene(OWN_VOICE).send(in_front("nginx")["errors replaced"])
    replaced = dict.fromkeys(("400 json", "404 json"), "unconfirmed")
    assert report.others(ends(OWN_VOICE) | replaced) == {}


def test_json_in_another_voice_is_in_doubt_by_what_an_earlier_run_heard(scene: Scene, in_front: Front) -> None:
    """A server can refuse in JSON as well; where it lets the API's name through, it is known by its own."""
    url = in_front("nginx")["own errors in JSON"]
    assert scene(among_others({})).send(url).exit_code == 0
    rows = {"resets": (RESETS,), **QUICK_DOUBTS, **OWN_VOICE}
    report = scene(rows).send(url, *TWICE)
    assert report.others(ends(rows)) == {}
    assert {report.rows[name].code for name in LOST} == {"answered_in_front"}


@pytest.mark.parametrize(("server", "setup"), [("varnish", "plain"), ("nginx", "come back later")])
def test_a_stop_over_such_an_answer_leaves_its_row_in_doubt(
    server: str, setup: str, scene: Scene, in_front: Front
) -> None:
    """Where the run does not wait for so long, it stops, and what was applied is not called unsent."""
    report = scene({"resets": (RESETS,), **QUICK_DOUBTS}).send(in_front(server)[setup], IMPORTER_MAX_RETRY_AFTER="0.5")
    assert (report.exit_code, report.summary["stop_reason"]) == (4, "retry_after_too_long")
    assert report.rows["resets"].status == "unconfirmed"


def test_a_key_that_is_refused_later_leaves_rows_in_doubt(scene: Scene, in_front: Front) -> None:
    """A row whose first answer was a page, and whose second is that the key is none, may have been applied."""
    rows = among_others({"resets, then 401": (RESETS, refuses(401, "json")), "resets": (RESETS,)})
    report = scene(rows).send(in_front("nginx")["maintenance page"])
    assert (report.exit_code, report.summary["stop_reason"]) == (4, "key_refused")
    assert {report.rows[name].status for name in ("resets, then 401", "resets")} == {"unconfirmed"}


def test_too_many_doubts_stop_a_run_and_stay_doubts(scene: Scene, in_front: Front) -> None:
    """Rows that wait for their second try when the run stops are in doubt as those that have had it."""
    report = scene(QUICK_DOUBTS).send(in_front("nginx")["maintenance page"], "--max-errors", "1")
    assert (report.exit_code, report.summary["stop_reason"]) == (4, "too_many_errors")
    assert report.rows["resets"].status == "unconfirmed"


def test_a_wall_in_front_of_the_api_is_no_fault_of_its_rows(scene: Scene, in_front: Front) -> None:
    """Where nothing but pages that forbid come any more, the run stops; what was kept out was never sent."""
    rows = {"ordinary": (CONFIRMS,), "walled": (CONFIRMS,), "walled too": (CONFIRMS,)}
    report = scene(rows).send(in_front("nginx")["wall"], "--canary", "1", IMPORTER_MAX_RATE_LIMITED="1")
    assert (report.exit_code, report.summary["stop_reason"]) == (4, "blocked")
    assert report.others({"ordinary": "updated", "walled": "not_sent", "walled too": "not_sent"}) == {}
