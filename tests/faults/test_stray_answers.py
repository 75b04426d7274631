"""An API that answers some requests twice, and the next ones late, under the real command."""

from __future__ import annotations

import csv
import json
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.crash.scene import KillScene
from tests.delivery.wire.servers import Conversation, Request, Server, http_reply
from tests.scene import Api

pytestmark = [pytest.mark.proof, pytest.mark.usefixtures("either_wire")]

LATE_S = 0.3


def applied(request: Request) -> bytes:
    """Return the answer to a request that was applied."""
    ids = {"id": request.customer_id, "group_id": request.line.split("/")[4]}
    return http_reply(
        200, json.dumps({**ids, **json.loads(request.body), "updated_at": "2026-01-02T03:04:05Z"}).encode()
    )


class Repeating:
    """Answers every eighth request twice, the second time when the next one has come; the answer to that is late.

    Args:
        stray: The second answer; None for the first over again.
        delay_s: So long after the next request it comes.
    """

    def __init__(self, stray: bytes | None, delay_s: float) -> None:
        self._stray, self._delay_s = stray, delay_s
        self.applied: Counter[str] = Counter()

    def __call__(self, conversation: Conversation) -> None:
        """Hold one conversation."""
        again = b""
        while (request := conversation.request()) is not None:
            self.applied[request.customer_id] += 1
            if again:
                time.sleep(self._delay_s)
                conversation.send(again)
                time.sleep(LATE_S)
            answer = applied(request)
            conversation.send(answer)
            again = (self._stray or answer) if sum(self.applied.values()) % 8 == 0 else b""


@pytest.mark.parametrize("concurrency", [1, 4])
@pytest.mark.parametrize("delay_s", [0.0, 0.05])
@pytest.mark.parametrize(
    "stray",
    [
        pytest.param(http_reply(400, b'{"error": "bad request"}'), id="400"),
        pytest.param(http_reply(404, b'{"error": "no such customer"}'), id="404"),
        pytest.param(None, id="the same again"),
    ],
)
def test_no_row_is_called_what_another_is(
    stray: bytes | None, delay_s: float, concurrency: int, tmp_path: Path
) -> None:
    """Every row was applied, and is confirmed; few are asked for again."""
    repeating = Repeating(stray, delay_s)
    with Server(repeating) as server:
        scene = KillScene(folder=tmp_path / "scene", api=Api(server.url, tmp_path / "no log"))
        code, summary = scene.say(*scene.sending_to(server.url), "--concurrency", str(concurrency))
    with Path(summary["reports"]["annotated"]).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["status"] for row in rows} == {"updated"}
    assert code == 0
    assert repeating.applied.keys() == scene.rows.keys()
    assert sum(repeating.applied.values()) <= len(rows) + concurrency
