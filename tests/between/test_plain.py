"""The API alone, and behind servers that do nothing but pass on: what it refuses itself is known as refused."""

from __future__ import annotations

import pytest

from tests.between.conftest import Front, Scene
from tests.between.rows import DOUBTS, OWN_VOICE, REFUSALS, ends

pytestmark = pytest.mark.proof

SERVERS = ["nginx", "haproxy", "apache"]


def test_what_the_api_refuses_itself_is_rejected(scene: Scene) -> None:
    """With nothing between, an error is the API's where nothing else would write it so."""
    sent = scene(REFUSALS)
    report = sent.send(sent.backend.base_url)
    assert report.others(ends(REFUSALS)) == {}
    assert report.exit_code == 1


@pytest.mark.parametrize("server", [*SERVERS, "varnish"])
def test_a_server_between_makes_no_refusal_doubtful(server: str, scene: Scene, in_front: Front) -> None:
    """The same rows end as they do without it, also where it puts its own name over that of the API."""
    report = scene(REFUSALS).send(in_front(server)["plain"])
    assert report.others(ends(REFUSALS)) == {}


def test_errors_that_are_said_to_be_the_apis_are_believed_as_they_are(scene: Scene) -> None:
    """Whoever knows that nothing else answers can say so: then every refusal is one."""
    sent = scene(REFUSALS)
    report = sent.send(sent.backend.base_url, IMPORTER_API_ERRORS="any")
    assert report.others(dict.fromkeys(REFUSALS, "rejected") | _ordinary()) == {}


def _ordinary() -> dict[str, str]:
    return dict.fromkeys((name for name in REFUSALS if name.startswith("ordinary")), "updated")


def test_what_is_applied_without_an_answer_is_in_doubt(scene: Scene) -> None:
    """With nothing between, rows that are never answered, or told to be slow, are unconfirmed; once is mended."""
    sent = scene(DOUBTS)
    report = sent.send(sent.backend.base_url, "--timeout", "1", "--max-attempts", "2")
    assert report.others(ends(DOUBTS)) == {}


@pytest.mark.parametrize("server", SERVERS)
def test_what_is_applied_is_in_doubt_where_a_server_answers_for_it(server: str, scene: Scene, in_front: Front) -> None:
    """The server's own errors confirm and refuse nothing."""
    rows = {**DOUBTS, **OWN_VOICE}
    report = scene(rows).send(in_front(server)["plain"], "--max-attempts", "2")
    assert report.others(ends(rows)) == {}
