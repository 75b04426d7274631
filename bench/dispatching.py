"""What deciding costs: `python -m bench.dispatching`, in microseconds of processor time a row, without a wire.

Every row is answered with the documented object: with 64 attempts in flight, and with as many as are of use.
"""

from __future__ import annotations

import json
import sys
from time import process_time_ns
from typing import Final

from importer.delivery.dispatcher import Dispatcher
from importer.delivery.policy import Policy
from importer.delivery.wire.attempts import Reply
from importer.model.rows import Attempt, Pending, Update
from importer.model.source import VALUE_FIELDS

ROWS: Final = 20_000
CONCURRENCY: Final = 64
TURNS: Final = 3
LATENCY_S: Final = 0.004
GROUP: Final = "5b0f3c52-7a4e-4e7e-9f3a-1f0f4f3a9c11"


def main() -> int:
    """Print what each part of the dispatcher costs a row, the least of a few turns."""
    for adaptive in (False, True):
        turns = [_costs(adaptive=adaptive) for _ in range(TURNS)]
        costs = {name: min(turn[name] for turn in turns) for name in turns[0]}
        told = ", ".join(f"{name} {cost:.1f}" for name, cost in costs.items())
        print(f"{'auto' if adaptive else CONCURRENCY} in flight: {told} us a row")
    return 0


def _costs(*, adaptive: bool) -> dict[str, float]:
    dispatcher = Dispatcher(_policy(adaptive=adaptive), uniform=lambda: 0.5, redact=lambda text: text)
    spent = dict.fromkeys(("receive", "step", "feed", "wait"), 0)
    now, done, fed = 0.0, 0, 0
    out: list[Attempt] = []
    while not dispatcher.finished:
        if room := dispatcher.room():
            rows = [Pending(_update(row)) for row in range(fed, min(ROWS, fed + room))]
            fed += len(rows)
            begun = process_time_ns()
            dispatcher.feed(rows, last=len(rows) < room)
            spent["feed"] += process_time_ns() - begun
        begun = process_time_ns()
        step = dispatcher.step(now)
        spent["step"] += process_time_ns() - begun
        done += len(step.outcomes)
        out += step.begun
        begun = process_time_ns()
        dispatcher.submitted(now)
        dispatcher.wait_s(now)
        spent["wait"] += process_time_ns() - begun
        now += LATENCY_S / 8
        answered, out = out[: max(1, len(out) // 8)], out[max(1, len(out) // 8) :]
        replies = [_reply(attempt.update, now) for attempt in answered]
        begun = process_time_ns()
        for reply in replies:
            dispatcher.receive(reply, now)
        spent["receive"] += process_time_ns() - begun
    if done != ROWS or dispatcher.stop_reason is not None:
        raise AssertionError(f"{done} of {ROWS} rows have an outcome: {dispatcher.stop_reason}")
    return {name: nanoseconds / 1000 / ROWS for name, nanoseconds in spent.items()}


def _update(row: int) -> Update:
    customer = f"9c2b6a50-0000-4000-8000-{row:012}"
    return Update(row, GROUP, "acc-1", customer, "Ana", "Torres", f"a{row}@example.com")


def _reply(update: Update, now: float) -> Reply:
    document = {
        "id": update.customer_id,
        "group_id": update.group_id,
        **{field.value: getattr(update, field.value) for field in VALUE_FIELDS},
        "updated_at": "2026-01-01T00:00:00.000000Z",
    }
    body = json.dumps(document).encode()
    return Reply(update.row, LATENCY_S, None, 200, "application/json", body=body, server="nginx", idle_s=now)


def _policy(*, adaptive: bool) -> Policy:
    return Policy(
        concurrency=CONCURRENCY,
        adaptive=adaptive,
        rate=None,
        max_attempts=5,
        backoff_s=0.5,
        max_backoff_s=30,
        max_retry_after_s=300,
        max_rate_limited_s=600,
    )


if __name__ == "__main__":
    sys.exit(main())
