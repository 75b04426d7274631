"""A network that delays, slices, drips, truncates, resets and swallows, between the real command and the API."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.crash.scene import KillScene
from tests.faults import proxy
from tests.faults.proxy import Manner, proxied
from tests.faults.truth import hold_to_the_log
from tests.scene import Api, serving

pytestmark = [pytest.mark.proof, pytest.mark.usefixtures("either_wire")]

HARMLESS = (proxy.delayed, proxy.sliced, proxy.hung_up_after)
IN_DOUBT: Mapping[Manner, str] = {
    proxy.reset_before_the_first_byte: "connection_lost",
    proxy.reset_after_the_first_byte: "connection_lost",
    proxy.reset_unheard: "connection_lost",
    proxy.truncated: "reply_truncated",
    proxy.dripped: "timed_out",
    proxy.swallowed_answer: "timed_out",
    proxy.swallowed_request: "timed_out",
}
NEVER_APPLIED = {proxy.reset_unheard, proxy.swallowed_request}
OPTIONS = ("--timeout", "1.5", "--max-attempts", "2")


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """Yield an embedded API in a process of its own."""
    with serving(tmp_path_factory.mktemp("api")) as served:
        yield served


def run(scene: KillScene, manners: Mapping[str, Sequence[Manner]]) -> tuple[int, dict[str, Any]]:
    """Run the command through a proxy; return the exit code and the summary."""
    with proxied(scene.api.base_url, manners) as between:
        scene.api = replace(scene.api, base_url=between.base_url)
        return scene.say(*scene.run, *OPTIONS)


@pytest.mark.parametrize("manner", HARMLESS)
def test_what_a_network_may_do_harms_no_row(manner: Manner, api: Api, tmp_path: Path) -> None:
    """A late answer, one in many pieces, and connections that are closed in between: every row is confirmed."""
    scene = KillScene(folder=tmp_path / "scene", api=api)
    code, summary = run(scene, {customer: [manner] for customer in scene.rows})
    rows = hold_to_the_log(scene, summary)
    assert code == 0
    assert {row["status"] for row in rows.values()} == {"updated"}


@pytest.mark.parametrize("manner", IN_DOUBT)
def test_what_happens_to_one_attempt_is_mended_by_the_next(manner: Manner, api: Api, tmp_path: Path) -> None:
    """Rows whose first attempt met it are confirmed by the second."""
    scene = KillScene(folder=tmp_path / "scene", api=api)
    unlucky = list(scene.rows)[3:9:2]
    code, summary = run(scene, {customer: [manner] for customer in unlucky})
    rows = hold_to_the_log(scene, summary)
    assert code == 0
    assert {row["status"] for row in rows.values()} == {"updated"}
    assert {rows[customer]["attempts"] for customer in unlucky} == {"2"}


@pytest.mark.parametrize("manner", IN_DOUBT)
def test_what_happens_to_every_attempt_leaves_a_row_in_doubt(manner: Manner, api: Api, tmp_path: Path) -> None:
    """Rows that never get an answer are `unconfirmed`, with what happened as their code; a retry settles them."""
    scene = KillScene(folder=tmp_path / "scene", api=api)
    unlucky = list(scene.rows)[3:9:2]
    code, summary = run(scene, {customer: [manner] * 2 for customer in unlucky})
    rows = hold_to_the_log(scene, summary)
    assert code == 1
    told = {customer: (row["status"], row["error_code"]) for customer, row in rows.items() if customer in unlucky}
    assert set(told.values()) == {("unconfirmed", IN_DOUBT[manner])}
    assert {row["status"] for customer, row in rows.items() if customer not in unlucky} == {"updated"}
    assert (scene.api.applied(set(unlucky)) == {}) == (manner in NEVER_APPLIED)


def test_a_network_that_was_cut_is_gone_on_with(api: Api, tmp_path: Path) -> None:
    """With nobody behind the address for longer than is waited for, the run stops, unfinished; it is resumed later."""
    scene = KillScene(folder=tmp_path / "scene", api=api)
    scene.variables["IMPORTER_MAX_OUTAGE"] = "1"
    with proxied(api.base_url, {}) as between:
        scene.api = replace(api, base_url=between.base_url)
    code, said = scene.say(*scene.run)
    assert (code, said["stop_reason"]) == (4, "api_down")
    rows = hold_to_the_log(scene, said)
    assert {row["status"] for row in rows.values()} == {"not_sent"}
    assert scene.api.applied(set(scene.rows)) == {}
    with proxied(api.base_url, {}, port=between.port):
        assert scene.say("resume")[0] == 0
    assert scene.api.applied(set(scene.rows)).keys() == scene.rows.keys()


def test_a_key_that_is_revoked_in_the_middle_stops_the_run_at_once(api: Api, tmp_path: Path) -> None:
    """What was confirmed before stays so, nothing is lost, and with a good key the run is gone on with."""
    scene = KillScene(folder=tmp_path / "scene", api=api)
    later = list(scene.rows)[20:]
    code, said = run(scene, {customer: [proxy.revoked] * 9 for customer in later})
    rows = hold_to_the_log(scene, said)
    assert (code, said["stop_reason"]) == (4, "key_refused")
    assert {rows[customer]["status"] for customer in later} == {"not_sent"}
    assert {row["status"] for customer, row in rows.items() if customer not in later} == {"updated"}
    assert said["attempts"] <= 20 + 8
    with proxied(api.base_url, {}, port=int(scene.api.base_url.rpartition(":")[2])):
        scene.check_report(scene.finish())
